"""Tables of points (CSV): a line of column names, then a line for each point.

Columns are found by their names, in any order: ``x``, ``y``, and optionally the time, the stroke's number, the
pressure, and whether the pen is down (see :mod:`~handwriting.formats.point_table`); others are ignored. Times are in
seconds under ``t``, ``time`` and ``seconds``, and in milliseconds where the name says so (``ms``, ``t_ms``). Columns
are separated by commas, semicolons or tabs; with semicolons a decimal comma is understood.
"""

from __future__ import annotations

from collections.abc import Sequence

from handwriting.errors import InkError
from handwriting.formats.numerals import places, texts
from handwriting.formats.point_table import PointTable, where
from handwriting.ink import Page
from handwriting.limits import check_points
from handwriting.notes import Notes

HOLDS = frozenset({"time", "start time", "pressure"})


def recognises(head: bytes) -> bool:
    return {"x", "y"} <= where(_names(_text(head).lstrip("\n").partition("\n")[0])[0]).keys()


def read(data: bytes, file: str, notes: Notes) -> list[Page]:
    """The ink of a table; raises :class:`InkError` when the columns x and y are missing."""
    first, _, rest = _text(data).lstrip("\n").partition("\n")
    names, separator = _names(first)
    if not {"x", "y"} <= where(names).keys():
        raise InkError(
            f"{file}: its first line {first[:60]!r} does not name the columns x and y; put it first: x,y,stroke"
        )
    check_points(rest.count("\n") + 1, file)
    rows: list[list[str]] = []
    blanks: list[int] = []
    empty = 0
    for line in rest.split("\n"):
        if not line.strip(" \t\r" + separator):
            empty += 1
            continue
        values = [value.strip(' "') for value in line.split(separator)]
        rows.append([value.replace(",", ".") for value in values] if separator == ";" else values)
        blanks.append(empty)
    check_points(len(rows), file)
    ink = PointTable(names, rows, blanks, file).ink(notes)
    return [] if ink is None else [Page(ink)]


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


def _text(data: bytes) -> str:
    """Tables are ASCII; a spreadsheet may have saved UTF-16, and a column that is ignored may hold anything."""
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    return data.decode(encoding, errors="replace").replace("\r\n", "\n").replace("\r", "\n")


def _names(line: str) -> tuple[list[str], str]:
    """The names of the columns, and the separator."""
    line = line.strip("\r")[:1000]
    separator = max(",;\t", key=line.count)
    return [name.strip(' "') for name in line.split(separator)], separator
