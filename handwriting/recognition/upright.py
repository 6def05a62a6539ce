"""Score how much ink looks like upright writing, stroke by stroke.

A small bidirectional LSTM votes at every step for or against; the score is the mean of its votes. It sees the shapes of
letters, which counts of pen movements do not, and is therefore used where the counts are uncertain.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from handwriting.checkpoint import shipped
from handwriting.ink import Floats, Ink
from handwriting.runtime import Graph, pad

FILE = "upright.onnx"
FEATURES = 9
"""Features per point; see :func:`upright_features`."""
MAX_POINTS = 200
"""Strokes after this many points are ignored."""
MAX_FIRST_STROKE = 1000
"""The first stroke is read whatever its length, but no further than this many points."""
DRAWN = 4.0
"""Scale of drawn steps, which are short."""


class UprightNetwork:
    """The network as a graph for ONNX Runtime, with the votes for (0) and against (1) as outputs of each step."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    @classmethod
    @cache
    def load(cls) -> UprightNetwork:
        """Load the shipped network. Raises :class:`InkError` if it cannot be read."""
        return cls(Graph(shipped("orientation") / FILE))

    def odds(self, inks: Sequence[Ink], scale: float) -> Floats:
        """Return the log-odds that each ink is upright, up to a constant, shape (n,).

        The inks have equal steps along their strokes (:func:`~handwriting.recognition.pen_counts.stepped`), and
        ``scale`` is their letter size.
        """
        sequences, lengths = pad([upright_features(ink, scale) for ink in inks])
        log_probs, steps = self._graph.run({"steps": sequences, "lengths": lengths})
        votes: Floats = (log_probs[..., 0] - log_probs[..., 1]).astype(np.float64)
        votes[np.arange(len(votes))[:, None] >= steps] = 0.0
        return np.asarray(votes.sum(axis=0) / steps)


def upright_features(ink: Ink, scale: float) -> NDArray[np.float32]:
    """Return the features of each point, shape (T, FEATURES), of ink in equal steps with letter size ``scale``.

    They are the displacement from the previous point, in separate columns for drawn steps and pen-up moves; whether a
    stroke begins or ends here; the distance below the middle of the ink; and its height and width. Lengths are in
    letter sizes, and those that can be large are compressed by arcsinh.
    """
    kept = ink.ends <= max(MAX_POINTS, ink.ends[0])
    starts, ends = ink.starts[kept], np.minimum(ink.ends[kept], MAX_FIRST_STROKE)
    n = int(ends[-1])
    x, y = ink.x[:n] / scale, ink.y[:n] / scale
    dx, dy = np.diff(x, prepend=x[:1]), np.diff(y, prepend=y[:1])
    begin, end = np.zeros((2, n), dtype=bool)
    begin[starts], end[ends - 1] = True, True
    height, width = (np.full(n, np.arcsinh(np.ptp(side))) for side in (y, x))
    drawn = [np.where(begin, 0.0, way) * DRAWN for way in (dx, dy)]
    lifted = [np.where(begin, np.arcsinh(way), 0.0) for way in (dx, dy)]
    middle = (y.min() + y.max()) / 2
    columns = [*drawn, *lifted, begin, end, np.arcsinh(y - middle), height, width]
    return np.column_stack(columns).astype(np.float32)
