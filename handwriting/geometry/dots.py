"""The dots of i's and the bars of t's: which strokes they are, and how they come back to the letters they belong to.

Most people write them as they go, others when the word is done, or the line, which to a network that reads strokes in
their order is another ink.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from handwriting.geometry.normalise import ink_weights, segments, writing_height
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


def settled(ink: Ink) -> NDArray[np.int64]:
    """The order of the strokes, shape (S,), in which dots and bars that came late follow their letter.

    Late is what came when letters to its right had been begun. A dot belongs to the nearest stroke that begins left of
    it, a bar to the first that it crosses.
    """
    after = np.arange(len(ink.starts))
    late = dots_and_bars(ink)
    if not late.any():
        return after
    left, top, right, bottom = ink.boxes
    centre, height = (left + right) / 2, writing_height(ink)
    letters = np.flatnonzero(~late)
    for k in np.flatnonzero(late):
        reach = REACH * height
        near = letters[(letters < k) & (left[letters] - reach < right[k]) & (right[letters] + reach > left[k])]
        if right[k] - left[k] > max(TICK * height, 1.5 * (bottom[k] - top[k])):
            across = (left[near] < right[k]) & (right[near] > left[k])
            own = near[across & (top[near] < bottom[k]) & (bottom[near] > top[k])][:1]
        else:
            own = near[left[near] < centre[k]]
        if len(own) == 0:
            own = near
        away = np.maximum(np.maximum(left[own] - centre[k], centre[k] - right[own]), 0.0)
        letter = own[np.argmin(away)] if len(own) else k
        late[k] = (left[letters[(letters > letter) & (letters < k)]] > centre[k]).any()
        after[k] = letter if late[k] else k
    return np.lexsort((np.where(late, centre, 0.0), late, after))


def dots_and_bars(ink: Ink) -> NDArray[np.bool_]:
    """Shape (S,): which strokes are.

    A dot is small, and most of the ink near it is below it. A bar is straight and level, and has ink below it. Both
    are in the upper half of the writing. So full stops, commas, dashes and small letters are none.
    """
    height = writing_height(ink)
    x, y, weight, stroke = ink.x / height, ink.y / height, ink_weights(ink), ink.stroke_index
    left, top, right, bottom = ink.boxes / height
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
