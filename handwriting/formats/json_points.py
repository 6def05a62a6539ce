"""Find the coordinates, the time and the pressure of a point in JSON, whatever a program calls them.

A point is a list of x and y, perhaps with the time and the pressure, or the text ``"x,y"``, or an object. The names of
the properties of an object are compared as in a table (see :mod:`~handwriting.formats.column_names`), and its
coordinates may be in an object or a list of their own: ``{"location": [x, y]}``, ``{"Position": {"X": x, "Y": y}}``.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, NamedTuple

from handwriting.formats.column_names import NAMES, plain
from handwriting.limits import number_or_none

KEYS = {
    "x": ("x", "X", "clientX", "pageX"), "y": ("y", "Y", "clientY", "pageY"),
    "t": ("t", "T", "time", "timestamp"), "p": ("p", "pressure", "force", "F"),
}  # fmt: skip
"""The usual names of the properties of a point, which come first."""
OTHER_KEYS = {
    "x": (*NAMES["x"], "dx"), "y": (*NAMES["y"], "dy"),
    "t": (*NAMES["t"], *NAMES["ms"], "timeoffset"), "p": (*NAMES["pressure"], "pressurefactor"),
}  # fmt: skip
"""Other names of them, as :func:`~handwriting.formats.column_names.plain` returns them."""
PLACES = ("location", "position", "pos", "point", "offset")
"""Names of what holds the coordinates of a point."""
MAX_KEYS = 40
"""Maximum number of properties of a point that are considered."""
MAX_LISTED = 6
"""Maximum number of properties that a message lists."""


class PointKeys(NamedTuple):
    """The names of the properties of a point; None where it has none."""

    x: str | None
    y: str | None
    t: str | None
    p: str | None
    place: str | None
    """Where the coordinates are if there is no x or no y."""


@lru_cache(maxsize=256)
def point_keys(names: tuple[str, ...]) -> PointKeys:
    """Return which properties of a point with these properties are its coordinates, its time and its pressure."""
    plains: dict[str, str] = {}
    for name in names[:MAX_KEYS]:
        plains.setdefault(plain(name), name)
    x, y, t, p = (
        next((key for key in KEYS[kind] if key in names), None)
        or next((plains[key] for key in OTHER_KEYS[kind] if key in plains), None)
        for kind in KEYS
    )
    return PointKeys(x, y, t, p, next((plains[key] for key in PLACES if key in plains), None))


def point_values(point: dict[str, Any], depth: int = 2) -> tuple[Any, Any, Any, Any]:
    """Return x, y, the time and the pressure of a point that is an object; None where it has none.

    ``depth`` is the number of objects in objects in which its coordinates may be.
    """
    keys = point_keys(tuple(point))
    x, y, t, p = (None if key is None else point[key] for key in keys[:4])
    if (x is None or y is None) and keys.place is not None:
        inside = point[keys.place]
        if isinstance(inside, list) and len(inside) >= 2 and not isinstance(inside[0], list | dict):
            return inside[0], inside[1], t, p
        if isinstance(inside, dict) and depth:
            x, y, *more = point_values(inside, depth - 1)
            t, p = (inner if outer is None else outer for outer, inner in zip((t, p), more, strict=True))
    return x, y, t, p


def is_point(value: Any) -> bool:
    """Return whether this is one point, and not a list of points or of columns."""
    if isinstance(value, str):
        parts = value[:200].split(",")
        return 2 <= len(parts) <= 4 and None not in map(number_or_none, parts)
    if isinstance(value, list):
        return len(value) >= 2 and all(_is_number(number) for number in value[:2])
    return isinstance(value, dict) and all(_is_number(number) for number in point_values(value)[:2])


def list_keys(properties: dict[str, Any]) -> str:
    """List the names of properties in a message, briefly whatever their number."""
    names = ", ".join(repr(name[:20]) for name in list(properties)[:MAX_LISTED]) or "no properties"
    return names + (f" and {len(properties) - MAX_LISTED} more" if len(properties) > MAX_LISTED else "")


def _is_number(value: Any) -> bool:
    if isinstance(value, str):
        return number_or_none(value) is not None
    return isinstance(value, int | float) and not isinstance(value, bool)
