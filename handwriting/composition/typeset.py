"""Set words on lines and pages: pure functions from widths to positions.

Nothing is drawn here. A paragraph is a sequence of boxes, each as wide as the ink of its word and followed by a space;
lines are filled greedily, as a person writes. All lengths are in millimetres.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from handwriting.errors import InkError

Align = Literal["left", "center", "right", "justify"]

ROUNDING_MM = 1e-6
"""A line may exceed its width by this much."""


@dataclass(frozen=True)
class Box:
    """A word to be set."""

    width: float
    """Width of its ink."""
    space: float
    """Space after it when another word follows on the same line."""
    cut: bool = False
    """Whether the box is the beginning of a hyphenated word, whose rest follows on the next line."""


@dataclass(frozen=True)
class Paragraph:
    """Boxes that are set on consecutive lines."""

    boxes: tuple[Box, ...]
    """Empty for a blank line."""
    align: Align = "left"
    indent: float = 0.0
    """Indent of the first line."""
    left: float = 0.0
    """Indent of every line, as in a list."""
    before: float = 0.0
    """Extra space above, in line heights; ignored at the top of a page."""
    page_break: bool = False
    """Whether the paragraph starts a new page."""
    keep: bool = False
    """Whether the paragraph stays on the page of what follows, like a heading."""


@dataclass(frozen=True)
class SetLine:
    """A line with its words placed."""

    paragraph: int
    """Index of its paragraph."""
    first: int
    """Index of its first box in the paragraph."""
    x: tuple[float, ...]
    """Left edge of each of its boxes, from the left margin."""


@dataclass(frozen=True)
class PlacedLine:
    """A line on a page."""

    line: SetLine
    page: int
    """Page number, counted from 0."""
    row: float
    """Distance of its baseline from the first baseline of the page, in line heights."""


def break_lines(paragraph: Paragraph, number: int, width: float) -> list[SetLine]:
    """Break paragraph ``number`` into lines, greedily; an empty paragraph becomes one line without boxes.

    Raises :class:`InkError` when a box is wider than its line.
    """
    boxes = paragraph.boxes
    if not boxes:
        return [SetLine(number, 0, ())]
    lines: list[SetLine] = []
    first = 0
    while first < len(boxes):
        indent = paragraph.left + (paragraph.indent if first == 0 else 0.0)
        room = width - indent
        if boxes[first].width > room + ROUNDING_MM:
            raise InkError(
                f"a word {boxes[first].width:.1f} mm wide does not fit on a line of {room:.1f} mm; "
                "use a wider page, narrower margins or a smaller size",
                key="wide-word",
            )
        end, used = first + 1, boxes[first].width
        while end < len(boxes) and not boxes[end - 1].cut:
            if used + boxes[end - 1].space + boxes[end].width > room + ROUNDING_MM:
                break
            used += boxes[end - 1].space + boxes[end].width
            end += 1
        lines.append(SetLine(number, first, _places(paragraph, first, end, indent, room - used)))
        first = end
    return lines


def _places(paragraph: Paragraph, first: int, end: int, indent: float, slack: float) -> tuple[float, ...]:
    """Return the left edges of the boxes ``first`` to ``end`` of a line that has ``slack`` left over."""
    last_line = end == len(paragraph.boxes)
    stretch = slack / (end - first - 1) if paragraph.align == "justify" and not last_line and end - first > 1 else 0.0
    x = indent + {"center": slack / 2, "right": slack}.get(paragraph.align, 0.0)
    places = []
    for box in paragraph.boxes[first:end]:
        places.append(x)
        x += box.width + box.space + stretch
    return tuple(places)


class Paginator:
    """Places lines in order on pages of ``rows`` lines each, or on one endless page if ``rows`` is None.

    Blank lines at the top of a page are dropped, except on the first page. A paragraph of several lines does not leave
    its first line alone at the bottom of a page, and a heading is never last on a page.
    """

    def __init__(self, rows: int | None) -> None:
        if rows is not None and rows < 1:
            raise InkError(
                "the margins leave no room for a line; use a taller page, narrower margins or a smaller line height",
                key="no-room",
            )
        self._rows, self._page, self._row, self._begun = rows, 0, 0.0, False

    def place(self, line: SetLine, paragraph: Paragraph, more: bool) -> PlacedLine | None:
        """Return the place of the next line, of ``paragraph``; None for a blank line that is dropped.

        ``more``: whether further lines of its paragraph follow.
        """
        first = line.first == 0
        if first and paragraph.page_break and self._begun:
            self._page, self._row = self._page + 1, 0.0
        self._begun = True
        if first and self._row > 0:
            self._row += paragraph.before
        needed = (2 if first and more else 1) + 2 * paragraph.keep
        needed = min(needed, self._rows or needed)
        if self._rows is not None and self._row > 0 and self._row + needed > self._rows + ROUNDING_MM:
            self._page, self._row = self._page + 1, 0.0
        if not line.x and self._row == 0.0 and self._page > 0:
            return None
        placed = PlacedLine(line, self._page, self._row)
        self._row += 1.0
        return placed


def paginate(paragraphs: Sequence[Paragraph], width: float, rows: int | None) -> list[PlacedLine]:
    """Place all lines of ``paragraphs``; see :class:`Paginator`."""
    paginator = Paginator(rows)
    placed = [
        paginator.place(line, paragraph, line is not lines[-1])
        for number, paragraph in enumerate(paragraphs)
        for lines in [break_lines(paragraph, number, width)]
        for line in lines
    ]
    return [line for line in placed if line is not None]
