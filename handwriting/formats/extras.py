"""What a document's pages have besides ink: typed text, pictures, and a PDF page under it.

Readers of ink leave these out. A format that has them offers an :class:`ExtrasReader` as well, for transcripts of whole
documents.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from handwriting.notes import Notes

Box = tuple[float, float, float, float]
"""Left, top, right, bottom."""
LINE, LETTER = 1.2, 0.5
"""Usual height of a line and width of a letter, in font sizes."""


@dataclass(frozen=True)
class TypedText:
    """A line of text that was typed."""

    text: str
    box: Box
    size: float
    """Font size, in the units of the page."""


@dataclass(frozen=True)
class Picture:
    """A picture under the ink."""

    source: bytes | tuple[Path, ...]
    """A PNG or JPEG file, or the places where there may be one, to be tried in order."""
    box: Box | None = None
    """None when it covers the page."""


@dataclass(frozen=True)
class PdfBackground:
    """A page of a PDF under the ink, as large as the sheet allows, from its upper left corner."""

    source: bytes | tuple[Path, ...]
    """The PDF file, or the places where there may be one, to be tried in order."""
    page: int
    """Counted from 0."""


@dataclass(frozen=True)
class PageExtras:
    """A page of a document without its ink. Lengths are in ``units``, from the upper left corner, y downward."""

    number: int
    """Counted from 1, as :attr:`handwriting.ink.Page.number`."""
    width: float | None
    height: float | None
    units: str
    texts: tuple[TypedText, ...] = ()
    pictures: tuple[Picture, ...] = ()
    pdf: PdfBackground | None = None


@dataclass(frozen=True)
class ExtrasReader:
    """How a format's extras are read."""

    read: Callable[[bytes, str, Notes], list[PageExtras]]
    """Returns every page of a file, given its bytes and its name or path. Damaged extras are left out with a note."""
    covers: frozenset[str]
    """What it reads, by the names under which the reader of ink counts it as left out."""


def text_lines(text: str, left: float, top: float, size: float) -> list[TypedText]:
    """The lines of a text box; their boxes are estimated, because the widths of its letters are unknown."""
    height, width = LINE * size, LETTER * size
    return [
        TypedText(line.strip(), (left, top + height * k, left + width * len(line), top + height * (k + 1)), size)
        for k, line in enumerate(text.split("\n"))
        if line.strip()
    ]
