"""Record a text while it is written: the window over it, the density of the next point, the end-of-stroke probability.

The line is sampled as usual, and then its points are fed to the step graph again, so that the record shows what
determined each point. Graves 2013 (arXiv 1308.0850), sections 4 and 5 and figures 11, 13 and 17.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from handwriting.features.offsets import from_offsets
from handwriting.ink import Ink
from handwriting.inspection.gates import Floats, Gates, Layer
from handwriting.synthesis.hand import Hand
from handwriting.synthesis.mixture_sampler import LOG_SIGMA_LIMIT, RHO_LIMIT
from handwriting.synthesis.sampler import HAND_POINTS, Primer, Steps, sample
from handwriting.synthesis.synthesizer import Synthesizer


@dataclass(frozen=True, eq=False)
class Mixture:
    """The density of the next point at each step, in units of the ink; ``M`` components."""

    pi: NDArray[np.float64]
    """Weights, shape (T, M)."""
    mean: NDArray[np.float64]
    """Means, on the page, shape (T, M, 2)."""
    sigma: NDArray[np.float64]
    """Standard deviations in x and y, shape (T, M, 2)."""
    rho: NDArray[np.float64]
    """Correlations, shape (T, M)."""


@dataclass(frozen=True, eq=False)
class WritingTrace:
    """Record of how a synthesizer wrote ``T`` points of a line of ``U`` characters."""

    text: str
    ink: Ink
    """The points as they were drawn."""
    complete: bool
    """Whether the line reached its end."""
    phi: Floats
    """The window's weight of each character and of the place after the text, shape (T, U + 1)."""
    end: NDArray[np.float64]
    """Probability that the point ends its stroke, shape (T,)."""
    mixture: Mixture
    bias: NDArray[np.float64]
    """Sampling bias of each point, shape (T,)."""
    pen_up: NDArray[np.bool_]
    """Whether each point begins a stroke, so that the pen moved to it in the air, shape (T,)."""

    def __len__(self) -> int:
        return len(self.phi)

    @property
    def ordered(self) -> Ink:
        """The ink, in the order in which it was written."""
        return self.ink

    @cached_property
    def points(self) -> NDArray[np.int64]:
        """Half-open range of points of each step, which is one point, shape (T, 2)."""
        first = np.arange(len(self))
        return np.stack([first, first + 1], 1)

    @cached_property
    def owner(self) -> NDArray[np.int64]:
        """Character to which the window gives the most weight, shape (T,); -1 for the first point of a stroke."""
        place = self.phi[:, : len(self.text)].argmax(1)
        return np.where(self.pen_up, -1, place)


@dataclass(frozen=True)
class Draft:
    """A sampled line, with everything needed to compute it again."""

    trace: WritingTrace
    start: Primer
    inputs: NDArray[np.float64]
    """Normalised input of each step, the point before, shape (T, 3)."""
    w: Floats
    """Window output before each point, and after the last one, shape (T + 1, C)."""


def write(synthesizer: Synthesizer, text: str, hand: Hand) -> Draft:
    """Write a line and record it. Raises :class:`InkError` if the text cannot be written."""
    text = synthesizer.line(text)
    network = synthesizer.network
    style = hand.style or synthesizer.random_style(hand.seed)
    primer = None if style is None else synthesizer.primer(style)
    characters = synthesizer.alphabet.encode(text)
    (line,) = sample(network, [characters], bias=hand.bias, streams=[(hand.seed, 0)], primer=primer)
    start = primer or Primer(network.start(), np.zeros(3), np.zeros(0, np.int64))
    skip = len(start.text)
    drawn = line.points if skip else line.points[1:]  # a line without a primer begins at the origin
    inputs = np.concatenate([start.point[None], drawn[:-1]])
    steps = Steps(network, [np.concatenate([start.text, characters])], start.state, start.hand)
    outputs, phi, w = [], [], [start.state["w"][0]]
    for point in inputs:
        output, window = steps(point[None])
        outputs.append(output[0].copy())
        phi.append(window[0, skip:].copy())
        w.append(steps.state["w"][0])
    chosen = skip > 0 or network.hand > 0
    bias = np.where(chosen | (np.arange(len(drawn)) >= HAND_POINTS), hand.bias, 0.0)
    scale, shift = np.array(synthesizer.normalizer.sd), np.array(synthesizer.normalizer.mean)
    offsets = np.column_stack([drawn[:, :2] * scale + shift, drawn[:, 2]])
    ink = from_offsets(offsets)
    before = np.concatenate([[[0.0, 0.0]], ink.xy[:-1]])
    end, mixture = _mixture(np.array(outputs, np.float64), bias, network.floor)
    moved = Mixture(mixture.pi, before[:, None] + mixture.mean * scale + shift, mixture.sigma * scale, mixture.rho)
    pen_up = np.zeros(len(ink), dtype=bool)
    pen_up[ink.starts] = True
    trace = WritingTrace(text, ink, line.complete, np.array(phi), end, moved, bias, pen_up)
    return Draft(trace, start, inputs, np.array(w))


def gates_of(synthesizer: Synthesizer, draft: Draft) -> list[list[Gates]]:
    """Return the gates of every layer while a line was written; each layer has one direction."""
    weights, card = synthesizer.checkpoint.weights(), synthesizer.card["network"]
    L, H = card["num_layers"], card["hidden_size"]
    added = np.zeros((L, 4 * H), np.float32)
    if draft.start.hand is not None:  # the graph's gate order is i, o, f, g
        i, o, f, g = draft.start.hand[: L * 4 * H].reshape(L, 4, H).transpose(1, 0, 2)
        added = np.concatenate([i, f, g, o], 1)
    h, c = (draft.start.state[name][0].reshape(L, H) for name in "hc")
    x = draft.inputs.astype(np.float32)
    found: list[list[Gates]] = []
    for number in range(L):
        layer = Layer.of(weights, "first.cell" if number == 0 else f"upper.{number - 1}")
        layer = replace(layer, bias=layer.bias + added[number])
        below = [x, draft.w[:-1]] if number == 0 else [x, draft.w[1:], found[-1][0].hidden]
        found.append([layer.run(np.concatenate(below, 1), h[number], c[number])])
    return found


def _mixture(
    outputs: NDArray[np.float64], bias: NDArray[np.float64], floor: tuple[float, float]
) -> tuple[NDArray[np.float64], Mixture]:
    """Return end-of-stroke probabilities (T,) and mixtures in normalised offsets; equations 18 to 22."""
    M = (outputs.shape[1] - 1) // 6
    end, pi, mu_x, mu_y, spread_x, spread_y, rho = np.split(outputs, np.cumsum([1] + [M] * 5), axis=1)
    pi = pi * (1 + bias[:, None])
    pi = np.exp(pi - pi.max(1, keepdims=True))
    spread = np.clip(np.stack([spread_x, spread_y], -1), np.log(floor), LOG_SIGMA_LIMIT) - bias[:, None, None]
    mixture = Mixture(
        pi / pi.sum(1, keepdims=True),
        np.stack([mu_x, mu_y], -1),
        np.exp(spread),
        np.tanh(np.clip(rho, -RHO_LIMIT, RHO_LIMIT)),
    )
    return 1 / (1 + np.exp(end[:, 0])), mixture
