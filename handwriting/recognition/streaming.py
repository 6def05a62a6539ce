"""A line read while it is being written.

Strokes are added as the pen leaves the surface, and each brings the best text so far. A bidirectional network hears
what comes after as well as what came before, so the line is read anew each time, with a narrower beam than at the end;
the end is read as a whole line is, and gives the same text.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from handwriting.errors import InkError
from handwriting.ink import Ink
from handwriting.recognition.language.model import Hints
from handwriting.recognition.recognizer import Decoder, Recognizer, Transcription

DRAFT_BEAM = 8
"""Prefixes kept while the line is being written."""


class Stream:
    """One line of writing; not for several threads at once.

    >>> stream = Stream(Recognizer.load())        # doctest: +SKIP
    >>> for stroke in strokes:                    # doctest: +SKIP
    ...     print(stream.add(stroke).text)
    >>> stream.finish(alternatives=5).readings    # doctest: +SKIP
    """

    def __init__(
        self,
        recognizer: Recognizer,
        decoder: Decoder = "language",
        hints: Hints = Hints(),
        beam: int = 25,
        draft_beam: int = DRAFT_BEAM,
    ) -> None:
        self.recognizer, self.decoder, self.hints = recognizer, decoder, hints
        self.beam, self.draft_beam = beam, draft_beam
        self._strokes: list[NDArray[np.float64]] = []

    def add(self, stroke: ArrayLike) -> Transcription:
        """The best text of all strokes so far, of which this is the newest; shape (n, 2) for x, y or (n, 3) with t.

        Raises :class:`InkError` for another shape, and the line is as before.
        """
        points = np.array(stroke, dtype=np.float64)
        ink = Ink.from_strokes([*self._strokes, points])
        if points.size:
            self._strokes.append(points)
        return self._read(ink, 1, self.draft_beam)

    def undo(self) -> None:
        """Take the newest stroke back."""
        if not self._strokes:
            raise InkError("stream: there is no stroke to take back; add one first")
        self._strokes.pop()

    @property
    def ink(self) -> Ink:
        """The line so far. Raises :class:`InkError` when there is no stroke yet."""
        return Ink.from_strokes(self._strokes)

    def finish(self, alternatives: int = 1) -> Transcription:
        """What the whole line says, as :meth:`Recognizer.transcribe` reads it. More strokes may follow."""
        return self._read(self.ink, alternatives, self.beam)

    def _read(self, ink: Ink, alternatives: int, beam: int) -> Transcription:
        return self.recognizer.transcribe(ink, self.decoder, alternatives, beam, self.hints)
