"""Place pages of ink files in millimetres: at their own size if the file gives it, else as wide as A4."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from handwriting.formats.units import millimetres
from handwriting.ink import Ink, Page
from handwriting.rendering.drawing import MAX_SIDE_MM, Drawing

WIDTH_MM, MARGIN_MM = 210.0, 15.0
"""Width and margin of a page without a size, in millimetres."""
PEN_MM = 0.4
"""Pen width on a page that is :data:`WIDTH_MM` wide."""


@dataclass(frozen=True)
class Placement:
    """The sheet that a page is drawn on, and the mapping of its coordinates: ``(xy - origin) * scale``."""

    width: float
    """Width in millimetres."""
    height: float
    origin: NDArray[np.float64]
    """Shape (2,), in the units of the page's ink."""
    scale: float
    """Millimetres per unit of the page's ink."""

    @property
    def pen(self) -> float:
        """Pen width in millimetres."""
        return PEN_MM * self.width / WIDTH_MM

    def place(self, ink: Ink) -> Ink:
        """Return the ink of the page in its place on the sheet."""
        # Rounding must not move ink off the sheet.
        return ink.moved_to(*np.maximum((ink.xy - self.origin) * self.scale, 0.0).T)


def placement(bounds: tuple[float, float, float, float], units: str | None = None, *, sized: bool = False) -> Placement:
    """Return the sheet for writing within ``bounds`` (left, top, right, bottom).

    A page is ``sized`` if its file gives its size, which the bounds then include: there is no margin, and known
    ``units`` are kept.
    """
    left, top, right, bottom = bounds
    margin, unit = (0.0, millimetres(units)) if sized else (MARGIN_MM, None)
    scale = unit or (WIDTH_MM - 2 * margin) / max(right - left, 0.25 * (bottom - top), 1e-300)
    width, height = (right - left) * scale + 2 * margin, (bottom - top) * scale + 2 * margin
    smaller = min(1.0, MAX_SIDE_MM / max(width, height))
    scale, width, height = scale * smaller, width * smaller, height * smaller
    return Placement(width, height, np.array([left, top]) - margin * smaller / scale, scale)


def draw(page: Page) -> Drawing:
    """Draw ``page`` on a sheet with room for all of its ink, with the transcript of the ink as its title."""
    left, top, right, bottom = page.ink.bounds
    sized = page.width is not None and page.height is not None
    if page.width is not None and page.height is not None:
        left, top = min(left, 0.0), min(top, 0.0)
        right, bottom = max(right, page.width), max(bottom, page.height)
    sheet = placement((left, top, right, bottom), page.ink.source.units, sized=sized)
    ink = sheet.place(page.ink)
    return Drawing(sheet.width, sheet.height, (ink,), stroke=sheet.pen, sheet=True, title=ink.source.text)
