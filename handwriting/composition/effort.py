"""How far the writing of a text has come, words that are drawn again included."""

from __future__ import annotations

from handwriting.progress import Progress

READING = 0.6
"""Cost of reading a character and of cutting words, in that of drawing it for the first time."""

AGAIN = 1.8
"""Cost of drawing a character again and reading it: fewer and shorter lines are drawn side by side."""

REDRAWN = 0.5
"""Characters that are drawn again for each one of the text, until it is known how many there are."""


class Effort:
    """Turns characters that are drawn into the progress of a text of so many ``characters``.

    What is shown is the work done as a share of the work that is expected in all. The expectation changes when words
    turn out to need another drawing; what is shown never decreases. ``benchmarks/letters.py`` measures how far it is
    from the time that has passed.
    """

    def __init__(self, progress: Progress, characters: int) -> None:
        self._progress, self.total = progress, characters
        self._left = characters
        self._done = self._shown = 0.0
        self._expected = self._with_rest(0)

    def first(self, characters: int) -> Progress:
        """The progress of the first drawing of ``characters`` of the text."""
        self._left -= characters
        return self._part(characters, 1.0)

    def read(self, characters: int) -> None:
        """So many characters that were drawn are read as well."""
        self._done += READING * characters
        self._show(self._done)

    def again(self, characters: int, later: float) -> Progress:
        """The progress of drawing so many characters again, about ``later`` more of which will follow."""
        self._expected = self._done + self._with_rest(AGAIN * (characters + later))
        return self._part(characters, AGAIN)

    def settled(self) -> None:
        """Nothing that was drawn so far is drawn again."""
        self._expected = self._done + self._with_rest(0)
        self._show(self._done)

    def finished(self) -> None:
        """Everything is done."""
        self._progress(self.total, self.total)

    def _with_rest(self, work: float) -> float:
        return work + self._left * (1 + READING + AGAIN * REDRAWN)

    def _part(self, characters: int, cost: float) -> Progress:
        before = self._done
        self._done += cost * characters
        return lambda done, _: self._show(before + cost * min(done, characters))

    def _show(self, done: float) -> None:
        share = done / self._expected if self._expected else 1.0
        self._shown = max(self._shown, min(share, 1.0) * self.total)
        self._progress(self._shown, self.total)
