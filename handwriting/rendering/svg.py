"""SVG in millimetres: one smooth path for each stroke, with round caps and joins."""

from __future__ import annotations

import os
import re
import zlib
from functools import cache
from typing import Any

import numpy as np
import svgwrite
import svgwrite.base
import svgwrite.container

from handwriting.files import atomic
from handwriting.ink import Ink
from handwriting.rendering.drawing import Drawing, fitted
from handwriting.rendering.splines import Floats


def svg(drawing: Drawing | Ink, path: str | os.PathLike[str], **style: Any) -> None:
    """Write ``drawing`` to ``path`` atomically; ``style`` is that of `markup`."""
    write_text(markup(drawing, **style), path)


def markup(drawing: Drawing | Ink, **style: Any) -> str:
    """Make an SVG document of ``drawing``; bare ink is first drawn by `fitted`, with the options ``style``."""
    if isinstance(drawing, Ink):
        drawing = fitted(drawing, **style)
    elif style:
        raise TypeError(f"a drawing has its own pen and size; {', '.join(style)} would have no effect")
    document, pen = sheet(drawing), group(drawing)
    if drawing.pen is None:
        for curve in drawing.curves:
            pen.add(document.path(path_data(curve)))
    else:
        pen = svgwrite.container.Group(fill=drawing.color, fill_opacity=f"{drawing.pen.opacity:g}", debug=False)
        for outline in drawing.outlines:
            pen.add(document.path(polygon_data(outline)))
    document.add(pen)
    return text(document)


def recognises(head: bytes) -> bool:
    """Return whether an SVG file that begins with ``head`` was made by :func:`markup`."""
    return re.search(rb'<svg aria-labelledby="title-[0-9a-f]{8}"', head) is not None


def sheet(drawing: Drawing) -> svgwrite.Drawing:
    """Return a document without ink: title and description for screen readers, paper and rulings."""
    document = empty(drawing)
    document["role"] = "img"
    if drawing.title is not None:
        title = svgwrite.base.Title(drawing.title)
        document["aria-labelledby"] = identifier("title", drawing)
        title.xml.set("id", identifier("title", drawing))
        document.add(title)
    if drawing.desc is not None:
        desc = svgwrite.base.Desc(drawing.desc)
        document["aria-describedby"] = identifier("desc", drawing)
        desc.xml.set("id", identifier("desc", drawing))
        document.add(desc)
    if drawing.sheet:
        document.add(document.rect(size=("100%", "100%"), fill="white"))
    for lines, color, width in drawing.printed:
        data = "".join("M{:g} {:g}L{:g} {:g}".format(*(round(v, 2) for v in line)) for line in lines)
        dots = all(line[:2] == line[2:] for line in lines)
        cap = {"stroke_linecap": "round"} if dots else {}
        document.add(document.path(data, fill="none", stroke=color, stroke_width=f"{width:g}", class_="paper", **cap))
    return document


def empty(drawing: Drawing) -> svgwrite.Drawing:
    """Return an empty document of the drawing's size."""
    document = svgwrite.Drawing(
        size=(f"{drawing.width:.2f}mm", f"{drawing.height:.2f}mm"),
        viewBox=f"0 0 {drawing.width:.2f} {drawing.height:.2f}",
        debug=False,  # svgwrite's validation takes longer than everything else
    )
    document.elements.clear()  # an empty <defs>
    return document


def group(drawing: Drawing) -> svgwrite.container.Group:
    """Return a group whose paths are drawn with the drawing's pen."""
    return svgwrite.container.Group(
        fill="none",
        stroke=drawing.color,
        stroke_width=f"{drawing.stroke:g}",
        stroke_linecap="round",
        stroke_linejoin="round",
        debug=False,
    )


def identifier(name: str, drawing: Drawing) -> str:
    """Return an id that is unlikely to occur in other drawings on the same web page."""
    return f"{name}-{zlib.crc32(repr((drawing.title, drawing.desc, drawing.width, drawing.height)).encode()):08x}"


def path_data(curve: Floats) -> str:
    """Return SVG path data along ``curve``, shape (segments, 4, 2), in hundredths; a dot is a line of zero length.

    Coordinates are relative to the rounded start of their segment, so they are short and rounding does not accumulate.
    """
    hundredths = (100 * curve).round().astype(int)
    x, y = hundredths[0, 0].tolist()
    start = f"M{number(x).strip()} {number(y).strip()}"
    steps = (hundredths[:, 1:] - hundredths[:, :1]).reshape(-1, 6)
    steps = steps[steps.any(axis=1)]
    if not len(steps):
        return f"{start}h0"
    return start + "c" + "".join(map(number, steps.ravel().tolist())).lstrip()


def polygon_data(outline: Floats) -> str:
    """Return a closed path along ``outline`` (m, 2), to a hundredth."""
    hundredths = (100 * outline).round().astype(int)
    x, y = hundredths[0].tolist()
    steps = np.diff(hundredths, axis=0)
    return f"M{number(x).strip()} {number(y).strip()}l" + "".join(map(number, steps.ravel().tolist())).lstrip() + "z"


@cache
def number(hundredths: int) -> str:
    """Format a number as short as SVG allows, with a leading space unless a minus sign separates it."""
    digits = f"{abs(hundredths) / 100:.2f}".rstrip("0").rstrip(".")
    digits = digits[1:] if digits.startswith("0.") else digits
    return ("-" if hundredths < 0 else " ") + digits


def text(document: svgwrite.Drawing) -> str:
    """Return the document as text, with its XML declaration."""
    return '<?xml version="1.0" encoding="utf-8"?>\n' + document.tostring() + "\n"


def write_text(markup: str, path: str | os.PathLike[str]) -> None:
    """Write a document to ``path`` atomically."""
    with atomic(path) as temporary:
        temporary.write_text(markup, encoding="utf-8")
