"""Write the learning curve as CSV and PNG."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

from handwriting.files import atomic


def write_curve(rows: list[dict[str, Any]], run: Path) -> None:
    """Write ``run/curve.csv``, with one row per epoch."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    with atomic(run / "curve.csv") as temporary, temporary.open("w", newline="") as file:
        writer = csv.DictWriter(file, names, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def draw_curve(rows: list[dict[str, Any]], run: Path) -> None:
    """Draw ``run/curve.png``: the loss and every figure against the epoch."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    unshown = ("epoch", "step", "minutes", "rate")
    names = [name for name in dict.fromkeys(name for row in rows for name in row) if name not in unshown]
    figure = Figure(figsize=(7, 2.2 * len(names)), layout="constrained")
    FigureCanvasAgg(figure)
    for axes, name in zip(figure.subplots(len(names), squeeze=False)[:, 0], names, strict=True):
        points = [(row["epoch"], row[name]) for row in rows if name in row]
        axes.plot(*zip(*points, strict=True), marker="." if len(points) < 30 else "", color="#1f4e79")
        if all(value > 0 for _, value in points):
            axes.set_yscale("log")
        axes.set_ylabel(name)
        axes.grid(alpha=0.3)
    axes.set_xlabel("epoch")
    with atomic(run / "curve.png") as temporary:
        figure.savefig(temporary, format="png", dpi=90)


def read_curve(run: Path) -> list[dict[str, float]]:
    """Read the rows of ``run/curve.csv`` as numbers, each with the columns that are present."""
    with (run / "curve.csv").open(newline="") as file:
        return [{name: float(value) for name, value in row.items() if value} for row in csv.DictReader(file)]
