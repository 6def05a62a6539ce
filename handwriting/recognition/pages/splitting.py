"""A page of ink split into lines, in reading order."""

from __future__ import annotations

import numpy as np

from handwriting.ink import Ink
from handwriting.recognition.pages.columns import find_columns
from handwriting.recognition.pages.lines import find_lines
from handwriting.recognition.pages.marks import Integers, Marks
from handwriting.recognition.pages.order import writing_order


def split_strokes(ink: Ink) -> list[Integers]:
    """The numbers of the strokes of each line, lines in reading order and strokes in the order of writing.

    Every stroke is on one line; there is at least one line.
    """
    whole = Marks(ink)
    lines: list[Integers] = []
    for block in find_columns(whole):
        number = find_lines(Marks(ink.take(block)))
        lines += [block[number == k] for k in range(int(number.max()) + 1)]
    return writing_order(whole, lines)


def split(ink: Ink) -> list[Ink]:
    """The lines of a page in reading order, each an ink of its own; one line stays one and as it is."""
    lines = split_strokes(ink)
    if len(lines) == 1 and np.array_equal(lines[0], np.arange(len(ink.starts))):
        return [ink]
    return [ink.take(line) for line in lines]
