"""Truncated back-propagation through time: the gradient does not propagate beyond a block of steps.

A sequence is cut into blocks, and each block starts from the final state of the one before it, detached from its
history (Williams & Peng 1990; as is usual today, with as many steps forward as back). The outputs are the same as for
the whole sequence; the gradient lacks only the influence of a step on errors in later blocks.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

from handwriting.errors import InkError
from handwriting.networks.cells import State


def truncate(network: nn.Module, steps: int | None) -> None:
    """Truncate the gradient of every recurrent module of ``network`` to blocks of ``steps``; None makes it exact.

    Raises :class:`InkError` if the network has no recurrent module or ``steps`` is below 1.
    """
    parts: list[Any] = [module for module in network.modules() if hasattr(module, "truncate")]
    if steps is not None and steps < 1:
        raise InkError(f"truncate is {steps}; give the number of steps, at least 1")
    if steps is not None and not parts:
        raise InkError("truncate: this network has no recurrent part; leave it out")
    for part in parts:
        part.truncate = steps


def blockwise(
    cell: Callable[..., tuple[Tensor, State]], x: Tensor, state: State, steps: int | None, last: Tensor | None = None
) -> tuple[Tensor, State]:
    """Run a cell over ``x`` (T, B, D) in blocks of ``steps`` (None: all); return y and the state after ``last``."""
    if steps is None or len(x) <= steps:
        return cell(x, state, last)
    outputs, start = [], 0
    for block in x.split(steps):
        within = None if last is None else (last - start).clamp(0, len(block) - 1)
        y, after = cell(block, state, within)
        if last is not None:
            ended = (last < start).unsqueeze(1)
            after = torch.where(ended, state[0], after[0]), torch.where(ended, state[1], after[1])
        outputs.append(y)
        start += len(block)
        state = after if start == len(x) else (after[0].detach(), after[1].detach())
    return torch.cat(outputs), state
