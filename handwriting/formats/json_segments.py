"""Strokes that programs store in pieces: each is a line from one point to the next, as an object or as two points.

Pieces are joined if each begins exactly where the one before it ends, and if most strokes of a drawing are such pieces;
in other drawings, strokes that touch stay apart (see :mod:`~handwriting.formats.svg_pens`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from handwriting.formats.column_names import plain
from handwriting.formats.json_points import is_point, point_values
from handwriting.formats.json_shapes import Rows
from handwriting.formats.table_segments import COLUMNS, MIN_JOINED_SHARE, MIN_JOINS
from handwriting.ink import Floats

ENDS = (("start", "end"), ("from", "to"), ("begin", "end"), ("p1", "p2"))
"""Names of the points where a piece begins and ends."""


def segment(item: Any) -> list[list[Any]] | None:
    """Return the two points of a piece that is an object, or None if it is none."""
    if not isinstance(item, dict) or not 2 <= len(item) <= 40:
        return None
    values = {plain(name): value for name, value in item.items()}
    for names in COLUMNS:
        if all(isinstance(values.get(name), int | float | str) for name in names):
            x0, y0, x1, y1 = (values[name] for name in names)
            return [[x0, y0], [x1, y1]]
    for first, last in ENDS:
        begin, end = values.get(first), values.get(last)
        if is_point(begin) and is_point(end):
            return [list(_place(begin)), list(_place(end))]
    return None


def join_pieces(strokes: Sequence[Rows]) -> list[Rows]:
    """Return the strokes with pieces of two points joined, if most strokes are such pieces."""
    short = np.array([len(x) == 2 for x, *_ in strokes])
    if len(strokes) <= MIN_JOINS or short.sum() < MIN_JOINED_SHARE * len(strokes):
        return list(strokes)
    ends = np.array([[[x[0], y[0]], [x[-1], y[-1]]] if len(x) else np.full((2, 2), np.nan) for x, y, _, _ in strokes])
    joins = np.concatenate([[False], (ends[1:, 0] == ends[:-1, 1]).all(axis=1) & short[1:] & short[:-1]])
    if joins.sum() < max(MIN_JOINS, MIN_JOINED_SHARE * len(strokes)):
        return list(strokes)
    joined: list[list[Rows]] = []
    for rows, continues in zip(strokes, joins, strict=True):
        if continues:
            joined[-1].append(rows)
        else:
            joined.append([rows])
    return [_concatenate(pieces) for pieces in joined]


def _concatenate(pieces: list[Rows]) -> Rows:
    """Return pieces as one stroke, in which the end of a piece and the begin of the next one are the same point."""
    if len(pieces) == 1:
        return pieces[0]
    x, y, t, p = zip(*pieces, strict=True)
    stamps, pressure = (None if any(one is None for one in parts) else _joined(parts) for parts in (t, p))
    return _joined(x), _joined(y), stamps, pressure


def _joined(parts: Sequence[Any]) -> Floats:
    return np.concatenate([parts[0][:1], *(part[1:] for part in parts)])


def _place(point: Any) -> tuple[Any, Any]:
    if isinstance(point, str):
        x, y, *_ = point.split(",")
        return x, y
    return (point[0], point[1]) if isinstance(point, list) else point_values(point)[:2]
