"""Recognise files on a Dask cluster.

Files are read here and sent as bytes, so the workers need no shared disk, only this package in the same version and its
checkpoints. If a worker dies, its files are given to another one; each result is written once.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from pathlib import Path

from distributed import Client, Future, as_completed

from handwriting import formats
from handwriting.documents.document import Document
from handwriting.documents.inputs import InputFile
from handwriting.documents.loading import load
from handwriting.documents.recognise import TranscribeOptions, recognise
from handwriting.documents.record import Record, record
from handwriting.errors import InkError, printable

BATCH_FILES = 16
"""Number of files that are sent together."""
QUEUED_BATCHES = 4
"""Number of batches in flight per thread of the cluster: enough that no thread waits, with few files in memory."""
TIMEOUT = 10.0
"""Seconds to wait for the scheduler."""

Contents = tuple[str, bytes | str]
"""A file's name, and its bytes or a message that says why it could not be read."""


def recognise_on_cluster(files: Sequence[InputFile], options: TranscribeOptions, scheduler: str) -> Iterator[Record]:
    """Yield the records of ``files`` in the order in which they are finished.

    Raises :class:`InkError` if no scheduler answers at the address ``scheduler``.
    """
    try:
        client = Client(scheduler, timeout=TIMEOUT)
    except (OSError, TimeoutError, ValueError) as error:
        raise InkError(
            f"scheduler {scheduler}: no scheduler answers ({type(error).__name__}); start one with: dask scheduler"
        ) from error
    with client:
        batches = iter([files[start : start + BATCH_FILES] for start in range(0, len(files), BATCH_FILES)])
        names: dict[Future, list[str]] = {}

        def submit() -> Future | None:
            batch = next(batches, None)
            if batch is None:
                return None
            future = client.submit(_recognise, options, [_contents(file) for file in batch], pure=False)
            names[future] = [file.name for file in batch]
            return future

        threads = sum(worker["nthreads"] for worker in client.scheduler_info(n_workers=-1)["workers"].values())
        queue = as_completed([f for _ in range(QUEUED_BATCHES * max(threads, 1)) if (f := submit()) is not None])
        for future in queue:
            if (more := submit()) is not None:
                queue.add(more)
            batch = names.pop(future)
            if future.status == "finished":
                yield from future.result()
            else:
                yield from (_failure(name, future.exception()) for name in batch)


def _recognise(options: TranscribeOptions, batch: list[Contents]) -> list[Record]:
    """Recognise a batch. This runs on a worker."""
    read = recognise(
        load(InputFile(name, _Named(data, name)) for name, data in batch if isinstance(data, bytes)), options
    )
    return [record(next(read) if isinstance(data, bytes) else Document(name, error=data)) for name, data in batch]


class _Named(io.BytesIO):
    """A stream with the name of its file, for messages."""

    def __init__(self, data: bytes, name: str) -> None:
        super().__init__(data)
        self.name = name


def _failure(name: str, error: BaseException | None) -> Record:
    """Return the record of a file whose batch failed, perhaps because of another file or of the cluster."""
    message = f"{name}: not read, because the cluster failed ({error!r:.200}); run the same command again"
    return {"file": name, "error": printable(message), "retry": True}


def _contents(file: InputFile) -> Contents:
    if not isinstance(file.source, str):
        return file.name, f"{file.name}: a stream cannot be sent to a cluster; give files and folders"
    try:
        return file.name, formats.load(Path(file.source))
    except InkError as error:
        return file.name, str(error)
