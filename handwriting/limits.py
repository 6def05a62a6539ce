"""Limits on the contents of a file, checked before anything is parsed or allocated for it.

The largest file of IAM-OnDB has 546,626 bytes and about 12,000 points, so the limits leave a factor of thirty and more
for real files. They exist so that a hostile or broken file is refused before it can exhaust the machine: no file
within them takes more than a few seconds or a gigabyte (``make fuzz`` measures this).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from handwriting.errors import InkError, NoInkError, TooLargeError

MAX_BYTES = 16 * 2**20
"""Bytes of one ink file."""
MAX_PACKAGE = 256 * 2**20
"""Bytes of a zip archive, of which only the members with ink are unpacked; others may be PDF files and pictures."""
MAX_UNPACKED = 64 * 2**20
"""Unpacked bytes of a compressed file or one member of an archive."""
MAX_MEMBERS = 10_000
"""Members of an archive; a notebook has one or two per page."""
MAX_MARKUP = 1_500_000
"""Attributes plus twice the tags of an XML document: each costs the parser about 200 bytes, and time to walk."""
MAX_DEPTH = 200
"""Nesting depth of elements, lists or objects."""
MAX_PAGES = 5_000
"""Pages of a document."""
MAX_POINTS = 1_000_000
"""Points of one file."""
MAX_STROKES = 100_000
"""Strokes of one file."""
MAX_SHAPES = 20_000
"""Strokes of one note-app file; each is an object of its own, which takes longer to read."""
MAX_SEGMENTS = 100_000
"""Curves of one drawing, or delta-coded points, which are slower to read than plain points."""
MAX_COORDINATE = 1e9
"""Largest |x| or |y|. A larger value is a sign of damage, and its square would exhaust float32's precision."""


def check_size(size: int, file: str, most: int = MAX_BYTES) -> None:
    """Raise :class:`InkError` if a file of ``size`` bytes is empty or exceeds ``most`` bytes."""
    if size == 0:
        raise InkError(f"{file}: the file is empty; export it again from the program that made it")
    if size > most:
        raise TooLargeError(
            f"{file}: {size:,} bytes, and an ink file may have {most:,} at most; split it into pages or lines"
        )


def check_points(count: int, file: str, strokes: int = 0) -> None:
    """Raise :class:`InkError` when there are no points, too many points, or too many strokes."""
    if count == 0:
        raise NoInkError(f"{file}: no strokes in it; it needs at least one point")
    if count > MAX_POINTS:
        raise TooLargeError(
            f"{file}: {count:,} points, and an ink may have {MAX_POINTS:,} at most; split it into lines"
        )
    if strokes > MAX_STROKES:
        raise TooLargeError(
            f"{file}: {strokes:,} strokes, and an ink may have {MAX_STROKES:,} at most; split it into lines"
        )


def check_shapes(count: int, file: str) -> None:
    """Raise :class:`InkError` when a note-app file has too many strokes."""
    if count > MAX_SHAPES:
        raise TooLargeError(f"{file}: {count:,} strokes, and such a file may have {MAX_SHAPES:,} at most; split it")


def check_pages(count: int, file: str) -> None:
    """Raise :class:`InkError` when a document has too many pages."""
    if count > MAX_PAGES:
        raise TooLargeError(f"{file}: {count:,} pages, and a notebook may have {MAX_PAGES:,} at most; split it")


def number(value: str | None, name: str, file: str, limit: float = MAX_COORDINATE) -> float:
    """Parse ``value``, the text of attribute ``name``, as a finite number. Raises :class:`InkError` otherwise."""
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
    """Parse many values as :func:`number` does; the error names the first invalid one."""
    try:
        result = np.array(list(map(float, values)), dtype=np.float64)
        if (np.abs(result) <= limit).all():
            return result
    except ValueError:
        pass
    return np.array([number(value, name, file, limit) for value in values])


def number_or_none(value: str | None, limit: float = MAX_COORDINATE) -> float | None:
    """Parse an optional finite number; return None if ``value`` is missing, invalid or above ``limit``."""
    try:
        result = float(value if value is not None and len(value) <= 40 else "")
    except ValueError:
        return None
    return result if abs(result) <= limit else None
