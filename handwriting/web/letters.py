"""Write letters for the HTTP API: as a file with all pages, and as a stream of progress events and pages."""

from __future__ import annotations

import base64
import io
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from handwriting.composition.letter import LetterWriter
from handwriting.composition.letter_files import encode_letter
from handwriting.composition.page import WrittenPage
from handwriting.composition.runs import WordWriter
from handwriting.errors import InkError
from handwriting.progress import Progress
from handwriting.rendering.svg import markup
from handwriting.web import schemas
from handwriting.web.service import Service
from handwriting.web.stream import Record

FORMATS = {
    "pdf": "application/pdf",
    "xopp": "application/x-xopp",
    "zip": "application/zip",
}
"""Formats of a letter, with their media types."""

PROGRESS_STEP = 0.01
"""Minimum share of the work between two events of progress."""


@dataclass(frozen=True)
class WrittenLetter:
    """A finished letter."""

    pages: Sequence[WrittenPage]
    words: int
    doubtful: Sequence[tuple[str, str]]

    def file(self, format: str) -> bytes:
        """Return all pages as a file."""
        return _zipped(self.pages) if format == "zip" else encode_letter(self.pages, f".{format}")


def ending(format: str) -> str:
    """Return ``format``. Raises :class:`InkError` if it is not a format of letters."""
    if format not in FORMATS:
        raise InkError(f"there is no letter format {format[:20]!r}; choose one of {', '.join(FORMATS)}")
    return format


def file(service: Service, body: bytes, format: str, max_pages: int | None, check: Callable[[], object]) -> bytes:
    """Write the letter of the request ``body``, or its first ``max_pages`` pages, and return it as a file.

    ``check`` is called regularly; it ends the work by raising an exception.
    """
    known = service.letters.get(body)
    if known is None:
        letter = _writer(service, body, lambda done, total: check())
        known = _written(service, body, letter, list(islice(letter, max_pages)), max_pages)
    return replace(known, pages=known.pages[:max_pages]).file(format)


def records(
    service: Service, body: bytes, format: str, max_pages: int | None, emit: Callable[[Record], None]
) -> Iterator[Record]:
    """Return the events of writing the letter, or its first ``max_pages`` pages; ``emit`` receives those of progress.

    A recently written letter is taken from the cache.
    """
    known = service.letters.get(body)
    if known is not None:
        known = replace(known, pages=known.pages[:max_pages])
        return iter([{"type": "progress", "done": 1, "total": 1}, *_pages(known.pages), _done(known, format)])
    shown = 0.0

    def progress(done: float, total: int) -> None:
        nonlocal shown
        if done - shown >= PROGRESS_STEP * total or done == total:
            shown = done
            emit({"type": "progress", "done": round(done), "total": total})

    letter = _writer(service, body, progress)

    def events() -> Iterator[Record]:
        pages: list[WrittenPage] = []
        for page in islice(letter, max_pages):
            yield from _pages([page], len(pages) + 1)
            pages.append(page)
        yield _done(_written(service, body, letter, pages, max_pages), format)

    return events()


def _written(
    service: Service, body: bytes, letter: LetterWriter, pages: Sequence[WrittenPage], max_pages: int | None
) -> WrittenLetter:
    """Return the letter with these pages; it is cached if they are all of its pages."""
    written = WrittenLetter(pages, len(letter.composer.words), letter.composer.doubtful)
    if max_pages is None:
        service.letters.put(body, written)
    return written


def _pages(pages: Sequence[WrittenPage], first: int = 1) -> Iterator[Record]:
    for number, page in enumerate(pages, first):
        yield {"type": "page", "page": number, "svg": markup(page.drawing)}


def _done(letter: WrittenLetter, format: str) -> Record:
    return {
        "type": "done",
        "name": f"letter.{format}",
        "media": FORMATS[format],
        "pages": len(letter.pages),
        "words": letter.words,
        "doubtful": [{"text": text, "read": read} for text, read in letter.doubtful],
        "data": base64.b64encode(letter.file(format)).decode("ascii"),
    }


def _writer(service: Service, body: bytes, progress: Progress) -> LetterWriter:
    request = schemas.parse(schemas.LetterRequest, body)
    schemas.check_length(request.text, schemas.MAX_LETTER_CHARACTERS)
    writer = WordWriter(service.synthesizer, service.recognizer, request.bestOf)
    return LetterWriter(writer, request.text, request.look(), service.hand(request), progress)


def _zipped(pages: Sequence[WrittenPage]) -> bytes:
    """Return a reproducible zip archive with an SVG of each page."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, page in enumerate(pages, 1):
            archive.writestr(zipfile.ZipInfo(f"page-{number}.svg"), markup(page.drawing), zipfile.ZIP_DEFLATED)
    return buffer.getvalue()
