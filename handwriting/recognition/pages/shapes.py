"""Measure the shapes of strokes, in letter heights: length, straightness, curvature and crossings."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from handwriting.geometry.normalise import segments
from handwriting.geometry.resample import resample
from handwriting.ink import Floats, Ink

Integers = NDArray[np.int64]

STEP = 0.5
"""Distance between resampled points: coarse enough that tremor does not count as turning."""

TOUCH = 0.7
"""Strokes this near count as touching, because people do not close their boxes exactly."""
LOST_STEP = 1.5
"""A step this long among shorter ones was not made on paper."""
SPIKE_STEP = 5.0
"""Nor were two steps this long that go straight there and back."""


@dataclass(frozen=True, eq=False)
class Shapes:
    """The ``S`` strokes of an ink, measured in units of ``height``, the height of a small letter."""

    ink: Ink
    height: float

    @cached_property
    def points(self) -> list[NDArray[np.complex128]]:
        """Points x + iy of each stroke, :data:`STEP` apart."""
        return [s[:, 0] + 1j * s[:, 1] for s in self._resampled.strokes]

    @cached_property
    def boxes(self) -> Floats:
        """Left, top, right and bottom of each stroke, shape (S, 4)."""
        return self._resampled.boxes.T

    @cached_property
    def length(self) -> Floats:
        """Length along each stroke, shape (S,)."""
        return self._sum(np.abs(self._steps), self._inside)

    @cached_property
    def turning(self) -> Floats:
        """Sum of the absolute angles by which each stroke turns, in radians, shape (S,)."""
        angle = np.abs(np.angle(self._steps[1:] * self._steps[:-1].conj()))
        return self._sum(
            np.append(0.0, angle)[: len(self._inside)],
            np.append(False, self._inside[1:] & self._inside[:-1])[: len(self._inside)],
        )

    @cached_property
    def chord(self) -> NDArray[np.complex128]:
        """Vector from the first to the last point of each stroke, shape (S,)."""
        z, starts, ends = self._z, self._resampled.starts, self._resampled.ends
        return z[ends - 1] - z[starts]

    @cached_property
    def straight(self) -> NDArray[np.bool_]:
        """Mask of the strokes that are about as straight as if drawn with a ruler, shape (S,)."""
        chord = np.abs(self.chord)
        unit = np.where(chord > 0, self.chord, 1) / np.where(chord > 0, chord, 1)
        owner = self._resampled.stroke_index
        off = ((self._z - self._z[self._resampled.starts][owner]) * unit.conj()[owner]).imag
        starts = self._resampled.starts
        bend = np.maximum.reduceat(off, starts) - np.minimum.reduceat(off, starts)
        return (chord > 0) & (self.length < 1.12 * chord) & (bend < np.maximum(0.12 * chord, 0.2))

    @cached_property
    def slope(self) -> Floats:
        """Angle of the chord in degrees, from -90 to 90, 0 for horizontal; shape (S,)."""
        angle = np.degrees(np.angle(self.chord))
        return (angle + 90) % 180 - 90

    @cached_property
    def level(self) -> NDArray[np.bool_]:
        """Mask of the straight strokes that are about horizontal, shape (S,)."""
        return self.straight & (np.abs(self.slope) < 20)

    @cached_property
    def torn(self) -> NDArray[np.bool_]:
        """Mask of the strokes with a sensor error: a long step among short ones, or there and back; shape (S,)."""
        dx, dy, steps = (part / self.height for part in segments(self.ink))
        z, owner = dx + 1j * dy, self.ink.stroke_index
        torn = np.zeros(len(self.ink.starts), dtype=bool)
        for k in np.unique(owner[:-1][steps > LOST_STEP]).tolist():
            own = steps[self.ink.starts[k] : self.ink.ends[k] - 1]
            torn[k] = own.max() > 6 * np.median(own)
        far = np.minimum(steps[1:], steps[:-1]) > SPIKE_STEP
        back = (z[1:] * z[:-1].conj()).real < -0.99 * steps[1:] * steps[:-1]
        torn[owner[1:-1][far & back]] = True
        return torn

    def crossings(self, stroke: int, others: Integers) -> Integers:
        """Return how often each of ``others`` crosses the stroke, shape (len(others),)."""
        a = self.points[stroke]
        return np.array([_crossings(a, self.points[k]) for k in others.tolist()], dtype=np.int64)

    def beside(self, stroke: int, reach: float = 0.0) -> Integers:
        """Return the other strokes whose box is within ``reach`` of the stroke's box."""
        left, top, right, bottom = self.boxes.T
        one = self.boxes[stroke]
        near = (left < one[2] + reach) & (right > one[0] - reach) & (top < one[3] + reach) & (bottom > one[1] - reach)
        near[stroke] = False
        return np.flatnonzero(near)

    def around(self, stroke: int, others: Integers, reach: float) -> tuple[int, int, float]:
        """Count points of ``others`` within ``reach`` above and below a level stroke, and return its covered share.

        The covered share is that of the stroke with any such point above.

        Level strokes among ``others`` are ignored: the bars of an equals sign do not underline each other.
        """
        x, y = rising(self.points[stroke])
        others = others[~self.level[others]]
        z = np.concatenate([np.empty(0, np.complex128), *(self.points[k] for k in others.tolist())])
        z = z[(z.real >= x[0]) & (z.real <= x[-1])]
        away = z.imag - np.interp(z.real, x, y)
        above = (away < 0) & (away > -reach)
        below = (away > 0) & (away < reach)
        cells = max(1, round(x[-1] - x[0]))
        at = np.minimum((z.real[above] - x[0]) / max(x[-1] - x[0], 1e-9) * cells, cells - 1).astype(int)
        return int(above.sum()), int(below.sum()), len(np.unique(at)) / cells

    def encloses(self, stroke: int) -> bool:
        """Return whether a stroke goes once around others, like a circle or a box."""
        if self.length[stroke] < 6 or self.turning[stroke] > 2.8 * np.pi or not self.closed(stroke):
            return False
        path = self.points[stroke]
        return any(
            self.length[k] > 1.2 and inside(self.points[k], path).mean() > 0.8 for k in self.beside(stroke).tolist()
        )

    def angle_between(self, a: int, b: int) -> float:
        """Return the angle between two straight strokes in degrees, at most 90."""
        return float(abs((self.slope[a] - self.slope[b] + 90) % 180 - 90))

    def closed(self, stroke: int) -> bool:
        path = self.points[stroke]
        gap = np.abs(path[-max(2, len(path) // 6) :] - path[0]).min()
        return bool(gap < max(TOUCH, 0.1 * self.length[stroke]))

    def near(self, a: int, b: int) -> bool:
        one, other = self.boxes[a], self.boxes[b]
        return bool((one[:2] - TOUCH < other[2:]).all() and (other[:2] - TOUCH < one[2:]).all())

    @cached_property
    def _resampled(self) -> Ink:
        ink = self.ink.moved_to(self.ink.x / self.height, self.ink.y / self.height)
        return resample(ink, STEP)[0]

    @cached_property
    def _z(self) -> NDArray[np.complex128]:
        return self._resampled.x + 1j * self._resampled.y

    @cached_property
    def _steps(self) -> NDArray[np.complex128]:
        return np.diff(self._z)

    @cached_property
    def _inside(self) -> NDArray[np.bool_]:
        owner = self._resampled.stroke_index
        return owner[1:] == owner[:-1]

    def _sum(self, values: Floats, chosen: NDArray[np.bool_]) -> Floats:
        owner = self._resampled.stroke_index[:-1]
        return np.bincount(owner[chosen], values[chosen], minlength=len(self.ink.starts)).astype(np.float64)


def distances(points: NDArray[np.complex128], path: NDArray[np.complex128]) -> Floats:
    """Return the distance from each point to the nearest place on a path."""
    if len(path) == 1:
        return np.abs(points - path[0])
    a, d = path[:-1], np.diff(path)
    size = np.abs(d) ** 2
    along = np.clip(((points[:, None] - a) * d.conj()).real / np.where(size > 0, size, 1), 0, 1)
    return np.abs(points[:, None] - a - along * d).min(axis=1)


def components(near: NDArray[np.bool_]) -> list[Integers]:
    """Return the connected components of a symmetric relation, shape (n, n)."""
    left = np.ones(len(near), dtype=bool)
    groups = []
    for start in range(len(near)):
        if left[start]:
            group = np.zeros(len(near), dtype=bool)
            group[start] = True
            while (grown := group | near[group].any(axis=0)).sum() > group.sum():
                group = grown
            left &= ~group
            groups.append(np.flatnonzero(group))
    return groups


def inside(points: NDArray[np.complex128], polygon: NDArray[np.complex128]) -> NDArray[np.bool_]:
    """Return a mask of the points inside a closed polygon, by the even-odd rule."""
    a, b = polygon, np.roll(polygon, -1)
    y = points.imag[:, None]
    spans = (a.imag <= y) != (b.imag <= y)
    rise = np.where(a.imag == b.imag, 1.0, b.imag - a.imag)
    x = a.real + (y - a.imag) * (b.real - a.real) / rise
    return (spans & (x > points.real[:, None])).sum(axis=1) % 2 == 1


def rising(path: NDArray[np.complex128]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return x and y of a path, sorted by x."""
    order = np.argsort(path.real, kind="stable")
    return path.real[order], path.imag[order]


def _crossings(p: NDArray[np.complex128], q: NDArray[np.complex128]) -> int:
    a, b, c, d = p[:-1, None], p[1:, None], q[None, :-1], q[None, 1:]
    return int(
        ((_side(b - a, c - a) * _side(b - a, d - a) < 0) & (_side(d - c, a - c) * _side(d - c, b - c) < 0)).sum()
    )


def _side(u: NDArray[np.complex128], v: NDArray[np.complex128]) -> Floats:
    return (u.conj() * v).imag
