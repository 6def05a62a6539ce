"""Prefix beam search: the most probable text, and what a language model or lexicon makes of it.

Each step extends the most probable prefixes by one index. Paths that collapse to the same prefix are summed, those
that end in a blank apart from those that end in the prefix's last character, since a repeated character counts twice
only with a blank between (Graves 2012, "Supervised sequence labelling with recurrent neural networks", section 7.5;
Hannun, Maas, Jurafsky & Ng 2014, algorithm 1). NumPy, in log space.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from handwriting.alphabet import BLANK, Alphabet
from handwriting.errors import InkError
from handwriting.recognition.decode import IMPOSSIBLE, Floats, Hypothesis, best_steps, checked

Indices = NDArray[np.int64]


class Scorer(Protocol):
    """What else a text is judged by during the search: a language model, a lexicon, a reward for length.

    A state stands for a prefix and may be anything. All scores are added to log-probabilities: weighting them is the
    scorer's own business, and ``-inf`` forbids. ``advance`` and ``scores`` are called once for each prefix, when the
    search first keeps it.
    """

    def start(self) -> Any:
        """The state of the empty prefix."""
        ...

    def advance(self, state: Any, index: int) -> Any:
        """The state of a prefix extended by a character's index."""
        ...

    def scores(self, state: Any) -> Floats:
        """Shape (V,): what each character adds when it extends the prefix; the blank's entry is not used."""
        ...

    def finish(self, state: Any) -> float:
        """What is added when the line ends with the prefix."""
        ...


@dataclass(frozen=True)
class BeamSearchDecoder:
    """Finds the ``n_best`` best texts with a beam of prefixes, by log-probability plus the ``scorer``'s scores."""

    alphabet: Alphabet
    beam: int = 25
    """Prefixes kept after each step."""
    n_best: int = 5
    """Hypotheses returned, at most."""
    threshold: float = -9.0
    """A character extends no prefix at a step where it is less probable than the step's best index by more than this
    (exp(-9) is 1e-4). ``-inf`` prunes nothing."""
    scorer: Scorer | None = None

    def __post_init__(self) -> None:
        if not 1 <= self.n_best <= self.beam:
            raise InkError(
                f"beam search: n_best is {self.n_best}; it must be at least 1 and at most the beam, {self.beam}"
            )
        if not self.threshold <= 0:
            raise InkError(
                f"beam search: threshold is {self.threshold}; a log-probability below the best one's, 0 or less"
            )

    def decode(self, log_probs: ArrayLike) -> list[Hypothesis]:
        """The best texts, best first, from log-probabilities with shape (T, V).

        ``log_probability`` is the text's own, less what was pruned. The list is empty only if the scorer forbids every
        text that the beam holds. Raises :class:`InkError` as :func:`~handwriting.recognition.decode.checked` does.
        """
        frames = checked(log_probs, self.alphabet.size)
        tree = _Tree(self.scorer)
        beam = self._search(frames, tree)
        found = []
        for node, log_probability, added in zip(
            beam.node.tolist(), beam.total.tolist(), beam.added.tolist(), strict=True
        ):
            score = log_probability + added + tree.finish(node)
            if score > IMPOSSIBLE:
                found.append((-score, tree.labels(node), log_probability))
        found = sorted(found)[: self.n_best]
        steps = best_steps(frames, [labels for _, labels, _ in found])
        return [
            Hypothesis(self.alphabet.decode(labels), log_probability, ranges, -minus_score)
            for (minus_score, labels, log_probability), ranges in zip(found, steps, strict=True)
        ]

    def _search(self, frames: Floats, tree: _Tree) -> _Beam:
        """The prefixes that are left after the last step."""
        extends = frames >= frames.max(axis=1, keepdims=True) + self.threshold  # (T, V)
        extends[:, BLANK] = False
        beam = _Beam.empty_prefix()
        for frame, extending in zip(frames, extends, strict=True):
            stayed = beam.stay(frame)
            characters = np.flatnonzero(extending)
            beam = self._extend(beam, stayed, frame, characters, tree) if len(characters) else stayed
            if not len(beam):  # the scorer has forbidden every prefix
                break
        return beam

    def _extend(self, beam: _Beam, stayed: _Beam, frame: Floats, characters: Indices, tree: _Tree) -> _Beam:
        """The best of ``stayed`` and of ``beam``'s ``K`` prefixes extended by each of the ``C`` ``characters``."""
        repeats = beam.last[:, None] == characters
        grown = np.where(repeats, beam.blank[:, None], beam.total[:, None]) + frame[characters]  # (K, C)

        # an extended prefix may be in the beam already: sum the two there
        held, parent = np.nonzero(beam.parent[:, None] == beam.node)
        column = np.minimum(np.searchsorted(characters, beam.last[held]), len(characters) - 1)
        extended = characters[column] == beam.last[held]
        held, same = held[extended], (parent[extended], column[extended])
        stayed.other[held] = np.logaddexp(stayed.other[held], grown[same])
        grown[same] = IMPOSSIBLE

        added = beam.added[:, None] + tree.scores(beam.node, characters)  # (K, C)
        score = np.concatenate([stayed.total + stayed.added, (grown + added).ravel()])
        best = np.argpartition(-score, self.beam)[: self.beam] if len(score) > self.beam else np.arange(len(score))
        best = best[score[best] > IMPOSSIBLE]
        stay, (row, column) = best[best < len(beam)], divmod(best[best >= len(beam)] - len(beam), len(characters))
        node, character = beam.node[row], characters[column]
        return _Beam(
            node=np.concatenate([stayed.node[stay], tree.children(node, character)]),
            parent=np.concatenate([stayed.parent[stay], node]),
            last=np.concatenate([stayed.last[stay], character]),
            blank=np.concatenate([stayed.blank[stay], np.full(len(row), IMPOSSIBLE)]),
            other=np.concatenate([stayed.other[stay], grown[row, column]]),
            added=np.concatenate([stayed.added[stay], added[row, column]]),
        )


@dataclass
class _Beam:
    """``K`` different prefixes; every array has shape (K,)."""

    node: Indices
    """Which prefix: its node in the tree."""
    parent: Indices
    """The node of the prefix without its last character; -1 for the empty one."""
    last: Indices
    """The index of its last character; the blank for the empty one."""
    blank: Floats
    """Log-probability of its paths that end in a blank."""
    other: Floats
    """Log-probability of its paths that end in its last character."""
    added: Floats
    """What the scorer has added so far."""

    @classmethod
    def empty_prefix(cls) -> _Beam:
        zero, none = np.zeros(1, dtype=np.int64), np.full(1, IMPOSSIBLE)
        return cls(node=zero, parent=zero - 1, last=zero + BLANK, blank=np.zeros(1), other=none, added=np.zeros(1))

    def __len__(self) -> int:
        return len(self.node)

    @property
    def total(self) -> Floats:
        return np.logaddexp(self.blank, self.other)

    def stay(self, frame: Floats) -> _Beam:
        """The same prefixes after a step of a blank or of the last character once more."""
        blank, other = self.total + frame[BLANK], self.other + frame[self.last]
        return _Beam(self.node, self.parent, self.last, blank, other, self.added)


class _Tree:
    """Every prefix that was ever kept: node 0 is the empty one, so that a prefix that returns keeps its number."""

    def __init__(self, scorer: Scorer | None) -> None:
        self._scorer = scorer
        self._parents, self._lasts = [-1], [BLANK]
        self._children: dict[tuple[int, int], int] = {}
        self._states = [scorer.start() if scorer else None]
        self._scores: list[Floats] = [scorer.scores(self._states[0])] if scorer else []

    def children(self, nodes: Indices, characters: Indices) -> Indices:
        """The nodes reached from ``nodes`` by ``characters``, made where there are none yet; shape as both, (N,)."""
        return np.array(
            [self._child(*key) for key in zip(nodes.tolist(), characters.tolist(), strict=True)], dtype=np.int64
        )

    def _child(self, node: int, character: int) -> int:
        child = self._children.setdefault((node, character), len(self._parents))
        if child == len(self._parents):
            self._parents.append(node)
            self._lasts.append(character)
            if self._scorer:
                self._states.append(self._scorer.advance(self._states[node], character))
                self._scores.append(self._scorer.scores(self._states[child]))
        return child

    def scores(self, nodes: Indices, characters: Indices) -> Floats:
        """What extending each of the nodes by each of the characters adds, shape (K, C)."""
        if not self._scorer:
            return np.zeros((len(nodes), len(characters)))
        return np.array([self._scores[node][characters] for node in nodes.tolist()])

    def finish(self, node: int) -> float:
        return self._scorer.finish(self._states[node]) if self._scorer else 0.0

    def labels(self, node: int) -> list[int]:
        """The prefix's indices."""
        labels = []
        while node:
            labels.append(self._lasts[node])
            node = self._parents[node]
        return labels[::-1]
