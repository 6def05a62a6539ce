"""Whether the probabilities of lines, words and characters mean what they say, and the fit that makes them.

Right is a character that a cheapest alignment with the reference leaves as it is, a word whose characters are all right
and whose ends are a word's ends in the reference, and a line that is canonically the reference.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from handwriting import metrics
from handwriting.evaluation.recognition import Evaluation
from handwriting.files import atomic
from handwriting.recognition.calibration import (
    Calibration,
    expected_calibration_error,
    fit,
    logistic,
    reliability,
)
from handwriting.recognition.decode import Floats
from handwriting.recognition.recognizer import Transcription
from handwriting.text import canonical, natural

LEVELS = ("character", "word", "line")
FOLDS = 5


@dataclass(frozen=True)
class Judged:
    """All characters, words or lines of a split."""

    features: Floats
    """Shape (N, F): the evidence."""
    right: NDArray[np.bool_]
    form: NDArray[np.int64]
    """The number of each one's form."""


def judge(*evaluations: Evaluation) -> dict[str, Judged]:
    """By level; of all ``evaluations`` together, as with searches of different widths."""
    lines = [line for evaluation in evaluations for line in evaluation.lines]
    transcriptions = [one for evaluation in evaluations for one in evaluation.transcriptions]
    number = {form: i for i, form in enumerate(dict.fromkeys(line.form for line in lines))}
    rows: dict[str, list[tuple[Floats, list[bool], int]]] = {level: [] for level in LEVELS}
    for line, transcription in zip(lines, transcriptions, strict=True):
        said = transcription.evidence
        if said is None:
            continue
        characters, words = right(line.text, transcription)
        whole = canonical(line.text) == canonical(transcription.text)
        for level, features, verdicts in zip(
            LEVELS, (said.characters, said.words, said.line), (characters, words, [whole]), strict=True
        ):
            rows[level].append((features, verdicts, number[line.form]))
    return {
        level: Judged(
            np.concatenate([features for features, _, _ in found]),
            np.array([v for _, verdicts, _ in found for v in verdicts], dtype=bool),
            np.array([form for _, verdicts, form in found for _ in verdicts], dtype=np.int64),
        )
        for level, found in rows.items()
    }


def right(reference: str, transcription: Transcription) -> tuple[list[bool], list[bool]]:
    """Whether each character, and each word, of the best reading is."""
    reference = natural(reference)
    at: list[int] = []  # for each character of the output its place in the reference, or -1
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


def calibrate(judged: dict[str, Judged]) -> Calibration:
    """The regressions of all levels."""
    return Calibration(*(fit(judged[level].features, judged[level].right) for level in LEVELS))


def cross_validated(judged: dict[str, Judged]) -> dict[str, float]:
    """Expected calibration error of each level when each form is judged by a fit on others."""
    errors = {}
    for level in LEVELS:
        one = judged[level]
        probabilities = np.zeros(len(one.right))
        for fold in range(FOLDS):
            held = one.form % FOLDS == fold
            weights = fit(one.features[~held], one.right[~held])
            probabilities[held] = logistic(one.features[held], weights)
        errors[level] = expected_calibration_error(probabilities, one.right)
    return errors


def figures(evaluation: Evaluation, calibration: Calibration) -> dict[str, Any]:
    """Calibration errors, mean probabilities, and how often the truth is first, and among all alternatives."""
    judged = judge(evaluation)
    result: dict[str, Any] = {}
    for level in LEVELS:
        p = logistic(judged[level].features, getattr(calibration, level))
        error = expected_calibration_error(p, judged[level].right)
        result[level] = {"ece": error, "probability": float(p.mean()), "right": float(judged[level].right.mean())}
    truths = [canonical(line.text) for line in evaluation.lines]
    found = [[canonical(r.text) for r in t.readings] for t in evaluation.transcriptions]
    first = float(np.mean([t == texts[0] for t, texts in zip(truths, found, strict=True)]))
    among = float(np.mean([t in texts for t, texts in zip(truths, found, strict=True)]))
    result["alternatives"] = {
        "count": max(map(len, found)),
        "first": first,
        "among": among,
        "errors_removed": (among - first) / max(1 - first, 1e-9),
    }
    return result


def render(result: dict[str, Any]) -> str:
    """:func:`figures` as people read them."""
    rows = ["            calibration error  mean probability  right"]
    for level in LEVELS:
        ece, mean, share = (100 * result[level][name] for name in ("ece", "probability", "right"))
        rows.append(f"{level:10}  {ece:15.2f} %  {mean:14.2f} %  {share:.2f} %")
    a = result["alternatives"]
    rows.append(
        f"the truth is first in {100 * a['first']:.1f} % of the lines, among {a['count']} alternatives in "
        f"{100 * a['among']:.1f} %: {100 * a['errors_removed']:.1f} % of the errors removed"
    )
    return "\n".join(rows)


def draw(evaluation: Evaluation, calibration: Calibration, path: Path) -> None:
    """The reliability diagram, a PNG: how often right against how probable, a panel for each level."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    judged = judge(evaluation)
    figure = Figure(figsize=(12, 4.2), layout="constrained")
    for axes, level in zip(figure.subplots(1, 3), LEVELS, strict=True):
        p = logistic(judged[level].features, getattr(calibration, level))
        rows = np.array(reliability(p, judged[level].right))
        axes.plot([0, 1], [0, 1], color="0.7", linewidth=1)
        axes.bar(rows[:, 0], rows[:, 2], width=0.03, color="0.85", label="share of all")
        axes.plot(rows[:, 0], rows[:, 1], "o-", color="black", markersize=4, label="right")
        error = expected_calibration_error(p, judged[level].right)
        axes.set_title(f"{level}s: calibration error {100 * error:.1f} %")
        axes.set(xlabel="probability", xlim=(0, 1.02), ylim=(0, 1.02))
    axes.legend(loc="upper left")
    FigureCanvasAgg(figure)
    with atomic(path) as temporary:
        figure.savefig(temporary, dpi=110, format="png")
