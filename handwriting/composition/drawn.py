"""Drawn words, measurements of the hand that drew them, and the line that they make."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from handwriting.composition.marks import HandShape
from handwriting.composition.words import WordInk
from handwriting.errors import InkError
from handwriting.geometry.normalise import slant, writing_height
from handwriting.ink import Floats, Ink
from handwriting.synthesis.synthesizer import Written

MIN_SPACE, MAX_SPACE = 0.25, 1.1
"""Limits on the spaces between words, in writing heights: in one hand in a hundred, words touch."""

TYPICAL_SPACE = 0.6
"""Space between words, in writing heights, if the text has only one word."""

MIN_HEIGHT_SHARE = 1 / 3
"""Minimum height of a hand as a share of the training ink's: a text of a few dots says nothing about it."""

SMALL_LETTERS = frozenset("aceimnorsuvwxz")

ISOLATED_SCALE = 1.12
"""Factor by which networks write isolated words larger, if it cannot be measured in the text."""

SCALE_LIMITS = 0.65, 1.25
"""Limits on the factor that scales a run or a redrawn word to the size of the others."""

SIZE_TOLERANCE = 0.05
"""Relative difference in size up to which a run is not scaled; people's lines differ by as much."""

Letters = tuple[tuple[str, float], ...]
"""Characters and the height of each in the units of the network's ink."""

MIN_PER_CHARACTER, MIN_PER_RUN = 2, 5
"""Minimum number of letters from which the usual height of a character, and the size of a run, are measured."""


@dataclass(frozen=True)
class DrawnWord:
    """A word of the text with its ink."""

    word: WordInk
    read: str
    """The recognizer's reading, by best path."""
    errors: int
    """Edit distance between the word and its reading; 0 for a tie (``reading.py``)."""
    tied: bool = False
    """Whether another reading is more probable, but not clearly."""
    drawings: int = 1
    """Number of times the word was drawn."""
    changed: bool = False
    """Whether a drawing other than the first is kept."""
    enlarged: float | None = None
    """Writing height relative to the first drawing, if this is another one; None if it cannot be measured."""
    was_joined: bool = False
    """Whether the first drawing joined a neighbour."""
    run: Letters = field(default=(), repr=False)
    """The letters of the run that the word was first drawn in."""

    @property
    def doubtful(self) -> bool:
        """Whether the word may be illegible."""
        return self.errors > 0 or self.lost

    @property
    def lost(self) -> bool:
        """Whether the word has no ink of its own."""
        return self.word.ink is None or self.word.joined

    @property
    def rank(self) -> tuple[int, int, bool]:
        """Faults of the drawing, the worst first; of two drawings, the one with the lower rank is better."""
        return 2 if self.word.ink is None else int(self.word.joined), self.errors, self.tied


@dataclass(frozen=True)
class Measure:
    """Measurements of a hand from words that it wrote, in the units of the network's ink."""

    height: float
    """Writing height of the hand."""
    space: float
    """Space between words."""
    shape: HandShape
    enlarged: float = 1.0
    """Factor by which the hand writes isolated words larger."""
    letters: Mapping[str, float] = field(default_factory=dict)
    """Usual heights of characters."""

    @classmethod
    def of(cls, words: Sequence[DrawnWord], usual: float) -> Measure:
        """Measure ``words``; ``usual`` is the writing height of the training ink.

        Raises :class:`InkError` if no word has ink.
        """
        inks = [one.word.ink for one in words if one.word.ink is not None]
        if not inks:
            raise InkError("nothing was drawn; try another seed", key="nothing-drawn")
        long = [ink for ink in inks if len(ink.source.text or "") > 3] or inks
        height = max(float(np.median([writing_height(ink) for ink in long])), MIN_HEIGHT_SHARE * usual)
        letters = letters_of(one.word for one in words if not one.changed)
        small = [extent for character, extent in letters if character in SMALL_LETTERS]
        x_height = float(np.median(small)) if small else 0.5 * height
        gaps = [one.word.gap for one in words if one.word.gap is not None]
        typical = float(np.median(gaps)) if gaps else TYPICAL_SPACE * height
        space = float(np.clip(typical, MIN_SPACE * height, MAX_SPACE * height))
        shape = HandShape(x_height, -float(np.median([slant(ink) for ink in long])))
        shown = [ISOLATED_SCALE, *(one.enlarged for one in words if one.enlarged is not None)]
        return cls(height, space, shape, float(np.median(shown)), _usual(letters))


def letters_of(words: Iterable[WordInk]) -> Letters:
    """Return the letters and digits of ``words`` that have ink, with their heights."""
    found = []
    for word in words:
        if word.ink is None:
            continue
        for at, character in enumerate(word.text):
            own = word.ink.y[word.places == at]
            if character.isalnum() and len(own) > 3 and np.ptp(own) > 0:
                found.append((character, float(np.ptp(own))))
    return tuple(found)


def _usual(letters: Letters) -> dict[str, float]:
    """Return the median height of each character that occurs often enough."""
    heights: dict[str, list[float]] = {}
    for character, extent in letters:
        heights.setdefault(character, []).append(extent)
    return {character: float(np.median(some)) for character, some in heights.items() if len(some) >= MIN_PER_CHARACTER}


def size_factor(drawn: DrawnWord, measure: Measure) -> float:
    """Return the factor that scales a word to the size of the others.

    First drawings keep the sizes that they have in their run, which is scaled as a whole. The factor of a redrawn word
    is the median of several estimates, since each may be wrong: from the hand, the first drawing, and every letter.
    """
    if not drawn.changed:
        factors = _estimates(drawn.run, measure)
        factor = float(np.median(factors)) if len(factors) >= MIN_PER_RUN else 1.0
        return float(np.clip(factor, *SCALE_LIMITS)) if abs(factor - 1) > SIZE_TOLERANCE else 1.0
    factors = [1 / measure.enlarged, 1 / (drawn.enlarged or measure.enlarged)]
    return float(np.clip(np.median(factors + _estimates(letters_of([drawn.word]), measure)), *SCALE_LIMITS))


def _estimates(letters: Letters, measure: Measure) -> list[float]:
    """Return the factors that would scale each of ``letters`` to its usual height."""
    return [measure.letters[character] / extent for character, extent in letters if character in measure.letters]


def set_in_line(words: Sequence[DrawnWord], measure: Measure) -> Written:
    """Set ``words`` that have ink side by side, with their sizes and spaces on a page, so that they can be read."""
    strokes: list[Floats] = []
    right = 0.0
    for one in words:
        ink, factor = one.word.ink, size_factor(one, measure)
        if ink is not None:
            x = factor * (ink.x - ink.bounds[0]) + (right + measure.space if strokes else 0.0)
            strokes += ink.moved_to(x, factor * ink.y).strokes
            right = float(x.max())
    shown = [one.word for one in words if one.word.ink is not None]
    places = np.concatenate([word.places for word in shown])
    return Written(" ".join(word.text for word in shown), Ink.from_strokes(strokes), places, True)
