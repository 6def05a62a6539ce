"""Paint values on the ink that they belong to.

A value is shown twice, by the shade and by the width of the line, and the lightness of the shades falls evenly, so that
pictures can be read without colour vision and in print.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.collections import LineCollection
from matplotlib.colors import Colormap, ListedColormap, Normalize
from matplotlib.figure import Figure
from numpy.typing import NDArray

from handwriting.inspection.events import Trace

ON_PAPER = 0.28
"""Share of the shades that are too light for lines on white."""
THIN, THICK = 0.7, 4.2
"""Line widths of the lowest and the highest value, in points."""
GREY = "#767676"
"""Lightest grey that is legible on white."""
Number = NDArray[np.floating] | NDArray[np.integer]


@cache
def shades(lowest: float = 0.0) -> Colormap:
    """Return a colour map from white to dark blue with evenly falling lightness, starting at the share ``lowest``."""
    import matplotlib

    return ListedColormap(matplotlib.colormaps["Blues"](np.linspace(lowest, 1, 256)), f"handwriting {lowest}")


def path_of(trace: Trace, step: int) -> NDArray[np.float64]:
    """Return the points (n, 2) of a step, beginning with the last point of the step before; n may be 0."""
    begin, end = trace.points[step].tolist()
    ink = trace.ordered
    if trace.pen_up[step]:
        return ink.xy[max(begin - 1, 0) : begin + 1]
    stroke = int(np.searchsorted(ink.starts, begin, side="right")) - 1
    return ink.xy[max(begin - 1, int(ink.starts[stroke])) : min(end, int(ink.ends[stroke]))]


def paint(axes: Axes, trace: Trace, values: Number, low: float = 0.0, high: float = 1.0) -> None:
    """Draw the ink with each step's value, from ``low`` to ``high``; pen-up moves are dotted."""
    shares = np.clip((np.asarray(values, np.float64) - low) / max(high - low, 1e-9), 0, 1)
    paths = [path_of(trace, step) for step in range(len(trace))]
    for up, style in ((True, (0, (1, 1.6))), (False, "solid")):
        chosen = [i for i, path in enumerate(paths) if len(path) > 1 and trace.pen_up[i] == up]
        lines = LineCollection(
            [paths[i] for i in chosen],
            colors=shades(ON_PAPER)(shares[chosen]),
            linewidths=THIN + (THICK - THIN) * shares[chosen],
            linestyles=[style],
            capstyle="round" if not up else "butt",
        )
        axes.add_collection(lines)
    frame(axes, trace)


def frame(axes: Axes, trace: Trace, margin: float = 0.06) -> None:
    """Set the limits of ``axes`` to show the whole ink at its own proportions, without axes."""
    left, top, right, bottom = trace.ink.bounds
    space = margin * max(bottom - top, 0.15 * (right - left), 1e-6)
    axes.set_xlim(left - space, right + space)
    axes.set_ylim(bottom + space, top - space)
    axes.set_aspect("equal")
    axes.set_axis_off()


def shape_of(trace: Trace, width: float) -> float:
    """Return the height of the ink in a figure of ``width`` inches: 0.5 to 3 inches."""
    left, top, right, bottom = trace.ink.bounds
    return float(np.clip(width * (bottom - top) / max(right - left, 1e-6) * 1.15, 0.5, 3.0))


def value_bar(figure: Figure, axes: Axes, low: float = 0.0, high: float = 1.0) -> None:
    """Add the colour bar of values drawn with :func:`paint`."""
    color_bar(figure, axes, Normalize(low, high), "thin: low\nthick: high", ON_PAPER)


def stack(heights: list[float], width: float = 11.0) -> tuple[Figure, list[Axes]]:
    """Make a figure of panels on top of each other; ``heights`` and ``width`` are in inches."""
    figure = Figure(figsize=(width, sum(heights) + 0.45 * len(heights)), layout="constrained", facecolor="white")
    axes = figure.subplots(len(heights), 1, squeeze=False, gridspec_kw={"height_ratios": heights})[:, 0]
    return figure, list(axes)


def title(axes: Axes, text: str) -> None:
    """Set a left-aligned title that is never parsed as a formula."""
    axes.set_title(text, loc="left", fontsize=10, parse_math=False)


def color_bar(figure: Figure, axes: Axes | list[Axes], norm: Normalize, label: str, lowest: float = 0.0) -> None:
    """Add a colour bar; ``lowest`` as in :func:`shades`."""
    mapped = ScalarMappable(norm, shades(lowest))
    shown = figure.colorbar(mapped, ax=axes, fraction=0.015, pad=0.01, aspect=12)
    shown.set_label(label, fontsize=8)
    shown.ax.tick_params(labelsize=8)
