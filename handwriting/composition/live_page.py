"""A page that is written while someone watches: ink as it is sampled, and every line the best of several.

The first line is seen at once, as its first candidate is drawn; while a viewer still looks at its first letters all its
candidates are finished and read. If another one is better, the line that comes says so, and is drawn instead. The lines
after it are chosen, a few at a time, while the ones before them are on their way.
"""

from __future__ import annotations

import json
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np

from handwriting.composition.best_of import BestOf, Chosen
from handwriting.composition.page import Hand, Writing
from handwriting.ink import Floats
from handwriting.recognition.recognizer import Recognizer
from handwriting.rendering.page import PageStyle, Rulings, baseline, sheet
from handwriting.synthesis.sampler import Primer
from handwriting.synthesis.styles import Style
from handwriting.synthesis.synthesizer import Synthesizer

AHEAD = 2
"""Lines that are drawn at a time after the first: the first of them is soon there, and a batch is not left empty."""


@dataclass(frozen=True)
class Sheet:
    """The paper, told at the beginning and again when it grows; all lengths in millimetres."""

    width: float
    height: float
    rulings: Rulings
    lines: int


@dataclass(frozen=True)
class Begun:
    """Ink of a line that is being drawn, about where it will be."""

    line: int
    points: Floats
    """Shape (N, 3): x, y, and 1 at the end of a stroke. The first event begins with the pen put down."""


@dataclass(frozen=True)
class Finished:
    """A line, in its place; for the first line it takes the place of what was begun."""

    line: int
    chosen: Chosen
    strokes: list[Floats]
    """Each of shape (n, 2)."""
    same: bool
    """Whether it is the one that was begun: its points are the same, and a little moved."""


@dataclass
class Live:
    """Writes ``text`` (as in ``write_page``, on a page of some width); iterate over it for the lines.

    ``begun`` is called with the first line's ink as it is drawn, from within the iteration; raising in it ends the
    writing. Raises :class:`InkError` before anything is drawn for what cannot be written.
    """

    synthesizer: Synthesizer
    recognizer: Recognizer
    text: str
    style: PageStyle
    hand: Hand
    best_of: int = 4
    begun: Callable[[Begun], object] = lambda begun: None
    _first: Floats | None = field(default=None, init=False)
    """The first points that were shown, (N, 2) in the units of the ink."""
    _at: Floats = field(default_factory=lambda: np.zeros(2), init=False)

    def __post_init__(self) -> None:
        text = self.synthesizer.writable(self.text)
        draw = BestOf(self.synthesizer, self.recognizer, self.best_of).write
        self._writing = Writing(self.synthesizer, text, self.style, self.hand, draw, ahead=AHEAD, watch=self._watch)
        self._sheet = self._new_sheet()

    def __iter__(self) -> Iterator[Sheet | Finished]:
        yield self._sheet
        for i, written in enumerate(self._writing):
            if len(self._writing.lines) != self._sheet.lines:
                self._sheet = self._new_sheet()
                yield self._sheet
            if not isinstance(written, Chosen):
                continue
            placed = self._writing.placed(written.ink)
            x, y = placed.x + self.style.margin_mm, placed.y + baseline(i, self.style)
            strokes = np.split(np.column_stack([x, y]), placed.starts[1:])
            first = self._first if i == 0 else None
            same = first is not None and np.allclose(
                written.ink.xy[: len(first)], self._writing.growth * first[: len(written.ink)]
            )
            yield Finished(i, written, strokes, same)

    def _new_sheet(self) -> Sheet:
        lines = len(self._writing.lines)
        return Sheet(*sheet(lines, self.style), lines)

    def _watch(self, offsets: Floats) -> None:
        """The first line's next points, which begin at the origin (of a primed line, with the first point)."""
        steps = offsets
        if self._first is None:
            steps = np.vstack([np.zeros((1, 3)), offsets]) if self.hand.primer is None else offsets.copy()
            steps[0, :2] = 0
        xy = self._at + np.cumsum(steps[:, :2], axis=0)
        self._at = xy[-1]
        self._first = xy if self._first is None else self._first
        place = (self.style.margin_mm, baseline(0, self.style))
        self.begun(Begun(0, np.column_stack([self._writing.beginning(xy) + place, steps[:, 2]])))


class Hands:
    """Primers of styles, made once: reading a style's ink takes as long as writing it."""

    MOST = 64

    def __init__(self, synthesizer: Synthesizer) -> None:
        self._synthesizer = synthesizer
        self._primers: OrderedDict[str, Primer] = OrderedDict()
        self._lock = threading.Lock()

    def primer(self, style: Style) -> Primer:
        """That of ``style``. Raises :class:`InkError` for a text that cannot be written."""
        key = json.dumps(style.record()["samples"])
        with self._lock:
            if key in self._primers:
                self._primers.move_to_end(key)
                return self._primers[key]
        made = style.primer(self._synthesizer)
        with self._lock:
            self._primers[key] = made
            while len(self._primers) > self.MOST:
                self._primers.popitem(last=False)
        return made
