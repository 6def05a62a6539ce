"""The recognition network: optional convolutions that shorten the sequence, a stacked bidirectional LSTM, CTC.

Graves et al. 2009, "A novel connectionist system for unconstrained handwriting recognition", section III; Graves et
al. 2006 for CTC. The strided convolutions in front are the departure: they let the LSTM take fewer, longer steps.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise

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
    """Features of a step."""
    output_size: int = 80
    """V: characters and blank."""
    hidden_size: int = 256
    """H: cells of each layer and direction."""
    num_layers: int = 3
    variant: str = "forget"
    """The LSTM's equations: see ``networks/lstm.py``."""
    channels: list[int] = field(default_factory=lambda: [128])
    """Output channels of each convolution; empty for none."""
    strides: list[int] = field(default_factory=lambda: [1])
    """Stride of each convolution."""
    kernel_size: int = 5
    dropout: float = 0.35
    """On the input of every layer but the first, and on that of the output layer."""

    def __post_init__(self) -> None:
        if len(self.channels) != len(self.strides) or min([1, *self.channels, *self.strides]) < 1:
            raise InkError(
                f"convolutions with channels {self.channels} and strides {self.strides}: "
                "give as many of each, all at least 1"
            )


class RecognizerNetwork(nn.Module):
    """Steps to logarithms of character probabilities."""

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
        """``x`` (T, B, input_size) and ``lengths`` (B,) to log-probabilities (T', B, V), float32, and their lengths.

        What stands beyond a sequence's length never changes its result: it is zeroed before every convolution, whose
        own padding is zero too, and the LSTM's backward direction starts at the sequence's end.
        """
        x = x.permute(1, 2, 0)  # (B, C, T)
        for convolution, stride in zip(self.convolutions, self.config.strides, strict=True):
            x = F.silu(convolution(x * _mask(lengths, x)))
            lengths = subsampled(lengths, stride)
        x = (x * _mask(lengths, x)).permute(2, 0, 1)  # (T', B, C)
        x, _ = self.lstm(x, lengths)  # (T', B, 2H)
        return F.log_softmax(self.output(dropout(x, self.config.dropout, self.training)).float(), dim=-1), lengths


def _initialise(network: RecognizerNetwork) -> None:
    """Weights from which CTC leaves its plateau of blanks soon: what differs between inputs arrives at the output.

    Glorot & Bengio 2010 for what enters a gate or the output, He et al. 2015 for the convolutions (times 1.5, as SiLU
    lets less through than a ramp), Saxe et al. 2014 (orthogonal) for what goes from step to step. torch's own uniform
    weights shrink the differences at every layer: the network says nothing but blanks for hundreds of steps more.
    """
    for name, weight in network.named_parameters():
        if weight.dim() == 3:
            nn.init.kaiming_normal_(weight, nonlinearity="relu")
            weight.detach().mul_(1.5)
        elif weight.dim() == 2 and "weight" in name:
            fill = nn.init.orthogonal_ if "weight_hh" in name else nn.init.xavier_normal_
            for gate in weight.detach().split(network.config.hidden_size if name.startswith("lstm.") else len(weight)):
                fill(gate)


def subsampled(lengths: Tensor, stride: int) -> Tensor:
    """Lengths after a convolution with odd kernel, half-kernel padding and ``stride``."""
    return torch.div(lengths + stride - 1, stride, rounding_mode="floor")


def ctc_loss(log_probs: Tensor, lengths: Tensor, targets: Tensor, target_lengths: Tensor) -> Tensor:
    """Shape (B,): minus the logarithm of each text's probability, in nats (Graves et al. 2006, equation 8).

    ``log_probs`` (T', B, V), ``targets`` the concatenated texts. A text that needs more steps than there are gives
    infinity: see :func:`steps_needed`.
    """
    return F.ctc_loss(log_probs, targets, lengths, target_lengths, blank=0, reduction="none")


def steps_needed(text: list[int]) -> int:
    """The fewest steps that can spell a text: one a character, and a blank between equal neighbours."""
    return len(text) + sum(a == b for a, b in pairwise(text))


def _mask(lengths: Tensor, x: Tensor) -> Tensor:
    """(B, 1, T): 1 within each sequence, 0 beyond its length."""
    steps = torch.arange(x.shape[2], device=x.device)
    return (steps < lengths.to(x.device)[:, None]).unsqueeze(1).to(x.dtype)
