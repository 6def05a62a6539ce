"""Evaluate a language model on the texts of a corpus: bits per character, with and without the preceding lines."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass

import numpy as np

from handwriting.alphabet import Alphabet
from handwriting.corpora import Corpus, label
from handwriting.ink import Floats
from handwriting.progress import Progress, no_progress
from handwriting.recognition.language.model import Hints, LanguageModel
from handwriting.recognition.language.scorer import CONTEXT_CHARACTERS

PRINTABLE = "".join(map(chr, range(32, 127)))


@dataclass(frozen=True)
class LanguageReport:
    """Bits per character by model; the end of a line counts as one character."""

    split: str
    lines: int
    bits: dict[str, float]
    """Bits by model: ``n-grams``, ``lstm``, and ``both``, the mean of the probabilities that they give a character."""
    bits_alone: dict[str, float]
    """Bits by model, without the preceding lines as context."""

    def figures(self) -> dict[str, object]:
        """Return the figures as JSON-serialisable values."""
        return asdict(self)

    def render(self) -> str:
        """Return the figures as text for people."""
        rows = [f"{self.split}, {self.lines} lines: bits a character, and without the lines before"]
        return "\n".join(
            rows + [f"{name:8} {bits:.3f}  {self.bits_alone[name]:.3f}" for name, bits in self.bits.items()]
        )


def measure(model: LanguageModel, corpus: Corpus, split: str, progress: Progress = no_progress) -> LanguageReport:
    """Measure ``model`` on the texts of every line of ``split``."""
    alphabet, lstm = Alphabet(PRINTABLE), model.lstm

    def log_probabilities(text: str, before: str) -> dict[str, Floats]:
        found = {"n-grams": model.scorer(alphabet, Hints(context=before)).character_log_probabilities(f"{text} ")}
        if lstm is not None:
            found["lstm"] = lstm.character_log_probabilities(text, before)
            found["both"] = np.logaddexp(found["n-grams"], found["lstm"]) - math.log(2)
        return found

    lines = lines_in_context(corpus, split)
    totals: dict[str, Floats] = {}
    for done, (before, text) in enumerate(lines):
        progress(done, len(lines))
        in_context, alone = log_probabilities(text, before), log_probabilities(text, "")
        for name in in_context:
            totals[name] = totals.get(name, np.zeros(2)) - [in_context[name].sum(), alone[name].sum()]
    progress(len(lines), len(lines))
    per = math.log(2) * max(1, sum(len(text) + 1 for _, text in lines))
    bits, bits_alone = ({name: float(total[k]) / per for name, total in totals.items()} for k in (0, 1))
    return LanguageReport(split, len(lines), bits, bits_alone)


def lines_in_context(corpus: Corpus, split: str) -> list[tuple[str, str]]:
    """Return for each line of a split the end of the preceding text on its form, and the text of the line."""
    found: list[tuple[str, str]] = []
    form, before = "", ""
    for id in corpus.ids(split):
        line = corpus.line(id)
        if line.form != form:
            form, before = line.form, ""
        text = label(corpus, line.text)
        found.append((before[-CONTEXT_CHARACTERS:].strip(), text))
        before = f"{before} {text}"
    return found
