"""SVG drawings: the lines of pens, found in paths, polylines and lines.

A pen's line is drawn with a stroke, not filled, and visible, as determined by attributes, style sheets and inheritance;
``use``, nested ``svg`` elements and transforms are followed. Many programs export ink as filled outlines instead, from
which the center line cannot be recovered: a drawing of nothing else is refused with that reason. Printed rulings
(:mod:`handwriting.formats.svg_paper`), white lines on white paper (:mod:`handwriting.formats.svg_white`), shapes, text,
images and wide translucent lines (highlighters) are left out. Strokes that are stored in many pieces are
joined, and filled circles about as wide as the pen are dots (:mod:`handwriting.formats.svg_pens`). Curves become points
so close together that no chord deviates from its curve by more than a 20,000th of the drawing's size. There is no time
and no pressure. A title or description is taken as the transcript only in drawings that this package wrote
(:mod:`handwriting.formats.svg_own`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from lxml import etree

from handwriting.errors import InkError
from handwriting.formats import excalidraw, svg_own, tldraw, xml
from handwriting.formats.numerals import decimal_places, format_values
from handwriting.formats.strokes import Strokes
from handwriting.formats.svg_drawing import SvgContent
from handwriting.formats.units import millimetres
from handwriting.formats.xml_damage import Vocabulary
from handwriting.ink import Floats, Page, Source
from handwriting.limits import number_or_none
from handwriting.notes import Notes, Severity

ROOT = "svg"
HOLDS = frozenset({"text", "page size"})
VOCABULARY = Vocabulary(
    ("path", "polyline", "polygon", "line", "image", "rect", "circle", "ellipse"),
    (ROOT, "g", "defs", "symbol", "switch", "a", "use", "text", "style"),
    ("image", "rect", "circle", "ellipse"),
)
_LARGE_IMAGE = re.compile(rb"""(\bhref\s*=\s*["']data:image/[a-z.+-]{1,20})[^"'<>]{1000000,}""")
"""An embedded picture, which may be longer than what XML parsers accept as an attribute."""
_LENGTH = re.compile(r"\s*([0-9.eE+-]{1,40})\s*(mm|cm|in|pt|pc|q)\s*", re.IGNORECASE)


def recognises(head: bytes) -> bool:
    return xml.root_name(head) == ROOT


def read(data: bytes, file: str, notes: Notes) -> list[Page]:
    """Read the drawing as one page. Raises :class:`InkError` if it has only filled outlines.

    If Obsidian Ink or Excalidraw has stored its ink in the drawing, that is read instead. Lengths are in millimetres
    if the drawing's own size is in a unit of length, in pixels if its view box is stretched to a size in pixels, and in
    its user units otherwise.
    """
    root = xml.parse(_LARGE_IMAGE.sub(rb"\1", data), file, notes, VOCABULARY)
    if xml.local_name(root) != ROOT:
        raise InkError(f"{file}: its root is <{xml.local_name(root)[:40]}>, not <{ROOT}>; this is not an SVG drawing")
    if (pages := tldraw.read_embedded(root, file, notes)) is not None:
        return pages
    if (pages := excalidraw.read_embedded(data, file, notes)) is not None:
        return pages
    sheet = _Sheet(root, notes)
    drawing = SvgContent(root, file, notes, sheet.user_size)
    layout = svg_own.layout_of(root)
    lines = drawing.lines(layout)
    if not lines and drawing.outline_count:
        raise InkError(
            f"{file}: its {drawing.outline_count:,} paths are filled outlines rather than pen strokes; export it as "
            "strokes, or in the note app's own format"
        )
    notes.count("filled outline", drawing.outline_count, _severity_of_outlines(drawing, len(lines)))
    strokes = Strokes(file, notes)
    for number, line in enumerate(lines, 1):
        with notes.part(f"line {number}"):
            strokes.add(*(sheet.scale * line).T)
    ink = strokes.ink(Source(sheet.units, text=svg_own.transcript(root, layout), file=file))
    if ink is None:
        return []
    return [Page(ink, sheet.width, sheet.height) if sheet.is_at_corner else Page(ink)]


def _severity_of_outlines(drawing: SvgContent, line_count: int) -> Severity:
    """Return ``"lost"`` if most of the writing is filled outlines rather than lines, judging by number or by length.

    An outline goes around its stroke, so it has twice as many curves.
    """
    outnumber = drawing.outline_count > line_count
    return "lost" if outnumber or drawing.outline_curve_count > 2 * drawing.curve_count else "noted"


class _Sheet:
    """The size of the drawing, and the length of its user unit."""

    def __init__(self, root: etree._Element, notes: Notes) -> None:
        self.units: str | None = None
        self.scale = np.ones(2)
        lengths = [_length(root.get(name, "")) for name in ("width", "height")]
        words = root.get("viewBox", "").replace(",", " ").split()
        view = [0.0 if (value := number_or_none(word)) is None else value for word in words]
        if len(view) != 4 or any(number_or_none(word) is None for word in words):
            if words:
                notes.drop("the view box", f"{root.get('viewBox', '')[:40]!r} is not four numbers")
            view = [0.0, 0.0, 0.0, 0.0]
        size: list[float | None] = [value if value > 0 else None for value in view[2:]]
        aspect = root.get("preserveAspectRatio", "").split()
        if lengths[0] and lengths[1]:
            self.units = "mm"
            sides = np.array([length for length in lengths if length])
            self.scale *= millimetres("px") or 1.0
            if size[0] and size[1]:
                self.scale = _fit(sides / (size[0], size[1]), aspect)
            size = [float(side) for side in sides / self.scale]
        elif size[0] and size[1] and "none" in aspect:
            self.scale = _stretch(root, size[0], size[1])
        self.user_size = size
        """Width and height in user units."""
        self.width, self.height = (
            None if value is None else value * float(share) for value, share in zip(size, self.scale, strict=True)
        )
        self.is_at_corner = view[:2] == [0, 0]


def _fit(shares: Floats, aspect: list[str]) -> Floats:
    """Return the scale of x and y that fits the view box into the drawing's size, given their ratios ``shares``."""
    if "none" in aspect:
        return shares
    return np.full(2, shares.max() if "slice" in aspect else shares.min())


def _stretch(root: etree._Element, width: float, height: float) -> Floats:
    """Return the scale of a view box that is stretched to a size in pixels; 1 if it keeps its shape."""
    sides = [number_or_none(root.get(name, "").strip().removesuffix("px")) for name in ("width", "height")]
    shares = np.array([side if side is not None and side > 0 else np.nan for side in sides]) / (width, height)
    is_stretched = np.isfinite(shares).all() and not np.isclose(shares[0], shares[1], rtol=1e-3)
    return shares if is_stretched else np.ones(2)


def _length(text: str) -> float | None:
    """Return a length with a unit, in millimetres; None for any other text."""
    match = _LENGTH.fullmatch(text)
    value = None if match is None else number_or_none(match[1])
    if match is None or value is None or value <= 0:
        return None
    return value * (millimetres(match[2]) or 0) or None


def write(pages: Sequence[Page]) -> bytes:
    """Encode one page with a path through the points of each stroke, in the ink's own unit."""
    import svgwrite
    import svgwrite.base

    page = pages[0]
    ink, unit = page.ink, millimetres(page.ink.source.units)
    left, top, right, bottom = ink.bounds
    pen = 0.002 * (right - left) + 0.01 * (bottom - top) or 1.0
    if page.width is not None and page.height is not None:
        box = (0.0, 0.0, page.width, page.height)
    else:
        box = (left - 2 * pen, top - 2 * pen, right - left + 4 * pen, bottom - top + 4 * pen)
    digits = decimal_places(ink.x, ink.y)
    size = [f"{length * (unit or 1):.6g}{'mm' if unit else ''}" for length in box[2:]]
    view = " ".join(format_values(box, digits + 1))
    document = svgwrite.Drawing(size=tuple(size), viewBox=view, debug=False)
    document.elements.clear()  # removes an empty <defs>
    if text := ink.source.text:
        kind = svgwrite.base.Desc if "\n" in text else svgwrite.base.Title
        document.add(kind(xml.printable(text)))
    group = document.g(
        fill="none", stroke="black", stroke_width=f"{pen:.3g}", stroke_linecap="round", stroke_linejoin="round"
    )
    words = [" ".join(pair) for pair in zip(format_values(ink.x, digits), format_values(ink.y, digits), strict=True)]
    for start, end in zip(ink.starts, ink.ends, strict=True):
        points = words[start:end] if end - start > 1 else words[start:end] * 2
        group.add(document.path("M" + "L".join(points)))
    document.add(group)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{document.tostring()}\n'.encode()
