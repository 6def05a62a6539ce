"""Tune the weights of a language model: find those with the lowest CER on a development set.

The network's log-probabilities are computed once. Coordinate descent then changes one weight at a time
as long as the error rate falls, with smaller steps in each round.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from handwriting import metrics
from handwriting.corpora import Corpus
from handwriting.errors import InkError
from handwriting.features import encode
from handwriting.recognition.beam import BEAM, BeamSearchDecoder, SearchResult
from handwriting.recognition.language.lstm import CharacterLSTM
from handwriting.recognition.language.model import LanguageModel
from handwriting.recognition.language.scorer import Weights
from handwriting.recognition.recognizer import Recognizer

FIRST_STEPS = {"language": 0.2, "character": 0.5, "word": 0.5, "lexicon": 0.1, "lstm": 0.2}
"""The tuned weights, and their step sizes in the first round."""
BOUNDS = {
    "language": (0.0, 3.0),
    "character": (-2.0, 6.0),
    "word": (-4.0, 4.0),
    "lexicon": (0.0, 0.98),
    "lstm": (0.0, 3.0),
}
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
        """Return ``language`` with these weights, and with details of the tuning on its card."""
        tuned = {name: value for name, value in self.figures().items() if name != "weights"}
        return replace(language, weights=self.weights, card={**language.card, "tuned": {**tuned, "command": command}})


def tune(
    recognizer: Recognizer,
    language: LanguageModel,
    corpus: Corpus,
    split: str,
    every: int = 4,
    rounds: int = 2,
    beam: int = BEAM,
    say: Callable[[str], object] = lambda message: None,
    only: Sequence[str] = (),
) -> TuningReport:
    """Find the weights with the lowest CER on every ``every``-th line of ``split``.

    The steps are halved from round to round. ``say`` is called with a message at each improvement.
    ``only`` names the weights to tune; by default all are tuned, the LSTM's only if ``language`` has an LSTM. Raises
    :class:`InkError` for an unknown weight, and for the LSTM's weight if there is no LSTM.
    """
    tunable = [name for name in FIRST_STEPS if name != "lstm" or language.lstm is not None]
    for name in only:
        if name not in tunable:
            raise InkError(f"weight {name!r} cannot be tuned; choose from {', '.join(tunable)}")
    names = [name for name in tunable if name in (only or tunable)]
    lines = list(corpus.lines(split))[::every]
    log_probs = recognizer.log_probs([encode(line.ink, recognizer.features) for line in lines])
    texts = [line.text for line in lines]
    tried: dict[Weights, metrics.Score] = {}
    searched: dict[Weights, list[list[SearchResult]]] = {}
    language = replace(language, lstm=language.lstm and _CachedLSTM(language.lstm))

    def cer(weights: Weights) -> float:
        if weights not in tried:
            alone = replace(weights, lstm=0.0)
            if alone not in searched:
                scorer = language.scorer(recognizer.alphabet, weights=alone)
                search = BeamSearchDecoder(recognizer.alphabet, beam, 1, scorer=scorer).search
                searched[alone] = [search(one) for one in log_probs]
            found = [language.rescored(one, weights=weights) for one in searched[alone]]
            outputs = [next((one.text for one in results), "") for results in found]
            tried[weights] = metrics.score(zip(texts, outputs, strict=True))
        return tried[weights].cer

    best = language.weights
    say(f"CER {100 * cer(best):.2f} %  {best}")
    for n in range(rounds):
        improved = True
        while improved:
            improved = False
            for name in names:
                step = FIRST_STEPS[name]
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


class _CachedLSTM(CharacterLSTM):
    """An LSTM that caches its results, so that no text is read twice."""

    def __init__(self, lstm: CharacterLSTM) -> None:
        self.path, self._lstm = lstm.path, lstm
        self._known: dict[tuple[str, str], float] = {}

    def log_probabilities(self, texts: Sequence[str], context: str = "") -> NDArray[np.float64]:
        new = [text for text in dict.fromkeys(texts) if (text, context) not in self._known]
        for text, value in zip(new, self._lstm.log_probabilities(new, context).tolist(), strict=True):
            self._known[text, context] = value
        return np.array([self._known[text, context] for text in texts])
