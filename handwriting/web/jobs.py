"""Run long jobs in processes of their own, which can be stopped at any time.

The jobs are given to the server when it starts (``Service.jobs``), because fitting and adapting need torch, which the
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
"""Called with a :data:`Progress` and further arguments; must be importable by name, because a new process runs it."""

HEARTBEAT_SECONDS = 1.0
"""Maximum time between two records: that the client has disconnected is only noticed when one is sent."""
MAX_JOB_SECONDS = 1200.0


def run(job: Job, *arguments: Any) -> Generator[Record, None, None]:
    """Run a job and yield records of its progress, and finally one of type ``done`` with its result.

    Closing the iterator terminates the process. Raises :class:`InkError` if the job does, and if its process dies.
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
    """Run the job in the new process and send its records."""
    progress: Progress = lambda done, total: connection.send({"type": "progress", "done": done, "total": total})  # noqa: E731
    try:
        connection.send({"type": "done", **job(progress, *arguments)})
    except InkError as error:
        connection.send({"type": "error", **refusal(error)})
    except Exception as error:
        connection.send({"type": "error", "reason": f"a defect in handwriting ({type(error).__name__}: {error})"})
        raise
