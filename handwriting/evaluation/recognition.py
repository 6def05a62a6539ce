"""Measure the error rates of a recognizer on all lines of a split."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from handwriting import metrics
from handwriting.corpora import Corpus, Line
from handwriting.corpora.seen import seen
from handwriting.evaluation import reliability
from handwriting.evaluation.reliability import ReliabilityReport
from handwriting.files import atomic
from handwriting.ink import Ink
from handwriting.progress import Progress, no_progress
from handwriting.recognition.recognizer import Decoder, Recognizer
from handwriting.recognition.transcription import Transcription
from handwriting.text import canonical

CHUNK_LINES = 256
"""Minimum number of lines transcribed between two calls of the progress callback."""
CONFUSION_ROWS = 15
"""Number of confusions that :meth:`RecognitionReport.render` lists."""


@dataclass(frozen=True)
class RecognitionReport:
    """Error rates, with the lines and transcriptions that they were computed from."""

    split: str
    decoder: str
    score: metrics.Score
    cer_ci95: tuple[float, float]
    """95 % interval of the CER, bootstrapped over forms."""
    seconds_per_line: float
    """Time from ink to text, without reading files."""
    lines: tuple[Line, ...]
    transcriptions: tuple[Transcription, ...]
    trained_on: int = 0
    """Number of these lines that the network was trained on, according to its card."""
    reliability: ReliabilityReport | None = None
    """Reliability of the probabilities, if requested."""

    @cached_property
    def outputs(self) -> tuple[str, ...]:
        """The best reading of each line."""
        return tuple(t.text for t in self.transcriptions)

    @property
    def pairs(self) -> list[metrics.Pair]:
        """Reference and output of each line."""
        return [(line.text, output) for line, output in zip(self.lines, self.outputs, strict=True)]

    def figures(self) -> dict[str, Any]:
        """Return the figures as JSON-serialisable values; rates are fractions."""
        record = {
            "split": self.split,
            "decoder": self.decoder,
            **asdict(self.score),
            "cer_ci95": list(self.cer_ci95),
            "seconds_per_line": self.seconds_per_line,
            "lines_trained_on": self.trained_on,
        }
        return record if self.reliability is None else record | {"calibration": self.reliability.figures()}

    def confusions(self, n: int = 20) -> list[metrics.Confusion]:
        """Return the ``n`` most frequent confusions of characters."""
        return metrics.confusions(self.pairs, n)

    def worst(self, n: int) -> list[tuple[Line, str]]:
        """Return the ``n`` lines with the highest CER, each with its output."""
        edits, lengths = metrics.edits(self.pairs)
        order = np.argsort(-edits / np.maximum(1, lengths), kind="stable")
        return [(self.lines[i], self.outputs[i]) for i in order[:n]]

    def render(self) -> str:
        """Return the figures as text for people; rates are percentages."""
        score, (low, high) = self.score, self.cer_ci95
        rows = [
            f"{self.split}, {score.lines} lines, {self.decoder}, {1000 * self.seconds_per_line:.1f} ms a line",
            f"CER  {100 * score.cer:6.2f} %  (95 % interval {100 * low:.2f} to {100 * high:.2f})",
            f"WER  {100 * score.wer:6.2f} %",
            f"raw  {100 * score.cer_raw:6.2f} % CER, {100 * score.wer_raw:.2f} % WER (texts not canonicalised)",
        ]
        if self.trained_on:
            rows.append(trained_on_warning(self.trained_on))
        rows += ["", "most frequent confusions (reference, output, count)"]
        for c in self.confusions(CONFUSION_ROWS):
            rows.append(f"{c.reference or 'nothing':>8}  {c.output or 'nothing':<8} {c.count:5}")
        if self.reliability is not None:
            rows += ["", self.reliability.render()]
        return "\n".join(rows)

    def write(
        self,
        *,
        outputs: Path | None = None,
        worst: int = 0,
        worst_png: Path = Path("worst.png"),
        reliability_png: Path | None = None,
    ) -> None:
        """Write the requested files: outputs, the ``worst`` worst lines, and the reliability diagram."""
        if outputs is not None:
            self.write_outputs(outputs)
        if worst:
            self.draw_worst(worst, worst_png)
        if reliability_png is not None and self.reliability is not None:
            self.reliability.draw(reliability_png)

    def write_outputs(self, path: Path) -> None:
        """Write one row per line to ``path``: line id, tab, output."""
        rows = (f"{line.id}\t{output}\n" for line, output in zip(self.lines, self.outputs, strict=True))
        with atomic(path) as temporary:
            temporary.write_text("".join(rows), encoding="utf-8")

    def draw_worst(self, n: int, path: Path) -> None:
        """Write a PNG of the ``n`` worst lines, each with its reference and its output."""
        from handwriting.rendering.png import contact_sheet

        rows = [
            (line.ink, (line.id, f"reference {canonical(line.text)}", f"output    {canonical(output)}"))
            for line, output in self.worst(n)
        ]
        contact_sheet(rows, path)


def evaluate(
    recognizer: Recognizer,
    corpus: Corpus,
    split: str,
    decoder: Decoder = "greedy",
    *,
    perturb: Callable[[Ink], Ink] | None = None,
    alternatives: int = 1,
    in_order: bool = False,
    with_reliability: bool = False,
    progress: Progress = no_progress,
) -> RecognitionReport:
    """Transcribe every line of ``split`` and compare the outputs with the transcripts.

    ``perturb`` changes each ink before it is read (see :mod:`~handwriting.evaluation.perturb`). ``alternatives`` is
    the number of readings to request. With ``in_order`` each line of a form is read as the continuation of the line
    before it, as on a page. ``with_reliability`` adds a :class:`ReliabilityReport`. Raises
    :class:`~handwriting.errors.InkError` for an unknown split, and if reliability is requested but the checkpoint
    has no calibration for ``decoder``.
    """
    lines = list(corpus.lines(split))
    return evaluate_lines(
        recognizer,
        lines,
        split,
        decoder,
        perturb=perturb,
        alternatives=alternatives,
        in_order=in_order,
        with_reliability=with_reliability,
        progress=progress,
    )


def evaluate_lines(
    recognizer: Recognizer,
    lines: Iterable[Line],
    name: str,
    decoder: Decoder = "greedy",
    *,
    perturb: Callable[[Ink], Ink] | None = None,
    alternatives: int = 1,
    in_order: bool = False,
    with_reliability: bool = False,
    progress: Progress = no_progress,
) -> RecognitionReport:
    """Transcribe ``lines``, which the report calls ``name``; see :func:`evaluate`."""
    lines = tuple(lines)
    found: list[Transcription] = []
    seconds = 0.0
    continues = [False, *(in_order and before.form == line.form for before, line in pairwise(lines))]
    while len(found) < len(lines):
        start = len(found)
        end = next((k for k in range(start + CHUNK_LINES, len(lines)) if not continues[k]), len(lines))
        inks = [line.ink for line in lines[start:end]]
        inks = inks if perturb is None else [perturb(ink) for ink in inks]
        began = time.perf_counter()
        found += recognizer.transcribe_all(inks, decoder, alternatives, continues=continues[start:end])
        seconds += time.perf_counter() - began
        progress(len(found), len(lines))
    pairs = [(line.text, t.text) for line, t in zip(lines, found, strict=True)]
    return RecognitionReport(
        name,
        decoder,
        metrics.score(pairs),
        metrics.cer_interval(*metrics.edits(pairs), [line.form for line in lines]),
        seconds / max(1, len(lines)),
        lines,
        tuple(found),
        seen(recognizer.checkpoint.card, lines),
        reliability.evaluate(lines, found) if with_reliability else None,
    )


def trained_on_warning(lines: int) -> str:
    """Return the warning that reports add if ``lines`` of their lines were training data."""
    return f"{lines} of these lines were trained on: the figures say little about others"
