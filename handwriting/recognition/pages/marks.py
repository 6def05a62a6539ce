"""The strokes of a page as marks: where the hand wrote, and how large.

A whiteboard's sensor now and then reports a point far away in the middle of a stroke. Steps that no hand makes are cut
out before anything is measured.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from handwriting.ink import Floats, Ink

Integers = NDArray[np.int64]

LEAST = 1e-3
"""Of the page's extent: letters are not smaller."""
WILD = 20.0
"""Times the page's median step: a longer one says nothing about the height of letters."""

JUMP = 6.0
"""Letter heights: a longer step, if it is as many times its stroke's median step too, is a jump of the sensor."""

TREMBLE = 0.15
"""Letter heights: a smaller movement up or down is no evidence of a letter."""


@dataclass(frozen=True, eq=False)
class Evidence:
    """Movements of the pen up or down, of which lines are made: their middles are near the middle of small letters.

    All of shape (E,). A movement as high as a small letter weighs most; ascenders and descenders, whose middles are
    elsewhere, weigh little.
    """

    x: Floats
    y: Floats
    weight: Floats
    stroke: Integers


@dataclass(frozen=True, eq=False)
class Marks:
    """The ``S`` strokes of an ink of ``N`` points. Everything is measured on demand and once."""

    ink: Ink

    @cached_property
    def height(self) -> float:
        """The height of a small letter, about: the median of the pen's movements up and down, each weighing its length.

        Half of all vertical movement is in smaller ones, half in larger ones. It is the same for one line and for
        many, for cursive and for print.
        """
        rises, ends = self._movements
        steps = self._steps
        moved = steps[steps > 0]
        wild = np.cumsum(np.append(0, steps > WILD * np.median(moved))) if len(moved) else np.zeros(len(self.ink))
        rises = rises[(wild[ends[:, 0]] == wild[ends[:, 1]]) & (rises > 0)]
        widest = max(float(np.ptp(self.ink.x)), float(np.ptp(self.ink.y)))
        least = max(widest * LEAST, 1e-150)
        return max(weighted_median(rises, rises) if len(rises) else float(np.ptp(self.ink.x)) / 10 or 1.0, least)

    @cached_property
    def sound(self) -> NDArray[np.bool_]:
        """Shape (N,): whether a point is where the hand was.

        Of what lies between a stroke's jumps the largest part is, and so is what lies near it: a jump comes back.
        """
        sound = np.ones(len(self.ink), dtype=bool)
        limit = JUMP * self.height
        for stroke in np.unique(self.ink.stroke_index[:-1][self._steps > limit]):
            span = slice(int(self.ink.starts[stroke]), int(self.ink.ends[stroke]))
            steps = self._steps[span.start : span.stop - 1]
            # A ruler's line, or ink whose points were thinned out, has long steps only.
            jumps = (steps > limit) & (steps > JUMP * np.median(steps))
            if not jumps.any():
                continue
            part = np.cumsum(np.append(0, jumps))
            sizes = np.bincount(part)
            points = self.ink.xy[span]
            main = points[part == sizes.argmax()]
            near = ((points >= main.min(axis=0) - limit) & (points <= main.max(axis=0) + limit)).all(axis=1)
            sound[span] = (np.bincount(part, near) == sizes)[part]
        return sound

    @cached_property
    def boxes(self) -> Floats:
        """Shape (S, 4): left, top, right, bottom of each stroke's sound points."""
        far = np.where(self.sound, 0.0, np.inf)
        low = [np.minimum.reduceat(v + far, self.ink.starts) for v in (self.ink.x, self.ink.y)]
        high = [np.maximum.reduceat(v - far, self.ink.starts) for v in (self.ink.x, self.ink.y)]
        return np.stack([*low, *high], axis=1)

    @cached_property
    def centers(self) -> Floats:
        """Shape (S, 2): the median of x and of y along each stroke's sound ink."""
        length = np.where(self.sound[1:] & self.sound[:-1], self._steps, 0.0)
        weight = np.append(length, 0.0) + np.append(0.0, length)
        weight = np.where(self.sound, weight + 1e-6 * self.height, 0.0)
        spans = list(zip(self.ink.starts.tolist(), self.ink.ends.tolist(), strict=True))
        return np.array([[weighted_median(v[a:b], weight[a:b]) for v in (self.ink.x, self.ink.y)] for a, b in spans])

    @cached_property
    def evidence(self) -> Evidence:
        """What lines are made of; may be empty."""
        rises, ends = self._movements
        good = self.sound[ends].all(axis=1) & (rises > TREMBLE * self.height)
        rises, (first, last) = rises[good] / self.height, ends[good].T
        return Evidence(
            (self.ink.x[first] + self.ink.x[last]) / 2,
            (self.ink.y[first] + self.ink.y[last]) / 2,
            rises / (1 + (rises / 1.5) ** 4),
            self.ink.stroke_index[first],
        )

    @cached_property
    def _steps(self) -> Floats:
        """Shape (N - 1,): the way from each point to the next, 0 where the pen was up."""
        steps = np.hypot(np.diff(self.ink.x), np.diff(self.ink.y))
        steps[self.ink.starts[1:] - 1] = 0.0
        return steps

    @cached_property
    def _movements(self) -> tuple[Floats, Integers]:
        """How far the pen went up or down each time before it turned or was lifted, and the two points, (E, 2)."""
        direction = np.sign(np.diff(self.ink.y))
        moving = np.flatnonzero(direction)
        if not len(moving):
            return np.empty(0), np.empty((0, 2), dtype=np.int64)
        # A level step goes on with what was before it.
        last = np.maximum.accumulate(np.where(direction != 0, np.arange(len(direction)), moving[0]))
        turns = np.append(True, np.append(np.diff(direction[last]) != 0, True))
        turns[self.ink.starts] = turns[self.ink.ends - 1] = True
        at = np.flatnonzero(turns)
        inside = self.ink.stroke_index[at[:-1]] == self.ink.stroke_index[at[1:]]
        ends = np.stack([at[:-1][inside], at[1:][inside]], axis=1)
        return np.abs(self.ink.y[ends[:, 1]] - self.ink.y[ends[:, 0]]), ends


def weighted_median(values: Floats, weights: Floats) -> float:
    """The value below which half of the weight lies."""
    order = np.argsort(values, kind="stable")
    total = np.cumsum(weights[order])
    return float(values[order][np.searchsorted(total, total[-1] / 2)])
