"""Write a page without a text, with the prediction network."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from handwriting.composition.finish import HEIGHT_PER_LINE_HEIGHT
from handwriting.composition.page import WrittenLine, WrittenPage
from handwriting.errors import InkError
from handwriting.ink import Ink, Source
from handwriting.progress import Progress, no_progress
from handwriting.rendering.layout import PageLayout, compose
from handwriting.synthesis.hand import Hand
from handwriting.synthesis.predictor import BIAS, Predictor

LINE_MM = 150.0
"""Width of the lines if the page has no width."""
LAST_STROKE_ROOM = 1.5
"""Room for the last stroke of a line, in writing heights."""


def write_unconditional(
    predictor: Predictor,
    lines: int,
    layout: PageLayout = PageLayout(),
    hand: Hand = Hand(bias=BIAS),
    progress: Progress = no_progress,
) -> WrittenPage:
    """Write a page of ``lines`` lines without a text, each in another hand; see :meth:`Predictor.write`.

    Raises :class:`InkError` for a page that is too narrow.
    """
    height = HEIGHT_PER_LINE_HEIGHT * hand.total_size * layout.line_height_mm
    room = LINE_MM if math.isinf(layout.room) else layout.room
    if room < 3 * LAST_STROKE_ROOM * height:
        raise InkError(f"the margins leave {room:.0f} mm for a line; use a wider page or a smaller line height")
    inks = predictor.write(lines, room / height - LAST_STROKE_ROOM, hand, progress)
    scale = height / predictor.height
    placed = [_within(replace(ink.moved_to(ink.x * scale, ink.y * scale), source=Source()), room) for ink in inks]
    drawing = compose(placed, layout, title="handwriting without a text")
    return WrittenPage(drawing, [WrittenLine("", ink, "") for ink in placed], "")


def _within(ink: Ink, room: float) -> Ink:
    """Return the strokes that end within the ``room``; at least the first one."""
    fits = [k for k, stroke in enumerate(ink.strokes) if k == 0 or stroke[:, 0].max() <= room]
    return ink.take(np.array(fits))
