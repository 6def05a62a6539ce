"""Convert the weights of cells to the form of ONNX's LSTM operator."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray

from handwriting.errors import InkError
from handwriting.networks.cells import Cell, ForgetCell, PeepholeCell, TanhCell, ThreeGateCell


def onnx_weights(*cells: Cell) -> dict[str, NDArray[np.float32]]:
    """Return the inputs W, R, B and (peephole only) P of ONNX's LSTM operator, for one cell or a pair of directions.

    ``W`` (N, 4H, D), ``R`` (N, 4H, H), ``B`` (N, 8H), ``P`` (N, 3H), float32, with N directions and ONNX's gate order
    i, o, f, c (P: i, o, f). ONNX has no LSTM without a forget gate: *1997* gets one that is always open, with zero
    weights and the bias 100, whose logistic function is 1 in float32; *coupled* gets the input gate's weights with the
    opposite sign, because 1 - s(z) = s(-z).

    Source: https://onnx.ai/onnx/operators/onnx__LSTM.html.
    """
    directions = [_onnx_direction(cell) for cell in cells]
    return {name: np.stack([d[name] for d in directions]) for name in directions[0]}


def _onnx_direction(cell: Cell) -> dict[str, NDArray[np.float32]]:
    if isinstance(cell, TanhCell):
        raise InkError("variant tanh: it is not an LSTM and has no graph; export another variant")
    if isinstance(cell, ForgetCell):
        weight_ih, weight_hh, bias_ih, bias_hh = cell.weights()
        bias, peephole = bias_ih + bias_hh, None
    else:
        weight_ih, weight_hh, bias = cell.weight_ih, cell.weight_hh, cell.bias
        peephole = cell.peephole if isinstance(cell, PeepholeCell) else None
    ordered = {}
    for name, weight in (("W", weight_ih), ("R", weight_hh), ("B", bias)):
        gates = list(weight.detach().cpu().float().split(cell.hidden_size))
        if isinstance(cell, ThreeGateCell) and cell.coupled:
            gates.insert(1, -gates[0])
        elif len(gates) == 3:
            gates.insert(1, torch.full_like(gates[0], 100.0 if name == "B" else 0.0))
        i, f, g, o = gates
        ordered[name] = torch.cat([i, o, f, g]).numpy()
    ordered["B"] = np.concatenate([ordered["B"], np.zeros_like(ordered["B"])])  # ONNX has two biases too
    if peephole is not None:
        ordered["P"] = peephole.detach().cpu().float()[[0, 2, 1]].flatten().numpy()
    return ordered
