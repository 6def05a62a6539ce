"""Pens with a varying line width, which depends on speed, pressure and a broad nib: strokes as filled outlines.

A synthesizer's points, like a tablet's, come at a constant rate, so the distance between two points is the speed. The
width along a stroke follows from speed, pressure and, for a broad nib, the direction of movement; the outline is the
region swept by a circle of that diameter.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from handwriting.errors import InkError
from handwriting.rendering.splines import Floats, sample

SAMPLES = 6
"""Points on each cubic segment of an outline."""

CAP_POINTS = 7
"""Points on the half circle at each end of a stroke."""

SMOOTHING = 5
"""Number of points over which the width is averaged: a pen's flow does not change from one sample to the next."""


@dataclass(frozen=True)
class Pen:
    """A pen. Raises :class:`InkError` for a width that is not above 0.

    >>> Pen("brush", 1.2, by_speed=0.5).uniform
    False
    """

    name: str
    width: float
    """Width of the line in mm at the stroke's mean speed."""
    by_speed: float = 0.0
    """Share of the width that is lost at twice the mean speed and gained at a standstill."""
    by_pressure: float = 0.0
    """Share of the width that depends on the pressure, if the ink has any."""
    nib_degrees: float | None = None
    """Angle of a broad nib to the line of writing; None for a round tip."""
    thinnest: float = 0.3
    """Width along the edge of a broad nib, as a share of the full width."""
    roughness: float = 0.0
    """Standard deviation of the width from point to point, as a share of the width."""
    opacity: float = 1.0

    def __post_init__(self) -> None:
        if not (self.width > 0 and math.isfinite(self.width)):
            raise InkError(f"a pen {self.width:g} mm wide leaves no line; give a width above 0, such as 0.4")

    @property
    def uniform(self) -> bool:
        """Whether the line has the same width everywhere."""
        return not (self.by_speed or self.by_pressure or self.roughness) and self.nib_degrees is None

    @property
    def mean_width(self) -> float:
        """Width in mm of a uniform line that is as dark on average: the mean of a broad nib over all directions."""
        if self.nib_degrees is None:
            return self.width
        return round(self.width * (self.thinnest + (1 - self.thinnest) * 2 / math.pi), 3)


PENS = {
    "fineliner": Pen("fineliner", 0.4),
    "ballpoint": Pen("ballpoint", 0.4, by_speed=0.25, by_pressure=0.3, roughness=0.06, opacity=0.92),
    "fountain": Pen("fountain", 0.75, by_speed=0.15, by_pressure=0.35, nib_degrees=40.0, thinnest=0.3),
    "pencil": Pen("pencil", 0.5, by_speed=0.3, by_pressure=0.4, roughness=0.18, opacity=0.7),
    "marker": Pen("marker", 1.6, by_speed=0.08, nib_degrees=30.0, thinnest=0.75, opacity=0.85),
}


def pen(name: str, width: float | None = None) -> Pen:
    """Return the pen of this name, with another ``width`` in mm if given. Raises :class:`InkError` for an unknown name.

    >>> pen("fountain", 1.0).nib_degrees
    40.0
    """
    if name not in PENS:
        raise InkError(f"there is no pen {name!r}; choose {', '.join(PENS)}")
    return PENS[name] if width is None else replace(PENS[name], width=width)


def widths(stroke: Floats, pen: Pen, pressure: Floats | None = None, seed: int = 0) -> Floats:
    """Return the line width in mm at each point of ``stroke`` (n, 2); ``pressure`` (n,) is from 0 to 1."""
    n = len(stroke)
    steps = np.hypot(*np.diff(stroke, axis=0).T) if n > 1 else np.zeros(1)
    speed = np.interp(np.arange(n), np.arange(len(steps)) + 0.5, steps)
    mean = float(speed.mean()) or 1.0
    factor = 1 + pen.by_speed * (1 - np.clip(speed / mean, 0, 2))
    if pressure is not None:
        factor = factor * (1 + pen.by_pressure * (2 * np.clip(pressure, 0, 1) - 1))
    if pen.nib_degrees is not None and n > 1:
        along = np.gradient(stroke, axis=0)
        # y grows downward; a nib at 40 degrees draws its thinnest line toward the upper right.
        angle = np.arctan2(-along[:, 1], along[:, 0]) - math.radians(pen.nib_degrees)
        factor = factor * (pen.thinnest + (1 - pen.thinnest) * np.abs(np.sin(angle)))
    if n >= SMOOTHING:
        padded = np.pad(factor, SMOOTHING // 2, mode="edge")
        factor = np.convolve(padded, np.ones(SMOOTHING) / SMOOTHING, mode="valid")
    if pen.roughness:
        factor = factor * np.exp(np.random.default_rng([seed, n]).normal(0, pen.roughness, n))
    return np.maximum(pen.width * factor, 0.15 * pen.width)


def outline(curve: Floats, stroke: Floats, width: Floats) -> Floats:
    """Return the outline (m, 2) of ``curve`` (segments, 4, 2) through ``stroke`` (n, 2), with ``width`` (n,).

    Fill it with the nonzero rule: where the stroke crosses itself, the outline does too.
    """
    points = sample(curve, SAMPLES)
    points = points[np.append(True, np.hypot(*np.diff(points, axis=0).T) > 1e-9)]
    if len(points) < 2:
        return _circle(points[0], float(width.max()) / 2)
    half = np.interp(_progress(points), _progress(stroke), width) / 2
    along = np.gradient(points, axis=0)
    along /= np.maximum(np.hypot(*along.T), 1e-12)[:, None]
    normal = np.column_stack([-along[:, 1], along[:, 0]]) * half[:, None]
    begin = _cap(points[0], -normal[0])
    end = _cap(points[-1], normal[-1])
    return np.concatenate([begin, points + normal, end, (points - normal)[::-1]])


def _progress(points: Floats) -> Floats:
    """Return the relative arc length at each of ``points`` (n, 2), from 0 to 1."""
    way = np.append(0.0, np.cumsum(np.hypot(*np.diff(points, axis=0).T)))
    return way / way[-1] if way[-1] > 0 else np.linspace(0, 1, len(points))


def _cap(center: Floats, radius: Floats) -> Floats:
    """Return half a circle around ``center`` from ``center + radius`` to its opposite, against the stroke."""
    angles = np.linspace(0, -np.pi, CAP_POINTS + 2)[1:-1]
    cos, sin = np.cos(angles), np.sin(angles)
    turned = np.column_stack([cos * radius[0] - sin * radius[1], sin * radius[0] + cos * radius[1]])
    return center + turned


def _circle(center: Floats, radius: float) -> Floats:
    angles = np.linspace(0, 2 * np.pi, 16, endpoint=False)
    return center + radius * np.column_stack([np.cos(angles), np.sin(angles)])
