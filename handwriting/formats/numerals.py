"""Formats coordinates with as many digits as ink has, and no more."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import ArrayLike

SIGNIFICANT = 6
"""Digits that are kept of the ink's extent; a rounding error is far below what a pen can do."""


def places(*coordinates: ArrayLike) -> int:
    """The number of decimal places with which to write these coordinates."""
    extent = max((float(np.ptp(c)) for c in map(np.asarray, coordinates) if c.size), default=0.0)
    return int(np.clip(SIGNIFICANT - np.floor(np.log10(max(extent, 1e-3))), 0, 12))


def texts(values: Iterable[float], digits: int) -> list[str]:
    """Each value as text with at most ``digits`` decimal places, never with an exponent."""
    return [_plain(f"{value:.{digits}f}") for value in values]


def rounded(values: ArrayLike, digits: int) -> list[float | int]:
    """Each value rounded to ``digits`` decimal places; whole numbers are int."""
    return [int(v) if v == int(v) else v for v in np.round(np.asarray(values, dtype=np.float64), digits).tolist()]


def _plain(text: str) -> str:
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text
