"""The decoder LSTM of a recognizer, which emits text character by character, with attention.

See ``networks/seq2seq.py``. The graph performs one step of the decoder; decoding is greedy.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from handwriting.alphabet import Alphabet
from handwriting.recognition.decode import Hypothesis, StepRanges
from handwriting.runtime import Graph

FILE = "decoder.onnx"
"""File name of the decoder's graph, next to ``model.onnx`` in a checkpoint folder."""
END = 0
"""Index that ends a text, and that is the input before its first character."""
Floats = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Decoded:
    """A text, and the decoder's attention for each of its ``U`` characters."""

    hypothesis: Hypothesis
    attention: Floats | None
    """Weight of each step of the encoder for each character, shape (U, T); None for a decoder without attention."""


class Seq2SeqDecoder:
    """The decoder of a checkpoint, ready to read."""

    def __init__(self, folder: Path, alphabet: Alphabet, attention: bool, threads: int = 1) -> None:
        """Load the graph from ``folder``. Raises :class:`InkError` if ONNX Runtime cannot run it."""
        self._graph, self._alphabet, self._attention = Graph(folder / FILE, threads), alphabet, attention

    def decode(self, memory: Floats) -> Decoded:
        """Decode the output of the encoder's last layer, ``memory`` (T, E).

        The log-probability is that of the text and its end. The step of a character is that of greatest attention,
        never before that of the preceding character; without attention the line is divided evenly.
        """
        T, E = memory.shape
        summary = np.concatenate([memory[-1, : E // 2], memory[0, E // 2 :]])
        state: dict[str, NDArray] = {"context": summary[None], "looked": np.zeros((1, 2, T), np.float32)}
        names = ("h", "c", "context", "looked")
        H = self._size()
        state |= {name: np.zeros((1, H), np.float32) for name in ("h", "c")}
        shared = {"memory": memory[None]}
        begin = self._step(END, state, shared)[-1]
        state |= {"h": begin[:, :H], "c": begin[:, H:]}
        indices, looked, score = [], [], 0.0
        index = END
        for _ in range(T):
            log_probs, *after, _ = self._step(index, state, shared)
            index = int(log_probs[0].argmax())
            score += float(log_probs[0, index])
            if index == END:
                break
            state = dict(zip(names, after, strict=True))
            indices.append(index)
            looked.append(state["looked"][0, 0])
        attention = np.array(looked).reshape(len(indices), T) if self._attention else None
        hypothesis = Hypothesis(self._alphabet.decode(indices), score, _steps(attention, len(indices), T), score)
        return Decoded(hypothesis, attention)

    def _size(self) -> int:
        return int(self._graph.input_shapes()["h"][1])

    def _step(self, index: int, state: dict[str, NDArray], shared: dict[str, NDArray]) -> list[NDArray]:
        return self._graph.run({"character": np.array([index]), **state, **shared})


def reader_weights(weights: Mapping[str, NDArray]) -> dict[str, NDArray]:
    """Return the encoder's weights, under their names in a recognizer with CTC only."""
    prefix = "reader."
    return {name.removeprefix(prefix): value for name, value in weights.items() if name.startswith(prefix)}


def _steps(attention: Floats | None, characters: int, steps: int) -> StepRanges:
    """Return the steps of each character, half-open and in order."""
    if attention is None:
        at = (np.arange(characters) + 0.5) * steps / max(characters, 1)
    else:
        at = np.maximum.accumulate(attention.argmax(1)) if characters else np.zeros(0)
    return tuple((int(t), int(t) + 1) for t in at)
