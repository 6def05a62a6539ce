"""Find the strokes in a JSON document, whatever objects and lists a program puts them in.

Known names of what holds strokes and points come first. Under an unknown name they are found too, if only one property
of an object can be meant.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby, islice
from typing import Any, NamedTuple

from handwriting.errors import InkError
from handwriting.formats.column_names import plain
from handwriting.formats.json_paths import path_data
from handwriting.formats.json_points import is_point, list_keys, point_values
from handwriting.formats.json_shapes import are_numbers
from handwriting.formats.json_tools import not_ink, not_shown
from handwriting.notes import Notes

STROKE_KEYS = ("strokes", "strokegroups", "events", "ink", "drawing", "requests")
"""Keys of a document under which its strokes may be, in lower case."""
CONTAINER_KEYS = (*STROKE_KEYS, "lines", "paths", "traces", "curves", "data", "canvas", "content")
POINT_KEYS = (
    "points", "pointers", "paths", "path", "styluspoints", "inkpoints", "controlpoints", "pointcoordinatepairs",
    "segments", "steps", "pts",
)  # fmt: skip
"""Keys of a stroke under which its points may be."""
NOT_INK = (
    "undo", "redo", "deleted", "removed", "erased", "history", "template", "guide", "bbox", "bounds", "boundingbox",
    "box", "transform", "matrix", "dash", "size", "range", "viewbox", "corners", "recognition", "candidates",
)  # fmt: skip
"""Beginnings of names under which no ink is looked for."""
MAX_DEPTH = 6
"""Number of objects in objects in which strokes are looked for."""
MAX_NAMES = 100
"""Number of properties of an object among which strokes are looked for."""
SAMPLE = 3
"""Number of the first elements of a list from which it is known what the list holds."""


class Stroke(NamedTuple):
    """A stroke as it is in the document."""

    marks: dict[str, Any]
    """The properties of the stroke, such as its tool and color."""
    shape: Any
    """A list of points, an object of columns, or a function that returns the rows."""

    @property
    def points(self) -> list[Any]:
        """The points if the stroke is a list of objects, and an empty list otherwise."""
        is_list = isinstance(self.shape, list) and self.shape and isinstance(self.shape[0], dict)
        return self.shape if is_list else []


def strokes_in(document: dict[str, Any], depth: int = MAX_DEPTH) -> Any:
    """Return the list or the object in which the strokes of an object are, or None if it has none.

    Raises :class:`InkError` if it may be one of several.
    """
    names = _names(document)
    known = [names[key] for key in CONTAINER_KEYS if key in names]
    if (found := next((value for value in known if holds_strokes(value, depth - 1)), None)) is not None:
        return _values(found)
    if points_of(document) is not None:
        return [document]
    others = [names[name] for name in names if name not in CONTAINER_KEYS and not name.startswith(NOT_INK)]
    others = [value for value in others if holds_strokes(value, depth - 1)]
    if len(others) > 1:
        return None
    found = others[0] if others else next((value for value in known if isinstance(value, list) and value), None)
    return _values(found) if found is not None else ([] if [] in known else None)


def points_of(stroke: dict[str, Any], depth: int = 2) -> Any:
    """Return the points of a stroke that is an object: a list, an object of columns, or None if there are none."""
    if all(isinstance(values, list) for values in point_values(stroke)[:2]):
        return stroke
    names = _names(stroke)
    known = [names[key] for key in POINT_KEYS if key in names]
    for value in known:
        if (points := _points(value, depth)) is not None or are_numbers(value):
            return value if points is None else points
    others = [value for name, value in names.items() if not name.startswith((*NOT_INK, *STROKE_KEYS))]
    found = [points for value in others if value and (points := _points(value, depth)) is not None]
    if len(found) == 1:
        return found[0]
    return next((value for value in known if isinstance(value, list) and not holds_strokes(value, 1)), None)


def find_strokes(document: list[Any], notes: Notes) -> Iterator[Stroke]:
    """Yield the strokes of a list of strokes and of groups of strokes.

    What is not ink, such as a hidden group or a text, is counted in ``notes``. None between points separates strokes.
    """
    stack = list(reversed(document))
    while stack:
        item = stack.pop()
        if item in (None, {}):
            continue
        if not isinstance(item, dict):
            if isinstance(item, list) and _is_group(item):
                stack += reversed(item)
            else:
                yield from _split(Stroke({}, item))
            continue
        group = item.get("strokes")
        points = None if isinstance(group, list) else points_of(item)
        if points is not None:
            yield from _split(Stroke(item, points))
            continue
        group = group if isinstance(group, list) else strokes_in(item)
        if group is not None and (other := not_shown(item)) is not None:
            notes.count(other.replace("stroke", "group"))
        elif group is not None:
            stack += reversed(group) if isinstance(group, list) else [group]
        elif (other := not_ink(item)) is not None:
            notes.count(other)
        else:
            yield Stroke(item, item)


def without_strokes(document: Any, file: str) -> InkError:
    """Return the error that says that no strokes are in a document, and what there is instead."""
    there = f", and this is one with {list_keys(document)}" if isinstance(document, dict) else ""
    return InkError(f"{file}: JSON without strokes; ink is a list of strokes, or an object with 'strokes'{there}")


def _names(properties: dict[str, Any]) -> dict[str, Any]:
    """Return the lists and objects in an object, by their plain names."""
    first = islice(properties.items(), MAX_NAMES)
    return {plain(name): value for name, value in first if isinstance(value, list | dict)}


def _split(stroke: Stroke) -> Iterator[Stroke]:
    if not isinstance(stroke.shape, list) or None not in stroke.shape:
        yield stroke
        return
    for is_gap, points in groupby(stroke.shape, lambda point: point is None):
        if not is_gap:
            yield Stroke(stroke.marks, list(points))


def _values(found: Any) -> Any:
    """Return strokes or points that are in an object, by their names, as a list, and anything else as it is."""
    if not isinstance(found, dict) or not found or not all(isinstance(value, dict | list) for value in found.values()):
        return found
    if points_of(found) is not None or {plain(name) for name in found} & {*CONTAINER_KEYS, *POINT_KEYS}:
        return found
    values = list(found.values())
    return values if is_point(values[0]) or holds_strokes(values, 1) else found


def _points(value: Any, depth: int) -> Any:
    """Return the points in a value, or None if it does not hold points."""
    if isinstance(value, dict):
        values = list(value.values())
        if values and isinstance(values[0], dict) and is_point(values[0]) and is_point(values[-1]):
            return values
        return points_of(value, depth - 1) if depth else None
    first = next((point for point in value if point is not None), None)
    return value if first is not None and is_point(first) else None


def holds_strokes(value: Any, depth: int = MAX_DEPTH) -> bool:
    """Return whether this holds strokes, as far as its first elements show."""
    if depth < 0:
        return False
    if isinstance(value, dict):
        inside = _values(value)
        return holds_strokes(inside, depth - 1) if isinstance(inside, list) else bool(strokes_in(value, depth - 1))
    sample = [item for item in value[: 2 * SAMPLE] if item not in (None, {}, [])][:SAMPLE]
    return any(_is_stroke(item, depth) for item in sample)


def _is_group(item: list[Any]) -> bool:
    """Return whether this is a list of strokes that are objects, and not a stroke."""
    first = next((one for one in item if one is not None), None)
    return isinstance(first, dict) and not is_point(first) and holds_strokes(item, 2)


def _is_stroke(item: Any, depth: int) -> bool:
    if path_data(item) is not None:
        return True
    if isinstance(item, dict):
        return is_point(item) or points_of(item) is not None or (depth > 0 and bool(strokes_in(item, depth - 1)))
    if not isinstance(item, list):
        return False
    return is_point(item[0]) or all(map(are_numbers, item[:2])) or (depth > 0 and holds_strokes(item, depth - 1))
