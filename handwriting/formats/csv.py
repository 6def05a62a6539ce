"""Tables of points (CSV): a line of column names, then a line for each point.

Columns are found by their names in any order, in English and some other languages: ``x``, ``y``, and optionally the
time, the number of the stroke and the page, the pressure, events, tools, and whether the pen is down (see
:mod:`~handwriting.formats.column_names` and :mod:`~handwriting.formats.point_table`); others are ignored. Times are in
seconds under ``t``, ``time`` and ``seconds``, and in milliseconds where the name says so (``ms``, ``Time (ms)``).
Columns are separated by commas, semicolons, tabs, bars, or spaces; a decimal comma is understood where it is none of
these or the value is in quotes. Lines of comments are skipped.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from contextlib import suppress
from json import detect_encoding

from handwriting.errors import InkError
from handwriting.formats.column_names import where
from handwriting.formats.numerals import decimal_places, format_values
from handwriting.formats.point_table import PointTable
from handwriting.ink import Page
from handwriting.limits import check_points
from handwriting.notes import Notes

HOLDS = frozenset({"time", "start time", "pressure"})
COMMENTS = ("#", "%", "//", "sep=")
"""Beginnings of lines that hold neither names nor values; ``sep=`` is how spreadsheets declare the separator."""
MAX_COMMENTS = 100
"""Maximum number of lines before the names of the columns."""


def recognises(head: bytes) -> bool:
    return _find_header(_decode(head)) is not None


def read(data: bytes, file: str, notes: Notes) -> list[Page]:
    """Read the ink of a table, with one page for each value in the column of page numbers.

    Raises :class:`InkError` if the columns x and y are missing.

    Raises :class:`InkError` when the columns x and y are missing.
    """
    text = _decode(data)
    found = _find_header(text)
    if found is None:
        first = text.lstrip("\n").partition("\n")[0]
        raise InkError(
            f"{file}: its first line {first[:60]!r} does not name the columns x and y; add a line of names before it, "
            "such as: x,y,stroke"
        )
    names, separator, begin = found
    check_points(text.count("\n", begin) + 1, file)
    rows: list[list[str]] = []
    blanks: list[int] = []
    empty = 0
    for line in text[begin:].split("\n"):
        if not line.strip(f" \t\x1a{separator or ''}"):
            empty += 1
        elif not line.startswith(COMMENTS):
            rows.append(_split_line(line, separator))
            blanks.append(empty)
    check_points(len(rows), file)
    return [Page(ink, number=k) for k, ink in enumerate(PointTable(names, rows, blanks, file).inks(notes), 1)]


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


def _decode(data: bytes) -> str:
    """Decode a table, with ``\\n`` at the ends of its lines.

    Tables are usually ASCII, but a spreadsheet may have saved UTF-16, and a column that is ignored may hold anything.
    """
    return data.decode(detect_encoding(data), errors="replace").replace("\r\n", "\n").replace("\r", "\n")


def _find_header(text: str) -> tuple[list[str], str | None, int] | None:
    """Return the names of the columns, the separator (None for spaces) and the position of the first row.

    The result is None if there are no columns x and y. Comments may precede the names, and the names may be a comment.
    """
    begin = 0
    for _ in range(MAX_COMMENTS):
        end = text.find("\n", begin)
        line = text[begin : end if end >= 0 else len(text)][:1000].strip()
        begin = end + 1 if end >= 0 else len(text)
        header = line.lstrip("#%/ ")
        separator = max(",;\t|", key=header.count) if set(",;\t|") & set(header) else None
        names = _split_line(header, separator)
        known = where(names)
        # A sentence may contain the words x and y, but then not all of its words are names of columns.
        if {"x", "y"} <= known.keys() and (separator is not None or len(known) == len(names)):
            return names, separator, begin
        if begin == len(text) or not (not line or line.startswith(COMMENTS)):
            return None
    return None


def _split_line(line: str, separator: str | None) -> list[str]:
    """Split a line into its values, with decimal commas replaced by points."""
    values = line.split(separator)
    if '"' in line and separator is not None:
        with suppress(csv.Error):  # a value exceeds the field size limit of csv
            values = next(csv.reader([line], delimiter=separator, skipinitialspace=True))
    return [value.strip(' "').replace(",", ".") for value in values]
