"""What a file may hold at most, stated in one place and checked before anything is parsed or allocated for it.

The largest real file is a form of IAM-OnDB (546,626 bytes, about 12,000 points), so the limits leave a factor of
thirty and more; they are there so that a hostile or broken file costs a refusal and not the machine.
"""

from __future__ import annotations

from handwriting.errors import InkError

MAX_BYTES = 16 * 2**20
"""Size of one ink file."""
MAX_POINTS = 1_000_000
"""Points of one ink."""
MAX_COORDINATE = 1e9
"""Largest |x|, |y| or time stamp; a larger one is damage, and its square would cost float32 all precision."""


def check_size(size: int, file: str) -> None:
    """Raise :class:`InkError` when a file of ``size`` bytes is empty or over the limit."""
    if size == 0:
        raise InkError(f"{file}: the file is empty; export it again from where it came from")
    if size > MAX_BYTES:
        raise InkError(
            f"{file}: {size:,} bytes, and an ink file may have {MAX_BYTES:,} at most; split it into pages or lines"
        )


def check_points(count: int, file: str) -> None:
    """Raise :class:`InkError` when there is no point or there are too many."""
    if count == 0:
        raise InkError(f"{file}: no strokes in it; there must be at least one point of ink")
    if count > MAX_POINTS:
        raise InkError(f"{file}: {count:,} points, and an ink may have {MAX_POINTS:,} at most; split it into lines")


def number(value: str | None, name: str, file: str) -> float:
    """The finite number that the text ``value`` of attribute ``name`` states; :class:`InkError` otherwise."""
    if value is None:
        raise InkError(f"{file}: a point has no {name}; every point needs x and y")
    try:
        result = float(value if len(value) <= 40 else "")
    except ValueError:
        raise InkError(f"{file}: {name}={value[:40]!r} is not a number") from None
    if not abs(result) <= MAX_COORDINATE:  # also true for nan
        raise InkError(f"{file}: {name}={value[:40]!r}; it must be finite and at most {MAX_COORDINATE:g}")
    return result
