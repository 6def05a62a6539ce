"""Read input files into pages of ink, in batches of pages that are recognised together."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from handwriting import formats
from handwriting.documents.inputs import InputFile
from handwriting.errors import InkError, NoInkError, printable
from handwriting.formats.extras import PageExtras
from handwriting.ink import Page
from handwriting.notes import Note

BATCH_PAGES = 16
"""Number of pages in a batch: enough to keep the engine busy, few enough that the first results appear at once."""

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class LoadedFile:
    """The contents of a file, or the reason why it could not be read."""

    name: str
    pages: tuple[Page, ...] = ()
    """The pages that have ink."""
    extras: tuple[PageExtras, ...] = ()
    """What the pages have besides ink, if there is a reader of it for the format."""
    error: str | None = None
    notes: tuple[Note, ...] = ()


def load(files: Iterable[InputFile]) -> Iterator[list[LoadedFile]]:
    """Read ``files`` lazily, in order, and group them into batches of about :data:`BATCH_PAGES` pages.

    A file is never divided between batches. A file that cannot be read does not stop the others; a file without ink has
    no pages and a note.
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
        if file.is_folder:
            endings = ", ".join(sorted(formats.endings()))
            raise InkError(f"{file.name}: no ink files in this folder; looked for {endings}")
        contents = formats.read_document(file.source)
    except NoInkError as error:
        return LoadedFile(file.name, notes=(Note(str(error).removeprefix(printable(f"{file.name}: "))),))
    except Exception as error:
        return LoadedFile(file.name, error=error_message(file.name, error))
    notes = [note for note in contents.notes if note.severity != "detail"]
    if not contents.pages:
        notes.append(Note("there is no handwriting in it"))
    extras = tuple(page for page in contents.extras if page.texts or page.pictures or page.pdf)
    return LoadedFile(file.name, contents.pages, extras, notes=tuple(notes))


def error_message(name: str, error: Exception) -> str:
    """Return a message of one line about an ``error`` with the file ``name``.

    An error that is a defect of this program is also logged.
    """
    if isinstance(error, InkError):
        return str(error)
    log.debug("%s", printable(name), exc_info=error)
    description = f"{type(error).__name__}: {error}"[:200]
    return printable(
        f"{name}: not read, because of a defect in handwriting ({description}); please report it with the file"
    )
