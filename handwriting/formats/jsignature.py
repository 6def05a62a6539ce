"""Signatures in the base30 format of jSignature, as its text or as the pair of type and data that it returns.

Lists of x and y alternate, separated by ``_``, two for each stroke. A number is the difference from the one before it,
in base 30; its first digit is one of the first thirty of :data:`DIGITS`, and the others are of the second thirty. ``Z``
says that the numbers after it are negative, and ``Y`` that they are positive.

Source: https://github.com/brinley/jSignature (``src/plugins/jSignature.CompressorBase30.js``)
"""

from __future__ import annotations

import re
import string
from itertools import accumulate
from typing import Any

from handwriting.errors import InkError
from handwriting.limits import check_points

TYPE = "image/jsignature;base30"
DIGITS = (string.digits + string.ascii_lowercase + string.ascii_uppercase)[:60]
BASE = len(DIGITS) // 2
NEGATIVE, POSITIVE = "Z", "Y"
MAX_DIGITS = 8
"""Maximum number of digits of a number."""
_NUMBER = re.compile(rf"[ZY]|[{DIGITS[:BASE]}][{DIGITS[BASE:]}]*")
_TEXT = re.compile(rb"(?:data:)?image/jsignature;base30,([0-9a-zA-Z_]+)\s*")


def recognises(head: bytes) -> bool:
    return head.removeprefix(b"data:").startswith(TYPE.encode() + b",")


def parse(data: bytes) -> list[str] | None:
    """Return the type and the data of a text, or None if it is no such text."""
    match = _TEXT.fullmatch(data.strip())
    return None if match is None else [TYPE, match[1].decode()]


def strokes(document: Any, file: str) -> list[dict[str, list[int]]] | None:
    """Return the columns of every stroke if the document is the pair of type and data; None otherwise.

    Raises :class:`InkError` if the data are damaged or too large.
    """
    if not isinstance(document, list) or len(document) != 2 or document[0] not in (TYPE, f"data:{TYPE}"):
        return None
    data = document[1] if isinstance(document[1], str) else ""
    lists = data.split("_")
    check_points(len(data) - data.count(NEGATIVE) - data.count(POSITIVE), file, len(lists) // 2)
    columns = [_column(text) for text in lists]
    found = []
    for x, y in zip(columns[::2], columns[1::2], strict=False):
        if x is None or y is None or len(x) != len(y):
            break
        found.append({"x": x, "y": y})
    if 2 * len(found) != len(columns):
        raise InkError(f"{file}: damaged signature ({data[:40]!r}); copy all of it again")
    return found


def _column(text: str) -> list[int] | None:
    """Return the numbers of a list, or None if it is damaged."""
    sign, steps = 1, []
    words = _NUMBER.findall(text)
    if "".join(words) != text or max(map(len, words), default=0) > MAX_DIGITS:
        return None
    for word in words:
        if word in (NEGATIVE, POSITIVE):
            sign = -1 if word == NEGATIVE else 1
        else:
            steps.append(sign * sum(DIGITS.index(digit) % BASE * BASE**k for k, digit in enumerate(reversed(word))))
    return list(accumulate(steps))
