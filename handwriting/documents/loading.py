"""Reads input files into pages of ink, in batches of pages that are recognised together."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from handwriting import formats
from handwriting.documents.inputs import InputFile
from handwriting.errors import InkError
from handwriting.ink import Page

BATCH_PAGES = 16
"""Pages in a batch: enough to keep the engine busy, few enough that the first results appear at once."""


@dataclass(frozen=True)
class LoadedFile:
    """The pages of ink in a file, or the reason why it could not be read."""

    name: str
    pages: tuple[Page, ...] = ()
    error: str | None = None


def load(files: Iterable[InputFile]) -> Iterator[list[LoadedFile]]:
    """Read ``files`` lazily, in order, and group them so that a batch has about :data:`BATCH_PAGES` pages.

    A file is never divided between batches. A file that cannot be read does not stop the others.
    """
    batch: list[LoadedFile] = []
    size = 0
    for file in files:
        batch.append(_load(file))
        size += max(len(batch[-1].pages), 1)
        if size >= BATCH_PAGES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _load(file: InputFile) -> LoadedFile:
    try:
        if isinstance(file.source, str) and os.path.isdir(file.source):
            endings = ", ".join(sorted(formats.endings()))
            raise InkError(f"{file.name}: no ink files in this folder; looked for {endings}")
        return LoadedFile(file.name, tuple(formats.read_pages(file.source)))
    except InkError as error:
        return LoadedFile(file.name, error=str(error))
