"""What all versions of a reMarkable page have in common: lines that were drawn by tools on paper."""

from __future__ import annotations

from dataclasses import dataclass

from handwriting.ink import Floats

HEADER_SIZE = 43
PAPER = (1404, 1872)
"""Width and height of the first tablets' screen, in pixels; used if a file does not state a size."""
NOT_PENS = {5: "highlighter", 6: "eraser", 8: "eraser", 18: "highlighter", 23: "shader"}
"""Names of the tools whose lines are not writing."""

Paper = tuple[int, int]


@dataclass
class RecordedStroke:
    """A line: the numbers of its tool and color, and arrays with shape (n,) in pixels from the corner of the paper."""

    tool: int
    color: int
    x: Floats
    y: Floats
    pressure: Floats
    """0 to 1."""
