"""Find out from the columns of a table of points where the pen is lifted.

The columns are, the surest first: events, the state of the pen, marks of the first or last point of each stroke, and
the pressure, which is 0 in the air. A column that says whether the mouse is dragged is false at the first point of a
stroke, and often at points in the air. Where the pen is down only at single points, these are the first or the last of
each stroke. See :mod:`~handwriting.formats.pen_states` for the meaning of values.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from handwriting.formats import stroke_marks
from handwriting.formats.column_names import events
from handwriting.formats.pen_states import flags, in_air, is_no
from handwriting.limits import number_or_none
from handwriting.notes import Notes

MIN_CHANGES = 3
"""Minimum number of changes between yes and no in a column of strokes that does not number them."""


@dataclass
class Lifts:
    """Where the pen is in the air, and where strokes begin although it is not; one value per row of the table."""

    air: list[bool]
    begins: list[bool]
    unknown: list[str] = field(default_factory=list)
    """Keys of the columns of events and pen states that have several values without a known meaning."""


def find_lifts(columns: Mapping[str, Sequence[str]], names: Mapping[str, str], rows: int, notes: Notes) -> Lifts:
    """Return where the pen is lifted in a table of ``rows`` rows.

    ``columns`` are the values of the known columns by the keys of :data:`~handwriting.formats.column_names.NAMES`, and
    ``names`` their names in the file.
    """
    down, kinds = columns.get("down", []), events(columns.get("event", []))
    if "down" in kinds and ("move" in kinds or not any(a == b == "down" for a, b in pairwise(kinds))):
        return _apply_events(kinds, down)
    states = events(down)
    if {"down", "move"} <= set(states):
        return _apply_events(states, [])
    lifts = Lifts([False] * rows, [False] * rows)
    first, up = flags(columns.get("first", [])), flags(columns.get("up", []))
    if any(first) and not all(first):
        lifts.begins = first
    if not {"down", "hover"} & set(kinds) and len(set(columns.get("event", []))) > 1:
        lifts.unknown.append("event")
    begins, air = _read_states(columns, names, notes)
    if begins is not None:
        return Lifts(lifts.air, _either(lifts.begins, begins))
    if air is not None:
        return Lifts(air, lifts.begins, lifts.unknown)
    if len(set(down)) > 1 and not all(map(is_no, set(down))):
        lifts.unknown.append("down")
    if any(up):
        _apply_pen_ups(lifts, up)
    else:
        lifts.air = _without_pressure(columns)
    return lifts


def _read_states(
    columns: Mapping[str, Sequence[str]], names: Mapping[str, str], notes: Notes
) -> tuple[list[bool] | None, list[bool] | None]:
    """Return where strokes begin, or where the pen is in the air, as its state says it; None for what it does not."""
    column = "down" if "down" in columns else "drag"
    air = in_air(columns.get(column, []))
    if air is None:
        return None, None
    if column == "drag":
        return (air, None) if air[0] and stroke_marks.are_single(air) else (None, air)
    marks = [not up for up in air]
    begins = stroke_marks.stroke_begins(marks, *coordinates(columns))
    if begins is None or (marks[0] and not stroke_marks.are_rare(marks)):
        return None, air
    which = "first" if begins == marks else "last"
    reason = f"each point at which the pen is down is single, and was taken to be the {which} of its stroke"
    notes.drop(f"the usual meaning of the column {names[column][:40]!r}", reason)
    return begins, air


def _apply_events(kinds: Sequence[str], down: Sequence[str]) -> Lifts:
    """Begin a stroke where the pen is put down, and end it with the point at which it is lifted."""
    air, is_lifted = [], True
    not_down = [is_no(value) for value in down]
    is_told = not all(not_down)
    for row, event in enumerate(kinds):
        hovers = event == "hover" or (is_told and event == "move" and not_down[row])
        air.append(hovers or (is_lifted and event != "down"))
        is_lifted = event == "up" or (is_lifted and event != "down")
    return Lifts(air, [event == "down" for event in kinds])


def _apply_pen_ups(lifts: Lifts, marks: list[bool]) -> None:
    """Interpret a column of pen-ups, which marks the points in the air, many in a row, or the last of each stroke."""
    if sum(a and b for a, b in pairwise(marks)) > sum(marks) / 3:
        lifts.air = marks
    else:
        lifts.begins = _either(lifts.begins, [False, *marks[:-1]])


def _without_pressure(columns: Mapping[str, Sequence[str]]) -> list[bool]:
    """Return for each row whether its pressure is 0, in a table that has positive pressures."""
    pressure = [number_or_none(value) for value in columns.get("pressure", [])]
    if not any(value is not None and value > 0 for value in pressure):
        return [False] * len(columns["x"])
    zero = [value is not None and value <= 0 for value in pressure]
    strokes = columns.get("stroke", [])
    # Numbered strokes may begin and end without pressure; one without any is a movement in the air.
    touching = {stroke for stroke, is_zero in zip(strokes, zero, strict=False) if not is_zero}
    return [stroke not in touching for stroke in strokes] if strokes else zero


def kind_of_strokes(columns: Mapping[str, Sequence[str]]) -> str | None:
    """Return the key of what a column of strokes says if it does not number or name them, and None if it does.

    If it says yes or no, that is whether a stroke begins (``"first"``) or ends (``"up"``), or whether the pen is down.
    """
    marks = flags(columns.get("stroke", []))
    if sum(a != b for a, b in pairwise(marks)) < MIN_CHANGES:
        return None
    x, y = coordinates(columns)
    kind: str | None = stroke_marks.kind_of_marks(marks, x, y)
    if kind is None and stroke_marks.air_value([str(mark) for mark in marks], x, y) == "False":
        kind = "down"
    return None if kind in columns else kind


def coordinates(columns: Mapping[str, Sequence[str]]) -> tuple[np.ndarray, np.ndarray]:
    """Return the coordinates x and y of the rows, each with shape (rows,) and NaN where one is missing or invalid."""
    x, y = (
        np.array([np.nan if (n := number_or_none(value)) is None else n for value in columns[name]]) for name in "xy"
    )
    return x, y


def _either(first: Sequence[bool], second: Sequence[bool]) -> list[bool]:
    return [a or b for a, b in zip(first, second, strict=True)]
