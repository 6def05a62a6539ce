"""The line that letters stand on, and ink turned and moved until that is y = 0.

Letters reach down to the baseline far more often than anywhere else: it is the straight line with the most bottoms of
strokes near it. Descenders, dots and bars have theirs elsewhere, but not on one line. (``deskew`` in ``normalise.py``
takes the middle of the writing, which suits a network; for letters on a ruling it is too coarse.)
"""

from __future__ import annotations

import numpy as np

from handwriting.geometry.normalise import deskew, writing_height
from handwriting.ink import Floats, Ink

STEEPEST = 0.25
"""Of the slopes that are tried, up or down: 14 degrees."""

NEAR = 0.06
"""What is near to the line, in writing heights: the standard deviation of the letters' feet about it."""


REACH = 3.0
"""How far around it the local baseline looks, in writing heights: the standard deviation, about a word."""


def level(ink: Ink) -> Ink:
    """``ink`` turned, straightened and moved so that its baseline is y = 0 and its leftmost point x = 0.

    Two passes of turning: where the pen stops going down depends a little on how the ink is turned. First the whole
    writing is deskewed, since a steep line's feet lie on no level candidate.
    """
    ink = deskew(ink)
    for _ in range(2):
        slope, height = baseline(ink)
        angle = np.arctan(slope)
        cos, sin = np.cos(angle), np.sin(angle)
        ink = ink.moved_to(cos * ink.x + sin * (ink.y - height), cos * (ink.y - height) - sin * ink.x)
    for _ in range(2):  # what wandered far seemed high: the second time its height is the letters'
        ink = ink.moved_to(ink.x, ink.y - _drift(ink))
    return ink.moved_to(ink.x - ink.x.min(), ink.y)


def _drift(ink: Ink) -> Floats:
    """How far the writing has wandered from its straight baseline y = 0, at each point; shape (N,).

    A local baseline: the mean of the feet around, those near the baseline itself counting most (a kernel regression
    that is found anew from what it found).
    """
    x, y = bottoms(ink)
    height = writing_height(ink)
    if len(x) < 6 or np.ptp(x) < 2 * REACH * height:
        return np.zeros(len(ink))
    order = np.argsort(x)
    x, y = x[order], y[order]
    beside = np.exp(-(((x[:, None] - x) / (REACH * height)) ** 2) / 2)
    local = np.zeros(len(x))
    for near in np.geomspace(4, 1, 6) * NEAR * height:  # from anywhere near to the feet that stand together
        weight = beside * np.exp(-(((y - local[:, None]) / near) ** 2) / 2) + 1e-12
        local = (weight * y).sum(1) / weight.sum(1)
    return np.interp(ink.x, x, local)


def baseline(ink: Ink) -> tuple[float, float]:
    """Slope and y at x = 0 of the line that the letters stand on.

    Ink with fewer than four bottoms of strokes says nothing about a slope: its line is level, under the lowest half.
    """
    x, y = bottoms(ink)
    width = float(np.ptp(x)) if len(x) else 0.0
    near = NEAR * writing_height(ink)
    if len(x) < 4 or width < 20 * near:
        return 0.0, float(np.median(y[y >= np.median(y)])) if len(y) else float(ink.y.max())
    best, slope, height = -1.0, 0.0, 0.0
    for candidate in np.linspace(-STEEPEST, STEEPEST, 101):
        rest = y - candidate * x
        crowd = np.exp(-(((rest[:, None] - rest) / near) ** 2) / 2).sum(1)
        foot = int(crowd.argmax())
        # Of lines with equally many feet the more level one: a few stray points must not tilt a short word.
        score = float(crowd[foot]) * (1 - abs(candidate))
        if score > best:
            best, slope, height = score, float(candidate), float(rest[foot])
    weight = np.exp(-(((y - slope * x - height) / near) ** 2) / 2)
    mean_x, mean_y = np.average(x, weights=weight), np.average(y, weights=weight)
    spread = np.average((x - mean_x) ** 2, weights=weight)
    if spread > near**2:
        slope = float(np.average((x - mean_x) * (y - mean_y), weights=weight) / spread)
    return slope, float(mean_y - slope * mean_x)


def bottoms(ink: Ink) -> tuple[Floats, Floats]:
    """x and y of every point where the pen stops going down: within a stroke, and at its lower ends."""
    below = np.diff(ink.y)
    comes_down = np.append(True, below > 0)  # into the point; a stroke's first point counts as reached from above
    goes_up = np.append(below <= 0, True)
    comes_down[ink.starts] = True
    goes_up[ink.ends - 1] = True
    found = comes_down & goes_up
    # A lone dot is a bottom, but never one of a letter.
    lone = np.repeat(ink.ends - ink.starts == 1, ink.ends - ink.starts)
    found &= ~lone
    return ink.x[found], ink.y[found]
