"""Tell the strokes of pens among the lines of a drawing: no highlighters, whole strokes, dots, in the order of writing.

A line of varying width is often stored as many pieces of even width, one element each (signature_pad, Xournal++, rmc,
p5.js). They are joined into strokes: each begins exactly where the one before it ends, in the same color. Strokes of
other drawings touch as exactly now and then, so pieces are joined only if most lines of a drawing are such pieces.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from handwriting.formats.svg_own import Layout
from handwriting.ink import Floats
from handwriting.notes import Notes

MIN_PEN_OPACITY, MIN_HIGHLIGHTER_WIDTH = 0.75, 3.0
"""A line with an opacity below the first and a width of so many times the usual one was drawn by a highlighter."""
MIN_JOINS, MIN_JOINED_SHARE = 3, 0.5
"""Pieces are joined if at least so many lines, and this share of them, begin exactly where the one before ends."""
MAX_GAP = 1e-9
"""Largest gap between two pieces, relative to the largest coordinate: only the rounding of transforms."""
DOT_WIDTHS = 0.3, 3.0
"""Smallest and largest diameter of a dot, in units of the usual width of a line."""


@dataclass(frozen=True, eq=False)
class Frame:
    """The paper: the outermost ``svg`` element or one inside it; a width or height that is not known is None."""

    size: tuple[float | None, float | None] = (None, None)
    """In the user units of the document."""


@dataclass
class PenLine:
    """A pen's line as cubic curves, shape (n, 4, 2), and what determines its look."""

    curves: Floats
    color: str
    alpha: float
    width: float
    is_blended: bool
    is_closed: bool = False
    is_dot: bool = False
    """Whether it is a small filled circle."""
    written: int = 0
    """Its place in the order of writing, from 1, negative if it is drawn backward; 0 if that is not known."""
    frame: Frame | None = None
    """The paper that it lies on."""


def strokes_of(lines: list[PenLine], layout: Layout | None, notes: Notes) -> list[Floats]:
    """Return the curves of each stroke, in the order of writing if the lines record it."""
    lines = _without_highlighters(lines, notes)
    widths = Counter(float(f"{one.width:.3g}") for one in lines if not one.is_dot)
    notes.count("line width", widths.total() - max(widths.values(), default=0), "detail")
    if layout == "page" or (layout is None and _are_pieces(lines)):
        lines = _joined(lines)
    return _as_written(_without_shapes(lines, notes))


def _without_highlighters(lines: list[PenLine], notes: Notes) -> list[PenLine]:
    opaque = [one.width for one in lines if not one.is_dot and one.alpha >= MIN_PEN_OPACITY and not one.is_blended]
    if not opaque:
        return lines
    wide = MIN_HIGHLIGHTER_WIDTH * float(np.median(opaque))
    kept = [
        one for one in lines if one.is_dot or one.width < wide or (one.alpha >= MIN_PEN_OPACITY and not one.is_blended)
    ]
    notes.count("highlighter stroke", len(lines) - len(kept))
    return kept


def _are_pieces(lines: list[PenLine]) -> bool:
    """Return whether the lines are mostly pieces of strokes. Lines that record their order are whole strokes."""
    long = [one for one in lines if not one.is_dot]
    joins = int(_continues(long).sum())
    return joins >= max(MIN_JOINS, MIN_JOINED_SHARE * len(long)) and not any(one.written for one in long)


def _continues(lines: Sequence[PenLine]) -> NDArray[np.bool_]:
    """Return, for each line but the first, whether it continues the one before it, with shape (n - 1,)."""
    if len(lines) < 2:
        return np.zeros(0, dtype=bool)
    begins = np.array([one.curves[0, 0] for one in lines])
    ends = np.array([one.curves[-1, 3] for one in lines])
    touches = np.abs(begins[1:] - ends[:-1]).max(axis=1) <= MAX_GAP * np.abs(ends).max()
    alike = [_paint(a) == _paint(b) for a, b in pairwise(lines)]
    return touches & np.array(alike)


def _paint(line: PenLine) -> tuple[object, ...]:
    """Return what pieces of one stroke have in common. A closed line is whole, and so is a dot."""
    return line.color, line.alpha, line.is_blended, id(line) if line.is_closed or line.is_dot else None


def _joined(lines: list[PenLine]) -> list[PenLine]:
    runs = np.split(np.arange(len(lines)), np.flatnonzero(~_continues(lines)) + 1)
    return [
        replace(lines[run[0]], curves=np.concatenate([lines[i].curves for i in run])) if len(run) > 1 else lines[run[0]]
        for run in runs
        if len(run)
    ]


def _without_shapes(lines: list[PenLine], notes: Notes) -> list[PenLine]:
    """Remove the filled circles that are not dots of the pen.

    A dot is about as wide as the pen, in the color of a line, and there are fewer of them than lines; many circles are
    dotted paper.
    """
    long = [one for one in lines if not one.is_dot]
    width = float(np.median([one.width for one in long])) if long else 0.0
    low, high = (share * width for share in DOT_WIDTHS)
    colors = {one.color for one in long}
    dots = [one for one in lines if one.is_dot and low <= one.width <= high and one.color in colors]
    if len(dots) > len(long):
        dots = []
    kept = {id(one) for one in (*long, *dots)}
    notes.count("shape", len(lines) - len(kept))
    return [one for one in lines if id(one) in kept]


def _as_written(lines: list[PenLine]) -> list[Floats]:
    """Return the curves in the order and direction in which they were written, if every line records both."""
    places = {abs(one.written) for one in lines}
    if 0 in places or len(places) < len(lines):
        return [one.curves for one in lines]
    ordered = sorted(lines, key=lambda one: abs(one.written))
    return [one.curves[::-1, ::-1] if one.written < 0 else one.curves for one in ordered]
