"""Lay out lines of writing on a page that is as long as they need; on printed paper, each line is on a ruling.

`compose` takes lines that already have their size in millimetres. Without a page width (``width_mm=None``) the drawing
is as large as the lines and their margins, which is how a single line is drawn.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Literal, get_args

import numpy as np

from handwriting.errors import InkError
from handwriting.ink import Ink
from handwriting.rendering import color
from handwriting.rendering.drawing import MAX_SIDE_MM, Drawing, PrintedLines
from handwriting.rendering.paper import ASCENT, Paper, printed_lines
from handwriting.rendering.pens import Pen

Align = Literal["left", "center", "right"]


@dataclass(frozen=True)
class PageLayout:
    """The sheet, its margins and lines, and the pen; lengths in millimetres.

    Raises :class:`InkError` for invalid values.

    >>> PageLayout(width_mm=148, height_mm=210, margin_mm=15, paper="ruled").room
    118
    """

    width_mm: float | None = 210.0
    """Width of the sheet (A4 by default), or None for a drawing as large as the writing and its margins."""
    height_mm: float = 0.0
    """Minimum height of the sheet (A4 has 297); it grows with the number of lines."""
    margin_mm: float = 20.0
    """Margin on all four sides."""
    line_height_mm: float = 10.0
    """Distance from one baseline to the next."""
    align: Align = "left"
    paper: Paper = "plain"
    color: str = "black"
    """Colour of the ink: a name, #rrggbb or rgb(r, g, b)."""
    stroke_mm: float = 0.4
    """Width of the pen strokes without a ``pen``."""
    pen: Pen | None = None
    """A pen with a varying line width."""

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if isinstance(value, int | float) and not math.isfinite(value):
                raise InkError(f"{field.name} is {value}; give a number of millimetres")
        if self.width_mm is not None and not 0 < self.width_mm <= MAX_SIDE_MM:
            raise InkError(f"a page {self.width_mm:g} mm wide; give more than 0 and at most {MAX_SIDE_MM:g}")
        if not 0 <= self.height_mm <= MAX_SIDE_MM:
            raise InkError(f"a page {self.height_mm:g} mm high; give 0 to {MAX_SIDE_MM:g}")
        if self.margin_mm < 0:
            raise InkError(f"a margin of {self.margin_mm:g} mm; give 0 or more")
        if self.room <= 0:
            raise InkError(
                f"margins of {self.margin_mm:g} mm leave no room on a page {self.width_mm:g} mm wide; "
                f"stay below {(self.width_mm or 0) / 2:g}"
            )
        if self.line_height_mm < 1:
            raise InkError(f"a line height of {self.line_height_mm:g} mm; give 1 or more, such as 10")
        if self.stroke_mm <= 0:
            raise InkError(f"a stroke of {self.stroke_mm:g} mm would be invisible; give a width above 0, such as 0.4")
        for name, value, known in (("alignment", self.align, get_args(Align)), ("paper", self.paper, get_args(Paper))):
            if value not in known:
                raise InkError(f"there is no {name} {value!r}; choose {', '.join(known[:-1])} or {known[-1]}")
        color.parse(self.color)

    def with_pen(self, pen: Pen) -> PageLayout:
        """Return the same layout with another pen."""
        return replace(self, stroke_mm=pen.width, pen=None if pen.uniform else pen)

    @property
    def room(self) -> float:
        """Width between the margins, at which lines are broken; infinite without a page width."""
        return math.inf if self.width_mm is None else self.width_mm - 2 * self.margin_mm


def compose(
    lines: Sequence[Ink | None], layout: PageLayout = PageLayout(), *, title: str | None = None, desc: str | None = None
) -> Drawing:
    """Place ``lines`` from top to bottom; each is in millimetres, with its baseline at y = 0 and its left end at x = 0.

    None is an empty line. The default title is the text of the first line, the default description the text of all
    lines. Raises :class:`InkError` when no line has ink, a line does not fit between the margins, or ink would extend
    beyond the edge of the sheet.
    """
    widths = [ink.bounds[2] for ink in lines if ink is not None]
    if not widths:
        raise InkError("there is nothing to draw: no line has ink; write at least one")
    room = max(widths) if layout.width_mm is None else layout.room
    share = {"left": 0.0, "center": 0.5, "right": 1.0}[layout.align]
    placed = {}
    for i, ink in enumerate(lines):
        if ink is None:
            continue
        slack = room - ink.bounds[2]
        if not slack >= -1e-6:
            raise InkError(
                f"line {i + 1} is {ink.bounds[2]:.1f} mm wide, and the margins leave {room:.1f}; "
                "break it earlier, write smaller or use a wider page"
            )
        placed[i] = _moved(ink, layout.margin_mm + share * slack, baseline(i, layout))
    titles = [ink.source.text for ink in placed.values() if ink.source.text]
    title = title if title is not None or not titles else titles[0]
    desc = desc if desc is not None or len(titles) < 2 else "\n".join(titles)
    if layout.width_mm is None:
        placed, width, height, rise = _tight(placed, layout)
    else:
        width, rise = layout.width_mm, 0.0
        height = _height(len(lines), layout)
        _check_edges(placed, width, height, layout.stroke_mm)
    printed = _printed(layout, width, height, baseline(0, layout) - rise)
    sheet = layout.width_mm is not None or layout.paper != "plain"
    return _drawing(layout, width, height, tuple(placed.values()), printed, sheet, title, desc)


def sheet_size(lines: int, layout: PageLayout) -> tuple[float, float, tuple[PrintedLines, ...]]:
    """Return width and height of the sheet for a number of ``lines``, and the lines printed on it.

    ``layout`` must have a width.
    """
    if layout.width_mm is None:
        raise InkError("a sheet needs a width; give width_mm")
    height = _height(lines, layout)
    return layout.width_mm, height, _printed(layout, layout.width_mm, height, baseline(0, layout))


def _height(lines: int, layout: PageLayout) -> float:
    """Return the height of a page of ``lines`` lines. Raises :class:`InkError` if it is too large."""
    height = max(layout.height_mm, 2 * layout.margin_mm + lines * layout.line_height_mm)
    if height > MAX_SIDE_MM:
        raise InkError(
            f"{lines} lines {layout.line_height_mm:g} mm apart would make a page {height:g} mm high, and the "
            f"limit is {MAX_SIDE_MM:g} mm; write fewer lines per page"
        )
    return height


def on_sheet(
    inks: Sequence[Ink], lines: int, layout: PageLayout, *, title: str | None = None, desc: str | None = None
) -> Drawing:
    """Draw ``inks``, already placed in millimetres, on the sheet of a page with ``lines`` lines."""
    width, height, printed = sheet_size(lines, layout)
    return _drawing(layout, width, height, tuple(inks), printed, True, title, desc)


def _drawing(
    layout: PageLayout,
    width: float,
    height: float,
    inks: tuple[Ink, ...],
    printed: tuple[PrintedLines, ...],
    sheet: bool,
    title: str | None,
    desc: str | None,
) -> Drawing:
    return Drawing(width, height, inks, layout.color, layout.stroke_mm, sheet, title, desc, printed, layout.pen)


def baseline(i: int, layout: PageLayout) -> float:
    """Return y of the baseline of line ``i``, in millimetres from the top of the sheet."""
    return layout.margin_mm + (i + ASCENT) * layout.line_height_mm


def _moved(ink: Ink, x: float, y: float) -> Ink:
    return ink.moved_to(ink.x + x, ink.y + y)


def _tight(placed: dict[int, Ink], layout: PageLayout) -> tuple[dict[int, Ink], float, float, float]:
    """Move the inks so that their margins begin at 0; return them, width, height, and the distance moved up."""
    edge = layout.margin_mm + layout.stroke_mm / 2
    left, top, right, bottom = _bounds(placed)
    moved = {i: _moved(ink, edge - left, edge - top) for i, ink in placed.items()}
    return moved, right - left + 2 * edge, max(bottom - top + 2 * edge, layout.height_mm), top - edge


def _bounds(placed: dict[int, Ink]) -> tuple[float, float, float, float]:
    boxes = np.array([ink.bounds for ink in placed.values()])
    left, top = boxes[:, :2].min(axis=0)
    right, bottom = boxes[:, 2:].max(axis=0)
    return float(left), float(top), float(right), float(bottom)


def _check_edges(placed: dict[int, Ink], width: float, height: float, stroke: float) -> None:
    for i, ink in placed.items():
        left, top, right, bottom = ink.bounds
        over = max(-left, -top, right - width, bottom - height) + stroke / 2
        if over > 1e-9:
            raise InkError(
                f"line {i + 1} would extend {over:.1f} mm beyond the edge of the sheet; "
                "give wider margins, a larger line height or smaller writing"
            )


def _printed(layout: PageLayout, width: float, height: float, first: float) -> tuple[PrintedLines, ...]:
    """Return the lines printed on the paper, one of them through the baseline ``first``."""
    return printed_lines(layout.paper, width, height, layout.line_height_mm, first, layout.margin_mm, layout.margin_mm)
