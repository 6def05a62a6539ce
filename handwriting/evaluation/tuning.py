"""Weigh a language model against a network: the weights that read a development set best.

The network's log-probabilities are computed once; then one weight after the other is moved up and down while that
helps, first coarsely on a part of the lines, then finely.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from numpy.typing import NDArray

from handwriting import metrics
from handwriting.corpora import Corpus
from handwriting.features import encode
from handwriting.recognition.beam import BeamSearchDecoder
from handwriting.recognition.language.model import LanguageModel
from handwriting.recognition.language.scorer import Weights
from handwriting.recognition.recognizer import Recognizer

STEPS = {"language": 0.2, "character": 0.5, "word": 0.5, "lexicon": 0.1}
"""What is moved, and by how much at first."""
BOUNDS = {"language": (0.0, 3.0), "character": (-2.0, 6.0), "word": (-4.0, 4.0), "lexicon": (0.0, 0.98)}


@dataclass(frozen=True)
class Tuned:
    """The best weights and the rates that they give on the lines they were tuned on."""

    weights: Weights
    cer: float
    wer: float
    lines: int
    tried: int

    def model(self, language: LanguageModel, split: str, command: str) -> LanguageModel:
        """``language`` with these weights, and a card that says where they are from."""
        tuned = {"split": split, "lines": self.lines, "cer": self.cer, "wer": self.wer, "tried": self.tried}
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
) -> Tuned:
    """Weights for every ``every``-th line of ``split``, by character error rate; each of ``rounds`` halves the steps.

    ``say`` is told of each improvement.
    """
    lines = list(corpus.lines(split))[::every]
    log_probs = recognizer.log_probs([encode(line.ink, recognizer.features) for line in lines])
    texts = [line.text for line in lines]
    tried: dict[Weights, metrics.Score] = {}

    def score(weights: Weights) -> float:
        if weights not in tried:
            scorer = language.scorer(recognizer.alphabet, weights=weights)
            tried[weights] = _score(BeamSearchDecoder(recognizer.alphabet, beam, 1, scorer=scorer), log_probs, texts)
        return tried[weights].cer

    best = language.weights
    say(f"CER {100 * score(best):.2f} %  {best}")
    for n in range(rounds):
        improved = True
        while improved:
            improved = False
            for name, step in STEPS.items():
                low, high = BOUNDS[name]
                for direction in (1, -1):
                    value = round(min(high, max(low, getattr(best, name) + direction * step / 2**n)), 4)
                    moved = replace(best, **{name: value})
                    if score(moved) < score(best):
                        best, improved = moved, True
                        say(f"CER {100 * score(best):.2f} %  {best}")
                        break
    found = tried[best]
    return Tuned(best, found.cer, found.wer, len(lines), len(tried))


def _score(decoder: BeamSearchDecoder, log_probs: Sequence[NDArray], texts: Sequence[str]) -> metrics.Score:
    outputs = [next(iter(h.text for h in decoder.decode(one)), "") for one in log_probs]
    return metrics.score(zip(texts, outputs, strict=True))
