"""Find the letter of an i-dot or t-bar among the strokes near it.

Strokes are given by their boxes in writing heights: ``boxes`` has shape (4, S), with left, top, right and bottom edges.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

TICK_HEIGHTS = 0.12
"""A dot taller than this, in writing heights, and taller than wide may be an apostrophe, with no letter below it."""
DOT_REACH_HEIGHTS = 0.15
"""A stroke at most this far to the side of a dot, in writing heights, counts as below it."""
LETTER_REACH_HEIGHTS = 0.6
"""Largest distance, in writing heights, to the side from a dot or bar to its letter."""
MAX_EDGE_HEIGHTS = 0.3
"""Limit of the distance from a dot to the right edge of its letter, in writing heights."""
LETTER_WEIGHTS = np.array(
    [
        [-1.84, 2.26, 2.17, -3.45, -9.13, -4.96, -0.51, -3.48],
        [-2.78, -1.87, -0.38, -3.30, -4.14, -3.82, -0.78, -8.30],
    ]
)
"""Weights of :func:`letter_features` for dots and for bars, fitted to the lines of ``trainset`` by
``benchmarks/late_strokes.py``."""


def letters_near(k: int, letters: NDArray[np.int64], boxes: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return those of ``letters`` that may be the letter of the dot or bar ``k``: begun before it, and near it."""
    left, _, right, _ = boxes
    near = (left[letters] - LETTER_REACH_HEIGHTS < right[k]) & (right[letters] + LETTER_REACH_HEIGHTS > left[k])
    return letters[near & (letters < k)]


def nearest_letter(k: int, near: NDArray[np.int64], boxes: NDArray[np.float64]) -> int:
    """Return the letter nearest to the dot or bar ``k``, of those ``near`` it; ``k`` itself if none is close enough.

    For a dot it is the nearest one that begins to its left, for a bar the first one that it crosses, if there is one.
    """
    left, top, right, bottom = boxes
    centre = (left[k] + right[k]) / 2
    close = near[(left[near] - DOT_REACH_HEIGHTS < right[k]) & (right[near] + DOT_REACH_HEIGHTS > left[k])]
    if is_wide(boxes[:, k]):
        beside = (left[close] < right[k]) & (right[close] > left[k])
        own = close[beside & (top[close] < bottom[k]) & (bottom[close] > top[k])][:1]
    else:
        own = close[left[close] < centre]
    own = own if len(own) else close
    away = np.maximum(np.maximum(left[own] - centre, centre - right[own]), 0.0)
    return int(own[np.argmin(away)]) if len(own) else k


def probable_letter(k: int, near: NDArray[np.int64], boxes: NDArray[np.float64]) -> int:
    """Return the most probable letter of the dot or bar ``k``, of those ``near`` it, shape (N,), at least one."""
    weights = LETTER_WEIGHTS[int(is_wide(boxes[:, k]))]
    return int(near[np.argmax(letter_features(k, near, boxes) @ weights)])


def letter_features(k: int, near: NDArray[np.int64], boxes: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the features (N, 8) of the letters ``near`` (N,) the dot or bar ``k``, the letters in order of writing.

    The features are the distance between the centres, the gap between the stroke and the top of a letter below it,
    whether the letter begins to the left of the stroke's centre, whether it is the last one, the distance from the
    centre to the letter's right edge, the width that they share, the number of letters after it, and the square root of
    how far it begins to the right of the centre.
    """
    left, top, right, _ = boxes[:, near]
    own_left, _, own_right, own_bottom = boxes[:, k]
    centre = (own_left + own_right) / 2
    later = np.arange(len(near))[::-1]
    columns = (
        np.abs(centre - (left + right) / 2),
        np.maximum(top - own_bottom, 0),
        left < centre,
        later == 0,
        np.minimum(np.abs(centre - right), MAX_EDGE_HEIGHTS),
        np.maximum(np.minimum(right, own_right) - np.maximum(left, own_left), 0),
        later,
        np.sqrt(np.maximum(left - centre, 0)),
    )
    return np.column_stack(columns).astype(np.float64)


def is_wide(box: NDArray[np.float64]) -> bool:
    """Return whether a dot or bar with this box (left, top, right, bottom), in writing heights, is a bar."""
    left, top, right, bottom = box
    return bool(right - left > max(TICK_HEIGHTS, 1.5 * (bottom - top)))
