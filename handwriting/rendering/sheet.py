"""Sheets of paper of a fixed size: their printed lines, and the positions of baselines."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import get_args

from handwriting.errors import InkError
from handwriting.rendering.drawing import MAX_SIDE_MM, PrintedLines
from handwriting.rendering.paper import ASCENT, Paper, printed_lines

SIZES_MM = {"a3": (297.0, 420.0), "a4": (210.0, 297.0), "a5": (148.0, 210.0), "a6": (105.0, 148.0),
            "letter": (215.9, 279.4), "legal": (215.9, 355.6)}  # fmt: skip

MARGIN_COLOR, MARGIN_MM = "#e08a8a", 0.25


def sheet_size(text: str) -> tuple[float, float]:
    """Return width and height in mm of a named size, such as ``a5``, or of ``WxH``.

    Raises :class:`InkError` for anything else.

    >>> sheet_size("a5"), sheet_size("100x150")
    ((148.0, 210.0), (100.0, 150.0))
    """
    if text.lower() in SIZES_MM:
        return SIZES_MM[text.lower()]
    match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*[xX×]\s*(\d+(?:\.\d+)?)", text.strip())
    if match is None:
        raise InkError(f"there is no sheet {text!r}; give {', '.join(SIZES_MM)} or WIDTHxHEIGHT in mm, such as 100x150")
    return float(match[1]), float(match[2])


@dataclass(frozen=True)
class Sheet:
    """A sheet of paper; lengths in millimetres. Raises :class:`InkError` for a sheet without room for writing.

    >>> Sheet(148, 210, margins=(15, 15, 15, 25), line_height=8).room
    108
    """

    width: float = 210.0
    height: float = 297.0
    margins: tuple[float, float, float, float] = (20.0, 20.0, 20.0, 20.0)
    """Top, right, bottom, left."""
    line_height: float = 10.0
    """Distance from one baseline to the next."""
    paper: Paper = "plain"
    margin_line: bool = False
    """Whether a vertical line is printed along the left margin."""

    def __post_init__(self) -> None:
        values = (self.width, self.height, *self.margins, self.line_height)
        if not all(math.isfinite(value) for value in values) or min(self.margins) < 0:
            raise InkError(
                f"a sheet of {self.width:g} x {self.height:g} mm with margins {self.margins}: give lengths of 0 or more"
            )
        if not (0 < self.width <= MAX_SIDE_MM and 0 < self.height <= MAX_SIDE_MM):
            raise InkError(
                f"a sheet of {self.width:g} x {self.height:g} mm; give sides above 0 and up to {MAX_SIDE_MM:g}"
            )
        if self.line_height < 1:
            raise InkError(f"a line height of {self.line_height:g} mm is too small; give 1 or more, such as 10")
        if self.paper not in get_args(Paper):
            raise InkError(f"there is no paper {self.paper!r}; choose {', '.join(get_args(Paper))}")
        if self.room <= 0 or self.rows < 1:
            raise InkError(
                f"margins of {', '.join(f'{m:g}' for m in self.margins)} mm (top, right, bottom, left) leave no room "
                f"for a line on a sheet of {self.width:g} x {self.height:g} mm; give smaller margins",
                key="no-room",
            )

    @property
    def room(self) -> float:
        """Width between the margins."""
        return self.width - self.margins[1] - self.margins[3]

    @property
    def rows(self) -> int:
        """Number of lines between the margins."""
        return int((self.height - self.margins[0] - self.margins[2]) / self.line_height + 1e-9)

    def baseline(self, row: float) -> float:
        """Return the distance of the baseline of ``row``, counted from 0, from the top of the sheet."""
        return self.margins[0] + (row + ASCENT) * self.line_height

    @property
    def ruled(self) -> bool:
        """Whether the paper has printed baselines."""
        return self.paper in ("ruled", "seyes")

    def printed(self) -> tuple[PrintedLines, ...]:
        """Return all lines printed on the sheet; on paper with rulings, one of them is on each baseline."""
        groups = printed_lines(
            self.paper, self.width, self.height, self.line_height, self.baseline(0), self.margins[3], self.margins[2]
        )
        if self.margin_line:
            x = max(self.margins[3] - 2.0, 0.5)
            groups += (PrintedLines(((x, 0.0, x, self.height),), MARGIN_COLOR, MARGIN_MM),)
        return groups
