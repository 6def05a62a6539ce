"""Move, turn and scale strokes in JSON that have a place or a transform of their own.

If all strokes have an x and a y and begin at (0, 0), their points are relative to these, as in Excalidraw's elements.
The transform of a stroke, as in Apple's PencilKit, is ``a``, ``b``, ``c``, ``d``, ``tx`` and ``ty``, as a list or by
name: a point (x, y) is drawn at (a x + c y + tx, b x + d y + ty).

Source: https://developer.apple.com/documentation/coregraphics/cgaffinetransform
"""

from __future__ import annotations

from typing import Any

import numpy as np

from handwriting.formats.column_names import plain
from handwriting.formats.json_points import point_values
from handwriting.formats.json_shapes import Rows, are_numbers, describe
from handwriting.formats.json_strokes import Stroke
from handwriting.ink import Floats
from handwriting.limits import MAX_COORDINATE
from handwriting.notes import Notes

PLACES = (("x", "y"), ("left", "top"), ("x0", "y0"), ("startx", "starty"))
"""Plain names of the properties that place a stroke."""
NAMES = ("a", "b", "c", "d", "tx", "ty")


def place(strokes: list[Stroke]) -> list[Stroke]:
    """Return the strokes with a transform that moves them to their places, if their points are relative to these."""
    corners = [_corner(stroke) for stroke in strokes]
    if None in corners or not all(map(_begins_at_zero, strokes)):
        return strokes
    return [
        stroke._replace(marks={**stroke.marks, "transform": [1, 0, 0, 1, *corner]})
        for stroke, corner in zip(strokes, corners, strict=True)
        if corner is not None
    ]


def _corner(stroke: Stroke) -> tuple[float, float] | None:
    """Return the place of a stroke, or None if it has none or has a transform."""
    values = {plain(name): value for name, value in stroke.marks.items()}
    for pair in PLACES:
        found: Any = [values.get(name) for name in pair]
        if are_numbers(found) and "transform" not in values:
            return float(found[0]), float(found[1])
    return None


def _begins_at_zero(stroke: Stroke) -> bool:
    if not isinstance(stroke.shape, list) or not stroke.shape:
        return False
    first = stroke.shape[0]
    found = point_values(first)[:2] if isinstance(first, dict) else first[:2] if isinstance(first, list) else ()
    return are_numbers(list(found)) and len(found) == 2 and not any(found)


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
