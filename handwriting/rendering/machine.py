"""Convert drawings to commands for pen plotters: G-code (RS-274, as GRBL and Marlin read it) and HPGL.

Strokes are flattened to straight segments that stay within :data:`FLATNESS_MM` of the smooth curve, ordered for
short pen-up travel (``plotter.py``), and joined if one begins where another ends. A machine's y grows upward from the
lower left corner of the sheet.
"""

from __future__ import annotations

import math
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace

import numpy as np

from handwriting.errors import InkError
from handwriting.files import atomic
from handwriting.rendering.drawing import Drawing
from handwriting.rendering.plotter import order_strokes
from handwriting.rendering.splines import Floats, decimate, sample

FLATNESS_MM = 0.02
"""Largest distance between a curve and the segments that replace it: less than any pen shows."""

SAMPLES = 24
"""Points on each cubic segment, before those close to a straight line are dropped."""

DOT_MM = 0.1
"""Length of the line that replaces a dot: many machines skip moves without length."""

HPGL_UNITS_PER_MM = 40


@dataclass(frozen=True)
class Machine:
    """Pen commands and speeds of a machine. Raises :class:`InkError` for impossible values."""

    name: str
    pen_down: str
    """Commands that lower the pen, separated by ``;``."""
    pen_up: str
    """Commands that lift the pen."""
    feed: float = 1500.0
    """Speed while drawing, in mm per minute."""
    travel: float = 4000.0
    """Speed while the pen is up, in mm per minute."""
    begin: str = "G21;G90"
    """Commands before everything else: millimetres and absolute positions unless changed."""
    end: str = "G0 X0 Y0"
    """Commands after everything else."""
    width: float | None = None
    """Width of the work area in mm; None if it is unknown."""
    height: float | None = None
    """Height of the work area in mm; None if it is unknown."""
    outline: bool = False
    """Whether to only trace the bounding box of the ink with the pen up, to check the position of the paper."""

    def __post_init__(self) -> None:
        for name in ("feed", "travel", "width", "height"):
            value = getattr(self, name)
            if value is not None and not (value > 0 and math.isfinite(value)):
                raise InkError(f"machine {self.name}: {name} is {value:g}; give a number above 0")


MACHINES = {
    "servo": Machine("servo", pen_down="M3 S90;G4 P0.15", pen_up="M3 S30;G4 P0.15"),
    "z": Machine("z", pen_down="G1 Z0 F600", pen_up="G0 Z5"),
    "laser": Machine("laser", pen_down="M4 S250", pen_up="M5", feed=2000.0),
}
"""Machines by name: a pen lifted by a servo motor, a pen lifted by a Z axis, and a laser that is switched on and
off."""


def machine(text: str) -> Machine:
    """Parse a machine name with changes: ``"servo"`` or ``"z,feed=900,pen_up=G0 Z8,width=300"``.

    Raises :class:`InkError` for an unknown name, field or value.

    >>> machine("z,feed=900").feed
    900.0
    """
    name, *changes = [part.strip() for part in text.split(",")]
    if name not in MACHINES:
        raise InkError(f"there is no machine profile {name!r}; choose {', '.join(MACHINES)}")
    known = {field.name for field in fields(Machine)} - {"name", "outline"}
    values: dict[str, object] = {}
    for change in changes:
        key, _, value = change.partition("=")
        if key not in known or not value:
            raise InkError(
                f"machine profile {text!r}: {change!r} is not FIELD=VALUE with one of {', '.join(sorted(known))}"
            )
        values[key] = value if key in ("pen_down", "pen_up", "begin", "end") else _number(text, change, value)
    return replace(MACHINES[name], **values)  # type: ignore[arg-type]


def _number(text: str, change: str, value: str) -> float:
    try:
        return float(value)
    except ValueError:
        raise InkError(f"machine profile {text!r}: {change!r} is not a number") from None


def gcode(drawing: Drawing, path: str | os.PathLike[str], profile: Machine, *, join_mm: float = 0.1) -> None:
    """Write ``drawing`` as G-code to ``path`` atomically; see :func:`gcode_text`."""
    _write(gcode_text(drawing, profile, join_mm=join_mm), path)


def hpgl(drawing: Drawing, path: str | os.PathLike[str], *, join_mm: float = 0.1) -> None:
    """Write ``drawing`` as HPGL to ``path`` atomically; see :func:`hpgl_text`."""
    _write(hpgl_text(drawing, join_mm=join_mm), path)


def gcode_text(drawing: Drawing, profile: Machine, *, join_mm: float = 0.1) -> str:
    """Return the G-code of ``drawing``; strokes whose ends are at most ``join_mm`` apart are drawn without a lift.

    Raises :class:`InkError` if ink is outside the machine's work area.
    """
    lines = polylines(drawing, join_mm)
    _check_area(lines, profile)
    left, bottom = np.min([line.min(axis=0) for line in lines], axis=0)
    right, top = np.max([line.max(axis=0) for line in lines], axis=0)
    rows = [f"; {drawing.width:.1f} x {drawing.height:.1f} mm, {len(lines)} strokes", *_commands(profile.begin)]
    rows += _commands(profile.pen_up)
    if profile.outline:
        corners = [(left, bottom), (right, bottom), (right, top), (left, top), (left, bottom)]
        rows += [f"G0 X{x:.3f} Y{y:.3f} F{profile.travel:g}" for x, y in corners]
    for line in [] if profile.outline else lines:
        (x, y), *others = line.tolist()
        rows += [f"G0 X{x:.3f} Y{y:.3f} F{profile.travel:g}", *_commands(profile.pen_down)]
        rows += [f"G1 X{x:.3f} Y{y:.3f}" + (f" F{profile.feed:g}" if i == 0 else "") for i, (x, y) in enumerate(others)]
        rows += _commands(profile.pen_up)
    return "\n".join([*rows, *_commands(profile.end), ""])


def hpgl_text(drawing: Drawing, *, join_mm: float = 0.1) -> str:
    """Return the HPGL of ``drawing``, in plotter units of 1/40 mm."""
    rows = ["IN;SP1;"]
    for line in polylines(drawing, join_mm):
        (x, y), *others = np.rint(line * HPGL_UNITS_PER_MM).astype(int).tolist()
        rows.append(f"PU{x},{y};PD" + ",".join(f"{x},{y}" for x, y in others) + ";")
    return "\n".join([*rows, "PU;SP0;", ""])


def polylines(drawing: Drawing, join_mm: float) -> list[Floats]:
    """Return the strokes as points (n, 2) in mm with y upward, in drawing order; each has at least two points."""
    curves = drawing.curves
    ends = np.array([[curve[0, 0], curve[-1, 3]] for curve in curves]) @ (1, 1j)
    order, backwards = order_strokes(ends)
    lines: list[Floats] = []
    for stroke, back in zip(order, backwards, strict=True):
        points = flattened(curves[stroke])
        points = (points[::-1] if back else points) * (1, -1) + (0, drawing.height)
        if lines and math.dist(lines[-1][-1], points[0]) <= join_mm:
            lines[-1] = np.concatenate([lines[-1], points])
        else:
            lines.append(points)
    return lines


def flattened(curve: Floats) -> Floats:
    """Flatten a curve (segments, 4, 2) to points (n, 2), n ≥ 2, whose chords stay within :data:`FLATNESS_MM` of it."""
    points = sample(curve, SAMPLES)
    if np.ptp(points, axis=0).max() < 1e-6:
        return points[:1] + np.array([[-DOT_MM / 2, 0], [DOT_MM / 2, 0]])
    return decimate(points, FLATNESS_MM / 2)


def _check_area(lines: Sequence[Floats], profile: Machine) -> None:
    right, top = np.max([line.max(axis=0) for line in lines], axis=0)
    left, bottom = np.min([line.min(axis=0) for line in lines], axis=0)
    width, height = profile.width or math.inf, profile.height or math.inf
    if left < -1e-6 or bottom < -1e-6 or right > width + 1e-6 or top > height + 1e-6:
        raise InkError(
            f"the ink reaches from ({left:.1f}, {bottom:.1f}) to ({right:.1f}, {top:.1f}) mm and leaves the work area "
            f"of {width:g} x {height:g} mm; use a smaller page"
        )


def _commands(text: str) -> Iterator[str]:
    return (part.strip() for part in text.split(";") if part.strip())


def _write(text: str, path: str | os.PathLike[str]) -> None:
    with atomic(path) as temporary:
        temporary.write_text(text, encoding="ascii")
