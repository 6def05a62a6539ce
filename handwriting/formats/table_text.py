"""Split the text of a table into the names of its columns and its rows.

Before the names there may be comments, the number of points, and lines about the recording. A first column may have no
name, as in the tables of R and pandas, whose rows begin with their own names. Lines of comments, empty lines, lines
without numbers (``PENUP``, ``---``, ``> segment``) and repeated names of the columns may separate strokes.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import pairwise
from json import detect_encoding

from handwriting.formats import decimal_marks
from handwriting.formats.column_names import where
from handwriting.formats.pen_states import MISSING
from handwriting.formats.table_segments import find_columns
from handwriting.limits import number_or_none
from handwriting.notes import Notes

COMMENTS = ("#", "%", "//", "sep=", '"sep=')
"""Beginnings of lines that hold neither names nor values; ``sep=`` is how spreadsheets declare the separator."""
MAX_COMMENTS = 100
"""Maximum number of lines before the names of the columns."""
ENCODINGS = ("cp1252", "cp932", "gb18030", "cp1251")
"""Encodings of tables that are not Unicode, tried in this order."""
HEAD = 16384
"""Number of bytes in which the names of the columns are looked for to find the encoding."""
MIN_ROWS = 5
"""Minimum number of rows from which a column of row names is recognised by its numbers."""
_SEPARATOR = re.compile(
    r">.*|[-=*_~.+]+|(pen|stroke|trace|line|segment)?[ _-]*(up|lift|end|break|new|start|begin|down)"
)


@dataclass
class Header:
    """The names of the columns of a table."""

    names: list[str]
    separator: str | None
    """Separator of the columns; None for spaces."""
    begin: int
    """Position of the first row in the text."""
    skipped: int = 0
    """Number of lines before the names that are neither empty nor comments."""


@dataclass
class Rows:
    """The rows of a table, and how many empty or separating lines, and comments, there are before each."""

    values: list[list[str]] = field(default_factory=list)
    blanks: list[int] = field(default_factory=list)
    comments: list[int] = field(default_factory=list)


def decode(data: bytes) -> str:
    """Decode a table, with ``\\n`` at the ends of its lines.

    Tables are usually ASCII, but a spreadsheet may have saved UTF-16, and old programs the encoding of a country: the
    one in which most names of columns are known.
    """
    encoding: str = detect_encoding(data)
    try:
        data[:HEAD].decode(encoding)
    except UnicodeDecodeError as error:
        if error.end < min(len(data), HEAD) - 3:  # it is not a character that is cut at the end
            encoding = max((encoding, *ENCODINGS), key=lambda name: _known_names(data[:HEAD], name))
    return _decode(data, encoding)


def _decode(data: bytes, encoding: str) -> str:
    return data.decode(encoding, errors="replace").replace("\r\n", "\n").replace("\r", "\n")


def _known_names(head: bytes, encoding: str) -> int:
    header = find_header(_decode(head, encoding), anywhere=True)
    return 0 if header is None else len(where(header.names))


def find_header(text: str, anywhere: bool = False) -> Header | None:
    """Return the names of the columns; None if no line names the columns x and y.

    Comments and the number of points may precede the names, and the names may be a comment. With ``anywhere``, other
    lines may precede them too if a row of numbers follows them.
    """
    begin = skipped = 0
    for _ in range(MAX_COMMENTS):
        end = text.find("\n", begin)
        line = text[begin : end if end >= 0 else len(text)][:1000].rstrip().lstrip(" ")
        begin = end + 1 if end >= 0 else len(text)
        header = Header(*_split_names(line.lstrip("#%/ ")), begin, skipped)
        known = where(header.names)
        if {"x", "y"} <= known.keys() or find_columns(header.names) is not None:
            # A sentence may contain the words x and y, but then not all of its words are names of columns.
            is_certain = header.separator is not None or len(known) == len(header.names)
            if (is_certain and not skipped) or _is_followed_by_numbers(text[begin : begin + 2000], header):
                return header
        is_comment = not line or line.startswith(COMMENTS) or line.isdecimal()
        if begin == len(text) or not (anywhere or is_comment):
            return None
        skipped += not is_comment
    return None


def _split_names(line: str) -> tuple[list[str], str | None]:
    shown = line.strip()
    separator = max(",;\t|", key=shown.count) if set(",;\t|") & set(shown) else None
    return split_line(line if separator == "\t" else shown, separator), separator


def _is_followed_by_numbers(text: str, header: Header) -> bool:
    """Return whether a row with as many numbers as there are names follows the names and, perhaps, a number of rows."""
    for line in text.split("\n")[:3]:
        values = split_line(line, header.separator)
        if len(values) > 1 or not (line.strip().isdecimal() or not line.strip()):
            places = where(header.names)
            shift = len(values) - len(header.names)
            needed = values
            if header.separator is not None:
                columns = find_columns(header.names) or [places["x"], places["y"]]
                needed = [values[i] for i in columns if i < len(values) and shift >= 0]
            numbers = [number_or_none(decimal_marks.normalise([[value]])[0][0]) for value in needed]
            return shift in (0, 1) and None not in numbers
    return False


def split_line(line: str, separator: str | None) -> list[str]:
    """Split a line into its values."""
    values = line.split(separator)
    if '"' in line and separator is not None:
        with suppress(csv.Error):  # a value exceeds the field size limit of csv
            values = next(csv.reader([line], delimiter=separator, skipinitialspace=True))
    return [value.strip(' "') for value in values] if " " in line or '"' in line else values


def read_rows(text: str, header: Header, notes: Notes) -> Rows:
    """Split the rows after the names of the columns; their numbers have a decimal point.

    ``header.names`` are completed if the rows have names of their own.
    """
    rows = Rows()
    empty = comments = 0
    blank = f" \t\x1a{header.separator or ''}"
    for line in text[header.begin :].split("\n"):
        if not line.strip(blank):
            empty += 1
        elif line.startswith(COMMENTS):
            comments += 1
        else:
            values = split_line(line, header.separator)[: len(header.names) + 2]
            if (line[:1].isalpha() or line[0] in "\"'->=*_~.+") and _separates(line, values, header, notes):
                empty += 1
                continue
            rows.values.append(values)
            rows.blanks.append(empty)
            rows.comments.append(comments)
    _drop_count(rows, header)
    _normalise_numbers(rows.values, header.names)
    _name_rows(rows, header, notes)
    return rows


def _normalise_numbers(rows: list[list[str]], names: Sequence[str]) -> None:
    """Write the numbers in the known columns with a decimal point; rows may begin with a name of their own."""
    places = sorted({place + shift for place in where(names).values() for shift in (0, 1)})
    columns = [[row[place] if place < len(row) else "" for row in rows] for place in places]
    for place, old, new in zip(places, columns, decimal_marks.normalise(columns), strict=True):
        if new is not old:
            for row, value in zip(rows, new, strict=True):
                row[place : place + 1] = [value] if place < len(row) else []


def _separates(line: str, values: Sequence[str], header: Header, notes: Notes) -> bool:
    """Return whether a line has no values, but separates strokes, or repeats the names of the columns."""
    if [value.lower() for value in values] == [name.lower() for name in header.names]:
        return True
    words = {value.lower() for value in values if value}
    if line.startswith(">"):
        return True
    if len(words) > 1 or len(header.names) < 2 or words & set(MISSING) or any(c.isdigit() for c in line):
        return False
    if not all(map(_SEPARATOR.fullmatch, words)):
        notes.drop(f"the line {line[:40]!r}", "it has no numbers; a new stroke was taken to begin after it")
    return True


def _drop_count(rows: Rows, header: Header) -> None:
    """Drop a first row that is only the number of the rows that follow it."""
    first = [value for value in rows.values[0] if value] if rows.values else []
    if len(first) == 1 < len(header.names) and first[0].isdecimal() and first[0] == str(len(rows.values) - 1):
        for values in (rows.values, rows.blanks, rows.comments):
            del values[0]


def _name_rows(rows: Rows, header: Header, notes: Notes) -> None:
    """Complete the names of the columns if the first values of the rows are names or numbers of the rows."""
    names = header.names
    widths = Counter(_width(row) for row in rows.values)
    width = max(widths, key=widths.__getitem__, default=len(names))
    if width == len(names) - 1 and not names[0]:
        header.names = names[1:]
    elif width == len(names) + 1 == max(widths):
        if _has_row_names(rows.values, names):
            header.names = ["", *names]
        else:
            reason = f"the first line names {len(names)} columns, and the rows have {width} values"
            notes.drop("the last values of the rows", reason)


def _width(row: Sequence[str]) -> int:
    """Return the number of values of a row without empty ones at its end."""
    return len(row) if row and row[-1] else next((i for i in range(len(row), 0, -1) if row[i - 1]), 0)


def _has_row_names(rows: Sequence[Sequence[str]], names: Sequence[str]) -> bool:
    """Return whether the rows, which have one value more than there are names, begin with their own names.

    Names are words, or whole numbers that grow from row to row. Such numbers could also be times, but then x and y
    would not grow (or stay) from row to row, as the time or the number of the stroke does when it is taken for them.
    """
    first = [number_or_none(row[0]) for row in rows]
    if all(number is None for number in first):
        return True
    numbers = [number for number in first if number is not None and number == int(number)]
    if len(numbers) < max(len(rows), MIN_ROWS) or any(a >= b for a, b in pairwise(numbers)):
        return False
    places = where(names)
    return any(_grows([row[places[name]] for row in rows]) for name in "xy")


def _grows(values: Sequence[str]) -> bool:
    numbers = [number_or_none(value) for value in values]
    return all(a is not None and b is not None and a <= b for a, b in pairwise(numbers))
