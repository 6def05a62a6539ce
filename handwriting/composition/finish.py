"""Finish drawn words: in millimetres, in one size, on y = 0, with their marks and lines under or through them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from handwriting.composition.blocks import SpelledWord
from handwriting.composition.marks import HandShape, add_marks
from handwriting.composition.runs import DrawnWord
from handwriting.errors import InkError
from handwriting.geometry.normalise import slant, writing_height
from handwriting.ink import Floats, Ink, Source
from handwriting.synthesis.hand import Hand

HEIGHT_PER_LINE_HEIGHT = 0.45
"""Writing height (about that of a capital) as a share of the line height."""

MIN_SPACE, MAX_SPACE = 0.25, 1.1
"""Limits on the spaces between words, in writing heights: one hand in a hundred lets words touch."""

TYPICAL_SPACE = 0.6
"""Space between words, in writing heights, when the hand has shown none."""

SMALLEST = 1 / 3
"""Smallest height of a hand as a share of the training ink's: a text of a few dots says nothing about it."""

SMALL_LETTERS = frozenset("aceimnorsuvwxz")

ENLARGED = 1.12
"""Factor by which networks write words larger by themselves, where the text does not show it."""

MATCHED = 0.65, 1.25
"""Limits on the factor that scales a redrawn word to the size of the others."""

LEAN, SIZE_SPREAD = 0.03, 0.06
"""Standard deviations at liveliness 1: of the shear of words, and of the logarithm of their size."""

UNDERLINE, STRIKE, RULE = 0.12, -0.1, -0.2
"""Distance of hand-drawn lines below the baseline, in line heights; above it if negative."""

WAVER = 0.012
"""Standard deviation of a hand-drawn line, in line heights."""


@dataclass(frozen=True)
class Measure:
    """Measurements of a hand from words that it wrote, in the units of the network's ink."""

    height: float
    """Writing height of the hand."""
    space: float
    """Between words."""
    shape: HandShape
    enlarged: float = 1.0
    """Factor by which the hand writes words larger by themselves."""

    @classmethod
    def of(cls, words: Sequence[DrawnWord], usual: float) -> Measure:
        """Measure ``words``; ``usual`` is the writing height of the training ink."""
        inks = [one.word.ink for one in words if one.word.ink is not None]
        if not inks:
            raise InkError("nothing was drawn; try another seed")
        long = [ink for ink in inks if len(ink.source.text or "") > 3] or inks
        height = max(float(np.median([writing_height(ink) for ink in long])), SMALLEST * usual)
        small = [extent for one in words for extent in _small_letters(one)]
        x_height = float(np.median(small)) if small else 0.5 * height
        gaps = [one.word.gap for one in words if one.word.gap is not None]
        typical = float(np.median(gaps)) if gaps else TYPICAL_SPACE * height
        space = float(np.clip(typical, MIN_SPACE * height, MAX_SPACE * height))
        shape = HandShape(x_height, -float(np.median([slant(ink) for ink in long])))
        shown = [ENLARGED, *(one.enlarged for one in words if one.enlarged is not None)]
        return cls(height, space, shape, float(np.median(shown)))


def _small_letters(drawn: DrawnWord) -> list[float]:
    """Return the heights of a word's letters of x-height."""
    ink, places = drawn.word.ink, drawn.word.places
    if ink is None:
        return []
    return [
        float(np.ptp(ink.y[places == at]))
        for at, character in enumerate(drawn.word.text)
        if character in SMALL_LETTERS and (places == at).sum() > 3
    ]


def _matching(drawn: DrawnWord, measure: Measure) -> float:
    """Return the factor that scales a redrawn word to the size of the others.

    It is the median of three estimates, from the hand, the first drawing and the small letters, since each may be
    wrong.
    """
    factors = [1 / measure.enlarged, 1 / (drawn.enlarged or measure.enlarged)]
    if small := _small_letters(drawn):
        factors.append(measure.shape.x_height / max(float(np.median(small)), 1e-9))
    return float(np.clip(np.median(factors), *MATCHED))


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
        """Whether the word may be illegible although it should be legible."""
        return self.drawn.doubtful and not self.spelled.word.struck


class Finisher:
    """Finishes words for lines that are ``line_height`` mm apart."""

    def __init__(self, hand: Hand, line_height: float, lively: float = 0.0) -> None:
        self._height = HEIGHT_PER_LINE_HEIGHT * hand.total_size * line_height
        self._line_height, self._shear, self._lively = line_height, math.tan(math.radians(hand.slant)), lively
        self._random, self._waver = (np.random.default_rng([hand.seed, stream]) for stream in (5, 7))

    def word(self, drawn: DrawnWord, spelled: SpelledWord, measure: Measure, size: float, room: float) -> FinishedWord:
        """Finish a word at ``size`` times the usual size; one that is wider than ``room`` mm is made narrower."""
        growth = size * self._height / measure.height
        space = growth * measure.space
        if drawn.changed:
            growth *= _matching(drawn, measure)
        ink = drawn.word.ink
        lean = self._shear + self._lively * self._random.normal(0, LEAN)
        varied = growth * math.exp(self._lively * self._random.normal(0, SIZE_SPREAD))
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
        nodes = self._waver.normal(0, WAVER * self._line_height, (count, 2))
        points = np.column_stack([np.linspace(left, right, count), np.full(count, below * self._line_height)]) + nodes
        at = np.linspace(0, count - 1, 4 * count)
        smooth: Floats = np.column_stack([np.interp(at, np.arange(count), column) for column in points.T])
        return Ink.from_strokes([smooth])
