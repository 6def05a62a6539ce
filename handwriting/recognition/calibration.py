"""Probabilities that a line, a word or a character was read correctly.

Two kinds of evidence, the rivals that the search found for the best text and the network's own confidence, go with
their squares into three logistic regressions fitted on lines with known texts (Platt 1999; Guo et al. 2017, "On
calibration of modern neural networks"). The weights are stored on the recognizer's card, separately for each decoder,
because they are valid for one combination of network, language model and search. Without fitted weights no probability
is given; :mod:`handwriting.evaluation.calibrate` fits them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, astuple, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from handwriting.errors import InkError
from handwriting.recognition.decode import Floats, Hypothesis

MAX_LOG_ODDS = 7.0
"""Log-odds are clipped to this value: differences beyond it are rounding errors."""
MAX_LANGUAGE = 2.0
"""The language model's contribution per character is clipped to plus or minus this value; other languages exceed it."""
RIVALS = 10
"""Number of best hypotheses that are compared. It is fixed because a wider search finds more of them."""
TEMPERATURE = 2.0
"""Scores are divided by this before they are compared: language model and network make the same errors together."""

EVIDENCE_LEVELS = ("character", "word", "line")
"""Levels at which probabilities are given; the fields of :class:`Calibration`, in order."""
EVIDENCE_COLUMNS = (2, 3, 3)
"""Number of columns of the evidence at each level."""


@dataclass(frozen=True, eq=False)
class Evidence:
    """Evidence for the best of several hypotheses, as features of logistic regressions."""

    characters: Floats
    """Shape (U, 2): log-odds of each character according to the rivals that contain it, and to the network."""
    words: Floats
    """Shape (W, 3): for each word the lowest of both columns over its characters, and the mean over its characters of
    the lower column."""
    spans: tuple[tuple[int, int], ...]
    """The characters of each word, half-open."""
    line: Floats
    """Shape (1, 3): log-odds against the rivals; the network's confidence in the text, ``-log(1 - log p)``; and the
    language model's contribution to the score, per character."""


def evidence(best: Hypothesis, labels: Sequence[int], rivals: Sequence[tuple[str, float]], frames: NDArray) -> Evidence:
    """Collect the evidence for ``best``, a text with indices ``labels``.

    ``rivals`` are texts and scores, the best itself included; ``frames`` are log-probabilities, shape (T, V).
    """
    scores = np.array([score for _, score in rivals])
    weights = np.exp((scores - scores.max()) / TEMPERATURE)
    weights /= weights.sum()
    kept = np.zeros(len(best.text))
    for (text, _), weight in zip(rivals, weights.tolist(), strict=True):
        prefix, suffix = _agreement(best.text, text)
        kept[:prefix] += weight
        kept[len(kept) - suffix :] += weight
    peaks = [float(frames[first:last, label].max()) for label, (first, last) in zip(labels, best.steps, strict=True)]
    characters = np.stack([_log_odds(kept), _log_odds(np.exp(peaks))], axis=1)
    spans = _words(best.text)
    lower = characters.min(axis=1)
    words = np.array([[*characters[a:b].min(axis=0), lower[a:b].mean()] for a, b in spans]).reshape(len(spans), 3)
    own = sum(weight for (text, _), weight in zip(rivals, weights.tolist(), strict=True) if text == best.text)
    network = -np.log1p(max(0.0, -best.log_probability))
    language = np.clip((best.score - best.log_probability) / max(1, len(best.text)), -MAX_LANGUAGE, MAX_LANGUAGE)
    return Evidence(characters, words, spans, np.array([[float(_log_odds(np.array(own))), network, language]]))


@dataclass(frozen=True)
class Probabilities:
    """Probabilities that the parts of a transcription are right; None where no calibration was fitted."""

    characters: Sequence[float | None]
    """Probability of each character of the best reading."""
    words: Sequence[float | None]
    """Probability of each word of the best reading."""
    readings: Sequence[float | None]
    """Probability of each reading, best first."""

    @classmethod
    def unknown(cls, found: Evidence, readings: int) -> Probabilities:
        """Return probabilities that are all None, for a transcription with ``readings`` readings."""
        return cls([None] * len(found.characters), [None] * len(found.words), [None] * readings)


@dataclass(frozen=True)
class Calibration:
    """Weights of the three regressions: a constant, one weight for each column of the evidence, and one for its square.

    Cards of earlier versions have none for the squares.
    """

    character: tuple[float, ...]
    word: tuple[float, ...]
    line: tuple[float, ...]

    @classmethod
    def of_card(cls, card: Mapping[str, Any], decoder: str) -> Calibration | None:
        """Return the calibration for ``decoder`` on a recognizer's card, or None if none was fitted.

        Raises :class:`InkError` if it is damaged or was fitted to evidence with a different number of columns.
        """
        try:
            stored = card.get("calibration", {}).get(decoder)
            if stored is None:
                return None
            found = cls(*(tuple(map(float, stored.get(level, ()))) for level in EVIDENCE_LEVELS))
        except (AttributeError, TypeError, ValueError) as error:
            raise InkError(f"the card's calibration for {decoder} is damaged; run the command 'calibrate'") from error
        lengths = zip(map(len, astuple(found)), EVIDENCE_COLUMNS, strict=True)
        if any(length not in (1 + columns, 1 + 2 * columns) for length, columns in lengths):
            raise InkError(f"the card's calibration for {decoder} is of another version; run the command 'calibrate'")
        if not np.isfinite(np.concatenate(astuple(found))).all():
            raise InkError(f"the card's calibration for {decoder} is damaged; run the command 'calibrate'")
        return found

    def record(self) -> dict[str, list[float]]:
        """Return the weights as they are stored on a card."""
        return {name: [round(w, 5) for w in weights] for name, weights in asdict(self).items()}

    def probabilities(self, found: Evidence, scores: Sequence[float]) -> Probabilities:
        """Return the probabilities of a transcription whose readings have these ``scores``, best first.

        The best reading's probability is the regression's. The others share the rest in proportion to
        exp(score / :data:`TEMPERATURE`), and none gets more than the best.
        """
        line = float(logistic(found.line, self.line)[0])
        weights = np.exp((np.array(scores[1:]) - scores[0]) / TEMPERATURE)
        others = (1 - line) * weights / max(weights.sum(), 1e-9)
        return Probabilities(
            logistic(found.characters, self.character).tolist(),
            logistic(found.words, self.word).tolist(),
            [line, *np.minimum(line, others).tolist()],
        )


def logistic(features: Floats, weights: Sequence[float]) -> Floats:
    """Return probabilities (N,) from features (N, F) and the weights of their :func:`terms`.

    The weights of the squares may be missing.
    """
    return 1 / (1 + np.exp(-(terms(features)[:, : len(weights)] @ np.array(weights))))


def terms(features: Floats) -> Floats:
    """Return ones, the features (N, F) and their squares, shape (N, 1 + 2 F)."""
    return np.column_stack([np.ones(len(features)), features, features**2])


def _log_odds(probabilities: Floats) -> Floats:
    p = np.clip(probabilities, 1e-9, 1 - 1e-9)
    return np.clip(np.log(p / (1 - p)), -MAX_LOG_ODDS, MAX_LOG_ODDS)


def _agreement(a: str, b: str) -> tuple[int, int]:
    """Return the lengths of the common prefix of two texts, and of the common suffix of what follows it."""
    if a == b:
        return len(a), 0
    most = min(len(a), len(b))
    prefix = next((i for i in range(most) if a[i] != b[i]), most)
    suffix = next((i for i in range(most - prefix) if a[-1 - i] != b[-1 - i]), most - prefix)
    return prefix, suffix


def _words(text: str) -> tuple[tuple[int, int], ...]:
    """Return the half-open ranges of the words of ``text``, which spaces separate."""
    spans, begin = [], 0
    for i, c in enumerate(text + " "):
        if c == " ":
            if i > begin:
                spans.append((begin, i))
            begin = i + 1
    return tuple(spans)
