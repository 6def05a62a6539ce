"""Record how a line of ink is read: gates of every unit, CTC probabilities, where each character is decided.

The probabilities are those of the graph that reads. The gates are those of the float32 network from which the graph was
made (``gates.py``). CTC: Graves, Fernández, Gomez & Schmidhuber 2006.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from handwriting.alphabet import BLANK
from handwriting.errors import InkError
from handwriting.features import Encoded, encode
from handwriting.features.bezier import BEZIER_FEATURES
from handwriting.ink import Ink
from handwriting.inspection.gates import Floats, Gates, Layer, Weights
from handwriting.recognition.decode import Hypothesis, StepRanges, align
from handwriting.recognition.language.model import Hints
from handwriting.recognition.ownership import characters_of
from handwriting.recognition.recognizer import Decoder, Recognizer
from handwriting.recognition.seq2seq import reader_weights
from handwriting.recognition.transcription import Character

MAX_STEPS = 2000
"""Maximum number of steps in a line to inspect: forty times those of a line of IAM-OnDB."""


@dataclass(frozen=True, eq=False)
class ReadingTrace:
    """Record of how a recognizer read a line of ink in ``T`` steps of its LSTM."""

    ink: Ink
    """The line, as given."""
    text: str
    """Recognized text, of ``U`` characters."""
    greedy: str
    """Text of the best path, without a language model."""
    alphabet: str
    """The characters of the indices 1 to V - 1; 0 is the blank."""
    log_probs: Floats
    """Log-probabilities, shape (T, V)."""
    steps: StepRanges
    """The steps of each character on the most probable path of :attr:`text`."""
    points: NDArray[np.int64]
    """Half-open range of points that each step covers, in the network's order of strokes, shape (T, 2)."""
    order: NDArray[np.int64]
    """Indices of the strokes of the ink in the network's order, shape (S,)."""
    pen_up: NDArray[np.bool_]
    """Whether each step is a pen-up move, shape (T,)."""
    characters: tuple[Character, ...]
    """The characters of the text, with the points of the ink that wrote each."""
    attention: Floats | None = None
    """Attention weights of the decoder LSTM, shape (U, T); None for the other decoders."""

    def __len__(self) -> int:
        return len(self.log_probs)

    @cached_property
    def ordered(self) -> Ink:
        """The ink in the network's order of strokes, to which :attr:`points` refers."""
        return self.ink.take(self.order)

    @cached_property
    def path(self) -> NDArray[np.int64]:
        """Index at each step of the most probable path of :attr:`text`, shape (T,); 0 is the blank."""
        path = np.full(len(self), BLANK)
        for character, (first, last) in zip(self.text, self.steps, strict=True):
            path[first:last] = self.alphabet.index(character) + 1
        return path

    @cached_property
    def decided(self) -> NDArray[np.int64]:
        """Step at which each character is most probable within its part of the path, shape (U,)."""
        return np.array([a + int(self.log_probs[a:b, self.path[a]].argmax()) for a, b in self.steps], dtype=np.int64)

    @cached_property
    def owner(self) -> NDArray[np.int64]:
        """Character that most of a step's points belong to, shape (T,); -1 for pen-up moves."""
        of_point = np.full(len(self.ink), -1)
        for number, character in enumerate(self.characters):
            for begin, end in character.points:
                of_point[begin:end] = number
        of_point = of_point[self.ink.points_of(self.order)]
        owner = np.full(len(self), -1)
        for t, (begin, end) in enumerate(self.points.tolist()):
            if end > begin and not self.pen_up[t]:
                owner[t] = np.bincount(of_point[begin:end] + 1).argmax() - 1
        return owner


def read(recognizer: Recognizer, ink: Ink, decoder: Decoder = "language", hints: Hints = Hints()) -> ReadingTrace:
    """Read a line of ink and record the network's computation.

    ``hints`` are for the decoder ``"language"``. Raises :class:`InkError` if nothing is read in it or it is too
    long.
    """
    encoded = encode(ink, recognizer.features)
    if len(encoded.steps) > MAX_STEPS:
        raise InkError(
            f"a line of {len(encoded.steps)} steps; give a shorter one, of at most {MAX_STEPS}", key="long-line"
        )
    (log_probs,) = recognizer.log_probs([encoded])
    text = recognizer.transcribe(ink, decoder, hints=hints).text
    greedy = text if decoder == "greedy" else recognizer.transcribe(ink, "greedy").text
    if not text:
        raise InkError("no text was found in this ink; give a line of writing", key="unread")
    attention = None
    if decoder == "seq2seq":
        decoded = recognizer.seq2seq.decode(recognizer.memory(encoded)[1])
        steps, attention = decoded.hypothesis.steps, decoded.attention
    else:
        steps = align(log_probs, recognizer.alphabet.encode(text))
    shrink = int(np.prod(recognizer.checkpoint.card["network"]["strides"]))
    first = np.arange(len(log_probs)) * shrink
    last = np.minimum(first + shrink, len(encoded.points)) - 1
    points = np.stack([encoded.points[first, 0], encoded.points[last, 1]], 1)
    up = _pen_up(encoded)
    characters = characters_of(Hypothesis(text, 0.0, steps, 0.0), ink, encoded, shrink)
    pen_up = np.array([up[a : b + 1].any() for a, b in zip(first.tolist(), last.tolist(), strict=True)])
    return ReadingTrace(
        ink, text, greedy, recognizer.alphabet.characters, log_probs, steps, points, encoded.order, pen_up, characters,
        attention,
    )  # fmt: skip


def gates_of(recognizer: Recognizer, ink: Ink) -> list[list[Gates]]:
    """Return the gates of every layer, in its forward and backward direction, for a line of ink.

    The steps of the backward direction are in the order of writing too: its first step comes last.
    """
    weights = recognizer.checkpoint.weights()
    if "head" in recognizer.checkpoint.card:
        weights = reader_weights(weights)
    card = recognizer.checkpoint.card["network"]
    x = encode(ink, recognizer.features).steps
    for number, stride in enumerate(card["strides"]):
        x = _convolution(x, weights, f"convolutions.{number}", stride)
    found = []
    for layer in range(card["num_layers"]):
        ahead = Layer.of(weights, f"lstm.cells.{layer}").run(x)
        back = Layer.of(weights, f"lstm.backward_cells.{layer}").run(x[::-1]).backward()
        found.append([ahead, back])
        x = np.concatenate([ahead.hidden, back.hidden], 1)
    return found


def _convolution(x: Floats, weights: Weights, prefix: str, stride: int) -> Floats:
    """Apply a convolution over the steps of ``x`` (T, D) with half-kernel padding, and SiLU: (T', C)."""
    weight, bias = weights[f"{prefix}.weight"], weights[f"{prefix}.bias"]  # (C, D, k)
    k = weight.shape[2]
    padded = np.pad(x, ((k // 2, k // 2), (0, 0)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, k, axis=0)[::stride]  # (T', D, k)
    y = windows.reshape(len(windows), -1) @ weight.reshape(len(weight), -1).T + bias
    return (y * (0.5 + 0.5 * np.tanh(0.5 * y))).astype(np.float32)


def _pen_up(encoded: Encoded) -> NDArray[np.bool_]:
    """Return which input steps are pen-up moves or, if the steps are points, end one."""
    if encoded.steps.shape[1] == len(BEZIER_FEATURES):
        return encoded.steps[:, BEZIER_FEATURES.index("pen_up")] > 0.5
    begins = encoded.steps[:, 5] > 0.5
    begins[0] = False
    return begins
