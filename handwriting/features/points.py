"""Encode ink as resampled points: one step for every ``spacing`` of ink."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from handwriting.geometry.resample import resample
from handwriting.ink import Ink

POINTS_SIZE = 9
"""Number of features per step; :func:`encode_points` lists them."""


def encode_points(ink: Ink, spacing: float) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Encode normalised ink as steps, shape (T, 9), and return the half-open point range of each, shape (T, 2).

    0, 1  dx, dy from the previous point, in units of ``spacing`` (0 at the first point of a stroke);
    2, 3  cosine minus 1 and sine of the turn at the point (0 at both ends of a stroke);
    4     y of the point relative to the middle of the writing, in writing heights (positive downward);
    5, 6  1 at the first and at the last point of a stroke, respectively (a dot has both);
    7, 8  dx, dy of the pen-up move that ended here, in writing heights, clipped to +-3 (0 elsewhere).
    """
    points, origin = resample(ink, spacing)
    dx, dy = np.diff(points.x, prepend=points.x[0]), np.diff(points.y, prepend=points.y[0])
    first, last = points.starts, points.ends - 1
    steps = np.zeros((len(points), POINTS_SIZE), dtype=np.float32)
    steps[first[1:], 7] = np.clip(dx[first[1:]], -3, 3)
    steps[first[1:], 8] = np.clip(dy[first[1:]], -3, 3)
    dx[first] = dy[first] = 0.0
    steps[:, 0], steps[:, 1] = dx / spacing, dy / spacing
    turn = np.exp(1j * np.diff(np.arctan2(dy, dx), append=0.0))
    turn[first] = turn[last] = 1.0
    steps[:, 2], steps[:, 3] = turn.real - 1, turn.imag
    steps[:, 4] = points.y
    steps[first, 5] = 1.0
    steps[last, 6] = 1.0
    ends = np.append(origin[1:], len(ink))
    ends = np.maximum(ends, origin + 1)
    return steps, np.column_stack([origin, ends])
