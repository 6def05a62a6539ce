"""Find groups of straight strokes that cross out a word together: an X over it, or parallel diagonals.

Each of them may cross few strokes; together they cross more than straight strokes of letters do. Lengths are in letter
heights.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from handwriting.recognition.pages.marks import Integers
from handwriting.recognition.pages.shapes import Shapes

MIN_LENGTH, MAX_LENGTH = 1.7, 25.0
"""Limits of the length of one of the strokes."""
MIN_DIAGONALS, MIN_CROSSINGS_EACH = 3, 1.0
"""Minimum number of parallel diagonals, and of the other strokes that each crosses, on average."""
MIN_SLOPE, MAX_SPACING = 25.0, 1.6
"""Minimum angle of a diagonal with the horizontal, in degrees, and maximum distance between neighbours."""
MIN_X, MAX_X_HEIGHT, MIN_X_CROSSINGS = 2.5, 5.0, 5
"""Minimum length of a stroke of an X over a word, maximum height of the X, which is that of one line, and minimum
number of crossings of both strokes with the word."""


def crossed_out_by_groups(shapes: Shapes, free: NDArray[np.bool_], drawn: NDArray[np.bool_]) -> list[Integers]:
    """Return the strokes of each word under an X or under diagonals, with those that cross it out; in ascending order.

    ``free``, shape (S,), marks strokes taken for writing; ``drawn``, shape (S,), marks those longer than any stroke of
    a letter, which may be part of an X but are not crossed out.
    """
    usable = shapes.straight & (shapes.length > MIN_LENGTH) & (shapes.length < MAX_LENGTH)
    diagonal = np.flatnonzero(free & usable & (np.abs(shapes.slope) > MIN_SLOPE))
    left, found = free | drawn, []
    for group in [*_crosses(shapes, np.flatnonzero(usable & left)), *_diagonals(shapes, diagonal)]:
        if left[group].all():
            found.append(np.sort(np.concatenate([group, _strokes_under(shapes, group, free & left)])))
            left[found[-1]] = False
    return found


def _crosses(shapes: Shapes, some: Integers) -> list[Integers]:
    found = []
    some = some[shapes.length[some] > MIN_X]
    for a in some.tolist():
        for b in np.intersect1d(some[some > a], shapes.beside(a)).tolist():
            short, long = sorted((float(shapes.length[a]), float(shapes.length[b])))
            middles = abs(shapes.points[a].mean() - shapes.points[b].mean())
            opposite = shapes.slope[a] * shapes.slope[b] < 0 and shapes.angle_between(a, b) > 20
            height = np.ptp(shapes.boxes[[a, b]][:, 1::2])
            if height < MAX_X_HEIGHT and long < 1.4 * short and middles < 0.2 * long and opposite:
                pair = np.array([a, b])
                if _crossed(shapes, pair) >= MIN_X_CROSSINGS:
                    found.append(pair)
    return found


def _diagonals(shapes: Shapes, some: Integers) -> list[Integers]:
    found = []
    left = some[np.argsort([shapes.points[k].mean().real for k in some.tolist()], kind="stable")].tolist()
    while left:
        group = [left.pop(0)]
        for k in list(left):
            last = group[-1]
            apart = shapes.points[k].mean() - shapes.points[last].mean()
            alike = 0.6 < shapes.length[k] / shapes.length[last] < 1.6 and shapes.angle_between(k, last) < 15
            if alike and 0 < apart.real < MAX_SPACING and abs(apart.imag) < 0.6:
                group.append(k)
                left.remove(k)
        strokes = np.array(sorted(group))
        if len(group) >= MIN_DIAGONALS and _crossed(shapes, strokes) >= MIN_CROSSINGS_EACH * len(group):
            found.append(strokes)
    return found


def _crossed(shapes: Shapes, group: Integers) -> int:
    """Return how often a group crosses other strokes of some length."""
    total = 0
    for k in group.tolist():
        others = np.setdiff1d(shapes.beside(k), group)
        total += int(shapes.crossings(k, others[shapes.length[others] > 1.2]).sum())
    return total


def _strokes_under(shapes: Shapes, group: Integers, free: NDArray[np.bool_]) -> Integers:
    """Return the strokes, among ``free``, most of which lies within the bounds of a group."""
    left, top = shapes.boxes[group, :2].min(axis=0) - 0.3
    right, bottom = shapes.boxes[group, 2:].max(axis=0) + 0.3
    return np.array(
        [
            k
            for k in np.setdiff1d(np.flatnonzero(free), group).tolist()
            if (
                (shapes.points[k].real > left)
                & (shapes.points[k].real < right)
                & (shapes.points[k].imag > top)
                & (shapes.points[k].imag < bottom)
            ).mean()
            > 0.6
        ],
        dtype=np.int64,
    )
