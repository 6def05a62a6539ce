"""Collect strokes from a file into :class:`Ink`, by the rules that all readers share.

x and y of every point must be finite numbers; a stroke in which one is not is refused by itself. Times and pressure are
kept if every point has a valid one, and dropped with a note otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from handwriting.errors import InkError
from handwriting.formats import times
from handwriting.ink import Floats, Ink, Source
from handwriting.limits import MAX_COORDINATE, check_points
from handwriting.notes import Notes


@dataclass
class _Stroke:
    x: Floats
    y: Floats
    t: Floats | None
    pressure: Floats | None


class Strokes:
    """Collects the strokes of a page."""

    def __init__(self, file: str, notes: Notes) -> None:
        self.file, self.notes = file, notes
        self.points = 0
        self._strokes: list[_Stroke] = []

    def __len__(self) -> int:
        return len(self._strokes)

    def add(self, x: ArrayLike, y: ArrayLike, t: Floats | None = None, pressure: Floats | None = None) -> None:
        """Add a stroke of n points; every array has shape (n,). A stroke without points is ignored.

        ``t`` is in the ``unit`` that is passed to :meth:`ink`; NaN in ``t`` or ``pressure`` stands for an unknown
        value. Raises :class:`InkError` if a coordinate is not finite or too large, to be caught by :meth:`Notes.part
        <handwriting.notes.Notes.part>`.
        """
        stroke = _Stroke(np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64), t, pressure)
        if not len(stroke.x):
            return
        if (
            not stroke.x @ stroke.x + stroke.y @ stroke.y <= MAX_COORDINATE**2
        ):  # a single sum, as most strokes are short
            self._check(stroke)
        self.points += len(stroke.x)
        self._strokes.append(stroke)
        check_points(self.points, self.file, len(self._strokes))

    def _check(self, stroke: _Stroke) -> None:
        for name, values in (("x", stroke.x), ("y", stroke.y)):
            valid = np.abs(values) <= MAX_COORDINATE
            if not valid.all():
                bad = int(valid.argmin())
                raise InkError(
                    f"{self.file}: {name}={values[bad]:g} of point {bad + 1}; it must be finite and at most "
                    f"{MAX_COORDINATE:g}"
                )

    def ink(
        self, source: Source, unit: float = 1.0, start: float = 0.0, max_pressure: float | None = 1.0
    ) -> Ink | None:
        """Return all strokes as one ink, or None if there are none.

        ``unit`` is the number of seconds per unit of the times, as defined by the format. ``start`` is the time, in
        seconds, that is added to them to get the start time. ``max_pressure`` is the largest pressure of the format, to
        which greater ones are reduced; None stands for the largest that occurs.
        """
        if not self._strokes:
            return None
        x, y = (np.concatenate([getattr(stroke, name) for stroke in self._strokes]) for name in "xy")
        starts = np.cumsum([0] + [len(stroke.x) for stroke in self._strokes[:-1]])
        t = self._join_complete("times", [stroke.t for stroke in self._strokes])
        if t is not None:
            t = t * times.unit_of(t, unit)
            source = replace(source, start_time=float(t[0] + start) or None)
            t = t - t[0]
        pressure = self._join_complete("pressure", [stroke.pressure for stroke in self._strokes])
        if pressure is not None:
            top = max(float(pressure.max()), 0.0 if max_pressure is None else max_pressure)
            pressure = pressure.clip(0) / top if top > 0 else None
        return Ink(x, y, starts, t, pressure, source)

    def _join_complete(self, name: str, parts: list[Floats | None]) -> Floats | None:
        """Return a property of every point, with shape (N,); None, with a note, if only some of the points have it."""
        known = [part for part in parts if part is not None]
        if not known:
            return None
        values = np.concatenate(known)
        valid = np.isfinite(values)
        if valid.all() and len(known) == len(parts):
            return values
        damaged = not valid.all()
        reason = f"{int(valid.sum()):,} of {self.points:,} points have {'a valid one' if damaged else 'one'}"
        self.notes.drop(f"the {name}", reason, "noted" if damaged else "detail")
        return None
