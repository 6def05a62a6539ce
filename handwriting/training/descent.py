"""An update of the small networks for orientation; see :mod:`handwriting.training.update` for the large ones."""

from __future__ import annotations

import torch


def descend(optimiser: torch.optim.Optimizer, loss: torch.Tensor, rate: float, max_norm: float | None = None) -> None:
    """Update the weights by the gradients of ``loss``, which are clipped to ``max_norm``, at the learning ``rate``."""
    optimiser.zero_grad()
    loss.backward()
    for group in optimiser.param_groups:
        group["lr"] = rate
        if max_norm is not None:
            torch.nn.utils.clip_grad_norm_(group["params"], max_norm)
    optimiser.step()
