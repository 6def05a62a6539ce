"""Tables of points (CSV): a line of column names, then a line for each point.

Columns are found by their names in any order, in English and some other languages: ``x``, ``y``, and optionally the
time, the number of the stroke and the page, the pressure, events, tools, and whether the pen is down (see
:mod:`~handwriting.formats.column_names` and :mod:`~handwriting.formats.point_table`); others are ignored. Times are in
seconds under ``t``, ``time`` and ``seconds``, and in milliseconds where the name says so (``ms``, ``Time (ms)``).
Columns are separated by commas, semicolons, tabs, bars, or spaces (see :mod:`~handwriting.formats.table_text`); a
decimal comma is understood where it is none of these or the value is in quotes. A table that names no columns is read
if its layout is known (see :mod:`~handwriting.formats.bare_table`).
"""

from __future__ import annotations

from collections.abc import Sequence

from handwriting.errors import InkError
from handwriting.formats import bare_table
from handwriting.formats.numerals import decimal_places, format_values
from handwriting.formats.point_table import PointTable
from handwriting.formats.table_segments import to_points
from handwriting.formats.table_text import decode, find_header, read_rows
from handwriting.ink import Page
from handwriting.limits import check_points, number_or_none
from handwriting.notes import Notes

HOLDS = frozenset({"time", "start time", "pressure"})


def recognises(head: bytes) -> bool:
    text = decode(head)
    return find_header(text) is not None or bare_table.recognises(text)


def is_unnamed(head: bytes) -> bool:
    """Return whether a file is a table of numbers without names of columns, of which the first line may be a count.

    Such a table is not read, because nothing says which columns are x and y, and whether y grows upward, unless its
    layout is known (see :mod:`~handwriting.formats.bare_table`).
    """
    lines = [line for line in decode(head).split("\n")[:10] if line.strip()][:-1]  # the last one may be cut
    rows = [line.replace(",", " ").replace(";", " ").split() for line in lines]
    numbers = [[number_or_none(value) for value in row] for row in rows[1:]]
    is_count = bool(rows) and len(rows[0]) == 1
    return (
        len({len(row) for row in rows[is_count:]}) == 1
        and len(rows[-1]) >= 2
        and len(numbers) >= 2
        and not any(value is None for row in numbers for value in row)
    )


def unnamed_error(data: bytes, file: str) -> InkError:
    """Return the error that says that a table does not name its columns."""
    first = decode(data).lstrip("\n").partition("\n")[0]
    return InkError(
        f"{file}: its first line {first[:60]!r} does not name the columns x and y; add a line of names before it, "
        "such as: x,y,stroke"
    )


def read(data: bytes, file: str, notes: Notes) -> list[Page]:
    """Read the ink of a table, with one page for each value in the column of page numbers.

    Raises :class:`InkError` if the columns x and y are missing.
    """
    text = decode(data)
    header = find_header(text) or find_header(text, anywhere=True)
    if header is None:
        header = bare_table.header_of(text)
        if header is None:
            raise unnamed_error(data, file)
        names = ", ".join(header.names).replace("ms", "the time")
        notes.drop("any other layout of the table", f"its columns have no names, and were taken to be {names}")
    notes.count("line of metadata", header.skipped, "detail")
    check_points(text.count("\n", header.begin) + 1, file)
    rows = read_rows(text, header, notes)
    check_points(len(rows.values), file)
    if (points := to_points(header.names, rows.values)) is not None:
        table = PointTable(*points, [0] * len(points[1]), file)
    else:
        table = PointTable(header.names, rows.values, rows.blanks, file, rows.comments)
    return [Page(ink, number=k) for k, ink in enumerate(table.inks(notes), 1)]


def write(pages: Sequence[Page]) -> bytes:
    """Encode one page as a table of x, y and stroke, with t and pressure if the ink has them."""
    ink = pages[0].ink
    digits = decimal_places(ink.x, ink.y)
    columns = {
        "x": format_values(ink.x, digits),
        "y": format_values(ink.y, digits),
        "stroke": format_values(ink.stroke_index + 1, 0),
    }
    if ink.t is not None:
        columns["t"] = format_values(ink.t + (ink.source.start_time or 0), 6)
    if ink.pressure is not None:
        columns["pressure"] = format_values(ink.pressure.clip(1e-4), 4)  # 0 would mean that the pen is in the air
    lines = [",".join(columns), *map(",".join, zip(*columns.values(), strict=True))]
    return ("\n".join(lines) + "\n").encode()
