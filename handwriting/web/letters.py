"""Letters for the HTTP API: a request in, a file with all pages out, and word of how far it is meanwhile."""

from __future__ import annotations

import base64
import io
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

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
"""What a letter can be, with its media type."""

STEP = 0.01
"""Least share of the work between two events of progress."""


@dataclass(frozen=True)
class MadeLetter:
    """A letter as a file."""

    data: bytes
    pages: int
    words: int
    doubtful: list[tuple[str, str]]


def ending(format: str) -> str:
    """``format`` if a letter can be that. Raises :class:`InkError` if not."""
    if format not in FORMATS:
        raise InkError(f"a letter cannot be {format[:20]!r}; choose one of {', '.join(FORMATS)}")
    return format


def made(service: Service, body: bytes, format: str, check: Callable[[], object]) -> MadeLetter:
    """The letter that ``body`` asks for; ``check`` is called now and then, and ends the work by raising."""
    letter = _writer(service, body, lambda done, total: check())
    return _made(letter, list(letter), format)


def records(service: Service, body: bytes, format: str, emit: Callable[[Record], None]) -> Iterator[Record]:
    """The events of writing the letter; ``emit`` is given those that come between them."""
    shown = 0.0

    def progress(done: float, total: int) -> None:
        nonlocal shown
        if done - shown >= STEP * total or done == total:
            shown = done
            emit({"type": "progress", "done": round(done), "total": total})

    return _events(_writer(service, body, progress), format)


def _events(letter: LetterWriter, format: str) -> Iterator[Record]:
    pages: list[WrittenPage] = []
    for page in letter:
        pages.append(page)
        yield {"type": "page", "page": len(pages), "svg": markup(page.drawing)}
    made = _made(letter, pages, format)
    yield {
        "type": "done",
        "name": f"letter.{format}",
        "media": FORMATS[format],
        "pages": made.pages,
        "words": made.words,
        "doubtful": [{"text": text, "read": read} for text, read in made.doubtful],
        "data": base64.b64encode(made.data).decode("ascii"),
    }


def _writer(service: Service, body: bytes, progress: Progress) -> LetterWriter:
    request = schemas.parse(schemas.LetterRequest, body)
    schemas.check_length(request.text, schemas.MAX_LETTER_CHARACTERS)
    writer = WordWriter(service.synthesizer, service.recognizer, request.bestOf)
    return LetterWriter(writer, request.text, request.look(), service.hand(request), progress)


def _made(letter: LetterWriter, pages: Sequence[WrittenPage], format: str) -> MadeLetter:
    data = _zipped(pages) if format == "zip" else encode_letter(pages, f".{format}")
    return MadeLetter(data, len(pages), len(letter.composer.words), letter.composer.doubtful)


def _zipped(pages: Sequence[WrittenPage]) -> bytes:
    """A zip archive with an SVG of each page; equal pages give equal archives."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, page in enumerate(pages, 1):
            archive.writestr(zipfile.ZipInfo(f"page-{number}.svg"), markup(page.drawing), zipfile.ZIP_DEFLATED)
    return buffer.getvalue()
