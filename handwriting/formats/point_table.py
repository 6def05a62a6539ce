"""Tables of points, from CSV or from a flat list of JSON objects: which columns there are and where strokes end.

A stroke ends where its number changes, at an empty line, where x and y are missing in a table without numbers, where an
event says that the pen is put down, and where the pen is in the air: a pen column says so, the stroke has no number,
the pressure is 0 in a table that has some, or the point is (-1, -1) where no other is below 0.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from handwriting.errors import InkError
from handwriting.formats import times
from handwriting.formats.strokes import Strokes
from handwriting.ink import Floats, Ink, Source
from handwriting.limits import number_or_none, numbers
from handwriting.notes import Notes

NAMES = {
    "x": ("x", "px", "pos_x", "posx", "x_mm", "x_px", "clientx", "pagex", "offsetx"),
    "y": ("y", "py", "pos_y", "posy", "y_mm", "y_px", "clienty", "pagey", "offsety"),
    "t": ("t", "time", "seconds", "t_s", "time_s", "timestamp"),
    "ms": ("ms", "t_ms", "time_ms", "timestamp_ms", "milliseconds"),
    "us": ("us", "t_us", "time_us", "timestamp_us", "microseconds"),
    "ns": ("ns", "t_ns", "time_ns", "timestamp_ns", "nanoseconds"),
    "stroke": ("stroke", "stroke_id", "strokeid", "stroke_number", "stroke_index", "trace", "trace_id", "s"),
    "pressure": ("pressure", "p", "force", "f"),
    "down": (
        "pen_down",
        "pendown",
        "is_down",
        "isdown",
        "down",
        "pen_state",
        "penstate",
        "pen_status",
        "state",
        "status",
        "contact",
        "touching",
        "pressed",
        "is_pressed",
        "tip",
        "pen",
    ),
    "up": ("pen_up", "penup", "up", "eos", "end_of_stroke", "in_air", "inair", "hover", "hovering"),
    "eraser": ("eraser", "is_eraser", "iseraser", "erasing", "erase"),
    "tool": ("tool", "pen_type", "pentype", "pointer_type", "pointertype", "tool_type"),
    "event": ("event", "event_type", "eventtype", "action", "phase", "type", "e"),
}
"""Accepted names of each column, in lower case."""
NOTHING = ("", "nan", "null", "none", "na")
"""Values that stand for a missing one."""
UNITS = {"t": 1.0, "ms": 1e-3, "us": 1e-6, "ns": 1e-9}
"""Seconds a unit of the columns of times; a format may mean something else by ``t``."""
NO = ("0", "0.0", "false", "f", "no", "n", "up", "off", "air", "hover", "penup", "pen_up", "none", "")
"""Values of a pen column that mean no."""
PUT_DOWN = ("down", "start", "begin", "pendown", "pointerdown", "mousedown", "touchstart")
LIFTED = ("up", "end", "cancel", "penup", "pointerup", "mouseup", "touchend", "pointercancel", "touchcancel", "leave")
HOVERS = ("hover", "air", "enter", "out")


class PointTable:
    """Rows of text under names; ``blanks``: how many empty lines stand before each row.

    Values that are missing at the end of a row are ``""``. Raises :class:`InkError` without columns x and y.
    """

    def __init__(self, names: Sequence[str], rows: Sequence[Sequence[str]], blanks: Sequence[int], file: str) -> None:
        self.rows, self.blanks, self.file = rows, list(blanks), file
        self.columns = where(names)
        # In a table with an empty line after every row, the empty lines separate nothing.
        self.spaced = sum(a != b for a, b in pairwise(self.blanks)) > len(rows) // 2
        if "x" not in self.columns or "y" not in self.columns:
            raise InkError(f"{file}: it does not name the columns x and y")

    def column(self, key: str) -> list[str]:
        """The values of a column, one a row; empty when the table does not have it."""
        i = self.columns.get(key)
        return [] if i is None else [row[i] if len(row) > i else "" for row in self.rows]

    def ink(self, notes: Notes, unit: float = 1.0) -> Ink | None:
        """The strokes; None when there are none. ``unit``: seconds a unit of the column ``t``."""
        strokes = Strokes(self.file, notes)
        units = UNITS | {"t": unit}
        clock = next((name for name in units if any(self.column(name))), None)
        t = None if clock is None else times.column(self.column(clock), units[clock])
        pressure = _optional(self.column("pressure"))
        tools = [tool.lower() for tool in self.column("tool")]
        erased = [value.lower() not in NO for value in self.column("eraser")]
        for number, (begin, end) in enumerate(self.runs(), 1):
            if erased and erased[begin]:
                notes.count("eraser stroke")
                continue
            if tools and (name := next((n for n in ("eraser", "highlighter") if n[:5] in tools[begin]), None)):
                notes.count(f"{name} stroke")
                continue
            with notes.part(f"stroke {number}"):
                x, y = (numbers(self.column(name)[begin:end], name, self.file) for name in "xy")
                strokes.add(x, y, *(None if values is None else values[begin:end] for values in (t, pressure)))
        return strokes.ink(Source(file=self.file), 1.0 if clock is None else units[clock])

    def runs(self) -> list[tuple[int, int]]:
        """First and one past the last row of every stroke: rows with one key, none of them in the air."""
        air = self._air()  # it may find further ends of strokes
        names = self.column("stroke")
        if names:
            numbered = any(_is_stroke(name) for name in names)
            air = [up or (numbered and not _is_stroke(name)) for up, name in zip(air, names, strict=True)]
        else:
            places = zip(self.column("x"), self.column("y"), strict=True)
            gaps = [x.lower() in NOTHING and y.lower() in NOTHING for x, y in places]
            air = [up or gap or mark for up, gap, mark in zip(air, gaps, self._marks(), strict=True)]
            names = self.column("eraser") or [""] * len(self.rows)
        keys = list(zip(names, [0] * len(names) if self.spaced else self.blanks, strict=True))
        runs: list[tuple[int, int]] = []
        for row, (key, up) in enumerate(zip(keys, air, strict=True)):
            if up:
                continue
            if runs and runs[-1][1] == row and keys[row - 1] == key:
                runs[-1] = (runs[-1][0], row + 1)
            else:
                runs.append((row, row + 1))
        return runs

    def _marks(self) -> list[bool]:
        """Whether each row is (-1, -1) in a table of points that are not below 0: such rows part strokes."""
        x, y = ([number_or_none(value) for value in self.column(name)] for name in "xy")
        marks = [a == -1 and b == -1 for a, b in zip(x, y, strict=True)]
        others = [v for column in (x, y) for v, mark in zip(column, marks, strict=True) if not mark and v is not None]
        return marks if others and min(others) >= 0 else [False] * len(marks)

    def _air(self) -> list[bool]:
        """Whether the pen is in the air at each row."""
        down, up = self.column("down"), self.column("up")
        events = [event.lower() for event in self.column("event")]
        if any(event in PUT_DOWN for event in events):
            return self._by_events(events)
        if any(value.lower() in NO for value in down) and not all(value.lower() in NO for value in down):
            return [value.lower() in NO for value in down]
        if any(value.lower() not in NO for value in up):
            return self._after_up(up)
        pressure = [number_or_none(value) for value in self.column("pressure")]
        if any(value is not None and value > 0 for value in pressure):
            zero = [value is not None and value <= 0 for value in pressure]
            names = self.column("stroke")
            # Numbered strokes may begin and end with no pressure; one that never has any is a way through the air.
            touching = {name for name, is_zero in zip(names, zero, strict=False) if not is_zero}
            return [name not in touching for name in names] if names else zero
        return [False] * len(self.rows)

    def _by_events(self, events: list[str]) -> list[bool]:
        """A stroke begins where the pen is put down, and ends with the point at which it is lifted."""
        air, lifted, strokes = [], True, 0
        for row, event in enumerate(events):
            if event in PUT_DOWN:
                strokes += 1
            air.append(event in HOVERS or (lifted and event not in PUT_DOWN))
            lifted = event in LIFTED or (lifted and event not in PUT_DOWN)
            self.blanks[row] = strokes
        self.spaced = False
        return air

    def _after_up(self, up: list[str]) -> list[bool]:
        """A column of pen-ups marks the points in the air, many in a row, or the last point of each stroke."""
        marks = [value.lower() not in NO for value in up]
        if sum(a and b for a, b in pairwise(marks)) > sum(marks) / 3:
            return marks
        ends = np.cumsum([False, *marks[:-1]])
        self.blanks = [blanks + int(end) for blanks, end in zip(self.blanks, ends, strict=True)]
        self.spaced = False
        return [False] * len(marks)


def where(names: Sequence[str]) -> dict[str, int]:
    """The index of each known column; names may be followed by a unit in brackets (``X (mm)``)."""
    plain = [re.sub(r"\s*[(\[].{0,20}[)\]]\s*$", "", name.strip().lower()[:60]) for name in names]
    found = {}
    for key, known in NAMES.items():
        index = next((plain.index(name) for name in known if name in plain), None)
        if index is not None:
            found[key] = index
    return found


def _is_stroke(stroke: str) -> bool:
    """Whether this is the number or the name of a stroke; points between strokes have -1 or nothing."""
    return stroke.lower() not in NOTHING and not stroke.startswith("-")


def _optional(values: list[str]) -> Floats | None:
    """Numbers, NaN where one is missing or invalid; None for an empty column."""
    if not any(values):
        return None
    return np.array([np.nan if (n := number_or_none(value)) is None else n for value in values])
