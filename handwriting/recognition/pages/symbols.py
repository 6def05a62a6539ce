"""Find small drawn symbols by their shape alone: boxes, the ticks in them, and dashed or dotted rules.

They are as small as letters but look like none: a box has four corners at right angles, where O and 0 are round.
Lengths are in letter heights.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from handwriting.ink import Floats
from handwriting.recognition.pages.marks import Integers
from handwriting.recognition.pages.shapes import TOUCH, Shapes

MIN_SIDE, MAX_CHECK_BOX = 1.2, 4.0
"""Minimum length of a side of a box, and maximum length of the sides of a check box."""
MAX_CORNER_GAP, MAX_BULGE = 0.14, 0.16
"""Largest distance of a box's path from the corners of its bounds, and from their sides, as a share of the shorter
side. A circle stays 0.21 away from the corners."""
MAX_SIDE_ANGLE = 12.0
"""Largest angle between a side of a box and the horizontal or vertical, in degrees."""
MIN_TICK_RATIO = 1.6
"""Minimum ratio of the heights of the two legs of a tick; those of a V are equal."""
MIN_DASHES, MIN_DOTS = 6, 8
"""Minimum number of dashes or dots in a rule. An ellipsis or a hesitation has fewer dots."""
MAX_DOT, MAX_DASH = 0.3, 3.0
"""Largest length of a dot and of a dash."""


def find_boxes(shapes: Shapes, free: NDArray[np.bool_]) -> list[Integers]:
    """Return the strokes of each box that is one closed stroke or four straight ones, among the strokes ``free``."""
    alone = [np.array([k]) for k in np.flatnonzero(free & ~shapes.straight).tolist() if _is_rectangle(shapes, k)]
    level = np.flatnonzero(
        free & shapes.straight & (np.abs(shapes.slope) < MAX_SIDE_ANGLE) & (shapes.length > MIN_SIDE)
    )
    upright = np.flatnonzero(
        free & shapes.straight & (np.abs(shapes.slope) > 90 - MAX_SIDE_ANGLE) & (shapes.length > MIN_SIDE)
    )
    found, used = [], set[int]()
    for top in level.tolist():
        for bottom in level.tolist():
            if shapes.boxes[top, 1] < shapes.boxes[bottom, 1] and not {top, bottom} & used:
                sides = _sides(shapes, top, bottom, upright)
                if len(sides) == 2:
                    found.append(np.array([top, bottom, *sides]))
                    used.update(found[-1].tolist())
    return alone + found


def _is_rectangle(shapes: Shapes, stroke: int) -> bool:
    left, top, right, bottom = shapes.boxes[stroke].tolist()
    width, height = right - left, bottom - top
    short = min(width, height)
    if short < MIN_SIDE or max(width, height) > MAX_CHECK_BOX or not shapes.closed(stroke):
        return False
    span = slice(int(shapes.ink.starts[stroke]), int(shapes.ink.ends[stroke]))
    x, y = shapes.ink.x[span] / shapes.height, shapes.ink.y[span] / shapes.height
    corners = [np.hypot(x - a, y - b).min() for a in (left, right) for b in (top, bottom)]
    bulge = np.minimum.reduce([np.abs(x - left), np.abs(x - right), np.abs(y - top), np.abs(y - bottom)]).max()
    return bool(max(corners) < MAX_CORNER_GAP * short and bulge < MAX_BULGE * short)


def _sides(shapes: Shapes, top: int, bottom: int, upright: Integers) -> list[int]:
    """Return the strokes that join two level strokes at both of their ends."""
    upper, lower = (sorted(shapes.points[k][[0, -1]].tolist(), key=lambda z: z.real) for k in (top, bottom))
    near = min(TOUCH, 0.3 * float(min(shapes.length[top], shapes.length[bottom])))
    sides = []
    for high, low in zip(upper, lower, strict=True):
        for k in upright.tolist():
            ends = sorted(shapes.points[k][[0, -1]].tolist(), key=lambda z: z.imag)
            if max(abs(ends[0] - high), abs(ends[1] - low)) < min(near, 0.3 * float(shapes.length[k])):
                sides.append(k)
                break
    return sides


def ticks_in(shapes: Shapes, box: Integers, free: NDArray[np.bool_]) -> list[int]:
    """Return the strokes that tick a check box: short down, then long up; a letter in a box is no tick."""
    left, top = shapes.boxes[box, :2].min(axis=0)
    right, bottom = shapes.boxes[box, 2:].max(axis=0)
    if max(right - left, bottom - top) > MAX_CHECK_BOX:
        return []
    ticks = []
    for k in np.flatnonzero(free).tolist():
        z = shapes.points[k]
        within = (z.real > left) & (z.real < right) & (z.imag > top) & (z.imag < bottom)
        size = np.abs(shapes.boxes[k, 2:] - shapes.boxes[k, :2]).max()
        if within.mean() > 0.3 and size < 2.5 * (bottom - top) and is_tick(z):
            ticks.append(k)
    return ticks


def is_tick(path: NDArray[np.complex128]) -> bool:
    """Return whether a path goes down to the right and then, in a longer leg, up to the right."""
    foot = int(path.imag.argmax())
    down, up = path[foot] - path[0], path[-1] - path[foot]
    legs = abs(down) + abs(up)
    straight = np.abs(np.diff(path)).sum() < 1.15 * legs
    return bool(straight and down.real > 0 and down.imag > 0 and up.real > 0 and -up.imag > MIN_TICK_RATIO * down.imag)


def find_dashes(shapes: Shapes, free: NDArray[np.bool_]) -> list[Integers]:
    """Return the strokes of each dashed or dotted rule: many alike at equal distances on one level."""
    found = []
    dots = shapes.length < MAX_DOT
    dashes = ~dots & (shapes.length < MAX_DASH) & shapes.straight & (np.abs(shapes.slope) < 25)
    for kind, least in ((dashes, MIN_DASHES), (dots, MIN_DOTS)):
        some = np.flatnonzero(free & kind)
        found += [np.sort(some[row]) for row in _rows(shapes.boxes[some]) if len(row) >= least]
    return found


def _rows(boxes: Floats) -> list[list[int]]:
    """Return runs of boxes from left to right, each like the last in size, height on the page and distance."""
    x, y = (boxes[:, 0] + boxes[:, 2]) / 2, (boxes[:, 1] + boxes[:, 3]) / 2
    width = boxes[:, 2] - boxes[:, 0]
    rows: list[list[int]] = []
    left = set(range(len(boxes)))
    for first in np.argsort(x).tolist():
        if first not in left:
            continue
        row = [first]
        while True:
            last = row[-1]
            right = [k for k in left if x[k] > x[last] and abs(y[k] - y[last]) < 0.3 and x[k] - x[last] < 4]
            after = min(right, key=lambda k: float(x[k]), default=None)
            if after is None or abs(width[after] - width[first]) > max(0.3, 0.35 * width[first]):
                break
            step = x[row[1]] - x[first] if len(row) > 1 else x[after] - x[last]
            if abs(x[after] - x[last] - step) > 0.3 * step:
                break
            row.append(after)
        left -= set(row) if len(row) > 2 else {first}
        rows.append(row)
    return rows
