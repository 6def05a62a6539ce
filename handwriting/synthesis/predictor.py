"""The prediction network at run time: a checkpoint that writes without a text.

Graves 2013 (arXiv 1308.0850), section 4: every point is drawn from the mixture that the network predicts from the
points before it. The result looks like handwriting but has no text.
"""

from __future__ import annotations

import os

import numpy as np
from numpy.typing import NDArray

from handwriting.checkpoint import Checkpoint
from handwriting.errors import InkError
from handwriting.features.offsets import Normalizer, from_offsets
from handwriting.geometry.baseline import level
from handwriting.ink import Ink
from handwriting.progress import Progress, no_progress
from handwriting.runtime import Graph, Recurrence
from handwriting.synthesis.hand import Hand
from handwriting.synthesis.mixture_sampler import MixtureSampler, Noise
from handwriting.synthesis.sampler import BLOCK, HAND_POINTS

BIAS = 0.25
"""Default bias. Without a text, a bias of 1 turns words into rows of n and u, the likeliest letters."""
MAX_LINES = 64
"""Largest number of lines in one batch."""
POINTS_PER_HEIGHT = 60
EXTRA_POINTS = 300
"""Limit on the number of points of a line, per writing height of its width and in addition; people take about 20 per
writing height."""


class Predictor:
    """A prediction checkpoint, ready to write. ``threads`` is the number of threads of the inference engine.

    >>> import handwriting
    >>> predictor = handwriting.Predictor.load()
    >>> len(predictor.write(lines=2, hand=handwriting.Hand(bias=0.25, seed=3)))
    2
    """

    def __init__(self, checkpoint: Checkpoint, threads: int = 1) -> None:
        self.checkpoint = checkpoint
        with checkpoint.reading_card():
            sizes = checkpoint.card["network"]
            self._cells = int(sizes["num_layers"]) * int(sizes["hidden_size"])
            self._mixtures = int(sizes["mixtures"])
            self.height = float(checkpoint.card["hand"]["height"])
            self.normalizer = Normalizer.of_card(checkpoint.card)
        self._graph = Graph(checkpoint.model, threads)

    @classmethod
    def load(cls, folder: str | os.PathLike[str] | None = None, threads: int = 1) -> Predictor:
        """Load the network in ``folder``, by default the shipped one. Raises :class:`InkError` if there is none."""
        return cls(Checkpoint.load(folder, "prediction"), threads)

    def write(
        self, lines: int = 1, width: float = 20.0, hand: Hand = Hand(bias=BIAS), progress: Progress = no_progress
    ) -> list[Ink]:
        """Write ``lines`` lines of about ``width`` writing heights, each in a hand that the network makes up.

        Only the bias and seed of ``hand`` are used. The ink is in the units of the training ink, level, with its
        baseline at y = 0 and its left end at x = 0, and without times. ``progress`` counts points, up to the largest
        possible number. Raises :class:`InkError` for arguments out of range.
        """
        if not 1 <= lines <= MAX_LINES:
            raise InkError(f"{lines} lines; give 1 to {MAX_LINES}")
        if not 1 <= width <= 1000:
            raise InkError(f"a line {width:g} writing heights wide; give 1 to 1000")
        points, lengths = self._draw(lines, width * self.height, round(width * POINTS_PER_HEIGHT), hand, progress)
        return [self._ink(points[:length, line]) for line, length in enumerate(lengths.tolist())]

    def _draw(
        self, lines: int, width: float, limit: int, hand: Hand, progress: Progress
    ) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        """Return normalised points (T, B, 3), and how many of them (B,) belong to each line."""
        limit += EXTRA_POINTS
        streams = [np.random.default_rng([hand.seed, line]) for line in range(lines)]
        state = {name: np.zeros((lines, self._cells), np.float32) for name in ("h", "c")}
        loop = Recurrence(self._graph, {"point": np.zeros((lines, 3))}, state)
        points, lengths = np.zeros((limit, lines, 3)), np.full(lines, limit)
        x = np.zeros(lines)
        for t in range(limit):
            if t % BLOCK == 0:
                noise = Noise.of(streams, BLOCK, self._mixtures)
                progress(t, limit)
            if t in (0, HAND_POINTS):  # with bias from the first point, all lines come out in much the same hand
                pen = MixtureSampler(lines, self._mixtures, hand.bias if t else 0.0, self.normalizer.sigma_floor)
            loop.step()
            points[t] = loop.inputs["point"][:] = pen.draw(loop.outputs["outputs"], noise, t % BLOCK)
            x += points[t, :, 0] * self.normalizer.sd[0] + self.normalizer.mean[0]
            ended = (x > width) & (points[t, :, 2] > 0.5) & (lengths == limit)
            lengths[ended] = t + 1
            if (lengths < limit).all():
                break
        progress(limit, limit)
        return points, lengths

    def _ink(self, points: NDArray[np.float64]) -> Ink:
        return level(from_offsets(self.normalizer.inverse(points)))
