"""Words written one by one, set side by side as a line: more lines to learn from, in the same hands.

The words are one writer's, in the units of one tablet, so their sizes belong together. Where two were written side by
side they keep the places that they have; others are set on one baseline, with gaps as people leave them.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from handwriting.geometry.baseline import BOTTOM_SD_HEIGHTS, bottoms
from handwriting.geometry.normalise import writing_height
from handwriting.ink import Ink

GAP, GAP_SPREAD = 0.65, 0.4
"""Median of the gap between words in writing heights, and the standard deviation of its logarithm; it is that much
wider than the gaps within the words."""
NARROWEST, WIDEST = 0.3, 1.8
"""Gaps stay between these."""
WANDER = 0.04
"""Standard deviation of a word's height on the line, in writing heights."""
SCALE = 0.05
"""Standard deviation of the logarithm of a word's size beside its neighbours'."""
LETTER_GAP = 0.2
"""Median of the gap between characters that are set together as a word."""


def side_by_side(inks: Sequence[Ink], random: np.random.Generator, gap: float = GAP) -> Ink:
    """One line of ``inks``, in order, without time and pressure."""
    height = float(np.median([writing_height(ink) for ink in inks]))
    within = 0.8 * float(np.median([_widest_gap(ink) for ink in inks])) if gap == GAP else 0.0
    placed = [inks[0].xy - (inks[0].x.max(), foot(inks[0]))]  # the pen is at the end of the line so far, x = 0
    for before, ink in pairwise(inks):
        if were_neighbours(before, ink, height):
            shift = placed[-1][0] - before.xy[0]
            placed.append(ink.xy + shift)
        else:
            size = np.exp(random.normal(0, SCALE))
            space = height * np.clip(gap * np.exp(random.normal(0, GAP_SPREAD)), NARROWEST * gap / GAP, WIDEST)
            corner = (ink.x.min() - (space + within) / size, foot(ink))
            placed.append((ink.xy - corner) * size + (0, random.normal(0, WANDER * height)))
            placed[-1][:, 0] += placed[-2][:, 0].max()
    starts = np.cumsum([0] + [len(ink) for ink in inks[:-1]])
    points = np.concatenate(placed)
    return Ink(
        points[:, 0],
        points[:, 1],
        np.concatenate([ink.starts + start for ink, start in zip(inks, starts, strict=True)]),
    )


def were_neighbours(before: Ink, after: Ink, height: float) -> bool:
    """Whether two words stand side by side as they were written."""
    gap = after.x.min() - before.x.max()
    apart = abs((after.y.min() + after.y.max()) - (before.y.min() + before.y.max())) / 2
    return bool(-0.1 * height < gap < 2.5 * height and apart < 0.8 * height and gap != 0)


def foot(ink: Ink) -> float:
    """y of the level line with most bottoms of strokes near it, below its uppermost third.

    ``baseline`` does it better and turns lines as well, in a hundred times the time.
    """
    y = bottoms(ink)[1]
    y = y[y >= 0.64 * ink.y.min() + 0.36 * ink.y.max()]
    if len(y) == 0:
        return float(ink.y.max())
    near = 1.5 * BOTTOM_SD_HEIGHTS * writing_height(ink)
    crowd = np.exp(-(((y[:, None] - y) / near) ** 2) / 2).sum(1)
    return float(y[crowd.argmax()])


def _widest_gap(ink: Ink) -> float:
    """The widest gap between strokes that stand side by side; 0 when there is none."""
    left, _, right, _ = ink.boxes
    order = np.argsort(left)
    return float(max(0.0, (left[order][1:] - np.maximum.accumulate(right[order])[:-1]).max(initial=0.0)))
