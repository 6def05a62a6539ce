"""Infer where the pen is lifted in a table in which nothing says so in words or values that are known.

Everything that is inferred is noted. See :mod:`~handwriting.formats.stroke_marks` for how.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence

from handwriting.formats.column_names import plain
from handwriting.formats.pen_lifts import Lifts, coordinates
from handwriting.formats.pen_states import MISSING, names_tools
from handwriting.formats.stroke_marks import air_value, pauses, stroke_begins, zero_marks
from handwriting.ink import Floats
from handwriting.notes import Notes

FIRST = re.compile("m|moveto|first|new|(pointtype)?tap")
"""Words that mark the first point of a stroke, beside those of events."""


def infer_lifts(
    columns: Mapping[str, Sequence[str]], names: Mapping[str, str], unknown: Sequence[str], notes: Notes
) -> Lifts | None:
    """Infer where the pen is lifted from columns of events, pen states and pressure; return None if it is not sure.

    ``columns`` and ``names`` are as in :func:`~handwriting.formats.pen_lifts.find_lifts`, and ``unknown`` are the keys
    of the columns whose values are not known.
    """
    for key in unknown:
        infer = _infer_begins if key == "event" else _infer_air
        if not names_tools(set(columns[key])):
            lifts = infer(columns[key], names[key], columns, notes)
            if lifts is not None:
                return lifts
    pressure = columns.get("pressure", [])
    known = ["" if value.lower() in MISSING else "known" for value in pressure]
    return _infer_air(known, names["pressure"], columns, notes, only="") if pressure else None


def infer_from_others(
    columns: Mapping[str, Sequence[str]], others: Mapping[str, Sequence[str]], notes: Notes
) -> Lifts | None:
    """Infer where the pen is lifted from the columns ``others``, whose names are unknown, or from points at (0, 0)."""
    for name, values in others.items():
        if names_tools(set(values)):
            continue
        lifts = _infer_air(values, name, columns, notes) or _infer_ends(values, name, notes)
        if lifts is not None:
            return lifts
    marks = zero_marks(*coordinates(columns))
    if marks is None:
        return None
    notes.drop(f"the {sum(marks):,} (0, 0) points", "they are far from all others, and were taken to separate strokes")
    return Lifts(marks, [False] * len(marks))


def infer_from_pauses(columns: Mapping[str, Sequence[str]], t: Floats | None, notes: Notes) -> Lifts | None:
    """Infer where strokes begin from pauses in the times ``t``, shape (rows,), after which the pen is elsewhere."""
    begins = None if t is None else pauses(t, *coordinates(columns))
    if begins is None:
        return None
    notes.drop(f"the {sum(begins):,} pauses", "nothing else separates the strokes, and they were taken to do so")
    return Lifts([False] * len(begins), begins)


def _infer_begins(values: Sequence[str], name: str, columns: Mapping[str, Sequence[str]], notes: Notes) -> Lifts | None:
    """Infer strokes from a column of two words, of which the rare one marks the first or the last points."""
    counts = Counter(values)
    rare = min(counts, key=counts.__getitem__)
    if len(counts) != 2:
        return _infer_ends(values, name, notes)
    is_first = FIRST.fullmatch(plain(rare)) is not None
    begins = stroke_begins([value == rare for value in values], *coordinates(columns), is_first)
    if begins is None:
        return None
    if not is_first:
        reason = f"it was taken to mark the {'first' if values[0] == rare else 'last'} point of each stroke"
        notes.drop(f"any other meaning of {rare[:20]!r} in the column {name[:40]!r}", reason)
    return Lifts([False] * len(values), begins)


def _infer_ends(values: Sequence[str], name: str, notes: Notes) -> Lifts | None:
    """Infer strokes from a column in which one value marks the first, and another the last point of every stroke."""
    first, last = values[0], values[-1]
    begins, ends = [value == first for value in values], [value == last for value in values]
    if first == last or sum(begins) < 2 or begins[1:] != ends[:-1] or 2 * sum(begins) + 2 * sum(ends) > len(values):
        return None
    reason = f"{first[:20]!r} and {last[:20]!r} were taken to mark the first and the last point of each stroke"
    notes.drop(f"any other meaning of the column {name[:40]!r}", reason)
    return Lifts([False] * len(values), begins)


def _infer_air(
    values: Sequence[str], name: str, columns: Mapping[str, Sequence[str]], notes: Notes, only: str | None = None
) -> Lifts | None:
    """Infer which of two values means that the pen is in the air; it must be ``only`` if that is given."""
    if len(set(values)) != 2:
        return None
    value = air_value(values, *coordinates(columns))
    if value is None or (only is not None and value != only):
        return None
    air = [other == value for other in values]
    shown = repr(value[:20]) if value else "no value"
    reason = f"{shown} in the column {name[:40]!r} was taken to mean in the air, because the pen moves further there"
    notes.drop(f"the {sum(air):,} in-air points", reason)
    return Lifts(air, [False] * len(air))
