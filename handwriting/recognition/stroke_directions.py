"""Restore a line whose strokes a plotter tool has sorted and partly reversed.

The directions of strokes are first inferred one at a time (:mod:`handwriting.recognition.stroke_order`). Once they have
been put into lines, a bidirectional LSTM reads the strokes of a line from left to right and votes for each whether it
is drawn forward. It knows what was written beside a stroke. The two make different mistakes, so their log-odds are
added.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from handwriting.checkpoint import shipped
from handwriting.ink import Floats, Ink
from handwriting.recognition.orientation import Orientation
from handwriting.recognition.pen_counts import letter_size, stepped, stroke_counts
from handwriting.recognition.stroke_order import StrokeNetworks, StrokeShapes, direction_features
from handwriting.runtime import Graph, pad

FILE = "directions.onnx"
FEATURES = 175
"""Features per stroke: those of :func:`~handwriting.recognition.stroke_order.direction_features`, then
:func:`places_in_sequence`."""
MIN_LENGTH = 0.15
"""Strokes that are shorter than this, in letter sizes, have no direction."""

Integers = NDArray[np.int64]


class DirectionNetwork:
    """The LSTM as a graph for ONNX Runtime, with the votes for (0) and against (1) each stroke as outputs."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    @classmethod
    @cache
    def load(cls) -> DirectionNetwork:
        """Load the shipped network. Raises :class:`InkError` if it cannot be read."""
        return cls(Graph(shipped("orientation") / FILE))

    def forward_odds(self, shapes: StrokeShapes) -> Floats:
        """Return the log-odds that each stroke of an upright line is drawn forward, shape (S,); 0 for short strokes."""
        odds = np.zeros(len(shapes.length))
        strokes = strokes_in_sequence(shapes)
        if len(strokes):
            places = places_in_sequence(shapes, strokes)
            ways = (direction_features(shapes, backward)[strokes] for backward in (False, True))
            steps, lengths = pad([np.hstack([way, places]).astype(np.float32) for way in ways])
            log_probs, _ = self._graph.run({"steps": steps, "lengths": lengths})
            votes = log_probs[..., 0] - log_probs[..., 1]
            odds[strokes] = (votes[:, 0] - votes[:, 1]) / 2
        return odds


def strokes_in_sequence(shapes: StrokeShapes) -> Integers:
    """Return the strokes that have a direction, from left to right."""
    order = np.argsort(shapes.middles.real, kind="stable")
    return order[shapes.length[order] > MIN_LENGTH]


def places_in_sequence(shapes: StrokeShapes, strokes: Integers) -> Floats:
    """Return for each of the ``strokes`` its distance from the one before, from the line's middle, and its size.

    The columns are the distances to the right and downward, the distance below the median of the middles, width, height
    and length, in letter sizes compressed by arcsinh, shape (len(strokes), 6).
    """
    middles = shapes.middles[strokes]
    right, down = np.diff(middles.real, prepend=middles.real[:1]), np.diff(middles.imag, prepend=middles.imag[:1])
    below = middles.imag - (np.median(middles.imag) if len(strokes) else 0.0)
    return np.arcsinh(np.column_stack([right, down, below, shapes.size[strokes], shapes.length[strokes]]))


def restored_line(line: Ink) -> tuple[Ink, Integers, Integers]:
    """Return an upright line with its strokes in their probable directions and order.

    Also returns the numbers in ``line`` of its strokes, shape (S,), and of its points, shape (N,).
    """
    networks = StrokeNetworks.load()
    scale = letter_size(line)
    steps = stepped(line, scale)
    shapes = StrokeShapes.of(line, scale, steps)
    forward = networks.forward_odds(shapes, stroke_counts(line, scale, steps[0])[0])
    backward = forward + DirectionNetwork.load().forward_odds(shapes) < 0
    turned, points = Orientation(strokes="mixed").upright(line, backward)
    order = networks.writing_order(turned)
    return turned.take(order), order, points[turned.points_of(order)]
