"""A drawing as SVG: one smooth path for each stroke, in millimetres, with round caps and joins."""

from __future__ import annotations

import os
import zlib
from functools import cache
from typing import Any

import svgwrite
import svgwrite.base
import svgwrite.container

from handwriting.files import atomic
from handwriting.ink import Ink
from handwriting.rendering.drawing import RULING_COLOR, RULING_MM, Drawing, fitted
from handwriting.rendering.splines import Floats


def svg(drawing: Drawing | Ink, path: str | os.PathLike[str], **style: Any) -> None:
    """Write ``drawing`` to ``path``, which appears complete or not at all; ``style`` as in `markup`."""
    write_text(markup(drawing, **style), path)


def markup(drawing: Drawing | Ink, **style: Any) -> str:
    """``drawing`` as an SVG document; of bare ink, the drawing that `fitted` makes with ``style``."""
    if isinstance(drawing, Ink):
        drawing = fitted(drawing, **style)
    elif style:
        raise TypeError(f"a drawing has its style already; {', '.join(style)} would change nothing")
    document, pen = sheet(drawing), group(drawing)
    for curve in drawing.curves:
        pen.add(document.path(path_data(curve)))
    document.add(pen)
    return text(document)


def sheet(drawing: Drawing) -> svgwrite.Drawing:
    """The document without its ink: title and description for screen readers, paper and rulings."""
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
    if drawing.rulings:
        lines = "".join("M{:g} {:g}L{:g} {:g}".format(*(round(v, 2) for v in line)) for line in drawing.rulings)
        document.add(
            document.path(lines, fill="none", stroke=RULING_COLOR, stroke_width=f"{RULING_MM:g}", class_="paper")
        )
    return document


def empty(drawing: Drawing) -> svgwrite.Drawing:
    """A document of the drawing's size with nothing in it."""
    document = svgwrite.Drawing(
        size=(f"{drawing.width:.2f}mm", f"{drawing.height:.2f}mm"),
        viewBox=f"0 0 {drawing.width:.2f} {drawing.height:.2f}",
        debug=False,  # its validation takes longer than everything else
    )
    document.elements.clear()  # an empty <defs>
    return document


def group(drawing: Drawing) -> svgwrite.container.Group:
    """An element whose paths look as if drawn with the drawing's pen."""
    return svgwrite.container.Group(
        fill="none",
        stroke=drawing.color,
        stroke_width=f"{drawing.stroke:g}",
        stroke_linecap="round",
        stroke_linejoin="round",
        debug=False,
    )


def identifier(name: str, drawing: Drawing) -> str:
    """An id that other drawings in the same web page do not have."""
    return f"{name}-{zlib.crc32(repr((drawing.title, drawing.desc, drawing.width, drawing.height)).encode()):08x}"


def path_data(curve: Floats) -> str:
    """A path along ``curve``, shape (segments, 4, 2), to a hundredth; of a dot a line of no length, shown by its caps.

    Numbers count from their segment's rounded start, so that they are short and rounding does not add up.
    """
    hundredths = (100 * curve).round().astype(int)
    x, y = hundredths[0, 0].tolist()
    start = f"M{number(x).strip()} {number(y).strip()}"
    steps = (hundredths[:, 1:] - hundredths[:, :1]).reshape(-1, 6)
    steps = steps[steps.any(axis=1)]
    if not len(steps):
        return f"{start}h0"
    return start + "c" + "".join(map(number, steps.ravel().tolist())).lstrip()


@cache
def number(hundredths: int) -> str:
    """As short as SVG allows, with a space before it where no minus sign parts it from the number in front."""
    digits = f"{abs(hundredths) / 100:.2f}".rstrip("0").rstrip(".")
    digits = digits[1:] if digits.startswith("0.") else digits
    return ("-" if hundredths < 0 else " ") + digits


def text(document: svgwrite.Drawing) -> str:
    return '<?xml version="1.0" encoding="utf-8"?>\n' + document.tostring() + "\n"


def write_text(markup: str, path: str | os.PathLike[str]) -> None:
    """Write a document to ``path``, which appears complete or not at all."""
    with atomic(path) as temporary:
        temporary.write_text(markup, encoding="utf-8")
