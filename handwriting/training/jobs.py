"""Hand fitting and recognizer adaptation, as the page's server runs them in a separate process.

Importing this module does not import torch.
"""

from __future__ import annotations

import importlib.util
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from handwriting.checkpoint import Checkpoint, adapted_folder
from handwriting.corpora import Line
from handwriting.progress import Progress
from handwriting.synthesis.styles import Sample, Style

THREADS = 1
"""Number of threads of a job. The server keeps serving meanwhile, and threads that have to wait for each other at
every step make little progress on a busy machine."""


def available() -> bool:
    """Return whether torch and ONNX, which the jobs need, are installed."""
    return all(importlib.util.find_spec(name) is not None for name in ("torch", "onnx"))


def fit_style(progress: Progress, synthesizer: Path, name: str, samples: Sequence[Sample]) -> dict[str, Any]:
    """Fit a hand to samples; return the ``style`` record, and the nats of the held-out line before and after."""
    from handwriting.training.fit import fit

    inks, texts = [sample.ink for sample in samples], [sample.text for sample in samples]
    found = fit(Checkpoint.load(synthesizer, "synthesizer"), inks, texts, threads=THREADS, progress=progress)
    style = Style(name, tuple(samples), code=found.code)
    return {"style": style.record(), "before": found.before, "after": found.after}


def adapt_recognizer(progress: Progress, base: Path, name: str, lines: Sequence[Line]) -> dict[str, Any]:
    """Adapt a recognizer to corrected lines and store it under ``name`` among the user's own checkpoints.

    If it reads the held-out lines no better than before, nothing is stored, and an existing checkpoint of that name is
    kept. An adapted recognizer is not adapted further: its base is adapted to all lines again.
    """
    from handwriting.training.adapt import adapt

    found = Checkpoint.load(base, "recognizer")
    if "adapted" in found.card:
        found = Checkpoint.load(found.card["adapted"]["from"], "recognizer")
    place = adapted_folder(name)
    with tempfile.TemporaryDirectory() as folder:
        made = adapt(found, lines, Path(folder) / name, threads=THREADS, progress=progress)
        if made.share:
            shutil.copytree(made.folder, place, dirs_exist_ok=True)
    return {
        "name": name,
        "lines": made.lines,
        "heldOut": made.held_out,
        "before": made.before,
        "after": made.after,
        "share": made.share,
        "leftOut": len(made.left_out),
    }
