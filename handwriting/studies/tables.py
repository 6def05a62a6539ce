"""Write the rows of a study as CSV and as text, and its figures."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from handwriting.files import atomic
from handwriting.inspection.files import save_figure

Row = dict[str, Any]
LINES = ("-", "--", "-.", ":", (0, (5, 1)), (0, (3, 1, 1, 1)), (0, (1, 1)), (0, (8, 2)))
MARKERS = "osv^Dx+*"
"""Curves differ by dashes and markers, not only by colour."""


def write_rows(rows: Sequence[Row], path: Path) -> Path:
    """Write rows as CSV; the columns are all names, in order of first appearance."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    with atomic(path) as temporary, temporary.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, names, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return path


def table(rows: Sequence[Row]) -> str:
    """Format rows as a Markdown table; numbers have four significant digits."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    cells = [[_cell(row.get(name)) for name in names] for row in rows]
    widths = [max(len(name), *(len(row[i]) for row in cells)) for i, name in enumerate(names)]
    lines = [names, ["-" * width for width in widths], *cells]
    return "\n".join(
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) + " |" for line in lines
    )


def legend_beside(axes: Axes) -> None:
    """Put the legend to the right of ``axes``, in the order in which the curves end there, highest first."""
    lines = sorted(axes.get_lines(), key=lambda line: -float(np.asarray(line.get_ydata())[-1]))
    axes.legend(handles=lines, fontsize=8, loc="upper left", bbox_to_anchor=(1, 1), frameon=False)


def draw(figure: Figure, folder: Path, name: str, description: str) -> list[Path]:
    """Write a figure as PNG and SVG; ``description`` is its alternative text."""
    return save_figure(figure, folder, name, description)


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return f"{value:.4g}" if isinstance(value, float) else str(value)
