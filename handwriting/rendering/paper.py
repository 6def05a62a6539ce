"""The lines printed on paper: rulings, squares, dots and the lines of French exercise books."""

from __future__ import annotations

import math
from typing import Literal

from handwriting.rendering.drawing import PrintedLines

Paper = Literal["plain", "ruled", "squared", "dotted", "seyes"]

ASCENT = 0.7
"""Share of the line height above the first baseline: with an x-height of a quarter, ascenders and descenders have
room."""

SQUARE_MM = 5.0
"""Target size of the squares; the actual size divides the line height into a whole number of them."""

DOT_COLOR, DOT_MM = "#9fb4c9", 0.4

SEYES_ROWS = 4
"""Every fourth row of French exercise paper is a writing line."""

SEYES_COLOR, SEYES_LINE_MM = "#b9a6d6", 0.25


def printed_lines(
    paper: Paper, width: float, height: float, line_height: float, first: float, left: float, bottom: float
) -> tuple[PrintedLines, ...]:
    """Return the lines on a sheet of ``width`` and ``height``, one of them on each baseline; lengths in millimetres.

    ``first`` is the first baseline, ``left`` and ``bottom`` are margins. No line is on the edge of the sheet.
    """
    groups: list[PrintedLines] = []
    if paper == "ruled":
        groups.append(PrintedLines(_across(every(line_height, first, first, height - bottom), width)))
    elif paper in ("squared", "dotted"):
        step = line_height / max(1, round(line_height / SQUARE_MM))
        rows, columns = every(step, first, 0.0, height), every(step, left, 0.0, width)
        if paper == "dotted":
            groups.append(PrintedLines(tuple((x, y, x, y) for y in rows for x in columns), DOT_COLOR, DOT_MM))
        else:
            groups.append(PrintedLines(_across(rows, width) + _down(columns, height)))
    elif paper == "seyes":
        rows = every(line_height / SEYES_ROWS, first, first - line_height, height - bottom)
        strong = set(every(line_height, first, first - line_height, height - bottom))
        groups.append(PrintedLines(_across([y for y in rows if y not in strong], width)))
        columns = every(line_height, left, 0.0, width)
        lines = _across(sorted(strong), width) + _down(columns, height)
        groups.append(PrintedLines(lines, SEYES_COLOR, SEYES_LINE_MM))
    return tuple(group for group in groups if group.lines)


def every(step: float, through: float, low: float, high: float) -> list[float]:
    """Return positions at multiples of ``step`` from ``through``, above 0 and from ``low`` to below ``high``."""
    first = math.ceil((max(low, 1e-6) - 1e-9 - through) / step)
    last = math.floor((high - 1e-6 - through) / step)
    return [round(through + k * step, 6) for k in range(first, last + 1)]


def _across(rows: list[float], width: float) -> tuple[tuple[float, float, float, float], ...]:
    return tuple((0.0, y, width, y) for y in rows)


def _down(columns: list[float], height: float) -> tuple[tuple[float, float, float, float], ...]:
    return tuple((x, 0.0, x, height) for x in columns)
