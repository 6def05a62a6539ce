"""The result for an input file: its pages, with handwriting and typed text in reading order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

from handwriting.formats.extras import PageExtras, TypedText
from handwriting.ink import Ink
from handwriting.notes import Note
from handwriting.recognition.pages import ReadLine, ReadPage
from handwriting.recognition.transcription import Box

TextLine: TypeAlias = ReadLine | TypedText


@dataclass(frozen=True)
class DocumentPage:
    """A page of a document. Lengths are in ``units``, with y growing downward."""

    number: int
    """Counted from 1 in the file; blank pages are counted, but are not part of a document."""
    width: float | None
    """Width of the paper, whose upper left corner is at (0, 0); None if the file does not state it."""
    height: float | None
    units: str | None
    read: ReadPage | None = None
    """The handwriting; None if there is no ink on the page."""
    extras: PageExtras | None = None
    """Typed text, pictures and background; None if there is no reader of such extras for the format."""

    @classmethod
    def of(cls, read: ReadPage | None, extras: PageExtras | None) -> DocumentPage:
        """Return the page of ink, or of extras, or of both."""
        if read is not None:
            page = read.page
            return cls(page.number, page.width, page.height, page.ink.source.units, read, extras)
        assert extras is not None
        return cls(extras.number, extras.width, extras.height, extras.units, None, extras)

    @property
    def upright(self) -> DocumentPage:
        """The page turned upright; a page with more than ink on it stays as it is."""
        if self.read is None or self.read.upright_page is None or self.extras is not None:
            return self
        return DocumentPage.of(self.read.upright, None)

    @property
    def ink(self) -> Ink | None:
        return None if self.read is None else self.read.page.ink

    @property
    def typed(self) -> tuple[TypedText, ...]:
        """The lines of typed text, in the order of the file."""
        return () if self.extras is None else self.extras.texts

    @cached_property
    def lines(self) -> tuple[TextLine, ...]:
        """Lines of handwriting and of typed text, in reading order."""
        return tuple(in_reading_order([] if self.read is None else self.read.lines, self.typed))

    @property
    def text(self) -> str:
        """The text of all lines."""
        return "\n".join(line.text for line in self.lines)

    @property
    def has_writing(self) -> bool:
        """Whether there is ink or typed text on the page, and not only a picture or a background."""
        return self.read is not None or bool(self.typed)

    @property
    def paper(self) -> Box | None:
        """The area of the paper; None if the file does not state its size."""
        return None if self.width is None or self.height is None else (0.0, 0.0, self.width, self.height)

    @property
    def bounds(self) -> Box:
        """Left, top, right and bottom of the paper and of everything written, which may reach beyond the paper."""
        return self.bounds_on(self.paper)

    def bounds_on(self, paper: Box | None) -> Box:
        """Return the :attr:`bounds` if the paper has this area."""
        boxes = [line.box for line in self.typed]
        if self.ink is not None:
            boxes.append(self.ink.bounds)
        if paper is not None:
            boxes.append(paper)
        left, top, right, bottom = zip(*boxes, strict=True) if boxes else ((0.0,), (0.0,), (1.0,), (1.0,))
        return min(left), min(top), max(right), max(bottom)


@dataclass(frozen=True)
class Document:
    """The pages of an input file, or the reason why it could not be read."""

    name: str
    """The file as the user named it, or as it was found in a folder; ``-`` for standard input."""
    pages: tuple[DocumentPage, ...] = ()
    error: str | None = None
    notes: tuple[Note, ...] = ()
    """What was left out of the file; those of severity ``"lost"`` mean that writing is missing from the pages."""

    @property
    def written_pages(self) -> tuple[DocumentPage, ...]:
        """The pages that have handwriting or typed text."""
        return tuple(page for page in self.pages if page.has_writing)

    @property
    def text(self) -> str:
        """The text of all lines, with an empty line between pages."""
        return "\n\n".join(page.text for page in self.written_pages)


def in_reading_order(handwritten: Sequence[ReadLine], typed: Sequence[TypedText]) -> list[TextLine]:
    """Insert typed lines between handwritten ones, which keep their order.

    A typed line is inserted after the last handwritten line that precedes it; if there are lines above or below it,
    only these are compared, so that it stays in its column.
    """
    typed_after: dict[int, list[TypedText]] = {}
    for line in typed:
        column = [k for k, other in enumerate(handwritten) if _overlap(line.box, other.box, 0) > 0]
        compared = column or range(len(handwritten))
        earlier = [k for k in compared if _comes_before(handwritten[k].box, line.box)]
        first = min(compared, default=0)
        typed_after.setdefault(max(earlier) + 1 if earlier else first, []).append(line)
    result: list[TextLine] = []
    for k in range(len(handwritten) + 1):
        result += sorted(typed_after.get(k, ()), key=lambda line: (line.box[1], line.box[0]))
        result += handwritten[k : k + 1]
    return result


def _comes_before(one: Box, other: Box) -> bool:
    """Return whether ``one`` is above ``other``, or to the left of it at the same height."""
    if _overlap(one, other, 1) > 0.5:
        return one[0] < other[0]
    return one[1] + one[3] < other[1] + other[3]


def _overlap(one: Box, other: Box, axis: int) -> float:
    """Return the overlap of two boxes along x (0) or y (1), relative to the shorter one."""
    overlap = min(one[axis + 2], other[axis + 2]) - max(one[axis], other[axis])
    return overlap / max(min(one[axis + 2] - one[axis], other[axis + 2] - other[axis]), 1e-9)
