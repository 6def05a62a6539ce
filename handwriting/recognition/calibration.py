"""How probable it is that a line, a word, a character was read rightly.

What the search found beside the best text, and how sure the network was of each character, are put together by three
logistic regressions, fitted on lines whose text is known (Platt 1999; Guo et al. 2017, "On calibration of modern neural
networks"). Their weights stand on the recognizer's card, for each decoder its own, since they hold for one network, one
language model and one search together.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, astuple, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from handwriting.errors import InkError
from handwriting.recognition.decode import Floats, Hypothesis

SURE = 7.0
"""Largest log-odds that count: what is surer is rounding."""
RIVALS = 10
"""Of the hypotheses, best first, that are weighed against each other: a wider search finds more of them."""
TEMPERATURE = 2.0
"""Scores of the search differ by too much: language model and network err together."""


EVIDENCE_LEVELS = ("character", "word", "line")
"""What probabilities are stated for; the fields of :class:`Calibration`, in order."""
EVIDENCE_COLUMNS = (2, 3, 3)
"""Columns of the evidence at each level."""


@dataclass(frozen=True)
class Evidence:
    """What speaks for the best of several hypotheses."""

    characters: Floats
    """Shape (U, 2): log-odds of each character, by the rivals that have it too, and by the network."""
    words: Floats
    """Shape (W, 3): the same of each word, the network's of its least sure character; and the mean of its characters'
    lower ones."""
    spans: tuple[tuple[int, int], ...]
    """Of each word, its characters, half-open."""
    line: Floats
    """Shape (1, 3): log-odds against the rivals; how probable the network finds the text, ``-log(1 - log p)``; and what
    the language model adds to its score, a character."""


def evidence(best: Hypothesis, labels: Sequence[int], rivals: Sequence[tuple[str, float]], frames: NDArray) -> Evidence:
    """``rivals``: texts and scores, the best itself among them; ``frames``: log-probabilities (T, V)."""
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
    language = (best.score - best.log_probability) / max(1, len(best.text))
    return Evidence(characters, words, spans, np.array([[float(_log_odds(np.array(own))), network, language]]))


Probabilities = tuple[Sequence[float | None], Sequence[float | None], Sequence[float | None]]
"""Probabilities of the characters and of the words of the best reading, and of the readings; None where unknown."""


@dataclass(frozen=True)
class Calibration:
    """Weights of the three regressions: a constant, and one for each column of the evidence."""

    character: tuple[float, ...]
    word: tuple[float, ...]
    line: tuple[float, ...]

    @classmethod
    def of_card(cls, card: Mapping[str, Any], decoder: str) -> Calibration | None:
        """Return the calibration for ``decoder`` on a recognizer's card, or None if none was fitted.

        Raises :class:`InkError` if it was fitted to the evidence of another version.
        """
        stored = card.get("calibration", {}).get(decoder)
        if stored is None:
            return None
        found = cls(*(tuple(stored.get(level, ())) for level in EVIDENCE_LEVELS))
        if tuple(map(len, astuple(found))) != tuple(1 + columns for columns in EVIDENCE_COLUMNS):
            raise InkError(f"the card's calibration for {decoder} is of another version; run the command 'calibrate'")
        return found

    def record(self) -> dict[str, list[float]]:
        return {name: [round(w, 5) for w in weights] for name, weights in asdict(self).items()}

    def probabilities(self, found: Evidence, scores: Sequence[float]) -> Probabilities:
        """Return the probabilities that each character, each word and each reading is right.

        ``scores`` are those of the readings, best first. The best reading's probability is the regression's; the
        others share the rest in proportion to exp(score / :data:`TEMPERATURE`), none getting more than the best.
        """
        line = float(logistic(found.line, self.line)[0])
        weights = np.exp((np.array(scores[1:]) - scores[0]) / TEMPERATURE)
        others = (1 - line) * weights / max(weights.sum(), 1e-9)
        return (
            logistic(found.characters, self.character).tolist(),
            logistic(found.words, self.word).tolist(),
            [line, *np.minimum(line, others).tolist()],
        )


def logistic(features: Floats, weights: Sequence[float]) -> Floats:
    """Probabilities (N,) from features (N, F) and F + 1 weights, the constant first."""
    return 1 / (1 + np.exp(-(weights[0] + features @ np.array(weights[1:]))))


def _log_odds(probabilities: Floats) -> Floats:
    p = np.clip(probabilities, 1e-9, 1 - 1e-9)
    return np.clip(np.log(p / (1 - p)), -SURE, SURE)


def _agreement(a: str, b: str) -> tuple[int, int]:
    """How many characters two texts share at their beginning, and how many of the rest at their end."""
    if a == b:
        return len(a), 0
    most = min(len(a), len(b))
    prefix = next((i for i in range(most) if a[i] != b[i]), most)
    suffix = next((i for i in range(most - prefix) if a[-1 - i] != b[-1 - i]), most - prefix)
    return prefix, suffix


def _words(text: str) -> tuple[tuple[int, int], ...]:
    spans, begin = [], 0
    for i, c in enumerate(text + " "):
        if c == " ":
            if i > begin:
                spans.append((begin, i))
            begin = i + 1
    return tuple(spans)
