"""Fit the calibration that turns a recognizer's evidence into probabilities.

There is one logistic regression per level (Platt 1999), fitted on a development set. Decoders that offer
alternatives use a wider beam for them, so the fit covers both one reading and five. Network, language model and search
were chosen on the same development set, and other people's ink is a little harder for them. The fit therefore also
covers every line slanted, rotated and with delayed strokes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from handwriting.checkpoint import Checkpoint, save_card
from handwriting.corpora import Corpus, Line
from handwriting.evaluation import recognition
from handwriting.evaluation.perturb import PERTURBATIONS
from handwriting.evaluation.reliability import Outcomes, expected_calibration_error, outcomes
from handwriting.progress import Progress, no_progress, part
from handwriting.recognition.calibration import EVIDENCE_LEVELS, Calibration, logistic, terms
from handwriting.recognition.decode import Floats
from handwriting.recognition.language.model import LanguageModel
from handwriting.recognition.recognizer import Decoder, Recognizer
from handwriting.recognition.transcription import Transcription

FOLDS = 5
"""Number of folds of the cross-validation; the lines of a form are in the same fold."""
READINGS = (1, 5)
"""Numbers of readings for which a beam search is calibrated."""
HARDER = ("slant-right", "slant-left", "rotation-down", "rotation-up", "delayed-strokes")
"""Perturbations of the lines that the fit also covers."""
L2_PENALTY = 1e-2
"""Coefficient of the penalty on the squared weights."""


@dataclass(frozen=True)
class CalibrationReport:
    """A fitted calibration and its cross-validated error."""

    decoder: Decoder
    split: str
    calibration: Calibration
    errors: dict[str, float]
    """Cross-validated expected calibration error at each level."""

    def figures(self) -> dict[str, Any]:
        """Return the figures as JSON-serialisable values; rates are fractions."""
        return {"decoder": self.decoder, "split": self.split, "calibration": self.calibration.record(), **self.errors}

    def render(self) -> str:
        """Return the figures as text for people; rates are percentages."""
        return "\n".join(
            f"{level:10} calibration error {100 * error:5.2f} %, each form judged by a fit on others"
            for level, error in self.errors.items()
        )

    def save(self, checkpoint: Checkpoint) -> None:
        """Store the calibration on the card of ``checkpoint``, next to those of other decoders."""
        others = checkpoint.card.get("calibration")
        others = others if isinstance(others, dict) else {}  # a damaged one is replaced
        mine = {**self.calibration.record(), "split": self.split}
        save_card(checkpoint.folder, {**checkpoint.card, "calibration": {**others, self.decoder: mine}})


def calibrate(
    checkpoint: Checkpoint,
    corpus: Corpus,
    split: str,
    decoder: Decoder = "language",
    language: LanguageModel | None = None,
    progress: Progress = no_progress,
) -> CalibrationReport:
    """Fit the calibration of a recognizer's checkpoint for ``decoder`` on ``split``, a development set.

    ``language`` replaces the language model that the card names. Nothing is written; see
    :meth:`CalibrationReport.save`.
    """
    # A calibration on the card, perhaps from another version, must not be used here.
    card = {key: value for key, value in checkpoint.card.items() if key != "calibration"}
    recognizer = Recognizer(Checkpoint(checkpoint.folder, card), language=language)
    lines: list[Line] = []
    transcriptions: list[Transcription] = []
    runs = [("none", readings) for readings in ((1,) if decoder == "greedy" else READINGS)]
    runs += [(name, 1) for name in HARDER]
    for number, (name, readings) in enumerate(runs):
        report = recognition.evaluate(
            recognizer,
            corpus,
            split,
            decoder,
            perturb=PERTURBATIONS[name],
            alternatives=readings,
            progress=part(progress, number, len(runs)),
        )
        lines += report.lines
        transcriptions += report.transcriptions
    found = outcomes(lines, transcriptions)
    return CalibrationReport(decoder, split, fit_levels(found), cross_validated(found))


def fit_levels(found: dict[str, Outcomes]) -> Calibration:
    """Fit one regression per level."""
    return Calibration(*(fit(found[level].evidence, found[level].right) for level in EVIDENCE_LEVELS))


def cross_validated(found: dict[str, Outcomes]) -> dict[str, float]:
    """Return the cross-validated expected calibration error at each level."""
    errors = {}
    for level, one in found.items():
        probabilities = np.zeros(len(one.right))
        for fold in range(FOLDS):
            held = one.form % FOLDS == fold
            weights = fit(one.evidence[~held], one.right[~held])
            probabilities[held] = logistic(one.evidence[held], weights)
        errors[level] = expected_calibration_error(probabilities, one.right)
    return errors


def fit(features: Floats, right: NDArray[np.bool_]) -> tuple[float, ...]:
    """Fit a logistic regression of ``right`` (N,) on ``features`` (N, F) by Newton's method with a slight ridge.

    Returns the weights of their :func:`~handwriting.recognition.calibration.terms`, 1 + 2 F.
    """
    x = terms(features)
    weights = np.zeros(x.shape[1])
    for _ in range(30):
        p = 1 / (1 + np.exp(-x @ weights))
        gradient = x.T @ (right - p) - L2_PENALTY * weights
        curvature = (x * (p * (1 - p))[:, None]).T @ x + L2_PENALTY * np.eye(len(weights))
        step = np.linalg.solve(curvature, gradient)
        weights += step
        if np.abs(step).max() < 1e-6:
            break
    return tuple(weights.tolist())
