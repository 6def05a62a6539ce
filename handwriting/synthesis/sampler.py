"""Draw lines point by point: the step graph, a random stream for each line, and the stop rule.

Graves 2013 (arXiv 1308.0850), sections 5.3 to 5.5. The paper stops at the first step at which the window is past the
text: phi(t, U + 1) > phi(t, u) for all u <= U. This alone may cut a stroke in half, so here the current stroke is
finished first, and none is begun afterwards (``strays.py`` removes one that was begun too late). A line that stays on
one character for longer than people do never recovers: it is abandoned and redrawn from another random
stream.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from handwriting.runtime import Graph, Recurrence
from handwriting.synthesis.mixture_sampler import Floats, MixtureSampler, Noise

Indices = NDArray[np.int64]
State = dict[str, NDArray]
Watch = Callable[[Floats, Indices], object]
"""Called with points as they are drawn: normalised offsets (N, 3) and the characters that they belong to (N,)."""

RATE = 66.0
"""Points per second to which the numbers below refer; they are scaled to the network's own rate."""

FINISH_POINTS = 40
"""Number of points by which a stroke may continue after the window is past the text: about two letters."""

POINTS_PER_CHARACTER = 60
EXTRA_POINTS = 300
"""Limit on the number of points of a line, per character and in addition: people take about 25 points per character,
the slowest writer of IAM-OnDB 50."""

BLOCK = 64
"""Number of points whose random numbers are drawn at once."""

HAND_POINTS = 40
"""Number of points without bias at the start of a line that has neither a primer nor a hand, while the network chooses
a hand. With bias from the first point, all lines come out in much the same hand (benchmarks/SYNTHESIS.md)."""

MAX_DWELL = 90
"""Largest plausible number of points for one character: in 99 of 100 lines of IAM-OnDB none takes more than 86."""

ATTEMPTS = 6
"""Number of random streams to try; the last one is drawn to its end, whatever the result."""

WATCH_POINTS = 16
"""Number of points passed to a :data:`Watch` at a time: half a letter, so that the ink seems to flow."""


@dataclass(frozen=True)
class Network:
    """The step graph of a synthesizer, with its sizes and constants."""

    graph: Graph
    hidden: int
    """L * H: cells of all layers."""
    mixtures: int
    components: int
    characters: int
    floor: tuple[float, float]
    """Smallest sigma of x and y, in normalised units."""
    hand: int = 0
    """Number of biases that a hand adds to gates and outputs; 0 for a network without hand codes."""
    pace: float = 1.0
    """Point rate of its training data, as a multiple of :data:`RATE`."""

    def start(self) -> State:
        """Return the state of one line before its first point."""
        sizes = {"h": self.hidden, "c": self.hidden, "kappa": self.components, "w": self.characters}
        return {name: np.zeros((1, size), np.float32) for name, size in sizes.items()}


@dataclass(frozen=True)
class Primer:
    """The state from which lines start, including their hand."""

    state: State
    """State of one line after the last point before it."""
    point: Floats
    """The last point before the line, normalised, shape (3,)."""
    text: Indices
    """The text written before, with the space that joins it to the line; empty if there was none."""
    hand: NDArray[np.float32] | None = None
    """Biases that the hand adds to the gates and the outputs of a network with hand codes, (G,), or (B, G) with a
    hand for each line; None is the average hand."""

    @classmethod
    def of(cls, network: Network, hand: NDArray[np.float32]) -> Primer:
        """Return the start of a line in a hand, with nothing written before it."""
        return cls(network.start(), np.zeros(3), np.zeros(0, np.int64), hand)

    def select(self, lines: Sequence[int]) -> Primer:
        """Return the primer for these lines only."""
        return self if self.hand is None or self.hand.ndim == 1 else replace(self, hand=self.hand[list(lines)])


@dataclass(frozen=True)
class SampledLine:
    """A line as drawn by the sampler."""

    points: Floats
    """Normalised offsets, shape (N, 3)."""
    places: Indices
    """Character, counted from 0, with the largest window weight when each point was drawn, shape (N,)."""
    complete: bool
    """Whether the window reached the end of the text."""


class Steps:
    """A batch of B lines, which advances by one point per step."""

    def __init__(
        self,
        network: Network,
        texts: Sequence[Indices],
        state: State | None = None,
        hand: NDArray[np.float32] | None = None,
    ) -> None:
        """Prepare the step graph for B lines.

        ``texts``: (U,) each, from 1 to C, 0 for no character; ``state`` has B rows, or 1 for all lines.
        ``hand``: see :class:`Primer`.
        """
        self._network = network
        self._hand = np.zeros(network.hand, np.float32) if hand is None else hand
        characters = one_hot(texts, network.characters)
        state = state or network.start()
        rows = len(characters)
        self._begin(characters, {name: np.broadcast_to(v, (rows, v.shape[1])) for name, v in state.items()})

    def _begin(self, characters: NDArray[np.float32], state: State) -> None:
        rows = len(characters)
        positions = np.arange(1, characters.shape[1] + 1, dtype=np.float32)
        inputs: dict[str, NDArray] = {
            "point": np.zeros((rows, 3)),
            "characters": characters,
            "positions": positions,
        }
        if self._network.hand:
            inputs["hand"] = np.broadcast_to(self._hand, (rows, self._network.hand))
        self._loop = Recurrence(self._network.graph, inputs, state)

    def __call__(self, points: NDArray) -> tuple[NDArray, NDArray]:
        """Map the last ``points`` (B, 3) to outputs (B, 1 + 6 M) and phi (B, U + 1), both valid until the next step."""
        self._loop.inputs["point"][:] = points
        self._loop.step()
        return self._loop.outputs["outputs"], self._loop.outputs["phi"]

    def keep(self, rows: NDArray[np.bool_]) -> None:
        """Continue with the lines selected by ``rows``, shape (B,), only."""
        state = {name: value[rows] for name, value in self._loop.state.items()}
        self._hand = self._hand if self._hand.ndim == 1 else self._hand[rows]
        self._begin(self._loop.inputs["characters"][rows], state)

    @property
    def state(self) -> State:
        """Return a copy of the state after the last step."""
        return {name: value.copy() for name, value in self._loop.state.items()}


def one_hot(texts: Sequence[Indices], characters: int) -> NDArray[np.float32]:
    """Encode ``texts`` as (B, U + 1, C); every text is followed by at least one position without a character."""
    seen = np.zeros((len(texts), max(len(text) for text in texts) + 1, characters), np.float32)
    for row, text in zip(seen, texts, strict=True):
        known = np.flatnonzero(text)
        row[known, text[known] - 1] = 1
    return seen


def prime(
    network: Network, points: NDArray, text: Indices, space: int, hand: NDArray[np.float32] | None = None
) -> Primer:
    """Run the network over ``points`` (N, 3), normalised offsets of ink with transcript ``text``, in a ``hand``.

    A ``space`` joins the primer to what follows. The window is moved there, so that nothing of the primer is written
    again and nothing after it is skipped, wherever the window was at the end of the ink.
    """
    joined = np.append(text, space)
    steps = Steps(network, [joined], None, hand)
    phi = np.zeros((1, len(joined) + 1))
    for point in points[:-1]:
        _, phi = steps(point)
    state = steps.state
    here = float(phi[0] @ np.arange(1, phi.shape[1] + 1) / max(float(phi.sum()), 1e-9)) if phi.any() else 0.0
    state["kappa"] += np.float32(len(text) + 0.5 - here)
    return Primer(state, np.asarray(points[-1], dtype=np.float64), joined, hand)


def sample(
    network: Network,
    texts: Sequence[Indices],
    *,
    bias: float,
    streams: Sequence[Sequence[int]],
    primer: Primer | None = None,
    progress: Callable[[int], object] = lambda characters: None,
    hurried: bool = False,
    watch: Watch | None = None,
) -> list[SampledLine]:
    """Draw one line for each text.

    ``streams`` are the seeds of the lines' random numbers. ``progress`` is called with the number of characters
    written. With ``hurried``, a line that loses its way is returned incomplete. ``watch`` is called with the first
    line's points as they are drawn, in its first attempt.
    """
    attempts = 1 if hurried else ATTEMPTS
    samples: dict[int, SampledLine] = {}
    todo = list(range(len(texts)))
    for attempt in range(attempts):
        randoms = [np.random.default_rng([*streams[i], attempt]) for i in todo]
        report = partial(_later, progress, sum(len(texts[i]) for i in samples))
        last = attempt == attempts - 1
        begin = None if primer is None else primer.select(todo)
        draft = _Draft(network, [texts[i] for i in todo], bias, randoms, begin, patient=last and not hurried)
        draft.watch, watch = watch, None
        drawn = draft.run(report)
        samples |= {i: s for i, s in zip(todo, drawn, strict=True) if s.complete or last}
        todo = [i for i in todo if i not in samples]
        if not todo:
            break
    return [samples[i] for i in range(len(texts))]


class _Draft:
    """One attempt at a batch of lines; complete lines leave it, and so do lost ones unless it is ``patient``."""

    def __init__(
        self,
        network: Network,
        texts: Sequence[Indices],
        bias: float,
        streams: Sequence[np.random.Generator],
        primer: Primer | None,
        patient: bool,
    ) -> None:
        B, M = len(texts), network.mixtures
        self.network, self.bias, self.streams, self.patient = network, bias, list(streams), patient
        whole = list(texts) if primer is None else [np.concatenate([primer.text, text]) for text in texts]
        state, hand = (None, None) if primer is None else (primer.state, primer.hand)
        self.steps = Steps(network, whole, state, hand)
        self.skip = 0 if primer is None else len(primer.text)
        self.primed = self.skip > 0
        self.has_hand = self.primed or network.hand > 0
        self.finish, self.dwell = round(FINISH_POINTS * network.pace), round(MAX_DWELL * network.pace)
        self.lengths = np.array([len(text) for text in whole])
        limits = POINTS_PER_CHARACTER * (self.lengths - self.skip) + EXTRA_POINTS
        self.limits = np.ceil(limits * network.pace).astype(np.int64)
        self.inside = (np.arange(self.lengths.max() + 1) <= self.lengths[:, None]).astype(np.float32)  # (B, U + 1)
        self.points = np.zeros((self.limits.max() + 1, B, 3))
        self.places = np.zeros((self.limits.max() + 1, B), np.int64)
        if self.primed and primer is not None:
            self.points[0] = primer.point
        self.lines = np.arange(B)  # index of the text that each row draws
        self.past = np.zeros(B, np.int64)  # points since the window left the text
        self.pen, self.noise = self._pen(1), Noise.of(self.streams, BLOCK, M)
        self.samples: dict[int, SampledLine] = {}
        self.watch: Watch | None = None

    def run(self, progress: Callable[[int], object]) -> list[SampledLine]:
        """Draw all lines and return them in the order of their texts."""
        count, total = len(self.lines), int((self.lengths - self.skip).sum())
        current, ending, soonest = self.points[0], False, int(self.limits.min())
        for t in range(1, len(self.points)):
            outputs, phi = self.steps(current)
            place = (phi * self.inside).argmax(1)
            over = place >= self.lengths
            if ending or over.any() or t >= soonest or t % BLOCK == 0:
                stays = self._continuing(t, over, current)
                if not stays.any():
                    break
                if not stays.all():
                    self._drop_rows(t, stays)
                    outputs, place = outputs[stays], place[stays]
                ending, soonest = bool(self.past.any()), int(self.limits.min())
            if t % BLOCK == 0:
                self.noise = Noise.of(self.streams, BLOCK, self.network.mixtures)
                progress(total - int((self.lengths - np.minimum(place, self.lengths)).sum()))
            if t == HAND_POINTS + 1:
                self.pen = self._pen(t)
            current = self.pen.draw(outputs, self.noise, t % BLOCK)
            self.points[t, self.lines], self.places[t, self.lines] = current, place
            if self.watch is not None and t % WATCH_POINTS == 0 and self.lines[0] == 0:
                shown = slice(t - WATCH_POINTS + 1, t + 1)
                self.watch(self.points[shown, 0], self.places[shown, 0] - self.skip)
        return [self.samples[line] for line in range(count)]

    def _continuing(self, t: int, over: NDArray[np.bool_], current: Floats) -> NDArray[np.bool_]:
        """Return a mask of the rows that continue, shape (B,), and record the lines of the others."""
        self.past = np.where(over, self.past + 1, 0)
        # Once the window is past the text and the pen is up, nothing is left to draw.
        complete = (self.past > 0) & ((current[:, 2] > 0.5) | (self.past > self.finish)) & (t > 1)
        done = complete | (t >= self.limits)
        if t % BLOCK == 0 and not self.patient:
            done |= self._lost(t)
        for row in np.flatnonzero(done).tolist():
            drawn = slice(int(self.primed), t), self.lines[row]
            points = self.points[drawn].copy()
            points[-1, 2] = 1.0
            self.samples[int(self.lines[row])] = SampledLine(
                points, self.places[drawn] - self.skip, bool(complete[row])
            )
        return ~done

    def _lost(self, t: int) -> NDArray[np.bool_]:
        """Return a mask of the rows that recently took more than :data:`MAX_DWELL` points for a character, (B,)."""
        recent = np.sort(self.places[max(1, t - self.dwell - BLOCK) : t, self.lines], axis=0)
        return (recent[self.dwell :] == recent[: -self.dwell]).any(0)

    def _pen(self, t: int) -> MixtureSampler:
        """Return the sampler for point ``t`` and those after it, which has no bias while the hand is chosen."""
        bias = self.bias if self.has_hand or t > HAND_POINTS else 0.0
        return MixtureSampler(len(self.lines), self.network.mixtures, bias, self.network.floor)

    def _drop_rows(self, t: int, stays: NDArray[np.bool_]) -> None:
        self.steps.keep(stays)
        self.lines, self.past, self.lengths = self.lines[stays], self.past[stays], self.lengths[stays]
        self.limits, self.inside = self.limits[stays], self.inside[stays]
        self.streams = [stream for stream, stay in zip(self.streams, stays, strict=True) if stay]
        self.noise = self.noise.keep(stays)
        self.pen = self._pen(t)


def _later(progress: Callable[[int], object], before: int, characters: int) -> None:
    progress(before + characters)
