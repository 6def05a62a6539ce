"""Streaming recognition: a line is read while it is being written.

Strokes are added one by one, and each returns the best text so far. Because the network is bidirectional, it runs over
the whole line each time. The search, which takes longer, covers only the last words, with a narrower beam; earlier
words are settled. The finished line is transcribed like any other, with the same result.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from handwriting.errors import InkError
from handwriting.features import Encoded, encode
from handwriting.ink import Ink
from handwriting.recognition.beam import BEAM
from handwriting.recognition.decode import Hypothesis
from handwriting.recognition.language.model import Hints
from handwriting.recognition.recognizer import Recognizer
from handwriting.recognition.transcription import Transcription

DRAFT_BEAM = 8
"""Number of prefixes kept while the line is being written."""
OPEN_STEPS = 45
"""Words that begin at most this many network steps before the end, about 14 letters, are not yet settled."""


class Stream:
    """One line of writing, read with the language model. It must not be shared between threads.

    >>> import handwriting
    >>> stream = handwriting.Stream(handwriting.Recognizer.load())
    >>> for stroke in handwriting.read("datasets/samples/line.xml").strokes:
    ...     text = stream.add(stroke)
    >>> stream.finish().text
    'a line of handwriting'
    """

    def __init__(self, recognizer: Recognizer, hints: Hints = Hints(), beam: int = BEAM) -> None:
        self.recognizer, self.hints, self.beam = recognizer, hints, beam
        self._strokes: list[NDArray[np.float64]] = []
        self._reset()

    def add(self, stroke: ArrayLike) -> str:
        """Add a stroke, shape (n, 2) for x, y or (n, 3) for x, y, t, and return the best text of all strokes so far.

        Raises :class:`InkError` for a stroke of a different shape, and leaves the line unchanged.
        """
        points = np.array(stroke, dtype=np.float64)
        ink = Ink.from_strokes([*self._strokes, points])
        if points.size:
            self._strokes.append(points)
        encoded = encode(ink, self.recognizer.features)
        (log_probs,) = self.recognizer.log_probs([encoded])
        begin = self.recognizer.step_of(self._open_from, ink, encoded)
        found = self.recognizer.search(self._scorer, len(log_probs), DRAFT_BEAM).decode(log_probs[begin:])
        if not found:
            return self._settled.rstrip()
        text = self._settled + (found[0].text.lstrip() if self._settled else found[0].text)
        self._settle(found[0], begin, len(log_probs), ink, encoded)
        return text

    def undo(self) -> None:
        """Remove the newest stroke. Raises :class:`InkError` if there is none."""
        if not self._strokes:
            raise InkError("stream: there is no stroke to remove; add one first")
        self._strokes.pop()
        self._reset()

    @property
    def ink(self) -> Ink:
        """The line so far. Raises :class:`InkError` if there is no stroke yet."""
        return Ink.from_strokes(self._strokes)

    def finish(self, alternatives: int = 1) -> Transcription:
        """Transcribe the whole line like :meth:`Recognizer.transcribe`. More strokes may follow."""
        return self.recognizer.transcribe(self.ink, "language", alternatives, self.beam, self.hints)

    def _reset(self) -> None:
        self._settled, self._open_from = "", 0
        self._scorer = self.recognizer.scorer(self.hints)

    def _settle(self, tail: Hypothesis, begin: int, steps: int, ink: Ink, encoded: Encoded) -> None:
        """Settle the words that end well before the end of the line, where their right context is known."""
        spaces = [
            (i, begin + last)
            for i, (c, (_, last)) in enumerate(zip(tail.text, tail.steps, strict=True))
            if c == " " and i > 0 and begin + last <= steps - OPEN_STEPS
        ]
        if spaces:
            i, step = spaces[-1]
            words = tail.text[: i + 1].lstrip() if self._settled else tail.text[: i + 1]
            self._settled += words
            self._scorer = self._scorer.after(words)
            self._open_from = self.recognizer.point_of(step, ink, encoded)
