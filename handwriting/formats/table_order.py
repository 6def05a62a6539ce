"""Put the rows of a table of points into the order of writing, if they were stored in another one.

Databases and logs return rows backward, in any order, or sorted by the number of the point instead of the stroke.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

import numpy as np

from handwriting.ink import Floats
from handwriting.notes import Notes

MIN_ROWS = 5
"""Minimum number of rows from which times show that they are in another order, and not damaged."""
MIN_GAIN = 2
"""Rows are sorted by time if the stroke numbers then change at most once where they changed so often before."""
MIN_CHANGES, MAX_STROKES = 1 / 2, 1 / 4
"""Rows are sorted by stroke if the number changes from row to row in this share of them, and so few are distinct."""


def order_of(strokes: Sequence[str], t: Floats | None, notes: Notes) -> list[int] | None:
    """Return the numbers of the rows in the order of writing; None if they are in it, or if it is not known.

    ``strokes`` are the strokes of the rows, if the table has them, and ``t`` their times, shape (rows,), in any unit.
    """
    if t is not None and len(t) >= MIN_ROWS and np.isfinite(t).all():
        steps = np.diff(t)
        is_backward = bool((steps <= 0).all() and (steps < 0).any())
        order = np.argsort(t[::-1] if is_backward else t, kind="stable")
        order = len(t) - 1 - order if is_backward else order
        is_better = MIN_GAIN * _runs([strokes[i] for i in order]) < _runs(strokes) if strokes else False
        if not (steps < 0).any() or not (is_backward or is_better):
            return None
        notes.drop("the row order", "their times are not in it, and they were sorted by time")
        return order.tolist()
    distinct = list(dict.fromkeys(strokes))
    if _runs(strokes) <= MIN_CHANGES * len(strokes) or len(distinct) > MAX_STROKES * len(strokes):
        return None
    notes.drop("the row order", "the stroke changes from row to row, and they were sorted by stroke")
    places = {stroke: place for place, stroke in enumerate(distinct)}
    return sorted(range(len(strokes)), key=lambda row: places[strokes[row]])


def _runs(values: Sequence[str]) -> int:
    return sum(1 for _ in groupby(values))
