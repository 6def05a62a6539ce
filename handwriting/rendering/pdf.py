"""Drawings as PDF: vectors in their own size, a page each; the same drawings give the same bytes.

What the ink says, where it is known, lies under it as text that is not drawn, so that a viewer finds, marks and copies
it. That text is in matplotlib's DejaVu Sans, of which the file holds the letters it needs.
"""

from __future__ import annotations

import io
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import matplotlib
from matplotlib.colors import to_rgb
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from handwriting.files import atomic
from handwriting.rendering.drawing import RULING_COLOR, RULING_MM, Drawing
from handwriting.rendering.splines import Floats

MM = 72 / 25.4
"""Points."""
FONT = "DejaVuSans"
INVISIBLE = 3
"""Text rendering mode "neither fill nor stroke" (ISO 32000-1, table 106)."""
ROUND = 1


@dataclass(frozen=True)
class Under:
    """A word under the ink, in millimetres from the sheet's upper left corner."""

    text: str
    left: float
    baseline: float
    width: float
    """What it is stretched to."""
    size: float
    """Of the font."""


def pdf(drawing: Drawing, path: str | os.PathLike[str]) -> None:
    """Write ``drawing`` to ``path``, which appears complete or not at all."""
    with atomic(path) as temporary:
        temporary.write_bytes(data([drawing]))


def data(drawings: Sequence[Drawing], words: Sequence[Sequence[Under]] = ()) -> bytes:
    """The file of these drawings, named after the first; ``words`` of each, if there are any, lie under its ink."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer, invariant=1, initialFontName=FONT if _font(words) else None)
    canvas.setTitle(drawings[0].title or "")
    canvas.setSubject(drawings[0].desc or "")
    canvas.setAuthor("")
    canvas.setCreator("Handwriting")
    for number, drawing in enumerate(drawings):
        canvas.setPageSize((drawing.width * MM, drawing.height * MM))
        for word in words[number] if words else ():
            _write(canvas, word, drawing.height)
        _draw(canvas, drawing)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def _draw(canvas: Canvas, drawing: Drawing) -> None:
    def place(points: Floats) -> list[float]:
        return ((points * (1, -1) + (0, drawing.height)) * MM).ravel().tolist()

    canvas.setLineCap(ROUND)
    canvas.setLineJoin(ROUND)
    if drawing.rulings:
        canvas.setStrokeColorRGB(*to_rgb(RULING_COLOR))
        canvas.setLineWidth(RULING_MM * MM)
        canvas.lines([(a * MM, (drawing.height - b) * MM, c * MM, (drawing.height - d) * MM)
                      for a, b, c, d in drawing.rulings])  # fmt: skip
    canvas.setStrokeColorRGB(*to_rgb(drawing.color))
    canvas.setLineWidth(drawing.stroke * MM)
    path = canvas.beginPath()
    for curve in drawing.curves:
        path.moveTo(*place(curve[0, 0]))
        if len(curve) == 1 and (curve == curve[0, 0]).all():
            path.lineTo(*place(curve[0, 0]))  # a dot: a line of no length with round caps
            continue
        for segment in curve:
            path.curveTo(*place(segment[1:]))
    canvas.drawPath(path)


def _write(canvas: Canvas, word: Under, height: float) -> None:
    natural = pdfmetrics.stringWidth(word.text, FONT, word.size * MM)
    text = canvas.beginText(word.left * MM, (height - word.baseline) * MM)
    text.setFont(FONT, word.size * MM)
    text.setTextRenderMode(INVISIBLE)
    text.setHorizScale(100 * word.width * MM / natural if natural and word.width > 0 else 100)
    text.textOut(f"{word.text} ")
    canvas.drawText(text)


def _font(words: Sequence[Sequence[Under]]) -> bool:
    """Makes the font known if there is any word; whether there is."""
    if not any(words):
        return False
    if FONT not in pdfmetrics.getRegisteredFontNames():
        pdfmetrics.registerFont(TTFont(FONT, str(Path(matplotlib.get_data_path(), "fonts", "ttf", f"{FONT}.ttf"))))
    return True
