"""Set separately written words side by side as a line, to make more training lines in the same hands.

The words must be by one writer and in the units of one tablet, so that their sizes match. Words that were written side
by side keep their relative positions; others are set on one baseline, with typical gaps.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from handwriting.geometry.baseline import BOTTOM_SD_HEIGHTS, bottoms
from handwriting.geometry.normalise import writing_height
from handwriting.ink import Ink

GAP, GAP_LOG_SD = 0.65, 0.4
"""Median gap between words in writing heights, in addition to the gaps within the words, and the standard deviation of
its logarithm."""
MIN_GAP, MAX_GAP = 0.3, 1.8
"""Limits of the gaps, in writing heights."""
BASELINE_SD = 0.04
"""Standard deviation of a word's vertical offset from the baseline, in writing heights."""
SIZE_LOG_SD = 0.05
"""Standard deviation of the log size of a word relative to its neighbours."""
LETTER_GAP = 0.2
"""Median gap between characters that are set together as a word."""


def side_by_side(inks: Sequence[Ink], random: np.random.Generator, gap: float = GAP) -> Ink:
    """Set ``inks`` side by side, in order, as one line without time and pressure.

    ``gap`` is the median gap in writing heights: between words by default, or :data:`LETTER_GAP` between characters.
    """
    height = float(np.median([writing_height(ink) for ink in inks]))
    within = 0.8 * float(np.median([_widest_gap(ink) for ink in inks])) if gap == GAP else 0.0
    placed = [inks[0].xy - (inks[0].x.max(), rough_baseline(inks[0]))]  # the line so far ends at x = 0
    for before, ink in pairwise(inks):
        if were_neighbours(before, ink, height):
            shift = placed[-1][0] - before.xy[0]
            placed.append(ink.xy + shift)
        else:
            size = np.exp(random.normal(0, SIZE_LOG_SD))
            space = height * np.clip(gap * np.exp(random.normal(0, GAP_LOG_SD)), MIN_GAP * gap / GAP, MAX_GAP)
            corner = (ink.x.min() - (space + within) / size, rough_baseline(ink))
            placed.append((ink.xy - corner) * size + (0, random.normal(0, BASELINE_SD * height)))
            placed[-1][:, 0] += placed[-2][:, 0].max()
    starts = np.cumsum([0] + [len(ink) for ink in inks[:-1]])
    points = np.concatenate(placed)
    return Ink(
        points[:, 0],
        points[:, 1],
        np.concatenate([ink.starts + start for ink, start in zip(inks, starts, strict=True)]),
    )


def were_neighbours(before: Ink, after: Ink, height: float) -> bool:
    """Return whether ``after`` was written to the right of ``before``, on the same line.

    ``height`` is the writing height in units of the ink.
    """
    gap = after.x.min() - before.x.max()
    apart = abs((after.y.min() + after.y.max()) - (before.y.min() + before.y.max())) / 2
    return bool(-0.1 * height < gap < 2.5 * height and apart < 0.8 * height and gap != 0)


def rough_baseline(ink: Ink) -> float:
    """Return y of the horizontal line with the most bottoms near it, ignoring the upper third of the ink.

    :func:`~handwriting.geometry.baseline.baseline` is more accurate and handles rotated lines, but takes a hundred
    times as long.
    """
    y = bottoms(ink)[1]
    y = y[y >= 0.64 * ink.y.min() + 0.36 * ink.y.max()]
    if len(y) == 0:
        return float(ink.y.max())
    bandwidth = 1.5 * BOTTOM_SD_HEIGHTS * writing_height(ink)
    density = np.exp(-(((y[:, None] - y) / bandwidth) ** 2) / 2).sum(1)
    return float(y[density.argmax()])


def _widest_gap(ink: Ink) -> float:
    """Return the widest horizontal gap between strokes; 0 when there is none."""
    left, _, right, _ = ink.boxes
    order = np.argsort(left)
    return float(max(0.0, (left[order][1:] - np.maximum.accumulate(right[order])[:-1]).max(initial=0.0)))
