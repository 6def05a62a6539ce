"""Draw figures of a line that was written: density, window, end of stroke. Graves 2013, figures 11, 13 and 17."""

from __future__ import annotations

import numpy as np
from matplotlib.colors import LogNorm, Normalize, PowerNorm
from matplotlib.figure import Figure
from numpy.typing import NDArray

from handwriting.inspection.painting import GREY, color_bar, frame, paint, shades, shape_of, stack, title, value_bar
from handwriting.inspection.writing import WritingTrace

WIDTH = 11.0
"""Width of a figure, in inches."""
COLUMNS = 900
"""Number of columns of the density grid."""
MIN_WEIGHT = 0.01
"""Components with less weight are omitted."""
DECADES = 4
"""Powers of ten covered by the density's colour scale."""

Edges = tuple[float, float, float, float]
"""Left, right, bottom and top."""


def density(
    trace: WritingTrace, columns: int = COLUMNS
) -> tuple[NDArray[np.float64], tuple[float, float, float, float]]:
    """Return the density of the next point, summed over all points, on a grid over the ink, and the grid's edges.

    The grid has shape (rows, columns) and holds densities per square unit of the ink. Every Gaussian is blurred by half
    a cell, because many are far smaller than a cell.
    """
    left, top, right, bottom = trace.ink.bounds
    margin = 0.25 * max(bottom - top, 1e-6)
    left, top, right, bottom = left - margin, top - margin, right + margin, bottom + margin
    cell = (right - left) / columns
    x = left + cell * (np.arange(columns) + 0.5)
    y = np.arange(top + cell / 2, bottom, cell)
    grid = np.zeros((len(y), columns))
    m = trace.mixture
    sigma = np.hypot(m.sigma, cell / 2)
    rho = m.rho * m.sigma.prod(2) / sigma.prod(2)
    for t, k in np.argwhere(m.pi > MIN_WEIGHT).tolist():
        centre, reach = m.mean[t, k], 4 * sigma[t, k]
        a, b = np.searchsorted(x, (centre[0] - reach[0], centre[0] + reach[0]))
        c, d = np.searchsorted(y, (centre[1] - reach[1], centre[1] + reach[1]))
        u = (x[a:b] - centre[0]) / sigma[t, k, 0]
        v = (y[c:d, None] - centre[1]) / sigma[t, k, 1]
        free = 1 - rho[t, k] ** 2
        scale = m.pi[t, k] / (2 * np.pi * sigma[t, k].prod() * np.sqrt(free))
        grid[c:d, a:b] += scale * np.exp(-(u * u - 2 * rho[t, k] * u * v + v * v) / (2 * free))
    return grid, (left, right, top + cell * len(y), top)


def writing(trace: WritingTrace) -> Figure:
    """Draw the density on the page, the window over the text, the end-of-stroke probability and mixture weights."""
    U = len(trace.text)
    figure, (page, window, end, weights) = stack([shape_of(trace, WIDTH) * 1.3, 0.13 * (U + 1) + 0.4, 1.0, 1.2], WIDTH)
    grid, edges = density(trace)
    highest = float(grid.max())
    page.imshow(
        np.maximum(grid, highest / 10**DECADES), cmap=shades(), norm=LogNorm(highest / 10**DECADES, highest),
        extent=edges, aspect="equal", interpolation="bilinear",
    )  # fmt: skip
    page.set_axis_off()
    title(page, "where the next point may be: the density before each point, summed, on a logarithmic scale")
    root = PowerNorm(0.5, 0, max(1.0, float(trace.phi.max())))
    window.imshow(trace.phi.T, cmap=shades(), norm=root, aspect="auto", interpolation="nearest")
    labels = ["␣" if c == " " else c for c in trace.text] + ["end"]
    window.set_yticks(range(U + 1), labels, fontsize=8, parse_math=False)
    title(window, f"the window over the text {trace.text!r}: dark is where the network looks")
    color_bar(figure, window, root, "weight")
    end.plot(trace.end, color="black", linewidth=1)
    starts = np.flatnonzero(trace.pen_up)[1:]
    end.plot(starts - 1, np.full(len(starts), 1.08), "v", color="black", markersize=4, clip_on=False)
    end.set(ylim=(0, 1.15), ylabel="probability")
    title(end, "probability that this point ends its stroke; triangles: where it did")
    weights.imshow(trace.mixture.pi.T, cmap=shades(), vmin=0, vmax=1, aspect="auto", interpolation="nearest")
    weights.set(xlabel="point", ylabel="component")
    title(weights, "weights of the mixture's components")
    color_bar(figure, weights, Normalize(0, 1), "weight")
    for axes in (window, end, weights):
        axes.set_xlim(-0.5, len(trace) - 0.5)
        axes.tick_params(labelsize=8)
        for start in starts.tolist():
            axes.axvline(start - 0.5, color=GREY, linewidth=0.4)
    return figure


def ends_on_ink(trace: WritingTrace) -> Figure:
    """Paint the end-of-stroke probability on the ink."""
    figure, (axes,) = stack([shape_of(trace, WIDTH)], WIDTH)
    paint(axes, trace, trace.end)
    frame(axes, trace)
    title(axes, "probability that the stroke ends here")
    value_bar(figure, axes)
    return figure
