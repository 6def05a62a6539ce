"""A page of ink split into lines, in reading order."""

from __future__ import annotations

from dataclasses import dataclass

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
    return _strokes(Marks(ink))


def _strokes(page: Marks) -> list[Integers]:
    lines: list[Integers] = []
    for block in find_columns(page):
        number = find_lines(Marks(page.ink.take(block)))
        lines += [block[number == k] for k in range(int(number.max()) + 1)]
    return writing_order(page, lines)


@dataclass(frozen=True, eq=False)
class PageLine:
    """A line of a page, to be read."""

    strokes: Integers
    """The numbers of its strokes on the page, in the order of writing."""
    points: Integers
    """The numbers of the ink's points on the page."""
    ink: Ink
    """Without the jumps of a sensor, which would stretch the line over half the page."""


def split_lines(ink: Ink) -> list[PageLine]:
    """The lines of a page in reading order."""
    page = Marks(ink)
    sound = page.sound
    lines = []
    for strokes in _strokes(page):
        points = ink.points_of(strokes)
        lines.append(PageLine(strokes, points[sound[points]], ink.take(strokes).keep(sound[points])))
    return lines


def whole_line(ink: Ink) -> PageLine:
    """A page that is one line, as it is."""
    return PageLine(np.arange(len(ink.starts)), np.arange(len(ink)), ink)


def split(ink: Ink) -> list[Ink]:
    """The lines of a page in reading order, each an ink of its own; one line without jumps stays as it is."""
    lines = split_lines(ink)
    if len(lines) == 1 and np.array_equal(lines[0].points, np.arange(len(ink))):
        return [ink]
    return [line.ink for line in lines]
