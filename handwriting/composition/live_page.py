"""A page that is written while someone watches: ink as it is sampled, and every line the best of several candidates.

The first line is shown while its first candidate is drawn. By the time a viewer has followed its first letters, all its
candidates are drawn and read; if another one is better, the event of the finished line says so and replaces what was
shown. The lines after it are chosen, a few at a time, while the earlier ones are on their way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from handwriting.composition.best_of import BestOf, ChosenLine
from handwriting.composition.page import PageWriter
from handwriting.ink import Floats, Ink, Source
from handwriting.rendering.drawing import Drawing
from handwriting.rendering.layout import PageLayout, Rulings, baseline, on_sheet, sheet_size
from handwriting.synthesis.hand import Hand
from handwriting.synthesis.observer import Observer

LOOKAHEAD_LINES = 2
"""Lines that are drawn at a time after the first: the first of them is soon there, and the batch is not left empty."""


@dataclass(frozen=True)
class SheetEvent:
    """The size of the sheet, at the beginning and again whenever it grows; lengths in millimetres."""

    width: float
    height: float
    rulings: Rulings
    lines: int


@dataclass(frozen=True)
class PointsEvent:
    """New points of the line that is being drawn, about where they will be."""

    line: int
    points: Floats
    """Shape (N, 3): x, y in millimetres, and 1 at the end of a stroke. The pen is down before the first event."""


@dataclass(frozen=True)
class LineEvent:
    """A finished line in its place; the first line replaces the points that were shown of it."""

    line: int
    chosen: ChosenLine
    strokes: list[Floats]
    """Each of shape (n, 2), in millimetres."""
    as_shown: bool
    """True if the line begins with the points that were shown, which have only moved a little."""


class LivePage:
    """Writes ``text`` on a page; iterate over it, once, for the sheet and the finished lines.

    ``show`` is called with the first line's points while it is drawn, from within the iteration; raising in it ends the
    writing. ``layout`` needs a width. Raises :class:`InkError`, before anything is drawn, for what cannot be written.
    """

    def __init__(
        self,
        best_of: BestOf,
        text: str,
        layout: PageLayout,
        hand: Hand = Hand(),
        show: Callable[[PointsEvent], object] = lambda event: None,
    ) -> None:
        self.text, self.layout, self.show, self.styled = text, layout, show, hand.style is not None
        observer = Observer(points=self._show)
        self._page = PageWriter(best_of, text, layout, hand, observer, lookahead=LOOKAHEAD_LINES)
        self._sheet = self._new_sheet()
        self._shown: Floats | None = None
        """The first points that were shown, (N, 2) in the units of the ink."""
        self._pen = np.zeros(2)

    def __iter__(self) -> Iterator[SheetEvent | LineEvent]:
        yield self._sheet
        for i, line in enumerate(self._page):
            if len(self._page.lines) != self._sheet.lines:
                self._sheet = self._new_sheet()
                yield self._sheet
            if not isinstance(line, ChosenLine):
                continue
            placed = self._page.placed(line.ink)
            x, y = placed.x + self.layout.margin_mm, placed.y + baseline(i, self.layout)
            strokes = np.split(np.column_stack([x, y]), placed.starts[1:])
            shown = self._shown if i == 0 else None
            as_shown = shown is not None and np.allclose(
                line.ink.xy[: len(shown)], self._page.growth * shown[: len(line.ink)]
            )
            yield LineEvent(i, line, strokes, as_shown)

    def drawing(self) -> Drawing:
        """Write the whole page, and return it as a drawing."""
        inks = [
            Ink.from_strokes(event.strokes, Source(units="mm", text=event.chosen.text))
            for event in self
            if isinstance(event, LineEvent)
        ]
        return on_sheet(
            inks, self._sheet.lines, self.layout, title=inks[0].source.text if inks else None, desc=self.text
        )

    def _new_sheet(self) -> SheetEvent:
        lines = len(self._page.lines)
        return SheetEvent(*sheet_size(lines, self.layout), lines)

    def _show(self, offsets: Floats) -> None:
        """Show the next points of the first line, which begins at the origin (if primed, with its first point)."""
        steps = offsets
        if self._shown is None:
            steps = offsets.copy() if self.styled else np.vstack([np.zeros((1, 3)), offsets])
            steps[0, :2] = 0
        xy = self._pen + np.cumsum(steps[:, :2], axis=0)
        self._pen = xy[-1]
        self._shown = xy if self._shown is None else self._shown
        corner = (self.layout.margin_mm, baseline(0, self.layout))
        self.show(PointsEvent(0, np.column_stack([self._page.preview(xy) + corner, steps[:, 2]])))
