"""Read the numbers in a table whose decimals or thousands are marked in the way of some language.

``1,5`` is a decimal number in many languages. ``1.002,5``, ``1,002.5``, ``1'002.5`` and ``1 002,5`` have marks of
thousands. ``1,002`` alone may be either: it is a thousand if the numbers below 1000 in its column have no mark, and the
pen would otherwise jump wherever one follows the other.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from statistics import median

_SPACES = "'\u2019 \u00a0\u2009\u202f"  # apostrophes, and no-break, thin and narrow spaces
_GROUPED = re.compile(rf"[-+]?\d{{1,3}}([{_SPACES}]\d{{3}})+([.,]\d+)?|[-+]?\d{{1,3}}((\.\d{{3}})+,|(,\d{{3}})+\.)\d+")
_TWO_GROUPS = re.compile(r"[-+]?\d{1,3}((\.\d{3}){2,}|(,\d{3}){2,})")
_ONE_GROUP = {mark: re.compile(rf"[-+]?[1-9]\d{{0,2}}{re.escape(mark)}\d{{3}}") for mark in ",."}
_SMALL = re.compile(r"[-+]?\d{1,3}")
MAX_LENGTH = 40
"""Maximum number of characters of a number."""


def normalise(columns: Sequence[list[str]]) -> list[list[str]]:
    """Return the columns of a table with numbers as Python writes them; texts stay as they are."""
    texts = ["\n".join(column) for column in columns]  # which is searched much faster than its values
    marked = {mark: [column for column, text in zip(columns, texts, strict=True) if mark in text] for mark in ",."}
    thousands = [mark for mark in marked if any(_marks_thousands(column, mark) for column in marked[mark])]
    return [_normalise(column, text, thousands) for column, text in zip(columns, texts, strict=True)]


def _normalise(column: list[str], text: str, thousands: Sequence[str]) -> list[str]:
    marks = [mark for mark in thousands if _all_grouped(column, mark)]
    if not marks and text.isascii() and not any(mark in text for mark in ",' "):
        return column
    return [_number(value, marks) for value in column]


def _number(value: str, thousands: Sequence[str]) -> str:
    """Return a number with a decimal point and without marks of thousands."""
    if len(value) > MAX_LENGTH:
        return value
    if _GROUPED.fullmatch(value) or _TWO_GROUPS.fullmatch(value):
        fraction = re.search(r"[.,]\d+$", value) if _GROUPED.fullmatch(value) else None
        whole, rest = (value[: fraction.start()], fraction[0][1:]) if fraction else (value, "")
        return re.sub(r"[^\d+-]", "", whole) + (f".{rest}" if rest else "")
    for mark in thousands:
        if _ONE_GROUP[mark].fullmatch(value):
            return value.replace(mark, "")
    return value.replace(",", ".") if value.count(",") == 1 and "." not in value else value


def _all_grouped(column: Sequence[str], mark: str) -> bool:
    """Return whether every number with this mark has three digits after it."""
    pattern = _ONE_GROUP[mark]
    return all(mark not in value or pattern.fullmatch(value) or _GROUPED.fullmatch(value) for value in column)


def _marks_thousands(column: Sequence[str], mark: str) -> bool:
    """Return whether a mark that could be that of decimals marks the thousands of a column, in which it occurs."""
    pattern = _ONE_GROUP[mark]
    if not all(pattern.fullmatch(value) or _SMALL.fullmatch(value) or not value for value in column):
        return False
    numbers = [value for value in column if value]
    as_thousands, as_decimals = [], []
    for first, second in pairwise(numbers):
        if (mark in first) != (mark in second):
            as_thousands.append(abs(_float(first, mark, "") - _float(second, mark, "")))
            as_decimals.append(abs(_float(first, mark, ".") - _float(second, mark, ".")))
    return bool(as_thousands) and median(as_thousands) < median(as_decimals) / 2


def _float(value: str, mark: str, replacement: str) -> float:
    return float(value.replace(mark, replacement))
