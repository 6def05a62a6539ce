"""From a network's log-probabilities to text: the best path, a text's probability and its alignment.

The network gives each of ``T`` steps a distribution over ``V`` indices, of which 0 is the blank. A path becomes a
text when its repeated indices are collapsed and its blanks dropped; a text's probability is the sum over its paths
(Graves, Fernández, Gomez & Schmidhuber 2006, equations 2 and 3). The most probable path need not belong to the most
probable text: that one is looked for in ``beam.py``. Everything is NumPy, in log space.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike, NDArray

from handwriting.alphabet import BLANK, Alphabet
from handwriting.errors import InkError

Floats = NDArray[np.float64]
Steps = tuple[tuple[int, int], ...]
"""For each character the network steps that it occupies, as a half-open range (first, last + 1)."""

IMPOSSIBLE = -np.inf
"""The logarithm of no probability at all."""


@dataclass(frozen=True)
class Hypothesis:
    """What a line may say.

    ``log_probability``: a natural logarithm; each decoder says of what exactly. ``steps``: for each character the
    half-open range of network steps that it occupies in the most probable path of this text. ``score``: what the
    decoder ranked by, the log-probability plus what a language model or lexicon added.
    """

    text: str
    log_probability: float
    steps: Steps
    score: float


@dataclass(frozen=True)
class GreedyDecoder:
    """Best path decoding: the most probable index of every step, repeats collapsed, blanks dropped."""

    alphabet: Alphabet

    def decode(self, log_probs: ArrayLike) -> Hypothesis:
        """The best path's text from log-probabilities with shape (T, V).

        ``log_probability`` is that of the one path, so that the text's own is at least as high. Raises
        :class:`InkError` as :func:`checked` does.
        """
        frames = checked(log_probs, self.alphabet.size)
        path = frames.argmax(axis=1)
        edges = np.flatnonzero(np.diff(path, prepend=-1, append=-1)).tolist()
        runs = [(a, b) for a, b in pairwise(edges) if path[a] != BLANK]
        log_probability = float(frames.max(axis=1).sum())
        text = self.alphabet.decode([path[a] for a, _ in runs])
        return Hypothesis(text, log_probability, tuple(runs), log_probability)


def checked(log_probs: ArrayLike, size: int | None = None) -> Floats:
    """``log_probs`` as float64 with shape (T, V). ``-inf`` is allowed, and so is T = 0.

    Raises :class:`InkError` when the shape is another, V is not ``size``, a value is NaN or clearly above 0 (the raw
    output before its log-softmax, say), or a step gives no index any probability.
    """
    frames = np.asarray(log_probs, dtype=np.float64)
    if frames.ndim != 2 or frames.shape[1] < 2 or frames.shape[1] != (size or frames.shape[1]):
        raise InkError(f"log-probabilities have shape {frames.shape}; expected (T, {size or 'V'}), one row per step")
    best = frames.max(axis=1)  # NaN where a row holds one
    # rounding in float32 may leave a log-softmax a hair above 0
    wrong = np.flatnonzero(~(best <= 1e-3) | (best == IMPOSSIBLE))
    if len(wrong):
        t = wrong[0]
        raise InkError(
            f"log-probabilities: the highest of step {t} is {best[t]}; it must be finite, at most 0: apply log-softmax"
        )
    return frames


def log_probability(log_probs: ArrayLike, labels: Sequence[int] | NDArray[np.integer]) -> float:
    """The logarithm of a text's probability, summed over all its paths; ``-inf`` if it has none.

    ``log_probs``: shape (T, V). ``labels``: the text's indices, shape (U,), each 1 to V - 1. The forward pass of
    Graves et al. 2006, equations 5 to 8. Raises :class:`InkError` as :func:`checked` does, and for an index that is
    no character.
    """
    frames = checked(log_probs)
    indices = _labels(labels, frames)
    if not len(frames):
        return IMPOSSIBLE if indices else 0.0
    last = _lattice(frames, [indices], np.logaddexp)[-1, 0]
    return float(np.logaddexp.reduce(last[-2:]))


def align(log_probs: ArrayLike, labels: Sequence[int] | NDArray[np.integer]) -> Steps:
    """The steps of each character in the most probable path of a given text (Viterbi over the CTC lattice).

    ``log_probs``: shape (T, V). ``labels``: the text's indices, shape (U,), each 1 to V - 1. Raises :class:`InkError`
    when no path gives this text, for instance because it is longer than the ink, and as :func:`checked` does.
    """
    frames = checked(log_probs)
    return best_steps(frames, [_labels(labels, frames)])[0]


def best_steps(frames: Floats, texts: Sequence[Sequence[int]]) -> list[Steps]:
    """:func:`align` for several texts' indices at once, which costs little more than for one."""
    if not len(frames) or not texts:
        for text in texts:
            _refuse_if(len(text) > 0, text, frames)
        return [()] * len(texts)
    lattice = _lattice(frames, texts, np.maximum)
    return [_backtrack(lattice[:, i, : 2 * len(text) + 1], text, frames) for i, text in enumerate(texts)]


def _lattice(frames: Floats, texts: Sequence[Sequence[int]], combine: Callable[..., Floats]) -> Floats:
    """Forward log-probabilities, shape (T, N, 2U + 1), of ``N`` texts, the longest of ``U`` characters.

    State ``2u + 1`` is character u, the even states are the blanks around it; a shorter text's states beyond its own
    are meaningless and reach no state of its own. ``combine`` is ``np.logaddexp`` for the sum over paths,
    ``np.maximum`` for the best one.
    """
    states = np.full((len(texts), 2 * max(map(len, texts)) + 1), BLANK)
    for row, text in zip(states, texts, strict=True):
        row[1 : 2 * len(text) : 2] = text
    skip = np.full(states.shape, IMPOSSIBLE)  # from one character straight to the next, if it is another one
    skip[:, 3::2] = np.where(states[:, 3::2] == states[:, 1:-2:2], IMPOSSIBLE, 0.0)
    emitted = frames[:, states]  # (T, N, 2U + 1)
    forward = np.full((len(frames), states.shape[0], states.shape[1] + 2), IMPOSSIBLE)  # two states of padding in front
    forward[0, :, 2:4] = emitted[0, :, :2]
    for t in range(1, len(frames)):
        before = forward[t - 1]
        reached = combine(combine(before[:, 2:], before[:, 1:-1]), before[:, :-2] + skip)
        np.add(reached, emitted[t], out=forward[t, :, 2:])
    return forward[:, :, 2:]


def _backtrack(lattice: Floats, text: Sequence[int], frames: Floats) -> Steps:
    """The steps of ``text``'s characters from its Viterbi lattice of shape (T, 2U + 1)."""
    rows = lattice.tolist()
    state = max(range(len(rows[-1]))[-2:], key=rows[-1].__getitem__)
    _refuse_if(rows[-1][state] == IMPOSSIBLE, text, frames)
    first, last = [0] * len(text), [0] * len(text)
    for t in range(len(rows) - 1, -1, -1):
        u, is_character = divmod(state, 2)
        if is_character:
            first[u] = t
            last[u] = last[u] or t + 1
        if t:
            skips = is_character and u > 0 and text[u] != text[u - 1]
            state = max(range(state, max(-1, state - 2 - skips), -1), key=rows[t - 1].__getitem__)
    return tuple(zip(first, last, strict=True))


def _refuse_if(impossible: bool, text: Sequence[int], frames: Floats) -> None:
    if impossible:
        needed = len(text) + sum(a == b for a, b in pairwise(text))
        raise InkError(
            f"alignment: {len(frames)} steps cannot give this text of {len(text)} characters, which needs {needed} of"
            " some probability; check that text and ink belong together"
        )


def _labels(labels: Sequence[int] | NDArray[np.integer], frames: Floats) -> list[int]:
    indices = [int(index) for index in labels]
    for index in indices:
        if not 1 <= index < frames.shape[1]:
            raise InkError(
                f"labels: index {index} is no character; characters have the indices 1 to {frames.shape[1] - 1}"
            )
    return indices
