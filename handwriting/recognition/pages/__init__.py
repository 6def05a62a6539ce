"""A page of ink split into lines, in reading order.

    ink -> marks (where the hand wrote) -> columns -> lines -> order of strokes

Where the strokes lie is all that is looked at to find columns and lines, so a page without time, its strokes in any
order, is split like one with both.

=========== ==========================================================================
`marks`     strokes, measured, without the jumps of a sensor
`columns`   blocks of text beside each other
`lines`     the lines of a block
`order`     the strokes of a line in the order of writing
`reading`   a page's lines, words and characters with their boxes, once they are read
`evaluation` how many strokes come to the right line, and how well pages are read
=========== ==========================================================================
"""

from __future__ import annotations

import numpy as np

from handwriting.ink import Ink
from handwriting.recognition.pages.columns import find_columns
from handwriting.recognition.pages.lines import find_lines
from handwriting.recognition.pages.marks import Integers, Marks, take
from handwriting.recognition.pages.order import writing_order

__all__ = ["split", "split_strokes", "take"]


def split_strokes(ink: Ink) -> list[Integers]:
    """The numbers of the strokes of each line, lines in reading order and strokes in the order of writing.

    Every stroke is on one line; there is at least one line.
    """
    whole = Marks(ink)
    lines: list[Integers] = []
    for block in find_columns(whole):
        number = find_lines(Marks(take(ink, block)))
        lines += [block[number == k] for k in range(int(number.max()) + 1)]
    return writing_order(whole, lines)


def split(ink: Ink) -> list[Ink]:
    """The lines of a page in reading order, each an ink of its own; one line stays one and as it is."""
    lines = split_strokes(ink)
    if len(lines) == 1 and np.array_equal(lines[0], np.arange(len(ink.starts))):
        return [ink]
    return [take(ink, line) for line in lines]
