"""The LSTM that all networks share: stacked layers, one or two directions, optional skip connections.

The backward direction of a bidirectional layer is a forward cell over each sequence reversed within its own length, so
that padding never reaches a real output. (A mask cannot achieve that, and ``pack_padded_sequence`` falls off torch's
fast path on the CPU.) On a GPU a layer's two directions are one call. With ``skip`` the layers are connected as in
Graves 2013 (arXiv 1308.0850, section 2, figure 1): the input reaches every layer and every layer reaches the output.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

import torch
from torch import Tensor, nn

from handwriting.errors import InkError
from handwriting.networks.cells import FORGET_BIAS, Cell, ForgetCell, State, Variant, both_directions, make_cell
from handwriting.networks.dropout import dropout
from handwriting.networks.truncation import blockwise


class LSTM(nn.Module):
    """``num_layers`` LSTM layers of ``hidden_size`` cells (H) over ``input_size`` features (D) per step.

    ``variant`` chooses the equations, see :mod:`handwriting.networks.cells`. With ``skip``, every layer but the first
    reads the input followed by the output of the layer below, and the network's output is the outputs of all layers,
    first layer first. ``dropout`` is the dropout probability between layers, in training only. ``forget_bias`` is the
    initial bias of the forget gates.

    Raises :class:`InkError` for an unknown variant and for sizes or probabilities out of range.
    """

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        *,
        variant: Variant = "forget",
        bidirectional: bool = False,
        skip: bool = False,
        dropout: float = 0.0,
        forget_bias: float = FORGET_BIAS,
    ) -> None:
        super().__init__()
        for name, value in (("input_size", input_size), ("hidden_size", hidden_size), ("num_layers", num_layers)):
            if value < 1:
                raise InkError(f"LSTM {name} is {value}; it must be at least 1")
        if not 0 <= dropout < 1:
            raise InkError(f"LSTM dropout is {dropout}; it must be at least 0 and below 1")
        self.input_size, self.hidden_size, self.num_layers = input_size, hidden_size, num_layers
        self.variant, self.bidirectional, self.skip, self.dropout = variant, bidirectional, skip, dropout
        self.truncate: int | None = None
        """Number of steps in a block within which the gradient propagates back; None for the exact gradient.

        See ``truncation.py``.
        """
        layer_size = hidden_size * (2 if bidirectional else 1)
        self.output_size = layer_size * (num_layers if skip else 1)
        sizes = [input_size] + [layer_size + (input_size if skip else 0)] * (num_layers - 1)
        self.cells = nn.ModuleList(make_cell(variant, size, hidden_size, forget_bias) for size in sizes)
        backward = sizes if bidirectional else []
        self.backward_cells = nn.ModuleList(make_cell(variant, size, hidden_size, forget_bias) for size in backward)

    def forward(
        self, x: Tensor, lengths: Tensor | None = None, state: Sequence[State] | None = None
    ) -> tuple[Tensor, list[State]]:
        """Run all steps of a batch.

        ``x`` is (T, B, D); ``lengths`` (B,) int64 are the steps of each sequence, None when all have T; ``state`` is
        one (h, c) per layer, each (B, H), None for zeros. Returns y (T, B, output_size), zero at padding, and the state
        of each layer after each sequence's own last step (an empty list when bidirectional).

        A unidirectional network needs ``lengths`` only for these states and zeros, since padding comes last.
        """
        T, B = self._check(x, 3, state)
        padding = last = index = None
        if lengths is not None:
            lengths = lengths.to(x.device)
            padding, last = _padding(lengths, T, B), lengths - 1
            index = _reversal(lengths, T) if self.bidirectional else None
        fused = self.bidirectional and self.variant == "forget" and self.truncate is None and x.is_cuda
        states: list[State] = []
        outputs: list[Tensor] = []
        for layer, cell in enumerate(self.cells):
            below = self._layer_input(x, outputs)
            if fused:
                cells = cast(ForgetCell, cell), cast(ForgetCell, self.backward_cells[layer])
                outputs.append(both_directions(*cells, below, padding))
            elif self.bidirectional:
                zeros = self._zeros(x, B)
                ahead, _ = blockwise(cell, below, zeros, self.truncate)
                back, _ = blockwise(self.backward_cells[layer], _reverse(below, index), zeros, self.truncate)
                outputs.append(torch.cat([ahead, _reverse(back, index)], 2))
            else:
                before = state[layer] if state else self._zeros(x, B)
                y, after = blockwise(cell, below, before, self.truncate, last)
                outputs.append(y)
                states.append(after)
        y = self._output(outputs)
        return y if padding is None else y.masked_fill(padding.unsqueeze(2), 0), states

    def step(self, x: Tensor, state: Sequence[State] | None = None) -> tuple[Tensor, list[State]]:
        """Run one step from ``x`` (B, D) and ``state`` as in :meth:`forward` to y (B, output_size) and next state."""
        if self.bidirectional:
            raise InkError("LSTM: a bidirectional network needs whole sequences and cannot step; call forward instead")
        (B,) = self._check(x, 2, state)
        states: list[State] = []
        outputs: list[Tensor] = []
        for layer, cell in enumerate(self.cells):
            below = self._layer_input(x, outputs)
            states.append(cast(Cell, cell).step(below, state[layer] if state else self._zeros(x, B)))
            outputs.append(states[-1][0])
        return self._output(outputs), states

    def _layer_input(self, x: Tensor, outputs: list[Tensor]) -> Tensor:
        """Return the input of the layer after ``outputs``: the last output, with ``skip`` preceded by the input."""
        if not outputs:
            return x
        below = dropout(outputs[-1], self.dropout, self.training)
        return torch.cat([x.to(below.dtype), below], -1) if self.skip else below

    def _output(self, outputs: list[Tensor]) -> Tensor:
        return torch.cat(outputs, -1) if self.skip and len(outputs) > 1 else outputs[-1]

    def _zeros(self, x: Tensor, batch: int) -> State:
        # In the dtype of the parameters: under autocast x may be bfloat16.
        zero = x.new_zeros(batch, self.hidden_size, dtype=next(self.parameters()).dtype)
        return zero, zero

    def _check(self, x: Tensor, dims: int, state: Sequence[State] | None) -> torch.Size:
        """Check all shapes and return that of ``x`` without its last dimension."""
        if x.dim() != dims or x.shape[-1] != self.input_size or x.numel() == 0:
            expected = f"({'T, ' if dims == 3 else ''}B, {self.input_size})"
            raise InkError(f"LSTM: x has shape {tuple(x.shape)}; pass {expected}, none of them 0")
        if state is not None:
            if self.bidirectional:
                raise InkError("LSTM: a bidirectional network carries no state; pass whole sequences and state=None")
            if len(state) != self.num_layers:
                raise InkError(f"LSTM: state has {len(state)} layers; pass one (h, c) for each of {self.num_layers}")
            expected_shape = (x.shape[-2], self.hidden_size)
            for part in (part for layer in state for part in layer):
                if part.shape != expected_shape:
                    raise InkError(f"LSTM: state of shape {tuple(part.shape)}; pass (B, H) = {expected_shape} each")
        return x.shape[:-1]


def _padding(lengths: Tensor, steps: int, batch: int) -> Tensor:
    """Return a mask (T, B) that is true beyond each sequence's end.

    Raises :class:`InkError` for lengths of another shape or out of range.
    """
    if lengths.shape != (batch,):
        raise InkError(f"LSTM: lengths has shape {tuple(lengths.shape)}, expected ({batch},), one per sequence")
    low, high = int(lengths.min()), int(lengths.max())
    if low < 1 or high > steps:
        raise InkError(f"LSTM: lengths go from {low} to {high}; each must be from 1 to the {steps} steps of x")
    return torch.arange(steps, device=lengths.device).unsqueeze(1) >= lengths


def _reversal(lengths: Tensor, steps: int) -> Tensor:
    """Return the source row of each row of the reversed, flattened (T * B, D) input; padding stays in place."""
    t = torch.arange(steps, device=lengths.device).unsqueeze(1)  # (T, 1)
    source = torch.where(t < lengths, lengths - 1 - t, t)  # (T, B)
    batch = len(lengths)
    return (source * batch + torch.arange(batch, device=lengths.device)).flatten()


def _reverse(x: Tensor, index: Tensor | None) -> Tensor:
    """Reverse each sequence of ``x`` (T, B, D) within its own length; ``index`` comes from :func:`_reversal`."""
    return x.flip(0) if index is None else _Rows.apply(x, index)


class _Rows(torch.autograd.Function):
    """Permute the rows of x (T, B, D) by ``index`` (T * B,), a permutation that is its own inverse.

    Its gradient is therefore the same permutation; the gradient of ``index_select`` accumulates row by row and is many
    times slower.
    """

    @staticmethod
    def forward(ctx: Any, x: Tensor, index: Tensor) -> Tensor:
        ctx.save_for_backward(index)
        return x.reshape(-1, x.shape[2]).index_select(0, index).view(x.shape)

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor, None]:
        (index,) = ctx.saved_tensors
        return _Rows.apply(grads[0], index), None
