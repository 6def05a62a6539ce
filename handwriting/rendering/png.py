"""Ink as pixels: a picture of one line or page, and contact sheets of many with captions.

Matplotlib's objects are used directly and never `pyplot`, which keeps global state and looks for a display.
"""

from __future__ import annotations

import os
import textwrap
import warnings
from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import PathPatch
from matplotlib.path import Path as Outline

from handwriting.errors import InkError
from handwriting.files import atomic
from handwriting.ink import Ink
from handwriting.rendering.geometry import fit

DPI = 100


def draw(axes: Axes, ink: Ink, *, color: str = "black", width: float = 1.5) -> None:
    """Draw ``ink`` into ``axes``, y downward and undistorted, with lines ``width`` points wide; the axes are hidden.

    The points are joined by straight lines: a picture shows the samples as they are.
    """
    left, top, right, bottom = ink.bounds
    codes = np.full(len(ink), Outline.LINETO)
    codes[ink.starts] = Outline.MOVETO
    axes.add_patch(
        PathPatch(
            Outline(ink.xy, codes),
            fill=False,
            edgecolor=color,
            linewidth=width,
            capstyle="round",
            joinstyle="round",
            clip_on=False,
        )
    )
    # A stroke that stays on one spot has no length to draw; under all others the dot vanishes in the round cap.
    axes.add_line(
        Line2D(
            ink.x[ink.starts],
            ink.y[ink.starts],
            linestyle="none",
            marker="o",
            markersize=width,
            markeredgewidth=0,
            color=color,
            clip_on=False,
        )
    )
    room = 1e-6 * max(right - left, bottom - top) or 1.0  # limits must differ
    axes.set_xlim(left - room, right + room)
    axes.set_ylim(bottom + room, top - room)
    axes.set_aspect("equal", anchor="W")
    axes.set_axis_off()


def png(
    ink: Ink,
    path: str | os.PathLike[str],
    *,
    width_px: int = 1200,
    height_px: int = 1600,
    margin_px: int = 20,
    stroke_px: float = 2.5,
    color: str = "black",
) -> None:
    """Write a picture of ``ink``, as large as fits into ``width_px`` x ``height_px``, to ``path``."""
    place = fit(ink, width_px, height_px, margin_px)
    width, height = max(round(place.width), 1), max(round(place.height), 1)
    figure = Figure(figsize=(width / DPI, height / DPI), dpi=DPI, facecolor="white")
    mx, my = margin_px / width, margin_px / height
    axes = figure.add_axes((mx, my, max(1 - 2 * mx, 1 / width), max(1 - 2 * my, 1 / height)))
    draw(axes, ink, color=color, width=stroke_px * 72 / DPI)
    _save(figure, path)


def contact_sheet(
    rows: Sequence[tuple[Ink, Sequence[str]]],
    path: str | os.PathLike[str],
    *,
    width_px: int = 1000,
    ink_px: int = 80,
    font_px: int = 14,
) -> None:
    """Write one picture of many inks, each ``ink_px`` high at most, with its lines of caption beneath.

    Captions are set in a typewriter face, so that a reference and the output beneath it can be compared letter by
    letter; one that is too long is folded. Raises :class:`InkError` when there is nothing to draw.
    """
    if len(rows) == 0:
        raise InkError("a contact sheet needs at least one ink")
    margin, gap, line_px = 16, 18, round(font_px * 1.4)
    columns = int((width_px - 2 * margin) / (0.602 * font_px))  # 0.602 em: a character of DejaVu Sans Mono
    captions = [[fold for line in lines for fold in _fold(line, columns)] for _, lines in rows]
    heights = [ink_px + 6 + line_px * len(lines) + gap for lines in captions]
    height_px = sum(heights) + 2 * margin - gap
    if height_px > 60_000:
        raise InkError(f"a contact sheet of {len(rows)} inks would be {height_px} pixels high; draw fewer than 400")
    figure = Figure(figsize=(width_px / DPI, height_px / DPI), dpi=DPI, facecolor="white")
    top = margin
    for (ink, _), lines, height in zip(rows, captions, heights, strict=True):
        bottom = 1 - (top + ink_px) / height_px
        axes = figure.add_axes((margin / width_px, bottom, 1 - 2 * margin / width_px, ink_px / height_px))
        draw(axes, ink, width=1.2)
        for i, line in enumerate(lines):
            figure.text(
                margin / width_px,
                1 - (top + ink_px + 6 + line_px * (i + 0.5)) / height_px,
                line,
                family="DejaVu Sans Mono",
                fontsize=font_px * 72 / DPI,
                va="center",
                parse_math=False,  # a dollar sign is a dollar sign
            )
        top += height
    _save(figure, path)


def _fold(line: str, columns: int) -> list[str]:
    """``line`` in pieces of at most ``columns`` characters, the later ones indented; nothing is lost."""
    return textwrap.wrap(
        line, columns, subsequent_indent="    ", drop_whitespace=False, replace_whitespace=True, break_on_hyphens=False
    ) or [""]


def _save(figure: Figure, path: str | os.PathLike[str]) -> None:
    FigureCanvasAgg(figure)
    with atomic(path) as temporary, warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph .* missing from font")  # drawn as a box, which says the same
        figure.savefig(temporary, format="png", dpi=DPI)
