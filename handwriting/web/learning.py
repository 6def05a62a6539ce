"""Routes that fit a hand to a person's lines, and adapt the recognizer to their corrections."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from typing import Annotated, Any

from fastapi import FastAPI, Request
from fastapi.responses import Response
from pydantic import BaseModel, Field

from handwriting.checkpoint import own_names
from handwriting.corpora import Line
from handwriting.errors import InkError
from handwriting.synthesis.styles import Sample
from handwriting.web import jobs, schemas
from handwriting.web.body import read_body
from handwriting.web.service import Service
from handwriting.web.stream import Record, stream

LATER = ("the machine is too busy; try again later", "slow-learning")
"""Remedy for learning that takes too long, and the key of the error."""


class AdaptRequest(schemas.StrictModel):
    """Corrected lines on which to train."""

    name: Annotated[str, Field(max_length=60)] = "mine"
    """Name of the adapted recognizer."""
    lines: Annotated[list[schemas.CopiedLineRequest], Field(min_length=1, max_length=1000)]


MODELS: tuple[type[BaseModel], ...] = (AdaptRequest,)


def add_routes(
    app: FastAPI, service: Service, body: Callable[[type[BaseModel]], dict[str, Any]], reasons: dict[int | str, Any]
) -> None:
    """Add the routes to the application."""

    @app.get("/api/abilities")
    async def abilities() -> dict[str, Any]:
        """Return what this server can do besides reading and writing, and the names of its adapted recognizers."""
        can = "fit" in service.jobs and service.synthesizer.codes is not None
        return {"fit": can, "adapt": "adapt" in service.jobs, "readers": own_names()}

    @app.post("/api/styles/fit", openapi_extra=body(schemas.CreateStyleRequest), responses=reasons)
    async def fit(request: Request) -> Response:
        """Fit a style to lines, which takes about a minute.

        The reply is a stream of events, one JSON object per line: `progress` (`done` of a `total`), then `done` with
        the `style` and the nats per point of a held-out line `before` and `after`, or `error` with its reason. Closing
        the connection ends the work.
        """
        data = await read_body(request)
        return await stream(service.learning, lambda emit: fitted(service, data), jobs.MAX_JOB_SECONDS, LATER)

    @app.post("/api/adapt", openapi_extra=body(AdaptRequest), responses=reasons)
    async def adapt(request: Request) -> Response:
        """Adapt the recognizer to corrected lines and store it under a name, which takes a few minutes.

        The reply is a stream of events like that of `/api/styles/fit`; `done` has the `name`, the number of `lines`,
        how many were `heldOut`, their character error rates `before` and `after`, and the `share` of the change that is
        kept: 0 if it does not improve the reading of the held-out lines, and then nothing is stored.
        """
        data = await read_body(request)
        return await stream(service.learning, lambda emit: adapted(service, data), jobs.MAX_JOB_SECONDS, LATER)


def fitted(service: Service, body: bytes) -> Iterator[Record]:
    """Return the events of fitting a style."""
    request = schemas.parse(schemas.CreateStyleRequest, body)
    job = _job(service, "fit")
    samples = [Sample(line.text, schemas.ink_of(line.strokes)) for line in request.samples]
    return jobs.run(job, service.synthesizer.checkpoint.folder, request.name.strip(), samples)


def adapted(service: Service, body: bytes) -> Iterator[Record]:
    """Return the events of adapting the recognizer, which is reloaded at its next use."""
    request = schemas.parse(AdaptRequest, body)
    job = _job(service, "adapt")
    lines = [
        Line(f"line {number}", schemas.ink_of(line.strokes), " ".join(line.text.split()), None, f"line {number}")
        for number, line in enumerate(request.lines, 1)
    ]
    events = jobs.run(job, service.recognizer.checkpoint.folder, request.name, lines)
    return _forgetting_reader(service, request.name, events)


def _forgetting_reader(service: Service, name: str, events: Generator[Record, None, None]) -> Iterator[Record]:
    with closing(events):
        for event in events:
            if event["type"] == "done":
                service.forget_reader(name)
            yield event


def _job(service: Service, name: str) -> jobs.Job:
    if name not in service.jobs:
        raise InkError(
            "this server cannot train: it needs torch (pip install 'handwriting[train]') and must listen on this "
            "machine only",
            key="no-training",
        )
    return service.jobs[name]
