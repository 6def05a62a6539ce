"""Parse time stamps of ink, and determine their unit.

Programs write seconds, milliseconds, microseconds or nanoseconds, counted from the first point, from the start of the
machine or from 1970, and few say which. The unit of time stamps since 1970 follows from their size. Other time stamps
are in the format's unit, unless no pen could have been sampled so slowly or so fast.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import numpy as np

from handwriting.ink import Floats

UNITS = (1.0, 1e-3, 1e-6, 1e-9)
"""Units, in seconds, in which time stamps may be."""
DATE_RANGE = (5e8, 5e9)
"""Range of plausible times at which ink was written, in seconds since 1970 (1985 to 2128)."""
MAX_STEP, MIN_STEP = 1.0, 1e-4
"""Range of the time between two samples of a pen, in seconds."""


def parse_column(values: Sequence[Any], unit: float) -> Floats:
    """Parse a column of time stamps in ``unit`` (seconds), with shape (n,) and NaN where a value is missing or invalid.

    Values are numbers, numbers as text, or ISO 8601 dates, which are converted to units since 1970.
    """
    with suppress(ValueError, TypeError, OverflowError):
        numbers = np.array([np.nan if value is None or value is True else value for value in values], dtype=np.float64)
        if numbers.ndim == 1:  # lists of numbers would make it two-dimensional
            return numbers
    return np.array([_parse_stamp(value, unit) for value in values])


def unit_of(t: Floats, unit: float) -> float:
    """Return the number of seconds per unit of the time stamps ``t``, shape (n,).

    ``unit`` is the unit, in seconds, that the format prescribes.
    """
    largest = float(np.abs(t).max())
    sampled = {candidate for candidate in UNITS if _is_sampled(t * candidate)}
    for candidate in UNITS:
        if DATE_RANGE[0] <= largest * candidate <= DATE_RANGE[1] and (
            candidate != 1.0 or unit == 1.0 or 1.0 in sampled
        ):
            return candidate
    if not sampled or unit in sampled:
        return unit
    return max(sampled)


def parse_date(text: Any) -> float | None:
    """Parse an ISO 8601 date as seconds since 1970, in UTC unless it names a zone; return None for anything else."""
    try:
        found = datetime.fromisoformat(str(text).strip()[:40])
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError, OSError):
        return None


def _parse_stamp(value: Any, unit: float) -> float:
    try:
        return float(value) if not isinstance(value, str) or len(value) <= 40 else np.nan
    except (ValueError, TypeError, OverflowError):
        seconds = parse_date(value) if isinstance(value, str) else None
        return np.nan if seconds is None else seconds / unit


def _is_sampled(seconds: Floats) -> bool:
    """Return whether the median step between points is plausible for the sensor of a pen."""
    steps = np.diff(seconds)
    steps = steps[steps > 0]
    return bool(len(steps)) and MIN_STEP <= float(np.median(steps)) <= MAX_STEP
