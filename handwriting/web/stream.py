"""Stream results while they are computed, one JSON object per line, until done, timed out or disconnected."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import Callable, Generator, Iterator
from typing import Any

import numpy as np
from fastapi.responses import StreamingResponse

from handwriting.composition.live_page import LineEvent, LivePage, PointsEvent, SheetEvent
from handwriting.errors import InkError
from handwriting.web.pool import Pool

Record = dict[str, Any]
"""A JSON object."""
SHORTER = ("give a shorter text or a smaller best-of", "slow-writing")
"""Remedy for writing that takes too long, and the key of the error."""


class ClientGone(Exception):
    """The client has disconnected."""


class Deadline:
    """Ends work that takes too long or whose client has disconnected; ``remedy`` is that of the timeout's message."""

    def __init__(
        self, seconds: float, clock: Callable[[], float] = time.monotonic, remedy: tuple[str, str] = SHORTER
    ) -> None:
        self.cancelled, self._remedy = threading.Event(), remedy
        self._clock, self._end, self._seconds = clock, clock() + seconds, seconds

    def check(self) -> None:
        """Raise :class:`ClientGone` if the work was cancelled, and :class:`InkError` if the time is up."""
        if self.cancelled.is_set():
            raise ClientGone
        if self._clock() > self._end:
            remedy, key = self._remedy
            raise InkError(f"it took more than {self._seconds:g} seconds; {remedy}", key=key, seconds=self._seconds)


def refusal(error: InkError) -> Record:
    """Return an error as JSON: the `reason`, and the `key` and `values` to say it in another language."""
    return {"reason": str(error)} | ({"key": error.key, "values": error.values} if error.key else {})


def records(page: LivePage) -> Iterator[Record]:
    """Write the page, yielding its sheet and finished lines as JSON objects, and a last one when it is done."""
    misread = []
    for event in page:
        if isinstance(event, SheetEvent):
            yield sheet_record(event)
        else:
            if event.composed.doubtful:
                misread.append(event.line)
            yield line_record(event) | {"drawn": page.best_of}
    yield {"type": "done", "unsaid": misread}


def sheet_record(event: SheetEvent) -> Record:
    """Return the sheet: its size and its printed lines by color and width; ``rulings`` are all lines together."""
    return {
        "type": "sheet",
        "width": event.width,
        "height": event.height,
        "lines": event.lines,
        "rulings": [line for group in event.printed for line in group.lines],
        "printed": [{"color": g.color, "width": g.width, "lines": g.lines} for g in event.printed],
    }


def points_record(event: PointsEvent) -> Record:
    """Return new points of the line that is being sampled."""
    return {"type": "points", "line": event.line, "points": np.round(event.points, 2).tolist()}


def line_record(event: LineEvent) -> Record:
    """Return a finished line."""
    composed = event.composed
    return {
        "type": "line",
        "line": event.line,
        "text": composed.text,
        "read": composed.read,
        "says": not composed.doubtful,
        "doubtful": [{"text": text, "read": read} for text, read in composed.doubtful],
        "words": len(composed.words),
        "redrawn": sum(word.drawn.drawings > 1 for word in composed.words),
        "same": event.as_shown,
        "strokes": [np.round(stroke, 2).tolist() for stroke in event.strokes],
    }


async def stream(
    pool: Pool,
    prepare: Callable[[Callable[[Record], None]], Iterator[Record]],
    seconds: float,
    remedy: tuple[str, str] = SHORTER,
) -> StreamingResponse:
    """Run work in ``pool`` and stream its records.

    ``prepare`` returns the iterator over the records; it receives a function that sends further records from within the
    work, and its errors are raised here, before the reply begins. Later errors are sent as the last object, such as the
    one for taking more than ``seconds``, whose message ends with the ``remedy``.
    """
    loop = asyncio.get_running_loop()
    queue: asyncio.Queue[bytes | None] = asyncio.Queue()
    deadline = Deadline(seconds, remedy=remedy)

    def put(record: Record) -> None:
        loop.call_soon_threadsafe(queue.put_nowait, json.dumps(record, separators=(",", ":")).encode() + b"\n")

    def emit(record: Record) -> None:
        deadline.check()
        put(record)

    def work() -> None:
        try:
            for record in written:
                emit(record)
        except InkError as error:
            put({"type": "error", **refusal(error)})
        except ClientGone:
            pass
        finally:
            if isinstance(written, Generator):
                written.close()  # also terminates work in another process
            loop.call_soon_threadsafe(queue.put_nowait, None)

    slot = pool.admit()
    try:
        written = await slot.run(lambda: prepare(emit))
    except BaseException:
        slot.release()
        raise

    async def lines() -> Any:
        try:
            running = asyncio.ensure_future(slot.run(work))
            while (line := await queue.get()) is not None:
                yield line
            await running
        finally:
            deadline.cancelled.set()
            slot.release()

    return StreamingResponse(lines(), media_type="application/x-ndjson", headers={"cache-control": "no-store"})
