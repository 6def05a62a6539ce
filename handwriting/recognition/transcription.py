"""The result of a recognizer: the readings of a line of ink, with the points of their words and characters."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from handwriting.ink import Ink
from handwriting.recognition.calibration import Evidence

Box = tuple[float, float, float, float]
"""Left, top, right and bottom edge, in the units of the ink."""
PointRange = tuple[int, int]
"""Half-open range of an ink's points: first, last + 1."""


@dataclass(frozen=True)
class Character:
    """A character of a reading, and the points that it was written with."""

    text: str
    points: tuple[PointRange, ...]
    """Ranges of the ink's points; empty for a space."""
    probability: float | None = None
    """Probability that the character is right; None for the characters of alternatives, and without a calibration."""

    def box(self, ink: Ink) -> Box | None:
        """Return the bounding box of the character in ``ink``, the ink that was read; None for a space."""
        return _box(ink, self.points) if self.points else None


@dataclass(frozen=True)
class Word:
    """A word of the best reading: its characters ``begin`` to ``end``, half-open."""

    text: str
    begin: int
    end: int
    points: tuple[PointRange, ...] = field(repr=False)
    """Ranges of the ink's points."""
    probability: float | None = None
    """Probability that the word is right; None without a calibration."""

    def box(self, ink: Ink) -> Box:
        """Return the bounding box of the word in ``ink``, the ink that was read."""
        return _box(ink, self.points)


@dataclass(frozen=True)
class Reading:
    """One possible text of the ink."""

    text: str
    log_probability: float
    """Natural logarithm of the network's probability: of the text for beam decoders, of its best path for greedy."""
    characters: tuple[Character, ...] = field(repr=False)
    probability: float | None = None
    """Probability that the reading is right; None without a calibration."""


@dataclass(frozen=True, repr=False)
class Transcription:
    """The text of a line of ink: the readings, best first, and the words of the best one.

    Notebooks show the ink above its readings.

    >>> import handwriting
    >>> handwriting.transcribe(handwriting.read("datasets/samples/line.xml")).text
    'a line of handwriting'
    """

    readings: tuple[Reading, ...]
    """The readings, at least one."""
    words: tuple[Word, ...] = ()
    evidence: Evidence | None = field(default=None, compare=False)
    """The evidence from which the probabilities are computed."""
    ink: Ink | None = field(default=None, compare=False)
    """The ink that was read."""

    @property
    def text(self) -> str:
        """Text of the best reading."""
        return self.readings[0].text

    @property
    def probability(self) -> float | None:
        """Probability that the best reading is right; None without a calibration."""
        return self.readings[0].probability

    @property
    def log_probability(self) -> float:
        """Log-probability of the best reading; see :attr:`Reading.log_probability`."""
        return self.readings[0].log_probability

    @property
    def characters(self) -> tuple[Character, ...]:
        """Characters of the best reading."""
        return self.readings[0].characters

    def relocated(self, ink: Ink, points: NDArray[np.int64]) -> Transcription:
        """Return the transcription for ``ink``, in which point ``i`` of the original ink is point ``points[i]``."""
        if np.array_equal(points, np.arange(len(points))):
            return replace(self, ink=ink)

        def moved(ranges: tuple[PointRange, ...]) -> tuple[PointRange, ...]:
            numbers = np.sort(points[np.concatenate([np.empty(0, np.int64), *(np.arange(*span) for span in ranges)])])
            runs = np.split(numbers, np.flatnonzero(np.diff(numbers) != 1) + 1)
            return tuple((int(run[0]), int(run[-1]) + 1) for run in runs) if len(numbers) else ranges

        readings = tuple(
            replace(reading, characters=tuple(replace(c, points=moved(c.points)) for c in reading.characters))
            for reading in self.readings
        )
        words = tuple(replace(word, points=moved(word.points)) for word in self.words)
        return replace(self, readings=readings, words=words, ink=ink)

    def __repr__(self) -> str:
        stated = "" if self.probability is None else f", probability={self.probability:.3f}"
        readings = "" if len(self.readings) == 1 else f", readings={len(self.readings)}"
        return f"Transcription({self.text!r}{stated}{readings})"

    def _repr_html_(self) -> str:
        """Return HTML for notebooks: the ink, and the readings with their probabilities."""
        from handwriting.rendering.svg import markup

        drawing = "" if self.ink is None else markup(self.ink, height_mm=40.0)
        rows = (
            html.escape(r.text) + ("" if r.probability is None else f" <small>{100 * r.probability:.0f} %</small>")
            for r in self.readings
        )
        return drawing[drawing.find("<svg") :].strip() + "".join(f"<div>{row}</div>" for row in rows)


def _box(ink: Ink, ranges: Sequence[PointRange]) -> Box:
    points = np.concatenate([np.arange(*span) for span in ranges])
    if len(points) == 0:  # another character at the same place has the points
        points = np.array([ranges[0][0]])
    x, y = ink.x[points], ink.y[points]
    return float(x.min()), float(y.min()), float(x.max()), float(y.max())
