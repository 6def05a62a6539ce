"""Parse the outlines of SVG elements as cubic curves, and convert curves to points.

Path data with curves and arcs is parsed by svgpathtools. Path data with only straight lines, which most programs write
for ink, is parsed here, many times faster.
"""

from __future__ import annotations

import cmath
import importlib.util
import math
import re
import warnings
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from handwriting.errors import InkError, TooLargeError
from handwriting.ink import Floats
from handwriting.limits import MAX_COORDINATE, MAX_POINTS, MAX_SEGMENTS, check_points, numbers

MAX_ARCS = 5_000
"""Maximum number of elliptical arcs, each of which takes as long as a hundred other curves."""
FLATNESS = 1 / 20_000
"""Maximum distance of a chord from its curve, relative to the drawing's size."""
NUMBER = re.compile(r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?")
_SPACED = str.maketrans("MmLl,", "     ")

Outline = tuple[Floats, bool]
"""A line as cubic curves, shape (n, 4, 2), and whether it is closed."""


class Outlines:
    """Parses the outlines of one drawing and counts their points, curves and arcs."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.points = self.segments = self.arcs = 0

    def path(self, data: str) -> Iterator[Outline]:
        """Yield the subpaths of path data."""
        position = 0j
        # Parse one subpath at a time, because svgpathtools joins two if one begins where the other ends.
        for part in re.findall(r"[Mm][^Mm]*", data):
            rows = self._parse_straight(part, position)
            closed = rows is None and "z" in part.lower()
            if rows is None:
                rows = self._parse_curved(part, position)
                if rows is None:
                    x, y = numbers([*NUMBER.findall(part)[:2], "0", "0"][:2], "path", self.file)
                    position = complex(x, y) + (position if part[0] == "m" else 0)
                    if not closed:
                        continue  # the pen was moved, but not put down
                    rows = np.tile([position.real, position.imag], (1, 4, 1))
            position = complex(*rows[-1, 3])
            yield rows, closed

    def polyline(self, words: list[str], closed: bool) -> list[Outline]:
        """Return the line through corners that are given as x, y, x, y."""
        values = numbers(words, "points", self.file)
        corners = values[: len(values) // 2 * 2].reshape(-1, 2)  # according to the standard, an odd value is ignored
        if not len(corners):
            return []
        self._count_points(len(corners))
        ends = np.vstack([corners, corners[:1]]) if closed or len(corners) == 1 else corners
        return [(_straight_curves(ends), closed)]

    def _parse_straight(self, part: str, position: complex) -> Floats | None:
        """Return the curves of ``M x y L x y ...`` or ``m dx dy l dx dy ...``, or None for any other path data."""
        capital = part[0] == "M"
        if part.strip("MmLl0123456789.,+-eE \t\r\n") or not part.isascii():
            return None
        if "l" in part if capital else "L" in part:
            return None
        try:
            values = np.array(list(map(float, part.translate(_SPACED).split())))
        except ValueError:
            return None  # numbers without a space between them, or damage
        if len(values) < 4 or len(values) % 2 or not np.abs(values).max() <= MAX_COORDINATE:
            return None
        corners = values.reshape(-1, 2)
        self._count_points(len(corners))
        return _straight_curves(corners if capital else corners.cumsum(axis=0) + (position.real, position.imag))

    def _parse_curved(self, part: str, position: complex) -> Floats | None:
        """Return the curves of any path data, or None if it only moves the pen."""
        if importlib.util.find_spec("svgpathtools") is None:
            raise TooLargeError(
                f"{self.file}: curves in SVG need svgpathtools; install it with: pip install 'handwriting[svg]'"
            )
        from svgpathtools import parse_path

        self.segments += len(NUMBER.findall(part)) // 2 + len(re.findall("[a-zA-Z]", part))
        self.arcs += len(re.findall("[aA]", part))
        if self.segments > MAX_SEGMENTS or self.arcs > MAX_ARCS:
            raise TooLargeError(
                f"{self.file}: more than {MAX_SEGMENTS:,} curves or {MAX_ARCS:,} arcs; split it into pages or lines"
            )
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                path: Any = parse_path(part, position) if part[0] == "m" else parse_path(part)
            rows = [row for curve in path for row in _to_cubics(curve)]
        except (ValueError, IndexError, ZeroDivisionError, TypeError, AssertionError, OverflowError):
            raise InkError(f"{self.file}: path data {part[:40]!r} cannot be parsed; export it again") from None
        return np.array(rows).view(np.float64).reshape(-1, 4, 2) if rows else None

    def _count_points(self, points: int) -> None:
        self.points += points
        if self.points > MAX_POINTS:
            check_points(self.points, self.file)


def _straight_curves(corners: Floats) -> Floats:
    """Return the straight lines between corners as cubic curves."""
    a, b = corners[:-1], corners[1:]
    return np.concatenate([a, a, b, b], axis=1).reshape(-1, 4, 2)


def _to_cubics(curve: Any) -> list[tuple[complex, ...]]:
    """Return a curve of svgpathtools as cubic curves, each as its four control points."""
    if hasattr(curve, "control1"):
        return [(curve.start, curve.control1, curve.control2, curve.end)]
    if hasattr(curve, "control"):
        a, b, c = curve.start, curve.control, curve.end
        return [(a, a + 2 / 3 * (b - a), c + 2 / 3 * (b - c), c)]
    if not hasattr(curve, "radius"):
        return [(curve.start, curve.start, curve.end, curve.end)]
    # A cubic curve is a good enough approximation of a quarter of an ellipse.
    pieces = max(1, math.ceil(abs(curve.delta) / 90))
    turn = cmath.exp(1j * math.radians(curve.rotation))
    angles = [math.radians(curve.theta + curve.delta * k / pieces) for k in range(pieces + 1)]
    handle = 4 / 3 * math.tan(math.radians(curve.delta) / pieces / 4)

    def on_ellipse(unit: complex) -> complex:
        stretched = complex(unit.real * curve.radius.real, unit.imag * curve.radius.imag)
        return complex(curve.center + turn * stretched)

    rows: list[tuple[complex, ...]] = []
    for a, b in pairwise(map(cmath.rect, [1.0] * len(angles), angles)):
        rows.append((on_ellipse(a), on_ellipse(a + handle * 1j * a), on_ellipse(b - handle * 1j * b), on_ellipse(b)))
    return rows


def flatten(curves: list[Floats], file: str) -> list[Floats]:
    """Convert each line of cubic curves, shape (n, 4, 2), to points along it, shape (m, 2)."""
    if not curves:
        return []
    flat, counts = _sample(np.concatenate(curves), file)
    lines = []
    position = first = 0
    for part in curves:
        end = position + int(counts[first : first + len(part)].sum())
        first += len(part)
        dot = len(part) == 1 and (part[0, 0] == part[0, 3]).all()
        lines.append(part[0, :1] if dot else np.concatenate([part[0, :1], flat[position:end]]))
        position = end
    return lines


def _sample(curves: Floats, file: str) -> tuple[Floats, NDArray[np.int64]]:
    """Return points along cubic curves, shape (n, 4, 2), and how many each curve has.

    The first point of each curve is omitted.
    """
    extent = float(np.hypot(*np.ptp(curves.reshape(-1, 2), axis=0)))
    straight = (curves[:, 0] == curves[:, 1]).all(axis=1) & (curves[:, 2] == curves[:, 3]).all(axis=1)
    bend = np.abs(np.diff(curves, n=2, axis=1)).sum(axis=2).max(axis=1)
    # The distance of a cubic curve from a chord of 1/n of it is at most 6/8 of its second difference / n^2.
    wanted = np.ceil(np.sqrt(0.75 * bend / max(extent * FLATNESS, 1e-12)))
    counts = np.where(straight, 1, np.nan_to_num(wanted, nan=1).clip(1, 200)).astype(np.int64)
    check_points(int(counts.sum()), file)
    index = np.repeat(np.arange(len(curves)), counts)
    step = np.arange(len(index)) - np.repeat(np.cumsum(counts) - counts, counts) + 1
    t = (step / counts[index])[:, None]
    a, b, c, d = (curves[index, k] for k in range(4))
    found = (1 - t) ** 3 * a + 3 * t * (1 - t) ** 2 * b + 3 * t**2 * (1 - t) * c + t**3 * d
    return np.where(t == 1, d, found), counts
