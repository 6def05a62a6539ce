"""Ink as SVG: one smooth path per stroke, in millimetres, with round caps and joins."""

from __future__ import annotations

import os
import re
from typing import Any

import svgwrite

from handwriting.errors import InkError
from handwriting.files import atomic
from handwriting.ink import Ink
from handwriting.rendering.geometry import Floats, beziers, decimate, distinct, fit

TOLERANCE_MM = 0.02
"""Points closer than this to the line between their neighbours are left out: half a dot of a 600 dpi printer."""

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def svg(ink: Ink, path: str | os.PathLike[str], **style: Any) -> None:
    """Write ``ink`` to ``path``, which appears complete or not at all; ``style`` are the arguments of `markup`."""
    drawing = markup(ink, **style)
    with atomic(path) as temporary:
        temporary.write_text(drawing, encoding="utf-8")


def markup(
    ink: Ink,
    *,
    width_mm: float = 180.0,
    height_mm: float = 250.0,
    margin_mm: float = 5.0,
    stroke_mm: float = 0.45,
    color: str = "black",
    title: str | None = None,
    desc: str | None = None,
) -> str:
    """``ink`` as an SVG document, as large as fits into ``width_mm`` x ``height_mm`` with margins (A4's text area).

    ``title`` and ``desc`` are what a screen reader says; the title is the ink's own text when it is not given. Raises
    :class:`InkError` for sizes that leave no room and for a colour that is not a name or a value of CSS.
    """
    if not stroke_mm > 0:
        raise InkError(f"a stroke of {stroke_mm:g} mm cannot be seen; give a width above 0")
    if not re.fullmatch(r"[A-Za-z]+|#[0-9A-Fa-f]{3,8}|rgba?\([\d\s.,%/]+\)", color):
        raise InkError(f"{color!r} is not a colour; give a name (navy), #rrggbb or rgb(r, g, b)")
    place = fit(ink, width_mm, height_mm, margin_mm)
    drawing = svgwrite.Drawing(
        size=(f"{place.width:.2f}mm", f"{place.height:.2f}mm"),
        viewBox=f"0 0 {place.width:.2f} {place.height:.2f}",
        debug=False,  # its validation takes longer than everything else
    )
    title = ink.source.text if title is None else title
    drawing.set_desc(_clean(title), _clean(desc))
    pen = drawing.g(
        fill="none", stroke=color, stroke_width=f"{stroke_mm:g}", stroke_linecap="round", stroke_linejoin="round"
    )
    for stroke in ink:
        pen.add(drawing.path(d=_path(place(stroke))))
    drawing.add(pen)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + drawing.tostring() + "\n"


def _path(points: Floats) -> str:
    """Path data for a stroke of ``points`` (n, 2) in millimetres: cubic segments, or for a dot a line of no length."""
    points = decimate(distinct(points), TOLERANCE_MM)
    x, y = points[0]
    start = f"M{x:.2f} {y:.2f}"
    if len(points) == 1:
        return f"{start}h0"
    if len(points) == 2:
        return f"{start}L{points[1, 0]:.2f} {points[1, 1]:.2f}"
    # Written relative to each segment's rounded start, so that the numbers are short and rounding does not add up.
    rounded = beziers(points).round(2)
    parts = (" ".join(f"{v:.2f}".rstrip("0").rstrip(".") for v in (s[1:] - s[0]).ravel()) for s in rounded)
    return start + "c" + " ".join(parts)


def _clean(text: str | None) -> str | None:
    """XML has no place for control characters, and a title does not need them."""
    return None if text is None else _NOT_XML.sub("\ufffd", text)
