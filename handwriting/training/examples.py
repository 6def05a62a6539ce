"""Sources of a recognizer's training examples; here, the lines of one split, each once per epoch.

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
"""Returns why an ink, given its text and its expected number of steps, cannot be trained on, or None if it can."""


class Examples(Protocol):
    """The training examples of each epoch. An example depends on (seed, epoch, number) alone."""

    def lengths(self, epoch: int) -> Sequence[float]:
        """Return the expected number of steps of every example of an epoch."""

    def example(self, epoch: int, number: int) -> tuple[Ink, str, np.random.Generator]:
        """Return ink and text of an example, and the random generator for its distortion."""

    def identity(self) -> dict[str, Any]:
        """Return what must be the same for a training to be resumed; JSON-serialisable."""

    def trained_on(self) -> dict[str, Any]:
        """Return the card's description of the examples; JSON-serialisable."""


@dataclass(frozen=True)
class Lines:
    """The training lines of a split, in memory; every list has one entry per line."""

    ids: list[str]
    inks: list[Ink]
    texts: list[str]
    lengths: list[float]
    """Expected numbers of steps; see :func:`expected_steps`."""
    writers: list[str]
    forms: list[str]
    left_out: dict[str, str]
    """Reason for exclusion of each line that is not trained on, by id."""

    @classmethod
    def of(cls, corpus: Corpus, split: str, known: Set[str] | None = None, problem: Problem | None = None) -> Lines:
        """Load the training lines of a split that have only ``known`` characters and no ``problem``."""
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
    """Implements :class:`Examples`: every line of one split once per epoch.

    Raises :class:`InkError` when there is no line to train on.
    """

    def __init__(self, split: str, lines: Lines, seed: int) -> None:
        if not len(lines):
            raise InkError(f"the split {split} has no usable lines; choose another split")
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
