"""Measurements of a hand: features of a line of writing that distinguish writers whatever the text."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from handwriting.geometry.normalise import deskew, segments, slant, writing_height
from handwriting.ink import Ink

TURNS = np.radians([-180, -90, -45, -20, -8, 0, 8, 20, 45, 90, 180])
"""Edges of the histogram of turns from one segment to the next, in radians."""
QUANTILES = (10, 30, 50, 70, 90)
"""Percentiles by which distributions are summarised."""


def measures(ink: Ink, text: str) -> NDArray[np.float64]:
    """Measure a line of writing and return features that do not depend on its size, shape (69,).

    They are histograms of the pen's directions and turns; the slant; strokes, width and ink per letter; and quantiles
    of the strokes' widths and heights, the steps from point to point, the pen-up moves and the heights of the points.
    """
    flat = deskew(ink)
    height = writing_height(flat)
    dx, dy, length = segments(flat)
    down = length > 0
    angle, weight = np.arctan2(dy, dx)[down], length[down]
    directions, _ = np.histogram(angle, 24, (-np.pi, np.pi), weights=weight)
    turn = (np.diff(angle) + np.pi) % (2 * np.pi) - np.pi
    turns, _ = np.histogram(turn, TURNS, weights=(weight[:-1] + weight[1:]) / 2)
    strokes = flat.strokes
    widths = np.array([np.ptp(stroke[:, 0]) for stroke in strokes]) / height
    heights = np.array([np.ptp(stroke[:, 1]) for stroke in strokes]) / height
    letters = max(1, sum(not c.isspace() for c in text))
    up = flat.starts[1:]
    gaps = (flat.x[up] - flat.x[up - 1]) / height if len(up) else np.zeros(1)
    rises = (flat.y[up] - flat.y[up - 1]) / height if len(up) else np.zeros(1)
    steps = np.log(length[down] / height) if down.any() else np.zeros(1)
    y = (flat.y - np.median(flat.y)) / height
    return np.concatenate([
        directions / max(directions.sum(), 1e-9), turns / max(turns.sum(), 1e-9),
        [slant(flat), len(strokes) / letters, np.ptp(flat.x) / height / letters, length.sum() / height / letters],
        np.percentile(widths, QUANTILES), np.percentile(heights, QUANTILES), np.percentile(steps, QUANTILES),
        np.percentile(gaps, QUANTILES), np.percentile(rises, QUANTILES), np.percentile(y, (1, 5, 25, 75, 95, 99)),
    ])  # fmt: skip
