"""A drawing: ink placed on a sheet, in millimetres, from which every file type is made.

`fitted` scales any ink into a box; `layout.compose` places lines of writing that already have their size. `svg`, `png`,
`pdf`, `animation` and `plotter` take a drawing.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from handwriting.errors import InkError
from handwriting.ink import Ink
from handwriting.rendering import color as colors
from handwriting.rendering.curves import curves
from handwriting.rendering.pens import Pen, outline, widths
from handwriting.rendering.splines import fit

MAX_SIDE_MM = 5000.0
"""Largest width and height of a drawing: a PDF page cannot be larger."""

RULING_COLOR = "#b4cbe2"
RULING_MM = 0.15
"""Width of the lines printed on ruled and squared paper."""

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class PrintedLines(NamedTuple):
    """Lines printed on the paper in one colour and width."""

    lines: tuple[tuple[float, float, float, float], ...]
    """x1, y1, x2, y2 of each line; a line of zero length is a dot."""
    color: str = RULING_COLOR
    width: float = RULING_MM


@dataclass(frozen=True)
class Drawing:
    """Ink on a sheet; all lengths in millimetres, from the sheet's upper left corner, y growing downward.

    Raises :class:`InkError` when there is no ink, a size is not above 0 or too large, or the colour is not valid.
    """

    width: float
    height: float
    inks: tuple[Ink, ...]
    """The lines of writing, in the order of writing, at their places."""
    color: str = "black"
    stroke: float = 0.45
    """Width of the pen strokes."""
    sheet: bool = False
    """Whether there is a white sheet under the ink; a single line of writing has none."""
    title: str | None = None
    """Name for screen readers, and title of a PDF."""
    desc: str | None = None
    """Description for screen readers, and subject of a PDF."""
    printed: tuple[PrintedLines, ...] = ()
    """Lines printed on the paper, under the ink, in the order of printing."""
    pen: Pen | None = None
    """A pen with a varying line width; None draws lines of width ``stroke``."""
    blank: bool = False
    """Whether a sheet without ink is intended."""

    def __post_init__(self) -> None:
        if not self.inks and not self.blank:
            raise InkError("there is nothing to draw: no line has ink; write at least one")
        for name, value in (("width", self.width), ("height", self.height)):
            if not 0 < value <= MAX_SIDE_MM:
                raise InkError(f"a drawing with a {name} of {value:g} mm; give more than 0 and at most {MAX_SIDE_MM:g}")
        if not (self.stroke > 0 and math.isfinite(self.stroke)):
            raise InkError(f"a stroke of {self.stroke:g} mm would be invisible; give a width above 0, such as 0.45")
        object.__setattr__(self, "color", colors.parse(self.color))
        for name in ("title", "desc"):
            text = getattr(self, name)
            # XML allows no control characters, and a title does not need them.
            object.__setattr__(self, name, None if text is None else _NOT_XML.sub("\ufffd", text))

    @property
    def strokes(self) -> list[NDArray[np.float64]]:
        """The strokes of all lines, in writing order; each of shape (n, 2)."""
        return [stroke for ink in self.inks for stroke in ink.strokes]

    @cached_property
    def outlines(self) -> list[NDArray[np.float64]]:
        """The outline of each of `strokes` as a filled polygon (m, 2), drawn with `pen`."""
        assert self.pen is not None
        pressures = [
            None if ink.pressure is None else ink.pressure[start:end]
            for ink in self.inks
            for start, end in zip(ink.starts, ink.ends, strict=True)
        ]
        return [
            outline(curve, stroke, widths(stroke, self.pen, pressure, seed=number))
            for number, (curve, stroke, pressure) in enumerate(zip(self.curves, self.strokes, pressures, strict=True))
        ]

    @cached_property
    def curves(self) -> list[NDArray[np.float64]]:
        """The smooth curve of each of `strokes`: control points of shape (segments, 4, 2)."""
        return curves(self.strokes)


def fitted(
    ink: Ink,
    *,
    width_mm: float = 180.0,
    height_mm: float = 250.0,
    margin_mm: float = 5.0,
    stroke_mm: float = 0.45,
    color: str = "black",
    title: str | None = None,
    desc: str | None = None,
) -> Drawing:
    """Draw ``ink``, in any unit, as large as fits into ``width_mm`` x ``height_mm`` with its margins.

    The default size is A4's text area; the default title is the ink's text. Raises :class:`InkError` for sizes that
    leave no room and for ink that is too large to measure.
    """
    place = fit(ink, width_mm, height_mm, margin_mm)
    x, y = place(ink.xy).T
    title = ink.source.text if title is None else title
    return Drawing(place.width, place.height, (ink.moved_to(x, y),), color, stroke_mm, title=title, desc=desc)
