"""Resample ink by arc length, so that the number of points does not depend on the sampling rate of the pen."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from handwriting.errors import InkError
from handwriting.geometry.normalise import segments
from handwriting.ink import Ink
from handwriting.limits import MAX_POINTS


def resample(ink: Ink, spacing: float) -> tuple[Ink, NDArray[np.int64]]:
    """Place points about ``spacing`` apart along each stroke; the ends of strokes stay, and a dot stays one point.

    ``spacing`` is in units of the ink. Returns the new ink of T points, without time and pressure, and for each of its
    points the original point at or before it, shape (T,). Raises :class:`InkError` if there would be too many points.
    """
    length = segments(ink)[2]
    # Positions along the pen's path, with a gap of length 1 at each pen-up so that strokes share no position.
    gap = np.zeros(len(length))
    gap[ink.starts[1:] - 1] = 1.0
    path = np.concatenate([[0.0], np.cumsum(length + gap)])
    first, last = path[ink.starts], path[ink.ends - 1]
    steps = np.round(np.minimum((last - first) / spacing, 2 * MAX_POINTS)).astype(np.int64)
    steps[(steps == 0) & (last - first > spacing / 4)] = 1
    if steps.sum() > MAX_POINTS:
        raise InkError(
            f"ink of length {last.sum() - first.sum():g} with points {spacing:g} apart has over {MAX_POINTS:,} points; "
            "remove the strokes that are not writing"
        )
    stroke = np.repeat(np.arange(len(steps)), steps + 1)
    starts = np.cumsum(steps + 1) - (steps + 1)
    within = np.arange(len(stroke)) - starts[stroke]
    at = first[stroke] + (last - first)[stroke] * within / np.maximum(steps, 1)[stroke]
    origin = np.clip(np.searchsorted(path, at + 1e-12, side="right") - 1, ink.starts[stroke], ink.ends[stroke] - 1)
    origin[starts] = ink.starts  # the first of coinciding points
    return Ink(np.interp(at, path, ink.x), np.interp(at, path, ink.y), starts), origin
