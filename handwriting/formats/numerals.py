"""Numbers as short text: as many digits as the ink has, and no more."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import ArrayLike

SIGNIFICANT = 6
"""A coordinate is rounded by less than this many decimal places of the ink's extent: nothing that a pen does."""


def places(*coordinates: ArrayLike) -> int:
    """Decimal places that coordinates are written with."""
    extent = max((float(np.ptp(c)) for c in map(np.asarray, coordinates) if c.size), default=0.0)
    return int(np.clip(SIGNIFICANT - np.floor(np.log10(max(extent, 1e-3))), 0, 12))


def texts(values: Iterable[float], digits: int) -> list[str]:
    """Each value with at most ``digits`` decimal places, never with an exponent."""
    return [_plain(f"{value:.{digits}f}") for value in values]


def rounded(values: ArrayLike, digits: int) -> list[float | int]:
    """The same as numbers, whole ones as int."""
    return [int(v) if v == int(v) else v for v in np.round(np.asarray(values, dtype=np.float64), digits).tolist()]


def _plain(text: str) -> str:
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text
