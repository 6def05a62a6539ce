"""Tables of points, from CSV or from a flat list of JSON objects: find the strokes, and leave out what is not writing.

A stroke ends where the stroke number changes, at an empty line, where x and y are missing in a table without stroke
numbers, where an event says that the pen is put down, and where the pen is in the air. The pen is in the air where a
pen column says so, where the stroke has no number, where the pressure is 0 in a table that has positive pressures, or
where the point is (-1, -1) and no other coordinate is negative. If the table has none of these, a column with an
unknown name separates the strokes if its values form groups. Where stroke numbers begin again with every letter, word,
line or sample, a change in that column also ends a stroke.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby, pairwise

import numpy as np

from handwriting.errors import InkError
from handwriting.formats import times
from handwriting.formats.column_names import events, is_group, tools, where
from handwriting.formats.strokes import Strokes
from handwriting.ink import Floats, Ink, Source
from handwriting.limits import number_or_none, numbers
from handwriting.notes import Notes

MISSING = ("", "nan", "null", "none", "na")
"""Values that mean that a value is missing."""
UNITS = {"t": 1.0, "ms": 1e-3, "us": 1e-6, "ns": 1e-9}
"""Seconds per unit of the columns of times; a format may use another unit for ``t``."""
NO = ("0", "0.0", "false", "f", "no", "n", "up", "off", "air", "hover", "penup", "pen_up", "released", "none", "")
"""Values of a pen column that mean "no"."""
YES = ("1", "1.0", "true", "t", "yes", "y", "x")
SEPARATING_COLUMNS = {"stroke", "down", "up", "first", "event"}
"""Columns that separate strokes."""
MAX_UNKNOWN_COLUMNS = 20
"""Maximum number of columns with unknown names that are considered as stroke numbers."""
MAX_GROUP_RATIO = 0.7
"""Maximum number of groups per row in a column that numbers the strokes, or what they belong to."""


class PointTable:
    """Named columns of text values; ``blanks`` is the number of empty lines before each row.

    Values that are missing at the end of a row are ``""``. Raises :class:`InkError` if there are no columns x and y.
    """

    def __init__(self, names: Sequence[str], rows: Sequence[Sequence[str]], blanks: Sequence[int], file: str) -> None:
        self.names, self.rows, self.blanks, self.file = names, rows, list(blanks), file
        self.columns, self.tools = where(names), tools(names)
        # If there is an empty line after every row, the empty lines do not separate strokes.
        self.is_spaced = sum(a != b for a, b in pairwise(self.blanks)) > len(rows) // 2
        if "x" not in self.columns or "y" not in self.columns:
            raise InkError(f"{file}: it does not name the columns x and y")

    def column(self, key: str) -> list[str]:
        """Return the values of a column, one per row; an empty list if the table does not have it."""
        i = self.columns.get(key)
        return [] if i is None else self._values(i)

    def inks(self, notes: Notes, unit: float = 1.0) -> list[Ink]:
        """Return the ink of each page that has strokes.

        ``unit`` is the number of seconds per unit of the column ``t``.
        """
        units = UNITS | {"t": unit}
        time_column = next((name for name in units if any(self.column(name))), None)
        t = None if time_column is None else times.parse_column(self.column(time_column), units[time_column])
        pressure = _parse_optional(self.column("pressure"))
        sheets = self.column("page") or [""] * len(self.rows)
        pages: dict[str, Strokes] = {}
        for number, (begin, end) in enumerate(self.runs(notes), 1):
            if (other := self._not_writing(begin)) is not None:
                notes.count(other)
                continue
            with notes.part(f"stroke {number}"):
                x, y = (numbers(self.column(name)[begin:end], name, self.file) for name in "xy")
                strokes = pages.setdefault(sheets[begin], Strokes(self.file, notes))
                strokes.add(x, y, *(None if values is None else values[begin:end] for values in (t, pressure)))
        seconds = 1.0 if time_column is None else units[time_column]
        inks = [strokes.ink(Source(file=self.file), seconds) for strokes in pages.values()]
        return [ink for ink in inks if ink is not None]

    def runs(self, notes: Notes) -> list[tuple[int, int]]:
        """Return the range of rows of every stroke: the first row, and one past the last.

        The rows of a stroke have the same key, and none of them is in the air.
        """
        air = self._in_air()  # must come first, because it may add boundaries between strokes
        names = self.column("stroke")
        if names:
            numbered = any(_is_stroke(name) for name in names)
            air = [up or (numbered and not _is_stroke(name)) for up, name in zip(air, names, strict=True)]
        else:
            places = zip(self.column("x"), self.column("y"), strict=True)
            gaps = [x.lower() in MISSING and y.lower() in MISSING for x, y in places]
            air = [up or gap or mark for up, gap, mark in zip(air, gaps, self._separators(), strict=True)]
        blanks = [0] * len(self.rows) if self.is_spaced else self.blanks
        marks = [column for key in ("stroke", "page", "eraser") if (column := self.column(key))]
        marks += self._restarting_groups(names, air) if names else []
        runs = _runs(list(zip(blanks, *marks, strict=True)), air)
        separating = self.columns.keys() & SEPARATING_COLUMNS
        kinds = self.column("event")
        if len(runs) == 1 and separating == {"event"} and len(set(kinds)) > 1 and "down" not in events(kinds):
            name = self.names[self.columns["event"]][:40]
            notes.drop(f"the column {name!r}", "its events are unknown; call them 'down', 'move' and 'up'")
        if len(runs) == 1 and runs[0][1] - runs[0][0] > 1 and not separating:
            runs = _runs(self._find_groups(notes), air)
        return runs

    def _values(self, column: int) -> list[str]:
        return [row[column] if len(row) > column else "" for row in self.rows]

    def _not_writing(self, row: int) -> str | None:
        """Return what the stroke that begins at this row is called if it is not writing, or None if it is."""
        values = self.rows[row]
        told = " ".join(values[i].lower() for i in self.tools if i < len(values))
        erased, opacity = (self.columns.get(key, len(values)) for key in ("eraser", "opacity"))
        if "eras" in told or "rubber" in told or (erased < len(values) and values[erased].lower() not in NO):
            return "eraser stroke"
        if "highlight" in told:
            return "highlighter stroke"
        hidden = opacity < len(values) and values[opacity].lower() in ("0", "0.0", "false", "no")
        return "invisible stroke" if hidden else None

    def _unknown_columns(self) -> list[int]:
        known = {*self.columns.values(), *self.tools}
        return [i for i in range(len(self.names)) if i not in known][:MAX_UNKNOWN_COLUMNS]

    def _restarting_groups(self, strokes: Sequence[str], air: Sequence[bool]) -> list[list[str]]:
        """Return the columns with every change of which the stroke numbers begin again.

        Columns of values that belong to points (tilt, speed) also change elsewhere. If there is only one stroke number,
        so that this cannot be seen, the name of the column decides.
        """
        rows = [row for row, is_up in enumerate(air) if not is_up]
        found = []
        for i in self._unknown_columns():
            values = self._values(i)
            changes = [(strokes[a], strokes[b]) for a, b in pairwise(rows) if values[a] != values[b]]
            restarts = all(after == strokes[rows[0]] for _, after in changes)
            is_visible = is_group(self.names[i]) or any(before != after for before, after in changes)
            if restarts and is_visible and len(changes) < MAX_GROUP_RATIO * len(rows):
                found.append(values)
        return found

    def _find_groups(self, notes: Notes) -> list[str]:
        """Return the column that separates the most strokes, among those with unknown names.

        If there is none, the unknown columns are noted, and all values of the result are empty.
        """
        unknown = self._unknown_columns()
        best, best_count = [""] * len(self.rows), 1
        for i in unknown:
            values = self._values(i)
            groups = [value for value, _ in groupby(values)]
            is_numbering = len(groups) == len(set(groups)) or is_group(self.names[i])
            if is_numbering and best_count < len(groups) <= MAX_GROUP_RATIO * len(values):
                best, best_count = values, len(groups)
        for i in unknown[:3] if best_count == 1 else ():
            reason = "its name is unknown; if it numbers the strokes, call it 'stroke', and if the pen is down, 'pen'"
            notes.drop(f"the column {self.names[i][:40]!r}", reason)
        return best

    def _separators(self) -> list[bool]:
        """Return, for each row, whether it is (-1, -1) and separates strokes.

        It does so only in a table in which no other coordinate is negative.
        """
        x, y = ([number_or_none(value) for value in self.column(name)] for name in "xy")
        marks = [a == -1 and b == -1 for a, b in zip(x, y, strict=True)]
        others = [v for column in (x, y) for v, mark in zip(column, marks, strict=True) if not mark and v is not None]
        return marks if others and min(others) >= 0 else [False] * len(marks)

    def _in_air(self) -> list[bool]:
        """Return, for each row, whether the pen is in the air."""
        down = self.column("down")
        event_kinds = events(self.column("event"))
        if "down" in event_kinds and (
            "move" in event_kinds or not any(a == b == "down" for a, b in pairwise(event_kinds))
        ):
            return self._apply_events(event_kinds, down)
        states = events(down)
        if {"down", "move"} <= set(states):
            return self._apply_events(states, [])
        first, up = self._flags("first"), self._flags("up")
        if any(first) and not all(first):
            self._begin_strokes(first)
        if any(value.lower() in NO for value in down) and not all(value.lower() in NO for value in down):
            return [value.lower() in NO for value in down]
        if any(up):
            return self._apply_pen_ups(up)
        pressure = [number_or_none(value) for value in self.column("pressure")]
        if any(value is not None and value > 0 for value in pressure):
            zero = [value is not None and value <= 0 for value in pressure]
            names = self.column("stroke")
            # Numbered strokes may begin and end without pressure; one without any is a movement in the air.
            touching = {name for name, is_zero in zip(names, zero, strict=False) if not is_zero}
            return [name not in touching for name in names] if names else zero
        return [False] * len(self.rows)

    def _apply_events(self, event_kinds: list[str], down: list[str]) -> list[bool]:
        """Begin a stroke where the pen is put down, and end it with the point at which it is lifted."""
        air, lifted = [], True
        told = any(value.lower() not in NO for value in down)
        for row, event in enumerate(event_kinds):
            hovers = event == "hover" or (told and event == "move" and down[row].lower() in NO)
            air.append(hovers or (lifted and event != "down"))
            lifted = event == "up" or (lifted and event != "down")
        self._begin_strokes([event == "down" for event in event_kinds])
        return air

    def _flags(self, key: str) -> list[bool]:
        """Return the values of a yes-or-no column; an empty list for a column of other values, such as times."""
        values = [value.lower() for value in self.column(key)]
        return [value in YES for value in values] if set(values) <= {*YES, *NO} else []

    def _apply_pen_ups(self, marks: list[bool]) -> list[bool]:
        """Interpret a column of pen-ups.

        It marks either the points in the air, many in a row, or the last point of each stroke.
        """
        if sum(a and b for a, b in pairwise(marks)) > sum(marks) / 3:
            return marks
        self._begin_strokes([False, *marks[:-1]])
        return [False] * len(marks)

    def _begin_strokes(self, begins: Sequence[bool]) -> None:
        """Begin a stroke at each of these rows, as if an empty line preceded it."""
        self.blanks = (np.array(self.blanks) + np.cumsum(begins)).tolist()
        self.is_spaced = False


def _runs(keys: Sequence[object], air: Sequence[bool]) -> list[tuple[int, int]]:
    """Return the ranges of consecutive rows that have the same key and are not in the air."""
    runs: list[tuple[int, int]] = []
    for row, (key, up) in enumerate(zip(keys, air, strict=True)):
        if up:
            continue
        if runs and runs[-1][1] == row and keys[row - 1] == key:
            runs[-1] = (runs[-1][0], row + 1)
        else:
            runs.append((row, row + 1))
    return runs


def _is_stroke(stroke: str) -> bool:
    """Return whether this is the number or the name of a stroke; between strokes it is -1 or missing."""
    return stroke.lower() not in MISSING and not stroke.startswith("-")


def _parse_optional(values: list[str]) -> Floats | None:
    """Parse numbers, with NaN where one is missing or invalid; return None for an empty column."""
    if not any(values):
        return None
    return np.array([np.nan if (n := number_or_none(value)) is None else n for value in values])
