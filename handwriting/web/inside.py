"""Inspect the networks for the page: ``/api/inside`` and ``/api/inside/writing``."""

from __future__ import annotations

import json
from typing import Annotated, Any

import numpy as np
from fastapi import FastAPI, Request
from fastapi.responses import Response
from numpy.typing import NDArray
from pydantic import BaseModel, Field

from handwriting.errors import InkError
from handwriting.ink import Ink
from handwriting.inspection import reading, writing
from handwriting.inspection.events import Trace, events_of
from handwriting.inspection.gates import Gates
from handwriting.inspection.records import reading_record, units_record, writing_record
from handwriting.inspection.units import responding_units
from handwriting.recognition.language.model import Hints
from handwriting.synthesis.hand import Hand
from handwriting.web import schemas
from handwriting.web.body import read_body
from handwriting.web.service import Service

UNITS = 2
"""Number of units that are sent for each event."""
MAX_CHARACTERS = 60
"""Maximum number of characters of a text to inspect; each is about 25 points."""


class InsideRequest(schemas.StrictModel):
    """Ink to inspect: a page, of which one line is shown."""

    strokes: list[list[schemas.Point]]
    line: Annotated[int, Field(ge=0, le=10_000)] = 0
    """Number of the line, counted from 0 in reading order."""
    letter: Annotated[str, Field(min_length=1, max_length=1)] | None = None
    """Letter for which to find units; by default the most frequent one."""


class InsideWritingRequest(schemas.StrictModel):
    """A line of text to write and inspect."""

    text: Annotated[str, Field(min_length=1, max_length=MAX_CHARACTERS)]
    bias: Annotated[float, Field(ge=0, le=20)] = 1.0
    seed: Annotated[int, Field(ge=0, le=2**53)] = 0
    style: str | dict[str, Any] | None = None
    letter: Annotated[str, Field(min_length=1, max_length=1)] | None = None


MODELS: tuple[type[BaseModel], ...] = (InsideRequest, InsideWritingRequest)


def add_routes(app: FastAPI, service: Service, body: Any, reasons: Any) -> None:
    """Add the routes; ``body`` describes a request's body for the OpenAPI document, ``reasons`` its error responses."""

    @app.post("/api/inside", openapi_extra=body(InsideRequest), responses=reasons)
    async def inside(request: Request) -> Response:
        """Read a line and return what happened at each step: probabilities, the winning path, and gates of units."""
        data = await read_body(request)
        return _json(await service.reading.run(lambda: read(service, data)))

    @app.post("/api/inside/writing", openapi_extra=body(InsideWritingRequest), responses=reasons)
    async def inside_writing(request: Request) -> Response:
        """Write a line and return what determined each point: window, mixture, end of stroke, and gates of units."""
        data = await read_body(request)
        return _json(await service.writing.run(lambda: write(service, data)))


def read(service: Service, body: bytes) -> dict[str, Any]:
    """Return the reply to :class:`InsideRequest`."""
    request = schemas.parse(InsideRequest, body)
    lines = service.reader.read(schemas.ink_of(request.strokes))
    if request.line >= len(lines):
        message = f"there is no line {request.line}: {len(lines)} lines are read; the first one is 0"
        raise InkError(message, key="no-line")
    chosen = lines[request.line]
    above = lines[request.line - 1].text if request.line else ""
    trace = reading.read(service.recognizer, chosen.line.ink, service.reader.decoder, Hints(above=above))
    gates = reading.gates_of(service.recognizer, trace.ink)
    numbers = [i for i, stroke in enumerate(request.strokes) if stroke]
    return {
        "lines": [line.text for line in lines],
        "line": request.line,
        "box": chosen.box,
        "steps": _steps(trace, chosen.points[trace.ink.points_of(trace.order)], chosen.page, numbers),
        **reading_record(trace),
        **_units(trace, gates, request.letter),
    }


def write(service: Service, body: bytes) -> dict[str, Any]:
    """Return the reply to :class:`InsideWritingRequest`."""
    request = schemas.parse(InsideWritingRequest, body)
    hand = Hand(request.bias, request.seed, service.style(request.style))
    draft = writing.write(service.synthesizer, request.text, hand)
    gates = writing.gates_of(service.synthesizer, draft)
    return {**writing_record(draft.trace), **_units(draft.trace, gates, request.letter)}


def _units(trace: Trace, gates: list[list[Gates]], letter: str | None) -> dict[str, Any]:
    events = events_of(trace, letter)
    return units_record(gates, responding_units(gates, events, UNITS), events)


def _steps(
    trace: reading.ReadingTrace, points: NDArray[np.int64], page: Ink, numbers: list[int]
) -> list[dict[str, Any]]:
    """Return for each step its stroke in the request and the half-open range of its points, empty for pen-up moves.

    ``points`` are the indices in the page of the points of the trace's ink in the network's order, ``numbers`` the
    indices in the request of the page's strokes.
    """
    found = []
    for (begin, end), up in zip(trace.points.tolist(), trace.pen_up.tolist(), strict=True):
        own = points[begin : max(end, begin + 1)] if begin < len(points) else points[-1:]
        stroke = int(np.searchsorted(page.starts, own[0], side="right")) - 1
        first = int(own.min() - page.starts[stroke])
        last = first if up else int(own.max() - page.starts[stroke]) + 1
        found.append({"stroke": numbers[stroke], "begin": first, "end": last, "up": up})
    return found


def _json(answer: dict[str, Any]) -> Response:
    return Response(json.dumps(answer, ensure_ascii=False, separators=(",", ":")), media_type="application/json")
