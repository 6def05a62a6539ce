"""Measurements of the strokes of a page: their positions and the letter height.

The sensor of a whiteboard sometimes reports a distant point in the middle of a stroke. Such points are excluded from
all measurements.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from handwriting.ink import Floats, Ink

Integers = NDArray[np.int64]

MIN_HEIGHT_SHARE = 1e-3
"""Minimum height of a letter, as a share of the page's extent."""
MAX_STEP_MEDIANS = 20.0
"""Steps longer than this many median steps are excluded from the estimate of the letter height."""

JUMP = 6.0
"""A step longer than this many letter heights, and this many times its stroke's median step, is a sensor jump."""

FEW_STEPS = 8
"""In a stroke with fewer steps, most may be jumps; they are compared with its shortest step instead of the median."""
FEW_POINTS, FEW_POINTS_REACH = 2, 2.0
"""At most this many points between two jumps were not written, unless they are this near the rest, in letter
heights."""

TREMOR = 0.15
"""Vertical movements smaller than this many letter heights are tremor."""


@dataclass(frozen=True, eq=False)
class Movements:
    """Vertical movements of the pen, from which lines are found: the middle of most is near that of small letters.

    All arrays have shape (E,). A movement as high as a small letter weighs most; ascenders and descenders, whose middle
    is elsewhere, weigh little.
    """

    x: Floats
    y: Floats
    weight: Floats
    stroke: Integers
    height: Floats
    """In letter heights."""


@dataclass(frozen=True, eq=False)
class Marks:
    """Lazily computed measurements of the ``S`` strokes of an ink with ``N`` points."""

    ink: Ink

    @cached_property
    def height(self) -> float:
        """Approximate height of a small letter: the median vertical movement of the pen, weighted by its length.

        Half of all vertical movement is in smaller movements and half in larger ones. The estimate does not depend on
        the number of lines, and is the same for cursive and printed writing.
        """
        rises, ends = self._rises
        steps = self._steps
        moved = steps[steps > 0]
        part = (
            np.cumsum(np.append(0, steps > MAX_STEP_MEDIANS * np.median(moved)))
            if len(moved)
            else np.zeros(len(self.ink))
        )
        rises = rises[(part[ends[:, 0]] == part[ends[:, 1]]) & (rises > 0)]
        widest = max(float(np.ptp(self.ink.x)), float(np.ptp(self.ink.y)))
        least = max(widest * MIN_HEIGHT_SHARE, 1e-150)
        return max(weighted_median(rises, rises) if len(rises) else float(np.ptp(self.ink.x)) / 10 or 1.0, least)

    @cached_property
    def sound(self) -> NDArray[np.bool_]:
        """Mask that is false for points displaced by a sensor jump, shape (N,).

        Jumps cut a stroke into parts. The largest part is kept, and so are those near it, because the pen returns from
        a jump; parts of a few points must be nearer.
        """
        sound = np.ones(len(self.ink), dtype=bool)
        limit = JUMP * self.height
        moved = self._steps[self._steps > 0]
        usual = float(np.median(moved)) if len(moved) else 0.0
        for stroke in np.unique(self.ink.stroke_index[:-1][self._steps > limit]):
            span = slice(int(self.ink.starts[stroke]), int(self.ink.ends[stroke]))
            steps = self._steps[span.start : span.stop - 1]
            # A ruled line, or ink with few points, has long steps only.
            own = max(float(steps.min()), usual) if len(steps) < FEW_STEPS else float(np.median(steps))
            jumps = (steps > limit) & (steps > JUMP * own)
            if not jumps.any():
                continue
            part = np.cumsum(np.append(0, jumps))
            sizes = np.bincount(part)
            largest = int(sizes.argmax())
            points = self.ink.xy[span]
            main = points[part == largest]
            away = np.maximum(main.min(axis=0) - points, points - main.max(axis=0)).max(axis=1)
            near = away <= np.where(sizes > FEW_POINTS, limit, FEW_POINTS_REACH * self.height)[part]
            sound[span] = (np.bincount(part, near) == sizes)[part]
        return sound

    @cached_property
    def boxes(self) -> Floats:
        """Left, top, right and bottom of each stroke's sound points, shape (S, 4)."""
        far = np.where(self.sound, 0.0, np.inf)
        low = [np.minimum.reduceat(v + far, self.ink.starts) for v in (self.ink.x, self.ink.y)]
        high = [np.maximum.reduceat(v - far, self.ink.starts) for v in (self.ink.x, self.ink.y)]
        return np.stack([*low, *high], axis=1)

    @cached_property
    def centers(self) -> Floats:
        """Median of x and of y along each stroke's sound ink, shape (S, 2)."""
        length = np.where(self.sound[1:] & self.sound[:-1], self._steps, 0.0)
        weight = np.append(length, 0.0) + np.append(0.0, length)
        weight = np.where(self.sound, weight + 1e-6 * self.height, 0.0)
        spans = list(zip(self.ink.starts.tolist(), self.ink.ends.tolist(), strict=True))
        return np.array([[weighted_median(v[a:b], weight[a:b]) for v in (self.ink.x, self.ink.y)] for a, b in spans])

    @cached_property
    def movements(self) -> Movements:
        """The vertical movements from which lines are found; possibly none."""
        rises, ends = self._rises
        good = self.sound[ends].all(axis=1) & (rises > TREMOR * self.height)
        rises, (first, last) = rises[good] / self.height, ends[good].T
        return Movements(
            (self.ink.x[first] + self.ink.x[last]) / 2,
            (self.ink.y[first] + self.ink.y[last]) / 2,
            rises / (1 + (rises / 1.5) ** 4),
            self.ink.stroke_index[first],
            rises,
        )

    @cached_property
    def _steps(self) -> Floats:
        """Distance from each point to the next, 0 at pen-ups; shape (N - 1,)."""
        steps = np.hypot(np.diff(self.ink.x), np.diff(self.ink.y))
        steps[self.ink.starts[1:] - 1] = 0.0
        return steps

    @cached_property
    def _rises(self) -> tuple[Floats, Integers]:
        """Height of each movement up or down until the pen turns or lifts, (E,), and its two end points, (E, 2)."""
        direction = np.sign(np.diff(self.ink.y))
        moving = np.flatnonzero(direction)
        if not len(moving):
            return np.empty(0), np.empty((0, 2), dtype=np.int64)
        # A level step continues the movement before it.
        last = np.maximum.accumulate(np.where(direction != 0, np.arange(len(direction)), moving[0]))
        turns = np.append(True, np.append(np.diff(direction[last]) != 0, True))
        turns[self.ink.starts] = turns[self.ink.ends - 1] = True
        at = np.flatnonzero(turns)
        inside = self.ink.stroke_index[at[:-1]] == self.ink.stroke_index[at[1:]]
        ends = np.stack([at[:-1][inside], at[1:][inside]], axis=1)
        return np.abs(self.ink.y[ends[:, 1]] - self.ink.y[ends[:, 0]]), ends


def weighted_median(values: Floats, weights: Floats) -> float:
    """Return the value below which half of the weight lies."""
    order = np.argsort(values, kind="stable")
    total = np.cumsum(weights[order])
    return float(values[order][np.searchsorted(total, total[-1] / 2)])
