"""The contents of a document's pages besides ink: typed text, pictures, and a PDF page under the ink.

Readers of ink leave these out. For transcripts of whole documents, a format that has them also offers an
:class:`ExtrasReader`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from handwriting.notes import Notes

Box = tuple[float, float, float, float]
"""Left, top, right, bottom."""
LINE_HEIGHT, LETTER_WIDTH = 1.2, 0.5
"""Usual height of a line and width of a letter, in units of the font size."""

_SPACE = re.compile(r"\s")
_NOT_TEXT = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
"""Control characters, which terminals obey, halves of surrogate pairs, and noncharacters, which XML cannot contain."""


@dataclass(frozen=True)
class TypedText:
    """A line of text that was typed."""

    text: str
    """One line, without control characters."""
    box: Box
    size: float
    """Font size, in the units of the page."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "text", _NOT_TEXT.sub("", _SPACE.sub(" ", self.text)))


@dataclass(frozen=True)
class Picture:
    """A picture under the ink."""

    source: bytes | tuple[Path, ...]
    """A PNG or JPEG file, or the paths where it may be, to be tried in order."""
    box: Box | None = None
    """None if it covers the page."""


@dataclass(frozen=True)
class PdfBackground:
    """A page of a PDF under the ink.

    It is as large as the sheet allows, aligned with its upper left corner, unless ``middle`` is given.
    """

    source: bytes | tuple[Path, ...]
    """The PDF file, or the paths where it may be, to be tried in order."""
    page: int
    """Counted from 0."""
    middle: float | None = None
    """Horizontal middle of a page that has its own size, and whose top is that of the sheet, in units of the sheet."""


@dataclass(frozen=True)
class PageExtras:
    """What a page has besides ink. Lengths are in ``units``, from the upper left corner, with y growing downward."""

    number: int
    """Counted from 1, like :attr:`handwriting.ink.Page.number`."""
    width: float | None
    height: float | None
    units: str
    texts: tuple[TypedText, ...] = ()
    pictures: tuple[Picture, ...] = ()
    pdf: PdfBackground | None = None


@dataclass(frozen=True)
class ExtrasReader:
    """The reader of a format's extras."""

    read: Callable[[bytes, str, Notes], list[PageExtras]]
    """Given the bytes of a file and its name or path, returns every page. Damaged extras are left out with a note."""
    covers: frozenset[str]
    """What it reads, by the names under which the reader of ink reports these things as left out."""


def text_lines(text: str, left: float, top: float, size: float) -> list[TypedText]:
    """Split a text box into lines, with estimated boxes, because the widths of its letters are unknown."""
    height, width = LINE_HEIGHT * size, LETTER_WIDTH * size
    return [
        TypedText(line.strip(), (left, top + height * k, left + width * len(line), top + height * (k + 1)), size)
        for k, line in enumerate(text.splitlines())
        if line.strip()
    ]
