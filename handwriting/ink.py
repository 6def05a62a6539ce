"""Digital ink and pages: the values that the whole package exchanges.

Digital ink is a sequence of pen strokes, each a sequence of points. Format readers return it, features encode it,
networks transcribe or generate it, renderers draw it. It is immutable, so all of them can share one value.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from handwriting.errors import InkError
from handwriting.notes import Note

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Source:
    """Metadata from the ink's file. Everything is optional; no network uses it."""

    units: str | None = None
    """Unit of x and y, named as in the file (``"mm"``, ``"himetric"``, ``"1/1000 in"``)."""
    start_time: float | None = None
    """Timestamp of the first point in seconds, by the source's own clock; ``Ink.t`` counts from it."""
    text: str | None = None
    """Transcript that came with the ink."""
    writer: str | None = None
    """Name or identifier of the writer."""
    file: str | None = None
    """Name of the file that the ink was read from."""
    notes: tuple[Note, ...] = field(default=(), compare=False)
    """Notes on what the reader left out of the file; the same for all pages of a document."""


@dataclass(frozen=True, eq=False)
class Ink:
    """Pen strokes of ``N`` points in ``S`` strokes.

    ``x``, ``y``: shape (N,), float64, in the source's units, **y growing downward**. ``starts``: shape (S,), the index
    of each stroke's first point, strictly increasing from 0, so that no stroke is empty. ``t``: shape (N,), seconds
    since the first point, or None. ``pressure``: shape (N,), 0 to 1, or None. All arrays are read-only.

    Raises :class:`InkError` when there are no points, lengths differ, or a value is not finite.

    >>> ink = Ink.from_strokes([[(0, 0), (4, 3)], [(5, 0)]])
    >>> len(ink), len(ink.strokes), ink.bounds
    (3, 2, (0.0, 0.0, 5.0, 3.0))
    """

    x: Floats
    y: Floats
    starts: NDArray[np.int64]
    t: Floats | None = None
    pressure: Floats | None = None
    source: Source = field(default=Source())

    def __post_init__(self) -> None:
        for name in ("x", "y", "t", "pressure"):
            value = getattr(self, name)
            if value is None:
                continue
            array = _read_only(value, np.float64)
            if array.shape != (len(self.x),):
                raise InkError(f"ink: {name} has shape {array.shape}, but there are {len(self.x)} points")
            if not np.isfinite(array).all():
                bad = int(np.flatnonzero(~np.isfinite(array))[0])
                raise InkError(f"ink: {name} of point {bad} is {array[bad]}; every value must be a finite number")
            object.__setattr__(self, name, array)
        if len(self.x) == 0:
            raise InkError("ink has no points")
        starts = _read_only(self.starts, np.int64)
        if len(starts) == 0 or starts[0] != 0 or starts[-1] >= len(self.x) or (np.diff(starts) <= 0).any():
            raise InkError("ink: stroke starts must increase strictly from 0 and stay below the number of points")
        object.__setattr__(self, "starts", starts)

    @classmethod
    def from_strokes(cls, strokes: Iterable[ArrayLike], source: Source = Source()) -> Ink:
        """Make ink from strokes, each of shape (n, 2) for x, y or (n, 3) for x, y, t; empty strokes are dropped.

        Times are in seconds; the first point's time is subtracted and kept as ``source.start_time``.
        """
        arrays = [a for a in (np.asarray(s, dtype=np.float64) for s in strokes) if a.size]
        if not arrays:
            raise InkError("ink has no points")
        if any(a.ndim != 2 or a.shape[1] not in (2, 3) for a in arrays) or len({a.shape[1] for a in arrays}) > 1:
            raise InkError("ink: every stroke must have shape (n, 2) or every stroke (n, 3)")
        points = np.concatenate(arrays)
        t = None
        if points.shape[1] == 3:
            source = replace(source, start_time=float(points[0, 2]))
            t = points[:, 2] - points[0, 2]
        starts = np.cumsum([0] + [len(a) for a in arrays[:-1]])
        return cls(points[:, 0], points[:, 1], starts, t, None, source)

    def __len__(self) -> int:
        """Return the number of points, as in ``x``, ``y`` and ``t``. To loop over the strokes, use ``ink.strokes``."""
        return len(self.x)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Ink):
            return NotImplemented
        return (
            np.array_equal(self.x, other.x)
            and np.array_equal(self.y, other.y)
            and np.array_equal(self.starts, other.starts)
            and _equal(self.t, other.t)
            and _equal(self.pressure, other.pressure)
            and self.source == other.source
        )

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        left, top, right, bottom = self.bounds
        units = f" {self.source.units}" if self.source.units else ""
        text = f", {self.source.text!r}" if self.source.text else ""
        seconds = f", {self.t[-1]:.2f} s" if self.t is not None else ""
        size = f"{right - left:g} x {bottom - top:g}{units}"
        return f"Ink({len(self.starts)} strokes, {len(self)} points, {size}{seconds}{text})"

    @cached_property
    def ends(self) -> NDArray[np.int64]:
        """Index after each stroke's last point, shape (S,)."""
        return _read_only(np.append(self.starts[1:], len(self)), np.int64)

    @property
    def xy(self) -> Floats:
        """Coordinates of the points, shape (N, 2)."""
        return np.column_stack([self.x, self.y])

    @property
    def strokes(self) -> list[Floats]:
        """The strokes, as arrays of shape (n, 2)."""
        return np.split(self.xy, self.starts[1:])

    @property
    def stroke_index(self) -> NDArray[np.int64]:
        """Index of each point's stroke, shape (N,)."""
        return np.repeat(np.arange(len(self.starts)), self.ends - self.starts)

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """Left, top, right and bottom of the bounding box."""
        return float(self.x.min()), float(self.y.min()), float(self.x.max()), float(self.y.max())

    @property
    def boxes(self) -> Floats:
        """Left, top, right and bottom of each stroke, shape (4, S)."""
        least, most = (f.reduceat([self.x, self.y], self.starts, axis=1) for f in (np.minimum, np.maximum))
        return np.concatenate([least, most])

    def moved_to(self, x: ArrayLike, y: ArrayLike) -> Ink:
        """Return the same strokes with coordinates ``x`` and ``y``, each of shape (N,)."""
        return replace(self, x=np.asarray(x, dtype=np.float64), y=np.asarray(y, dtype=np.float64))

    def keep(self, mask: ArrayLike) -> Ink:
        """Return the points where ``mask`` (shape (N,), bool) is true; strokes that lose all their points vanish.

        Times still count from the original first point. Raises :class:`InkError` when nothing is left.
        """
        mask = np.asarray(mask, dtype=bool)
        stroke = self.stroke_index[mask]
        starts = np.flatnonzero(np.diff(stroke, prepend=-1))
        t = None if self.t is None else self.t[mask]
        pressure = None if self.pressure is None else self.pressure[mask]
        return Ink(self.x[mask], self.y[mask], starts, t, pressure, self.source)

    def take(self, strokes: ArrayLike) -> Ink:
        """Return the strokes with these indices, in this order, without the transcript, which describes all ink."""
        points = self.points_of(strokes)
        counts = (self.ends - self.starts)[np.asarray(strokes)]
        t = None if self.t is None else self.t[points]
        pressure = None if self.pressure is None else self.pressure[points]
        starts = np.cumsum(np.append(0, counts[:-1]))
        return Ink(self.x[points], self.y[points], starts, t, pressure, replace(self.source, text=None))

    def points_of(self, strokes: ArrayLike) -> NDArray[np.int64]:
        """Return the indices of the points of these strokes, in this order."""
        strokes = np.asarray(strokes)
        counts = (self.ends - self.starts)[strokes]
        begins = np.cumsum(np.append(0, counts[:-1]))
        return np.repeat(self.starts[strokes] - begins, counts) + np.arange(counts.sum())

    def _repr_svg_(self) -> str:
        """Return the strokes as SVG for notebooks, at most 80 pixels high and 900 wide."""
        return _preview(self, 80, 900)


@dataclass(frozen=True)
class Page:
    """One page of a document: all its strokes in one ``ink``, not yet split into lines.

    ``width`` and ``height`` are in the ink's units, with the page's upper left corner at (0, 0); None if the file does
    not give them. ``number`` is the page's place in the document, from 1; pages without ink are counted, so numbers may
    have gaps. Raises :class:`InkError` for a size or number that is not above 0.

    >>> Page(Ink.from_strokes([[(0, 0), (10, 0)]]), width=210, height=297).number
    1
    """

    ink: Ink
    width: float | None = None
    height: float | None = None
    number: int = 1

    def __post_init__(self) -> None:
        for name in ("width", "height"):
            value = getattr(self, name)
            if value is not None and not (value > 0 and np.isfinite(value)):
                raise InkError(f"page {self.number}: its {name} is {value}; give a number above 0")
        if self.number < 1:
            raise InkError(f"page {self.number}: pages are counted from 1")

    def _repr_svg_(self) -> str:
        """Return the strokes as SVG for notebooks, at most 600 pixels high and 900 wide."""
        return _preview(self.ink, 600, 900)


def _preview(ink: Ink, highest: float, widest: float) -> str:
    left, top, right, bottom = ink.bounds
    width, height = max(right - left, 1e-9), max(bottom - top, 1e-9)
    scale = min(highest / height, widest / width)
    paths = " ".join(_path((s - (left, top)) * scale + 4) for s in ink.strokes)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width * scale + 8:.0f}" '
        f'height="{height * scale + 8:.0f}">'
        f'<path d="{paths}" fill="none" stroke="currentColor" stroke-width="1.5" stroke-linecap="round"'
        ' stroke-linejoin="round"/></svg>'
    )


def _path(points: Sequence[Floats] | Floats) -> str:
    """Return SVG path data through the points; a single point becomes a zero-length line, visible by its cap."""
    coordinates = [f"{x:.1f} {y:.1f}" for x, y in points]
    return "M" + " L".join(coordinates if len(coordinates) > 1 else coordinates * 2)


def _read_only(values: ArrayLike, dtype: type) -> NDArray:
    array: NDArray = np.array(values, dtype=dtype)
    array.setflags(write=False)
    return array


def _equal(a: NDArray | None, b: NDArray | None) -> bool:
    if a is None or b is None:
        return a is b
    return np.array_equal(a, b)
