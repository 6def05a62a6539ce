"""Encode ink and text for training the recognizer: feature steps of a distorted copy of the ink."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from handwriting.features import FeatureConfig, encode_normalised
from handwriting.geometry.normalise import normalise
from handwriting.ink import Ink
from handwriting.networks.recognizer import output_steps, steps_needed
from handwriting.training.augment import Augmentation

SAFETY_FACTOR = 2.0
"""A text certainly fits if it needs fewer than the estimated steps divided by this; the estimate is never that far
off."""


def expected_steps(ink: Ink, text: str) -> float:
    """Estimate how many Bezier curves and pen-up moves encode an ink, without fitting them.

    A least-squares fit over 540 lines and words of IAM-OnDB and UNIPEN, on strokes, turning points in y and x of more
    than an eighth of the height, and characters. The logarithm of the ratio to the true number has a standard
    deviation of 0.07 for lines and 0.12 for words. The number of resampled points is roughly proportional to it.
    """
    height = 0.48 * float(ink.y.std()) or 1.0
    stroke = ink.stroke_index
    turns = [_turns(np.rint(v / height), stroke) for v in (ink.y, ink.x)]
    return max(1.0, 1.95 * len(ink.starts) + 0.66 * turns[0] + 0.25 * turns[1] + 0.52 * len(text) - 0.8)


@dataclass(frozen=True)
class ExampleEncoder:
    """Encodes ink as feature steps for training, and checks whether CTC can spell a text with them."""

    features: FeatureConfig
    augmentation: Augmentation
    strides: Sequence[int]
    """Strides of the network's convolutions."""

    def steps(self, ink: Ink, text: str, random: np.random.Generator) -> NDArray[np.float32] | None:
        """Return steps (T, D) of a distorted copy of ``ink``, or of ``ink`` itself if the copy does not fit ``text``.

        Return None when the ink itself is too short for ``text``.
        """
        ink = normalise(ink)
        distorted = self.augmentation(ink, random)
        steps = encode_normalised(distorted, self.features, self.augmentation.stretch(random)).steps
        if self._fits(len(steps), text):
            return steps
        steps = encode_normalised(ink, self.features).steps
        return steps if self._fits(len(steps), text) else None

    def problem(self, ink: Ink, text: str, expected: float) -> str | None:
        """Return why ``ink``, of about ``expected`` steps, cannot be trained on with ``text``, or None if it can."""
        if self.features == FeatureConfig() and self._fits(int(expected / SAFETY_FACTOR), text):
            return None
        steps = len(encode_normalised(normalise(ink), self.features).steps)
        if self._fits(steps, text):
            return None
        return f"CTC needs {steps_needed(text)} steps for its text, but its ink has {output_steps(steps, self.strides)}"

    def _fits(self, steps: int, text: str) -> bool:
        return output_steps(steps, self.strides) >= steps_needed(text)


def _turns(values: NDArray[np.float64], stroke: NDArray[np.int64]) -> int:
    sign, within = np.sign(np.diff(values)), np.diff(stroke) == 0
    moves = (sign != 0) & within
    sign, stroke = sign[moves], stroke[1:][moves]
    return int(((sign[1:] != sign[:-1]) & (stroke[1:] == stroke[:-1])).sum())
