"""Delayed strokes: find i-dots and t-bars, move them back to their letters, or delay them.

Most people write dots and bars with the letter; others add them when the word or the line is finished. A network that
reads strokes in the order of writing would see these as different ink.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from handwriting.geometry.dot_letters import (
    DOT_REACH_HEIGHTS,
    TICK_HEIGHTS,
    letters_near,
    nearest_letter,
    probable_letter,
)
from handwriting.geometry.normalise import ink_weights, segments, writing_height
from handwriting.ink import Ink

MAX_DOT_HEIGHTS = 0.25
"""Largest extent of an i-dot, in writing heights."""
MAX_BAR_HEIGHTS = 2.5
"""Largest width of a t-bar, in writing heights."""
MIN_BAR_STRAIGHTNESS = 0.85
"""Smallest ratio of chord to length of a t-bar."""
MAX_BAR_SLOPE = 0.6
"""Largest ratio of rise to width of a t-bar."""
TICK_REACH_HEIGHTS = 0.03
"""A stroke at most this far to the side of what may be an apostrophe, in writing heights, counts as below it."""
WORD_GAP_HEIGHTS = 0.35
"""A horizontal gap wider than this, in writing heights, separates two words."""


def undelayed_order(ink: Ink) -> NDArray[np.int64]:
    """Return the order of the strokes, shape (S,), in which delayed dots and bars follow their letters.

    A dot or bar is delayed if a letter to its right was begun between the letter nearest to it and the stroke itself.
    It then follows the most probable of the letters near it.
    """
    after = np.arange(len(ink.starts))
    late = dots_and_bars(ink)
    if not late.any():
        return after
    boxes = ink.boxes / writing_height(ink)
    left, _, right, _ = boxes
    centre = (left + right) / 2
    letters = np.flatnonzero(~late)
    for k in np.flatnonzero(late).tolist():
        near = letters_near(k, letters, boxes)
        nearest = nearest_letter(k, near, boxes)
        late[k] = (left[letters[(letters > nearest) & (letters < k)]] > centre[k]).any()
        if late[k]:
            after[k] = probable_letter(k, near, boxes)
    return np.lexsort((np.where(late, centre, 0.0), late, after))


def dots_and_bars(ink: Ink) -> NDArray[np.bool_]:
    """Return a mask of the strokes that are i-dots or t-bars, shape (S,).

    A dot is small, and most of the ink near it is below it. A bar is straight and nearly horizontal, and has ink below
    it. Both are in the upper half of the writing. This excludes full stops, commas, dashes and small letters.
    """
    height = writing_height(ink)
    x, y, weight, stroke = ink.x / height, ink.y / height, ink_weights(ink), ink.stroke_index
    left, top, right, bottom = ink.boxes / height
    wide, high = right - left, bottom - top
    dx, dy = x[ink.ends - 1] - x[ink.starts], y[ink.ends - 1] - y[ink.starts]
    length = np.append(0.0, np.cumsum(segments(ink)[2] / height))
    length = length[ink.ends - 1] - length[ink.starts]
    upper = (top + bottom) / 2 < np.median(y)
    small = np.maximum(wide, high) < MAX_DOT_HEIGHTS
    straight = np.hypot(dx, dy) > MIN_BAR_STRAIGHTNESS * length
    level = straight & (np.abs(dy) < MAX_BAR_SLOPE * np.abs(dx)) & (wide < MAX_BAR_HEIGHTS)
    found = np.zeros(len(wide), dtype=bool)
    for k in np.flatnonzero(upper & (small | level)):
        if level[k] and wide[k] > TICK_HEIGHTS:
            reach, share = 0.0, 0.5
        else:
            reach, share = TICK_REACH_HEIGHTS if high[k] > max(TICK_HEIGHTS, wide[k]) else DOT_REACH_HEIGHTS, 0.6
        near = (x > left[k] - reach) & (x < right[k] + reach) & (stroke != k)
        total = weight[near].sum()
        found[k] = total > 0 and weight[near & (y > bottom[k])].sum() >= share * total
    return found


def delayed(ink: Ink, among: NDArray[np.bool_] | None = None) -> Ink:
    """Move every i-dot and t-bar to the end of its word; drop pressure and the times, which would run backward.

    ``among`` (S,) marks the strokes that may be moved; all by default. A horizontal gap wider than
    :data:`WORD_GAP_HEIGHTS` separates two words.
    """
    return replace(ink.take(delayed_order(ink, among)), t=None, pressure=None, source=ink.source)


def delayed_order(ink: Ink, among: NDArray[np.bool_] | None = None) -> NDArray[np.int64]:
    """Return the order of the strokes, shape (S,), in which :func:`delayed` puts them."""
    late = dots_and_bars(ink)
    if among is not None:
        late &= among
    word = _words(ink)
    last = np.zeros(word.max() + 1, dtype=np.int64)  # the last stroke of each word that stays
    np.maximum.at(last, word[~late], np.flatnonzero(~late))
    at = np.where(late, np.maximum(last[word], np.arange(len(late))), np.arange(len(late)))
    return np.lexsort((np.arange(len(late)), late, at))


def _words(ink: Ink) -> NDArray[np.int64]:
    """Return for each stroke the number of its word, counted from left to right; shape (S,)."""
    left, _, right, _ = ink.boxes
    order = np.argsort(left, kind="stable")
    reached = np.maximum.accumulate(right[order])
    begins = left[order[1:]] - reached[:-1] > WORD_GAP_HEIGHTS * writing_height(ink)
    word = np.empty(len(left), dtype=np.int64)
    word[order] = np.concatenate([[0], np.cumsum(begins)])
    return word
