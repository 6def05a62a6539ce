"""Find the baseline, the line that letters stand on, and move ink so that its baseline is y = 0.

The bottoms of letters lie on the baseline far more often than anywhere else, so it is the straight line with the most
bottoms near it. Descenders, dots and bars have bottoms elsewhere, but not on a common line. (``deskew`` in
``normalise.py`` uses the middle of the writing, which is good enough for a network but too coarse to place letters on a
ruled line.)
"""

from __future__ import annotations

import numpy as np

from handwriting.geometry.normalise import deskew, writing_height
from handwriting.ink import Floats, Ink

MAX_BASELINE_SLOPE = 0.25
"""Steepest slope tried, up or down: 14 degrees."""

MAX_REMAINING_SLOPE = 0.05
"""Steepest slope tried for ink that was rotated once already."""

SLOPE_STEP = 0.005

BOTTOM_SD_HEIGHTS = 0.06
"""Standard deviation of the bottoms of letters around the baseline, in writing heights."""

DRIFT_SD_HEIGHTS = 3.0
"""Standard deviation of the kernel of the local baseline, in writing heights: about a word."""


def level(ink: Ink) -> Ink:
    """Rotate, straighten and move ``ink`` so that its baseline is y = 0 and its leftmost point is at x = 0.

    The writing is deskewed first, because the bottoms of a steep line lie outside the slopes that are tried. Rotation
    takes two passes, because the bottoms depend a little on the rotation itself.
    """
    ink = deskew(ink)
    for max_slope in (MAX_BASELINE_SLOPE, MAX_REMAINING_SLOPE):
        slope, height = baseline(ink, max_slope)
        angle = np.arctan(slope)
        cos, sin = np.cos(angle), np.sin(angle)
        ink = ink.moved_to(cos * ink.x + sin * (ink.y - height), cos * (ink.y - height) - sin * ink.x)
    for _ in range(2):  # drift adds to the writing height, so the second pass has a better estimate of it
        ink = ink.moved_to(ink.x, ink.y - _drift(ink))
    return ink.moved_to(ink.x - ink.x.min(), ink.y)


def _drift(ink: Ink) -> Floats:
    """Return how far the writing has drifted from its straight baseline y = 0 at each point; shape (N,).

    The local baseline is a kernel regression of the bottoms, repeated with narrower and narrower vertical kernels so
    that bottoms far from the current estimate, such as those of descenders, lose their weight.
    """
    x, y = bottoms(ink)
    height = writing_height(ink)
    if len(x) < 6 or np.ptp(x) < 2 * DRIFT_SD_HEIGHTS * height:
        return np.zeros(len(ink))
    order = np.argsort(x)
    x, y = x[order], y[order]
    horizontal = np.exp(-(((x[:, None] - x) / (DRIFT_SD_HEIGHTS * height)) ** 2) / 2)
    local = np.zeros(len(x))
    for bandwidth in np.geomspace(4, 1, 6) * BOTTOM_SD_HEIGHTS * height:  # from wide to narrow
        weight = horizontal * np.exp(-(((y - local[:, None]) / bandwidth) ** 2) / 2) + 1e-12
        local = (weight * y).sum(1) / weight.sum(1)
    return np.interp(ink.x, x, local)


def baseline(ink: Ink, max_slope: float = MAX_BASELINE_SLOPE) -> tuple[float, float]:
    """Return the slope of the baseline, at most ``max_slope`` up or down, and its y at x = 0.

    With fewer than four bottoms the slope is unknown; the baseline is then level, at the median of the lower half of
    the bottoms.
    """
    x, y = bottoms(ink)
    width = float(np.ptp(x)) if len(x) else 0.0
    bandwidth = BOTTOM_SD_HEIGHTS * writing_height(ink)
    if len(x) < 4 or width < 20 * bandwidth:
        return 0.0, float(np.median(y[y >= np.median(y)])) if len(y) else float(ink.y.max())
    best, slope, height = -1.0, 0.0, 0.0
    for candidate in np.linspace(-max_slope, max_slope, 2 * round(max_slope / SLOPE_STEP) + 1):
        intercept = y - candidate * x
        density = np.exp(-(((intercept[:, None] - intercept) / bandwidth) ** 2) / 2).sum(1)
        peak = int(density.argmax())
        # Of two lines with equally many bottoms, prefer the more level one: stray points must not tilt a short word.
        score = float(density[peak]) * (1 - abs(candidate))
        if score > best:
            best, slope, height = score, float(candidate), float(intercept[peak])
    weight = np.exp(-(((y - slope * x - height) / bandwidth) ** 2) / 2)
    mean_x, mean_y = np.average(x, weights=weight), np.average(y, weights=weight)
    spread = np.average((x - mean_x) ** 2, weights=weight)
    if spread > bandwidth**2:
        slope = float(np.average((x - mean_x) * (y - mean_y), weights=weight) / spread)
    return slope, float(mean_y - slope * mean_x)


def bottoms(ink: Ink) -> tuple[Floats, Floats]:
    """Return x and y of every point where the pen stops going down, within a stroke or at one of its ends."""
    below = np.diff(ink.y)
    comes_down = np.append(True, below > 0)  # into the point; the first point of a stroke counts as reached from above
    goes_up = np.append(below <= 0, True)
    comes_down[ink.starts] = True
    goes_up[ink.ends - 1] = True
    # A stroke of one point is a dot, which does not stand on the baseline.
    is_dot = np.repeat(ink.ends - ink.starts == 1, ink.ends - ink.starts)
    bottom = comes_down & goes_up & ~is_dot
    return ink.x[bottom], ink.y[bottom]
