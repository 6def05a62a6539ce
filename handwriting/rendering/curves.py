"""Fit strokes with smooth curves: a few cubic Bézier segments that follow a pen's many points.

A pen is sampled many times a second, on a grid and with sensor noise. All of this is visible if the points are joined,
even by a spline: corners where the pen was fast, tremor where it was slow. The curve is therefore fitted to the points
instead of drawn through them, as in Schneider 1990 ("An algorithm for automatically fitting digitized curves", Graphics
Gems). A stroke is cut at its sharp corners. Each piece is fitted as one cubic segment with known end directions, whose
two arm lengths are found by least squares. If a point is too far away, the piece is cut there, and both halves keep the
direction that they share. Unlike in that paper, all open pieces of a drawing are solved at once, level by level, and
neighbours that also fit as one segment are joined again (``piecewise.py``).

Points are complex numbers x + iy in millimetres: a distance is ``abs``, and a turn is the angle of a quotient.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from handwriting.piecewise import Pieces, cut, join
from handwriting.rendering.splines import distinct

Floats = NDArray[np.float64]
Complex = NDArray[np.complex128]
Integers = NDArray[np.int64]

TOLERANCE_MM = 0.05
"""Largest distance of a point from its curve; the width of a pen stroke hides smaller ones. It is three steps of
IAM-OnDB's grid, a fiftieth of an x-height."""
REACH_MM = 0.2
"""Minimum length over which directions are measured, so that jitter averages out."""

CORNER_RADIANS = np.deg2rad(75)
"""A sharper turn within `REACH_MM` is a corner: a square has corners, a hexagon is a coarse circle."""

# Ridge that pulls arms towards a third of the length: it decides for pieces with one inner point, and hardly counts for
# pieces with many.
ARM_RIDGE = 0.02
# An arm shorter than this share of a piece's length, or longer than all of it, makes kinks and loops.
ARM_SHARES = (0.05, 1.0)
# Between two points, a curve may leave their straight line by two tolerances plus this share of the line's length, or
# of its shortest neighbour's: a long line beside a short piece of a bend must not bulge.
BOW_SHARE = 0.2


def curves(strokes: Sequence[Floats], tolerance: float = TOLERANCE_MM) -> list[Floats]:
    """Fit a smooth curve to each of ``strokes``, of shape (points, 2): control points of shape (segments, 4, 2).

    A segment begins where the previous one ends, and in the same direction unless there is a corner. First and last
    points are kept; the others lie within ``tolerance`` millimetres of the curve. A stroke without extent
    becomes one segment of zero length.
    """
    if not strokes:
        return []
    kept = [distinct(stroke) for stroke in strokes]
    last = np.cumsum([len(stroke) for stroke in kept]) - 1
    first = np.append(0, last[:-1] + 1)
    x, y = np.concatenate(kept).T
    z = x + 1j * y
    trace = Trace(z, np.append(0.0, np.cumsum(np.abs(np.diff(z)))))
    begin, end = _pieces(trace, first, last)
    course = Course.of(trace, begin, end)
    begin, end, arm1, arm2 = _fit(course, begin, end, tolerance)
    start, stop = trace.z[begin], trace.z[end]
    out, back = arm1 * course.leaving[begin], arm2 * course.arriving[end]
    segments = np.stack([start, start + out, stop - back, stop], axis=1)
    points = np.stack([segments.real, segments.imag], axis=-1)  # (segments, 4, 2)
    return np.split(points, np.searchsorted(begin, first[1:]))


@dataclass(frozen=True)
class Trace:
    """All points of a drawing in writing order, and the distance covered up to each (pen-up moves included)."""

    z: Complex
    along: Floats

    def at(self, along: Floats) -> Complex:
        """Interpolate the pen's position linearly between the points."""
        return np.interp(along, self.along, self.z.real) + 1j * np.interp(along, self.along, self.z.imag)

    def sides(self, first: Integers, last: Integers) -> tuple[Integers, Complex, Complex, Floats, Floats]:
        """Return index, mean direction before and after, and both lengths for each point of the pieces.

        Nothing precedes a piece's first point or follows its last: there the length is 0 and the direction meaningless.
        """
        size = last - first + 1
        owner = np.repeat(np.arange(len(size)), size)
        index = np.arange(len(owner)) + (first - np.cumsum(size) + size)[owner]
        here = self.along[index]
        from_start, to_end = here - self.along[first][owner], self.along[last][owner] - here
        step = np.diff(self.along, prepend=0.0, append=self.along[-1])
        before = np.minimum(np.maximum(step[index], REACH_MM), from_start)
        after = np.minimum(np.maximum(step[index + 1], REACH_MM), to_end)
        arriving = (self.z[index] - self.at(here - before)) / np.where(before > 0, before, 1)
        leaving = (self.at(here + after) - self.z[index]) / np.where(after > 0, after, 1)
        return index, arriving, leaving, before, after


def _pieces(trace: Trace, first: Integers, last: Integers) -> tuple[Integers, Integers]:
    """Cut the strokes at their corners: first and last point of each piece, in order; neighbours share the corner."""
    index, arriving, leaving, before, after = trace.sides(first, last)
    turn = np.where((before > 0) & (after > 0), np.abs(np.angle(leaving * arriving.conj())), 0)
    sharp = np.flatnonzero(turn > CORNER_RADIANS)
    # The neighbours of a corner look sharp as well; of each run, only the sharpest point is a corner.
    runs = np.split(sharp, np.flatnonzero((np.diff(sharp) > 1) | (np.diff(trace.along[index[sharp]]) > REACH_MM)) + 1)
    corners = index[[run[turn[run].argmax()] for run in runs if len(run)]]
    return np.sort(np.append(first, corners)), np.sort(np.append(last, corners))


def _directions(trace: Trace, begin: Integers, end: Integers) -> tuple[Complex, Complex]:
    """Return unit vectors in which the curve leaves each point and arrives at it; they differ only at corners.

    They are tangents of parabolas through three points, which are extended at the ends of a piece.
    """
    index, before, after, reach_before, reach_after = trace.sides(begin, end)
    inner = before * reach_after + after * reach_before
    leaving = np.zeros(len(trace.z), dtype=np.complex128)
    leaving[index] = _unit(np.where(np.abs(inner) > 1e-9, inner, after))  # unless the two sides are nearly opposite
    arriving = leaving.copy()
    half = (trace.along[end] - trace.along[begin]) / 2
    last = np.cumsum(end - begin + 1) - 1  # where each piece ends in `sides`
    w = np.minimum(reach_after[last - (end - begin)], half)
    ahead, farther = trace.at(trace.along[begin] + w), trace.at(trace.along[begin] + 2 * w)
    leaving[begin] = _unit(4 * ahead - 3 * trace.z[begin] - farther)
    w = np.minimum(reach_before[last], half)
    behind, farther = trace.at(trace.along[end] - w), trace.at(trace.along[end] - 2 * w)
    arriving[end] = _unit(3 * trace.z[end] - 4 * behind + farther)
    return leaving, arriving


def _unit(vector: Complex) -> Complex:
    length = np.abs(vector)
    return vector / np.where(length > 0, length, 1)


@dataclass(frozen=True)
class Course:
    """Properties of each point, known before the fit; every array has shape (points,)."""

    z: Complex
    along: Floats
    leaving: Complex
    """Direction in which the curve leaves the point ..."""
    arriving: Complex
    """... and in which it arrives there: the same, except at a corner."""
    before: Floats
    """Distance to the previous point of the piece; infinite at its first point."""
    after: Floats
    """Distance to the next point of the piece; infinite at its last point."""
    bow: Floats
    """Allowed distance of the curve, halfway, from the line to the previous point, in addition to two tolerances."""

    @classmethod
    def of(cls, trace: Trace, begin: Integers, end: Integers) -> Course:
        step = np.abs(np.diff(trace.z, prepend=0, append=0))
        before, after = step[:-1].copy(), step[1:].copy()
        before[begin], after[end] = np.inf, np.inf
        bow = BOW_SHARE * np.minimum(np.minimum(np.append(np.inf, before[:-1]), step[:-1]), after)
        return cls(trace.z, trace.along, *_directions(trace, begin, end), before, after, bow)


def _fit(course: Course, begin: Integers, end: Integers, tolerance: float) -> Pieces:
    """Cut the pieces until each fits as one segment, then join neighbours that fit as one, in two rounds.

    The parameters of a piece are the lengths of its two arms.
    """

    def fit(begin: Integers, end: Integers) -> tuple[Floats, Floats, NDArray[np.bool_], Integers]:
        return _solve(course, begin, end, tolerance)

    def straight(begin: Integers, end: Integers) -> tuple[Floats, Floats]:
        length = course.along[end] - course.along[begin]
        return np.minimum(length, course.before[begin]) / 3, np.minimum(length, course.after[end]) / 3

    corner = np.zeros(len(course.z), dtype=bool)
    corner[begin] = True
    return join(fit, cut(fit, straight, begin, end), parities=(0, 1, 0, 1), fixed=corner)


def _solve(
    course: Course, begin: Integers, end: Integers, tolerance: float
) -> tuple[Floats, Floats, NDArray[np.bool_], Integers]:
    """Fit pieces of three points or more; return both arm lengths, whether the segment fits, and the worst inner point.

    A point of the segment is b0·start + b1·(start + arm1·leaving) + b2·(stop - arm2·arriving) + b3·stop with
    Bernstein's weights b: linear in the two arms for given parameters u. These start as shares of the piece's length
    and move, between three solutions, towards the nearest point of the curve (a Gauss-Newton step).
    """
    z, along = course.z, course.along
    size = end - begin  # all points but the first
    groups = np.cumsum(size) - size  # index of each piece's first point among all points
    owner = np.repeat(np.arange(len(size)), size)
    index = np.arange(len(owner)) + (begin + 1 - groups)[owner]
    length = along[end] - along[begin]
    u = (along[index] - along[begin][owner]) / length[owner]
    start, stop, out, back = z[begin][owner], z[end][owner], course.leaving[begin][owner], course.arriving[end][owner]
    for _ in range(3):
        b0, b1, b2, b3 = _bernstein(u)
        rest = z[index] - (b0 + b1) * start - (b2 + b3) * stop
        column1, column2 = b1 * out, -b2 * back
        products = [_dot(column1, column1), _dot(column1, column2), _dot(column2, column2)]
        products += [_dot(column1, rest), _dot(column2, rest)]
        a11, a12, a22, r1, r2 = np.add.reduceat(np.stack(products), groups, axis=1)
        a11, a22, r1, r2 = a11 + ARM_RIDGE, a22 + ARM_RIDGE, r1 + ARM_RIDGE * length / 3, r2 + ARM_RIDGE * length / 3
        determinant = a11 * a22 - a12 * a12
        arms = np.stack([a22 * r1 - a12 * r2, a11 * r2 - a12 * r1]) / determinant
        sound = ((arms >= ARM_SHARES[0] * length) & (arms <= ARM_SHARES[1] * length)).all(axis=0)
        arm1, arm2 = np.where(sound, arms, length / 3)
        control1, control2 = start + arm1[owner] * out, stop - arm2[owner] * back
        miss = z[index] - (b0 * start + b1 * control1 + b2 * control2 + b3 * stop)
        used, v = u, 1 - u
        velocity = 3 * (v * v * (control1 - start) + 2 * u * v * (control2 - control1) + u * u * (stop - control2))
        speed2 = _dot(velocity, velocity)
        u = np.clip(u + _dot(velocity, miss) / np.where(speed2 > 0, speed2, 1), 0, 1)
        u[groups + size - 1] = 1

    # Distance of the curve, halfway between a point and the previous one, from their straight line.
    previous = np.append(0, used[:-1])
    previous[groups] = 0
    b0, b1, b2, b3 = _bernstein((used + previous) / 2)
    middle = b0 * start + b1 * control1 + b2 * control2 + b3 * stop
    gap = z[index] - z[index - 1]
    aside = np.abs(((middle - z[index]) * gap.conj()).imag) / np.abs(gap)
    error = np.maximum(np.abs(miss), (aside - course.bow[index]) / 2)
    greatest = np.maximum.reduceat(error, groups)
    hits = np.flatnonzero(error == greatest[owner])[::-1]
    worst = np.empty_like(begin)
    worst[owner[hits]] = index[hits]  # among equals, the last assignment wins: the earliest point
    return arm1, arm2, greatest <= tolerance, np.minimum(worst, end - 1)


def _bernstein(u: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    v = 1 - u
    return v**3, 3 * u * v * v, 3 * u * u * v, u**3


def _dot(a: Complex, b: Complex) -> Floats:
    """Return the scalar product of plane vectors."""
    product: Floats = a.real * b.real + a.imag * b.imag
    return product
