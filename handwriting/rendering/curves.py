"""Strokes to smooth curves: a few cubic Bézier segments that follow a pen's many points.

A pen is sampled many times a second, on a grid and with a sensor's noise, and all of it shows when the points are
joined, even by a spline: corners where the pen was quick, tremor where it was slow. So the curve is fitted to the
points instead of drawn through them, as in Schneider 1990 ("An algorithm for automatically fitting digitized curves",
Graphics Gems): a stroke is cut where the pen turned sharply; each piece is tried as one cubic segment whose two
directions are known and whose two arms come from least squares; where that leaves a point too far away it is cut
again, and both halves keep the direction that they share. Unlike there, all open pieces of a drawing are solved at
once, level by level, and neighbours that also fit as one segment are joined again.

Points are complex numbers x + iy in millimetres: a distance is ``abs``, a turn the angle of one vector over another.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count

import numpy as np
from numpy.typing import NDArray

from handwriting.rendering.splines import distinct

Floats = NDArray[np.float64]
Complex = NDArray[np.complex128]
Integers = NDArray[np.int64]

# In millimetres, for writing with an x-height of a few: less than what the width of a line hides.
TOLERANCE = 0.05
"""Farthest that a point may lie from its curve: three steps of IAM-OnDB's grid, a fiftieth of an x-height."""
REACH = 0.2
"""Directions are taken over this length, or to the next point where that is farther, so that jitter averages out."""

CORNER = np.deg2rad(75)
"""A sharper turn within `REACH` is a corner: a square has corners, a hexagon is a coarse circle."""

# Pulls the arms towards a third of the length: decides where a piece has one inner point, and is lost among many.
RIDGE = 0.02
# An arm shorter than this share of a piece's length, or longer than all of it, makes kinks and loops.
ARMS = (0.05, 1.0)
# Between two points, where none holds it, a curve may leave the straight line by two tolerances and this share of it,
# or of the shortest of its neighbours: a long line beside a short piece of a bend does not bulge.
BOW = 0.2
# Cutting at the worst point is balanced in handwriting; halving afterwards bounds hostile ink.
FREE_LEVELS = 16


def curves(strokes: Sequence[Floats], tolerance: float = TOLERANCE) -> list[Floats]:
    """The smooth curve along each of ``strokes``, each of shape (points, 2): control points of shape (segments, 4, 2).

    A segment begins where the one before it ends, and in the same direction unless the pen made a corner there. First
    and last points are kept; the others lie within ``tolerance`` of the curve. A stroke that stays on one spot is one
    segment of no length.
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
    """All points of a drawing in writing order, and the way along them (through the air as well)."""

    z: Complex
    along: Floats

    def at(self, along: Floats) -> Complex:
        """Where the pen was, on the straight lines between the points."""
        return np.interp(along, self.along, self.z.real) + 1j * np.interp(along, self.along, self.z.imag)

    def sides(self, first: Integers, last: Integers) -> tuple[Integers, Complex, Complex, Floats, Floats]:
        """Of the points of all pieces ``first`` to ``last``: index, mean direction before and after, and over how far.

        A piece's first point has nothing before it and its last nothing after: a direction of no meaning over 0.
        """
        size = last - first + 1
        owner = np.repeat(np.arange(len(size)), size)
        index = np.arange(len(owner)) + (first - np.cumsum(size) + size)[owner]
        here = self.along[index]
        from_start, to_end = here - self.along[first][owner], self.along[last][owner] - here
        step = np.diff(self.along, prepend=0.0, append=self.along[-1])
        before = np.minimum(np.maximum(step[index], REACH), from_start)
        after = np.minimum(np.maximum(step[index + 1], REACH), to_end)
        arriving = (self.z[index] - self.at(here - before)) / np.where(before > 0, before, 1)
        leaving = (self.at(here + after) - self.z[index]) / np.where(after > 0, after, 1)
        return index, arriving, leaving, before, after


def _pieces(trace: Trace, first: Integers, last: Integers) -> tuple[Integers, Integers]:
    """The strokes cut at their corners: first and last point of each piece, in order; neighbours share the corner."""
    index, arriving, leaving, before, after = trace.sides(first, last)
    turn = np.where((before > 0) & (after > 0), np.abs(np.angle(leaving * arriving.conj())), 0)
    sharp = np.flatnonzero(turn > CORNER)
    # The neighbours of a corner look sharp as well: of each run the sharpest.
    runs = np.split(sharp, np.flatnonzero((np.diff(sharp) > 1) | (np.diff(trace.along[index[sharp]]) > REACH)) + 1)
    corners = index[[run[turn[run].argmax()] for run in runs if len(run)]]
    return np.sort(np.append(first, corners)), np.sort(np.append(last, corners))


def _directions(trace: Trace, begin: Integers, end: Integers) -> tuple[Complex, Complex]:
    """Unit vectors in which the curve leaves each point and arrives there: the same, except at corners.

    Inside a piece the nearer side counts more, as in a parabola through three points; an end continues such a parabola.
    """
    index, before, after, reach_before, reach_after = trace.sides(begin, end)
    inner = before * reach_after + after * reach_before
    leaving = np.zeros(len(trace.z), dtype=np.complex128)
    leaving[index] = _unit(np.where(np.abs(inner) > 1e-9, inner, after))  # all but opposite: some way on
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
    """What is known of each point before anything is fitted; every array has shape (points,)."""

    z: Complex
    along: Floats
    leaving: Complex
    """Direction in which the curve leaves the point ..."""
    arriving: Complex
    """... and in which it arrives there: the same, except at a corner."""
    before: Floats
    """How far the piece's previous point is away; infinite at the piece's beginning ..."""
    after: Floats
    """... and the next one."""
    bow: Floats
    """How far the curve may be from the straight line to the previous point, halfway, beside two tolerances."""

    @classmethod
    def of(cls, trace: Trace, begin: Integers, end: Integers) -> Course:
        step = np.abs(np.diff(trace.z, prepend=0, append=0))
        before, after = step[:-1].copy(), step[1:].copy()
        before[begin], after[end] = np.inf, np.inf
        bow = BOW * np.minimum(np.minimum(np.append(np.inf, before[:-1]), step[:-1]), after)
        return cls(trace.z, trace.along, *_directions(trace, begin, end), before, after, bow)


Segments = tuple[Integers, Integers, Floats, Floats]
"""First point, last point, and the lengths of the two arms; each of shape (segments,)."""


def _fit(course: Course, begin: Integers, end: Integers, tolerance: float) -> Segments:
    """Cut the pieces until each is one good segment, then join neighbours, twice, where that is one as well."""
    done: list[Segments] = []
    corner = np.zeros(len(course.z), dtype=bool)
    corner[begin] = True
    for level in count():
        short = end - begin < 2
        a, b = begin[short], end[short]
        length = course.along[b] - course.along[a]
        done.append((a, b, np.minimum(length, course.before[a]) / 3, np.minimum(length, course.after[b]) / 3))
        begin, end = begin[~short], end[~short]
        if not len(begin):
            break
        arm1, arm2, good, worst = _solve(course, begin, end, tolerance)
        done.append((begin[good], end[good], arm1[good], arm2[good]))
        cut = worst if level < FREE_LEVELS else (begin + end) // 2
        begin, end = np.append(begin[~good], cut[~good]), np.append(cut[~good], end[~good])
    begin, end, arm1, arm2 = (np.concatenate(column) for column in zip(*done, strict=True))
    order = np.lexsort((end, begin))
    begin, end, arm1, arm2 = begin[order], end[order], arm1[order], arm2[order]
    for parity in (0, 1, 0, 1):
        left = np.flatnonzero((end[:-1] == begin[1:]) & ~corner[begin[1:]])
        left = left[left % 2 == parity]
        if not len(left):
            continue
        joined1, joined2, good, _ = _solve(course, begin[left], end[left + 1], tolerance)
        left = left[good]
        end[left], arm1[left], arm2[left] = end[left + 1], joined1[good], joined2[good]
        keep = np.ones(len(begin), dtype=bool)
        keep[left + 1] = False
        begin, end, arm1, arm2 = begin[keep], end[keep], arm1[keep], arm2[keep]
    return begin, end, arm1, arm2


def _solve(
    course: Course, begin: Integers, end: Integers, tolerance: float
) -> tuple[Floats, Floats, NDArray[np.bool_], Integers]:
    """Fit pieces of three points or more: the arms' lengths, whether the segment is good, and its worst inner point.

    A point of the segment is b0·start + b1·(start + arm1·leaving) + b2·(stop - arm2·arriving) + b3·stop with
    Bernstein's weights b: for given parameters u linear in the two arms. The parameters begin as shares of the piece's
    length and move, between three solutions, to the curve's nearest point (a Gauss-Newton step).
    """
    z, along = course.z, course.along
    size = end - begin  # all points but the first
    groups = np.cumsum(size) - size  # where each piece's points begin among all
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
        a11, a22, r1, r2 = a11 + RIDGE, a22 + RIDGE, r1 + RIDGE * length / 3, r2 + RIDGE * length / 3
        determinant = a11 * a22 - a12 * a12
        arms = np.stack([a22 * r1 - a12 * r2, a11 * r2 - a12 * r1]) / determinant
        sound = ((arms >= ARMS[0] * length) & (arms <= ARMS[1] * length)).all(axis=0)
        arm1, arm2 = np.where(sound, arms, length / 3)
        control1, control2 = start + arm1[owner] * out, stop - arm2[owner] * back
        miss = z[index] - (b0 * start + b1 * control1 + b2 * control2 + b3 * stop)
        used, v = u, 1 - u
        velocity = 3 * (v * v * (control1 - start) + 2 * u * v * (control2 - control1) + u * u * (stop - control2))
        speed2 = _dot(velocity, velocity)
        u = np.clip(u + _dot(velocity, miss) / np.where(speed2 > 0, speed2, 1), 0, 1)
        u[groups + size - 1] = 1

    # Halfway between a point and the one before it, how far the curve is from their straight line.
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
    worst[owner[hits]] = index[hits]  # of equals, the last assignment stays: the earliest point
    return arm1, arm2, greatest <= tolerance, np.minimum(worst, end - 1)


def _bernstein(u: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    v = 1 - u
    return v**3, 3 * u * v * v, 3 * u * u * v, u**3


def _dot(a: Complex, b: Complex) -> Floats:
    """The scalar product of plane vectors."""
    product: Floats = a.real * b.real + a.imag * b.imag
    return product
