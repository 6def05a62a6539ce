"""Find arrows: heads at the ends of drawn strokes, and small level arrows. Lengths are in letter heights."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from handwriting.recognition.pages.marks import Integers
from handwriting.recognition.pages.shapes import TOUCH, Shapes

MIN_SHAFT = 1.6
"""Minimum length of the shaft of an arrow."""
SMALL_REACH = 0.4
"""Largest distance of a small head's tip from the end of its shaft; a bar across a short dash is farther away."""
MIN_SPACE = 0.4
"""Minimum width of the space around the shaft of a small arrow. Letters may form an arrow by chance, but without it."""


def find_arrows(shapes: Shapes, free: NDArray[np.bool_]) -> list[Integers]:
    """Return the strokes of each small level arrow among ``free``, in ascending order."""
    found, used = [], set[int]()
    for shaft in np.flatnonzero(free & shapes.level & (shapes.length > MIN_SHAFT)).tolist():
        head = arrow_head(shapes, shaft, free, SMALL_REACH)
        around = set(shapes.beside(shaft, MIN_SPACE).tolist()) - set(head)
        if head and not around and not used & {shaft, *head} and shapes.length[head].max() < 1.5 * shapes.length[shaft]:
            found.append(np.array(sorted([shaft, *head])))
            used.update(found[-1].tolist())
    return found


def arrow_head(shapes: Shapes, shaft: int, free: NDArray[np.bool_], reach: float = TOUCH) -> list[int]:
    """Return the strokes, among ``free``, of an arrow's head at either end of a stroke; an empty list if none.

    The head's tip is within ``reach`` of the end.
    """
    path = shapes.points[shaft]
    for end, way in (
        (path[-1], path[-1] - path[-min(len(path), 5)]),
        (path[0], path[0] - path[min(len(path), 5) - 1]),
    ):
        if abs(way) == 0:
            continue
        barbs, tips = [], []
        for k in shapes.beside(shaft, reach).tolist():
            if not free[k] or not 0.6 < shapes.length[k] < 8:
                continue
            z = (shapes.points[k] - end) / (way / abs(way))  # the shaft's end is 0, its direction 1
            tip = int(np.abs(z).argmin())
            if abs(z[tip]) > reach or np.abs(z).max() > 5:
                continue
            sides = [part for part in (z[: tip + 1], z[tip:]) if len(part) > 1 and 0.6 < abs(part[0] - part[-1]) < 3]
            away = [part[0] if abs(part[0]) > abs(part[-1]) else part[-1] for part in sides]
            bent = any(np.abs(np.diff(part)).sum() > 1.1 * abs(part[0] - part[-1]) for part in sides)
            if away and not bent and all(-0.3 * abs(w) > w.real and abs(w.imag) > 0.25 * abs(w) for w in away):
                barbs.append(k)
                tips += away
        if any(w.imag > 0 for w in tips) and any(w.imag < 0 for w in tips):
            return barbs
    return []
