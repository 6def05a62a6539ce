"""Prefix beam search for the most probable text, optionally rescored by a language model or lexicon.

Each step extends the most probable prefixes by one index. Paths that collapse to the same prefix are summed. Paths that
end in a blank are kept apart from those that end in the prefix's last character, because a repeated character counts
twice only if a blank separates the two (Graves 2012, "Supervised sequence labelling with recurrent neural networks",
section 7.5; Hannun, Maas, Jurafsky & Ng 2014, algorithm 1). All computation is in log space, with NumPy.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from handwriting.alphabet import BLANK, Alphabet
from handwriting.errors import InkError
from handwriting.recognition.decode import IMPOSSIBLE, Floats, Hypothesis, best_steps, checked

Indices = NDArray[np.int64]
BEAM = 100
"""Number of prefixes kept after each step. A wide beam that prunes hopeless prefixes is faster than a narrow one that
keeps them, and finds better texts."""


class Scorer(Protocol):
    """Scores texts during the search, for instance by a language model.

    The scorer keeps a state for each prefix: one element along the first axis of an array, whose content is known only
    to the scorer. Scores are added to log-probabilities, so the scorer must weight them; ``-inf`` forbids a
    text. Many prefixes are scored at a time. The protocol keeps the search free of the language model, and lets tests
    forbid or favour single texts.
    """

    max_score: float
    """Upper bound of the score of one character. Extensions that could not enter the beam even with it are not
    scored."""

    def start(self) -> NDArray:
        """Return the state of the empty prefix, as an array of one element."""
        ...

    def extend(self, states: NDArray, characters: Indices) -> tuple[Floats, NDArray]:
        """Return the scores (N,) of extending ``N`` prefixes by one character each, and the new states."""
        ...

    def finish(self, states: NDArray) -> Floats:
        """Return the scores (N,) of ending the line with each of ``N`` prefixes."""
        ...


@dataclass(frozen=True)
class SearchResult:
    """A text that the search found: its indices and all of a :class:`Hypothesis` except the alignment."""

    labels: list[int]
    text: str
    log_probability: float
    score: float


@dataclass(frozen=True)
class BeamSearchDecoder:
    """Finds the ``n_best`` texts with the highest sum of log-probability and ``scorer``'s score."""

    alphabet: Alphabet
    beam: int = BEAM
    """Number of prefixes kept after each step."""
    n_best: int = 5
    """Largest number of hypotheses returned."""
    threshold: float = -7.5
    """A character is pruned at a step where its log-probability is lower than that of the step's best index by more
    than this (exp(-7.5) is about 5e-4). ``-inf`` prunes nothing."""
    margin: float = 14.0
    """A prefix is pruned when its score is lower than the best prefix's by more than this. ``inf`` prunes nothing."""
    scorer: Scorer | None = None

    def __post_init__(self) -> None:
        if not 1 <= self.n_best <= self.beam:
            raise InkError(
                f"beam search: n_best is {self.n_best}; it must be at least 1 and at most the beam, {self.beam}"
            )
        if not self.threshold <= 0:
            raise InkError(
                f"beam search: threshold is {self.threshold}; give a difference of log-probabilities, 0 or less"
            )
        if not self.margin >= 0:
            raise InkError(f"beam search: margin is {self.margin}; give a difference of scores, 0 or more")

    def decode(self, log_probs: ArrayLike) -> list[Hypothesis]:
        """Return the best texts, best first, from log-probabilities with shape (T, V).

        ``log_probability`` is that of the text, not counting pruned paths. The list is empty only if the scorer forbids
        every text in the beam. Raises :class:`InkError` as :func:`~handwriting.recognition.decode.checked` does.
        """
        frames = checked(log_probs, self.alphabet.size)
        return self.aligned(frames, self.search(frames)[: self.n_best])

    def search(self, log_probs: ArrayLike) -> list[SearchResult]:
        """Return all texts in the final beam, best first, without alignments; otherwise like :meth:`decode`."""
        frames = checked(log_probs, self.alphabet.size)
        tree = _Tree()
        beam = self._search(frames, tree)
        added = beam.added + (self.scorer.finish(beam.states) if self.scorer else 0.0)
        found = []
        for node, log_probability, more in zip(beam.node.tolist(), beam.total.tolist(), added.tolist(), strict=True):
            if log_probability + more > IMPOSSIBLE:
                found.append((-log_probability - more, tree.labels(node), log_probability))
        return [
            SearchResult(labels, self.alphabet.decode(labels), log_probability, -minus_score)
            for minus_score, labels, log_probability in sorted(found)
        ]

    def aligned(self, log_probs: ArrayLike, found: Sequence[SearchResult]) -> list[Hypothesis]:
        """Return the results as hypotheses, with the network steps of their characters."""
        steps = best_steps(checked(log_probs, self.alphabet.size), [one.labels for one in found])
        return [
            Hypothesis(one.text, one.log_probability, ranges, one.score)
            for one, ranges in zip(found, steps, strict=True)
        ]

    def _search(self, frames: Floats, tree: _Tree) -> _Beam:
        """Return the beam after the last step."""
        extends = frames >= frames.max(axis=1, keepdims=True) + self.threshold  # (T, V)
        extends[:, BLANK] = False
        beam = _Beam.empty_prefix(self.scorer.start() if self.scorer else np.zeros(1))
        for frame, extending in zip(frames, extends, strict=True):
            stayed = beam.stay(frame)
            characters = np.flatnonzero(extending)
            beam = self._extend(beam, stayed, frame, characters, tree) if len(characters) else stayed
            if not len(beam):  # The scorer has forbidden every prefix.
                break
        return beam

    def _extend(self, beam: _Beam, stayed: _Beam, frame: Floats, characters: Indices, tree: _Tree) -> _Beam:
        """Return the best among ``stayed`` and the ``K`` prefixes of ``beam`` extended by each of ``C`` characters."""
        repeats = beam.last[:, None] == characters
        extended_log_probs = np.where(repeats, beam.blank[:, None], beam.total[:, None]) + frame[characters]  # (K, C)

        # An extended prefix may be in the beam already: sum the two there.
        existing, parent = np.nonzero(beam.parent[:, None] == beam.node)
        column = np.minimum(np.searchsorted(characters, beam.last[existing]), len(characters) - 1)
        extended = characters[column] == beam.last[existing]
        existing, same = existing[extended], (parent[extended], column[extended])
        stayed.other[existing] = np.logaddexp(stayed.other[existing], extended_log_probs[same])
        extended_log_probs[same] = IMPOSSIBLE

        stayed_score = stayed.total + stayed.added
        row, column = self._promising(beam, stayed_score, extended_log_probs)
        if self.scorer and len(row):
            more, states = self.scorer.extend(beam.states[row], characters[column])
        else:
            more, states = np.zeros(len(row)), beam.states[row]
        added = beam.added[row] + more
        score = np.concatenate([stayed_score, extended_log_probs[row, column] + added])
        best = np.argpartition(-score, self.beam)[: self.beam] if len(score) > self.beam else np.arange(len(score))
        best = best[score[best] > max(IMPOSSIBLE, float(score.max()) - self.margin)]
        stay, new = best[best < len(beam)], best[best >= len(beam)] - len(beam)
        row, column = row[new], column[new]
        node, character = beam.node[row], characters[column]
        return _Beam(
            node=np.concatenate([stayed.node[stay], tree.children(node, character)]),
            parent=np.concatenate([stayed.parent[stay], node]),
            last=np.concatenate([stayed.last[stay], character]),
            blank=np.concatenate([stayed.blank[stay], np.full(len(row), IMPOSSIBLE)]),
            other=np.concatenate([stayed.other[stay], extended_log_probs[row, column]]),
            added=np.concatenate([stayed.added[stay], added[new]]),
            states=_joined(stayed.states[stay], states[new]),
        )

    def _promising(self, beam: _Beam, stayed_score: Floats, extended_log_probs: Floats) -> tuple[Indices, Indices]:
        """Return the rows and columns of the extensions that may enter the beam."""
        score = extended_log_probs + beam.added[:, None]
        least = float(stayed_score.max()) - self.margin
        if len(stayed_score) >= self.beam:
            least = max(least, float(stayed_score.min()))
        row, column = np.nonzero(score > max(least - (self.scorer.max_score if self.scorer else 0.0), IMPOSSIBLE))
        return row, column


def _joined(a: NDArray, b: NDArray) -> NDArray:
    """Concatenate two arrays of states; ``np.concatenate`` is slow for structured dtypes."""
    both = np.empty((len(a) + len(b), *a.shape[1:]), a.dtype)
    both[: len(a)], both[len(a) :] = a, b
    return both


@dataclass
class _Beam:
    """``K`` different prefixes; every array has shape (K,)."""

    node: Indices
    """Node of the prefix in the tree."""
    parent: Indices
    """Node of the prefix without its last character; -1 for the empty prefix."""
    last: Indices
    """Index of the last character; the blank for the empty prefix."""
    blank: Floats
    """Log-probability of the paths that end in a blank."""
    other: Floats
    """Log-probability of the paths that end in the last character."""
    added: Floats
    """Sum of the scorer's scores so far."""
    states: NDArray
    """States of the scorer."""

    @classmethod
    def empty_prefix(cls, state: NDArray) -> _Beam:
        """Return the beam before the first step."""
        zero, none = np.zeros(1, dtype=np.int64), np.full(1, IMPOSSIBLE)
        return cls(zero, zero - 1, zero + BLANK, blank=np.zeros(1), other=none, added=np.zeros(1), states=state)

    def __len__(self) -> int:
        return len(self.node)

    @property
    def total(self) -> Floats:
        """Log-probability of each prefix."""
        return np.logaddexp(self.blank, self.other)

    def stay(self, frame: Floats) -> _Beam:
        """Return the same prefixes after a step that emits a blank or repeats the last character."""
        blank, other = self.total + frame[BLANK], self.other + frame[self.last]
        return _Beam(self.node, self.parent, self.last, blank, other, self.added, self.states)


class _Tree:
    """All prefixes that were ever in the beam; one that returns keeps its node. Node 0 is the empty prefix."""

    def __init__(self) -> None:
        self._parents, self._lasts = [-1], [BLANK]
        self._children: dict[tuple[int, int], int] = {}

    def children(self, nodes: Indices, characters: Indices) -> Indices:
        """Return the nodes (N,) reached from ``nodes`` (N,) by ``characters`` (N,), created where necessary."""
        return np.array(
            [self._child(*key) for key in zip(nodes.tolist(), characters.tolist(), strict=True)], dtype=np.int64
        )

    def _child(self, node: int, character: int) -> int:
        child = self._children.setdefault((node, character), len(self._parents))
        if child == len(self._parents):
            self._parents.append(node)
            self._lasts.append(character)
        return child

    def labels(self, node: int) -> list[int]:
        """Return the indices of a prefix."""
        labels = []
        while node:
            labels.append(self._lasts[node])
            node = self._parents[node]
        return labels[::-1]
