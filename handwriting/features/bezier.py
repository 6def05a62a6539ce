"""Encode ink as a short sequence of cubic Bézier curves: one network step for each curve.

Carbune et al. 2020 (arXiv 1902.10525, section 3.1.2): each stroke is cut recursively until a cubic through the two end
points of a piece, with control points found by least squares, stays within a tolerance of every point and does not turn
too far. Here neighbours that also fit as one curve are joined again, because a recursive cut is sometimes premature
(see ``piecewise.py``).

A straight line at constant speed is the cubic whose control points lie at thirds of the chord, so the fit determines
the *offsets* of the two control points from there. With u the share of the piece's length covered so far and the
Bernstein weights b1 = 3u(1-u)², b2 = 3u²(1-u), a point is start + u·chord + b1·offset1 + b2·offset2. This is a linear
system of size two for each piece, and all open pieces of a line are solved at once, level by level. Points are complex
numbers x + iy, so that a distance is ``abs`` and a turn is the angle between two vectors.

For given cuts and parameters u, fitting commutes with affine maps: mapping the control points gives the same curves as
mapping the ink and fitting again. (The choice of cuts and parameters depends on distances and angles, so under a shear
they may move a little.)

Departures from the paper, whose features are undefined for dots and closed loops: lengths are relative to the control
polygon instead of the chord, angles are given as cosine and sine, and both fade to zero in curves smaller than a
pen's tremor. The paper's time coefficients are left out, because many inks have no time. A pen-up move is a
straight curve of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from handwriting.errors import InkError
from handwriting.ink import Ink
from handwriting.piecewise import cut, join

Complex = NDArray[np.complex128]
Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

BEZIER_FEATURES = (
    "dx", "dy",                  # end point minus start point, y down
    "start_arm", "end_arm",      # distance of end point and control point, relative to the length; 1/3 if straight
    "start_cos", "start_sin",    # direction at the start, relative to the chord (positive sine: clockwise on screen)
    "end_cos", "end_sin",        # direction at the end, relative to the chord
    "pen_up",                    # 1 if the pen moves through the air to the next stroke, else 0
    "height",                    # of the curve's midpoint (u = 1/2) above the middle of the writing
    "straightness",              # chord relative to the length: 1 if straight, 0 if closed
    "chord_cos", "chord_sin",    # direction of the chord on the page, y down
    "length",                    # of the control polygon
)  # fmt: skip
"""Names of the features of a step. Lengths are in writing heights, or relative to the length of the control polygon."""
BEZIER_SIZE = len(BEZIER_FEATURES)
"""Number of features per step."""

TOLERANCE_HEIGHTS = 0.03
"""Largest distance between ink and curve, in writing heights: less than the width of a drawn line."""
MAX_TURN_RADIANS = 3.3
"""Largest turn of a curve: a little more than half a turn, so that the bow of u or n stays whole and no curve closes on
itself."""
BULGE_TOLERANCES = 2.0
"""Between two points, a curve may deviate from the straight line that joins them by this many tolerances."""
TREMOR_HEIGHTS = 0.02
"""Directions of curves smaller than this, in writing heights, are noise and fade to zero."""
RIDGE = 1e-4
"""Weight that pulls control points to the thirds of the chord. It decides the solution for pieces with one inner point;
for others it is far below the noise."""


@dataclass(frozen=True)
class Curves:
    """``C`` cubic curves in writing order; each array has shape (C,), points are x + iy."""

    start: Complex
    control1: Complex
    control2: Complex
    end: Complex
    first: Integers
    """Index of the ink's point at the start."""
    last: Integers
    """Index of the ink's point at the end; within a stroke it is ``first`` of the next curve. For a dot, first =
    last."""

    def __len__(self) -> int:
        return len(self.first)

    def at(self, u: Any) -> Complex:
        """Return the points at parameters ``u``, from 0 to 1, broadcast against shape (C,)."""
        v = 1 - u
        points: Complex = (
            v**3 * self.start + 3 * v * v * u * self.control1 + 3 * v * u * u * self.control2 + u**3 * self.end
        )
        return points


def encode_bezier(
    ink: Ink, tolerance: float = TOLERANCE_HEIGHTS, max_turn: float = MAX_TURN_RADIANS
) -> tuple[NDArray[np.float32], Integers]:
    """Encode normalised ink as one step per curve and pen-up move.

    Returns the :data:`BEZIER_FEATURES`, shape (T, BEZIER_SIZE), and half-open point ranges, shape (T, 2). The ranges
    cover every point once, in order; the range of a pen-up move is empty, at the first point of the stroke that it
    leads to. Raises :class:`InkError` as :func:`fit_curves` does.
    """
    curves, pen_up = _with_moves(fit_curves(ink, tolerance, max_turn), ink)
    arm1, arm2, chord = curves.control1 - curves.start, curves.end - curves.control2, curves.end - curves.start
    middle = curves.control2 - curves.control1
    length = np.abs(arm1) + np.abs(middle) + np.abs(arm2)
    relative = 1 / np.hypot(length, TREMOR_HEIGHTS)
    direction = _direction(chord)
    from_chord1 = _direction(3 * arm1) * direction.conj()  # the arm of a straight curve is a third of its chord
    from_chord2 = _direction(3 * arm2) * direction.conj()
    columns = [
        chord.real, chord.imag,
        np.abs(arm1) * relative, np.abs(arm2) * relative,
        from_chord1.real, from_chord1.imag,
        from_chord2.real, from_chord2.imag,
        pen_up,
        -curves.at(0.5).imag,
        np.abs(chord) * relative,
        direction.real, direction.imag,
        length,
    ]  # fmt: skip
    begin = np.where(pen_up, curves.last, curves.first)
    ranges = np.stack([begin, np.append(begin[1:], len(ink))], axis=1)
    return np.stack(columns, axis=1).astype(np.float32), ranges


def fit_curves(ink: Ink, tolerance: float = TOLERANCE_HEIGHTS, max_turn: float = MAX_TURN_RADIANS) -> Curves:
    """Fit curves to the strokes of ``ink``, so that every point lies within ``tolerance`` of its curve.

    Between two points, a curve stays within about twice the tolerance of the straight line that joins them.
    ``tolerance`` is in units of the ink. No curve turns further than ``max_turn`` radians, unless it lies within
    ``tolerance`` of its chord. Raises :class:`InkError` if either is not a positive number.
    """
    for name, value in (("tolerance", tolerance), ("max_turn", max_turn)):
        if not value > 0:
            raise InkError(f"{name} is {value}; give a positive number")
    z = ink.x + 1j * ink.y
    arc = np.concatenate([[0.0], np.cumsum(np.abs(np.diff(z)))])

    def fit(first: Integers, last: Integers) -> tuple[Complex, Complex, NDArray[np.bool_], Integers]:
        return _fit(z, arc, first, last, tolerance, max_turn)

    pieces = cut(fit, _straight, ink.starts, ink.ends - 1)
    first, last, offset1, offset2 = join(fit, pieces, parities=(0, 1))
    start, end = z[first], z[last]
    third = (end - start) / 3
    return Curves(start, start + third + offset1, end - third + offset2, end, first, last)


def _straight(first: Integers, last: Integers) -> tuple[Complex, Complex]:
    """Return zero offsets: the control points of pieces of one or two points lie at the thirds of the chord."""
    zeros = np.zeros(len(first), dtype=np.complex128)
    return zeros, zeros


def _fit(
    z: Complex, arc: Floats, first: Integers, last: Integers, tolerance: float, max_turn: float
) -> tuple[Complex, Complex, NDArray[np.bool_], Integers]:
    """Fit pieces of at least three points.

    Returns the offsets of the control points, whether the curve is good, and the inner point farthest from straight.
    The parameters start as shares of the piece's length. One Gauss-Newton step towards the nearest point of the curve,
    and a second fit, correct most of the difference between arc length and the parameter of a cubic.
    """
    size = last - first  # number of points without the first, which is the origin here
    groups = np.cumsum(size) - size  # index of each piece's first point among all points
    owner = np.repeat(np.arange(len(size)), size)
    index = np.arange(len(owner)) + (first + 1 - groups)[owner]
    length = arc[last] - arc[first]
    u = (arc[index] - arc[first][owner]) / np.where(length > 0, length, 1.0)[owner]
    point, chord = z[index] - z[first][owner], (z[last] - z[first])[owner]
    residual = point - u * chord
    from_straight = np.abs(residual)

    offset1, offset2 = _solve(residual, u, groups, owner)
    near, far, v = offset1[owner], offset2[owner], 1 - u
    velocity = chord + 3 * (v * (v - 2 * u) * near + u * (2 * v - u) * far)
    miss = residual - _bend(u, near, far)
    speed2 = velocity.real**2 + velocity.imag**2
    step = (miss.real * velocity.real + miss.imag * velocity.imag) / np.where(speed2 > 0, speed2, 1.0)
    u = np.clip(u + step, 0, 1)
    residual = point - u * chord
    offset1, offset2 = _solve(residual, u, groups, owner)
    near, far = offset1[owner], offset2[owner]
    error = np.abs(residual - _bend(u, near, far))

    u_before, before = np.append(0, u[:-1]), np.append(0, point[:-1])
    u_before[groups], before[groups] = 0, 0
    gap, middle = point - before, (u + u_before) / 2
    aside = middle * chord + _bend(middle, near, far) - (point + before) / 2
    distance = np.abs(gap)
    bulge = np.abs(aside.imag * gap.real - aside.real * gap.imag) / np.where(distance > 0, distance, 1.0)

    third = (z[last] - z[first]) / 3
    arm1, centre, arm2 = third + offset1, third + offset2 - offset1, third - offset2
    turn = np.abs(np.angle(centre * arm1.conj())) + np.abs(np.angle(arm2 * centre.conj()))
    bow = np.maximum.reduceat(from_straight, groups)
    good = np.maximum.reduceat(np.maximum(error, bulge / BULGE_TOLERANCES), groups) <= tolerance
    good &= (turn <= max_turn) | (bow <= tolerance)
    hit = np.flatnonzero(from_straight == bow[owner])[::-1]
    farthest = np.empty_like(first)
    farthest[owner[hit]] = index[hit]  # the last assignment wins: the earliest of equal points
    return offset1, offset2, good, np.minimum(farthest, last - 1)


def _bend(u: Floats, offset1: Complex, offset2: Complex) -> Complex:
    """Return the difference between the curve at ``u`` and a straight line at constant speed."""
    bend: Complex = 3 * u * (1 - u) * ((1 - u) * offset1 + u * offset2)
    return bend


def _solve(residual: Complex, u: Floats, groups: Integers, owner: Integers) -> tuple[Complex, Complex]:
    """Solve residual = b1·offset1 + b2·offset2 by least squares, with one pair of offsets for each group of points."""
    b1, b2 = 3 * u * (1 - u) ** 2, 3 * u * u * (1 - u)
    a11, a12, a22 = np.add.reduceat(np.stack([b1 * b1, b1 * b2, b2 * b2]), groups, axis=1)
    r1, r2 = np.add.reduceat(np.stack([b1 * residual, b2 * residual]), groups, axis=1)
    a11, a22 = a11 + RIDGE, a22 + RIDGE
    determinant = a11 * a22 - a12 * a12
    return (a22 * r1 - a12 * r2) / determinant, (a11 * r2 - a12 * r1) / determinant


def _with_moves(curves: Curves, ink: Ink) -> tuple[Curves, NDArray[np.bool_]]:
    """Add a straight curve from the end of each stroke to the start of the next, and return which curves these are."""
    first, last = ink.ends[:-1] - 1, ink.starts[1:]
    z = ink.x + 1j * ink.y
    start, end = z[first], z[last]
    third = (end - start) / 3
    # The sort is stable, so that even a dot, which begins at the same point, stays before the move that follows it.
    order = np.argsort(np.concatenate([curves.first, first]), kind="stable")
    pairs = [
        (curves.start, start),
        (curves.control1, start + third),
        (curves.control2, end - third),
        (curves.end, end),
        (curves.first, first),
        (curves.last, last),
    ]
    return Curves(*(np.concatenate(pair)[order] for pair in pairs)), order >= len(curves)


def _direction(vector: Complex) -> Complex:
    """Return the unit vector of ``vector``; it fades to zero below a pen's tremor, so it is defined everywhere."""
    return vector / np.hypot(np.abs(vector), TREMOR_HEIGHTS)
