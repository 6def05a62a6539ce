"""Infer from the movements of the pen what the values in a column mean whose values or name do not say it.

Programs mark strokes in two ways. Some mark every point in the air: the pen moves further there from one point to the
next than on the paper, because it is faster and goes from one letter to the next. Others mark the first or the last
point of each stroke, so that marked points are rare and single. Both inferences return None where they are not sure.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Literal

import numpy as np

from handwriting.ink import Floats

MIN_RATIO = 2.0
"""Minimum ratio of the median step of the pen in the air to the one on the paper."""
MIN_RUNS = 3
"""Minimum number of movements in the air."""
MAX_ADJACENT = 0.25
"""Maximum share of the marked points that may follow another one: strokes of a single point."""
MAX_STEPS = 5.0
"""Maximum distance of a point from the one before it in a stroke, in median steps, for :func:`zero_marks`."""
MIN_MARKS, MIN_POINTS = 2, 3
"""Minimum number of marks, and of points per mark, from which marks are known to be those of first points."""
MIN_PAUSE = 4.0
"""Minimum time between two strokes, in units of the usual time between two points, if only pauses separate them."""
REGULAR_SHARE, MAX_INTERVAL = 0.9, 2.5
"""A pen is sampled regularly if this share of the times between other points is at most so many times the usual one."""


def stroke_begins(marks: Sequence[bool], x: Floats, y: Floats, is_first: bool = False) -> list[bool] | None:
    """Return at which points strokes begin if ``marks`` marks the first point of each, the last, or both.

    ``marks``, ``x`` and ``y`` have one value per point; ``is_first`` says that the first points are marked. The result
    is None if the marks are too many, or if they are neither at the beginning nor at the end of the table.
    """
    rows = [row for row, is_marked in enumerate(marks) if is_marked]
    if not rows or 2 * len(rows) > len(marks) or not (marks[0] or marks[-1]):
        return None
    if marks[0] and marks[-1] and _are_pairs(rows):
        firsts = set(rows[::2])
        return [row in firsts for row in range(len(marks))]
    if marks[0] and is_first:
        return list(marks)
    if not are_single(marks):
        return None
    if marks[0] and marks[-1]:  # the first or the last stroke is a single point
        steps = _steps(x, y)
        before, after = _median(steps[np.array(rows[1:]) - 1]), _median(steps[np.array(rows[:-1])])
        if not max(before, after) >= MIN_RATIO * min(before, after):
            return None
        marks_first = before > after
    else:
        marks_first = marks[0]
    return list(marks) if marks_first else [False, *marks[:-1]]


def kind_of_marks(marks: Sequence[bool], x: Floats, y: Floats) -> Literal["first", "up"] | None:
    """Return whether ``marks`` marks the first or the last point of each stroke, and None if it is not sure.

    Such a point is about as close to its stroke as the points of strokes are to each other; a dot is not.
    """
    begins = stroke_begins(marks, x, y)
    if begins is None:
        return None
    steps = _steps(x, y)
    first = begins == list(marks)
    joins = np.flatnonzero(marks[:-1] if first else marks[1:])
    return None if _median(steps[joins]) > MIN_RATIO * _median(steps) else "first" if first else "up"


def are_rare(marks: Sequence[bool]) -> bool:
    """Return whether several points are marked, few of them follow another one, and most points are not marked."""
    return are_single(marks) and sum(marks) >= MIN_MARKS and MIN_POINTS * sum(marks) <= len(marks)


def are_single(marks: Sequence[bool]) -> bool:
    """Return whether the marked points are at most half of all points, and few of them follow another one."""
    count = sum(marks)
    return 2 * count <= len(marks) and sum(a and b for a, b in pairwise(marks)) <= MAX_ADJACENT * count


def _are_pairs(rows: Sequence[int]) -> bool:
    """Return whether every second of these rows is directly before the next one, as the ends of strokes are."""
    pairs = zip(rows[1:-1:2], rows[2::2], strict=False)
    return len(rows) > 2 and len(rows) % 2 == 0 and all(end + 1 == start for end, start in pairs)


def air_value(values: Sequence[str], x: Floats, y: Floats) -> str | None:
    """Return which of the two values in a column means that the pen is in the air, or None.

    ``x`` and ``y`` have shape (n,), with NaN for a missing coordinate. It is the value at which the median step of the
    pen to or from a point is at least twice the one between two points of the other value.
    """
    distinct = sorted(set(values))
    if len(distinct) != 2:
        return None
    steps = _steps(x, y)
    for value in distinct:
        air = np.array([v == value for v in values])
        touches = air[1:] | air[:-1]
        runs = int(np.count_nonzero(air[1:] & ~air[:-1]) + air[0])
        if runs < MIN_RUNS or touches.all() or np.count_nonzero(~touches) < runs:
            continue
        if _median(steps[touches]) >= MIN_RATIO * _median(steps[~touches]) > 0:
            return value
    return None


def zero_marks(x: Floats, y: Floats) -> list[bool] | None:
    """Return which points are (0, 0) and separate strokes; None if there are no such points.

    ``x`` and ``y`` have shape (n,). They separate strokes if there are several, none follows another, no other
    coordinate is 0 or less, and the pen would have to jump to and from all of them.
    """
    marks = (x == 0) & (y == 0)
    others = np.concatenate([x[~marks], y[~marks]])
    if np.count_nonzero(marks) < 2 or (marks[1:] & marks[:-1]).any() or not len(others) or not (others > 0).all():
        return None
    steps = _steps(x, y)
    touches = marks[1:] | marks[:-1]
    if touches.all() or not steps[touches].min() > MAX_STEPS * _median(steps[~touches]):
        return None
    return [bool(mark) for mark in marks]


def pauses(t: Floats, x: Floats, y: Floats) -> list[bool] | None:
    """Return before which points the pen pauses and then goes on elsewhere; None if it does not, or only rarely.

    ``t``, ``x`` and ``y`` have shape (n,). The pen must be sampled regularly otherwise.
    """
    intervals, steps = np.diff(t), _steps(x, y)
    if not len(steps) or not np.isfinite(np.concatenate([intervals, steps])).all() or (intervals < 0).any():
        return None
    usual = float(np.median(intervals))
    gaps = (intervals >= MIN_PAUSE * usual) & (steps >= MIN_RATIO * np.median(steps))
    is_regular = usual > 0 and not gaps.all() and np.mean(intervals[~gaps] <= MAX_INTERVAL * usual) >= REGULAR_SHARE
    return [False, *gaps.tolist()] if is_regular and MIN_RUNS <= gaps.sum() <= MAX_ADJACENT * len(gaps) else None


def _steps(x: Floats, y: Floats) -> Floats:
    """Return the distance of each point but the first from the one before it."""
    return np.hypot(np.diff(x), np.diff(y))


def _median(steps: Floats) -> float:
    """Return the median of the steps between points with coordinates; 0 if there are none."""
    known = steps[np.isfinite(steps)]
    return float(np.median(known)) if len(known) else 0.0
