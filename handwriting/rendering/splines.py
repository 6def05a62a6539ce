"""Decimate points, draw smooth curves through them, and fit ink into a box.

A pen samples many more points than a drawing needs. `decimate` keeps those that carry the shape (Ramer 1972; Douglas &
Peucker 1973), and `beziers` draws a Catmull-Rom spline through them as cubic Bézier segments, parametrised by chord
length (Catmull & Rom 1974; Yuksel, Schaefer & Keyser 2011) so that unevenly spaced points make no loops. Sharp corners
stay corners.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from handwriting.errors import InkError
from handwriting.ink import Ink

Floats = NDArray[np.float64]

POLYLINE_CORNER_RADIANS = np.deg2rad(55)
"""A sharper turn between two segments is a corner: a round letter drawn as a polyline turns by at most 45 degrees."""


def distinct(points: Floats) -> Floats:
    """Return ``points``, shape (n, 2), without those that equal their predecessor."""
    return points[np.append(True, (np.diff(points, axis=0) != 0).any(axis=1))]


def decimate(points: Floats, tolerance: float) -> Floats:
    """Thin out ``points`` (n, 2): both ends stay, and no point is farther than ``tolerance`` from its chord."""
    keep = np.zeros(len(points), dtype=bool)
    keep[[0, -1]] = True
    spans = [(0, len(points) - 1)]
    while spans:
        first, last = spans.pop()
        if last - first < 2:
            continue
        distances = distance_to_segment(points[first + 1 : last], points[first], points[last])
        farthest = int(distances.argmax())
        if distances[farthest] > tolerance:
            middle = first + 1 + farthest
            keep[middle] = True
            spans += [(first, middle), (middle, last)]
    return points[keep]


def distance_to_segment(points: Floats, a: Floats, b: Floats) -> Floats:
    """Return the distances, shape (n,), of ``points`` (n, 2) to the segment from ``a`` to ``b``, (2,) each."""
    along = b - a
    length2 = float(along @ along)
    position = np.zeros(len(points)) if length2 == 0 else np.clip((points - a) @ along / length2, 0, 1)
    return np.hypot(*(points - a - position[:, None] * along).T)


def beziers(points: Floats, corner: float = POLYLINE_CORNER_RADIANS) -> Floats:
    """Return a smooth curve through ``points`` (n, 2) as cubic segments: control points of shape (n-1, 4, 2).

    Neighbouring points must differ (see `distinct`). A turn of more than ``corner`` radians stays a corner.
    """
    points = np.asarray(points, dtype=np.float64)
    if len(points) < 2:
        return np.empty((0, 4, 2))
    chords = np.diff(points, axis=0)  # (n-1, 2)
    lengths = np.hypot(*chords.T)[:, None]  # (n-1, 1)
    slopes = chords / lengths
    leaving, arriving = slopes.copy(), slopes.copy()  # directions at each segment's two ends
    out, back = lengths / 3, lengths / 3  # distances of the control points from those ends
    if len(points) > 2:
        before, after = lengths[:-1], lengths[1:]
        inner = (slopes[:-1] * after + slopes[1:] * before) / (before + after)  # (n-2, 2)
        smooth = (slopes[:-1] * slopes[1:]).sum(axis=1, keepdims=True) >= np.cos(corner)
        leaving[1:] = np.where(smooth, inner, slopes[1:])
        arriving[:-1] = np.where(smooth, inner, slopes[:-1])
        # Limited by the shorter neighbour, because a long straight line beside a short piece of a bend would bulge.
        out[1:] = back[:-1] = np.minimum(before, after) / 3
        # At a free end or beside a corner only one direction is known; a parabola continues it.
        free_start = np.append(True, ~smooth)[:, None]
        free_end = np.append(~smooth, True)[:, None]
        leaving, arriving = (
            np.where(free_start & ~free_end, 2 * slopes - arriving, leaving),
            np.where(free_end & ~free_start, 2 * slopes - leaving, arriving),
        )
    start, end = points[:-1], points[1:]
    return np.stack([start, start + leaving * out, end - arriving * back, end], axis=1)


def sample(segments: Floats, each: int) -> Floats:
    """Sample the cubic ``segments`` (n, 4, 2) at ``each`` points per segment: shape (n * each + 1, 2)."""
    u = np.arange(each) / each
    weights = np.stack([(1 - u) ** 3, 3 * u * (1 - u) ** 2, 3 * u**2 * (1 - u), u**3])  # (4, each)
    inside = np.einsum("ke,nkd->ned", weights, segments).reshape(-1, 2)
    return np.vstack([inside, segments[-1, 3]])


@dataclass(frozen=True)
class BoxFit:
    """Map of ink into a box of ``width`` x ``height``: ``(x - left) * scale + margin``, and the same for y."""

    left: float
    top: float
    scale: float
    margin: float
    width: float
    height: float

    def __call__(self, points: Floats) -> Floats:
        """Map ``points`` (n, 2) from the ink's units to the box's."""
        return (points - (self.left, self.top)) * self.scale + self.margin


def fit(ink: Ink, width: float, height: float, margin: float) -> BoxFit:
    """Fit ``ink``, with ``margin`` on all sides, into ``width`` x ``height`` at the largest possible scale.

    The box of the result is only as wide and high as the ink needs. Ink of one point becomes a dot amid its margins.
    Raises :class:`InkError` when the margins leave no room or the ink is too large to measure.
    """
    room_x, room_y = width - 2 * margin, height - 2 * margin
    if not (room_x > 0 and room_y > 0 and margin >= 0):
        raise InkError(f"a box of {width:g} x {height:g} leaves no room inside margins of {margin:g}")
    left, top, right, bottom = ink.bounds
    ink_width, ink_height = right - left, bottom - top
    if not np.isfinite([ink_width, ink_height]).all():
        raise InkError(f"ink from {left:g}, {top:g} to {right:g}, {bottom:g} is too large to draw")
    scales = [room / size for room, size in ((room_x, ink_width), (room_y, ink_height)) if size > 0]
    scale = min(scales, default=1.0)
    if not np.isfinite(scale):
        scale = 1.0  # sizes so small that they are drawn as a dot
    return BoxFit(left, top, scale, margin, ink_width * scale + 2 * margin, ink_height * scale + 2 * margin)
