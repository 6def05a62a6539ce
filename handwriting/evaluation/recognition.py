"""How well a recognizer reads a split of a corpus: every line of it counts."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from handwriting import metrics
from handwriting.corpora import Corpus, Line
from handwriting.corpora.seen import seen
from handwriting.files import atomic
from handwriting.ink import Ink
from handwriting.recognition.recognizer import Decoder, Recognizer, Transcription
from handwriting.text import canonical


@dataclass(frozen=True)
class Evaluation:
    """The figures of one run and the outputs that they are of."""

    split: str
    decoder: str
    score: metrics.Score
    cer_ci95: tuple[float, float]
    """95 % interval of ``cer``, bootstrapped over forms."""
    seconds_per_line: float
    """From ink to text, without reading files."""
    lines: tuple[Line, ...]
    transcriptions: tuple[Transcription, ...]
    trained_on: int = 0
    """Lines among these that the network was trained on, as far as its card says."""

    @cached_property
    def outputs(self) -> tuple[str, ...]:
        return tuple(t.text for t in self.transcriptions)

    def figures(self) -> dict[str, Any]:
        """What ``--json`` prints; rates are fractions."""
        return {
            "split": self.split,
            "decoder": self.decoder,
            **asdict(self.score),
            "cer_ci95": list(self.cer_ci95),
            "seconds_per_line": self.seconds_per_line,
            "lines_trained_on": self.trained_on,
        }

    def confusions(self, n: int = 20) -> list[metrics.Confusion]:
        """The ``n`` most frequent confusions of characters."""
        return metrics.confusions(
            ((line.text, output) for line, output in zip(self.lines, self.outputs, strict=True)), n
        )

    def worst(self, n: int) -> list[tuple[Line, str]]:
        """The ``n`` lines with the most edits for their length, with their outputs."""
        pairs = list(zip(self.lines, self.outputs, strict=True))
        edits, lengths = metrics.edits((line.text, output) for line, output in pairs)
        order = np.argsort(-edits / np.maximum(1, lengths), kind="stable")
        return [pairs[i] for i in order[:n]]


def evaluate(
    recognizer: Recognizer,
    corpus: Corpus,
    split: str,
    decoder: Decoder = "greedy",
    chunk: int = 256,
    progress: Callable[[int, int], object] = lambda done, total: None,
    perturb: Callable[[Ink], Ink] = lambda ink: ink,
    alternatives: int = 1,
) -> Evaluation:
    """Transcribe every line of ``split``; ``progress`` is told the lines done and their total.

    ``perturb`` changes the ink before it is read: see ``features/perturb.py``.
    """
    lines: list[Line] = list(corpus.lines(split))
    found: list[Transcription] = []
    seconds = 0.0
    for start in range(0, len(lines), chunk):
        inks = [perturb(line.ink) for line in lines[start : start + chunk]]
        began = time.perf_counter()
        found += recognizer.transcribe_all(inks, decoder, alternatives)
        seconds += time.perf_counter() - began
        progress(len(found), len(lines))
    pairs = [(line.text, t.text) for line, t in zip(lines, found, strict=True)]
    edits, lengths = metrics.edits(pairs)
    return Evaluation(
        split,
        decoder,
        metrics.score(pairs),
        metrics.cer_interval(edits, lengths, [line.form for line in lines]),
        seconds / max(1, len(lines)),
        tuple(lines),
        tuple(found),
        seen(recognizer.checkpoint.card, lines),
    )


def render(evaluation: Evaluation, confusions: int = 15) -> str:
    """The figures as people read them."""
    score, (low, high) = evaluation.score, evaluation.cer_ci95
    rows = [
        f"{evaluation.split}, {score.lines} lines, {evaluation.decoder}, "
        f"{1000 * evaluation.seconds_per_line:.1f} ms a line",
        f"CER  {100 * score.cer:6.2f} %  (95 % interval {100 * low:.2f} to {100 * high:.2f})",
        f"WER  {100 * score.wer:6.2f} %",
        f"raw  {100 * score.cer_raw:6.2f} % CER, {100 * score.wer_raw:.2f} % WER (the texts as they stand)",
        *(
            [f"{evaluation.trained_on} of these lines were trained on: the figures say little about others"]
            if evaluation.trained_on
            else []
        ),
        "",
        "most frequent confusions (reference, output, count)",
    ]
    for c in evaluation.confusions(confusions):
        rows.append(f"{c.reference or 'nothing':>8}  {c.output or 'nothing':<8} {c.count:5}")
    return "\n".join(rows)


def write_outputs(evaluation: Evaluation, path: Path) -> None:
    """A row ``line id, tab, output`` for each line."""
    rows = (f"{line.id}\t{output}\n" for line, output in zip(evaluation.lines, evaluation.outputs, strict=True))
    with atomic(path) as temporary:
        temporary.write_text("".join(rows), encoding="utf-8")


def draw_worst(evaluation: Evaluation, n: int, path: Path) -> None:
    """A PNG of the ``n`` worst lines, each with its reference and its output."""
    from handwriting.rendering.png import contact_sheet

    rows = [
        (line.ink, (line.id, f"reference {canonical(line.text)}", f"output    {canonical(output)}"))
        for line, output in evaluation.worst(n)
    ]
    contact_sheet(rows, path)
