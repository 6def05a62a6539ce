"""Where a recognizer's training examples come from: the lines of one split, each once an epoch.

The other source is the mix of several lists (`mix`). Both hold their lines in memory.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from handwriting.corpora import Corpus, label
from handwriting.errors import InkError
from handwriting.ink import Ink
from handwriting.training.encoder import expected_steps

Problem = Callable[[Ink, str, float], str | None]
"""The reason why an ink, of about so many steps, cannot be trained on with a text; None when it can."""


class Examples(Protocol):
    """The training examples of each epoch. What an example is depends on (seed, epoch, number) alone."""

    def lengths(self, epoch: int) -> Sequence[float]:
        """The expected number of steps of every example of an epoch."""

    def example(self, epoch: int, number: int) -> tuple[Ink, str, np.random.Generator]:
        """Ink and text of an example, and the random numbers for its distortion."""

    def identity(self) -> dict[str, Any]:
        """What must be the same for a training to be resumed; JSON-able."""

    def trained_on(self) -> dict[str, Any]:
        """What a checkpoint's card says of the examples; JSON-able."""


@dataclass(frozen=True)
class Lines:
    """The training lines of a split, in memory; every list has one entry a line."""

    ids: list[str]
    inks: list[Ink]
    texts: list[str]
    lengths: list[float]
    """Expected numbers of steps; see :func:`expected_steps`."""
    writers: list[str]
    forms: list[str]
    left_out: dict[str, str]
    """Ids of the lines that are not trained on, with the reason."""

    @classmethod
    def of(cls, corpus: Corpus, split: str, known: Set[str] | None = None, problem: Problem | None = None) -> Lines:
        """The training lines of a split whose texts have no other than ``known`` characters and no ``problem``."""
        lines = cls([], [], [], [], [], [], {})
        for id in corpus.training_ids(split):
            text = label(corpus, corpus.text(id))
            if known is not None and not set(text) <= known:
                lines.left_out[id] = "a character that is too rare"
                continue
            line = corpus.line(id)
            length = expected_steps(line.ink, text)
            if problem is not None and (reason := problem(line.ink, text, length)):
                lines.left_out[id] = reason
                continue
            lines.ids.append(id)
            lines.inks.append(line.ink)
            lines.texts.append(text)
            lines.lengths.append(length)
            lines.writers.append(line.writer or line.form)
            lines.forms.append(line.form)
        for id in sorted(set(corpus.ids(split)) - set(lines.ids) - lines.left_out.keys()):
            lines.left_out[id] = corpus.known_bad.get(id, "no text")
        return lines

    def __len__(self) -> int:
        return len(self.ids)


class LineList:
    """Implements :class:`Examples`: every line of one split once an epoch.

    Raises :class:`InkError` when there is no line to train on.
    """

    def __init__(self, split: str, lines: Lines, seed: int) -> None:
        if not len(lines):
            raise InkError(f"the list {split} has no lines to train on")
        self.split, self.lines, self.seed = split, lines, seed

    def lengths(self, epoch: int) -> Sequence[float]:
        return self.lines.lengths

    def example(self, epoch: int, number: int) -> tuple[Ink, str, np.random.Generator]:
        random = np.random.default_rng([self.seed, epoch, number])
        return self.lines.inks[number], self.lines.texts[number], random

    def identity(self) -> dict[str, Any]:
        return {"lines": len(self.lines)}

    def trained_on(self) -> dict[str, Any]:
        return {"list": self.split, "lines": len(self.lines), "left_out": self.lines.left_out}
