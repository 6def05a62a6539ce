"""Graves's two generative networks: prediction (any handwriting) and synthesis (of a given text).

Graves 2013 (arXiv 1308.0850), sections 4.1 and 5.1, figures 1 and 12. The input, (dx, dy, end of stroke), reaches every
layer, and every layer reaches the mixture. In the synthesis network a window over the text sits above layer 1: w_t
feeds the layers above at t and layer 1 at t + 1. Only layer 1 therefore runs step by step; the layers above run over
whole sequences.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple, cast

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from handwriting.errors import InkError
from handwriting.networks.cells import Cell, ForgetCell, State, make_cell
from handwriting.networks.dropout import dropout
from handwriting.networks.lstm import LSTM
from handwriting.networks.mixture import output_size
from handwriting.networks.window import WindowedLayer, one_hot

POINT_SIZE = 3
"""dx, dy, end of stroke."""

BASIS_SPREAD = 0.02
"""Standard deviation of the initial values of the hand basis."""


@dataclass(frozen=True)
class PredictionConfig:
    """Sizes of the prediction network; part of a checkpoint's card."""

    hidden_size: int = 400
    """H: cells of each layer."""
    num_layers: int = 3
    mixtures: int = 20
    """M: Gaussians of the output."""
    variant: str = "forget"
    """Equations of the LSTM: see ``networks/cells.py``. Variants other than *forget* train several times slower."""
    dropout: float = 0.0
    """Dropout probability between layers and before the mixture; the paper has none."""


@dataclass(frozen=True)
class SynthesisConfig(PredictionConfig):
    """Sizes of the synthesis network; part of a checkpoint's card."""

    characters: int = 79
    """C: the alphabet's characters, without a blank."""
    components: int = 10
    """K: Gaussians of the window."""
    code: int = 0
    """Z: size of a hand code; 0 for a network without hand codes."""
    writers: int = 0
    """Number of writers in the training data, each with a learned code."""
    controls: int = 0
    """Number of entries at the end of a code that are set, not learned: slant, log width and log height."""


class PredictionNetwork(nn.Module):
    """Maps points to the raw parameters of the next point's mixture."""

    def __init__(self, config: PredictionConfig) -> None:
        super().__init__()
        self.config = config
        self.lstm = LSTM(
            POINT_SIZE,
            config.hidden_size,
            config.num_layers,
            variant=config.variant,  # type: ignore[arg-type]
            skip=True,
            dropout=config.dropout,
        )
        self.output = nn.Linear(self.lstm.output_size, output_size(config.mixtures))

    def forward(self, x: Tensor, state: list[State] | None = None) -> tuple[Tensor, list[State]]:
        """Map ``x`` (T, B, 3) to the mixture's parameters (T, B, 1 + 6 M) and the state after the last step."""
        y, state = self.lstm(x, state=state)
        return self.output(dropout(y, self.config.dropout, self.training)), state

    def step(self, x: Tensor, state: list[State] | None = None) -> tuple[Tensor, list[State]]:
        """Run one step: map ``x`` (B, 3) to parameters (B, 1 + 6 M) and the next state."""
        y, state = self.lstm.step(x, state)
        return self.output(y), state


class SynthesisState(NamedTuple):
    """State of the synthesis network between two steps."""

    layers: list[State]
    """(h, c) of each layer, (B, H) each."""
    kappa: Tensor
    """Locations of the window's components, in characters, shape (B, K)."""
    w: Tensor
    """Window output, shape (B, C)."""

    def detach(self) -> SynthesisState:
        """Return the same values detached from the autograd graph."""
        return SynthesisState([(h.detach(), c.detach()) for h, c in self.layers], self.kappa.detach(), self.w.detach())


class SynthesisNetwork(nn.Module):
    """Maps points, text and a hand to the raw parameters of the next point's mixture.

    A hand is a code of Z numbers. Through a basis shared by all hands, it adds a constant to the gates of every layer
    and to the outputs. ``codes`` (W, Z - controls) are those of the writers that the network was trained on.

    A text is (B, U) int64: characters 1 to C, and 0 for padding, to which the window gives no weight.
    """

    def __init__(self, config: SynthesisConfig) -> None:
        super().__init__()
        self.config = config
        self.truncate: int | None = None
        """Number of points in a block within which the gradient propagates back; None for the exact gradient.

        See ``truncation.py``.
        """
        H, C = config.hidden_size, config.characters
        variant = config.variant
        self.first = WindowedLayer(POINT_SIZE, C, H, config.components, variant)  # type: ignore[arg-type]
        self.upper = nn.ModuleList(
            make_cell(variant, POINT_SIZE + C + H, H)  # type: ignore[arg-type]
            for _ in range(config.num_layers - 1)
        )
        self.output = nn.Linear(config.num_layers * H, output_size(config.mixtures))
        if config.code:
            if variant != "forget":
                raise InkError(f"a hand's code needs the LSTM variant forget, not {variant}")
            size = config.num_layers * 4 * H + output_size(config.mixtures)
            self.basis = nn.Parameter(BASIS_SPREAD * torch.randn(size, config.code))
            self.codes = nn.Parameter(torch.randn(config.writers, config.code - config.controls))

    def hand(self, code: Tensor) -> Tensor:
        """Map ``code`` (B, Z) to biases of the gates of each layer and of the outputs, (B, L * 4H + 1 + 6 M)."""
        return F.linear(code, self.basis)

    def start(self, batch: int) -> SynthesisState:
        """Return the state before the first point: all zero, with the window before the first character."""
        zeros = next(self.parameters()).new_zeros
        H, layers = self.config.hidden_size, self.config.num_layers
        return SynthesisState(
            [(zeros(batch, H), zeros(batch, H)) for _ in range(layers)],
            zeros(batch, self.config.components),
            zeros(batch, self.config.characters),
        )

    def forward(
        self,
        x: Tensor,
        text: Tensor,
        state: SynthesisState | None = None,
        code: Tensor | None = None,
        basis: Tensor | None = None,
    ) -> tuple[Tensor, Tensor, SynthesisState]:
        """Map ``x`` (T, B, 3), ``text`` (B, U), ``code`` (B, Z) to parameters (T, B, 1 + 6 M), phi (T, B, U), state.

        The returned state is that after step T and carries no gradient. Without a code the hand is the average one,
        whose code is 0. ``basis`` (L * 4H + 1 + 6 M, Z) replaces the network's own. Padding at the end of a sequence or
        text does not change the results before it.
        """
        self._check(x, 3, text)
        basis = None if code is None else self.basis if basis is None else basis
        self._check_code(code, x.shape[1], basis)
        if self.truncate is None or len(x) <= self.truncate:
            return self._block(x, text, state, code, basis)
        outputs, windows = [], []
        for block in x.split(self.truncate):
            y, phi, state = self._block(block, text, None if state is None else state.detach(), code, basis)
            outputs.append(y)
            windows.append(phi)
        return torch.cat(outputs), torch.cat(windows), cast(SynthesisState, state)

    def _block(
        self, x: Tensor, text: Tensor, state: SynthesisState | None, code: Tensor | None, basis: Tensor | None
    ) -> tuple[Tensor, Tensor, SynthesisState]:
        """Run all steps of ``x`` with their exact gradient."""
        layers, kappa, w = state or self.start(x.shape[1])
        gates, of_output = self._parts(basis)
        bias = None if code is None else F.linear(code, cast(Tensor, gates[0]))
        y, ws, phi, first, kappa = self.first(x, self._characters(text), layers[0], kappa, w, bias)
        outputs, states = [self._dropout(y)], [first]
        for cell, before, part in zip(self.upper, layers[1:], gates[1:], strict=True):
            inputs = torch.cat([x, ws, outputs[-1]], 2)
            y, after = cell(inputs, before) if code is None else cell(inputs, before, None, code, part)
            outputs.append(self._dropout(y.to(ws.dtype)))
            states.append(after)
        y = self.output(torch.cat(outputs, 2))
        if code is not None and of_output is not None:
            y = y + F.linear(code, of_output)
        return y, phi, SynthesisState(states, kappa, ws[-1])

    def step(
        self, x: Tensor, text: Tensor, state: SynthesisState | None = None, hand: Tensor | None = None
    ) -> tuple[Tensor, Tensor, SynthesisState]:
        """Map ``x`` (B, 3) and the output of :meth:`hand` to parameters (B, 1 + 6 M), phi (B, U) and next state."""
        self._check(x, 2, text)
        layers, kappa, w = state or self.start(len(x))
        gates, of_output = self._parts(hand, -1)
        first, w, phi, kappa = self.first.step(x, self._characters(text), layers[0], kappa, w, gates[0])
        states = [first]
        for cell, before, bias in zip(self.upper, layers[1:], gates[1:], strict=True):
            inputs = torch.cat([x, w, self._dropout(states[-1][0])], 1)
            states.append(
                cast(Cell, cell).step(inputs, before)
                if bias is None
                else cast(ForgetCell, cell).step(inputs, before, bias)
            )
        y = self.output(torch.cat([self._dropout(h) for h, _ in states], 1))
        return y if of_output is None else y + of_output, phi, SynthesisState(states, kappa, w)

    def _parts(self, hand: Tensor | None, dim: int = 0) -> tuple[list[Tensor | None], Tensor | None]:
        """Split a hand or the basis along ``dim`` into the part of each layer's gates and that of the outputs."""
        layers, H = self.config.num_layers, self.config.hidden_size
        if hand is None:
            return [None] * layers, None
        *gates, outputs = hand.split([4 * H] * layers + [output_size(self.config.mixtures)], dim)
        return list(gates), outputs

    def _check_code(self, code: Tensor | None, batch: int, basis: Tensor | None) -> None:
        if code is not None and basis is not None and code.shape != (batch, basis.shape[1]):
            expected = f"({batch}, {basis.shape[1]})"
            raise InkError(f"synthesis network: code has shape {tuple(code.shape)}; pass (B, Z) = {expected}")

    def _characters(self, text: Tensor) -> Tensor:
        return one_hot(text, self.config.characters).to(next(self.parameters()).dtype)

    def _dropout(self, x: Tensor) -> Tensor:
        return dropout(x, self.config.dropout, self.training)

    def _check(self, x: Tensor, dims: int, text: Tensor) -> None:
        if x.dim() != dims or x.shape[-1] != POINT_SIZE or x.numel() == 0:
            expected = "(T, B, 3)" if dims == 3 else "(B, 3)"
            raise InkError(f"synthesis network: x has shape {tuple(x.shape)}; pass {expected}, none of them 0")
        if text.dim() != 2 or len(text) != x.shape[-2] or text.shape[1] == 0:
            raise InkError(f"synthesis network: text has shape {tuple(text.shape)}; pass (B, U), B = {x.shape[-2]}")
