"""Move, turn and scale strokes in JSON that have a transform of their own, as those of Apple's PencilKit have.

The transform is ``a``, ``b``, ``c``, ``d``, ``tx`` and ``ty``, as a list or by name: a point (x, y) is drawn at
(a x + c y + tx, b x + d y + ty).

Source: https://developer.apple.com/documentation/coregraphics/cgaffinetransform
"""

from __future__ import annotations

from typing import Any

import numpy as np

from handwriting.formats.column_names import plain
from handwriting.formats.json_shapes import Rows, are_numbers, describe
from handwriting.ink import Floats
from handwriting.limits import MAX_COORDINATE
from handwriting.notes import Notes

NAMES = ("a", "b", "c", "d", "tx", "ty")


def transform(rows: Rows, marks: dict[str, Any], notes: Notes) -> Rows:
    """Return the rows of a stroke that has the properties ``marks`` as its transform draws them.

    A transform that is damaged is dropped with a note.
    """
    found = next((marks[name] for name in marks if plain(name) == "transform"), None)
    if not isinstance(found, list | dict) or not found:
        return rows
    matrix = _matrix(found)
    if matrix is None:
        notes.drop("the transform of a stroke", f"{describe(found)} is not six numbers")
        return rows
    x, y, t, pressure = rows
    a, b, c, d, tx, ty = matrix.tolist()
    return a * x + c * y + tx, b * x + d * y + ty, t, pressure


def _matrix(value: Any) -> Floats | None:
    """Return a, b, c, d, tx and ty, or None if they are not known."""
    numbers: Any = [value.get(name) for name in NAMES] if isinstance(value, dict) else value
    if not are_numbers(numbers) or len(numbers) != len(NAMES) or not all(abs(v) <= MAX_COORDINATE for v in numbers):
        return None
    matrix = np.array(numbers, dtype=np.float64)
    return matrix if matrix[0] * matrix[3] != matrix[1] * matrix[2] else None
