"""Prefix beam search: the most probable text, and what a language model or lexicon makes of it.

Each step extends the most probable prefixes by one index. Paths that collapse to the same prefix are summed, those
that end in a blank apart from those that end in the prefix's last character, since a repeated character counts twice
only with a blank between (Graves 2012, "Supervised sequence labelling with recurrent neural networks", section 7.5;
Hannun, Maas, Jurafsky & Ng 2014, algorithm 1). NumPy, in log space.
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


class Scorer(Protocol):
    """What else a text is judged by during the search: a language model, a lexicon, a reward for length.

    A prefix has a state, which is one element of an array whose first axis is prefixes; what is in it is the scorer's
    own business. All scores are added to log-probabilities: weighting them is the scorer's business too, and ``-inf``
    forbids. Prefixes are judged many at a time.
    """

    most: float
    """No character adds more than this: what cannot come into the beam even so is not judged."""

    def start(self) -> NDArray:
        """The state of the empty prefix, one element."""
        ...

    def extend(self, states: NDArray, characters: Indices) -> tuple[Floats, NDArray]:
        """What each of ``N`` characters adds when it extends the prefix of the state beside it, and the states then."""
        ...

    def finish(self, states: NDArray) -> Floats:
        """What is added when the line ends with each of ``N`` prefixes."""
        ...


@dataclass(frozen=True)
class Found:
    """A text that the search came to: its indices, and what a :class:`Hypothesis` has but for the alignment."""

    labels: list[int]
    text: str
    log_probability: float
    score: float


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
        return self.aligned(frames, self.search(frames)[: self.n_best])

    def search(self, log_probs: ArrayLike) -> list[Found]:
        """All texts that are left in the beam, best first, without their alignment; as :meth:`decode` otherwise."""
        frames = checked(log_probs, self.alphabet.size)
        tree = _Tree()
        beam = self._search(frames, tree)
        added = beam.added + (self.scorer.finish(beam.states) if self.scorer else 0.0)
        found = []
        for node, log_probability, more in zip(beam.node.tolist(), beam.total.tolist(), added.tolist(), strict=True):
            if log_probability + more > IMPOSSIBLE:
                found.append((-log_probability - more, tree.labels(node), log_probability))
        return [
            Found(labels, self.alphabet.decode(labels), log_probability, -minus_score)
            for minus_score, labels, log_probability in sorted(found)
        ]

    def aligned(self, log_probs: ArrayLike, found: Sequence[Found]) -> list[Hypothesis]:
        """The texts with the steps of their characters."""
        steps = best_steps(checked(log_probs, self.alphabet.size), [one.labels for one in found])
        return [
            Hypothesis(one.text, one.log_probability, ranges, one.score)
            for one, ranges in zip(found, steps, strict=True)
        ]

    def _search(self, frames: Floats, tree: _Tree) -> _Beam:
        """The prefixes that are left after the last step."""
        extends = frames >= frames.max(axis=1, keepdims=True) + self.threshold  # (T, V)
        extends[:, BLANK] = False
        beam = _Beam.empty_prefix(self.scorer.start() if self.scorer else np.zeros(1))
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

        stayed_score = stayed.total + stayed.added
        row, column = self._promising(beam, stayed_score, grown)
        if self.scorer and len(row):
            more, states = self.scorer.extend(beam.states[row], characters[column])
        else:
            more, states = np.zeros(len(row)), beam.states[row]
        added = beam.added[row] + more
        score = np.concatenate([stayed_score, grown[row, column] + added])
        best = np.argpartition(-score, self.beam)[: self.beam] if len(score) > self.beam else np.arange(len(score))
        best = best[score[best] > IMPOSSIBLE]
        stay, new = best[best < len(beam)], best[best >= len(beam)] - len(beam)
        row, column = row[new], column[new]
        node, character = beam.node[row], characters[column]
        return _Beam(
            node=np.concatenate([stayed.node[stay], tree.children(node, character)]),
            parent=np.concatenate([stayed.parent[stay], node]),
            last=np.concatenate([stayed.last[stay], character]),
            blank=np.concatenate([stayed.blank[stay], np.full(len(row), IMPOSSIBLE)]),
            other=np.concatenate([stayed.other[stay], grown[row, column]]),
            added=np.concatenate([stayed.added[stay], added[new]]),
            states=_joined(stayed.states[stay], states[new]),
        )

    def _promising(self, beam: _Beam, stayed_score: Floats, grown: Floats) -> tuple[Indices, Indices]:
        """Rows and columns of the extensions that may come into the beam."""
        score = grown + beam.added[:, None]
        least = IMPOSSIBLE
        if len(stayed_score) >= self.beam:
            least = float(stayed_score.min()) - (self.scorer.most if self.scorer else 0.0)
        row, column = np.nonzero((score > least) & (score > IMPOSSIBLE))
        return row, column


def _joined(a: NDArray, b: NDArray) -> NDArray:
    """Both, one after the other; ``np.concatenate`` is slow where an element has fields."""
    both = np.empty((len(a) + len(b), *a.shape[1:]), a.dtype)
    both[: len(a)], both[len(a) :] = a, b
    return both


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
    states: NDArray
    """The scorer's."""

    @classmethod
    def empty_prefix(cls, state: NDArray) -> _Beam:
        zero, none = np.zeros(1, dtype=np.int64), np.full(1, IMPOSSIBLE)
        return cls(zero, zero - 1, zero + BLANK, blank=np.zeros(1), other=none, added=np.zeros(1), states=state)

    def __len__(self) -> int:
        return len(self.node)

    @property
    def total(self) -> Floats:
        return np.logaddexp(self.blank, self.other)

    def stay(self, frame: Floats) -> _Beam:
        """The same prefixes after a step of a blank or of the last character once more."""
        blank, other = self.total + frame[BLANK], self.other + frame[self.last]
        return _Beam(self.node, self.parent, self.last, blank, other, self.added, self.states)


class _Tree:
    """Every prefix that was ever kept: node 0 is the empty one, so that a prefix that returns keeps its number."""

    def __init__(self) -> None:
        self._parents, self._lasts = [-1], [BLANK]
        self._children: dict[tuple[int, int], int] = {}

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
        return child

    def labels(self, node: int) -> list[int]:
        """The prefix's indices."""
        labels = []
        while node:
            labels.append(self._lasts[node])
            node = self._parents[node]
        return labels[::-1]
