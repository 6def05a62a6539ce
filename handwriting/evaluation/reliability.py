"""Measure the reliability of a recognizer's probabilities.

A character counts as right if a cheapest alignment with the reference leaves it unchanged; a word, if all its
characters are right and it begins and ends where a word of the reference does; a line, if its canonical text equals the
canonical reference. Probabilities are reliable if, of all items with probability p, a share p is right
(Guo et al. 2017, "On calibration of modern neural networks").
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from handwriting import metrics
from handwriting.corpora import Line
from handwriting.errors import InkError
from handwriting.files import atomic
from handwriting.recognition.calibration import EVIDENCE_LEVELS
from handwriting.recognition.decode import Floats
from handwriting.recognition.transcription import Transcription
from handwriting.text import canonical, natural

BINS = 10
"""Number of bins of equal width for probabilities."""


@dataclass(frozen=True)
class Outcomes:
    """Outcomes of all characters, all words, or all lines of a set of transcriptions."""

    evidence: Floats
    """Features used by the calibration, shape (N, F)."""
    right: NDArray[np.bool_]
    """Whether each item was read correctly, shape (N,)."""
    probability: Floats
    """Probability of each item, shape (N,); NaN without a calibration."""
    form: NDArray[np.int64]
    """Number of the form that each item belongs to, shape (N,)."""


@dataclass(frozen=True)
class LevelReliability:
    """Probabilities compared with outcomes, for characters, words or lines."""

    ece: float
    """Expected calibration error, see :func:`expected_calibration_error`."""
    probability: float
    """Mean probability."""
    right: float
    """Share that is right."""


@dataclass(frozen=True)
class ReliabilityReport:
    """Reliability at each level, and how often the first reading or any reading is right."""

    levels: dict[str, LevelReliability]
    alternatives: int
    """Largest number of readings of a line."""
    first: float
    """Share of lines whose first reading is right."""
    among: float
    """Share of lines with the right text among their readings."""
    curves: dict[str, list[tuple[float, float, float]]] = field(repr=False)
    """Rows of :func:`reliability_curve` at each level."""

    @property
    def errors_removed(self) -> float:
        """Share of the wrong lines that can be corrected by choosing among the alternatives."""
        return (self.among - self.first) / max(1 - self.first, 1e-9)

    def figures(self) -> dict[str, Any]:
        """Return the figures as JSON-serialisable values; rates are fractions."""
        alternatives = {"count": self.alternatives, "first": self.first, "among": self.among}
        alternatives["errors_removed"] = self.errors_removed
        return {level: vars(one) for level, one in self.levels.items()} | {"alternatives": alternatives}

    def render(self) -> str:
        """Return the figures as text for people; rates are percentages."""
        rows = ["            calibration error  mean probability  right"]
        for level, one in self.levels.items():
            rows.append(
                f"{level:10}  {100 * one.ece:15.2f} %  {100 * one.probability:14.2f} %  {100 * one.right:.2f} %"
            )
        rows.append(
            f"the first reading is right in {100 * self.first:.1f} % of the lines, one of {self.alternatives} "
            f"alternatives in {100 * self.among:.1f} %; choosing removes {100 * self.errors_removed:.1f} % of errors"
        )
        return "\n".join(rows)

    def draw(self, path: Path) -> None:
        """Write the reliability diagram as a PNG: share right over stated probability, one panel per level."""
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure

        figure = Figure(figsize=(12, 4.2), layout="constrained")
        for axes, (level, curve) in zip(figure.subplots(1, 3), self.curves.items(), strict=True):
            rows = np.array(curve)
            axes.plot([0, 1], [0, 1], color="0.7", linewidth=1)
            axes.bar(rows[:, 0], rows[:, 2], width=0.03, color="0.85", label="share of all")
            axes.plot(rows[:, 0], rows[:, 1], "o-", color="black", markersize=4, label="right")
            axes.set_title(f"{level}s: calibration error {100 * self.levels[level].ece:.1f} %")
            axes.set(xlabel="probability", xlim=(0, 1.02), ylim=(0, 1.02))
        axes.legend(loc="upper left")
        FigureCanvasAgg(figure)
        with atomic(path) as temporary:
            figure.savefig(temporary, dpi=110, format="png")


def evaluate(lines: Sequence[Line], transcriptions: Sequence[Transcription]) -> ReliabilityReport:
    """Compare the probabilities of ``transcriptions`` with the outcomes, given their labelled ``lines``.

    Raises :class:`InkError` if the transcriptions have no probabilities.
    """
    if any(t.readings[0].probability is None for t in transcriptions):
        raise InkError("the recognizer has no calibration for this decoder; fit one with the command 'calibrate'")
    found = outcomes(lines, transcriptions)
    levels = {
        level: LevelReliability(
            expected_calibration_error(one.probability, one.right),
            float(one.probability.mean()),
            float(one.right.mean()),
        )
        for level, one in found.items()
    }
    truths = [canonical(line.text) for line in lines]
    readings = [[canonical(r.text) for r in t.readings] for t in transcriptions]
    first = float(np.mean([truth == texts[0] for truth, texts in zip(truths, readings, strict=True)]))
    among = float(np.mean([truth in texts for truth, texts in zip(truths, readings, strict=True)]))
    curves = {level: reliability_curve(one.probability, one.right) for level, one in found.items()}
    return ReliabilityReport(levels, max(map(len, readings)), first, among, curves)


def outcomes(lines: Sequence[Line], transcriptions: Sequence[Transcription]) -> dict[str, Outcomes]:
    """Collect the outcomes of all characters, words and lines, by level.

    Raises :class:`InkError` if a transcription has no evidence.
    """
    number = {form: i for i, form in enumerate(dict.fromkeys(line.form for line in lines))}
    rows: dict[str, list[tuple[Floats, list[bool], list[float | None], int]]]
    rows = {level: [] for level in EVIDENCE_LEVELS}
    for line, transcription in zip(lines, transcriptions, strict=True):
        evidence = transcription.evidence
        if evidence is None:
            raise InkError(f"the transcription of line {line.id} has no evidence; transcribe it with a Recognizer")
        characters, words = right(line.text, transcription)
        whole = canonical(line.text) == canonical(transcription.text)
        form = number[line.form]
        stated = [c.probability for c in transcription.characters]
        rows["character"].append((evidence.characters, characters, stated, form))
        rows["word"].append((evidence.words, words, [w.probability for w in transcription.words], form))
        rows["line"].append((evidence.line, [whole], [transcription.readings[0].probability], form))
    return {
        level: Outcomes(
            np.concatenate([evidence for evidence, *_ in found]),
            np.array([verdict for _, verdicts, _, _ in found for verdict in verdicts], dtype=bool),
            np.array([p for _, _, stated, _ in found for p in stated], dtype=np.float64),
            np.array([form for _, verdicts, _, form in found for _ in verdicts], dtype=np.int64),
        )
        for level, found in rows.items()
    }


def right(reference: str, transcription: Transcription) -> tuple[list[bool], list[bool]]:
    """Return for each character and for each word of the best reading whether it is right."""
    reference = natural(reference)
    at: list[int] = []  # index of each output character in the reference, or -1
    i = 0
    for r, o in metrics.alignment(reference, transcription.text):
        if o:
            at.append(i if r == o else -1)
        i += len(r)
    words = []
    for word in transcription.words:
        places = at[word.begin : word.end]
        begins = places[0] == 0 or (places[0] > 0 and reference[places[0] - 1] == " ")
        ends = places[-1] == len(reference) - 1 or reference[places[-1] + 1 : places[-1] + 2] == " "
        words.append(begins and ends and places == list(range(places[0], places[0] + len(places))))
    return [place >= 0 for place in at], words


def expected_calibration_error(probabilities: Floats, right: NDArray[np.bool_], bins: int = BINS) -> float:
    """Return the mean distance between probability and share right over ``bins`` of equal width (Guo et al., eq. 3).

    Sampling noise alone makes it 2 to 3 % for a thousand lines, and more with more bins.
    """
    return float(sum(share * abs(p - r) for p, r, share in reliability_curve(probabilities, right, bins)))


def reliability_curve(
    probabilities: Floats, right: NDArray[np.bool_], bins: int = BINS
) -> list[tuple[float, float, float]]:
    """Return mean probability, share that is right, and share of all items, for each bin that is not empty."""
    where = np.minimum((probabilities * bins).astype(int), bins - 1)
    rows = []
    for i in range(bins):
        inside = where == i
        if inside.any():
            rows.append((float(probabilities[inside].mean()), float(right[inside].mean()), float(inside.mean())))
    return rows
