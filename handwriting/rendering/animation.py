"""A drawing as SVG that writes itself: its strokes appear in the pen's own order and at its speed.

A stroke is hidden until its turn and then drawn by letting the one dash of its line grow. Both are done with SMIL,
which browsers play wherever the file is shown, also as an ``<img>``, and without a script. What stands in the file is
the finished writing, and the animation only takes it away for a time: a viewer that plays none shows all of it, a
browser shows all of it in the end, and a style sheet puts it back at once for people who have asked for less motion.
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

# In seconds and millimetres.
RATE = 100.0
"""Points a second where the ink has no times."""
LIFT = 0.1
"""To lift the pen and put it down again, between lines and where the ink has no times ..."""
TRAVEL = 150.0
"""... and how far it goes in a second in between."""
PATIENCE = 1.0
"""Longest that a pen may rest; the writer may have thought for longer."""
LEAD = 0.3
"""Before the first stroke."""

EVENNESS = 0.05
"""How far the drawn pen may be from the real one, as a share of the stroke's length and time."""

STILL = "@media(prefers-reduced-motion:reduce){#%s path{visibility:visible!important;stroke-dasharray:none!important}}"


@dataclass(frozen=True)
class Timing:
    """When a stroke is written."""

    begin: float
    """Seconds after the first stroke began."""
    duration: float
    """Seconds."""
    course: Floats
    """Shape (knots, 2), from 0, 0 to 1, 1: the share of the time, and the share of the length written by then."""


def animate(drawing: Drawing, path: str | os.PathLike[str], *, speed: float = 1.0) -> None:
    """Write the animated ``drawing`` to ``path``, which appears complete or not at all; ``speed`` as in `animated`."""
    write_text(animated(drawing, speed=speed), path)


def animated(drawing: Drawing, *, speed: float = 1.0) -> str:
    """``drawing`` as an SVG document that writes itself once, ``speed`` times as fast as the pen.

    Raises :class:`InkError` when ``speed`` is not above 0.
    """
    if not (speed > 0 and math.isfinite(speed)):
        raise InkError(f"a speed of {speed:g} is not above 0; give 1 for the pen's own, 2 for twice as fast")
    document, pen = sheet(drawing), group(drawing)
    pen["id"] = identifier("ink", drawing)
    document.add(document.style(STILL % pen["id"]))
    for curve, timing in zip(drawing.curves, schedule(drawing.inks), strict=True):
        begin = LEAD + timing.begin / speed
        stroke = document.path(path_data(curve))
        stroke.add(Set(debug=False, attributeName="visibility", to="hidden", dur=f"{begin:.2f}s"))
        if np.ptp(curve, axis=(0, 1)).any():  # a dot has no length to grow
            stroke["pathLength"] = 1
            stroke.add(_growth(timing, begin, max(timing.duration / speed, 0.01)))
        pen.add(stroke)
    document.add(pen)
    return text(document)


def _growth(timing: Timing, begin: float, duration: float) -> Animate:
    """A dash from the path's beginning that grows to its whole length, before a gap longer than the path.

    The gap keeps a second dash, which would show its round cap, away from the path's end.
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
    """When each stroke of ``inks``, in millimetres, is written: line after line, in order and without overlap.

    Times are the ink's own where it has them; clocks that run backwards stand still, and long rests are cut short.
    """
    now, pen = 0.0, None
    for ink in inks:
        for i, (start, stroke) in enumerate(zip(ink.starts, ink, strict=True)):
            if pen is not None and (ink.t is None or i == 0):
                now += LIFT + math.dist(pen, stroke[0]) / TRAVEL
            elif ink.t is not None and i > 0:
                now += float(np.clip(ink.t[start] - ink.t[start - 1], 0, PATIENCE))
            if ink.t is None:
                steps = np.full(len(stroke) - 1, 1 / RATE)
            else:
                steps = np.clip(np.diff(ink.t[start : start + len(stroke)]), 0, PATIENCE)
            lengths = np.hypot(*np.diff(stroke, axis=0).T)
            yield Timing(now, float(steps.sum()), _course(steps, lengths))
            now += float(steps.sum())
            pen = stroke[-1]


def _course(steps: Floats, lengths: Floats) -> Floats:
    """A few knots on the way from 0, 0 to 1, 1, from each step's time and length."""
    if not (steps.any() and lengths.any()):
        return np.array([[0.0, 0.0], [1.0, 1.0]])
    course = np.cumsum(np.column_stack([steps, lengths]), axis=0)
    return decimate(np.vstack([[0.0, 0.0], course / course[-1]]), EVENNESS)
