"""Determine the order in which the strokes of a line were written.

The recognizer reads strokes in the order of writing; it has learned that dots may come long after their i. Times give
that order. Without times, the order in the file is used, unless it is implausible; then strokes are sorted left to
right.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from handwriting.ink import Ink
from handwriting.recognition.pages.marks import Integers, Marks
from handwriting.recognition.stroke_order import StrokeNetworks

MAX_TRAVEL = 2.5
"""Largest horizontal movement over a line in the order of writing, in widths of the line. Real lines reach 2.0; pages
of shuffled strokes begin at 2.8."""


def writing_order(marks: Marks, lines: Sequence[Integers]) -> list[Integers]:
    """Return the stroke numbers of each line in the order of writing."""
    if marks.ink.t is not None:
        start = marks.ink.t[marks.ink.starts]
        return [line[np.argsort(start[line], kind="stable")] for line in lines]
    if _looks_written(marks, lines):
        return [np.sort(line) for line in lines]
    return [_left_to_right(marks.ink, line) for line in lines]


def _looks_written(marks: Marks, lines: Sequence[Integers]) -> bool:
    """Return whether the order of the strokes in the ink follows the lines of the page."""
    x = marks.centers[:, 0]
    way = sum(float(np.abs(np.diff(x[np.sort(line)])).sum()) for line in lines)
    width = sum(float(np.ptp(x[line])) for line in lines)
    return way <= MAX_TRAVEL * width


def _left_to_right(ink: Ink, line: Integers) -> Integers:
    """Return the strokes of a line from left to right, those of each letter in their usual order."""
    return line[StrokeNetworks.load().writing_order(ink.take(line))]
