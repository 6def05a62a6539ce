"""Convert a drawing to a matplotlib figure, which `png` rasterises.

Matplotlib's objects are used directly instead of `pyplot`, which keeps global state and looks for a display.
"""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch
from matplotlib.path import Path

from handwriting.rendering.drawing import Drawing
from handwriting.rendering.splines import Floats

MM_PER_INCH = 25.4
MM_PER_POINT = MM_PER_INCH / 72


def figure(drawing: Drawing) -> Figure:
    """Draw ``drawing`` at its own size on white, with its curves as Bézier curves."""
    size = drawing.width / MM_PER_INCH, drawing.height / MM_PER_INCH
    made = Figure(figsize=size, facecolor="white")
    axes = made.add_axes((0, 0, 1, 1), xlim=(0, drawing.width), ylim=(drawing.height, 0))
    axes.set_axis_off()
    for lines, color, width in drawing.printed:
        ends = np.reshape(lines, (-1, 2, 2)).astype(np.float64)
        ends[(ends[:, 0] == ends[:, 1]).all(axis=1), 1, 0] += 1e-3  # a line of no length would not be drawn
        codes = np.tile([Path.MOVETO, Path.LINETO], len(lines))
        printed = Path(ends.reshape(-1, 2), codes)
        axes.add_patch(
            PathPatch(printed, fill=False, edgecolor=color, linewidth=width / MM_PER_POINT, capstyle="round")
        )
    if drawing.pen is not None:
        for outline in drawing.outlines:
            axes.add_patch(PathPatch(Path(outline), facecolor=drawing.color, linewidth=0, alpha=drawing.pen.opacity))
        return made
    outlines = [_outline(curve) for curve in drawing.curves]
    first = 0
    for ink in drawing.inks:  # one patch each: a single path for a whole page is too much for the rasteriser
        line = Path.make_compound_path(*outlines[first : first + len(ink.starts)])
        first += len(ink.starts)
        axes.add_patch(
            PathPatch(
                line,
                fill=False,
                edgecolor=drawing.color,
                linewidth=drawing.stroke / MM_PER_POINT,
                capstyle="round",
                joinstyle="round",
            )
        )
    return made


def _outline(curve: Floats) -> Path:
    points = np.vstack([curve[:1, 0], curve[:, 1:].reshape(-1, 2)])
    if not np.ptp(points, axis=0).any():  # a line of no length would not be drawn
        return Path([points[0], points[0] + (1e-3, 0)], [Path.MOVETO, Path.LINETO])
    return Path(points, np.append(Path.MOVETO, np.full(len(points) - 1, Path.CURVE4)))
