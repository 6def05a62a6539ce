"""Tell from the pen-up moves whether a tool for pen plotters has sorted the strokes.

Such a tool shortens the path of the lifted pen. It continues at whichever end of the other strokes is nearest, or it
reverses runs of strokes as long as that shortens the path (2-opt), and it draws strokes from either end. People
continue at the nearest end about six times in ten, and four in ten of their runs of strokes would be better reversed.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from handwriting.ink import Floats, Ink
from handwriting.recognition.pen_counts import letter_size

WINDOW = 16
"""Number of strokes ahead that are considered."""
TOLERANCE = 0.01
"""Differences of path lengths below this, in letter sizes, may be rounding errors."""
ALWAYS = 0.995
"""Share of a tool's moves that follow its rule."""
NEAREST_WRITTEN, NEAREST_IMPROVED = 0.58, 0.77
"""Share of the moves to the nearest end: in writing, and after 2-opt."""
KEPT_WRITTEN = 0.6
"""Share of the strokes of writing with which no run begins that would be better reversed."""


def tour_odds(ink: Ink, scale: float | None = None) -> float:
    """Return the log-odds that the strokes are in the order of a short tour rather than in that of writing.

    Moves are assumed to be independent. ``scale`` is the letter size, if already known.
    """
    z = ink.x + 1j * ink.y
    begin, end = z[ink.starts], z[ink.ends - 1]
    if len(begin) < 2:
        return 0.0
    slack = TOLERANCE * (letter_size(ink) if scale is None else scale)
    nearest = _nearest(begin, end, slack)
    kept = _kept(begin, end, slack)
    greedy = _odds(nearest, ALWAYS, NEAREST_WRITTEN)
    improved = _odds(kept, ALWAYS, KEPT_WRITTEN) + _odds(nearest, NEAREST_IMPROVED, NEAREST_WRITTEN)
    return max(greedy, improved)


def _odds(kept: NDArray[np.bool_], tool: float, people: float) -> float:
    count = int(kept.sum())
    return count * float(np.log(tool / people)) + (len(kept) - count) * float(np.log((1 - tool) / (1 - people)))


def _nearest(begin: NDArray[np.complex128], end: NDArray[np.complex128], slack: float) -> NDArray[np.bool_]:
    """Return whether each move leads to the nearest end of the remaining strokes, shape (S - 1,)."""
    pen = end[:-1, None]
    ahead, known = _ahead(np.arange(1, len(begin)), len(begin))
    way: Floats = np.minimum(np.abs(begin[ahead] - pen), np.abs(end[ahead] - pen))
    least = np.where(known, way, np.inf).min(axis=1)
    return np.asarray(np.abs(begin[1:] - end[:-1]) <= least + slack)


def _kept(begin: NDArray[np.complex128], end: NDArray[np.complex128], slack: float) -> NDArray[np.bool_]:
    """Return whether no run that begins with an inner stroke would be better reversed, shape (S - 2,)."""
    first = np.arange(1, len(begin) - 1)
    last, known = _ahead(first, len(begin) - 1)
    pen, start = end[first - 1][:, None], begin[first][:, None]
    saved: Floats = np.abs(start - pen) + np.abs(begin[last + 1] - end[last])
    saved -= np.abs(end[last] - pen) + np.abs(begin[last + 1] - start)
    return np.asarray(~(known & (saved > slack)).any(axis=1))


def _ahead(first: NDArray[np.int64], count: int) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Return the strokes from each of ``first`` (n,) on, and which of them are below ``count``, (n, WINDOW) each."""
    numbers = first[:, None] + np.arange(WINDOW)
    return np.minimum(numbers, count - 1), numbers < count
