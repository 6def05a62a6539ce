"""Infer from their shapes in which direction and order strokes were drawn.

Tools for pen plotters sort strokes and reverse some of them; the recognizer cannot read such ink. Two small
networks undo this. One compares a stroke with the same stroke reversed; the other compares two strokes that are above
or beside each other, in both orders. Each network outputs a score, and the difference of two scores is a log-odds, so
that it changes sign with the direction or the order. Lengths are in letter sizes.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np
from numpy.typing import NDArray

from handwriting.checkpoint import NPZ_ERRORS, shipped
from handwriting.errors import InkError
from handwriting.ink import Floats, Ink
from handwriting.recognition.pen_counts import letter_size, permutation

Integers = NDArray[np.int64]
Complex = NDArray[np.complex128]

REVERSED = permutation(0, False, True)
"""Permutation from the counts of a stroke to those of the same stroke drawn backward."""
TURNS = tuple((turns, mirrored) for mirrored in (False, True) for turns in range(4))
"""Quarter turns clockwise, and whether the ink was mirrored first."""
POINTS = 16
"""Number of points that represent a stroke, equally spaced along it."""
CELLS, CELL = 6, 0.5
"""Number of cells in each direction of the grid around an end of a stroke, and their size."""
FULL = 1.5
"""Length of ink to which a cell is clipped, in cell sizes."""
NEAR = 0.4
"""Strokes that overlap horizontally or are at most this far apart are compared; others are ordered left to right."""
NEIGHBORS = 8
"""Number of strokes to its right with which a stroke is compared."""
PASSES = 20
"""Maximum number of passes in which neighbors are swapped."""


@dataclass(frozen=True, eq=False)
class StrokeShapes:
    """The ``S`` strokes of an ink, each represented by :data:`POINTS` points, in letter sizes."""

    points: Complex
    """Points x + iy relative to the middle of the stroke's box, shape (S, POINTS)."""
    middles: Complex
    """Middles of the boxes, shape (S,)."""
    length: Floats
    """Length along the stroke, shape (S,)."""
    size: Floats
    """Width and height, shape (S, 2)."""
    around: Floats | None = None
    """Ink of other strokes around the first and the last point, by rows from the top, in cell sizes, shape
    (S, 2, CELLS, CELLS). Needed for directions; None if it was not measured."""

    @classmethod
    def of(cls, ink: Ink, scale: float | None = None, steps: tuple[Ink, float] | None = None) -> StrokeShapes:
        """Measure the strokes of an ink and, if ``steps`` is given, the ink around them.

        ``scale`` is the letter size, if already known; see :func:`~handwriting.recognition.pen_counts.stepped` for the
        steps.
        """
        scale = letter_size(ink) if scale is None else scale
        z = (ink.x + 1j * ink.y) / scale
        step = np.abs(np.diff(z))
        step[ink.starts[1:] - 1] = 1.0  # so that no two strokes share a place
        at = np.append(0.0, np.cumsum(step))
        length = at[ink.ends - 1] - at[ink.starts]
        places = at[ink.starts][:, None] + length[:, None] * np.linspace(0, 1, POINTS)
        points = np.interp(places, at, z.real) + 1j * np.interp(places, at, z.imag)
        left, top, right, bottom = ink.boxes / scale
        middles = ((left + right) + 1j * (top + bottom)) / 2
        around = None if steps is None else _ink_around(ink, scale, *steps)
        return cls(points - middles[:, None], middles, length, np.stack([right - left, bottom - top], axis=1), around)

    def upright(self, turns: int, mirrored: bool) -> StrokeShapes:
        """Return the strokes before they were mirrored left to right and then turned clockwise by quarter ``turns``."""

        def moved(z: Complex) -> Complex:
            z = z * (-1j) ** turns
            return -z.conj() if mirrored else z

        size = self.size[:, ::-1] if turns % 2 else self.size
        around = self.around
        if around is not None:
            around = np.rot90(around, turns, (2, 3))
            around = around[..., ::-1] if mirrored else around
        return StrokeShapes(moved(self.points), moved(self.middles), self.length, size, around)


@dataclass(frozen=True, eq=False)
class Perceptron:
    """A network with two hidden layers of rectified linear units and one output."""

    weights: tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]
    """Shapes (D, H), (H, G) and (G, 1)."""
    biases: tuple[NDArray[np.float32], NDArray[np.float32]]
    """Shapes (H,) and (G,)."""

    def __call__(self, features: NDArray[np.floating]) -> Floats:
        """Return the scores, shape (N,), of features, shape (N, D)."""
        layer: NDArray[np.float32] = features.astype(np.float32)
        for weights, bias in zip(self.weights, self.biases, strict=False):
            layer = np.maximum(layer @ weights + bias, 0.0)
        return (layer @ self.weights[-1])[:, 0].astype(np.float64)


@dataclass(frozen=True, eq=False)
class StrokeNetworks:
    """The networks for direction and order."""

    direction: Perceptron
    counts: NDArray[np.float32]
    """Weights of a stroke's :mod:`~handwriting.recognition.pen_counts` in the log-odds of its direction, shape (SIZE,);
    they decide the direction of long strokes."""
    order: Perceptron

    @classmethod
    @cache
    def load(cls) -> StrokeNetworks:
        """Load the shipped networks. Raises :class:`InkError` if they cannot be read."""
        path = shipped("orientation") / "strokes.npz"
        try:
            with np.load(path, allow_pickle=False) as stored:
                arrays = {name: stored[name].astype(np.float32) for name in stored.files}
            return cls.of(arrays)
        except NPZ_ERRORS as error:
            raise InkError(f"{path}: not readable ({type(error).__name__}); reinstall handwriting") from error

    @classmethod
    def of(cls, arrays: dict[str, NDArray[np.float32]]) -> StrokeNetworks:
        """Return the networks with these stored :meth:`arrays`."""

        def network(name: str) -> Perceptron:
            first, second, third = (arrays[f"{name}.weight{k}"] for k in range(3))
            return Perceptron((first, second, third), (arrays[f"{name}.bias0"], arrays[f"{name}.bias1"]))

        return cls(network("direction"), arrays["direction.counts"], network("order"))

    def arrays(self) -> dict[str, NDArray[np.float32]]:
        """Return the weights by name, as they are stored."""
        stored = {"direction.counts": self.counts}
        for name, network in (("direction", self.direction), ("order", self.order)):
            stored |= {f"{name}.weight{k}": weights for k, weights in enumerate(network.weights)}
            stored |= {f"{name}.bias{k}": bias for k, bias in enumerate(network.biases)}
        return stored

    def forward_odds(self, shapes: StrokeShapes, counts: Floats) -> Floats:
        """Return the log-odds that each stroke of upright ink is drawn forward, shape (S,).

        ``counts``, shape (S, SIZE), are the strokes' counts.
        """
        features = [direction_features(shapes, backward) for backward in (False, True)]
        forward, backward = np.split(self.direction(np.concatenate(features)), 2)
        return forward - backward + count_differences(counts) @ self.counts

    def forward_odds_from_counts(self, counts: Floats) -> Floats:
        """Return the log-odds that each stroke is drawn forward, from its counts alone, shape (S, 8).

        There is one column for each orientation that the ink may have, in the order of :data:`TURNS`.
        """
        return (counts @ self._direction_weights) / np.sqrt(np.maximum(counts.sum(axis=1, keepdims=True), 1.0))

    @cached_property
    def _direction_weights(self) -> Floats:
        """Weights of the counts for each orientation, shape (SIZE, 8)."""
        weights = np.zeros((len(self.counts), len(TURNS)))
        for column, (turns, mirrored) in enumerate(TURNS):
            for sign, backward in ((1, False), (-1, True)):
                weights[permutation(turns, mirrored, backward), column] += sign * self.counts
        return weights

    def writing_order(self, ink: Ink) -> Integers:
        """Return the strokes of a line in the order in which they were probably written, shape (S,)."""
        shapes = StrokeShapes.of(ink)
        order = np.argsort(shapes.middles.real, kind="stable")
        first, second = neighbor_pairs(shapes, order)
        if not len(first):
            return order
        both = (pair_features(shapes, a, b) for a, b in ((first, second), (second, first)))
        ahead, behind = (self.order(features) for features in both)
        pairs = zip(first.tolist(), second.tolist(), strict=True)
        swapped = {pair for pair, odds in zip(pairs, (ahead - behind).tolist(), strict=True) if odds < 0}
        return _sorted(order.tolist(), swapped)


def _ink_around(ink: Ink, scale: float, steps: Ink, step: float) -> Floats:
    """Return :attr:`StrokeShapes.around`, (S, 2, CELLS, CELLS); ``steps`` are the same strokes in equal steps."""
    ends = np.concatenate([ink.starts, ink.ends - 1])
    z = (ink.x + 1j * ink.y)[ends] / (CELL * scale) - CELLS / 2 * (1 + 1j)
    order = np.argsort(steps.x, kind="stable")
    x, y = steps.x[order] / (CELL * scale), steps.y[order] / (CELL * scale)
    owner = steps.stroke_index[order]
    low, high = np.searchsorted(x, z.real), np.searchsorted(x, z.real + CELLS)
    count = high - low
    end = np.repeat(np.arange(len(ends)), count)
    at = np.arange(len(end)) - np.repeat(np.cumsum(count) - count, count) + low[end]
    row = np.floor(y[at] - z.imag[end]).astype(np.int64)
    column = np.minimum(np.floor(x[at] - z.real[end]).astype(np.int64), CELLS - 1)
    inside = (row >= 0) & (row < CELLS) & (column >= 0) & (owner[at] != end % len(ink.starts))
    cells = ((end * CELLS + row) * CELLS + column)[inside]
    found = np.bincount(cells, minlength=len(ends) * CELLS**2) * (step / CELL)
    return np.minimum(found, FULL).reshape(2, -1, CELLS, CELLS).swapaxes(0, 1)


def count_differences(counts: Floats) -> Floats:
    """Return the counts of strokes minus those of the same strokes drawn backward, scaled, shape (S, SIZE)."""
    return (counts - counts[:, REVERSED]) / np.sqrt(np.maximum(counts.sum(axis=1, keepdims=True), 1.0))


def direction_features(shapes: StrokeShapes, backward: bool = False) -> Floats:
    """Return the shape, directions and extents of each stroke, and the ink around its ends, shape (S, D)."""
    assert shapes.around is not None, "measure what is around the strokes"
    z = shapes.points[:, ::-1] if backward else shapes.points
    around = shapes.around[:, ::-1] if backward else shapes.around
    xy = np.stack([z.real, z.imag], axis=-1)
    size = np.maximum(np.abs(xy).max(axis=(1, 2), keepdims=True), 0.2)
    steps = np.diff(xy, axis=1)
    steps /= np.maximum(np.hypot(steps[..., :1], steps[..., 1:]), 1e-6)
    extents = np.log(np.column_stack([shapes.length, shapes.size]) + 0.1)
    parts = (np.arcsinh(xy), xy / size, steps, extents, around)
    return np.concatenate([part.reshape(len(z), -1) for part in parts], axis=1)


def pair_features(shapes: StrokeShapes, first: Integers, second: Integers) -> Floats:
    """Return the shapes of both strokes of each pair relative to their common middle, and their distance, (N, D)."""
    middle = (shapes.middles[first] + shapes.middles[second]) / 2
    parts: list[Floats] = []
    boxes: list[Floats] = []
    for stroke in (first, second):
        center = shapes.middles[stroke] - middle
        z = shapes.points[stroke, ::2] + center[:, None]
        parts += [np.arcsinh(z.real), np.arcsinh(z.imag)]
        low, high = (np.column_stack([center.real, center.imag]) + s * shapes.size[stroke] / 2 for s in (-1, 1))
        boxes.append(np.arcsinh(np.column_stack([low, high])))
    lengths = [np.log(shapes.length[stroke] + 0.1) for stroke in (first, second)]
    begin, end = shapes.points[:, 0] + shapes.middles, shapes.points[:, POINTS - 2] + shapes.middles
    ways = [np.abs(end[first] - begin[second]), np.abs(end[second] - begin[first])]
    return np.column_stack([*parts, *lengths, *boxes, *(np.log(way + 0.1) for way in ways)])


def neighbor_pairs(shapes: StrokeShapes, order: Integers) -> tuple[Integers, Integers]:
    """Return pairs of strokes that are above or close beside each other, in the given ``order``, shape (N,) each."""
    ahead, behind = [np.empty(0, dtype=np.int64)], [np.empty(0, dtype=np.int64)]
    left, right = (shapes.middles.real + s * shapes.size[:, 0] / 2 for s in (-1, 1))
    for step in range(1, min(NEIGHBORS, len(order) - 1) + 1):
        a, b = order[:-step], order[step:]
        close = np.maximum(left[a], left[b]) - np.minimum(right[a], right[b]) < NEAR
        ahead.append(a[close])
        behind.append(b[close])
    return np.concatenate(ahead), np.concatenate(behind)


def _sorted(order: list[int], swapped: set[tuple[int, int]]) -> Integers:
    """Return ``order`` after swapping neighbors whose pair is in ``swapped``, like a bubble sort."""
    for _ in range(PASSES):
        changed = False
        for k in range(len(order) - 1):
            if (order[k], order[k + 1]) in swapped:
                order[k], order[k + 1] = order[k + 1], order[k]
                changed = True
        if not changed:
            break
    return np.array(order, dtype=np.int64)
