"""Find the strokes from which the orientation of a page is determined.

Rules, frames and long curves say nothing about it, and if there are many, all lengths seem to be multiples of theirs.
They are set aside by measurements that do not depend on the orientation, in contrast to those of
:mod:`handwriting.recognition.pages.drawings`, which look for writing above or below a stroke.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from handwriting.geometry.normalise import segments
from handwriting.ink import Ink
from handwriting.recognition.pages.drawings import MAX_STRAIGHT_LEVEL, smooth_strokes
from handwriting.recognition.pages.shapes import Shapes
from handwriting.recognition.pen_counts import letter_size

Integers = NDArray[np.int64]

MIN_EXTENTS = 4.0
"""Strokes that extend this many times as far as most curved strokes are examined."""
CURVED = 1.1
"""Ratio of length to chord from which a stroke is curved."""
MIN_LARGE, MIN_SMALL = 3, 10
"""Minimum numbers of strokes that are set aside and that remain; otherwise the ink is taken as it is. Few rules do not
hide the orientation, and a long stroke of a single word is rather one of a letter."""


def small_strokes(ink: Ink) -> Integers:
    """Return the numbers of the strokes that are not far longer and smoother than letters, in ascending order.

    All strokes are returned if there are few of either kind.
    """
    every = np.arange(len(ink.starts))
    if len(every) < MIN_LARGE + MIN_SMALL:
        return every
    left, top, right, bottom = ink.boxes
    extent = np.maximum(right - left, bottom - top)
    # The pen's way from each point to the next; the way to the next stroke is 0.
    length = np.add.reduceat(np.append(segments(ink)[2], 0.0), ink.starts)
    begin, end = ink.starts, ink.ends - 1
    chord = np.hypot(ink.x[end] - ink.x[begin], ink.y[end] - ink.y[begin])
    curved = length > CURVED * chord
    if not curved.any():
        return every
    large = np.flatnonzero(extent > MIN_EXTENTS * np.median(extent[curved]))
    if len(large) < MIN_LARGE:
        return every
    shapes = Shapes(ink.take(large), letter_size(ink.take(np.delete(every, large))))
    long = shapes.straight & (np.abs(shapes.chord) > MAX_STRAIGHT_LEVEL)
    aside = large[smooth_strokes(shapes) | long]
    kept = np.delete(every, aside)
    return kept if len(aside) >= MIN_LARGE and len(kept) >= MIN_SMALL else every
