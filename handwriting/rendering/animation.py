"""Animated SVG that writes itself: strokes appear in the order and at the speed of the pen.

A stroke is hidden until its turn; then a dash grows along it from its start to its end. Both are SMIL animations, which
browsers play without a script wherever the file is shown, even in an ``<img>``. The file contains the finished writing
and the animation only hides it for a time: a viewer without animation support shows everything, a browser shows
everything in the end, and a style sheet shows everything at once to people who have asked for reduced motion.
"""

from __future__ import annotations

import math
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from svgwrite.animate import Animate, Set

from handwriting.errors import InkError
from handwriting.ink import Ink
from handwriting.rendering.drawing import Drawing
from handwriting.rendering.splines import Floats, decimate
from handwriting.rendering.svg import group, identifier, path_data, sheet, text, write_text

POINTS_PER_SECOND = 100.0
"""Speed of the pen if the ink has no times."""
LIFT_SECONDS = 0.1
"""Time to lift the pen and put it down again, between lines and if the ink has no times."""
TRAVEL_MM_PER_SECOND = 150.0
"""Speed of the lifted pen."""
MAX_REST_SECONDS = 1.0
"""Longest pause of the pen; longer pauses, in which the writer may have been thinking, are shortened to this."""
LEAD_SECONDS = 0.3
"""Time before the first stroke."""

COURSE_TOLERANCE = 0.05
"""Largest deviation of the animated pen from the real one, as a share of the stroke's length and time."""

REDUCED_MOTION_CSS = (
    "@media(prefers-reduced-motion:reduce){#%s path{visibility:visible!important;stroke-dasharray:none!important}}"
)


@dataclass(frozen=True)
class Timing:
    """Start, duration and pace of a stroke."""

    begin: float
    """Seconds after the first stroke began."""
    duration: float
    """Seconds."""
    course: Floats
    """Shape (knots, 2), from (0, 0) to (1, 1): the share of the time, and the share of the length written by then."""


def animate(drawing: Drawing, path: str | os.PathLike[str], *, speed: float = 1.0) -> None:
    """Write the animated ``drawing`` to ``path`` atomically; ``speed`` is that of `animated_svg`."""
    write_text(animated_svg(drawing, speed=speed), path)


def animated_svg(drawing: Drawing, *, speed: float = 1.0) -> str:
    """Make an SVG document of ``drawing`` that writes itself once, ``speed`` times as fast as the pen.

    Raises :class:`InkError` if ``speed`` is not a finite number above 0.
    """
    if not (speed > 0 and math.isfinite(speed)):
        raise InkError(f"a speed of {speed:g} is not above 0; give 1 for the speed of the pen, 2 for twice as fast")
    document, pen = sheet(drawing), group(drawing)
    pen["id"] = identifier("ink", drawing)
    document.add(document.style(REDUCED_MOTION_CSS % pen["id"]))
    for curve, timing in zip(drawing.curves, schedule(drawing.inks), strict=True):
        begin = LEAD_SECONDS + timing.begin / speed
        stroke = document.path(path_data(curve))
        stroke.add(Set(debug=False, attributeName="visibility", to="hidden", dur=f"{begin:.2f}s"))
        if np.ptp(curve, axis=(0, 1)).any():  # a dot has no length that could grow
            stroke["pathLength"] = 1
            stroke.add(_growth(timing, begin, max(timing.duration / speed, 0.01)))
        pen.add(stroke)
    document.add(pen)
    return text(document)


def _growth(timing: Timing, begin: float, duration: float) -> Animate:
    """Animate a dash from the path's start to its whole length, followed by a gap longer than the path.

    The gap keeps the next dash, whose round cap would show, away from the path's end.
    """
    growth = Animate(
        debug=False,
        attributeName="stroke-dasharray",
        values=";".join(f"{round(length, 2):g} 2" for length in timing.course[:, 1]),
        begin=f"{begin:.2f}s",
        dur=f"{duration:.2f}s",
    )
    if len(timing.course) > 2:
        growth["keyTimes"] = ";".join(f"{round(time, 2):g}" for time in timing.course[:, 0])
    return growth


def schedule(inks: Sequence[Ink]) -> Iterator[Timing]:
    """Yield the timing of each stroke of ``inks``, in millimetres: line after line, in order and without overlap.

    The ink's own times are used if it has any; times that run backward are clamped, and long pauses are shortened.
    """
    now, pen = 0.0, None
    for ink in inks:
        for i, (start, stroke) in enumerate(zip(ink.starts, ink.strokes, strict=True)):
            if pen is not None and (ink.t is None or i == 0):
                now += LIFT_SECONDS + math.dist(pen, stroke[0]) / TRAVEL_MM_PER_SECOND
            elif ink.t is not None and i > 0:
                now += float(np.clip(ink.t[start] - ink.t[start - 1], 0, MAX_REST_SECONDS))
            if ink.t is None:
                steps = np.full(len(stroke) - 1, 1 / POINTS_PER_SECOND)
            else:
                steps = np.clip(np.diff(ink.t[start : start + len(stroke)]), 0, MAX_REST_SECONDS)
            lengths = np.hypot(*np.diff(stroke, axis=0).T)
            yield Timing(now, float(steps.sum()), _course(steps, lengths))
            now += float(steps.sum())
            pen = stroke[-1]


def _course(steps: Floats, lengths: Floats) -> Floats:
    """Return a few knots from (0, 0) to (1, 1), given the time and length of each step."""
    if not (steps.any() and lengths.any()):
        return np.array([[0.0, 0.0], [1.0, 1.0]])
    course = np.cumsum(np.column_stack([steps, lengths]), axis=0)
    return decimate(np.vstack([[0.0, 0.0], course / course[-1]]), COURSE_TOLERANCE)
