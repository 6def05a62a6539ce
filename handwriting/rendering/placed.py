"""Pages of ink files as drawings: each in its own size where the file states it, else as wide as A4."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from handwriting.formats.units import millimetres
from handwriting.ink import Page
from handwriting.rendering.drawing import MAX_SIDE_MM, Drawing

WIDTH_MM, MARGIN_MM = 210.0, 15.0
"""Width and margin of a page without a size."""
PEN_MM = 0.4
"""Width of the pen on a page that is :data:`WIDTH_MM` wide."""


@dataclass(frozen=True)
class PlacedPage:
    """A page as a drawing, and how its coordinates became millimetres: ``(xy - origin) * scale``."""

    drawing: Drawing
    origin: NDArray[np.float64]
    """Shape (2,), in the units of the page's ink."""
    scale: float
    """Millimetres per unit of the page's ink."""


def place(page: Page, title: str | None = None) -> PlacedPage:
    """Draw ``page`` on a sheet that holds all of its ink."""
    left, top, right, bottom = page.ink.bounds
    if page.width is not None and page.height is not None:
        left, top = min(left, 0.0), min(top, 0.0)
        right, bottom = max(right, page.width), max(bottom, page.height)
        margin, unit = 0.0, millimetres(page.ink.source.units)
    else:
        margin, unit = MARGIN_MM, None
    scale = unit or (WIDTH_MM - 2 * margin) / max(right - left, 0.25 * (bottom - top), 1e-300)
    width, height = (right - left) * scale + 2 * margin, (bottom - top) * scale + 2 * margin
    smaller = min(1.0, MAX_SIDE_MM / max(width, height))
    scale, width, height = scale * smaller, width * smaller, height * smaller
    origin = np.array([left, top]) - margin * smaller / scale

    ink = page.ink.moved_to(*np.maximum((page.ink.xy - origin) * scale, 0.0).T)  # rounding may leave the sheet
    drawing = Drawing(width, height, (ink,), stroke=PEN_MM * width / WIDTH_MM, sheet=True, title=title)
    return PlacedPage(drawing, origin, scale)
