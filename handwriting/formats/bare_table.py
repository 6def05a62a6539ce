"""Tables of the databases of signatures and handwriting that name no columns but are known by their layout.

The first line is the number of points, and every other line a point of four or seven numbers, separated by spaces: x,
y, the time, whether the pen is down (0 or 1), and perhaps the azimuth, the altitude and the pressure. SVC2004, EMOTHAW
and others have it. A table is read only if everything that the layout prescribes holds.

Source: https://www.cse.ust.hk/svc2004 (the description of the data files)
"""

from __future__ import annotations

from itertools import pairwise

from handwriting.formats.table_text import Header
from handwriting.limits import number_or_none

NAMES = ("x", "y", "ms", "pen", "azimuth", "altitude", "pressure")
"""Names of the columns; a table has either the first four or all of them."""
WIDTHS = (4, 7)
MIN_ROWS = 3
"""Minimum number of rows from which a table is known by its layout."""


def recognises(text: str) -> bool:
    """Return whether a table begins like this, as far as ``text`` shows it; its last line may be cut."""
    count, _, rest = text.lstrip("\n").partition("\n")
    lines = rest.split("\n")[:-1][:MIN_ROWS]
    return count.strip().isdecimal() and len(lines) == MIN_ROWS and _rows(lines) is not None


def header_of(text: str) -> Header | None:
    """Return the names of the columns of a table without names, or None if its layout is not certain."""
    begin = text.find("\n", len(text) - len(text.lstrip("\n"))) + 1
    count = text[:begin].strip()
    lines = text[begin:].rstrip().split("\n")
    if not count.isdecimal() or len(lines) < MIN_ROWS or count.lstrip("0") != str(len(lines)):
        return None
    rows = _rows(lines)
    if rows is None or {row[3] for row in rows} not in ({1.0}, {0.0, 1.0}):
        return None
    if any(a[2] > b[2] for a, b in pairwise(rows)) or rows[0][2] == rows[-1][2]:
        return None
    return Header(list(NAMES[: len(rows[0])]), None, begin)


def _rows(lines: list[str]) -> list[list[float]] | None:
    """Return the numbers of lines that all have the same number of them, which the layout knows; None otherwise."""
    words = [line.split() for line in lines]
    if len(words[0]) not in WIDTHS or any(len(row) != len(words[0]) for row in words):
        return None
    rows = [[number for word in row if (number := number_or_none(word)) is not None] for row in words]
    return rows if all(len(row) == len(words[0]) for row in rows) else None
