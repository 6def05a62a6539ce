"""SVG for pen plotters: only the strokes, in an order with short pen-up moves.

Each path records its place in the order of writing (`data-written`), so that :mod:`handwriting.formats.svg` reads the
strokes as they were written.

The order starts from a nearest-neighbour tour, in which strokes may be drawn backwards, and is improved by 2-opt (Croes
1958): runs of strokes are reversed as long as that shortens the pen-up travel. The travel is never longer than in the
order of writing.
"""

from __future__ import annotations

import os
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from handwriting.rendering.drawing import Drawing
from handwriting.rendering.svg import empty, group, path_data, text, write_text

Integers = NDArray[np.int64]
Bools = NDArray[np.bool_]

MAX_PAIRS = 1e8
"""Largest number of pairs of strokes to examine, which takes a second or two. Unlike a time limit, it gives the same
result on every machine."""

PLOTTED_DOT_MM = 0.1
"""Length of a dot: plotter software skips lines without length."""


@dataclass(frozen=True)
class PenTravel:
    """Distance that the lifted pen travels, in millimetres, from the sheet's upper left corner and back."""

    before: float
    """Distance with the strokes in the order of writing."""
    after: float
    """Distance with the strokes in the order of the file."""


def plot(drawing: Drawing, path: str | os.PathLike[str]) -> PenTravel:
    """Write ``drawing`` for a plotter to ``path`` atomically, and return the pen-up travel."""
    markup, travel = plotter_svg(drawing)
    write_text(markup, path)
    return travel


def plotter_svg(drawing: Drawing) -> tuple[str, PenTravel]:
    """Return an SVG document of only the strokes, without paper, title or description, and its pen-up travel."""
    curves = drawing.curves
    ends = np.array([[curve[0, 0], curve[-1, 3]] for curve in curves]) @ (1, 1j)
    order, backwards = order_strokes(ends)
    document, pen = empty(drawing), group(drawing)
    for i, back in zip(order, backwards, strict=True):
        curve = curves[i]
        if not np.ptp(curve, axis=(0, 1)).any():
            curve = curve + np.linspace(-PLOTTED_DOT_MM / 2, PLOTTED_DOT_MM / 2, 4)[:, None] * (1, 0)
        path = document.path(path_data(curve[::-1, ::-1] if back else curve))
        path["data-written"] = str(-i - 1 if back else i + 1)
        pen.add(path)
    document.add(pen)
    return text(document), PenTravel(pen_up_travel(ends), pen_up_travel(_turned(ends[order], backwards)))


def pen_up_travel(ends: NDArray[np.complex128]) -> float:
    """Return the pen-up travel, from 0 and back, if strokes with these ``ends``, shape (S, 2), are drawn in order."""
    leave, arrive = np.append(0, ends[:, 1]), np.append(ends[:, 0], 0)
    return float(np.abs(arrive - leave).sum())


def order_strokes(ends: NDArray[np.complex128]) -> tuple[Integers, Bools]:
    """Find a short order of strokes with the ``ends`` x + iy, shape (S, 2): indices, and which to draw backwards."""
    given = np.arange(len(ends)), np.zeros(len(ends), dtype=bool)
    if len(ends) ** 2 > MAX_PAIRS:
        return given
    candidates = [_improved(ends, *given), _improved(ends, *_nearest(ends))]
    return min(candidates, key=lambda tour: pen_up_travel(_turned(ends[tour[0]], tour[1])))


def _turned(ends: NDArray[np.complex128], backwards: Bools) -> NDArray[np.complex128]:
    return np.where(backwards[:, None], ends[:, ::-1], ends)


def _nearest(ends: NDArray[np.complex128]) -> tuple[Integers, Bools]:
    """Return the nearest-neighbour tour over the ends of the strokes."""
    order, backwards = np.empty(len(ends), dtype=np.int64), np.empty(len(ends), dtype=bool)
    left, pen = ends.copy(), 0j
    for k in range(len(ends)):
        stroke, end = divmod(int(np.abs(left - pen).argmin()), 2)
        order[k], backwards[k] = stroke, end == 1
        pen = left[stroke, 1 - end]
        left[stroke] = np.inf
    return order, backwards


def _improved(ends: NDArray[np.complex128], order: Integers, backwards: Bools) -> tuple[Integers, Bools]:
    """Reverse runs of strokes as long as that shortens the travel, in rounds over all first strokes of a run."""
    order, backwards = order.copy(), backwards.copy()
    way = _turned(ends[order], backwards)
    n = len(way)
    for _ in range(int(MAX_PAIRS / n**2)):
        shortened = False
        for i in range(n):
            # Reversing i to j replaces the moves before i and after j.
            before = way[i - 1, 1] if i else 0
            first, last = way[i, 0], way[i:, 1]
            after = np.append(way[i + 1 :, 0], 0)
            saved = np.abs(first - before) + np.abs(after - last) - np.abs(last - before) - np.abs(after - first)
            best = int(saved.argmax())
            if saved[best] > 1e-9:
                run = slice(i, i + best + 1)
                way[run] = way[run][::-1, ::-1]
                order[run] = order[run][::-1]
                backwards[run] = ~backwards[run][::-1]
                shortened = True
        if not shortened:
            break
    return order, backwards
