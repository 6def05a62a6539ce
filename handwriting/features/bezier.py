"""Ink as a short sequence of cubic Bézier curves: a network step for each curve instead of each point.

Carbune et al. 2020 (arXiv 1902.10525, section 3.1.2): each stroke is cut recursively until a cubic through the piece's
two end points, its control points found by least squares, stays within a tolerance of every point and does not turn
too far. Here neighbours that also fit as one curve are joined again (``piecewise.py``).

A straight line at constant speed is the cubic whose control points lie at thirds of the chord, so the fit is of the two
control points' *offsets* from there: with u the share of the piece's length covered so far and the Bernstein weights
b1 = 3u(1-u)², b2 = 3u²(1-u), a point is start + u·chord + b1·offset1 + b2·offset2. That is a linear system of size two
for every piece, and all open pieces of a line are solved at once, level by level. Points are complex numbers x + iy: a
distance is ``abs``, and a turn is the angle of one vector over another.

A curve fitted at given cuts and parameters u commutes with affine maps: to map the control points is to map the ink and
fit again. (What chooses cuts and parameters looks at distances and angles, so under a shear they may move a little.)

Departures from the paper, whose features are undefined for dots and closed loops: lengths are relative to the control
polygon rather than the chord, angles come as cosine and sine, and both fade to zero in curves smaller than a pen's
tremble. The paper's time coefficients are left out, because many inks have no time. A pen-up move is a straight
curve of its own.
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

FEATURES = (
    "dx", "dy",                  # end point minus start point, y down
    "start_arm", "end_arm",      # from end point to its control point, relative to the control polygon; 1/3 if straight
    "start_cos", "start_sin",    # direction at the start, seen from the chord (positive sine: clockwise on screen)
    "end_cos", "end_sin",        # direction at the end, seen from the chord
    "pen_up",                    # 1 where the pen moves through the air to the next stroke, else 0
    "height",                    # of the curve's middle (u = 1/2) above the middle of the writing, upward
    "straightness",              # chord relative to the control polygon: 1 straight, 0 closed
    "chord_cos", "chord_sin",    # direction of the chord on the page, y down
    "length",                    # of the control polygon
)  # fmt: skip
BEZIER_SIZE = len(FEATURES)

# In writing heights, as are TREMBLE and everything below: below the width of a drawn line, so nothing visible is lost.
TOLERANCE = 0.03
# Radians; a little more than half a turn, so that the bow of u or n stays whole and no curve closes on itself.
MAX_TURN = 3.3
# Between two readings far apart, where no point holds it, a curve may leave the straight line by this many tolerances.
BULGE = 2.0
# Curves smaller than this have no direction worth telling a network.
TREMBLE = 0.02
# Pulls control points to the thirds of the chord: decides the solution where a piece has one inner point, and is far
# below the noise where it has more.
RIDGE = 1e-4


@dataclass(frozen=True)
class Curves:
    """``C`` cubic curves in writing order; each array has shape (C,), points are x + iy."""

    start: Complex
    control1: Complex
    control2: Complex
    end: Complex
    first: Integers
    """The ink point at the start."""
    last: Integers
    """The ink point at the end: within a stroke, the next curve's first. A stroke of one point has first = last."""

    def __len__(self) -> int:
        return len(self.first)

    def at(self, u: Any) -> Complex:
        """Points at parameters ``u`` from 0 to 1, broadcast against shape (C,)."""
        v = 1 - u
        points: Complex = (
            v**3 * self.start + 3 * v * v * u * self.control1 + 3 * v * u * u * self.control2 + u**3 * self.end
        )
        return points


def encode_bezier(
    ink: Ink, tolerance: float = TOLERANCE, max_turn: float = MAX_TURN
) -> tuple[NDArray[np.float32], Integers]:
    """One step for each curve and each pen-up move: features of shape (T, BEZIER_SIZE), point ranges of shape (T, 2).

    The columns are named in :data:`FEATURES`. ``ink`` is normalised: writing height 1, middle at y = 0. The half-open
    ranges cover every point once, in order; a pen-up move covers none, so its range is empty and stands at the first
    point of the stroke it leads to. Raises :class:`InkError` as :func:`fit_curves` does.
    """
    curves, pen_up = _with_moves(fit_curves(ink, tolerance, max_turn), ink)
    arm1, arm2, chord = curves.control1 - curves.start, curves.end - curves.control2, curves.end - curves.start
    middle = curves.control2 - curves.control1
    length = np.abs(arm1) + np.abs(middle) + np.abs(arm2)
    relative = 1 / np.hypot(length, TREMBLE)
    direction = _direction(chord)
    from_chord1 = _direction(3 * arm1) * direction.conj()  # a straight curve's arm is a third of its chord
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


def fit_curves(ink: Ink, tolerance: float = TOLERANCE, max_turn: float = MAX_TURN) -> Curves:
    """The pen-down curves of the ink: every point lies within ``tolerance`` of its curve.

    Between two points, a curve stays within about twice the tolerance of the straight line that joins them.
    ``tolerance`` is in the ink's units. No curve turns further than ``max_turn`` radians, unless it lies within
    ``tolerance`` of its chord. Raises :class:`InkError` when either is not a positive number.
    """
    for name, value in (("tolerance", tolerance), ("max_turn", max_turn)):
        if not value > 0:
            raise InkError(f"curves: {name} is {value}; it must be a positive number")
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
    """The control points of pieces of one or two points lie at the thirds of the chord."""
    none = np.zeros(len(first), dtype=np.complex128)
    return none, none


def _fit(
    z: Complex, arc: Floats, first: Integers, last: Integers, tolerance: float, max_turn: float
) -> tuple[Complex, Complex, NDArray[np.bool_], Integers]:
    """Fit pieces of at least three points: offsets, whether the curve is good, the inner point farthest from straight.

    The parameters start as shares of the piece's length; one Gauss-Newton step towards the curve's nearest point and a
    second fit make up for most of the difference between arc length and the parameter of a cubic.
    """
    size = last - first  # every point but the first, which is the origin here
    groups = np.cumsum(size) - size  # where each piece's points begin among all points
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
    good = np.maximum.reduceat(np.maximum(error, bulge / BULGE), groups) <= tolerance
    good &= (turn <= max_turn) | (bow <= tolerance)
    hit = np.flatnonzero(from_straight == bow[owner])[::-1]
    farthest = np.empty_like(first)
    farthest[owner[hit]] = index[hit]  # of equals, the last assignment stays: the earliest point
    return offset1, offset2, good, np.minimum(farthest, last - 1)


def _bend(u: Floats, offset1: Complex, offset2: Complex) -> Complex:
    """How far the curve is from the straight line at constant speed."""
    bend: Complex = 3 * u * (1 - u) * ((1 - u) * offset1 + u * offset2)
    return bend


def _solve(residual: Complex, u: Floats, groups: Integers, owner: Integers) -> tuple[Complex, Complex]:
    """Least squares of residual = b1·offset1 + b2·offset2 in every group of points: one pair of offsets a group."""
    b1, b2 = 3 * u * (1 - u) ** 2, 3 * u * u * (1 - u)
    a11, a12, a22 = np.add.reduceat(np.stack([b1 * b1, b1 * b2, b2 * b2]), groups, axis=1)
    r1, r2 = np.add.reduceat(np.stack([b1 * residual, b2 * residual]), groups, axis=1)
    a11, a22 = a11 + RIDGE, a22 + RIDGE
    determinant = a11 * a22 - a12 * a12
    return (a22 * r1 - a12 * r2) / determinant, (a11 * r2 - a12 * r1) / determinant


def _with_moves(curves: Curves, ink: Ink) -> tuple[Curves, NDArray[np.bool_]]:
    """The curves with a straight one from each stroke's end to the next stroke's start, and which ones these are."""
    first, last = ink.ends[:-1] - 1, ink.starts[1:]
    z = ink.x + 1j * ink.y
    start, end = z[first], z[last]
    third = (end - start) / 3
    # Stable: a stroke's last curve, even a dot, which begins at the same point, stays before the move that follows it.
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
    """Unit vector, fading to zero below the pen's tremble; never undefined."""
    return vector / np.hypot(np.abs(vector), TREMBLE)
