"""What a file may hold at most, stated in one place and checked before anything is parsed or allocated for it.

The largest real file is a form of IAM-OnDB (546,626 bytes, about 12,000 points), so the limits leave a factor of
thirty and more; they are there so that a hostile or broken file costs a refusal and not the machine: with them no file
takes more than a few seconds or a gigabyte (``make fuzz`` measures it).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from handwriting.errors import InkError

MAX_BYTES = 16 * 2**20
"""Size of one ink file."""
MAX_UNPACKED = 64 * 2**20
"""Size of what a compressed file, or one member of an archive, unpacks to."""
MAX_MEMBERS = 10_000
"""Members of an archive; a notebook has one or two a page."""
MAX_MARKUP = 1_500_000
"""Attributes of an XML document and twice its tags: each costs the parser about 200 bytes, and walking them time."""
MAX_DEPTH = 200
"""Elements, lists or objects inside one another."""
MAX_PAGES = 5_000
"""Pages of a document."""
MAX_POINTS = 1_000_000
"""Points of one file."""
MAX_STROKES = 100_000
"""Strokes of one file."""
MAX_SEGMENTS = 100_000
"""Curves of one drawing, or points coded as differences: what is slower to read than plain points."""
MAX_COORDINATE = 1e9
"""Largest |x|, |y| or time stamp; a larger one is damage, and its square would cost float32 all precision."""
MAX_MILLISECONDS = 1e13
"""Largest time stamp in milliseconds, which web formats count from 1970: the year 2286."""


def check_size(size: int, file: str) -> None:
    """Raise :class:`InkError` when a file of ``size`` bytes is empty or over the limit."""
    if size == 0:
        raise InkError(f"{file}: the file is empty; export it again from where it came from")
    if size > MAX_BYTES:
        raise InkError(
            f"{file}: {size:,} bytes, and an ink file may have {MAX_BYTES:,} at most; split it into pages or lines"
        )


def check_points(count: int, file: str, strokes: int = 0) -> None:
    """Raise :class:`InkError` when there is no point or there are too many, or too many strokes."""
    if count == 0:
        raise InkError(f"{file}: no strokes in it; there must be at least one point of ink")
    if count > MAX_POINTS:
        raise InkError(f"{file}: {count:,} points, and an ink may have {MAX_POINTS:,} at most; split it into lines")
    if strokes > MAX_STROKES:
        raise InkError(f"{file}: {strokes:,} strokes, and an ink may have {MAX_STROKES:,} at most; split it into lines")


def number(value: str | None, name: str, file: str, limit: float = MAX_COORDINATE) -> float:
    """The finite number that the text ``value`` of attribute ``name`` states; :class:`InkError` otherwise."""
    if value is None:
        raise InkError(f"{file}: a point has no {name}; every point needs x and y")
    try:
        result = float(value if len(value) <= 40 else "")
    except ValueError:
        raise InkError(f"{file}: {name}={value[:40]!r} is not a number") from None
    if not abs(result) <= limit:  # also true for nan
        raise InkError(f"{file}: {name}={value[:40]!r}; it must be finite and at most {limit:g}")
    return result


def numbers(values: Sequence[str], name: str, file: str, limit: float = MAX_COORDINATE) -> NDArray[np.float64]:
    """Many of them, quickly; the first that is wrong is the one that the error names."""
    try:
        result = np.array(list(map(float, values)), dtype=np.float64)
        if (np.abs(result) <= limit).all():
            return result
    except ValueError:
        pass
    return np.array([number(value, name, file, limit) for value in values])
