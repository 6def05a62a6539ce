"""Tables of points in JSON, as data frames and pages write them: columns, or rows below the names of the columns.

- a list of values for each column: ``{"x": [...], "y": [...], "stroke": [...]}``; or an object of them, by row, as
  pandas writes it;
- names and rows apart: ``{"columns": ["x", "y", "stroke"], "data": [[1, 2, 0], ...]}``;
- names in the first row: ``[["x", "y", "stroke"], [1, 2, 0], ...]``;
- an object of points by their number: ``{"0": {"x": 1, "y": 2}, ...}``;
- events with a single touch each: ``[{"type": "touchstart", "touches": [{"clientX": 1, "clientY": 2}]}, ...]``.

Columns are tables only if one of them separates strokes; otherwise they are a single stroke.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from typing import Any

from handwriting.formats.column_names import NAMES as COLUMNS
from handwriting.formats.column_names import events, plain, where
from handwriting.formats.json_points import MAX_KEYS, is_point
from handwriting.formats.point_table import SEPARATING_COLUMNS

NAMES = ("columns", "fields", "header", "headers", "names")
"""Properties that hold the names of the columns beside the rows."""
ROWS = ("data", "rows", "values", "points")
"""Properties that hold the rows."""
MAX_DEPTH = 2
"""Number of objects around a table."""

Points = list[dict[str, Any]]


def table_points(document: Any, depth: int = MAX_DEPTH) -> Points | None:
    """Return the points of a document that is a table, or has a single one in it; None for any other document."""
    if isinstance(document, list):
        if len(document) == 1:
            return table_points(document[0], depth)
        return (_rows(document[0], document[1:]) or _touches(document)) if document else None
    if not isinstance(document, dict):
        return None
    first = dict(islice(document.items(), MAX_KEYS))
    found = _apart(first) or _columns(first) or _numbered(document)
    if found is not None or not depth:
        return found
    inside = [points for value in first.values() if (points := table_points(value, depth - 1)) is not None]
    return inside[0] if len(inside) == 1 else None


def _rows(names: Any, rows: Any) -> Points | None:
    """Return the points in rows below the names of their columns."""
    if not isinstance(names, list) or not isinstance(rows, list) or not rows or len(names) > MAX_KEYS:
        return None
    if not all(isinstance(name, str) for name in names) or not {"x", "y"} <= where(names).keys():
        return None
    if not all(row is None or isinstance(row, list) for row in rows):
        return None
    return [dict(zip(names, row, strict=False)) for row in rows if row]


def _apart(document: dict[str, Any]) -> Points | None:
    """Return the points of a table whose names and rows are in two properties."""
    known = {plain(key): value for key, value in document.items()}
    names, rows = (next((known[key] for key in keys if key in known), None) for keys in (NAMES, ROWS))
    return _rows(names, rows)


def _columns(document: dict[str, Any]) -> Points | None:
    """Return the points of a table that is an object of columns."""
    columns = {name: values for name, value in document.items() if (values := _column(value)) is not None}
    places = where(list(columns))
    if not {"x", "y"} <= places.keys() or not places.keys() & SEPARATING_COLUMNS:
        return None
    lists = list(columns.values())
    length = len(lists[places["x"]])
    used = {name: values for name, values in columns.items() if len(values) == length}
    if not length or not all(len(lists[place]) == length for place in places.values()):
        return None
    return [dict(zip(used, row, strict=True)) for row in zip(*used.values(), strict=True)]


def _column(value: Any) -> Sequence[Any] | None:
    """Return the values of a column of numbers, texts and truths; None for anything else."""
    values = list(value.values()) if isinstance(value, dict) else value
    if not isinstance(values, list) or set(map(type, values)) & {list, dict}:
        return None
    return values


def _numbered(document: dict[str, Any]) -> Points | None:
    """Return the points in an object that are named by their numbers, which grow."""
    names = list(document)
    if not names or not all(name.isdecimal() and len(name) < 10 for name in names):
        return None
    points = list(document.values())
    if not all(isinstance(point, dict) for point in points) or not {"x", "y"} <= where(list(points[0])).keys():
        return None
    if set(map(type, points[0].values())) & {list, dict}:
        return None
    return [document[name] for name in sorted(names, key=int)]


def _touches(document: list[Any]) -> Points | None:
    """Return the points of a list of events, each with a list of its single touch, or without one at its end."""
    if not all(isinstance(event, dict) for event in document):
        return None
    name = next((name for name in document[0] if plain(name) in COLUMNS["event"]), None)
    if name is None or "down" not in events([str(event.get(name))[:60] for event in document]):
        return None
    points = []
    if not any(isinstance(value, list) for value in document[0].values()):
        return None
    for event in document:
        touches = [value for value in event.values() if isinstance(value, list) and value and is_point(value[0])]
        if any(len(one) > 1 or not isinstance(one[0], dict) for one in touches):
            return None
        own = {key: value for key, value in event.items() if not isinstance(value, list | dict)}
        points.append(own | (touches[0][0] if touches else {}))
    return points if {"x", "y"} <= where(list(points[0])).keys() else None
