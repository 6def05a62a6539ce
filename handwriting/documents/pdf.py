"""Documents as a searchable PDF: the ink, with its text as invisible words under it.

A page that states its size in a known unit keeps that size; every other page is as wide as A4.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from handwriting.documents.document import Document
from handwriting.errors import InkError
from handwriting.formats.units import millimetres
from handwriting.geometry.compose import foot
from handwriting.ink import Ink
from handwriting.recognition.pages import ReadLine, ReadPage
from handwriting.rendering.drawing import MAX_SIDE_MM, Drawing
from handwriting.rendering.pdf import HiddenWord, data
from handwriting.rendering.splines import Floats

WIDTH_MM, MARGIN_MM = 210.0, 15.0
"""Width and margin of a page without a size."""
LEAST_GAP, MOST_GAP = 0.2, 0.6
"""Gap between two words, in font sizes: with less, viewers join the words; with more, they take them for columns."""
PEN_MM = 0.4
"""Width of the pen on a page that is :data:`WIDTH_MM` wide."""


def pdf(documents: Sequence[Document]) -> bytes:
    """One PDF with all pages of the documents that could be read; raises :class:`InkError` when there is no page.

    Its title is the name of the first document.
    """
    pages = [(document.name, page) for document in documents for page in document.pages]
    if not pages:
        raise InkError("there is no page to draw, because no file could be read")
    sheets = [_sheet(page.upright, name) for name, page in pages]
    return data([drawing for drawing, _ in sheets], [words for _, words in sheets])


def _sheet(read: ReadPage, title: str) -> tuple[Drawing, list[HiddenWord]]:
    page = read.page
    left, top, right, bottom = page.ink.bounds
    if page.width is not None and page.height is not None:
        left, top = min(left, 0.0), min(top, 0.0)
        right, bottom = max(right, page.width), max(bottom, page.height)
        margin, unit = 0.0, millimetres(page.ink.source.units)
    else:
        margin, unit = MARGIN_MM, None
    scale = unit or (WIDTH_MM - 2 * margin) / max(right - left, 0.25 * (bottom - top), 1e-300)
    width, height = (right - left) * scale + 2 * margin, (bottom - top) * scale + 2 * margin
    smaller = min(1.0, MAX_SIDE_MM / max(width, height))
    scale, width, height = scale * smaller, width * smaller, height * smaller
    origin = np.array([left, top]) - margin * smaller / scale

    ink = page.ink.moved_to(*((page.ink.xy - origin) * scale).T)
    drawing = Drawing(width, height, (ink,), stroke=PEN_MM * width / WIDTH_MM, sheet=True, title=title)
    return drawing, [word for line in read.lines for word in _words(line, origin, scale)]


def _words(line: ReadLine, origin: Floats, scale: float) -> list[HiddenWord]:
    """The words of a line on one baseline, in one font size.

    The baseline is horizontal, because viewers take words at different heights for several lines. It slopes only where
    the writing rises or falls by more than the font size over the line, so that the words stay on their ink.
    """
    boxes = [(word.text, (np.array(word.box(line.ink)) - np.tile(origin, 2)) * scale) for word in line.words]
    if not boxes:
        return []
    size = float(
        np.median([box[3] - box[1] for text, box in boxes if len(text) > 2] or [b[3] - b[1] for _, b in boxes])
    )
    feet = [((foot(_part(line, k)) - origin[1]) * scale, (box[0] + box[2]) / 2, len(text))
            for k, (text, box) in enumerate(boxes)]  # fmt: skip
    long = np.array([(x, y) for y, x, length in feet if length > 2] or [(x, y) for y, x, _ in feet])
    slope = 0.0 if len(long) < 3 else float(np.polyfit(long[:, 0], long[:, 1], 1)[0])
    if abs(slope) * np.ptp(long[:, 0]) < size:
        slope = 0.0
    level = float(np.median(long[:, 1] - slope * long[:, 0]))
    size = max(size, 0.5)
    following = [box[0] for _, box in boxes[1:]] + [boxes[-1][1][2] + LEAST_GAP * size]
    return [
        HiddenWord(
            text,
            float(box[0]),
            level + slope * float(box[0] + box[2]) / 2,
            float(
                max(
                    np.clip(box[2], after - MOST_GAP * size, after - LEAST_GAP * size) - box[0], 0.3 * (box[2] - box[0])
                )
            ),
            size,
        )
        for (text, box), after in zip(boxes, following, strict=True)
    ]


def _part(line: ReadLine, k: int) -> Ink:
    """The ink of a word."""
    mask = np.zeros(len(line.ink), dtype=bool)
    for begin, end in line.words[k].points:
        mask[begin:end] = True
    return line.ink.keep(mask) if mask.any() else line.ink
