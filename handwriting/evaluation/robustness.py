"""Measure the robustness of a recognizer: how much each perturbation of the ink raises its error rates."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from handwriting.corpora import Corpus
from handwriting.evaluation import recognition
from handwriting.evaluation.perturb import PERTURBATIONS
from handwriting.progress import Progress, no_progress, part
from handwriting.recognition.recognizer import Decoder, Recognizer


@dataclass(frozen=True)
class PerturbedRates:
    """Error rates on perturbed ink, as fractions."""

    cer: float
    wer: float
    change: float
    """Increase of the CER relative to that on the unperturbed ink; 0.1 is 10 % more errors."""


@dataclass(frozen=True)
class RobustnessReport:
    """Error rates on a split, by the name of the perturbation; ``none`` is the unperturbed ink."""

    rates: dict[str, PerturbedRates]

    def figures(self) -> dict[str, Any]:
        """Return the figures as JSON-serialisable values; rates are fractions."""
        return {name: asdict(row) for name, row in self.rates.items()}

    def render(self) -> str:
        """Return the figures as a table for people; rates are percentages."""
        rows = ["perturbation        CER %   WER %   CER, relative %"]
        for name, row in self.rates.items():
            rows.append(f"{name:18} {100 * row.cer:6.2f}  {100 * row.wer:6.2f}   {100 * row.change:+8.1f}")
        return "\n".join(rows)


def evaluate(
    recognizer: Recognizer,
    corpus: Corpus,
    split: str,
    decoder: Decoder = "greedy",
    progress: Progress = no_progress,
) -> RobustnessReport:
    """Read every line of ``split`` once for each of :data:`~handwriting.evaluation.perturb.PERTURBATIONS`."""
    rates: dict[str, PerturbedRates] = {}
    for number, (name, perturb) in enumerate(PERTURBATIONS.items()):
        shown = part(progress, number, len(PERTURBATIONS))
        score = recognition.evaluate(recognizer, corpus, split, decoder, perturb=perturb, progress=shown).score
        unperturbed = rates["none"].cer if rates else score.cer
        rates[name] = PerturbedRates(score.cer, score.wer, (score.cer - unperturbed) / max(unperturbed, 1e-9))
    return RobustnessReport(rates)
