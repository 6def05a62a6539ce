"""Columns: where a page is parted from top to bottom by a gutter, its left part is read before its right one.

A recursive cut as in Nagy & Seth 1984 ("Hierarchical representation of optically scanned documents"): a region with a
gutter is cut there; one without is cut between two lines, when one of its parts then has a gutter (a title over two
columns). All else is one block. Lengths are in letter heights.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from handwriting.ink import Floats
from handwriting.recognition.pages.marks import Integers, Marks

TALLEST_ROW = 3.5
"""From one line to the next, about: tells from its height how many lines a region has."""
ROWS = 3
"""A gutter has so many lines on either side, at least; beside fewer it is a gap between words."""
NARROWEST = 2.5
"""Width of a gutter beside very many lines. Beside few, where word gaps may happen to lie above each other, it must be
wider by ``COINCIDENCE`` / lines."""
COINCIDENCE = 8.0
WIDER = 3.0
"""Divided by the number of lines: by how many gaps between words a gutter is wider beside few lines."""
STRAY = 0.01
"""Share of the strokes that may lie in a gutter, as a t-bar that is much too long does."""
TRIES = 12
"""Gaps between lines that are tried as a cut, the widest first."""


def find_columns(marks: Marks) -> list[Integers]:
    """The numbers of the strokes of each block, blocks in reading order; one block for most pages."""
    return _blocks(marks.boxes / marks.height, np.arange(len(marks.ink.starts)))


def _blocks(boxes: Floats, strokes: Integers) -> list[Integers]:
    left = _left_of_gutter(boxes[strokes])
    if left is not None:
        return _blocks(boxes, strokes[left]) + _blocks(boxes, strokes[~left])
    for above in _above_gaps(boxes[strokes]):
        parts = strokes[above], strokes[~above]
        if any(_left_of_gutter(boxes[part], wider=1.5) is not None for part in parts):
            return _blocks(boxes, parts[0]) + _blocks(boxes, parts[1])
    left = _left_of_gutter(boxes[strokes], stray=int(STRAY * len(strokes)))
    if left is not None:
        return _blocks(boxes, strokes[left]) + _blocks(boxes, strokes[~left])
    return [strokes]


def _left_of_gutter(boxes: Floats, wider: float = 0.5, stray: int = 0) -> NDArray[np.bool_] | None:
    """Which boxes are left of the widest gutter; None when there is none.

    ``wider``: times the gap between words. ``stray``: strokes that may lie in it.
    """
    if len(boxes) < 2 or boxes[:, 3].max() - boxes[:, 1].min() < ROWS * TALLEST_ROW:
        return None
    middle = (boxes[:, 0] + boxes[:, 2]) / 2
    for begin, end in _gaps(boxes[:, 0], boxes[:, 2], stray):
        left = middle < (begin + end) / 2
        parts = boxes[left], boxes[~left]
        tops, bottoms = ([float(f(part[:, s])) for part in parts] for f, s in ((np.min, 1), (np.max, 3)))
        beside = min(bottoms) - max(tops)
        rows = beside / TALLEST_ROW
        if rows < ROWS or end - begin < NARROWEST + COINCIDENCE / rows or not all(_is_text(part) for part in parts):
            continue
        if end - begin > (wider + WIDER / rows) * max(_word_gap(part) for part in parts):
            return left
    return None


def _is_text(boxes: Floats) -> bool:
    """Wide enough for words: numbers and bullets before the lines of a list are no column."""
    return bool(len(boxes) >= 10 and np.quantile(boxes[:, 2], 0.9) - np.quantile(boxes[:, 0], 0.1) > 2 * TALLEST_ROW)


def _word_gap(boxes: Floats) -> float:
    """What nine of ten gaps between a stroke and the next one to its right do not exceed."""
    some = boxes[:: max(1, len(boxes) // 500)]
    middle, next_middle = ((b[:, 1] + b[:, 3]) / 2 for b in (some, boxes))
    beside = (np.abs(middle[:, None] - next_middle) < 1) & (boxes[:, 2] > some[:, 2][:, None])
    gaps = np.where(beside, np.maximum(boxes[:, 0] - some[:, 2][:, None], 0), np.inf).min(axis=1)
    gaps = gaps[np.isfinite(gaps) & (gaps > 0)]
    return float(np.quantile(gaps, 0.9)) if len(gaps) else 0.0


def _above_gaps(boxes: Floats) -> list[NDArray[np.bool_]]:
    """Which boxes are above each of the widest horizontal gaps."""
    middle = (boxes[:, 1] + boxes[:, 3]) / 2
    return [middle < (begin + end) / 2 for begin, end in _gaps(boxes[:, 1], boxes[:, 3], 0)[:TRIES]]


def _gaps(begin: Floats, end: Floats, stray: int) -> list[tuple[float, float]]:
    """The inner intervals that at most ``stray`` of the intervals from ``begin`` to ``end`` cover, widest first."""
    edges = np.unique(np.concatenate([begin, end]))
    # How many intervals cover the piece after each edge.
    cover = np.searchsorted(np.sort(begin), edges, "right") - np.searchsorted(np.sort(end), edges, "right")
    empty = np.append(cover[:-1] <= stray, False)
    first = np.flatnonzero(np.diff(np.append(False, empty).astype(int)) == 1)
    last = np.flatnonzero(np.diff(np.append(empty, False).astype(int)) == -1) + 1
    gaps = [(float(edges[a]), float(edges[b])) for a, b in zip(first, last, strict=True)]
    # At its margins a page thins out: that is no gap.
    inner = [(a, b) for a, b in gaps if (end <= a + 1e-9).sum() > stray and (begin >= b - 1e-9).sum() > stray]
    return sorted(inner, key=lambda gap: gap[0] - gap[1])
