"""Find columns: if a gutter divides a page from top to bottom, the part to its left is read first.

This is a recursive XY cut (Nagy & Seth 1984, "Hierarchical representation of optically scanned documents"): cut a
region at its gutter; if it has none, cut it between two lines if one of the parts then has a gutter (a title over two
columns); otherwise it is one block. Lengths are in letter heights.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from handwriting.ink import Floats
from handwriting.recognition.pages.marks import Integers, Marks

MAX_ROW_HEIGHT = 3.5
"""Largest usual distance between lines; it converts the height of a region to its least number of lines."""
MIN_ROWS = 3
"""Minimum number of lines on either side of a gutter; between fewer lines it is a gap between words."""
MIN_GUTTER = 2.5
"""Minimum width of a gutter between very many lines. Between few lines, whose word gaps may be aligned by chance,
it must be wider by :data:`COINCIDENCE` / lines."""
COINCIDENCE = 8.0
EXTRA_WORD_GAPS = 3.0
"""A gutter must be wider by this many word gaps, divided by the number of lines."""
MAX_STRAY_SHARE = 0.01
"""Share of the strokes that may lie in a gutter, such as an overlong t-bar."""
MAX_CUTS = 12
"""Number of gaps between lines to try as cuts, the widest first."""


def find_columns(marks: Marks) -> list[Integers]:
    """Return the stroke numbers of each block, in reading order; most pages are one block."""
    return _blocks(marks.boxes / marks.height, np.arange(len(marks.ink.starts)))


def _blocks(boxes: Floats, strokes: Integers) -> list[Integers]:
    left = _left_of_gutter(boxes[strokes])
    if left is not None:
        return _blocks(boxes, strokes[left]) + _blocks(boxes, strokes[~left])
    for above in _above_gaps(boxes[strokes]):
        parts = strokes[above], strokes[~above]
        if any(_left_of_gutter(boxes[part], wider=1.5) is not None for part in parts):
            return _blocks(boxes, parts[0]) + _blocks(boxes, parts[1])
    left = _left_of_gutter(boxes[strokes], stray=int(MAX_STRAY_SHARE * len(strokes)))
    if left is not None:
        return _blocks(boxes, strokes[left]) + _blocks(boxes, strokes[~left])
    return [strokes]


def _left_of_gutter(boxes: Floats, wider: float = 0.5, stray: int = 0) -> NDArray[np.bool_] | None:
    """Return a mask of the boxes to the left of the widest gutter; None if there is no gutter.

    The gutter must be wider than ``wider`` word gaps; at most ``stray`` strokes may lie in it.
    """
    if len(boxes) < 2 or boxes[:, 3].max() - boxes[:, 1].min() < MIN_ROWS * MAX_ROW_HEIGHT:
        return None
    middle = (boxes[:, 0] + boxes[:, 2]) / 2
    for begin, end in _gaps(boxes[:, 0], boxes[:, 2], stray):
        left = middle < (begin + end) / 2
        parts = boxes[left], boxes[~left]
        tops, bottoms = ([float(f(part[:, s])) for part in parts] for f, s in ((np.min, 1), (np.max, 3)))
        beside = min(bottoms) - max(tops)
        rows = beside / MAX_ROW_HEIGHT
        if (
            rows < MIN_ROWS
            or end - begin < MIN_GUTTER + COINCIDENCE / rows
            or not all(_is_text(part) for part in parts)
        ):
            continue
        if end - begin > (wider + EXTRA_WORD_GAPS / rows) * max(_word_gap(part) for part in parts):
            return left
    return None


def _is_text(boxes: Floats) -> bool:
    """Return whether a part is wide enough for words: the numbers or bullets of a list are not a column."""
    return bool(len(boxes) >= 10 and np.quantile(boxes[:, 2], 0.9) - np.quantile(boxes[:, 0], 0.1) > 2 * MAX_ROW_HEIGHT)


def _word_gap(boxes: Floats) -> float:
    """Return the 90 % quantile of the gaps between a stroke and the next one to its right."""
    some = boxes[:: max(1, len(boxes) // 500)]
    middle, next_middle = ((b[:, 1] + b[:, 3]) / 2 for b in (some, boxes))
    beside = (np.abs(middle[:, None] - next_middle) < 1) & (boxes[:, 2] > some[:, 2][:, None])
    gaps = np.where(beside, np.maximum(boxes[:, 0] - some[:, 2][:, None], 0), np.inf).min(axis=1)
    gaps = gaps[np.isfinite(gaps) & (gaps > 0)]
    return float(np.quantile(gaps, 0.9)) if len(gaps) else 0.0


def _above_gaps(boxes: Floats) -> list[NDArray[np.bool_]]:
    """Return for each of the widest horizontal gaps a mask of the boxes above it."""
    middle = (boxes[:, 1] + boxes[:, 3]) / 2
    return [middle < (begin + end) / 2 for begin, end in _gaps(boxes[:, 1], boxes[:, 3], 0)[:MAX_CUTS]]


def _gaps(begin: Floats, end: Floats, stray: int) -> list[tuple[float, float]]:
    """Return the inner intervals that at most ``stray`` of the intervals ``begin`` to ``end`` cover, widest first."""
    edges = np.unique(np.concatenate([begin, end]))
    # Number of intervals that cover the piece after each edge.
    cover = np.searchsorted(np.sort(begin), edges, "right") - np.searchsorted(np.sort(end), edges, "right")
    empty = np.append(cover[:-1] <= stray, False)
    first = np.flatnonzero(np.diff(np.append(False, empty).astype(int)) == 1)
    last = np.flatnonzero(np.diff(np.append(empty, False).astype(int)) == -1) + 1
    gaps = [(float(edges[a]), float(edges[b])) for a, b in zip(first, last, strict=True)]
    # The thin margins of a page are not gaps.
    inner = [(a, b) for a, b in gaps if (end <= a + 1e-9).sum() > stray and (begin >= b - 1e-9).sum() > stray]
    return sorted(inner, key=lambda gap: gap[0] - gap[1])
