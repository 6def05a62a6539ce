"""Decide, from all strokes of a JSON document, what the numbers of their points mean.

One stroke alone often cannot tell: whether numbers in a row are x, y or x, y and a third value, or whether that is the
time or the pressure.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain, pairwise
from typing import Any

import numpy as np

from handwriting.formats.json_shapes import Third, are_numbers
from handwriting.formats.json_strokes import Stroke
from handwriting.notes import Notes

MAX_PATH_RATIO = 0.5
"""Numbers in a row are triples if their path is at most so long, compared with that of the same numbers as pairs."""


def unroll(strokes: list[Stroke]) -> list[Stroke]:
    """Return strokes with points for those that are objects with numbers in a row.

    The numbers are x, y, x, y, or triples of which the third is the time or the pressure.
    """
    rows = [stroke.shape for stroke in strokes if stroke.marks and are_numbers(stroke.shape)]
    size = 3 if rows and _are_triples(rows) else 2
    return [
        stroke._replace(shape=[list(stroke.shape[i : i + size]) for i in range(0, len(stroke.shape), size)])
        if stroke.marks and are_numbers(stroke.shape) and len(stroke.shape) % size == 0
        else stroke
        for stroke in strokes
    ]


def _are_triples(rows: Sequence[list[float]]) -> bool:
    if any(len(row) % 3 for row in rows):
        return False
    if any(len(row) % 2 for row in rows):
        return True
    triples = [np.array(row, dtype=np.float64).reshape(-1, 3) for row in rows]
    thirds = np.concatenate([one[:, 2] for one in triples])
    if not (_are_pressures(thirds) or all((np.diff(one[:, 2]) >= 0).all() for one in triples)):
        return False
    as_pairs = sum(_length(one.reshape(-1, 2)) for one in triples)
    return sum(_length(one[:, :2]) for one in triples) <= MAX_PATH_RATIO * as_pairs


def _length(points: Any) -> float:
    return float(np.abs(np.diff(points, axis=0)).sum())


def _are_pressures(values: Any) -> bool:
    return bool(((values >= 0) & (values <= 1)).all())


def third_of(strokes: Sequence[Stroke], notes: Notes) -> Third:
    """Return what the third number of points that are lists is.

    It is the pressure if it is always between 0 and 1 and becomes smaller within a stroke or never changes. If it is
    only ever 0 and 1, its meaning is unknown, which is noted. Otherwise it is the time.
    """
    lists = [s.shape for s in strokes if isinstance(s.shape, list) and s.shape and isinstance(s.shape[0], list)]
    thirds = [[point[2] for point in points if isinstance(point, list) and len(point) == 3] for points in lists]
    values = list(chain.from_iterable(thirds))
    if not values or not set(map(type, values)) <= {int, float} or not _are_pressures(np.array(values)):
        return "t"
    if {0, 1} == set(values):
        notes.drop("the third number of each point", "it is 0 or 1; if it is the pen, call it 'pen' in objects")
        return ""
    falls = any(after < before for one in thirds for before, after in pairwise(one))
    return "p" if falls or (values[0] > 0 and min(values) == max(values)) else "t"
