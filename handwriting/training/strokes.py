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
from handwriting.training.pen_examples import PenExamples

BATCH = 256
DIRECTION_SIZES, ORDER_SIZES = (96, 48), (48, 24)
"""Sizes of the hidden layers."""
WEIGHT_DECAY = 1e-2


def train_strokes(
    examples: PenExamples, updates: int = 4000, seed: int = 0, progress: Progress = no_progress
) -> StrokeNetworks:
    """Train both networks with AdamW and a linearly falling learning rate."""
    rng = np.random.default_rng(seed)
    torch.manual_seed(seed)

    def half(first: int) -> Progress:
        return lambda done, _: progress(first + done, 2 * updates)

    direction, linear = _trained(
        examples.forward, examples.backward, DIRECTION_SIZES, 2e-3, updates, rng, half(0), examples.differences
    )
    order, _ = _trained(examples.ahead, examples.behind, ORDER_SIZES, 3e-3, updates, rng, half(updates))
    return StrokeNetworks(direction, linear, order)


def save_strokes(networks: StrokeNetworks, folder: Path) -> None:
    """Write ``strokes.npz`` in half precision."""
    halves: dict[str, Any] = {name: array.astype(np.float16) for name, array in networks.arrays().items()}
    with atomic(make_folder(folder) / "strokes.npz") as temporary, temporary.open("wb") as file:
        np.savez_compressed(file, **halves)


def _trained(
    right: NDArray[np.float32],
    wrong: NDArray[np.float32],
    sizes: tuple[int, int],
    rate: float,
    updates: int,
    rng: np.random.Generator,
    progress: Progress,
    linear: NDArray[np.float32] | None = None,
) -> tuple[Perceptron, NDArray[np.float32]]:
    """Train a network that scores ``right`` above ``wrong``, and weights for the differences ``linear``, all (n, D)."""
    a, b = torch.from_numpy(right), torch.from_numpy(wrong)
    c = torch.zeros(len(a), 0) if linear is None else torch.from_numpy(linear)
    both = torch.cat([a, b])
    mean, deviation = both.mean(dim=0), both.std(dim=0) + 1e-3
    a, b = (a - mean) / deviation, (b - mean) / deviation
    first, second, third = (torch.nn.Linear(*shape) for shape in ((a.shape[1], sizes[0]), sizes, (sizes[1], 1)))
    network: Callable[[torch.Tensor], torch.Tensor] = torch.nn.Sequential(
        first, torch.nn.ReLU(), second, torch.nn.ReLU(), third
    )
    weights = torch.zeros(c.shape[1], requires_grad=True)
    learned = [p for layer in (first, second, third) for p in layer.parameters()]
    optimiser = torch.optim.AdamW([*learned, weights], lr=rate, weight_decay=WEIGHT_DECAY)
    for update in range(updates):
        chosen = torch.tensor(rng.choice(len(a), BATCH))
        odds = (network(a[chosen]) - network(b[chosen]))[:, 0] + c[chosen] @ weights
        loss = torch.nn.functional.softplus(-odds).mean()
        for group in optimiser.param_groups:
            group["lr"] = rate * min(1, (update + 1) / 100) * (1 - update / updates)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        progress(update + 1, updates)
    with torch.no_grad():
        scaled = first.weight / deviation
        bias = first.bias - scaled @ mean
        matrices = tuple(m.T.numpy().copy() for m in (scaled, second.weight, third.weight))
    biases = (bias.numpy(), second.bias.detach().numpy().copy())
    return Perceptron((matrices[0], matrices[1], matrices[2]), biases), weights.detach().numpy()
