"""Notes on the parts of a file that a reader left out instead of refusing the whole file.

Only x and y are needed to read ink. Anything else that is damaged is dropped with a note, and of ink without valid
coordinates only that stroke or page is left out. A reader is given a :class:`Notes` and uses it in three ways:

>>> notes = Notes("page.ink")
>>> notes.count("highlighter stroke")            # something that is not writing, skipped on purpose
>>> notes.drop("the pressure", "width='nan'")    # a damaged property
>>> with notes.part("stroke 2"):                 # ink that could not be read: the block raises InkError
...     raise InkError("page.ink: x='?' is not a number")
>>> for note in notes.all():
...     print(note.severity, "-", note.text)
lost - stroke 2 was left out: x='?' is not a number
noted - the pressure was dropped: width='nan'
noted - 1 highlighter stroke was left out
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

from handwriting.errors import InkError, TooLargeError

MAX_LISTED = 10
"""Number of damaged parts that are listed one by one; the rest are only counted."""

Severity = Literal["lost", "noted", "detail"]


@dataclass(frozen=True)
class Note:
    """One thing that was left out of a file."""

    text: str
    severity: Severity = "noted"
    """``"lost"``: writing that could not be read, which commands report with exit code 1. ``"noted"``: something that
    is not writing, or that reading does not need. ``"detail"``: the look of the ink (colors, paper), which matters
    only for writing the file again."""


class Notes:
    """Collects the notes on one file.

    ``strict``: raise an error instead of noting that ink is lost; for corpora, where a line must be complete.
    ``known``: things that :meth:`count` ignores, because the caller reads them in another way.
    """

    def __init__(self, file: str = "ink", strict: bool = False, known: frozenset[str] = frozenset()) -> None:
        self.file, self.strict, self.known = file, strict, known
        self._lost: list[str] = []
        self._hidden = 0
        self._dropped: dict[tuple[str, Severity], str] = {}
        self._counts: Counter[tuple[str, Severity]] = Counter()

    @contextmanager
    def part(self, name: str) -> Iterator[None]:
        """Enter a part of the file (``"stroke 3 on page 2"``) that is left out if the block raises :class:`InkError`.

        Limits are not covered: :class:`TooLargeError` passes through.
        """
        try:
            yield
        except TooLargeError:
            raise
        except InkError as error:
            if self.strict:
                raise
            if len(self._lost) < MAX_LISTED:
                self._lost.append(f"{name} was left out: {str(error).removeprefix(f'{self.file}: ')}")
            else:
                self._hidden += 1

    def drop(self, what: str, reason: str, severity: Severity = "noted") -> None:
        """Note that a damaged property (``"the times"``) is ignored; the first reason is kept."""
        self._dropped.setdefault((what, severity), reason)

    def count(self, what: str, number: int = 1, severity: Severity = "noted") -> None:
        """Note that ``number`` things (``what`` is a singular noun, ``"text box"``) are left out."""
        if number and what not in self.known:
            self._counts[what, severity] += number

    @property
    def first_loss(self) -> str | None:
        """Reason why the first damaged part was left out, or None."""
        return self._lost[0] if self._lost else None

    def all(self) -> tuple[Note, ...]:
        """Return all notes, the most severe first."""
        lost = [Note(text, "lost") for text in self._lost]
        if self._hidden:
            lost.append(Note(f"{self._hidden:,} more {_were('part', self._hidden)} left out", "lost"))
        dropped = [
            Note(f"{what} {_was(what)} dropped: {reason}", severity)
            for (what, severity), reason in self._dropped.items()
        ]
        counts = [
            Note(f"{number:,} {_were(what, number)} left out", severity)
            for (what, severity), number in self._counts.items()
        ]
        order = ("lost", "noted", "detail")
        return (*lost, *sorted((*dropped, *counts), key=lambda note: order.index(note.severity)))


def _were(noun: str, number: int) -> str:
    if number == 1:
        return f"{noun} was"
    head, *rest = re.split("(?= o[fn] )", noun, maxsplit=1)  # "stroke on a hidden layer"
    return f"{head}{'es' if head.endswith(('x', 'ch', 'sh', 's')) else 's'}{''.join(rest)} were"


def _was(what: str) -> str:
    return "were" if what.endswith("s") else "was"
