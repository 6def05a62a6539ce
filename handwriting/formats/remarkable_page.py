"""What all versions of a reMarkable page have in common: lines that were drawn by tools on paper."""

from __future__ import annotations

from dataclasses import dataclass

from handwriting.ink import Floats

HEADER_SIZE = 43
PAPER = (1404, 1872)
"""Width and height of the first tablets' screen, in pixels; used if a file does not state a size."""
NOT_PENS = {5: "highlighter", 6: "eraser", 8: "eraser", 18: "highlighter", 23: "shader"}
"""Names of the tools whose lines are not writing."""
PLAIN_PENS = (2, 4, 15, 17)
"""Ballpoints and fineliners; the lines of other pens have the look of a brush, a pencil or a marker."""
MEDIUM_WIDTH = 2.0

Paper = tuple[int, int]


@dataclass
class RecordedStroke:
    """A line: the numbers of its tool and color, its width, and arrays with shape (n,).

    Coordinates are in pixels from the corner of the paper.
    """

    tool: int
    color: int
    width: float
    """Width of the pen in the program's own scale; :data:`MEDIUM_WIDTH` is the usual one."""
    x: Floats
    y: Floats
    pressure: Floats
    """0 to 1."""
