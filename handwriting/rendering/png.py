"""PNG: a drawing at its own size, and contact sheets of many lines with captions."""

from __future__ import annotations

import io
import math
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
from handwriting.rendering.drawing import Drawing
from handwriting.rendering.figure import MM_PER_INCH, figure

CONTACT_SHEET_TITLE = "Handwriting, lines with captions"
"""Title in the file of a contact sheet, by which it is recognised."""
CONTACT_SHEET_DPI = 100
"""Resolution to which font sizes on contact sheets refer."""

MAX_PIXELS = 50e6
"""A4 at 600 dpi has 35 million; each takes four bytes while the picture is drawn."""
MAX_SIDE_PIXELS = 65_000
"""Limit of the rasteriser, in pixels."""


def draw(axes: Axes, ink: Ink, *, color: str = "black", width: float = 1.5) -> None:
    """Draw ``ink`` into ``axes``, which are hidden: y downward, undistorted, with lines ``width`` points wide.

    Points are joined by straight lines, so that the picture shows the samples as they are.
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
    # A stroke without extent has no length, so a dot marks each start; in other strokes the round cap hides it.
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


def png(drawing: Drawing, path: str | os.PathLike[str], *, dpi: float = 200) -> None:
    """Write ``drawing``, on white and at its own size with ``dpi`` dots per inch, to ``path``.

    Raises :class:`InkError` for a resolution that is not above 0 or gives too many pixels.
    """
    with atomic(path) as temporary:
        temporary.write_bytes(data(drawing, dpi))


def data(drawing: Drawing, dpi: float = 200) -> bytes:
    """Return the contents of the file that `png` writes."""
    width, height = drawing.width / MM_PER_INCH, drawing.height / MM_PER_INCH
    if not (dpi > 0 and math.isfinite(dpi)):
        raise InkError(f"a resolution of {dpi:g} dpi; give a number above 0, such as 200")
    most = min(math.sqrt(MAX_PIXELS / (width * height)), MAX_SIDE_PIXELS / max(width, height))
    if dpi > most:
        raise InkError(
            f"{drawing.width:g} x {drawing.height:g} mm at {dpi:g} dpi would be {dpi * width:.0f} x {dpi * height:.0f} "
            f"pixels; give {math.floor(most)} dpi or less"
        )
    made = figure(drawing)
    # Whole pixels, plus a little, because matplotlib truncates.
    made.set_size_inches((max(1, round(dpi * width)) + 1e-6) / dpi, (max(1, round(dpi * height)) + 1e-6) / dpi)
    FigureCanvasAgg(made)
    buffer = io.BytesIO()
    metadata = {"Title": drawing.title, "Description": drawing.desc, "Software": None}
    made.savefig(buffer, format="png", dpi=dpi, metadata=metadata)
    return buffer.getvalue()


def contact_sheet(
    rows: Sequence[tuple[Ink, Sequence[str]]],
    path: str | os.PathLike[str],
    *,
    width_px: int = 1000,
    ink_px: int = 80,
    font_px: int = 14,
) -> None:
    """Write one picture of many inks, each at most ``ink_px`` high, with the lines of its caption beneath.

    Captions are set in a monospaced font, so that a reference and the output beneath it can be compared letter by
    letter; long lines are folded. Raises :class:`InkError` when there is nothing to draw.
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
    sheet = Figure(
        figsize=(width_px / CONTACT_SHEET_DPI, height_px / CONTACT_SHEET_DPI), dpi=CONTACT_SHEET_DPI, facecolor="white"
    )
    top = margin
    for (ink, _), lines, height in zip(rows, captions, heights, strict=True):
        bottom = 1 - (top + ink_px) / height_px
        axes = sheet.add_axes((margin / width_px, bottom, 1 - 2 * margin / width_px, ink_px / height_px))
        draw(axes, ink, width=1.2)
        for i, line in enumerate(lines):
            sheet.text(
                margin / width_px,
                1 - (top + ink_px + 6 + line_px * (i + 0.5)) / height_px,
                line,
                family="DejaVu Sans Mono",
                fontsize=font_px * 72 / CONTACT_SHEET_DPI,
                va="center",
                parse_math=False,  # a dollar sign does not begin a formula
            )
        top += height
    _save(sheet, path, CONTACT_SHEET_DPI, {"Title": CONTACT_SHEET_TITLE})


def is_contact_sheet(head: bytes) -> bool:
    """Return whether a PNG file that begins with ``head`` is a picture of many inks."""
    return f"tEXtTitle\0{CONTACT_SHEET_TITLE}".encode() in head


def _fold(line: str, columns: int) -> list[str]:
    """Fold ``line`` into pieces of at most ``columns`` characters, all but the first indented, without losing any."""
    return textwrap.wrap(
        line, columns, subsequent_indent="    ", drop_whitespace=False, replace_whitespace=True, break_on_hyphens=False
    ) or [""]


def _save(figure: Figure, path: str | os.PathLike[str], dpi: float, metadata: dict[str, str | None]) -> None:
    FigureCanvasAgg(figure)
    with atomic(path) as temporary, warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph .* missing from font")  # a box is drawn instead
        figure.savefig(temporary, format="png", dpi=dpi, metadata=metadata)
