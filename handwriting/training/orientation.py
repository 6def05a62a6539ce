"""Train the orientation classifier on upright ink; see :mod:`handwriting.recognition.orientation`.

Every ink is an example of all sixteen orientations at once, since its counts are permuted rather than measured again:
the loss is the cross-entropy of the true orientation.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch

from handwriting.evaluation.perturb import rotated, slanted
from handwriting.files import atomic, make_folder
from handwriting.ink import Ink
from handwriting.recognition.orientation import ORDERS, OrientationClassifier
from handwriting.recognition.pen_counts import MOVES_BEGIN, SIZE, stroke_counts

TURNED, SLANTED = 18.0, 22.0
"""Largest rotation and slant of a training ink in degrees; half of the inks are rotated, the other half slanted."""
MOVES_DROPPED = 0.25
"""Share of the examples without moves between strokes, whose order a file may have lost."""
INPUT_DROPOUT = 0.1


def train_orientation(
    inks: Sequence[Ink], hidden: int = 32, updates: int = 3500, batch_size: int = 64, rate: float = 3e-3, seed: int = 0
) -> OrientationClassifier:
    """Train a classifier on upright ``inks`` with AdamW and a linearly falling learning rate."""
    rng = np.random.default_rng(seed)
    generator = torch.Generator().manual_seed(seed)
    measured = [stroke_counts(distorted(ink, rng)) for ink in inks]
    counts = torch.tensor(np.array([s.sum(axis=0) + moves for s, moves in measured]), dtype=torch.float32)
    orders = torch.tensor(ORDERS)
    scale = float((counts / _root(counts)).std())
    shapes = {"hidden": (SIZE, hidden), "bias": (hidden,), "output": (hidden,), "direct": (SIZE,)}
    deviations = {"hidden": 0.02, "bias": 0.0, "output": 0.2, "direct": 0.0}
    weights = {
        name: (deviations[name] * torch.randn(shape, generator=generator)).requires_grad_()
        for name, shape in shapes.items()
    }
    optimiser = torch.optim.AdamW(weights.values(), lr=rate, weight_decay=0.02)
    for update in range(updates):
        x = counts[torch.tensor(rng.choice(len(counts), batch_size))]
        x[torch.rand(batch_size, generator=generator) < MOVES_DROPPED, MOVES_BEGIN:] = 0
        x = x / _root(x) / scale
        x = x * (torch.rand(x.shape, generator=generator) > INPUT_DROPOUT) / (1 - INPUT_DROPOUT)
        x = x[:, orders]  # (B, 16, SIZE)
        logits = torch.relu(x @ weights["hidden"] + weights["bias"]) @ weights["output"] + x @ weights["direct"]
        loss = torch.nn.functional.cross_entropy(logits, torch.zeros(batch_size, dtype=torch.int64))
        for group in optimiser.param_groups:
            group["lr"] = rate * min(1, (update + 1) / 100) * (1 - update / updates)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    arrays = {name: value.detach().numpy() for name, value in weights.items()}
    arrays["hidden"], arrays["direct"] = arrays["hidden"] / scale, arrays["direct"] / scale
    return OrientationClassifier(**arrays)


def save_orientation(classifier: OrientationClassifier, folder: Path) -> None:
    """Write ``model.npz``, large matrices in half precision."""
    buffer = io.BytesIO()
    halves = {name: getattr(classifier, name).astype(np.float16) for name in ("hidden", "direct")}
    rest = {name: getattr(classifier, name) for name in ("bias", "output")}
    np.savez_compressed(buffer, **halves, **rest)
    with atomic(make_folder(folder) / "model.npz") as temporary:
        temporary.write_bytes(buffer.getvalue())


def _root(counts: torch.Tensor) -> torch.Tensor:
    return torch.sqrt(torch.clamp(counts[:, :MOVES_BEGIN].sum(1, keepdim=True), min=1))


def distorted(ink: Ink, rng: np.random.Generator) -> Ink:
    """Return the ink, randomly rotated or sheared."""
    if rng.random() < 0.5:
        ink = rotated(ink, rng.uniform(-TURNED, TURNED))
    return slanted(ink, rng.uniform(-SLANTED, SLANTED)) if rng.random() < 0.5 else ink
