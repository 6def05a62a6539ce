"""Assign to each character the points of the ink that it was written with.

CTC marks a character by a spike somewhere within its ink. The points between two neighbouring spikes are divided
between the two characters.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from handwriting.features import Encoded
from handwriting.ink import Ink
from handwriting.recognition.decode import Hypothesis
from handwriting.recognition.transcription import Character, PointRange


def characters_of(hypothesis: Hypothesis, ink: Ink, encoded: Encoded, shrink: int) -> tuple[Character, ...]:
    """Return the characters of ``hypothesis`` with the points of ``ink`` that they own.

    ``encoded`` is the network's input for ``ink``; ``shrink`` is the number of its steps per step of the network's
    output.
    """
    numbers, ordered = ink.points_of(encoded.order), ink.take(encoded.order)
    drawn = [i for i, c in enumerate(hypothesis.text) if c != " "]
    spaced = [b - a > 1 for a, b in pairwise(drawn)]
    owned = iter(_divide([hypothesis.steps[i] for i in drawn], spaced, ordered, encoded, shrink))
    return tuple(Character(c, () if c == " " else _ranges(numbers, *next(owned))) for c in hypothesis.text)


def _divide(
    steps: Sequence[tuple[int, int]], spaced: Sequence[bool], ink: Ink, encoded: Encoded, shrink: int
) -> list[PointRange]:
    """Return for each character's network steps the range of points that it owns; together they cover the ink.

    ``ink`` and the ranges are in the network's order of strokes. The cut between two neighbours is at the pen lift
    nearest to the middle between their spikes, or at the middle if the pen was not lifted. Where a space separates them
    (``spaced``), the cut is at the pen lift with the widest gap.
    """
    if not steps:
        return []
    last = len(encoded.points) - 1
    begins = [int(encoded.points[min(first * shrink, last), 0]) for first, _ in steps]
    ends = [int(encoded.points[min(end * shrink - 1, last), 1]) for _, end in steps]
    left, _, right, _ = ink.boxes
    gaps = np.append(0.0, left[1:] - right[:-1])  # before each stroke
    cuts = [0]
    for end, begin, space in zip(ends, begins[1:], spaced, strict=False):
        middle = (end + begin) // 2
        among = (ink.starts >= min(end, begin)) & (ink.starts <= max(end, begin))
        lifts = ink.starts[among]
        penalty = -gaps[among] if space else np.abs(lifts - middle)
        cut = int(lifts[np.argmin(penalty)]) if len(lifts) else middle
        cuts.append(max(cut, cuts[-1]))
    return list(zip(cuts, [*cuts[1:], len(ink)], strict=True))


def _ranges(numbers: NDArray[np.int64], begin: int, end: int) -> tuple[PointRange, ...]:
    """Return the points ``numbers[begin:end]`` as ranges: at least one, possibly empty."""
    if begin == end:
        at = int(numbers[min(begin, len(numbers) - 1)])
        return ((at, at),)
    own = numbers[begin:end]
    cuts = np.flatnonzero(np.diff(own) != 1) + 1
    return tuple((int(part[0]), int(part[-1]) + 1) for part in np.split(own, cuts))
