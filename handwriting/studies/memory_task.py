"""Wrap a memory task for the training loop: new sequences in every epoch, a fixed set for evaluation."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from handwriting.checkpoint import save
from handwriting.networks.cells import FORGET_BIAS, Variant
from handwriting.networks.lstm import LSTM
from handwriting.studies.problems import problem

TOLERANCE = 0.04
"""Maximum error of a sum that counts as correct (1997, section 5.4)."""
DEVELOPMENT_SEQUENCES = 256
"""Number of sequences in the development set."""
_DEVELOPMENT_EPOCH = 1_000_000
"""Epoch whose sequences form the development set; no training reaches it."""

Batch = tuple[Tensor, Tensor, Tensor]


@dataclass(frozen=True)
class MemoryConfig:
    """A problem, and the network to solve it."""

    problem: str = "adding"
    steps: int = 100
    """Number of steps of every sequence, T."""
    variant: Variant = "forget"
    forget_bias: float = FORGET_BIAS
    hidden_size: int = 32
    examples: int = 2000
    """Number of sequences per epoch; every epoch has new ones."""
    seed: int = 1


class MemoryNetwork(nn.Module):
    """One LSTM layer and a linear output at every step."""

    def __init__(self, inputs: int, outputs: int, config: MemoryConfig) -> None:
        super().__init__()
        self.lstm = LSTM(inputs, config.hidden_size, variant=config.variant, forget_bias=config.forget_bias)
        self.output = nn.Linear(config.hidden_size, outputs)

    def forward(self, x: Tensor) -> Tensor:
        """Map ``x`` (T, B, D) to outputs (T, B, K)."""
        y, _ = self.lstm(x)
        return self.output(y)


class MemoryTask:
    """Implements ``training.loop.TrainingTask``."""

    def __init__(self, config: MemoryConfig) -> None:
        self.config, self.problem = config, problem(config.problem, config.steps)
        torch.manual_seed(config.seed)
        self.network: nn.Module = MemoryNetwork(self.problem.inputs, self.problem.outputs, config)
        self._drawn: tuple[int, Batch] | None = None
        """Cache of the sequences drawn last, with their epoch."""
        self._development = self._draw(_DEVELOPMENT_EPOCH, DEVELOPMENT_SEQUENCES)

    def identity(self) -> dict[str, Any]:
        return asdict(self.config)

    def plan(self, epoch: int, batch_size: int) -> list[list[int]]:
        """Return batches in the order in which the sequences are drawn."""
        numbers = list(range(self.config.examples))
        return [numbers[start : start + batch_size] for start in range(0, len(numbers), batch_size)]

    def batch(self, epoch: int, examples: Sequence[int]) -> Batch:
        """Return inputs (T, B, D), targets (T, B, K) and weights (T, B)."""
        if self._drawn is None or self._drawn[0] != epoch:
            self._drawn = epoch, self._draw(epoch, self.config.examples)
        x, y, weight = (part[:, list(examples)] for part in self._drawn[1])
        return x, y, weight

    def _draw(self, epoch: int, count: int) -> Batch:
        """Draw all sequences of an epoch at once, so that none depends on the batches."""
        random = np.random.default_rng([self.config.seed, epoch])
        x, y, weight = map(torch.from_numpy, self.problem.draw(random, count, self.config.steps))
        return x, y, weight

    def loss(self, network: nn.Module, batch: Batch) -> tuple[Tensor, Tensor]:
        """Return the summed loss, squared error or nats, over the weighted steps, and the number of these steps."""
        x, target, weight = batch
        return self._loss(network(x).float(), target, weight)

    def _loss(self, output: Tensor, target: Tensor, weight: Tensor) -> tuple[Tensor, Tensor]:
        if self.problem.kind == "value":
            error = (output - target).square().sum(2)
        elif self.problem.kind == "class":
            error = -(F.log_softmax(output, 2) * target).sum(2)
        else:
            error = F.binary_cross_entropy_with_logits(output, target, reduction="none").sum(2)
        return (error * weight).sum(), weight.sum()

    @torch.no_grad()
    def evaluate(self, network: nn.Module) -> dict[str, float]:
        """Return the share of sequences with any wrong target, and the mean loss."""
        x, target, weight = self._development
        output = network(x)
        loss, count = self._loss(output, target, weight)
        if self.problem.kind == "value":
            wrong = (output - target).abs().amax(2) > TOLERANCE
        elif self.problem.kind == "class":
            wrong = output.argmax(2) != target.argmax(2)
        else:
            wrong = ((output > 0) != (target > 0.5)).any(2)
        failed = (wrong & (weight > 0)).any(0).float().mean()
        return {"wrong": float(failed), "test_loss": float(loss / count)}

    def guessed_loss(self) -> float:
        """Return the mean loss on the development set of the best output that does not depend on the input."""
        _, target, weight = self._development
        if self.problem.kind == "value":
            return float(target[weight > 0].var(unbiased=False))
        return math.log(self.problem.outputs) if self.problem.kind == "class" else self.problem.outputs * math.log(2)

    def save(self, folder: Path, network: nn.Module, training: dict[str, Any]) -> None:
        """Write the weights and the card, but no graph, because nothing would run it."""
        weights = {name: value.cpu().numpy() for name, value in network.state_dict().items()}
        save(folder, {"kind": "memory", "network": asdict(self.config), "training": training}, weights)
