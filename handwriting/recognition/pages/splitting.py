"""Find the layout of a page: its lines in reading order, and its drawings."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from handwriting.ink import Ink
from handwriting.recognition.pages.columns import find_columns
from handwriting.recognition.pages.drawings import DrawingRegion, find_drawings
from handwriting.recognition.pages.lines import find_lines
from handwriting.recognition.pages.marks import Integers, Marks
from handwriting.recognition.pages.order import writing_order
from handwriting.recognition.stroke_directions import restored_line


@dataclass(frozen=True, eq=False)
class PageLine:
    """A line of a page, ready to be read."""

    strokes: Integers
    """Numbers of its strokes on the page, in the order of writing."""
    points: Integers
    """Numbers of its points on the page."""
    ink: Ink
    """The line's ink without sensor jumps, which would stretch the line over half the page."""


@dataclass(frozen=True, eq=False)
class Layout:
    """The lines and drawings of a page; every stroke is in exactly one of them."""

    lines: list[PageLine]
    """In reading order; at least one."""
    drawings: list[DrawingRegion]
    """From the top of the page."""


def find_layout(ink: Ink, *, single_line: bool = False, sorted_by_tool: bool = False) -> Layout:
    """Find the drawings and the lines of a page. With ``single_line`` all writing is one line, in its own order.

    With ``sorted_by_tool`` the strokes are not in the order of writing and some are reversed, so both are inferred for
    each line.
    """
    page = Marks(ink)
    drawings = find_drawings(page)
    drawn = np.concatenate([np.empty(0, np.int64), *(region.strokes for region in drawings)])
    writing = np.setdiff1d(np.arange(len(ink.starts)), drawn)
    if single_line:
        return Layout([_whole(ink, writing, sorted_by_tool)], drawings)
    # Measured without the drawings, whose size would hide sensor jumps.
    text = Marks(ink.take(writing)) if len(drawn) else page
    lines = _lines(text) if sorted_by_tool else writing_order(text, _lines(text))
    return Layout([_line(page.ink, text, line, writing, sorted_by_tool) for line in lines], drawings)


def split_lines(ink: Ink) -> list[PageLine]:
    """Return the lines of a page in reading order, without its drawings."""
    return find_layout(ink).lines


def split_strokes(ink: Ink) -> list[Integers]:
    """Return the stroke numbers of each line, lines in reading order and strokes in the order of writing."""
    return [line.strokes for line in split_lines(ink)]


def split(ink: Ink) -> list[Ink]:
    """Return the lines of a page in reading order, each as an ink; if all of ``ink`` is one line, ``ink`` itself."""
    lines = split_lines(ink)
    if len(lines) == 1 and np.array_equal(lines[0].points, np.arange(len(ink))):
        return [ink]
    return [line.ink for line in lines]


def _lines(text: Marks) -> list[Integers]:
    """Return the strokes of each line, in no particular order."""
    lines: list[Integers] = []
    for block in find_columns(text):
        number = find_lines(Marks(text.ink.take(block)))
        lines += [block[number == k] for k in range(int(number.max()) + 1)]
    return lines


def _line(ink: Ink, text: Marks, line: Integers, writing: Integers, sorted_by_tool: bool) -> PageLine:
    """Return the line of the strokes ``line`` of ``text``, whose numbers in ``ink`` are ``writing``."""
    own, points = text.ink.take(line), ink.points_of(writing[line])
    sound = text.sound[text.ink.points_of(line)]
    if sorted_by_tool:
        own, strokes, order = restored_line(own)
        line, points, sound = line[strokes], points[order], sound[order]
    return PageLine(writing[line], points[sound], own.keep(sound))


def _whole(ink: Ink, writing: Integers, sorted_by_tool: bool) -> PageLine:
    """Return all the writing of an ink as one line."""
    if sorted_by_tool:
        own, strokes, order = restored_line(ink.take(writing))
        return PageLine(writing[strokes], ink.points_of(writing)[order], own)
    if np.array_equal(writing, np.arange(len(ink.starts))):
        return PageLine(writing, np.arange(len(ink)), ink)
    return PageLine(writing, ink.points_of(writing), ink.take(writing))
