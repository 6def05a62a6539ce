"""Convert the shapes that a stroke may have in JSON (points, columns and JIIX) to rows of numbers."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import chain, groupby
from typing import Any, Literal

import numpy as np

from handwriting.errors import InkError
from handwriting.formats import times
from handwriting.formats.json_points import list_keys, point_values
from handwriting.ink import Floats
from handwriting.limits import MAX_COORDINATE, number_or_none

MILLISECOND = 1e-3
MAX_POINT_VALUES = 4
"""Maximum number of values of a point: x, y, time and pressure."""

Third = Literal["t", "p", ""]
"""What the third number of a point in a list is: its time, its pressure, or something unknown."""
Rows = tuple[Floats, Floats, Floats | None, Floats | None]
"""x, y, t in milliseconds and pressure, each with shape (n,); NaN in the last two stands for an unknown value."""


def parse_points(stroke: Any, file: str, third: Third = "t") -> Rows:
    """Return the rows of a stroke that is a list of points, or an object of columns.

    ``third`` says what the third number of points in lists is.

    Raises :class:`InkError` for an invalid coordinate.
    """
    if isinstance(stroke, dict):
        return parse_columns(stroke, file)
    if not isinstance(stroke, list):
        raise InkError(f"{file}: {describe(stroke)} is not a stroke; a stroke is a list of points")
    points = [parse_point(point, file, third) for point in stroke]
    return _to_rows(list(zip(*points, strict=True)) or [[], [], [], []], file)


def pair_up(points: Any) -> Any:
    """Return points that are given as x, y, x, y as pairs, and anything else as it is."""
    if not isinstance(points, list) or len(points) % 2 or not are_numbers(points):
        return points
    return [list(pair) for pair in zip(points[::2], points[1::2], strict=True)]


def separate(strokes: list[Any]) -> list[Any]:
    """Return strokes in one of two flat forms as lists of points, and any others as they are.

    In the one form, points follow each other and None separates the strokes. In the other, a stroke is x, y, x, y; then
    the lists are longer than a point has values, and of different lengths.
    """
    if not all(stroke is None or are_numbers(stroke) for stroke in strokes):
        return strokes
    lengths = {len(stroke) for stroke in strokes if stroke is not None}
    if None in strokes and lengths and max(lengths) <= MAX_POINT_VALUES:
        return [list(points) for is_gap, points in groupby(strokes, lambda point: point is None) if not is_gap]
    is_flat = len(lengths) > 1 and max(lengths) > MAX_POINT_VALUES and not any(length % 2 for length in lengths)
    return [pair_up(stroke) for stroke in strokes] if is_flat else strokes


def are_numbers(values: Any) -> bool:
    """Return whether this is a list of numbers that is not empty."""
    return isinstance(values, list) and bool(values) and set(map(type, values)) <= {int, float}


def parse_columns(stroke: dict[str, Any], file: str, begin: float | None = 0.0) -> Rows:
    """Return the rows of a stroke with a list for each property.

    ``begin`` (ms) is added to its times; None drops them.
    """
    x, y, t, p = point_values(stroke)
    if not isinstance(x, list) or not isinstance(y, list) or len(x) != len(y):
        raise InkError(f"{file}: {describe(stroke)} is not a stroke; it needs lists of x and y of the same length")
    t = t if isinstance(t, list) and len(t) == len(x) and begin is not None else []
    p = p if isinstance(p, list) and len(p) == len(x) else []
    x, y, stamps, pressure = _to_rows([x, y, t, p], file)
    return x, y, None if stamps is None else stamps + (begin or 0.0), pressure


def has_columns(strokes: list[Any], are_columns: bool) -> bool:
    """Return whether strokes are columns, ``[[x, ...], [y, ...], [t, ...]]``, rather than lists of points.

    Both are lists of lists: a point has two to four values, and a stroke in columns has two to four lists. If both fit,
    the strokes are columns if their lengths differ, if the lists of times are empty or if the format has columns only
    (``are_columns``).
    """
    lengths = set()
    for stroke in strokes:
        if not isinstance(stroke, list) or not 2 <= len(stroke) <= 4 or not all(isinstance(c, list) for c in stroke):
            return False
        if len({len(column) for number, column in enumerate(stroke) if column or number < 2}) > 1:
            return False
        are_columns |= not stroke[-1]
        lengths.add(len(stroke[0]))
    return bool(lengths - {0}) and (are_columns or not lengths <= {2, 3, 4} or len(lengths) > 1)


def is_jiix(document: Any, others: Sequence[str]) -> bool:
    """Return whether the strokes are somewhere in elements with their coordinates as lists named X and Y.

    A document that has one of the keys ``others`` (in lower case) has another shape.
    """
    if not isinstance(document, dict) or any(key.lower() in others for key in document):
        return False
    return any(
        isinstance(item.get("X"), list) and isinstance(item.get("Y"), list) for item in iterate_objects(document)
    )


def jiix_strokes(document: Any, file: str) -> Iterator[Callable[[], Rows]]:
    """Yield a function that returns the rows of a stroke, for every stroke of a JIIX document.

    Each stroke is yielded once, even if both a word and a character list it.
    """
    strokes: list[dict[str, Any]] = []
    seen: set[str] = set()
    for item in iterate_objects(document):
        name = item.get("id")
        again = isinstance(name, str) and name in seen
        if isinstance(item.get("X"), list) and item.get("type", "stroke") == "stroke" and not again:
            strokes.append(item)
            seen |= {name} if isinstance(name, str) else set()
    begins = [times.parse_date(stroke.get("timestamp")) for stroke in strokes]
    # Times are relative to the start of their stroke; without it, the time between strokes is unknown.
    dated = all(begin is not None for begin in begins)
    for stroke, begin in zip(strokes, begins, strict=True):
        offset = begin * 1000 if dated and begin is not None else (0.0 if len(strokes) == 1 else None)
        yield partial(parse_columns, stroke, file, offset)


def iterate_objects(document: Any) -> Iterator[dict[str, Any]]:
    """Yield every object in a document in order, outer ones before inner ones."""
    stack = [document]
    while stack:
        item = stack.pop()
        if isinstance(item, dict):
            yield item
            stack += [v for v in reversed(item.values()) if isinstance(v, dict | list)]
        elif isinstance(item, list):
            stack += [v for v in reversed(item) if isinstance(v, dict | list)]


def describe(value: Any) -> str:
    """Describe a value in a message, briefly whatever its size."""
    if isinstance(value, list | dict):
        return f"a list of {len(value)}" if isinstance(value, list) else f"an object with {list_keys(value)}"
    return json.dumps(value[:40] if isinstance(value, str) else value)[:60]


def parse_point(point: Any, file: str, third: Third = "t") -> tuple[Any, Any, Any, Any]:
    """Return x, y, the time and the pressure of a point, unchecked; None where it has none.

    Raises :class:`InkError` if it is not a point at all.
    """
    if isinstance(point, str) and "," in point:
        point = point[:200].split(",")
    if isinstance(point, list) and len(point) >= 2:
        # The meaning of values after the fourth is unknown.
        x, y, t, p = [*point, None, None][:4] if len(point) <= 4 else [*point[:2], None, None]
        if len(point) == 3 and third != "t":
            return x, y, None, t if third == "p" else None
        return x, y, t, p
    if isinstance(point, dict):
        values = point_values(point)
        for name, value in zip("xy", values[:2], strict=True):
            if value is None:
                raise InkError(
                    f"{file}: {name}=null; it must be a number; the properties of the point are {list_keys(point)}"
                )
        return values
    reason = "a point is {'x': 1, 'y': 2} or [1, 2], with the time or without"
    if isinstance(point, int | float):
        reason += ", and x, y, x, y in a row must be called 'points'"
    raise InkError(f"{file}: {describe(point)} is not a point; {reason}")


def coordinates(pairs: Sequence[Any], file: str) -> Floats:
    """Return pairs of x and y as an array with shape (n, 2).

    Raises :class:`InkError` if a value is not a finite number.
    """
    if set(map(type, pairs)) <= {list, tuple} and set(map(len, pairs)) <= {2}:
        flat = list(chain.from_iterable(pairs))
        if set(map(type, flat)) <= {int, float} and all(-MAX_COORDINATE <= value <= MAX_COORDINATE for value in flat):
            return np.array(flat, dtype=np.float64).reshape(-1, 2)
    for pair in pairs:  # find out which value is invalid
        if not isinstance(pair, list | tuple) or len(pair) != 2:
            raise InkError(f"{file}: {describe(pair)} is not a point of x and y")
        for name, value in zip("xy", pair, strict=True):
            _check_coordinate(value, name, file)
    return np.array(pairs, dtype=np.float64).reshape(-1, 2)


def _check_coordinate(value: Any, name: str, file: str) -> None:
    if isinstance(value, str) and number_or_none(value) is not None:  # a number as text
        return
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) <= MAX_COORDINATE:
        raise InkError(f"{file}: {name}={describe(value)}; it must be a number and at most {MAX_COORDINATE:g}")


def _to_rows(lists: Sequence[Sequence[Any]], file: str) -> Rows:
    x, y, t, p = lists
    for name, values in (("x", x), ("y", y)):
        for value in values:
            _check_coordinate(value, name, file)
    stamps = times.parse_column(t, MILLISECOND) if any(value is not None for value in t) else None
    pressure = times.parse_column(p, 1.0) if any(value is not None for value in p) else None
    return np.array(x, dtype=np.float64), np.array(y, dtype=np.float64), stamps, pressure
