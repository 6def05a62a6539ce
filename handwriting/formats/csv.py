"""Tables of points (CSV): a line of names, then a line for each point.

The columns are found by their names, in any order: ``x``, ``y``, and optionally the time, the stroke's number, the
pressure; others are passed over. Without stroke numbers all is one stroke. Times are seconds in ``t``, ``time`` and
``seconds``, and milliseconds where the name says so (``ms``, ``t_ms``). Commas, semicolons or tabs part the columns;
with semicolons a decimal comma is understood.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from handwriting.errors import InkError
from handwriting.formats.numerals import places, texts
from handwriting.ink import Ink, Page, Source
from handwriting.limits import MAX_MILLISECONDS, check_points, numbers

HOLDS = frozenset({"time", "start time", "pressure"})
NAMES = {
    "x": ("x", "px", "pos_x", "x_mm"),
    "y": ("y", "py", "pos_y", "y_mm"),
    "t": ("t", "time", "seconds", "t_s", "time_s", "timestamp"),
    "ms": ("ms", "t_ms", "time_ms", "timestamp_ms", "milliseconds"),
    "stroke": ("stroke", "stroke_id", "stroke_number", "strokeid", "trace", "trace_id", "s"),
    "pressure": ("pressure", "p", "force", "f"),
}
"""What each column may be called, in lower case."""


def recognises(head: bytes) -> bool:
    names = set(_names(_text(head).partition("\n")[0])[0])
    return bool(names & set(NAMES["x"]) and names & set(NAMES["y"]))


def read(data: bytes, file: str) -> Ink:
    """The ink of a table; raises :class:`InkError` with one line when a column or a value is missing or wrong."""
    first, _, rest = _text(data).partition("\n")
    names, separator = _names(first)
    columns = {key: i for key, known in NAMES.items() for i in [_where(names, known)] if i is not None}
    if "x" not in columns or "y" not in columns:
        raise InkError(
            f"{file}: its first line {first[:60]!r} does not name the columns x and y; put it first: x,y,stroke"
        )
    check_points(rest.count("\n") + 1, file)
    rows = [row.split(separator) for row in rest.split("\n") if row.strip(" \t\r" + separator)]
    check_points(len(rows), file)
    found: dict[str, list[str]] = {}
    for key, i in columns.items():
        short = next((n for n, row in enumerate(rows, 1) if len(row) <= i), None)
        if short is not None:
            raise InkError(f"{file}: point {short} has no column {names[i]!r}; every line needs {len(names)} columns")
        found[key] = [row[i].strip(' "') for row in rows]
    if separator == ";":
        found = {key: [value.replace(",", ".") for value in values] for key, values in found.items()}
    x, y = (numbers(found[name], name, file) for name in "xy")
    t, pressure = None, None
    if any(found.get("ms", ())):
        t = numbers(found["ms"], "time in ms", file, MAX_MILLISECONDS) / 1000
    elif any(found.get("t", ())):
        t = numbers(found["t"], "time", file, MAX_MILLISECONDS)
    if any(found.get("pressure", ())):
        pressure = numbers(found["pressure"], "pressure", file).clip(0)
        pressure = pressure / max(1.0, float(pressure.max()))
    stroke = found.get("stroke", ["1"] * len(rows))
    starts = [0] + [i for i in range(1, len(rows)) if stroke[i] != stroke[i - 1]]
    check_points(len(rows), file, len(starts))
    source = Source(start_time=None if t is None else float(t[0]) or None, file=file)
    return Ink(x, y, np.array(starts), None if t is None else t - t[0], pressure, source)


def write(pages: Sequence[Page]) -> bytes:
    """One page as a table of x, y, stroke, and t and pressure where there are any."""
    ink = pages[0].ink
    digits = places(ink.x, ink.y)
    columns = {"x": texts(ink.x, digits), "y": texts(ink.y, digits), "stroke": texts(ink.stroke_index + 1, 0)}
    if ink.t is not None:
        columns["t"] = texts(ink.t + (ink.source.start_time or 0), 6)
    if ink.pressure is not None:
        columns["pressure"] = texts(ink.pressure, 4)
    lines = [",".join(columns), *map(",".join, zip(*columns.values(), strict=True))]
    return ("\n".join(lines) + "\n").encode()


def _text(data: bytes) -> str:
    """Tables are ASCII; a spreadsheet may have saved UTF-16, and a column that is not ours may hold anything."""
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    return data.decode(encoding, errors="replace").replace("\r\n", "\n").replace("\r", "\n")


def _names(line: str) -> tuple[list[str], str]:
    """The columns' names in lower case, and what parts them."""
    line = line.strip("\r")[:1000]
    separator = max(",;\t", key=line.count)
    return [name.strip(' "').lower() for name in line.split(separator)], separator


def _where(names: list[str], known: Sequence[str]) -> int | None:
    return next((names.index(name) for name in known if name in names), None)
