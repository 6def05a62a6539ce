"""The plan of an epoch: which examples share a batch, and the order of the batches."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


def plan_by_length(lengths: Sequence[float], batch_size: int, seed: int, epoch: int) -> list[list[int]]:
    """Return batches of examples of similar length, in an order determined by (seed, epoch), each example once."""
    random = np.random.default_rng([seed, epoch])
    order = np.argsort(np.array(lengths) * np.exp(random.normal(0, 0.02, len(lengths))), kind="stable")
    batches = [order[i : i + batch_size].tolist() for i in range(0, len(order), batch_size)]
    return [batches[i] for i in random.permutation(len(batches))]
