"""Format coordinates with as many digits as ink needs, and no more."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import ArrayLike

SIGNIFICANT = 6
"""Number of digits that are kept, relative to the extent of the ink; the rounding error is far below what a pen can
do."""


def decimal_places(*coordinates: ArrayLike) -> int:
    """Return the number of decimal places with which to write these coordinates."""
    extent = max((float(np.ptp(c)) for c in map(np.asarray, coordinates) if c.size), default=0.0)
    return int(np.clip(SIGNIFICANT - np.floor(np.log10(max(extent, 1e-3))), 0, 12))


def format_values(values: Iterable[float], digits: int) -> list[str]:
    """Format each value with at most ``digits`` decimal places, never with an exponent."""
    return [_strip_zeros(f"{value:.{digits}f}") for value in values]


def round_values(values: ArrayLike, digits: int) -> list[float | int]:
    """Round each value to ``digits`` decimal places; whole numbers become int."""
    return [int(v) if v == int(v) else v for v in np.round(np.asarray(values, dtype=np.float64), digits).tolist()]


def _strip_zeros(text: str) -> str:
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text
