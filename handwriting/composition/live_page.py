"""A page that is written while someone watches: points as they are drawn, and each line as soon as it is finished.

The first words are shown while they are drawn. They are then read and set like all others: if one of them had to be
redrawn, the event of the finished line says so and replaces what was shown. The following lines are drawn in growing
batches while the earlier ones are being sent.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from handwriting.composition.blocks import plain
from handwriting.composition.composer import ComposedLine, Composer
from handwriting.composition.runs import WordWriter
from handwriting.composition.words import BAR
from handwriting.ink import Floats, Ink, Source
from handwriting.progress import Progress, no_progress
from handwriting.rendering.drawing import Drawing, PrintedLines
from handwriting.rendering.layout import PageLayout, baseline, on_sheet, sheet_size
from handwriting.synthesis.hand import Hand


@dataclass(frozen=True)
class SheetEvent:
    """Size of the sheet, sent at the beginning and whenever it changes; lengths in millimetres."""

    width: float
    height: float
    printed: tuple[PrintedLines, ...]
    """Lines printed on the paper."""
    lines: int
    """Number of lines of writing; initially an estimate."""


@dataclass(frozen=True)
class PointsEvent:
    """New points of the line that is being drawn, approximately where they will end up."""

    line: int
    points: Floats
    """Shape (N, 3): x, y in millimetres, and 1 at the end of a stroke. The pen is down before the first event."""


@dataclass(frozen=True)
class LineEvent:
    """A finished line in its place; the first line replaces its points that were shown."""

    line: int
    composed: ComposedLine
    strokes: list[Floats]
    """Strokes in millimetres on the sheet."""
    as_shown: bool
    """Whether the line begins with the points that were shown, apart from small shifts."""


class LivePage:
    """Writes ``text`` on a page; iterate over it once to get the sheet and the finished lines.

    ``lively`` is that of :class:`Composer`. ``show`` is called with the first run's points while it is drawn, from
    within the iteration; an exception in it ends the writing. ``layout`` needs a width. Raises :class:`InkError`,
    before anything is drawn, for unwritable text.
    """

    def __init__(
        self,
        writer: WordWriter,
        text: str,
        layout: PageLayout,
        hand: Hand = Hand(),
        show: Callable[[PointsEvent], object] = lambda event: None,
        progress: Progress = no_progress,
        lively: float = 0.0,
    ) -> None:
        self.text, self.layout, self.show, self.best_of = text, layout, show, writer.best_of
        blocks = plain(text)
        self._first = next((number for number, block in enumerate(blocks) if block.words), 0)
        self._shear = math.tan(math.radians(hand.slant))
        self._composer = Composer(
            writer, blocks, layout.room, layout.line_height_mm, hand,
            lively=lively, progress=progress, points=self._show,
        )  # fmt: skip
        self._half = writer.synthesizer.height / 3
        self._sheet = self._new_sheet(self._composer.estimate)
        self._shown: Floats | None = None
        """The first points that were shown, (N, 2) in the units of the ink."""
        self._pen = np.zeros(2)

    def __iter__(self) -> Iterator[SheetEvent | LineEvent]:
        yield self._sheet
        count = words = 0
        for i, line in enumerate(self._composer):
            count, words = i + 1, words + len(line.words)
            if count > self._sheet.lines:  # assume that the remaining lines are as long as those so far
                self._sheet = self._new_sheet(math.ceil(count * self._composer.total / max(words, 1)))
                yield self._sheet
            ink = line.ink
            if ink is None:
                continue
            x, y = ink.x + self.layout.margin_mm, ink.y + baseline(i, self.layout)
            strokes = np.split(np.column_stack([x, y]), ink.starts[1:])
            yield LineEvent(i, line, strokes, i == self._first and self._as_shown(line))
        if count < self._sheet.lines:
            self._sheet = self._new_sheet(count)
            yield self._sheet

    def drawing(self) -> Drawing:
        """Write the whole page and return it as a drawing."""
        inks = [
            Ink.from_strokes(event.strokes, Source(units="mm", text=event.composed.text))
            for event in self
            if isinstance(event, LineEvent)
        ]
        title = inks[0].source.text if inks else None
        return on_sheet(inks, self._sheet.lines, self.layout, title=title, desc=self.text)

    def _new_sheet(self, lines: int) -> SheetEvent:
        return SheetEvent(*sheet_size(lines, self.layout), lines)

    def _show(self, offsets: Floats) -> None:
        """Show the next points of the first run, which begins at the origin (if primed, with its first point)."""
        steps = offsets
        if self._shown is None:
            steps = offsets.copy() if self._composer.primed else np.vstack([np.zeros((1, 3)), offsets])
            steps[0, :2] = 0
        xy = self._pen + np.cumsum(steps[:, :2], axis=0)
        self._pen = xy[-1]
        self._shown = xy if self._shown is None else self._shown
        # The exact place is known only when the run is complete: it depends on its baseline and its left end.
        x, y = xy[:, 0] - self._shear * (xy[:, 1] - self._half), xy[:, 1] - self._half
        corner = (self.layout.margin_mm, baseline(self._first, self.layout))
        self.show(
            PointsEvent(
                self._first, np.column_stack([np.column_stack([x, y]) * self._composer.scale + corner, steps[:, 2]])
            )
        )

    def _as_shown(self, line: ComposedLine) -> bool:
        """Return whether ``line`` begins with the strokes of the first run as they were drawn."""
        first = self._composer.first
        if (
            first is None
            or self._shown is None
            or not np.allclose(first.ink.xy[: len(self._shown)], self._shown[: len(first.ink)])
        ):
            return False
        count = len(first.text.split(" "))
        words = line.words[:count]
        strokes = np.concatenate([word.drawn.word.strokes for word in words])
        kept = not any(
            word.drawn.changed
            or BAR in word.drawn.word.text
            or word.spelled.spelling.marks
            or word.spelled.spelling.signs
            for word in words
        )
        whole = len(words) < count or len(strokes) == len(first.ink.starts)  # no stray dot after the last word
        return kept and whole and np.array_equal(strokes, np.arange(len(strokes)))
