"""The recognition network: convolutions, which may shorten the sequence, a stacked bidirectional LSTM, and CTC.

Graves et al. 2009, "A novel connectionist system for unconstrained handwriting recognition", section III; Graves et
al. 2006 for CTC. The convolutions are a departure from both: they let the LSTM take fewer, longer steps.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TypeVar

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from handwriting.errors import InkError
from handwriting.networks.dropout import dropout
from handwriting.networks.lstm import LSTM


@dataclass(frozen=True)
class RecognizerConfig:
    """Sizes of the network; part of a checkpoint's card."""

    input_size: int = 14
    """Features per step."""
    output_size: int = 80
    """V: number of characters and the blank."""
    hidden_size: int = 256
    """H: cells per layer and direction."""
    num_layers: int = 3
    variant: str = "forget"
    """Equations of the LSTM: see ``networks/cells.py``."""
    channels: list[int] = field(default_factory=lambda: [128])
    """Output channels of each convolution; empty for none."""
    strides: list[int] = field(default_factory=lambda: [1])
    """Stride of each convolution."""
    kernel_size: int = 5
    dropout: float = 0.35
    """Dropout probability at the input of every LSTM layer but the first, and of the output layer."""

    def __post_init__(self) -> None:
        if len(self.channels) != len(self.strides) or min([1, *self.channels, *self.strides]) < 1:
            raise InkError(
                f"convolutions with channels {self.channels} and strides {self.strides}: "
                "give as many of each, all at least 1"
            )


class RecognizerNetwork(nn.Module):
    """Maps encoded ink, one step per point or curve, to log-probabilities of characters and the blank."""

    def __init__(self, config: RecognizerConfig) -> None:
        super().__init__()
        self.config = config
        sizes = [config.input_size, *config.channels]
        self.convolutions = nn.ModuleList(
            nn.Conv1d(a, b, config.kernel_size, stride, config.kernel_size // 2)
            for a, b, stride in zip(sizes[:-1], sizes[1:], config.strides, strict=True)
        )
        self.lstm = LSTM(
            sizes[-1],
            config.hidden_size,
            config.num_layers,
            variant=config.variant,  # type: ignore[arg-type]
            bidirectional=True,
            dropout=config.dropout,
        )
        self.output = nn.Linear(self.lstm.output_size, config.output_size)
        _initialise(self)

    def forward(self, x: Tensor, lengths: Tensor) -> tuple[Tensor, Tensor]:
        """Map ``x`` (T, B, input_size), ``lengths`` (B,) to float32 log-probabilities (T', B, V) and their lengths."""
        x, lengths = self.encode(x, lengths)
        return F.log_softmax(self.output(dropout(x, self.config.dropout, self.training)).float(), dim=-1), lengths

    def encode(self, x: Tensor, lengths: Tensor) -> tuple[Tensor, Tensor]:
        """Return the output of the last LSTM layer, (T', B, 2H), and the lengths.

        Padding never changes a sequence's result: it is zeroed before every convolution, as the convolutions' own
        padding is, and the LSTM's backward direction starts at the sequence's end.
        """
        x = x.permute(1, 2, 0)  # (B, C, T)
        for convolution, stride in zip(self.convolutions, self.config.strides, strict=True):
            x = F.silu(convolution(x * _mask(lengths, x)))
            lengths = output_steps(lengths, [stride])
        x = (x * _mask(lengths, x)).permute(2, 0, 1)  # (T', B, C)
        x, _ = self.lstm(x, lengths)  # (T', B, 2H)
        return x, lengths


def _initialise(network: RecognizerNetwork) -> None:
    """Initialise the weights so that training with CTC soon leaves the plateau of blanks.

    Input and output weights follow Glorot & Bengio 2010, convolutions He et al. 2015 (times 1.5, because SiLU passes
    less than a ReLU), recurrent weights are orthogonal (Saxe et al. 2014). Torch's uniform weights shrink the
    differences between inputs at every layer, so that the network outputs nothing but blanks for hundreds of updates
    more.
    """
    for name, weight in network.named_parameters():
        if weight.dim() == 3:
            nn.init.kaiming_normal_(weight, nonlinearity="relu")
            weight.detach().mul_(1.5)
        elif weight.dim() == 2 and "weight" in name:
            fill = nn.init.orthogonal_ if "weight_hh" in name else nn.init.xavier_normal_
            for gate in weight.detach().split(network.config.hidden_size if name.startswith("lstm.") else len(weight)):
                fill(gate)


Steps = TypeVar("Steps", int, Tensor)


def output_steps(steps: Steps, strides: Sequence[int]) -> Steps:
    """Return how many steps remain after convolutions with ``strides``, odd kernels and half-kernel padding."""
    for stride in strides:
        steps = (steps + stride - 1) // stride
    return steps


def ctc_loss(log_probs: Tensor, lengths: Tensor, targets: Tensor, target_lengths: Tensor) -> Tensor:
    """Compute the negative log-probability of each text in nats, shape (B,) (Graves et al. 2006, equation 8).

    ``log_probs`` (T', B, V), ``targets`` the concatenated texts. The loss is infinite for a text that needs more steps
    than there are: see :func:`steps_needed`.
    """
    return F.ctc_loss(log_probs, targets, lengths, target_lengths, blank=0, reduction="none")


def steps_needed(text: Sequence[object]) -> int:
    """Return the fewest steps that can spell a text: one per character, and a blank between equal neighbours."""
    return len(text) + sum(a == b for a, b in pairwise(text))


def _mask(lengths: Tensor, x: Tensor) -> Tensor:
    """Return a mask (B, 1, T): 1 within each sequence, 0 beyond its length."""
    steps = torch.arange(x.shape[2], device=x.device)
    return (steps < lengths.to(x.device)[:, None]).unsqueeze(1).to(x.dtype)
