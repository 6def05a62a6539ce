"""Training examples for the orientation networks: measurements of upright inks, with strokes as written."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from handwriting.errors import InkError
from handwriting.evaluation.perturb import rotated, slanted
from handwriting.ink import Ink
from handwriting.recognition.pen_counts import letter_size, stepped, stroke_counts
from handwriting.recognition.stroke_directions import places_in_sequence, strokes_in_sequence
from handwriting.recognition.stroke_order import (
    StrokeShapes,
    count_differences,
    direction_features,
    neighbor_pairs,
    pair_features,
)

MAX_ROTATION, MAX_SLANT = 18.0, 22.0
"""Largest rotation and slant of a training ink in degrees; half of the inks are rotated, and half are slanted."""

Measures = NDArray[np.float16]
"""Half precision, because there are hundreds of thousands of them."""


@dataclass(frozen=True, eq=False)
class PenExamples:
    """Measurements of N inks with S strokes that have a direction and P pairs of strokes that have an order."""

    counts: NDArray[np.float32]
    """Counts of each ink, shape (N, SIZE)."""
    forward: Measures
    """Direction features of each stroke, shape (S, D); the strokes of an ink are next to each other, left to right."""
    backward: Measures
    """Direction features of each stroke reversed, shape (S, D)."""
    differences: Measures
    """Counts of each stroke minus those of the stroke reversed, shape (S, SIZE)."""
    places: Measures
    """Place of each stroke among those of its ink, shape (S, 6); see
    :func:`~handwriting.recognition.stroke_directions.places_in_sequence`."""
    strokes: NDArray[np.int64]
    """Number of these strokes of each ink, shape (N,)."""
    ahead: Measures
    """Order features of each pair of strokes, shape (P, E)."""
    behind: Measures
    """Order features of each pair in the other order, shape (P, E)."""

    @classmethod
    def of(cls, inks: Iterable[Ink], seed: int | None = 0) -> PenExamples:
        """Measure inks, distorted at random unless ``seed`` is None. Raises :class:`InkError` if there is none."""
        rng = None if seed is None else np.random.default_rng(seed)
        found = [_measured(ink if rng is None else distort(ink, rng)) for ink in inks]
        if not found:
            raise InkError("there is no ink to learn from; choose other splits")
        return cls(*(np.concatenate(column) for column in zip(*found, strict=True)))


def _measured(ink: Ink) -> tuple[NDArray[np.number], ...]:
    """Return the contribution of an ink to each field of :class:`PenExamples`."""
    scale = letter_size(ink)
    steps = stepped(ink, scale)
    shapes = StrokeShapes.of(ink, scale, steps)
    counts, moves = stroke_counts(ink, scale, steps[0])
    strokes = strokes_in_sequence(shapes)
    first, second = neighbor_pairs(shapes, np.arange(len(counts)))
    return (
        (counts.sum(axis=0) + moves)[None].astype(np.float32),
        direction_features(shapes)[strokes].astype(np.float16),
        direction_features(shapes, backward=True)[strokes].astype(np.float16),
        count_differences(counts)[strokes].astype(np.float16),
        places_in_sequence(shapes, strokes).astype(np.float16),
        np.array([len(strokes)]),
        pair_features(shapes, first, second).astype(np.float16),
        pair_features(shapes, second, first).astype(np.float16),
    )


def distort(ink: Ink, rng: np.random.Generator) -> Ink:
    """Return the ink, randomly rotated or sheared."""
    if rng.random() < 0.5:
        ink = rotated(ink, rng.uniform(-MAX_ROTATION, MAX_ROTATION))
    return slanted(ink, rng.uniform(-MAX_SLANT, MAX_SLANT)) if rng.random() < 0.5 else ink
