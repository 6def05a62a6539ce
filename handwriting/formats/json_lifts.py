"""Leave out the points of strokes in JSON that are not writing: where the pen is in the air, and those of erasers.

The properties of points mean the same as columns of the same names do in a table (see
:mod:`~handwriting.formats.pen_lifts` and :mod:`~handwriting.formats.table_tools`), but the strokes of the document
remain apart, and a point that lacks a property that others have is writing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

from handwriting.formats.column_names import NAMES, TOOLS, plain, where
from handwriting.formats.json_points import MAX_KEYS, point_keys, point_values
from handwriting.formats.json_strokes import Stroke
from handwriting.formats.pen_lifts import find_lifts
from handwriting.formats.table_tools import COLORS, not_writing, numbered_erasers
from handwriting.notes import Notes

PEN_KEYS = ("down", "drag", "up", "first")
"""Keys of the columns that say where the pen is lifted, in the order of their certainty."""
SAID = frozenset({*(name for key in (*PEN_KEYS, "eraser", "opacity") for name in NAMES[key]), *TOOLS, *COLORS})
"""Plain names of the properties that say that a point is not writing."""
OWN_POINTS = {("x", "y", "p"), ("x", "y", "t", "p")}
"""Properties of the points that :func:`handwriting.formats.json.write` writes, with pressure."""


class _State(NamedTuple):
    """What is known of a point."""

    other: str = ""
    """What it is if it is not writing, such as ``"eraser stroke"`` or ``"air"``."""
    begun: int = 0
    """Number of strokes that have begun, as far as points say so."""


def separate_air(strokes: Sequence[Stroke], notes: Notes) -> list[Stroke]:
    """Return the strokes without the points that are not writing, at which strokes are separated.

    In a drawing of a single stroke, points without pressure are in the air; in one of several strokes, only whole
    strokes without pressure are, if most strokes have pressure. Points as this package writes them are all writing.
    What is left out, but for movements within a stroke, is counted in ``notes``.
    """
    points = [point for stroke in strokes for point in stroke.points]
    kinds = {tuple(point) for point in points if isinstance(point, dict)}
    names = _names(kinds)
    if kinds <= OWN_POINTS or not (names or any(point_keys(kind).p is not None for kind in kinds)):
        return list(strokes)
    remaining = iter(_states(points, names, notes) if names else [_State()] * len(points))
    states = [[next(remaining) for _ in stroke.points] for stroke in strokes]
    pressures = [[_pressure(point) for point in stroke.points] for stroke in strokes]
    airborne = [len(one) > 1 and all(p is not None and p <= 0 for p in one) for one in pressures]
    pressed = sum(any(p is not None and p > 0 for p in one) for one in pressures)
    if len(strokes) == 1 and pressed:
        states = [
            [_State("air") if not state.other and p is not None and p <= 0 else state
             for state, p in zip(states[0], pressures[0], strict=True)]
        ]  # fmt: skip
    kept: list[Stroke] = []
    for stroke, one, without in zip(strokes, states, airborne, strict=True):
        if without and sum(airborne) < pressed:
            notes.count("stroke without pressure")
        elif len(set(one)) <= 1 and not any(state.other for state in one[:1]):
            kept.append(stroke)
        else:
            for state, run in groupby(zip(one, stroke.points, strict=True), key=itemgetter(0)):
                if not state.other:
                    kept.append(stroke._replace(shape=[point for _, point in run]))
                notes.count(state.other, state.other not in ("", "air"))
            notes.count("stroke in the air", {state.other for state in one} == {"air"})
    return kept


def _names(kinds: Iterable[tuple[str, ...]]) -> list[str]:
    """Return the names of the properties that say something about the pen, without repetition."""
    found = dict.fromkeys(name for kind in kinds for name in kind[:MAX_KEYS])
    return [name for name in found if plain(name) in SAID][:MAX_KEYS]


def _states(points: Sequence[Any], names: Sequence[str], notes: Notes) -> list[_State]:
    """Return what the properties ``names`` say about each point."""
    rows = [[_text(point, name) for name in names] for point in points]
    places = where(names)
    columns = {key: [row[i] for row in rows] for key, i in places.items()}
    others = not_writing(names, columns, rows, numbered_erasers(names, rows))
    pen = {key: columns[key] for key in PEN_KEYS if key in columns}
    if not pen:
        return [_State(other) for other in others]
    coordinates = [point_values(point)[:2] if isinstance(point, dict) else ("", "") for point in points]
    pen |= {name: [str(one[i])[:40] for one in coordinates] for i, name in enumerate("xy")}
    lifts = find_lifts(pen, {key: names[i] for key, i in places.items()}, len(points), notes)
    told = [any(row[places[key]] for key in PEN_KEYS if key in places) for row in rows]
    air = [up and is_told for up, is_told in zip(lifts.air, told, strict=True)]
    if all(air):
        air = [False] * len(air)
    states, begun = [], 0
    for other, up, begins in zip(others, air, lifts.begins, strict=True):
        begun += begins
        states.append(_State(other or ("air" if up else ""), begun))
    return states


def _text(point: Any, name: str) -> str:
    value = point.get(name) if isinstance(point, dict) else None
    return "" if value is None or isinstance(value, list | dict) else str(value)[:60]


def _pressure(point: Any) -> float | None:
    if not isinstance(point, dict) or point_keys(tuple(point)).p is None:
        return None
    pressure = point_values(point)[3]
    return float(pressure) if isinstance(pressure, int | float) else None
