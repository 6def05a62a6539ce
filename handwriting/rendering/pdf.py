"""PDF: one page per drawing, as vectors at its own size; the same drawings give the same bytes.

The recognized words can be added as invisible text under the ink, so that viewers find, select and copy them. That text
is set in matplotlib's DejaVu Sans, embedded as a subset of the glyphs used.
"""

from __future__ import annotations

import io
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import matplotlib
import numpy as np
from matplotlib.colors import to_rgb
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from handwriting.files import atomic
from handwriting.rendering.drawing import Drawing
from handwriting.rendering.splines import Floats

POINTS_PER_MM = 72 / 25.4
"""PDF points in a millimetre."""
FONT = "DejaVuSans"
VISIBLE, INVISIBLE = 0, 3
"""Text rendering modes "fill" and "neither fill nor stroke" (ISO 32000-1, table 106)."""
ROUND = 1
NONZERO = 1


@dataclass(frozen=True)
class PlacedText:
    """A word or line of text, in millimetres from the sheet's upper left corner."""

    text: str
    left: float
    baseline: float
    width: float
    """Width to which the text is stretched; 0 leaves it unchanged."""
    size: float
    """Font size."""
    visible: bool = False
    """Whether the text is drawn, like typed text; recognized words are invisible under their ink."""
    turns: int = 0
    """Quarter turns clockwise about the beginning of the baseline."""


@dataclass(frozen=True)
class PlacedPicture:
    """A PNG or JPEG file under the ink, in millimetres from the sheet's upper left corner."""

    data: bytes
    left: float
    top: float
    width: float
    height: float


def pdf(drawing: Drawing, path: str | os.PathLike[str]) -> None:
    """Write ``drawing`` to ``path`` atomically."""
    with atomic(path) as temporary:
        temporary.write_bytes(data([drawing]))


def data(
    drawings: Sequence[Drawing],
    words: Sequence[Sequence[PlacedText]] = (),
    pictures: Sequence[Sequence[PlacedPicture]] = (),
) -> bytes:
    """Encode ``drawings`` as a PDF titled like the first, with the ``words`` and ``pictures`` of each under its ink."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer, invariant=1, initialFontName=FONT if _font(words) else None)
    canvas.setTitle(drawings[0].title or "")
    canvas.setSubject(drawings[0].desc or "")
    canvas.setAuthor("")
    canvas.setCreator("Handwriting")
    for number, drawing in enumerate(drawings):
        canvas.setPageSize((drawing.width * POINTS_PER_MM, drawing.height * POINTS_PER_MM))
        for picture in pictures[number] if pictures else ():
            _place(canvas, picture, drawing.height)
        for word in words[number] if words else ():
            _write(canvas, word, drawing.height)
        _draw(canvas, drawing)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def _draw(canvas: Canvas, drawing: Drawing) -> None:
    def place(points: Floats) -> list[float]:
        return ((points * (1, -1) + (0, drawing.height)) * POINTS_PER_MM).ravel().tolist()

    canvas.setLineCap(ROUND)
    canvas.setLineJoin(ROUND)
    for lines, color, width in drawing.printed:
        canvas.setStrokeColorRGB(*to_rgb(color))
        canvas.setLineWidth(width * POINTS_PER_MM)
        canvas.lines([place(np.reshape(line, (2, 2))) for line in lines])
    if drawing.pen is not None:
        canvas.setFillColorRGB(*to_rgb(drawing.color), alpha=drawing.pen.opacity)
        for outline in drawing.outlines:
            path = canvas.beginPath()
            path.moveTo(*place(outline[0]))
            for point in outline[1:]:
                path.lineTo(*place(point))
            path.close()
            canvas.drawPath(path, stroke=0, fill=1, fillMode=NONZERO)
        canvas.setFillAlpha(1)
        return
    canvas.setStrokeColorRGB(*to_rgb(drawing.color))
    canvas.setLineWidth(drawing.stroke * POINTS_PER_MM)
    path = canvas.beginPath()
    for curve in drawing.curves:
        path.moveTo(*place(curve[0, 0]))
        if len(curve) == 1 and (curve == curve[0, 0]).all():
            path.lineTo(*place(curve[0, 0]))  # a dot is a line of no length with round caps
            continue
        for segment in curve:
            path.curveTo(*place(segment[1:]))
    canvas.drawPath(path)


def _write(canvas: Canvas, word: PlacedText, height: float) -> None:
    natural = pdfmetrics.stringWidth(word.text, FONT, word.size * POINTS_PER_MM)
    canvas.saveState()  # the text rendering mode persists after the text
    place = word.left * POINTS_PER_MM, (height - word.baseline) * POINTS_PER_MM
    text = canvas.beginText(*place)
    if word.turns:
        x, y = ((1, 0), (0, -1), (-1, 0), (0, 1))[word.turns]  # the direction of writing
        text.setTextTransform(x, y, -y, x, *place)
    text.setFont(FONT, word.size * POINTS_PER_MM)
    text.setTextRenderMode(VISIBLE if word.visible else INVISIBLE)
    text.setHorizScale(100 * word.width * POINTS_PER_MM / natural if natural and word.width > 0 else 100)
    text.textOut(f"{word.text} ")
    canvas.drawText(text)
    canvas.restoreState()


def _place(canvas: Canvas, picture: PlacedPicture, height: float) -> None:
    box = picture.left, height - picture.top - picture.height, picture.width, picture.height
    canvas.drawImage(ImageReader(io.BytesIO(picture.data)), *(length * POINTS_PER_MM for length in box), mask="auto")


def _font(words: Sequence[Sequence[PlacedText]]) -> bool:
    """Register the font if there are any words; return whether there are any."""
    if not any(words):
        return False
    if FONT not in pdfmetrics.getRegisteredFontNames():
        pdfmetrics.registerFont(TTFont(FONT, str(Path(matplotlib.get_data_path(), "fonts", "ttf", f"{FONT}.ttf"))))
    return True
