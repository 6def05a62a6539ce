"""The same work on many machines: :meth:`Task.read` mapped over a Dask cluster.

Files are read here and travel with the task, so the workers need no common disk: only this package, in the same
version, and its checkpoints. A worker that dies takes nothing with it: its files are given to another one, and what
came back is written once.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO

from distributed import Client, Future, as_completed

from handwriting import formats
from handwriting.documents.record import record
from handwriting.documents.task import BATCH, Document, Input, Task
from handwriting.errors import InkError

AHEAD = 4
"""Batches that are on their way for each thread of the cluster: none waits, and few files are in memory."""
PATIENCE = 10.0
"""Seconds to wait for the scheduler."""


def read_on_cluster(task: Task, inputs: Sequence[Input], address: str) -> Iterator[list[dict[str, Any]]]:
    """The records of all ``inputs``, some at a time, in the order in which they are done."""
    try:
        client = Client(address, timeout=PATIENCE)
    except (OSError, TimeoutError, ValueError) as error:
        raise InkError(
            f"--dask {address}: no scheduler answers ({type(error).__name__}); start one with: dask scheduler"
        ) from error
    with client:
        batches = iter([inputs[at : at + BATCH] for at in range(0, len(inputs), BATCH)])
        names: dict[Future, list[str]] = {}

        def submit() -> Future | None:
            batch = next(batches, None)
            if batch is None:
                return None
            future = client.submit(read_batch, task, [_load(*one) for one in batch], pure=False)
            names[future] = [name for name, _ in batch]
            return future

        threads = sum(worker["nthreads"] for worker in client.scheduler_info(n_workers=-1)["workers"].values())
        waiting = as_completed([f for _ in range(AHEAD * max(threads, 1)) if (f := submit()) is not None])
        for future in waiting:
            if (more := submit()) is not None:
                waiting.add(more)
            files = names.pop(future)
            if future.status == "finished":
                yield future.result()
            else:
                yield [{"file": name, "error": f"{name}: not read: {future.exception()!r}"} for name in files]


def read_batch(task: Task, files: list[tuple[str, bytes | str]]) -> list[dict[str, Any]]:
    """What a worker does: the records of files, each with its bytes, or the reason why there are none."""
    good = [(name, _Named(data, name)) for name, data in files if isinstance(data, bytes)]
    documents = task.read(good)
    return [record(next(documents) if isinstance(data, bytes) else Document(name, error=data)) for name, data in files]


class _Named(io.BytesIO):
    def __init__(self, data: bytes, name: str) -> None:
        super().__init__(data)
        self.name = name


def _load(name: str, source: str | BinaryIO) -> tuple[str, bytes | str]:
    if not isinstance(source, str):
        return name, f"{name}: not for a cluster; give files and folders"
    try:
        return name, formats.load(Path(source))
    except InkError as error:
        return name, str(error)
