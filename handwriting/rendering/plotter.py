"""A drawing for a pen plotter: its strokes and nothing else, in an order that keeps the way through the air short.

Going on with the nearest end of a stroke, drawn backwards if need be, and then 2-opt (Croes 1958): as long as turning a
run of strokes around, so that each is drawn backwards and in opposite order, shortens the way, the best such run is
turned around. Never longer than the order in which the strokes were written.
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

WORK = 1e8
"""Pairs of strokes to look at before the order is good enough: a second or two, and the same on every machine."""

DOT = 0.1
"""Millimetres: plotters' software leaves out lines that have no length, so a dot gets this one."""


@dataclass(frozen=True)
class Travel:
    """The way of the lifted pen in millimetres, from the sheet's upper left corner and back there."""

    before: float
    """In the order of writing."""
    after: float
    """In the order of the file."""


def plot(drawing: Drawing, path: str | os.PathLike[str]) -> Travel:
    """Write ``drawing`` for a plotter to ``path``, which appears complete or not at all; how much travel was saved."""
    markup, travel = plottable(drawing)
    write_text(markup, path)
    return travel


def plottable(drawing: Drawing) -> tuple[str, Travel]:
    """An SVG document of single strokes in millimetres, without paper, title or description, and its travel."""
    curves = drawing.curves
    ends = np.array([[curve[0, 0], curve[-1, 3]] for curve in curves]) @ (1, 1j)
    order, backwards = ordered(ends)
    document, pen = empty(drawing), group(drawing)
    for i, back in zip(order, backwards, strict=True):
        curve = curves[i]
        if not np.ptp(curve, axis=(0, 1)).any():
            curve = curve + np.linspace(-DOT / 2, DOT / 2, 4)[:, None] * (1, 0)
        pen.add(document.path(path_data(curve[::-1, ::-1] if back else curve)))
    document.add(pen)
    return text(document), Travel(travelled(ends), travelled(_turned(ends[order], backwards)))


def travelled(ends: NDArray[np.complex128]) -> float:
    """The way through the air, from 0 and back, when the strokes ``ends``, shape (S, 2), are drawn one by one."""
    leave, arrive = np.append(0, ends[:, 1]), np.append(ends[:, 0], 0)
    return float(np.abs(arrive - leave).sum())


def ordered(ends: NDArray[np.complex128]) -> tuple[Integers, Bools]:
    """A short order for strokes with the ``ends`` x + iy, shape (S, 2): their numbers, and which to draw backwards."""
    given = np.arange(len(ends)), np.zeros(len(ends), dtype=bool)
    if len(ends) ** 2 > WORK:
        return given
    candidates = [_improved(ends, *given), _improved(ends, *_nearest(ends))]
    return min(candidates, key=lambda way: travelled(_turned(ends[way[0]], way[1])))


def _turned(ends: NDArray[np.complex128], backwards: Bools) -> NDArray[np.complex128]:
    return np.where(backwards[:, None], ends[:, ::-1], ends)


def _nearest(ends: NDArray[np.complex128]) -> tuple[Integers, Bools]:
    """From each stroke to the nearest end of another."""
    order, backwards = np.empty(len(ends), dtype=np.int64), np.empty(len(ends), dtype=bool)
    left, pen = ends.copy(), 0j
    for k in range(len(ends)):
        stroke, end = divmod(int(np.abs(left - pen).argmin()), 2)
        order[k], backwards[k] = stroke, end == 1
        pen = left[stroke, 1 - end]
        left[stroke] = np.inf
    return order, backwards


def _improved(ends: NDArray[np.complex128], order: Integers, backwards: Bools) -> tuple[Integers, Bools]:
    """Runs of strokes turned around as long as that shortens the way, from the first stroke on, round after round."""
    order, backwards = order.copy(), backwards.copy()
    way = _turned(ends[order], backwards)
    n = len(way)
    for _ in range(int(WORK / n**2)):
        shortened = False
        for i in range(n):
            # Turning i to j around replaces the ways before i and after j.
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
