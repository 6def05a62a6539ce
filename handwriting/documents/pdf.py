"""Documents as a PDF that can be searched: the ink drawn, and what it says lying under it, word by word.

A sheet whose unit is known keeps its size; another one is as wide as A4, as is ink without a sheet.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from handwriting.documents.task import Document
from handwriting.errors import InkError
from handwriting.formats.units import millimetres
from handwriting.geometry.compose import foot
from handwriting.ink import Ink
from handwriting.recognition.pages import ReadLine, ReadPage
from handwriting.rendering.drawing import LARGEST, Drawing
from handwriting.rendering.pdf import Under, data
from handwriting.rendering.splines import Floats

WIDTH, MARGIN = 210.0, 15.0
"""Of a sheet that has no size, in mm."""
GAP, WIDEST = 0.2, 0.6
"""Between the texts of two words, in sizes of the font: with less a viewer takes them for one, with more for
columns."""
PEN = 0.4
"""Width of the pen's line in mm, on a sheet of :data:`WIDTH`."""


def pdf(documents: Sequence[Document]) -> bytes:
    """One file of all pages of the documents that could be read, with a title of the first one's name."""
    pages = [(document.path, page) for document in documents for page in document.pages]
    if not pages:
        raise InkError("there is no page to draw: nothing could be read")
    sheets = [_sheet(page, path) for path, page in pages]
    return data([drawing for drawing, _ in sheets], [words for _, words in sheets])


def _sheet(read: ReadPage, title: str) -> tuple[Drawing, list[Under]]:
    page = read.page
    left, top, right, bottom = page.ink.bounds
    if page.width is not None and page.height is not None:
        left, top = min(left, 0.0), min(top, 0.0)
        right, bottom = max(right, page.width), max(bottom, page.height)
        margin, unit = 0.0, millimetres(page.ink.source.units)
    else:
        margin, unit = MARGIN, None
    scale = unit or (WIDTH - 2 * margin) / max(right - left, 0.25 * (bottom - top), 1e-300)
    width, height = (right - left) * scale + 2 * margin, (bottom - top) * scale + 2 * margin
    smaller = min(1.0, LARGEST / max(width, height))
    scale, width, height = scale * smaller, width * smaller, height * smaller
    origin = np.array([left, top]) - margin * smaller / scale

    ink = page.ink.moved_to(*((page.ink.xy - origin) * scale).T)
    drawing = Drawing(width, height, (ink,), stroke=PEN * width / WIDTH, sheet=True, title=title)
    return drawing, [word for line in read.lines for word in _words(line, origin, scale)]


def _words(line: ReadLine, origin: Floats, scale: float) -> list[Under]:
    """The words of a line on one baseline, in one size.

    The baseline is level, or else a viewer takes the words for several lines; it follows one that rises or falls by
    more than the font's size, so that the words do not leave their ink.
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
    following = [box[0] for _, box in boxes[1:]] + [boxes[-1][1][2] + GAP * size]
    return [
        Under(
            text,
            float(box[0]),
            level + slope * float(box[0] + box[2]) / 2,
            float(max(np.clip(box[2], after - WIDEST * size, after - GAP * size) - box[0], 0.3 * (box[2] - box[0]))),
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
