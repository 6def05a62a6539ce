"""Features: ink encoded as the input of a network.

    recognition:  ink -> reorder delayed strokes -> normalise (deskew, deslant, resize) -> encode (points or curves)
    training:     ink -> normalise -> augment -> encode

``points`` and ``bezier`` are the two encodings of the recognizer; ``offsets`` is that of the synthesizer. Each step is
a pure function and works without time.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from handwriting.errors import InkError
from handwriting.features.bezier import BEZIER_SIZE, TOLERANCE_HEIGHTS, encode_bezier
from handwriting.features.points import POINTS_SIZE, encode_points
from handwriting.geometry.dots import undelayed_order
from handwriting.geometry.normalise import normalise
from handwriting.ink import Ink


@dataclass(frozen=True)
class FeatureConfig:
    """Settings for encoding ink as steps; stored on a recognizer's card.

    Raises :class:`InkError` for an unknown encoding.
    """

    encoding: Literal["points", "bezier"] = "bezier"
    """Whether a step is a resampled point or a Bézier curve. Curves need fewer steps for the same accuracy."""
    spacing: float = 0.06
    """Distance between resampled points, in writing heights."""
    tolerance: float = TOLERANCE_HEIGHTS
    """Largest distance between ink and curve, in writing heights."""

    def __post_init__(self) -> None:
        if self.encoding not in ("points", "bezier"):
            raise InkError(f"encoding {self.encoding!r} is unknown; choose points or bezier")

    @property
    def size(self) -> int:
        """Number of features per step."""
        return POINTS_SIZE if self.encoding == "points" else BEZIER_SIZE


MAX_FEATURE = 6.0
"""Features are clipped to this absolute value. Those of real lines reach 4.6; larger ones come from gaps across a page
or from tremor taken for writing. Because int8 inference uses one activation scale per call, they would cost the other
lines of the batch precision."""


@dataclass(frozen=True, eq=False)
class Encoded:
    """Ink as the input of a recognition network of ``T`` steps."""

    steps: NDArray[np.float32]
    """Features of each step, shape (T, D)."""
    points: NDArray[np.int64]
    """Half-open range of points that each step covers, in the network's order of strokes; shape (T, 2)."""
    order: NDArray[np.int64]
    """Strokes of the ink in the network's order, where delayed dots and bars follow their letters; shape (S,)."""


def encode(ink: Ink, config: FeatureConfig) -> Encoded:
    """Reorder delayed strokes, normalise and encode ``ink``, in any units, as the recognizer reads it."""
    order = undelayed_order(ink)
    return replace(encode_normalised(normalise(ink.take(order)), config), order=order)


def encode_normalised(ink: Ink, config: FeatureConfig, stretch: float = 1.0) -> Encoded:
    """Encode normalised ink in its order of strokes; ``stretch`` scales the spacing or tolerance, for augmentation."""
    if config.encoding == "points":
        steps, points = encode_points(ink, config.spacing * stretch)
    else:
        steps, points = encode_bezier(ink, config.tolerance * stretch)
    return Encoded(np.clip(steps, -MAX_FEATURE, MAX_FEATURE), points, np.arange(len(ink.starts)))
