"""Render documents as a searchable PDF: the ink, with its text as invisible words under it.

Typed text, pictures and PDF pages that the document has under the ink are drawn there. A page that states its size in a
known unit keeps that size; every other page is as wide as A4.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from handwriting.documents.backgrounds import Backgrounds, PlacedBackground, load_picture
from handwriting.documents.document import Document, DocumentPage, TextLine
from handwriting.errors import InkError, printable
from handwriting.formats.extras import TypedText
from handwriting.formats.units import millimetres
from handwriting.geometry.compose import rough_baseline
from handwriting.ink import Ink
from handwriting.recognition.pages import ReadLine
from handwriting.recognition.transcription import Box
from handwriting.rendering.drawing import Drawing
from handwriting.rendering.pdf import POINTS_PER_MM, PlacedPicture, PlacedText, data
from handwriting.rendering.placed import placement
from handwriting.rendering.splines import Floats

MIN_GAP, MAX_GAP = 0.2, 0.6
"""Gap between two words, in font sizes: if it is smaller, viewers join the words; if larger, they take them for
columns."""
BLANK_MM = 210.0, 297.0
"""Width and height of the page that stands for documents without pages."""
ASCENT = 0.93
"""Distance from the top of a line of typed text to its baseline, in font sizes."""


@dataclass(frozen=True)
class _Sheet:
    """A page of the PDF."""

    drawing: Drawing
    words: list[PlacedText]
    pictures: list[PlacedPicture]
    background: PlacedBackground | None


def pdf(documents: Sequence[Document], note: Callable[[str], object] = lambda text: None) -> bytes:
    """Render all pages of the documents that could be read as one PDF, or a blank page if none of them has a page.

    Its title is the name of the first document. ``note`` is called with the backgrounds and pictures that are left out.
    """
    pages = [(document.name, page) for document in documents for page in document.pages]
    if not pages:
        pages = [(documents[0].name, DocumentPage(1, *BLANK_MM, "mm"))]
    files = Backgrounds(note)
    sheets = [_sheet(page.upright, printable(name), files, note) for name, page in pages]
    parts = zip(*((sheet.drawing, sheet.words, sheet.pictures) for sheet in sheets), strict=True)
    backgrounds = {k: sheet.background for k, sheet in enumerate(sheets) if sheet.background is not None}
    return files.add(data(*parts), backgrounds)


def _sheet(page: DocumentPage, title: str, files: Backgrounds, note: Callable[[str], object]) -> _Sheet:
    paper = _paper(page, files)
    bounds = page.bounds_on(paper)
    sheet = placement(bounds, page.units, sized=paper is not None)
    origin, scale = sheet.origin, sheet.scale
    inks = () if page.ink is None else (sheet.place(page.ink),)
    drawing = Drawing(
        sheet.width, sheet.height, inks, stroke=sheet.pen, sheet=True, title=title, blank=page.ink is None
    )
    words = [word for line in page.lines for word in _words(page, line, origin, scale)]
    right, bottom = bounds[2:]
    covered = (np.array(paper or (0.0, 0.0, page.width or right, page.height or bottom)) - np.tile(origin, 2)) * scale
    return _Sheet(drawing, words, _pictures(page, origin, scale, covered, note), _background(page, covered))


def _paper(page: DocumentPage, files: Backgrounds) -> Box | None:
    """Return the area of the paper: that of the PDF page under the ink if this has its own size."""
    pdf, unit = None if page.extras is None else page.extras.pdf, millimetres(page.units)
    if pdf is None or pdf.middle is None or unit is None:
        return page.paper
    size = files.size(pdf)
    if size is None:
        return page.paper
    width, height = (length / POINTS_PER_MM / unit for length in size)
    return pdf.middle - width / 2, 0.0, pdf.middle + width / 2, height


def _pictures(
    page: DocumentPage, origin: Floats, scale: float, paper: Floats, note: Callable[[str], object]
) -> list[PlacedPicture]:
    placed = []
    for picture in page.extras.pictures if page.extras is not None else ():
        box = paper if picture.box is None else (np.array(picture.box) - np.tile(origin, 2)) * scale
        left, top, right, bottom = box.tolist()
        try:
            placed.append(PlacedPicture(load_picture(picture.source), left, top, right - left, bottom - top))
        except InkError as error:
            note(f"a picture on page {page.number} was left out: {error}")
    return placed


def _background(page: DocumentPage, paper: Floats) -> PlacedBackground | None:
    if page.extras is None or page.extras.pdf is None:
        return None
    left, top, right, bottom = (paper * POINTS_PER_MM).tolist()
    return PlacedBackground(page.extras.pdf, left, top, right - left, bottom - top)


def _words(page: DocumentPage, line: TextLine, origin: Floats, scale: float) -> list[PlacedText]:
    if isinstance(line, TypedText):
        (left, top), size = (np.array(line.box[:2]) - origin) * scale, line.size * scale
        return [PlacedText(line.text, float(left), float(top) + ASCENT * size, 0.0, size, visible=True)]
    read = page.read
    if read is None or read.upright_page is None or read.orientation.mirrored:
        return _handwritten_words(line, origin, scale)
    return _turned_words(line, read.orientation.turns, read.upright_page.ink, origin, scale)


def _turned_words(line: ReadLine, turns: int, upright: Ink, origin: Floats, scale: float) -> list[PlacedText]:
    """Return the words of a line that was turned by quarter turns clockwise to lie on its ink."""

    def turn_back(x: float, y: float) -> tuple[float, float]:
        for _ in range(turns):
            x, y = -y, x
        return x, y

    left, top, right, bottom = upright.bounds
    corners = np.array([turn_back(left, top), turn_back(right, bottom)])
    shift = np.array(line.page.bounds[:2]) - corners.min(axis=0) - origin
    words = _handwritten_words(replace(line, page=upright, source=None), np.zeros(2), scale)
    placed = (np.array([turn_back(word.left, word.baseline) for word in words]).reshape(-1, 2) + shift * scale).tolist()
    return [replace(word, left=x, baseline=y, turns=turns) for word, (x, y) in zip(words, placed, strict=True)]


def _handwritten_words(line: ReadLine, origin: Floats, scale: float) -> list[PlacedText]:
    """Return the words of a line on one baseline, in one font size.

    The baseline is horizontal, because viewers take words at different heights for several lines. It slopes only where
    the writing rises or falls by more than the font size over the line, so that the words stay on their ink.
    """
    boxes = [(word.text, (np.array(word.box(line.ink)) - np.tile(origin, 2)) * scale) for word in line.words]
    if not boxes:
        return []
    size = float(
        np.median([box[3] - box[1] for text, box in boxes if len(text) > 2] or [b[3] - b[1] for _, b in boxes])
    )
    baselines = [((rough_baseline(_ink_of_word(line, k)) - origin[1]) * scale, (box[0] + box[2]) / 2, len(text))
            for k, (text, box) in enumerate(boxes)]  # fmt: skip
    long = np.array([(x, y) for y, x, length in baselines if length > 2] or [(x, y) for y, x, _ in baselines])
    slope = 0.0 if len(long) < 3 else float(np.polyfit(long[:, 0], long[:, 1], 1)[0])
    if abs(slope) * np.ptp(long[:, 0]) < size:
        slope = 0.0
    level = float(np.median(long[:, 1] - slope * long[:, 0]))
    size = max(size, 0.5)
    following = [box[0] for _, box in boxes[1:]] + [boxes[-1][1][2] + MIN_GAP * size]
    return [
        PlacedText(
            text,
            float(box[0]),
            level + slope * float(box[0] + box[2]) / 2,
            float(
                max(np.clip(box[2], after - MAX_GAP * size, after - MIN_GAP * size) - box[0], 0.3 * (box[2] - box[0]))
            ),
            size,
        )
        for (text, box), after in zip(boxes, following, strict=True)
    ]


def _ink_of_word(line: ReadLine, k: int) -> Ink:
    """Return the ink of a word."""
    mask = np.zeros(len(line.ink), dtype=bool)
    for begin, end in line.words[k].points:
        mask[begin:end] = True
    return line.ink.keep(mask) if mask.any() else line.ink
