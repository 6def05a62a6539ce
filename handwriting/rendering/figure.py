"""A drawing as a matplotlib figure, of which `png` makes pixels.

Matplotlib's objects are used directly and never `pyplot`, which keeps global state and looks for a display.
"""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch
from matplotlib.path import Path

from handwriting.rendering.drawing import RULING_COLOR, RULING_MM, Drawing
from handwriting.rendering.splines import Floats

INCH = 25.4
POINT = INCH / 72


def figure(drawing: Drawing) -> Figure:
    """``drawing`` in its own size on white, its curves as curves."""
    size = drawing.width / INCH, drawing.height / INCH
    made = Figure(figsize=size, facecolor="white")
    axes = made.add_axes((0, 0, 1, 1), xlim=(0, drawing.width), ylim=(drawing.height, 0))
    axes.set_axis_off()
    if drawing.rulings:
        ends = np.reshape(drawing.rulings, (-1, 2))
        codes = np.tile([Path.MOVETO, Path.LINETO], len(drawing.rulings))
        axes.add_patch(PathPatch(Path(ends, codes), fill=False, edgecolor=RULING_COLOR, linewidth=RULING_MM / POINT))
    outlines = [_outline(curve) for curve in drawing.curves]
    first = 0
    for ink in drawing.inks:  # a patch for each: one path of a whole page is too much for the rasteriser
        line = Path.make_compound_path(*outlines[first : first + len(ink.starts)])
        first += len(ink.starts)
        axes.add_patch(
            PathPatch(
                line,
                fill=False,
                edgecolor=drawing.color,
                linewidth=drawing.stroke / POINT,
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
