"""Train the networks for the direction and order of strokes; see :mod:`handwriting.recognition.stroke_order`.

Examples are strokes and pairs of strokes as people wrote them. The loss is that of a logistic regression on the
difference between the scores of an example and its reversal.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from handwriting.files import atomic, make_folder
from handwriting.progress import Progress, no_progress
from handwriting.recognition.stroke_order import Perceptron, StrokeNetworks
from handwriting.training.descent import descend
from handwriting.training.pen_examples import Measures, PenExamples
from handwriting.training.schedule import linear_decay

BATCH = 512
WARMUP = 100
"""Number of updates over which the learning rate rises."""
DIRECTION_SIZES, ORDER_SIZES = (128, 48), (48, 24)
"""Sizes of the hidden layers."""
WEIGHT_DECAY, LINEAR_DECAY = 1e-2, 0.3
"""Weight decay of the networks, and of the weights of counts, of which there are nine hundred."""
INPUT_DROPOUT, DROPOUT = 0.1, 0.3
"""Dropout probabilities of the direction network, at its input and elsewhere. There are too few writers among the
examples: without dropout, the network overfits to them."""

SCALE_EXAMPLES = 20_000
"""Approximate number of examples from which the scale of each feature is estimated."""


def train_strokes(
    examples: PenExamples, updates: int = 4000, seed: int = 0, progress: Progress = no_progress
) -> StrokeNetworks:
    """Train both networks with AdamW and a linearly decaying learning rate."""
    rng = np.random.default_rng(seed)
    torch.manual_seed(seed)

    def half(first: int) -> Progress:
        return lambda done, _: progress(first + done, 2 * updates)

    direction, linear = _train(
        examples.forward, examples.backward, DIRECTION_SIZES, 2e-3, updates, rng, half(0), examples.differences, True
    )
    order, _ = _train(examples.ahead, examples.behind, ORDER_SIZES, 3e-3, updates, rng, half(updates))
    return StrokeNetworks(direction, linear, order)


def save_strokes(networks: StrokeNetworks, folder: Path) -> None:
    """Write ``strokes.npz`` in half precision."""
    halves: dict[str, Any] = {name: array.astype(np.float16) for name, array in networks.arrays().items()}
    with atomic(make_folder(folder) / "strokes.npz") as temporary, temporary.open("wb") as file:
        np.savez_compressed(file, **halves)


def _train(
    right: Measures,
    wrong: Measures,
    sizes: tuple[int, int],
    rate: float,
    updates: int,
    rng: np.random.Generator,
    progress: Progress,
    linear: Measures | None = None,
    dropout: bool = False,
) -> tuple[Perceptron, NDArray[np.float32]]:
    """Train a network that scores ``right`` above ``wrong``, and weights for the differences ``linear``, all (n, D)."""
    c = np.zeros((len(right), 0), np.float16) if linear is None else linear
    mean, deviation = _scale(right, wrong)
    early, late = (INPUT_DROPOUT, DROPOUT) if dropout else (0.0, 0.0)
    first, second, third = (torch.nn.Linear(*shape) for shape in ((right.shape[1], sizes[0]), sizes, (sizes[1], 1)))
    network: Callable[[torch.Tensor], torch.Tensor] = torch.nn.Sequential(
        torch.nn.Dropout(early), first, torch.nn.ReLU(),
        torch.nn.Dropout(late), second, torch.nn.ReLU(), torch.nn.Dropout(late), third,
    )  # fmt: skip
    weights = torch.zeros(c.shape[1], requires_grad=True)
    learned = [p for layer in (first, second, third) for p in layer.parameters()]
    groups: list[dict[str, Any]] = [{"params": learned}, {"params": [weights], "weight_decay": LINEAR_DECAY}]
    optimiser = torch.optim.AdamW(groups, lr=rate, weight_decay=WEIGHT_DECAY)
    for update in range(updates):
        chosen = rng.choice(len(right), BATCH)
        both = torch.cat([_floats(some[chosen]) for some in (right, wrong)])
        scores = network((both - mean) / deviation)[:, 0]
        counted = torch.nn.functional.dropout(_floats(c[chosen]), late) @ weights
        loss = torch.nn.functional.softplus(-(scores[:BATCH] - scores[BATCH:] + counted)).mean()
        descend(optimiser, loss, rate * linear_decay(update, updates, WARMUP))
        progress(update + 1, updates)
    with torch.no_grad():
        scaled = first.weight / deviation
        bias = first.bias - scaled @ mean
        matrices = tuple(m.T.numpy().copy() for m in (scaled, second.weight, third.weight))
    biases = (bias.numpy(), second.bias.detach().numpy().copy())
    return Perceptron((matrices[0], matrices[1], matrices[2]), biases), weights.detach().numpy()


def _scale(*examples: Measures) -> tuple[torch.Tensor, torch.Tensor]:
    """Return mean and standard deviation of each feature, shape (D,) each, over some of the examples."""
    some = np.concatenate([one[:: max(1, len(one) // SCALE_EXAMPLES)] for one in examples]).astype(np.float64)
    return _floats(some.mean(axis=0)), _floats(some.std(axis=0) + 1e-2)


def _floats(values: NDArray[np.floating]) -> torch.Tensor:
    return torch.from_numpy(values.astype(np.float32))
