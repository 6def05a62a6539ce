"""Fitting a hand and adapting a recognizer, as the page's server has it done in another process.

Importing this module does not import torch.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from handwriting.checkpoint import Checkpoint, place_for
from handwriting.corpora import Line
from handwriting.progress import Progress
from handwriting.synthesis.styles import Sample, Style


def available() -> bool:
    """Whether torch and ONNX are installed, which the jobs need."""
    return all(importlib.util.find_spec(name) is not None for name in ("torch", "onnx"))


def fit_style(progress: Progress, synthesizer: Path, name: str, samples: Sequence[Sample]) -> dict[str, Any]:
    """Fit a hand to samples: the ``style`` as its file has it, and the nats of a held-out line before and after."""
    from handwriting.training.fit import fit

    inks, texts = [sample.ink for sample in samples], [sample.text for sample in samples]
    found = fit(Checkpoint.load(synthesizer, "synthesizer"), inks, texts, progress=progress)
    style = Style(name, tuple(samples), code=found.code)
    return {"style": style.record(), "before": found.before, "after": found.after}


def adapt_recognizer(progress: Progress, base: Path, name: str, lines: Sequence[Line]) -> dict[str, Any]:
    """Adapt a recognizer to corrected lines, and keep it under ``name`` among one's own checkpoints.

    One that was adapted already is not adapted further: what it was made from learns anew.
    """
    from handwriting.training.adapt import adapt

    found = Checkpoint.load(base, "recognizer")
    if "adapted" in found.card:
        found = Checkpoint.load(found.card["adapted"]["from"], "recognizer")
    made = adapt(found, lines, place_for(name), progress=progress)
    return {
        "name": name,
        "lines": made.lines,
        "heldOut": made.held_out,
        "before": made.before,
        "after": made.after,
        "share": made.share,
        "leftOut": len(made.left_out),
    }
