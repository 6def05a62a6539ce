"""Progress of writing a text, including redrawn words."""

from __future__ import annotations

from handwriting.progress import Progress

READING_COST = 0.9
"""Cost of reading a character and cutting words, relative to that of drawing it for the first time."""

REDRAWING_COST = 4.5
"""Cost of redrawing and reading a character, relative to that of drawing it first: batches are smaller, lines are
shorter, and each drawing is read together with its neighbours."""

REDRAWN_SHARE = 0.41
"""Assumed number of redrawn characters per character of the text, until the number is known."""


class Effort:
    """Converts drawn characters into the progress of a text of ``characters`` characters.

    The progress shown is the work done as a share of the expected total. The expectation changes when words turn out to
    need redrawing; the progress shown never decreases. ``benchmarks/letters.py`` measures how far it deviates from
    elapsed time.
    """

    def __init__(self, progress: Progress, characters: int) -> None:
        self._progress, self.total = progress, characters
        self._left = characters
        self._done = self._shown = 0.0
        self._expected = self._with_rest(0)

    def first(self, characters: int) -> Progress:
        """Return the progress callback for drawing ``characters`` of the text for the first time."""
        self._left -= characters
        return self._part(characters, 1.0)

    def read(self, characters: int) -> None:
        """Count drawn ``characters`` as read."""
        self._done += READING_COST * characters
        self._show(self._done)

    def redraw(self, characters: int, later: float) -> Progress:
        """Return the progress callback for redrawing ``characters``, with about ``later`` more to follow."""
        self._expected = self._done + self._with_rest(REDRAWING_COST * (characters + later))
        return self._part(characters, REDRAWING_COST)

    def settled(self) -> None:
        """Note that nothing drawn so far will be redrawn."""
        self._expected = self._done + self._with_rest(0)
        self._show(self._done)

    def finished(self) -> None:
        """Report completion."""
        self._progress(self.total, self.total)

    def _with_rest(self, work: float) -> float:
        return work + self._left * (1 + READING_COST + REDRAWING_COST * REDRAWN_SHARE)

    def _part(self, characters: int, cost: float) -> Progress:
        before = self._done
        self._done += cost * characters
        return lambda done, _: self._show(before + cost * min(done, characters))

    def _show(self, done: float) -> None:
        share = done / self._expected if self._expected else 1.0
        self._shown = max(self._shown, min(share, 1.0) * self.total)
        self._progress(self._shown, self.total)
