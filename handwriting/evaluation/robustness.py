"""What each perturbation of the ink costs a recognizer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from handwriting.corpora import Corpus
from handwriting.evaluation.perturb import PERTURBATIONS
from handwriting.evaluation.recognition import evaluate
from handwriting.recognition.recognizer import Decoder, Recognizer


def survey(
    recognizer: Recognizer,
    corpus: Corpus,
    split: str,
    decoder: Decoder = "greedy",
    progress: Callable[[int, int], object] = lambda done, total: None,
) -> dict[str, dict[str, Any]]:
    """By name ``cer``, ``wer``, and ``change``: how much higher the CER is, relative to that of the ink as it is."""
    table: dict[str, dict[str, Any]] = {}
    total = len(corpus.ids(split)) * len(PERTURBATIONS)
    for number, (name, change) in enumerate(PERTURBATIONS.items()):
        before = number * total // len(PERTURBATIONS)

        def told(done: int, _: int, before: int = before) -> None:
            progress(before + done, total)

        result = evaluate(recognizer, corpus, split, decoder, progress=told, perturb=change).score
        unchanged = table["none"]["cer"] if table else result.cer
        table[name] = {"cer": result.cer, "wer": result.wer, "change": (result.cer - unchanged) / max(unchanged, 1e-9)}
    return table


def render(table: dict[str, dict[str, Any]]) -> str:
    """The table as people read it, in per cent."""
    rows = ["perturbation        CER %   WER %   CER, relative %"]
    for name, row in table.items():
        rows.append(f"{name:18} {100 * row['cer']:6.2f}  {100 * row['wer']:6.2f}   {100 * row['change']:+8.1f}")
    return "\n".join(rows)
