"""Find words that are crossed out: struck through with straight strokes, or scribbled over.

Strokes of writing hardly cross each other. In a thousand real lines, all but one of the strokes with eight or more
crossings cross out a word. Lengths are in letter heights.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np
from numpy.typing import NDArray

from handwriting.recognition.pages.marks import Integers, Marks, Movements, weighted_median
from handwriting.recognition.pages.shapes import TOUCH, Shapes, rising

MIN_SIDE = 2.5
"""Minimum length of a side of a box around writing."""
MIN_CROSSINGS, MIN_CROSSINGS_STRAIGHT = 8, 5
"""Minimum number of crossings with other ink of a stroke that crosses out a word: of any stroke, of a straight one."""
MIN_SCRIBBLE_WIDTH = 1.6
"""Minimum width of a scribble over a word; a narrower one is a letter that was corrected."""
MIN_STRIKE_LENGTH = 2.0
"""Minimum length of a stroke that crosses out a word, which may have only two letters."""
MIN_CUT, MIN_CUT_LONG = 0.7, 0.5
"""A straight stroke strikes through letters if it cuts the first share of the up and down movements along it. A rule or
an underline cuts descenders only. For a long stroke, which need not follow its line, the second share suffices if the
stroke is not below the middle of the letters."""
MAX_BELOW_MIDDLE, MAX_BELOW_MIDDLE_LINE = 0.1, 0.3
"""Farther below the middle of the letters, a long stroke must cut the larger share: a stroke over a few words, and one
over most of a line, along which the line may slope."""


def crossed_out(shapes: Shapes, drawn: NDArray[np.bool_], spared: NDArray[np.bool_]) -> list[Integers]:
    """Return the strokes of each word that is struck through or scribbled over, with those that cross it out.

    ``drawn``, shape (S,), marks strokes that are too long or smooth for writing; they may cross out words but are not
    crossed out themselves. The strokes in ``spared``, shape (S,), do not cross out anything.
    """
    groups: list[set[int]] = []

    @cache
    def movements() -> Movements:
        return Marks(shapes.ink.take(np.flatnonzero(~drawn))).movements

    for stroke in np.flatnonzero((shapes.length > MIN_STRIKE_LENGTH) & ~shapes.torn & ~spared).tolist():
        if shapes.encloses(stroke) or _is_side(shapes, stroke, drawn):
            continue
        others = shapes.beside(stroke)
        others = others[(shapes.length[others] > 1.2) & ~drawn[others] & ~shapes.torn[others]]
        if not len(others):
            continue
        crossed = int(shapes.crossings(stroke, others).sum())
        if not (
            _is_strike_through(shapes, stroke, others, crossed, movements) or _is_scribble(shapes, stroke, crossed)
        ):
            continue
        covered = _strokes_under(shapes, stroke, drawn)
        if len(covered):
            group = {stroke, *covered.tolist()}
            apart = [other for other in groups if not group & other]
            groups = [*apart, group.union(*(other for other in groups if group & other))]
    return [np.array(sorted(group)) for group in groups]


def _is_strike_through(
    shapes: Shapes, stroke: int, others: Integers, crossed: int, movements: Callable[[], Movements]
) -> bool:
    """Return whether a stroke is straight and runs through the middle of letters, not below or above them."""
    if not (shapes.straight[stroke] and abs(shapes.slope[stroke]) < 30):
        return False
    long = abs(shapes.chord[stroke]) > 4.5
    if crossed < max(
        MIN_CROSSINGS_STRAIGHT if long else MIN_CROSSINGS_STRAIGHT - 1, (0.5 if long else 0.8) * shapes.length[stroke]
    ):
        return False
    above, below, _ = shapes.around(stroke, others, 1.5)
    if not 0.25 < above / max(above + below, 1) < 0.8:
        return False
    lowest = MAX_BELOW_MIDDLE_LINE if abs(shapes.chord[stroke]) > 15 else MAX_BELOW_MIDDLE
    return _cuts_letters(shapes, stroke, movements(), lowest if long else None)


def _cuts_letters(shapes: Shapes, stroke: int, movements: Movements, lowest: float | None) -> bool:
    """Return whether a stroke cuts most of the letters along it, and not just descenders.

    With ``lowest`` it may cut fewer of them unless it is farther below their middle. Movements are weighted by their
    height up to 1.5.
    """
    line_x, line_y = rising(shapes.points[stroke])
    x, y = movements.x / shapes.height, movements.y / shapes.height
    below = y - np.interp(x, line_x, line_y)
    near = (
        (x > line_x[0]) & (x < line_x[-1]) & (np.abs(below) < 1.5) & (movements.height > 0.4) & (movements.height < 4)
    )
    if not near.any():
        return False
    below, height = below[near], movements.height[near]
    weight = np.minimum(height, 1.5)
    cut = float(weight[np.abs(below) < height / 2].sum() / weight.sum())
    return cut > MIN_CUT or (lowest is not None and cut > MIN_CUT_LONG and weighted_median(below, weight) > -lowest)


def _is_scribble(shapes: Shapes, stroke: int, crossed: int) -> bool:
    left, _, right, _ = shapes.boxes[stroke]
    if right - left < MIN_SCRIBBLE_WIDTH:
        return False
    smooth = shapes.turning[stroke] < 0.7 * shapes.length[stroke]
    return bool(not shapes.straight[stroke] and crossed >= max(MIN_CROSSINGS, 0.5 * shapes.length[stroke] * smooth))


def _strokes_under(shapes: Shapes, stroke: int, drawn: NDArray[np.bool_]) -> Integers:
    """Return the strokes that ``stroke`` crosses out."""
    left, top, right, bottom = shapes.boxes[stroke] + np.array([-0.3, -0.3, 0.3, 0.3])
    own = shapes.points[stroke]
    covered = []
    for k in shapes.beside(stroke, 1.5).tolist():
        z = shapes.points[k]
        if shapes.straight[stroke]:
            line = np.interp(z.real, *rising(own))
            under = (z.real > left) & (z.real < right) & (abs(float(np.median(z.imag - line))) < 1.3)
        else:
            under = (z.real > left) & (z.real < right) & (z.imag > top) & (z.imag < bottom)
        if under.mean() > 0.6 and not (drawn[k] and shapes.length[k] > 2 * shapes.length[stroke]):
            covered.append(k)
    return np.array(covered, dtype=np.int64)


def _is_side(shapes: Shapes, stroke: int, drawn: NDArray[np.bool_]) -> bool:
    """Return whether both ends of a straight stroke meet others, like the sides of a box and the rules of a table."""
    if not (drawn[stroke] and shapes.straight[stroke]):
        return False
    ends = shapes.points[stroke][[0, -1]]
    touch = np.zeros(2, dtype=bool)
    for k in np.flatnonzero(shapes.straight & (shapes.length > MIN_SIDE)).tolist():
        if k != stroke and shapes.near(stroke, k) and shapes.angle_between(stroke, k) > 30:
            # A long stroke may be met anywhere; a short one, which may be a letter, only at one of its ends.
            path = shapes.points[k] if drawn[k] else shapes.points[k][[0, -1]]
            touch |= np.abs(ends[:, None] - path).min(axis=1) < TOUCH
    return bool(touch.all())
