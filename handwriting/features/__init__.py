"""Features: ink as a recognition network sees it.

    ink -> settle (dots and bars that came late) -> normalise (deskew, deslant, resize) -> encode (points or curves)
    ink -> normalise -> augment -> encode, in training

Every step is a pure function in a file of its own; none needs time.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from handwriting.errors import InkError
from handwriting.features.bezier import BEZIER_SIZE, TOLERANCE, encode_bezier
from handwriting.features.points import POINT_SIZE, encode_points
from handwriting.geometry.dots import settled
from handwriting.geometry.normalise import normalise
from handwriting.ink import Ink


@dataclass(frozen=True)
class FeatureConfig:
    """How ink becomes steps; part of a checkpoint's card."""

    encoding: Literal["points", "bezier"] = "bezier"
    """Curves read as well in fewer steps: benchmarks/RECOGNITION.md."""
    spacing: float = 0.06
    """Points: distance between resampled points, in writing heights."""
    tolerance: float = TOLERANCE
    """Curves: largest distance between ink and curve, in writing heights."""

    def __post_init__(self) -> None:
        if self.encoding not in ("points", "bezier"):
            raise InkError(f"encoding {self.encoding!r} is not known; choose points or bezier")

    @property
    def size(self) -> int:
        """Features of a step."""
        return POINT_SIZE if self.encoding == "points" else BEZIER_SIZE


LIMIT = 6.0
"""Largest feature. Real lines reach 4.6; what goes beyond is a gap across a page or a tremble taken for writing, and
would, through int8's one scale a call, blur the lines that are read together with it."""


@dataclass(frozen=True, eq=False)
class Encoded:
    """Ink as network input."""

    steps: NDArray[np.float32]
    """Shape (T, size)."""
    points: NDArray[np.int64]
    """Shape (T, 2): for each step the half-open range of points that it covers, in the network's order."""
    order: NDArray[np.int64]
    """Shape (S,): the ink's strokes in the network's order, in which those dots and bars that came late do not."""


def encode(ink: Ink, config: FeatureConfig) -> Encoded:
    """Ink in any units as network input."""
    order = settled(ink)
    return replace(encode_normalised(normalise(ink.take(order)), config), order=order)


def encode_normalised(ink: Ink, config: FeatureConfig, stretch: float = 1.0) -> Encoded:
    """Normalised ink as network input; ``stretch`` scales the resolution (training-time augmentation)."""
    if config.encoding == "points":
        steps, points = encode_points(ink, config.spacing * stretch)
    else:
        steps, points = encode_bezier(ink, config.tolerance * stretch)
    return Encoded(np.clip(steps, -LIMIT, LIMIT), points, np.arange(len(ink.starts)))
