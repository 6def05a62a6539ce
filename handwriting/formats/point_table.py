"""Tables of points, from CSV or from a flat list of JSON objects: find the strokes, and leave out what is not writing.

A stroke ends where the stroke number changes, at an empty line, where x and y are missing in a table without stroke
numbers, where the pen is lifted (:mod:`~handwriting.formats.pen_lifts`), where the stroke has no number, or where the
point is (-1, -1) and no other coordinate is negative. Where stroke numbers begin again with every letter, word, line or
sample, a change in that column also ends a stroke. If the table has none of these, comments separate the strokes, or a
column with an unknown name whose values form groups, or what can be inferred from the movements of the pen
(:mod:`~handwriting.formats.inferred_lifts`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby, pairwise

import numpy as np

from handwriting.errors import InkError
from handwriting.formats import times
from handwriting.formats.column_names import ZERO_IS_DOWN, is_group, plain, tools, where
from handwriting.formats.inferred_lifts import infer_from_others, infer_from_pauses, infer_lifts
from handwriting.formats.pen_lifts import find_lifts, kind_of_strokes
from handwriting.formats.pen_states import MISSING, invert, names_tools
from handwriting.formats.stroke_marks import are_rare
from handwriting.formats.strokes import Strokes
from handwriting.formats.table_order import order_of
from handwriting.formats.table_tools import not_writing, numbered_erasers
from handwriting.ink import Floats, Ink, Source
from handwriting.limits import number_or_none, numbers
from handwriting.notes import Notes

UNITS = {"t": 1.0, "ms": 1e-3, "us": 1e-6, "ns": 1e-9}
"""Seconds per unit of the columns of times; a format may use another unit for ``t``."""
SEPARATING_COLUMNS = {"stroke", "down", "drag", "up", "first", "event"}
"""Columns that separate strokes."""
MAX_UNKNOWN_COLUMNS = 20
"""Maximum number of columns with unknown names that are considered as stroke numbers."""
MAX_TYPES = 8
"""Maximum number of types of points."""
MAX_GROUP_RATIO = 0.7
"""Maximum number of groups per row in a column that numbers the strokes, or what they belong to."""
MAX_UNKNOWN_RATIO = 0.4
"""The same in a column with an unknown name, which may also be the time of several points each."""


class PointTable:
    """Named columns of text values.

    ``blanks`` is the number of empty lines before each row, and ``comments`` the number of comments, if there are any.

    Values that are missing at the end of a row are ``""``. Raises :class:`InkError` if there are no columns x and y.
    """

    def __init__(
        self,
        names: Sequence[str],
        rows: Sequence[Sequence[str]],
        blanks: Sequence[int],
        file: str,
        comments: Sequence[int] = (),
    ) -> None:
        self.names, self.rows, self.blanks, self.file, self.comments = names, rows, blanks, file, comments
        self.columns, self.tools = where(names), tools(names)
        # If there is an empty line after every row, the empty lines do not separate strokes.
        self.is_spaced = sum(a != b for a, b in pairwise(self.blanks)) > len(rows) // 2
        if "x" not in self.columns or "y" not in self.columns:
            raise InkError(f"{file}: it does not name the columns x and y")
        self.known = {key: self._values(i) for key, i in self.columns.items()}
        if "down" in self.known and ZERO_IS_DOWN.search(plain(names[self.columns["down"]])):
            self.known["down"] = invert(self.known["down"])
        if (kind := kind_of_strokes(self.known)) is not None:
            self.columns[kind], self.known[kind] = self.columns.pop("stroke"), self.known.pop("stroke")
        if "event" not in self.columns and _are_words(self.known.get("t", [])):
            self.columns["event"], self.known["event"] = self.columns.pop("t"), self.known.pop("t")
        if "stroke" in self.known:
            self.known["stroke"] = _filled(self.known["stroke"])
        self.known_names = {key: names[i] for key, i in self.columns.items()}
        self.erased = numbered_erasers(names, rows)
        self.not_writing = not_writing(names, self.known, rows, self.erased)

    def column(self, key: str) -> list[str]:
        """Return the values of a column, one per row; an empty list if the table does not have it."""
        return self.known.get(key, [])

    def inks(self, notes: Notes, unit: float = 1.0) -> list[Ink]:
        """Return the ink of each page that has strokes.

        ``unit`` is the number of seconds per unit of the column ``t``.
        """
        t, seconds = self._times(UNITS | {"t": unit})
        if (order := order_of(self.column("stroke"), t, notes)) is not None:
            rows = [self.rows[row] for row in order]
            return PointTable(self.names, rows, [0] * len(rows), self.file).inks(notes, unit)
        pressure = _parse_optional(self.column("pressure"))
        sheets = self.column("page") or [""] * len(self.rows)
        pages: dict[str, Strokes] = {}
        for number, (begin, end) in enumerate(self.runs(notes), 1):
            if self.not_writing[begin]:
                notes.count(self.not_writing[begin])
                continue
            with notes.part(f"stroke {number}"):
                x, y = (numbers(self.column(name)[begin:end], name, self.file) for name in "xy")
                strokes = pages.setdefault(sheets[begin], Strokes(self.file, notes))
                strokes.add(x, y, *(None if values is None else values[begin:end] for values in (t, pressure)))
        inks = [strokes.ink(Source(file=self.file), seconds) for strokes in pages.values()]
        return [ink for ink in inks if ink is not None]

    def _times(self, units: Mapping[str, float]) -> tuple[Floats | None, float]:
        """Return the time of each row, or None if there is none, and the seconds per unit of these times."""
        name = next((name for name in units if any(self.column(name))), None)
        return (None, 1.0) if name is None else (times.parse_column(self.column(name), units[name]), units[name])

    def runs(self, notes: Notes) -> list[tuple[int, int]]:
        """Return the range of rows of every stroke: the first row, and one past the last.

        The rows of a stroke have the same key, and none of them is in the air.
        """
        lifts = find_lifts(self.known, self.known_names, len(self.rows), notes)
        air, names = lifts.air, self.column("stroke")
        if names:
            between = {name for name in set(names) if not _is_stroke(name)}
            if len(between) < len(set(names)):
                air = [up or name in between for up, name in zip(air, names, strict=True)]
        else:
            places = zip(self.column("x"), self.column("y"), strict=True)
            gaps = [x.lower() in MISSING and y.lower() in MISSING for x, y in places]
            air = [up or gap or mark for up, gap, mark in zip(air, gaps, self._separators(), strict=True)]
        blanks = [0] * len(self.rows) if self.is_spaced else self.blanks
        marks = [column for key in ("stroke", "page", "eraser") if (column := self.column(key))]
        marks += self._restarting_groups(names, air) if names else []
        runs = _runs(list(zip(blanks, np.cumsum(lifts.begins).tolist(), self.erased, *marks, strict=True)), air)
        is_known = bool(self.columns.keys() & SEPARATING_COLUMNS - set(lifts.unknown))
        if len(runs) == 1 and runs[0][1] - runs[0][0] > 1 and not is_known:
            return self._infer_runs(air, lifts.unknown, notes)
        # Beside stroke numbers, numbers are often those of buttons or pens.
        if "down" in lifts.unknown and any(number_or_none(value) is None for value in set(self.column("down"))):
            self._note_unknown("down", notes)
        return runs

    def _infer_runs(self, air: Sequence[bool], unknown: Sequence[str], notes: Notes) -> list[tuple[int, int]]:
        """Return the strokes of a table in which nothing that is known for certain separates them.

        The columns that might separate them are noted if the strokes are not found.
        """
        lifts = infer_lifts(self.known, self.known_names, unknown, notes)
        if lifts is None:
            for key in unknown:
                self._note_unknown(key, notes)
            groups = self.comments if len(set(self.comments)) > 1 else self._find_groups()
            if groups is not None:
                return _runs(groups, air)
            others = self._unknown_columns()
            lifts = infer_from_others(self.known, {self.names[i]: self._values(i) for i in others}, notes)
            lifts = lifts or infer_from_pauses(self.known, self._times(UNITS)[0], notes)
        if lifts is not None:
            in_air = [a or b for a, b in zip(air, lifts.air, strict=True)]
            return _runs(np.cumsum(lifts.begins).tolist(), in_air)
        for i in others[:3]:
            reason = "its name is unknown; if it numbers the strokes, call it 'stroke', and if the pen is down, 'pen'"
            notes.drop(f"the column {self.names[i][:40]!r}", reason)
        return _runs([0] * len(air), air)

    def _note_unknown(self, key: str, notes: Notes) -> None:
        """Note that the values of a column that could separate strokes were not understood."""
        values = sorted(set(self.column(key)))
        if names_tools(set(values)):
            return
        shown = " and ".join(repr(value[:20]) for value in values[:2])
        remedy = "write 1 where the pen is down, and 0 in the air" if key == "down" else "write down, move and up"
        more = f" and {len(values) - 2} more" if len(values) > 2 else ""
        notes.drop(f"the column {self.known_names[key][:40]!r}", f"its values {shown}{more} are unknown; {remedy}")

    def _values(self, column: int) -> list[str]:
        return [row[column] if len(row) > column else "" for row in self.rows]

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

    def _find_groups(self) -> list[str] | None:
        """Return the column that separates the most strokes, among those with unknown names; None if there is none."""
        best, best_count = None, 1
        for i in self._unknown_columns():
            values = self._values(i)
            groups = [value for value, _ in groupby(values)]
            is_known = is_group(self.names[i])
            ratio = MAX_GROUP_RATIO if is_known else MAX_UNKNOWN_RATIO
            if (is_known or len(groups) == len(set(groups))) and best_count < len(groups) <= ratio * len(values):
                best, best_count = values, len(groups)
        return best

    def _separators(self) -> list[bool]:
        """Return, for each row, whether it is (-1, -1) and separates strokes.

        It does so only in a table in which no other coordinate is negative.
        """
        x, y = ([number_or_none(value) for value in self.column(name)] for name in "xy")
        marks = [a == -1 and b == -1 for a, b in zip(x, y, strict=True)]
        others = [v for column in (x, y) for v, mark in zip(column, marks, strict=True) if not mark and v is not None]
        return marks if others and min(others) >= 0 else [False] * len(marks)


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


def _filled(strokes: list[str]) -> list[str]:
    """Return the stroke of each row, if rows are only said to be of one where it begins, as in merged cells."""
    named = [value.lower() not in MISSING for value in strokes]
    if not strokes or not named[0] or not are_rare(named):
        return strokes
    filled = strokes[:1]
    for value, is_named in zip(strokes[1:], named[1:], strict=True):
        filled.append(value if is_named else filled[-1])
    return filled


def _are_words(values: Sequence[str]) -> bool:
    """Return whether the values of a column ``t`` are types, such as ``M`` and ``L``, and not times."""
    distinct = set(values)
    return 1 < len(distinct) <= MAX_TYPES and all(value.isalpha() for value in distinct)


def _parse_optional(values: list[str]) -> Floats | None:
    """Parse numbers, with NaN where one is missing or invalid; return None for an empty column."""
    if not any(values):
        return None
    return np.array([np.nan if (n := number_or_none(value)) is None else n for value in values])
