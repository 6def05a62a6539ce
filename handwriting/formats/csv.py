"""Tables of points (CSV): a line of column names, then a line for each point.

Columns are found by their names, in any order: ``x``, ``y``, and optionally the time, the stroke's number, the
pressure, and whether the pen is down; others are ignored. A stroke ends where its number changes, at an empty line,
and where the pen is in the air: a pen column says so, or the pressure is 0 in a table that has some. Times are in
seconds under ``t``, ``time`` and ``seconds``, and in milliseconds where the name says so (``ms``, ``t_ms``). Columns
are separated by commas, semicolons or tabs; with semicolons a decimal comma is understood.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from handwriting.errors import InkError
from handwriting.formats import times
from handwriting.formats.numerals import places, texts
from handwriting.formats.strokes import Strokes
from handwriting.ink import Floats, Page, Source
from handwriting.limits import check_points, number_or_none, numbers
from handwriting.notes import Notes

HOLDS = frozenset({"time", "start time", "pressure"})
NAMES = {
    "x": ("x", "px", "pos_x", "x_mm", "x_px"),
    "y": ("y", "py", "pos_y", "y_mm", "y_px"),
    "t": ("t", "time", "seconds", "t_s", "time_s", "timestamp"),
    "ms": ("ms", "t_ms", "time_ms", "timestamp_ms", "milliseconds"),
    "us": ("us", "t_us", "time_us", "timestamp_us", "microseconds"),
    "ns": ("ns", "t_ns", "time_ns", "timestamp_ns", "nanoseconds"),
    "stroke": ("stroke", "stroke_id", "stroke_number", "strokeid", "trace", "trace_id", "s"),
    "pressure": ("pressure", "p", "force", "f"),
    "down": ("pen_down", "pendown", "down", "pen_state", "penstate", "touching", "touch", "contact", "is_down", "pen"),
    "up": ("pen_up", "penup", "up", "eos", "end_of_stroke", "in_air", "hover", "hovering"),
    "tool": ("tool", "pen_type", "pointer_type", "pointertype", "type"),
}
"""Accepted names of each column, in lower case."""
UNITS = {"t": 1.0, "ms": 1e-3, "us": 1e-6, "ns": 1e-9}
NO = ("0", "0.0", "false", "f", "no", "n", "up", "off", "air", "hover", "penup", "pen_up", "")
"""Values of a pen column that mean no."""


def recognises(head: bytes) -> bool:
    names = set(_names(_text(head).lstrip("\n").partition("\n")[0])[0])
    return bool(names & set(NAMES["x"]) and names & set(NAMES["y"]))


def read(data: bytes, file: str, notes: Notes) -> list[Page]:
    """The ink of a table; raises :class:`InkError` when the columns x and y are missing."""
    table = _Table(_text(data), file)
    air = table.air()
    strokes = Strokes(file, notes)
    unit = next((name for name in UNITS if any(table.column(name))), None)
    t = None if unit is None else times.column(table.column(unit), UNITS[unit])
    pressure = _optional(table.column("pressure"))
    tools = table.column("tool")
    for number, (begin, end) in enumerate(_runs(table.stroke_keys(), air), 1):
        if tools and any(word in tools[begin].lower() for word in ("eras", "highlight")):
            notes.count(f"{'eraser' if 'eras' in tools[begin].lower() else 'highlighter'} stroke")
            continue
        with notes.part(f"stroke {number}"):
            x, y = (numbers(table.column(name)[begin:end], name, file) for name in "xy")
            strokes.add(x, y, *(None if values is None else values[begin:end] for values in (t, pressure)))
    ink = strokes.ink(Source(file=file), 1.0 if unit is None else UNITS[unit])
    return [] if ink is None else [Page(ink)]


class _Table:
    """The columns of a table as text; ``""`` where a line is too short."""

    def __init__(self, text: str, file: str) -> None:
        first, _, rest = text.lstrip("\n").partition("\n")
        names, separator = _names(first)
        self.columns = {key: i for key, known in NAMES.items() for i in [_where(names, known)] if i is not None}
        if "x" not in self.columns or "y" not in self.columns:
            raise InkError(
                f"{file}: its first line {first[:60]!r} does not name the columns x and y; put it first: x,y,stroke"
            )
        check_points(rest.count("\n") + 1, file)
        self.rows: list[list[str]] = []
        self.blanks: list[int] = []
        """How many empty lines stand before each row."""
        blanks = 0
        for line in rest.split("\n"):
            if not line.strip(" \t\r" + separator):
                blanks += 1
                continue
            self.rows.append(line.split(separator))
            self.blanks.append(blanks)
        check_points(len(self.rows), file)
        # In a table with an empty line after every row, the empty lines separate nothing.
        self.spaced = sum(a != b for a, b in zip(self.blanks, self.blanks[1:], strict=False)) > len(self.rows) // 2
        self.decimal_comma = separator == ";"

    def column(self, key: str) -> list[str]:
        """The values of a column, one a row; empty when the table does not have it."""
        i = self.columns.get(key)
        if i is None:
            return []
        values = [row[i].strip(' "') if len(row) > i else "" for row in self.rows]
        return [value.replace(",", ".") for value in values] if self.decimal_comma else values

    def stroke_keys(self) -> list[tuple[str, int]]:
        """What changes from row to row where a stroke ends: its number, and the empty lines so far."""
        names = self.column("stroke") or [""] * len(self.rows)
        return list(zip(names, [0] * len(names) if self.spaced else self.blanks, strict=True))

    def air(self) -> list[bool]:
        """Whether the pen is in the air at each row."""
        down, up = self.column("down"), self.column("up")
        if any(value.lower() in NO for value in down) and not all(value.lower() in NO for value in down):
            return [value.lower() in NO for value in down]
        if "up" in self.columns and any(value.lower() not in NO for value in up):
            return self._after_up(up)
        pressure = [number_or_none(value) for value in self.column("pressure")]
        if any(value is not None and value > 0 for value in pressure):
            zero = [value is not None and value <= 0 for value in pressure]
            names = self.column("stroke")
            # Numbered strokes may begin and end with no pressure; one that never has any is a way through the air.
            touching = {name for name, is_zero in zip(names, zero, strict=False) if not is_zero}
            return [name not in touching for name in names] if names else zero
        return [False] * len(self.rows)

    def _after_up(self, up: list[str]) -> list[bool]:
        """A column of pen-ups marks the points in the air, many in a row, or the last point of each stroke."""
        marks = [value.lower() not in NO for value in up]
        if sum(a and b for a, b in pairwise(marks)) > sum(marks) / 3:
            return marks
        ends = np.cumsum([False, *marks[:-1]])
        self.blanks = [blanks + int(end) for blanks, end in zip(self.blanks, ends, strict=True)]
        self.spaced = False
        return [False] * len(marks)


def write(pages: Sequence[Page]) -> bytes:
    """One page as a table of x, y, stroke, and t and pressure where there are any."""
    ink = pages[0].ink
    digits = places(ink.x, ink.y)
    columns = {"x": texts(ink.x, digits), "y": texts(ink.y, digits), "stroke": texts(ink.stroke_index + 1, 0)}
    if ink.t is not None:
        columns["t"] = texts(ink.t + (ink.source.start_time or 0), 6)
    if ink.pressure is not None:
        columns["pressure"] = texts(ink.pressure.clip(1e-4), 4)  # 0 would mean that the pen is in the air
    lines = [",".join(columns), *map(",".join, zip(*columns.values(), strict=True))]
    return ("\n".join(lines) + "\n").encode()


def _runs(keys: list[tuple[str, int]], air: list[bool]) -> list[tuple[int, int]]:
    """First and one past the last row of every stroke: rows with one key, none of them in the air."""
    runs: list[tuple[int, int]] = []
    for row, (key, up) in enumerate(zip(keys, air, strict=True)):
        if up:
            continue
        if runs and runs[-1][1] == row and keys[row - 1] == key:
            runs[-1] = (runs[-1][0], row + 1)
        else:
            runs.append((row, row + 1))
    return runs


def _optional(values: list[str]) -> Floats | None:
    """Numbers, NaN where one is missing or invalid; None for an empty column."""
    if not any(values):
        return None
    return np.array([np.nan if (n := number_or_none(value)) is None else n for value in values])


def _text(data: bytes) -> str:
    """Tables are ASCII; a spreadsheet may have saved UTF-16, and a column that is ignored may hold anything."""
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    return data.decode(encoding, errors="replace").replace("\r\n", "\n").replace("\r", "\n")


def _names(line: str) -> tuple[list[str], str]:
    """The names of the columns in lower case, and the separator."""
    line = line.strip("\r")[:1000]
    separator = max(",;\t", key=line.count)
    return [name.strip(' "').lower() for name in line.split(separator)], separator


def _where(names: list[str], known: Sequence[str]) -> int | None:
    return next((names.index(name) for name in known if name in names), None)
