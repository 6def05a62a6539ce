"""Drawings of Sketch-RNN: each row is the step from the point before it, and says whether the pen is then lifted.

A row has three values (dx, dy, 1 if the pen is lifted after it) or five (dx, dy and one of: the pen stays down, it is
lifted, the drawing ends). As in the program's own ``draw_strokes``, the first row leads to the first point.

Source: https://magenta.tensorflow.org/sketch-rnn, https://arxiv.org/abs/1704.03477 (section 3.1)
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from handwriting.formats.json_shapes import are_numbers
from handwriting.ink import Floats

MAX_DRIFT = 0.3
"""Largest correlation of offsets with their place in the drawing; positions of writing move along the line."""
MIN_TURN = 0.1
"""Smallest median change between two rows, in units of the median value; that of positions is smaller."""
MIN_ROWS = 4
"""Smallest number of rows from which offsets can be told from positions."""
MIN_FIRST = 2.0
"""Smallest length of a first row that leads to the first point, in units of the longest other row."""


def sketches(document: list[Any]) -> list[list[Floats]] | None:
    """Return the strokes of every drawing in a list of drawings, or of one drawing; None if these are not offsets.

    A stroke is its points, with shape (n, 2).
    """
    drawings = [document] if all(map(are_numbers, document)) else document
    if not drawings or not all(isinstance(one, list) and one and all(map(are_numbers, one)) for one in drawings):
        return None
    lengths = {len(row) for one in drawings for row in one}
    if lengths not in ({3}, {5}):
        return None
    tables = [np.array(one, dtype=np.float64) for one in drawings]
    states = np.concatenate(tables)[:, 2:]
    if not np.isin(states, (0.0, 1.0)).all():
        return None
    if lengths == {5}:
        return [_strokes(table) for table in tables] if (states.sum(axis=1) == 1).all() else None
    steps = [table[:, :2] for table in tables]
    lifted = 0 < states.sum() <= len(states) / 2 and all(table[-1, 2] == 1 for table in tables)
    return [_strokes(table) for table in tables] if lifted and (are_offsets(steps) or _begin_apart(steps)) else None


def are_offsets(tables: Sequence[Floats]) -> bool:
    """Return whether pairs, shape (n, 2) each, are steps from point to point rather than positions.

    Steps have both signs, change about as much as they are long, and do not grow along the line.
    """
    values = np.concatenate(tables)
    if not _have_both_signs(values):
        return False
    turns = np.concatenate([np.abs(np.diff(table, axis=0)) for table in tables])
    drifts = [abs(np.corrcoef(table[:, 0], np.arange(len(table)))[0, 1]) for table in tables if len(table) >= MIN_ROWS]
    return bool(np.median(turns) >= MIN_TURN * np.median(np.abs(values)) and np.median(drifts or [np.inf]) <= MAX_DRIFT)


def _have_both_signs(values: Floats) -> bool:
    return len(values) >= MIN_ROWS and bool(((values < 0).any(axis=0) & (values > 0).any(axis=0)).all())


def _begin_apart(tables: Sequence[Floats]) -> bool:
    """Return whether the first rows of drawings, shape (n, 2) each, show that the others are steps between points.

    They are all (0, 0), in two drawings or more, or much longer than any other row, as they lead to the first point.
    Positions begin neither all at the same point nor so far from the others.
    """
    if any(len(table) < 2 for table in tables) or not _have_both_signs(np.concatenate([one[1:] for one in tables])):
        return False
    firsts = np.array([np.hypot(*table[0]) for table in tables])
    longest = np.array([np.hypot(*table[1:].T).max() for table in tables])
    return bool((firsts > MIN_FIRST * longest).all() or (len(tables) > 1 and not firsts.any()))


def _strokes(table: Floats) -> list[Floats]:
    """Return the strokes of a drawing of n rows, with shape (n, 3) or (n, 5)."""
    if table.shape[1] == 5:
        ends = np.flatnonzero(table[:, 4] == 1)
        table = table[: ends[0]] if len(ends) else table
    points = np.cumsum(table[:, :2], axis=0)
    lifts = np.flatnonzero(table[:, 3] if table.shape[1] == 5 else table[:, 2]) + 1
    return [stroke for stroke in np.split(points, lifts) if len(stroke)]
