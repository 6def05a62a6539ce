"""Decide, from all strokes of a JSON document, what the numbers of their points mean and where the pen is in the air.

One stroke alone often cannot tell: whether numbers in a row are x, y or x, y and a third value, or whether that is the
time or the pressure.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import chain, groupby, pairwise
from operator import itemgetter
from typing import Any

import numpy as np

from handwriting.formats.column_names import NAMES, TOOLS, plain
from handwriting.formats.json_points import MAX_KEYS, point_keys, point_values
from handwriting.formats.json_shapes import Third, are_numbers
from handwriting.formats.json_strokes import Stroke
from handwriting.formats.pen_states import is_no, is_yes
from handwriting.notes import Notes

DOWN = ("pendown", "isdown", "ispendown", "down", "contact", "incontact", "touching", "istouching", "pressed",
        "ispressed", "tip", "tipswitch", "tipdown", "onpaper", "onsurface", "buttons", "pen")  # fmt: skip
"""Plain names of the properties of a point that say whether the pen is down."""
UP = ("penup", "ispenup", "up", "inair", "hover", "hovering", "ishovering")
"""Those that say whether it is in the air."""
UP_VALUES = ("0", "0.0", "false", "no", "up", "off", "air", "hover", "penup", "pen_up", "released")
"""Values of the former at which the pen is in the air."""
OWN_POINTS = {("x", "y", "p"), ("x", "y", "t", "p")}
"""Properties of the points that :func:`handwriting.formats.json.write` writes, with pressure."""
ERASER_BUTTON = "32"
"""The button of an eraser in the property ``buttons`` of https://www.w3.org/TR/pointerevents/#the-buttons-property."""
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


def separate_air(strokes: Sequence[Stroke], notes: Notes) -> list[Stroke]:
    """Return the strokes without the points that are not writing, at which strokes are separated.

    These are points of an eraser or a highlighter, and those at which a property says that the pen is in the air. In a
    drawing of a single stroke, those without pressure are too; in one of several strokes, only whole strokes without
    pressure are, if most strokes have pressure. Points as this package writes them are all writing. What is left out,
    but for movements within a stroke, is counted in ``notes``.
    """
    kinds = {tuple(point) for stroke in strokes for point in stroke.points if isinstance(point, dict)}
    if kinds <= OWN_POINTS or not any(_marks(names) or point_keys(names).p is not None for names in kinds):
        return list(strokes)
    states = [[_state(point) for point in stroke.points] for stroke in strokes]
    if set(chain.from_iterable(states)) == {"air"}:
        return list(strokes)
    pressures = [[_pressure(point) for point in stroke.points] for stroke in strokes]
    airborne = [len(one) > 1 and all(p is not None and p <= 0 for p in one) for one in pressures]
    pressed = sum(any(p is not None and p > 0 for p in one) for one in pressures)
    if len(strokes) == 1 and pressed:
        states = [[state or ("air" if p is not None and p <= 0 else "") for state, p in zip(*both, strict=True)]
                  for both in zip(states, pressures, strict=True)]  # fmt: skip
    kept: list[Stroke] = []
    for stroke, one, without in zip(strokes, states, airborne, strict=True):
        if without and sum(airborne) < pressed:
            notes.count("stroke without pressure")
        elif not any(one):
            kept.append(stroke)
        else:
            for state, run in groupby(zip(one, stroke.points, strict=True), key=itemgetter(0)):
                if not state:
                    kept.append(stroke._replace(shape=[point for _, point in run]))
                notes.count(f"{state} stroke", state not in ("", "air"))
            notes.count("stroke in the air", set(one) == {"air"})
    return kept


@lru_cache(maxsize=256)
def _marks(names: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """Return which properties of a point say something about the pen, each with what it says."""
    plains = [(plain(name), name) for name in names[:MAX_KEYS]]
    kinds = {"down": DOWN, "up": UP, "eraser": NAMES["eraser"], "buttons": ("buttons",), "tool": TOOLS}
    return tuple((kind, name) for kind, known in kinds.items() for key, name in plains if key in known)


def _state(point: Any) -> str:
    """Return what a point is if it is not writing: ``"air"``, ``"eraser"`` or ``"highlighter"``; ``""`` if it is."""
    if not isinstance(point, dict):
        return ""
    for kind, name in _marks(tuple(point)):
        value = str(point[name])[:40].lower()
        if kind == "tool" and ("eras" in value or value == "rubber"):
            return "eraser"
        if kind == "tool" and "highlight" in value:
            return "highlighter"
        if (kind == "buttons" and value == ERASER_BUTTON) or (kind == "eraser" and not is_no(value)):
            return "eraser"
        if (kind == "down" and value in UP_VALUES) or (kind == "up" and is_yes(value)):
            return "air"
    return ""


def _pressure(point: Any) -> float | None:
    if not isinstance(point, dict) or point_keys(tuple(point)).p is None:
        return None
    pressure = point_values(point)[3]
    return float(pressure) if isinstance(pressure, int | float) else None
