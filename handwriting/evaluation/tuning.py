"""Tune the weights of a language model: find those that read a development set best.

The network's log-probabilities are computed once. Coordinate descent then moves one weight after another up and down
as long as the error rate falls, with smaller steps in each round.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from numpy.typing import NDArray

from handwriting import metrics
from handwriting.corpora import Corpus
from handwriting.features import encode
from handwriting.recognition.beam import BeamSearchDecoder
from handwriting.recognition.language.model import LanguageModel
from handwriting.recognition.language.scorer import Weights
from handwriting.recognition.recognizer import Recognizer

FIRST_STEPS = {"language": 0.2, "character": 0.5, "word": 0.5, "lexicon": 0.1}
"""The tuned weights, and their step sizes in the first round."""
BOUNDS = {"language": (0.0, 3.0), "character": (-2.0, 6.0), "word": (-4.0, 4.0), "lexicon": (0.0, 0.98)}
"""Smallest and largest value of each weight."""


@dataclass(frozen=True)
class TuningReport:
    """The best weights and their error rates on the lines that they were tuned on."""

    weights: Weights
    split: str
    cer: float
    wer: float
    lines: int
    tried: int
    """Number of different weights that were tried."""

    def figures(self) -> dict[str, Any]:
        """Return the figures as JSON-serialisable values; rates are fractions."""
        return asdict(self)

    def render(self) -> str:
        """Return the figures as text for people; rates are percentages."""
        return f"CER {100 * self.cer:.2f} %, WER {100 * self.wer:.2f} % on {self.lines} lines of {self.split}"

    def applied_to(self, language: LanguageModel, command: str) -> LanguageModel:
        """Return ``language`` with these weights, and with their origin on its card."""
        tuned = {name: value for name, value in self.figures().items() if name != "weights"}
        return replace(language, weights=self.weights, card={**language.card, "tuned": {**tuned, "command": command}})


def tune(
    recognizer: Recognizer,
    language: LanguageModel,
    corpus: Corpus,
    split: str,
    every: int = 4,
    rounds: int = 2,
    beam: int = 25,
    say: Callable[[str], object] = lambda message: None,
) -> TuningReport:
    """Find the weights with the lowest CER on every ``every``-th line of ``split``.

    Each of the ``rounds`` halves the steps of the round before. ``say`` is called with a message at each improvement.
    """
    lines = list(corpus.lines(split))[::every]
    log_probs = recognizer.log_probs([encode(line.ink, recognizer.features) for line in lines])
    texts = [line.text for line in lines]
    tried: dict[Weights, metrics.Score] = {}

    def cer(weights: Weights) -> float:
        if weights not in tried:
            scorer = language.scorer(recognizer.alphabet, weights=weights)
            tried[weights] = _score(BeamSearchDecoder(recognizer.alphabet, beam, 1, scorer=scorer), log_probs, texts)
        return tried[weights].cer

    best = language.weights
    say(f"CER {100 * cer(best):.2f} %  {best}")
    for n in range(rounds):
        improved = True
        while improved:
            improved = False
            for name, step in FIRST_STEPS.items():
                low, high = BOUNDS[name]
                for direction in (1, -1):
                    value = round(min(high, max(low, getattr(best, name) + direction * step / 2**n)), 4)
                    moved = replace(best, **{name: value})
                    if cer(moved) < cer(best):
                        best, improved = moved, True
                        say(f"CER {100 * cer(best):.2f} %  {best}")
                        break
    score = tried[best]
    return TuningReport(best, split, score.cer, score.wer, len(lines), len(tried))


def _score(decoder: BeamSearchDecoder, log_probs: Sequence[NDArray], texts: Sequence[str]) -> metrics.Score:
    outputs = [next(iter(h.text for h in decoder.decode(one)), "") for one in log_probs]
    return metrics.score(zip(texts, outputs, strict=True))
