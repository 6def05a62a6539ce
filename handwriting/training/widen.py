"""Grow a recognizer: more cells per layer without changing what the network computes, or more layers.

Function-preserving widening in the spirit of Net2Net (Chen, Goodfellow & Shlens 2016, arXiv 1511.05641), by adding
cells rather than splitting them: a new cell has random incoming weights, so that it computes something new, and
zero outgoing weights, so that it affects neither the old cells nor the output until training changes them.
"""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor

Weights = Mapping[str, Tensor]
_PER_GATE = ("weight_ih", "weight_hh", "bias")
"""Parameters whose rows are the gates' blocks of H rows each, in the names of every LSTM variant."""


def widen(weights: Weights, fresh: Weights, hidden_size: int, wider: int) -> dict[str, Tensor]:
    """Widen a recognizer's ``weights`` from ``hidden_size`` cells per layer and direction to ``wider`` cells.

    ``fresh`` holds a new network's weights under the same names, with ``wider`` cells; new cells take their incoming
    weights from it. This works for bidirectional layers and any LSTM variant. The output layer keeps its rows.
    """
    return {name: _widened(name, value, fresh[name], hidden_size, wider) for name, value in weights.items()}


def deepen(weights: Weights, fresh: Weights) -> dict[str, Tensor]:
    """Add to a recognizer's ``weights`` the LSTM layers that only ``fresh`` has.

    Unlike widening, this changes what the network computes: the output layer reads another layer than before, and
    therefore starts with the weights of ``fresh``, for as many characters as ``weights`` has.
    """
    grown = {name: weights.get(name, value) for name, value in fresh.items()}
    return grown | {name: fresh[name][: len(weights[name])] for name in ("output.weight", "output.bias")}


def _widened(name: str, value: Tensor, fresh: Tensor, hidden_size: int, wider: int) -> Tensor:
    parameter = name.rpartition(".")[2]
    if name == "output.weight":
        return _spread(value, fresh.new_zeros(len(value), 2 * wider), 1, hidden_size, wider)
    if not name.startswith("lstm."):
        return value
    if parameter.startswith("peephole"):  # (3, H): one column per cell
        return _spread(value, fresh.clone(), 1, hidden_size, wider)
    assert parameter.startswith(_PER_GATE), name
    rows = _columns(len(value), hidden_size, wider)
    grown = fresh.clone()
    if value.dim() == 1:
        grown[rows] = value
        return grown
    reads_cells = fresh.shape[1] != value.shape[1]  # the first layer reads the features instead
    grown[rows] = (
        _spread(value, value.new_zeros(len(value), fresh.shape[1]), 1, hidden_size, wider) if reads_cells else value
    )
    return grown


def _spread(value: Tensor, target: Tensor, dim: int, hidden_size: int, wider: int) -> Tensor:
    """Write ``value`` into ``target`` along ``dim``, each block of H becoming the head of a wider block."""
    return target.index_copy(dim, _columns(value.shape[dim], hidden_size, wider), value.to(target.dtype))


def _columns(count: int, hidden_size: int, wider: int) -> Tensor:
    """Return the indices of ``count`` rows or columns, in blocks of ``hidden_size``, among blocks of ``wider``."""
    old = torch.arange(count)
    return old // hidden_size * wider + old % hidden_size
