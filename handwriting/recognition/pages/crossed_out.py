"""Words that are crossed out: struck through with straight strokes, or scribbled over.

Strokes of writing hardly cross each other. Of the strokes of a thousand real lines, those with eight crossings or more
are, but for one, strokes that cross out a word. Lengths are in letter heights.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from handwriting.recognition.pages.marks import Integers
from handwriting.recognition.pages.shapes import TOUCH, Shapes, rising

SIDE = 2.5
"""Shortest side of a box around writing."""
SCRATCHED, STRUCK = 8, 5
"""Crossings with other ink that only crossing out has: of any stroke, and of a straight one."""
LEAST_SCRIBBLE = 1.6
"""Width of a scribble over a word; a narrower one is a letter that was written over."""
SHORTEST_STRIKE = 2.0
"""Length of a stroke that may cross out a word of two letters."""


def crossed_out(shapes: Shapes, drawn: NDArray[np.bool_]) -> list[Integers]:
    """The strokes of each word that is struck through or scribbled over, with those that cover it.

    ``drawn``, shape (S,): strokes that are too long or smooth for writing; they may strike but are not struck.
    """
    groups: list[set[int]] = []
    for stroke in np.flatnonzero((shapes.length > SHORTEST_STRIKE) & ~shapes.torn).tolist():
        if shapes.encloses(stroke) or _is_side(shapes, stroke, drawn):
            continue
        others = shapes.beside(stroke)
        others = others[(shapes.length[others] > 1.2) & ~drawn[others] & ~shapes.torn[others]]
        if not len(others):
            continue
        crossed = int(shapes.crossings(stroke, others).sum())
        if not (_strikes(shapes, stroke, others, crossed) or _scratches(shapes, stroke, crossed)):
            continue
        covered = _covered(shapes, stroke, drawn)
        if len(covered):
            group = {stroke, *covered.tolist()}
            apart = [other for other in groups if not group & other]
            groups = [*apart, group.union(*(other for other in groups if group & other))]
    return [np.array(sorted(group)) for group in groups]


def _strikes(shapes: Shapes, stroke: int, others: Integers, crossed: int) -> bool:
    """Whether a straight stroke runs through the middle of letters, and not under them or on top."""
    if not (shapes.straight[stroke] and abs(shapes.slope[stroke]) < 30):
        return False
    long = abs(shapes.chord[stroke]) > 4.5
    if crossed < max(STRUCK if long else STRUCK - 1, (0.5 if long else 0.8) * shapes.length[stroke]):
        return False
    above, below, _ = shapes.around(stroke, others, 1.5)
    return bool(0.25 < above / max(above + below, 1) < 0.8)


def _scratches(shapes: Shapes, stroke: int, crossed: int) -> bool:
    left, _, right, _ = shapes.boxes[stroke]
    if right - left < LEAST_SCRIBBLE:
        return False
    smooth = shapes.turning[stroke] < 0.7 * shapes.length[stroke]
    return bool(not shapes.straight[stroke] and crossed >= max(SCRATCHED, 0.5 * shapes.length[stroke] * smooth))


def _covered(shapes: Shapes, stroke: int, drawn: NDArray[np.bool_]) -> Integers:
    """The strokes that lie under one that crosses them out."""
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
    """Whether both ends of a straight stroke meet others, as do those of a box's sides and of a table's rules."""
    if not (drawn[stroke] and shapes.straight[stroke]):
        return False
    ends = shapes.points[stroke][[0, -1]]
    touch = np.zeros(2, dtype=bool)
    for k in np.flatnonzero(shapes.straight & (shapes.length > SIDE)).tolist():
        if k != stroke and shapes.near(stroke, k) and shapes.turned(stroke, k) > 30:
            # Of a long stroke any place may be met; a short one, which may be a letter, only at a corner.
            path = shapes.points[k] if drawn[k] else shapes.points[k][[0, -1]]
            touch |= np.abs(ends[:, None] - path).min(axis=1) < TOUCH
    return bool(touch.all())
