"""CTC decoding: the best path through a network's output, the probability of a text, and its alignment.

At each of ``T`` steps the network outputs a distribution over ``V`` indices; index 0 is the blank. A path becomes a
text when repeated indices are collapsed and blanks are dropped; the probability of a text is the sum over its paths
(Graves, Fernández, Gomez & Schmidhuber 2006, equations 2 and 3). The most probable path need not belong to the most
probable text, which ``beam.py`` searches for. All computation is in log space, with NumPy.
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
StepRanges = tuple[tuple[int, int], ...]
"""The network steps that each character occupies, as half-open ranges (first, last + 1)."""

IMPOSSIBLE = -np.inf
"""Logarithm of probability 0."""


@dataclass(frozen=True)
class Hypothesis:
    """A possible text of a line."""

    text: str
    log_probability: float
    """Natural logarithm of a probability; each decoder documents which."""
    steps: StepRanges
    """Network steps of each character on the most probable path of this text."""
    score: float
    """Score by which the decoder ranks: the log-probability plus the scores of a language model or lexicon."""


@dataclass(frozen=True)
class GreedyDecoder:
    """Best-path decoding: take the most probable index at each step, collapse repeats, drop blanks."""

    alphabet: Alphabet

    def decode(self, log_probs: ArrayLike) -> Hypothesis:
        """Return the text of the best path through log-probabilities with shape (T, V).

        ``log_probability`` is that of the path; the log-probability of the text is at least as high. Raises
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
    """Return ``log_probs`` as float64 with shape (T, V). ``-inf`` is allowed, and so is T = 0.

    Raises :class:`InkError` for a different shape, if V is not ``size``, if a value is NaN or clearly above 0 (such as
    network output before log-softmax), or if all indices have probability 0 at some step.
    """
    frames = np.asarray(log_probs, dtype=np.float64)
    if frames.ndim != 2 or frames.shape[1] < 2 or frames.shape[1] != (size or frames.shape[1]):
        raise InkError(f"log-probabilities have shape {frames.shape}; expected (T, {size or 'V'}), one row per step")
    best = frames.max(axis=1)  # NaN if the row contains one
    # Rounding in float32 may leave a log-softmax slightly above 0.
    wrong = np.flatnonzero(~(best <= 1e-3) | (best == IMPOSSIBLE))
    if len(wrong):
        t = wrong[0]
        raise InkError(
            f"log-probabilities: the highest of step {t} is {best[t]}; it must be finite, at most 0: apply log-softmax"
        )
    return frames


def log_probability(log_probs: ArrayLike, labels: Sequence[int] | NDArray[np.integer]) -> float:
    """Return the logarithm of a text's probability, summed over all its paths; ``-inf`` if it has none.

    ``log_probs`` has shape (T, V); ``labels`` (U,) are the indices of the text, each from 1 to V - 1. This is the
    forward pass of Graves et al. 2006, equations 5 to 8. Raises :class:`InkError` as :func:`checked` does, and for an
    index out of range.
    """
    frames = checked(log_probs)
    indices = _labels(labels, frames)
    if not len(frames):
        return IMPOSSIBLE if indices else 0.0
    last = _lattice(frames, [indices], np.logaddexp)[-1, 0]
    return float(np.logaddexp.reduce(last[-2:]))


def align(log_probs: ArrayLike, labels: Sequence[int] | NDArray[np.integer]) -> StepRanges:
    """Return the steps of each character on the most probable path of a given text (Viterbi over the CTC lattice).

    ``log_probs`` has shape (T, V); ``labels`` (U,) are the indices of the text, each from 1 to V - 1. Raises
    :class:`InkError` as :func:`checked` does, and if no path gives this text, for instance because it is too long.
    """
    frames = checked(log_probs)
    return best_steps(frames, [_labels(labels, frames)])[0]


def best_steps(frames: Floats, texts: Sequence[Sequence[int]]) -> list[StepRanges]:
    """Align several texts, given as indices, at once; it takes little longer than :func:`align` for one."""
    if not len(frames) or not texts:
        for text in texts:
            _refuse_if(len(text) > 0, text, frames)
        return [()] * len(texts)
    lattice = _lattice(frames, texts, np.maximum)
    return [_backtrack(lattice[:, i, : 2 * len(text) + 1], text, frames) for i, text in enumerate(texts)]


def _lattice(frames: Floats, texts: Sequence[Sequence[int]], combine: Callable[..., Floats]) -> Floats:
    """Return forward log-probabilities, shape (T, N, 2U + 1), of ``N`` texts, the longest of ``U`` characters.

    State ``2u + 1`` is character u; even states are the blanks around the characters. The states beyond the end of a
    shorter text are meaningless and lead to no state of the text. ``combine`` is ``np.logaddexp`` to sum over paths and
    ``np.maximum`` to take the best one.
    """
    states = np.full((len(texts), 2 * max(map(len, texts)) + 1), BLANK)
    for row, text in zip(states, texts, strict=True):
        row[1 : 2 * len(text) : 2] = text
    skip = np.full(states.shape, IMPOSSIBLE)  # from a character straight to the next, if they differ
    skip[:, 3::2] = np.where(states[:, 3::2] == states[:, 1:-2:2], IMPOSSIBLE, 0.0)
    emitted = frames[:, states]  # (T, N, 2U + 1)
    forward = np.full((len(frames), states.shape[0], states.shape[1] + 2), IMPOSSIBLE)  # two states of padding in front
    forward[0, :, 2:4] = emitted[0, :, :2]
    for t in range(1, len(frames)):
        before = forward[t - 1]
        reached = combine(combine(before[:, 2:], before[:, 1:-1]), before[:, :-2] + skip)
        np.add(reached, emitted[t], out=forward[t, :, 2:])
    return forward[:, :, 2:]


def _backtrack(lattice: Floats, text: Sequence[int], frames: Floats) -> StepRanges:
    """Return the steps of the characters of ``text`` from its Viterbi lattice, shape (T, 2U + 1)."""
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
            f"alignment: {len(frames)} steps cannot produce this text of {len(text)} characters, which needs "
            f"{needed} of non-zero probability; check that text and ink belong together"
        )


def _labels(labels: Sequence[int] | NDArray[np.integer], frames: Floats) -> list[int]:
    indices = [int(index) for index in labels]
    for index in indices:
        if not 1 <= index < frames.shape[1]:
            raise InkError(
                f"labels: {index} is not the index of a character; characters have indices 1 to {frames.shape[1] - 1}"
            )
    return indices
