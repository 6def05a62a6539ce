"""Dots and bars put back to the letters they belong to.

Some people dot their i's and cross their t's as they go, others when the word is done, or the line. To a network that
reads strokes in the order of writing these are different inks; here they become one: a dot or bar follows the stroke
that it lies over.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from handwriting.features.normalise import writing_height
from handwriting.ink import Floats, Ink

DOT = 0.25
"""Largest extent of an i-dot, in writing heights."""
BAR = 0.35
"""Largest height of a t-bar, in writing heights; it is at least 1.5 times as wide as high."""
REACH = 0.15
"""A stroke this far beside a dot still counts as under it, in writing heights."""


def settled(ink: Ink) -> NDArray[np.int64]:
    """The order of the strokes, shape (S,), in which every dot and bar follows the stroke that it lies over."""
    boxes = stroke_boxes(ink)
    late = dots_and_bars(boxes, float(np.median(ink.y)) / writing_height(ink))
    left, right = boxes[:, 0], boxes[:, 2]
    centre = (left + right) / 2
    after = np.arange(len(late))
    stays = np.flatnonzero(~late)
    for k in np.flatnonzero(late):
        under = stays[(left[stays] - REACH < right[k]) & (right[stays] + REACH > left[k])]
        away = np.maximum(np.maximum(left[under] - centre[k], centre[k] - right[under]), 0.0)
        if len(under):
            after[k] = under[away <= away.min()].max()
    return np.lexsort((np.where(late, centre, 0.0), late, after))


def stroke_boxes(ink: Ink) -> Floats:
    """Left, top, right, bottom of every stroke in writing heights, shape (S, 4)."""
    corners = [f.reduceat(v, ink.starts) for f in (np.minimum, np.maximum) for v in (ink.x, ink.y)]
    return np.column_stack(corners) / writing_height(ink)


def dots_and_bars(boxes: Floats, middle: float) -> NDArray[np.bool_]:
    """Shape (S,): which strokes are, of boxes (S, 4) in writing heights.

    Small or flat strokes in the upper half of the writing that have other ink below or across them: full stops, commas
    and dashes are none. ``middle``: the median of the ink's y, in writing heights.
    """
    left, top, right, bottom = boxes.T
    width, height = right - left, bottom - top
    centre = (top + bottom) / 2
    small = np.maximum(width, height) < DOT
    flat = (height < BAR) & (width > 1.5 * height) & (width < 2.5)
    candidate = np.flatnonzero((small | flat) & (centre < middle))
    others = np.setdiff1d(np.arange(len(boxes)), candidate)
    reach = np.where(small, REACH, 0.0)[candidate, None]
    across = (left[others] - reach < right[candidate, None]) & (right[others] + reach > left[candidate, None])
    under = bottom[others] > centre[candidate, None] + 0.1
    found = np.zeros(len(boxes), dtype=bool)
    found[candidate] = (across & under).any(axis=1)
    return found
