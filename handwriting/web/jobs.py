"""Long work in a process of its own, which can be stopped at any moment.

What the work is, the server is told when it starts (``Service.jobs``): fitting and adapting need torch, which the
server itself never loads.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Generator
from multiprocessing.connection import Connection
from typing import Any

from handwriting.errors import InkError
from handwriting.progress import Progress
from handwriting.web.stream import Record, refusal

Job = Callable[..., dict[str, Any]]
"""Called with a :data:`Progress` and further arguments; importable by name, as its process needs it."""

HEARTBEAT_SECONDS = 1.0
"""Longest time between two records: only when one is sent does it show that nobody listens any more."""
MAX_JOB_SECONDS = 1200.0


def run(job: Job, *arguments: Any) -> Generator[Record, None, None]:
    """Run a job; yields records of its progress, and at last one of type ``done`` with its result.

    Closing the iterator ends the process. Raises :class:`InkError` when the job does, and when its process dies.
    """
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_work, args=(theirs, job, arguments), daemon=True)
    process.start()
    theirs.close()
    last: Record = {"type": "progress", "done": 0, "total": 1}
    try:
        while True:
            try:
                record = ours.recv() if ours.poll(HEARTBEAT_SECONDS) else last
            except EOFError:
                raise InkError("the job was killed, perhaps for lack of memory; try again", key="killed") from None
            if record["type"] == "error":
                raise InkError(record["reason"], key=record.get("key", ""), **record.get("values", {}))
            yield record
            if record["type"] == "done":
                return
            last = record
    finally:
        process.terminate()
        process.join()
        ours.close()


def _work(connection: Connection, job: Job, arguments: tuple[Any, ...]) -> None:
    """What the process does."""
    progress: Progress = lambda done, total: connection.send({"type": "progress", "done": done, "total": total})  # noqa: E731
    try:
        connection.send({"type": "done", **job(progress, *arguments)})
    except InkError as error:
        connection.send({"type": "error", **refusal(error)})
    except Exception as error:
        connection.send({"type": "error", "reason": f"a defect in handwriting ({type(error).__name__}: {error})"})
        raise
