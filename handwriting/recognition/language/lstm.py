"""A character LSTM that rescores the texts found by the beam search with the n-grams."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from handwriting.errors import InkError
from handwriting.recognition.language.scorer import CONTEXT_CHARACTERS, SPACE, codes
from handwriting.runtime import Graph

FILE = "lstm.onnx"
"""File name of the graph in the folder of a language model."""

State = tuple[NDArray[np.float32], NDArray[np.float32]]
"""h and c, each (L, B, H)."""


class CharacterLSTM:
    """The int8 graph of a ``LanguageNetwork``. Raises :class:`InkError` for any other file."""

    def __init__(self, path: Path, threads: int = 1) -> None:
        self.path, self._graph = path, Graph(path, threads)
        shapes = self._graph.input_shapes()
        if set(shapes) != {"codes", "h", "c"}:
            raise InkError(f"{path}: not the graph of a character LSTM; copy the folder again")
        layers, _, hidden_size = shapes["h"]
        self.sizes = int(layers), int(hidden_size)
        """Number of layers L and of cells H."""
        self._after = lru_cache(16)(self._read_context)

    def log_probabilities(self, texts: Sequence[str], context: str = "") -> NDArray[np.float64]:
        """Return the log-probability (N,) of each text followed by a space, after ``context``.

        The common prefix of the texts is evaluated only once.
        """
        if not texts:
            return np.zeros(0)
        rows = [[SPACE, *codes(text), SPACE] for text in texts]
        shared = _common_prefix(rows)
        h, c = self._state_after(context)
        total = 0.0
        if shared > 1:
            output, h, c = self._run(np.array([rows[0][: shared - 1]]).T, h, c)
            total = float(_gather(output, np.array([rows[0][1:shared]]).T).sum())
        count = max(map(len, rows)) - shared
        inputs, targets = np.zeros((2, count, len(rows)), np.int64)
        for n, row in enumerate(rows):
            inputs[: len(row) - shared, n] = row[shared - 1 : -1]
            targets[: len(row) - shared, n] = row[shared:]
        inside = np.arange(count)[:, None] < np.array([len(row) - shared for row in rows])
        h, c = (np.repeat(part, len(rows), axis=1) for part in (h, c))
        output, _, _ = self._run(inputs, h, c)
        return total + np.where(inside, _gather(output, targets), 0.0).sum(0)

    def character_log_probabilities(self, text: str, context: str = "") -> NDArray[np.float64]:
        """Return the log-probability of each character of a text and of the space after it, shape (len(text) + 1,)."""
        row = [SPACE, *codes(text), SPACE]
        output, _, _ = self._run(np.array([row[:-1]]).T, *self._state_after(context))
        return _gather(output, np.array([row[1:]]).T)[:, 0].astype(np.float64)

    def _state_after(self, context: str) -> State:
        """Return the state after the end of a context."""
        return self._after(" ".join(context.split())[-CONTEXT_CHARACTERS:])

    def _read_context(self, context: str) -> State:
        layers, hidden_size = self.sizes
        h, c = np.zeros((2, layers, 1, hidden_size), np.float32)
        if not context:
            return h, c
        _, h, c = self._run(np.array([[SPACE, *codes(context)]]).T, h, c)
        return h, c

    def _run(self, inputs: NDArray[np.int64], h: NDArray, c: NDArray) -> tuple[NDArray, NDArray, NDArray]:
        """Return log-probabilities (T, B, V) after ``inputs`` (T, B), and the state after the last."""
        output, h, c = self._graph.run({"codes": inputs, "h": h, "c": c})
        return output, h, c


def _common_prefix(rows: Sequence[list[int]]) -> int:
    """Return the length of the longest common prefix of all rows, less than the length of the shortest row."""
    first, last = min(rows), max(rows)
    most = min(len(first), len(last)) - 1
    return next((n for n in range(most) if first[n] != last[n]), most)


def _gather(output: NDArray, targets: NDArray[np.int64]) -> NDArray:
    """Return the elements of ``output`` (T, B, V) at ``targets`` (T, B), shape (T, B)."""
    return np.take_along_axis(output, targets[..., None], 2)[..., 0]
