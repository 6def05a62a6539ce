"""Train the orientation classifier; see :mod:`handwriting.recognition.orientation`.

Every ink is an example of all sixteen orientations at once, because its counts are permuted rather than measured again;
the loss is the cross-entropy of the true orientation.
"""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from handwriting.files import atomic, make_folder
from handwriting.progress import Progress, no_progress
from handwriting.recognition.orientation import ORDERS, OrientationClassifier
from handwriting.recognition.pen_counts import MOVES_BEGIN, SIZE
from handwriting.training.descent import descend
from handwriting.training.schedule import linear_decay

BATCH = 64
RATE = 3e-3
WARMUP = 100
"""Number of updates over which the learning rate rises."""
MOVES_DROPPED = 0.25
"""Share of the examples without pen-up moves, because the order of strokes may be lost in a file."""
INPUT_DROPOUT = 0.1


def train_orientation(
    counts: NDArray[np.float32],
    hidden: int = 32,
    updates: int = 3500,
    seed: int = 0,
    batch_size: int = BATCH,
    progress: Progress = no_progress,
) -> OrientationClassifier:
    """Train a classifier with AdamW and a linearly decaying learning rate.

    ``counts`` (N, SIZE) are those of upright inks; see :mod:`handwriting.recognition.pen_counts`.
    """
    rng = np.random.default_rng(seed)
    generator = torch.Generator().manual_seed(seed)
    known = torch.from_numpy(counts)
    orders = torch.tensor(ORDERS)
    scale = float((known / _root(known)).std())
    shapes = {"hidden": (SIZE, hidden), "bias": (hidden,), "output": (hidden,), "direct": (SIZE,)}
    deviations = {"hidden": 0.02, "bias": 0.0, "output": 0.2, "direct": 0.0}
    weights = {
        name: (deviations[name] * torch.randn(shape, generator=generator)).requires_grad_()
        for name, shape in shapes.items()
    }
    optimiser = torch.optim.AdamW(weights.values(), lr=RATE, weight_decay=0.02)
    for update in range(updates):
        x = known[torch.tensor(rng.choice(len(known), batch_size))]
        x[torch.rand(batch_size, generator=generator) < MOVES_DROPPED, MOVES_BEGIN:] = 0
        x = x / _root(x) / scale
        x = x * (torch.rand(x.shape, generator=generator) > INPUT_DROPOUT) / (1 - INPUT_DROPOUT)
        x = x[:, orders]  # (B, 16, SIZE)
        logits = torch.relu(x @ weights["hidden"] + weights["bias"]) @ weights["output"] + x @ weights["direct"]
        loss = torch.nn.functional.cross_entropy(logits, torch.zeros(batch_size, dtype=torch.int64))
        descend(optimiser, loss, RATE * linear_decay(update, updates, WARMUP))
        progress(update + 1, updates)
    arrays = {name: value.detach().numpy() for name, value in weights.items()}
    arrays["hidden"], arrays["direct"] = arrays["hidden"] / scale, arrays["direct"] / scale
    return OrientationClassifier(**arrays)


def save_orientation(classifier: OrientationClassifier, folder: Path) -> None:
    """Write ``model.npz``, with large matrices in half precision."""
    buffer = io.BytesIO()
    halves = {name: getattr(classifier, name).astype(np.float16) for name in ("hidden", "direct")}
    rest = {name: getattr(classifier, name) for name in ("bias", "output")}
    np.savez_compressed(buffer, **halves, **rest)
    with atomic(make_folder(folder) / "model.npz") as temporary:
        temporary.write_bytes(buffer.getvalue())


def _root(counts: torch.Tensor) -> torch.Tensor:
    return torch.sqrt(torch.clamp(counts[:, :MOVES_BEGIN].sum(1, keepdim=True), min=1))
