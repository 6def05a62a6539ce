"""Which strokes of a line are the dots of its i's and the bars of its t's."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from handwriting.features.normalise import ink_weights, segments, writing_height
from handwriting.ink import Ink

DOT = 0.25
"""Largest extent of an i-dot, in writing heights."""
TICK = 0.12
"""A dot higher than this and higher than wide may be an apostrophe, which has no letter right under it."""
BAR = 2.5
"""Largest width of a t-bar, in writing heights."""
STRAIGHT, LEVEL = 0.85, 0.6
"""A bar's chord beside its length, at least; its rise beside its width, at most."""
REACH, NARROW = 0.15, 0.03
"""A stroke this far beside a dot, or a tick, still counts as under it, in writing heights."""


def dots_and_bars(ink: Ink) -> NDArray[np.bool_]:
    """Shape (S,): which strokes are.

    A dot is small, and most of the ink near it is below it. A bar is straight and level, and has ink below it. Both
    are in the upper half of the writing. So full stops, commas, dashes and small letters are none.
    """
    height = writing_height(ink)
    x, y, weight, stroke = ink.x / height, ink.y / height, ink_weights(ink), ink.stroke_index
    left, right = np.minimum.reduceat(x, ink.starts), np.maximum.reduceat(x, ink.starts)
    top, bottom = np.minimum.reduceat(y, ink.starts), np.maximum.reduceat(y, ink.starts)
    wide, high = right - left, bottom - top
    dx, dy = x[ink.ends - 1] - x[ink.starts], y[ink.ends - 1] - y[ink.starts]
    length = np.append(0.0, np.cumsum(segments(ink)[2] / height))
    length = length[ink.ends - 1] - length[ink.starts]
    upper = (top + bottom) / 2 < np.median(y)
    small = np.maximum(wide, high) < DOT
    level = (np.hypot(dx, dy) > STRAIGHT * length) & (np.abs(dy) < LEVEL * np.abs(dx)) & (wide < BAR)
    found = np.zeros(len(wide), dtype=bool)
    for k in np.flatnonzero(upper & (small | level)):
        if level[k] and wide[k] > TICK:
            reach, share = 0.0, 0.5
        else:
            reach, share = NARROW if high[k] > max(TICK, wide[k]) else REACH, 0.6
        near = (x > left[k] - reach) & (x < right[k] + reach) & (stroke != k)
        total = weight[near].sum()
        found[k] = total > 0 and weight[near & (y > bottom[k])].sum() >= share * total
    return found
