"""A drawing: ink in its place on a sheet, in millimetres. The one value from which every kind of file is made.

`fitted` makes one of any ink, as large as fits into a box; `page.compose` makes one of lines of writing that have their
size already. `svg`, `png`, `pdf`, `animation` and `plotter` take it.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from handwriting.errors import InkError
from handwriting.ink import Ink
from handwriting.rendering import color as colors
from handwriting.rendering.curves import curves
from handwriting.rendering.splines import fit

LARGEST = 5000.0
"""Millimetres; a PDF page cannot be larger."""

RULING_COLOR = "#b4cbe2"
RULING_MM = 0.15
"""What is printed on ruled and squared paper."""

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True)
class Drawing:
    """Ink on a sheet; every length in millimetres, from the sheet's upper left corner, y growing downward.

    Raises :class:`InkError` when there is no ink, a size is not above 0 or too large, or the colour is none.
    """

    width: float
    height: float
    inks: tuple[Ink, ...]
    """In their places, in writing order: one for each line of writing."""
    color: str = "black"
    stroke: float = 0.45
    """Width of the pen's line."""
    rulings: tuple[tuple[float, float, float, float], ...] = ()
    """The lines printed on the paper: x and y of both ends."""
    sheet: bool = False
    """Whether there is a white sheet under the ink; a lone line of writing has none."""
    title: str | None = None
    """What a screen reader says, and a PDF's title."""
    desc: str | None = None

    def __post_init__(self) -> None:
        if not self.inks:
            raise InkError("there is nothing to draw: no line has ink; write at least one")
        for name, value in (("width", self.width), ("height", self.height)):
            if not 0 < value <= LARGEST:
                raise InkError(f"a drawing {value:g} mm in {name} cannot be made; stay above 0 and below {LARGEST:g}")
        if not (self.stroke > 0 and math.isfinite(self.stroke)):
            raise InkError(f"a stroke of {self.stroke:g} mm cannot be seen; give a width above 0, such as 0.45")
        object.__setattr__(self, "color", colors.parse(self.color))
        for name in ("title", "desc"):
            text = getattr(self, name)
            # XML has no place for control characters, and a title does not need them.
            object.__setattr__(self, name, None if text is None else _NOT_XML.sub("\ufffd", text))

    @property
    def strokes(self) -> list[NDArray[np.float64]]:
        """Of all lines, in writing order; each of shape (n, 2)."""
        return [stroke for ink in self.inks for stroke in ink]

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
    """``ink`` in any unit, as large as fits into ``width_mm`` x ``height_mm`` with margins (A4's text area).

    The title is the ink's own text when it is not given. Raises :class:`InkError` for sizes that leave no room and for
    ink that is too large to measure.
    """
    place = fit(ink, width_mm, height_mm, margin_mm)
    x, y = place(ink.xy).T
    title = ink.source.text if title is None else title
    return Drawing(place.width, place.height, (ink.moved_to(x, y),), color, stroke_mm, title=title, desc=desc)
