"""Sequence to sequence: an encoder LSTM reads the ink, a decoder LSTM writes the text, character by character.

Sutskever, Vinyals & Le 2014 (arXiv 1409.3215) give the decoder a single vector, here the final outputs of the two
directions of the encoder. With attention (Bahdanau, Cho & Bengio 2015, arXiv 1409.0473) it attends to all of the
encoder's steps m_t, with regard to its earlier attention (Chorowski et al. 2015, arXiv 1506.07503, eq. 5 to 9) ::

    e_t = v . tanh(W h_u + V m_t + U (F * [a_{u-1}, sum of a_{<u}])_t)
    a_u = softmax(e)        context_u = sum_t a_{u,t} m_t

The encoder is a whole recognition network, whose own CTC output remains usable. Index 0, the blank of CTC, is here the
end of the text, and also the input before its first character.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from handwriting.networks.cells import ForgetCell
from handwriting.networks.dropout import dropout
from handwriting.networks.recognizer import RecognizerConfig, RecognizerNetwork

END = 0
"""The index that ends a text."""


@dataclass(frozen=True)
class Seq2SeqConfig(RecognizerConfig):
    """Sizes of encoder and decoder; part of a checkpoint's card."""

    attention: bool = True
    decoder_size: int = 256
    """Cells of the decoder."""
    embedding: int = 64
    """Size of a character's embedding."""
    attention_size: int = 128
    """Size of the space in which decoder and encoder states are compared."""
    filters: int = 16
    """Number of convolution filters over earlier attention weights."""
    window: int = 15
    """Width of each filter in steps; odd."""


class DecoderState(NamedTuple):
    """State of the decoder between two characters."""

    h: Tensor
    """(B, H)."""
    c: Tensor
    """(B, H)."""
    context: Tensor
    """Last context vector, (B, E)."""
    attended: Tensor
    """Last attention weights and their running sum, (B, 2, T)."""


class Decoder(nn.Module):
    """The decoder LSTM, which emits one character at a time."""

    def __init__(self, config: Seq2SeqConfig) -> None:
        super().__init__()
        self.config = config
        E, H, A = 2 * config.hidden_size, config.decoder_size, config.attention_size
        self.embedding = nn.Embedding(config.output_size, config.embedding)
        self.begin = nn.Linear(E, 2 * H)
        self.cell = ForgetCell(config.embedding + E, H)
        self.output = nn.Linear(H + E, config.output_size)
        if config.attention:
            self.of_state = nn.Linear(H, A, bias=False)
            self.of_memory = nn.Linear(E, A)
            self.filters = nn.Conv1d(2, config.filters, config.window, padding=config.window // 2, bias=False)
            self.of_looked = nn.Linear(config.filters, A, bias=False)
            self.score = nn.Linear(A, 1, bias=False)

    def start(self, memory: Tensor, summary: Tensor) -> DecoderState:
        """Return the state before the first character, from ``memory`` (B, T, E) and ``summary`` (B, E)."""
        h, c = self.begin(summary).tanh().chunk(2, 1)
        return DecoderState(h, c, summary, memory.new_zeros(len(memory), 2, memory.shape[1]))

    def keys(self, memory: Tensor) -> Tensor:
        """Return the keys of the attention, (B, T, A); (B, T, 0) without attention."""
        return self.of_memory(memory) if self.config.attention else memory[..., :0]

    def step(
        self, previous: Tensor, state: DecoderState, memory: Tensor, keys: Tensor, mask: Tensor
    ) -> tuple[Tensor, DecoderState]:
        """Run one step from the ``previous`` character (B,); ``mask`` (B, T) is 0 within the ink and -inf beyond it.

        Returns logits (B, V) and the next state, whose ``attended[:, 0]`` is this character's attention.
        """
        h, c = self.cell.step(torch.cat([self.embedding(previous), state.context], 1), (state.h, state.c))
        context, attended = state.context, state.attended
        if self.config.attention:
            location = self.of_looked(self.filters(attended).transpose(1, 2))  # (B, T, A)
            energy = self.score((self.of_state(h).unsqueeze(1) + keys + location).tanh()).squeeze(2) + mask
            weights = energy.softmax(1)
            context = torch.bmm(weights.unsqueeze(1), memory).squeeze(1)
            attended = torch.stack([weights, attended[:, 1] + weights], 1)
        combined = dropout(torch.cat([h, context], 1), self.config.dropout, self.training)
        return self.output(combined), DecoderState(h, c, context, attended)


class Seq2SeqNetwork(nn.Module):
    """A recognition network and a decoder over its steps."""

    def __init__(self, config: Seq2SeqConfig) -> None:
        super().__init__()
        self.config = config
        self.reader = RecognizerNetwork(config)
        self.head = Decoder(config)

    def encode(self, x: Tensor, lengths: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Map ``x`` (T, B, D) to memory (B, T', E), summary (B, E) and the mask (B, T') of :meth:`Decoder.step`."""
        encoded, lengths = self.reader.encode(x, lengths)
        memory = encoded.transpose(0, 1).float()
        H = self.config.hidden_size
        rows = torch.arange(len(memory), device=memory.device)
        summary = torch.cat([memory[rows, lengths.to(memory.device) - 1, :H], memory[:, 0, H:]], 1)
        padding = torch.arange(memory.shape[1], device=memory.device) >= lengths.to(memory.device).unsqueeze(1)
        return memory, summary, torch.zeros_like(padding, dtype=memory.dtype).masked_fill(padding, float("-inf"))

    def forward(self, x: Tensor, lengths: Tensor, text: Tensor) -> Tensor:
        """Return logits (B, U, V) of each character of ``text`` (B, U), given those before it."""
        memory, summary, mask = self.encode(x, lengths)
        state, keys = self.head.start(memory, summary), self.head.keys(memory)
        previous = F.pad(text[:, :-1], (1, 0), value=END)
        logits = []
        for character in previous.unbind(1):
            output, state = self.head.step(character, state, memory, keys, mask)
            logits.append(output.float())
        return torch.stack(logits, 1)

    @torch.no_grad()
    def read(self, x: Tensor, lengths: Tensor) -> list[list[int]]:
        """Decode greedily: take the most probable character at each step; return a list of indices per line."""
        memory, summary, mask = self.encode(x, lengths)
        state, keys = self.head.start(memory, summary), self.head.keys(memory)
        character = torch.full((len(memory),), END, device=memory.device)
        columns, done = [], torch.zeros_like(character, dtype=torch.bool)
        for _ in range(memory.shape[1]):
            output, state = self.head.step(character, state, memory, keys, mask)
            character = output.argmax(1)
            done |= character == END
            if bool(done.all()):
                break
            columns.append(character.masked_fill(done, END))
        rows = torch.stack(columns, 1).tolist() if columns else [[] for _ in range(len(memory))]
        return [[index for index in row if index != END] for row in rows]
