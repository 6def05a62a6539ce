"""Resampling by arc length: as many points as the ink is long, whatever the pen's sampling rate was."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from handwriting.errors import InkError
from handwriting.geometry.normalise import segments
from handwriting.ink import Ink
from handwriting.limits import MAX_POINTS


def resample(ink: Ink, spacing: float) -> tuple[Ink, NDArray[np.int64]]:
    """Points about ``spacing`` apart along every stroke; both ends of a stroke stay, a dot stays one point.

    ``spacing`` is in the ink's units. Returns the new ink (without time and pressure) of T points, and an array of
    shape (T,): for each new point the original point at or before it.
    """
    length = segments(ink)[2]
    # The pen's path with a gap of length 1 for each pen-up: positions on it are unique to a stroke.
    gap = np.zeros(len(length))
    gap[ink.starts[1:] - 1] = 1.0
    path = np.concatenate([[0.0], np.cumsum(length + gap)])
    first, last = path[ink.starts], path[ink.ends - 1]
    steps = np.round(np.minimum((last - first) / spacing, 2 * MAX_POINTS)).astype(np.int64)
    steps[(steps == 0) & (last - first > spacing / 4)] = 1
    if steps.sum() > MAX_POINTS:
        raise InkError(
            f"ink is {last.sum() - first.sum():g} long, which at {spacing:g} apart is over {MAX_POINTS:,} points; "
            "take out the strokes that are no writing"
        )
    stroke = np.repeat(np.arange(len(steps)), steps + 1)
    starts = np.cumsum(steps + 1) - (steps + 1)
    within = np.arange(len(stroke)) - starts[stroke]
    at = first[stroke] + (last - first)[stroke] * within / np.maximum(steps, 1)[stroke]
    origin = np.clip(np.searchsorted(path, at + 1e-12, side="right") - 1, ink.starts[stroke], ink.ends[stroke] - 1)
    origin[starts] = ink.starts  # where points coincide, the first of them
    return Ink(np.interp(at, path, ink.x), np.interp(at, path, ink.y), starts), origin
