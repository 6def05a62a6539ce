"""A character language model: stacked LSTM layers that predict the next character of a text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from torch import Tensor, nn

from handwriting.networks.cells import State
from handwriting.networks.dropout import dropout
from handwriting.networks.lstm import LSTM


@dataclass(frozen=True)
class LanguageConfig:
    """Sizes of the network; part of a checkpoint's card."""

    codes: int = 95
    """Number of different characters, V."""
    hidden_size: int = 512
    num_layers: int = 1
    embedding: int = 64
    """Size of a character's embedding."""
    dropout: float = 0.1
    """Dropout probability between layers and before the output, in training only."""


class LanguageNetwork(nn.Module):
    """An embedding, an LSTM, and a linear output. Raises :class:`InkError` like :class:`LSTM`."""

    def __init__(self, config: LanguageConfig) -> None:
        super().__init__()
        self.config = config
        self.embedding = nn.Embedding(config.codes, config.embedding)
        self.lstm = LSTM(config.embedding, config.hidden_size, config.num_layers, dropout=config.dropout)
        self.output = nn.Linear(config.hidden_size, config.codes)

    def forward(self, codes: Tensor, state: Sequence[State] | None = None) -> tuple[Tensor, list[State]]:
        """Map int64 ``codes`` (T, B) to logits (T, B, V) of each next code, and each layer's state after the last."""
        y, after = self.lstm(self.embedding(codes), state=state)
        return self.output(dropout(y, self.config.dropout, self.training)), after
