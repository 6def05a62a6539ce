"""Finish drawn words: scale them to millimetres and one size, and add their marks and the lines under or through
them."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from handwriting.composition.blocks import SpelledWord
from handwriting.composition.drawn import DrawnWord, Measure, size_factor
from handwriting.composition.marks import add_marks
from handwriting.ink import Floats, Ink, Source
from handwriting.synthesis.hand import Hand

HEIGHT_PER_LINE_HEIGHT = 0.45
"""Writing height (about that of a capital) as a share of the line height."""

LEAN_SD, SIZE_LOG_SD = 0.03, 0.06
"""Standard deviations at liveliness 1: of the shear of words, and of the logarithm of their size."""

UNDERLINE, STRIKE, RULE = 0.12, -0.1, -0.2
"""Distance of hand-drawn lines below the baseline, in line heights; above it if negative."""

WAVER_SD = 0.012
"""Standard deviation of a hand-drawn line, in line heights."""


@dataclass(frozen=True)
class FinishedWord:
    """A word that is ready to be set."""

    spelled: SpelledWord
    drawn: DrawnWord
    ink: Ink | None
    """Ink in millimetres, from x = 0, with the baseline at y = 0; None when nothing was drawn."""
    width: float
    space: float
    """Space after the word in millimetres."""

    @property
    def doubtful(self) -> bool:
        """Whether the word may be illegible; a struck word need not be legible."""
        return self.drawn.doubtful and not self.spelled.word.struck


class Finisher:
    """Finishes words for lines that are ``line_height`` mm apart."""

    def __init__(self, hand: Hand, line_height: float, lively: float = 0.0) -> None:
        self._height = HEIGHT_PER_LINE_HEIGHT * hand.total_size * line_height
        self._line_height, self._shear, self._lively = line_height, math.tan(math.radians(hand.slant)), lively
        self._random, self._waver = (np.random.default_rng([hand.seed, stream]) for stream in (5, 7))

    def word(self, drawn: DrawnWord, spelled: SpelledWord, measure: Measure, size: float, room: float) -> FinishedWord:
        """Finish a word at ``size`` times the usual size; if it is wider than ``room`` mm, it is condensed."""
        growth = size * self._height / measure.height
        space = growth * measure.space
        growth *= size_factor(drawn, measure)
        ink = drawn.word.ink
        lean = self._shear + self._lively * self._random.normal(0, LEAN_SD)
        varied = growth * math.exp(self._lively * self._random.normal(0, SIZE_LOG_SD))
        if ink is None:
            return FinishedWord(spelled, drawn, None, space, space)
        spelling = spelled.spelling
        if spelling.marks or spelling.signs:
            ink = add_marks(ink, drawn.word.places, spelling, measure.shape, self._random)
        x = (ink.x - lean * ink.y) * varied
        x -= x.min()
        x *= min(1.0, room / max(float(x.max()), 1e-9))
        ink = replace(ink.moved_to(x, ink.y * varied), source=Source(text=spelling.base))
        return FinishedWord(spelled, drawn, ink, float(x.max()), space)

    def stroke(self, left: float, right: float, below: float) -> Ink:
        """Draw a line by hand from ``left`` to ``right``, ``below`` line heights below the baseline."""
        count = max(3, int((right - left) / (0.4 * self._line_height)))
        nodes = self._waver.normal(0, WAVER_SD * self._line_height, (count, 2))
        points = np.column_stack([np.linspace(left, right, count), np.full(count, below * self._line_height)]) + nodes
        at = np.linspace(0, count - 1, 4 * count)
        smooth: Floats = np.column_stack([np.interp(at, np.arange(count), column) for column in points.T])
        return Ink.from_strokes([smooth])
