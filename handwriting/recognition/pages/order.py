"""The order in which the strokes of a line were written, as far as it can be told.

A recognizer of online ink reads strokes in the order of writing: a dot that comes long after its i is where it learned
to see it. With times the order is known. Without them, files nearly always keep it; where they do not, strokes are put
in the order of their middles, from left to right.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from handwriting.recognition.pages.marks import Integers, Marks

WANDERING = 2.5
"""Times its width that the pen moves sideways over a line, at most, in the order of writing: real lines reach 2.0, and
pages of shuffled strokes begin at 2.8."""


def writing_order(marks: Marks, lines: Sequence[Integers]) -> list[Integers]:
    """Each line's stroke numbers in the order of writing."""
    if marks.ink.t is not None:
        start = marks.ink.t[marks.ink.starts]
        return [line[np.argsort(start[line], kind="stable")] for line in lines]
    if _looks_written(marks, lines):
        return [np.sort(line) for line in lines]
    return [left_to_right(marks, line) for line in lines]


def left_to_right(marks: Marks, line: Integers) -> Integers:
    """The strokes of a line by their middles."""
    return line[np.argsort(marks.centers[line, 0], kind="stable")]


def _looks_written(marks: Marks, lines: Sequence[Integers]) -> bool:
    """Whether the ink's own order of strokes goes along the lines of the page."""
    x = marks.centers[:, 0]
    way = sum(float(np.abs(np.diff(x[np.sort(line)])).sum()) for line in lines)
    width = sum(float(np.ptp(x[line])) for line in lines)
    return way <= WANDERING * width
