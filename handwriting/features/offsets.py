"""Encode ink as the offsets that the synthesizer reads and writes: (dx, dy, end of stroke) for each point.

Graves 2013 (arXiv 1308.0850), section 4: points are raw, not resampled. Cleaning drops sensor jumps and nothing else.
Offsets are then normalised to mean 0 and standard deviation 1 over the training lists, so that log-likelihoods (nats)
of networks trained on the same data can be compared.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from handwriting.errors import InkError
from handwriting.geometry.baseline import level
from handwriting.geometry.pace import point_rate, resample_in_time, thin
from handwriting.ink import Ink

JUMP_UNITS = 600.0
"""A point farther than this from the previous one in its stroke, in units of the source, is a sensor jump."""

SIGMA_FLOOR = 0.3
"""Smallest standard deviation of a density, in units of the source, whose coordinates are integers."""


def clean(ink: Ink) -> Ink:
    """Drop the points that are more than :data:`JUMP_UNITS` from the last kept point of their stroke.

    The first point of a stroke is always kept, so that no stroke vanishes. No remaining step within a stroke is longer.
    """
    x, y = ink.x, ink.y
    far = np.hypot(np.diff(x, prepend=x[0]), np.diff(y, prepend=y[0])) > JUMP_UNITS
    far[ink.starts] = False
    if not far.any():
        return ink
    keep = np.ones(len(ink), dtype=bool)
    for start, end in zip(ink.starts, ink.ends, strict=True):
        last = start
        for i in range(start + 1, end) if far[start:end].any() else ():
            keep[i] = math.hypot(x[i] - x[last], y[i] - y[last]) <= JUMP_UNITS
            last = i if keep[i] else last
    return ink.keep(keep)


def clean_at_rate(ink: Ink, rate: float) -> Ink:
    """Clean a line of a pen sampled evenly in time, as in IAM-OnDB, and move its baseline to y = 0.

    The result has ``rate`` points a second if the ink has plausible times, else half of its points.
    """
    ink = clean(ink)
    timed = ink.t is not None and 20 < point_rate(ink) < 1000
    return level(resample_in_time(ink, ink.t, rate) if timed and ink.t is not None else thin(ink, 2.0))


def prepare_line(ink: Ink, rate: float | None) -> Ink:
    """Return a line as a network reads it: cleaned and, unless ``rate`` is None, levelled and at that point rate."""
    return clean(ink) if rate is None else clean_at_rate(ink, rate)


def offsets(ink: Ink) -> NDArray[np.float64]:
    """Return dx, dy from the previous point (0 at the first), and 1 at the last point of a stroke; shape (N, 3)."""
    steps = np.zeros((len(ink), 3))
    steps[1:, 0], steps[1:, 1] = np.diff(ink.x), np.diff(ink.y)
    steps[ink.ends - 1, 2] = 1.0
    return steps


def from_offsets(steps: ArrayLike, x: float = 0.0, y: float = 0.0) -> Ink:
    """Return the ink whose :func:`offsets` are ``steps`` (N, 3); the first offset starts at (``x``, ``y``).

    Raises :class:`InkError` for a different shape and for no steps.
    """
    steps = np.asarray(steps, dtype=np.float64)
    if steps.ndim != 2 or steps.shape[1] != 3 or len(steps) == 0:
        raise InkError(f"offsets have shape {steps.shape}; give (N, 3) with at least one point")
    starts = np.append(0, np.flatnonzero(steps[:-1, 2] > 0.5) + 1)
    return Ink(x + np.cumsum(steps[:, 0]), y + np.cumsum(steps[:, 1]), starts)


@dataclass(frozen=True)
class Normalizer:
    """Normalises offsets to mean 0 and standard deviation 1; stored on the card of a checkpoint.

    The first offset of a line has no meaning: it is not part of the statistics and is 0 in normalised units.
    """

    mean: tuple[float, float]
    """Mean of dx and of dy, in units of the source."""
    sd: tuple[float, float]
    """Standard deviation of dx and of dy, in units of the source."""

    @classmethod
    def of(cls, lines: Iterable[NDArray[np.float64]]) -> Normalizer:
        """Compute the statistics of the offsets (N_i, 3) of all lines, without the first offset of each.

        Raises :class:`InkError` if there are too few offsets.
        """
        moves = np.concatenate([np.empty((0, 2)), *(line[1:, :2] for line in lines)])
        sd = moves.std(0) if len(moves) else np.zeros(2)
        if not (sd > 0).all():
            raise InkError(f"{len(moves)} offsets with standard deviation {sd}: too few to normalise; give more lines")
        mean = moves.mean(0)
        return cls((float(mean[0]), float(mean[1])), (float(sd[0]), float(sd[1])))

    @classmethod
    def of_card(cls, card: Mapping[str, Any]) -> Normalizer:
        """Return the normalizer that the card of a checkpoint stores."""
        (mean_x, mean_y), (sd_x, sd_y) = card["normalizer"]["mean"], card["normalizer"]["sd"]
        return cls((float(mean_x), float(mean_y)), (float(sd_x), float(sd_y)))

    def __call__(self, steps: NDArray[np.float64]) -> NDArray[np.float32]:
        """Return offsets (N, 3) in normalised units, with the first one 0."""
        normal = steps.astype(np.float64)
        normal[:, :2] = (normal[:, :2] - self.mean) / self.sd
        normal[:1, :2] = 0.0
        return normal.astype(np.float32)

    def inverse(self, steps: ArrayLike) -> NDArray[np.float64]:
        """Return normalised offsets (N, 3) in units of the source, with the first one 0."""
        raw = np.array(steps, dtype=np.float64)
        raw[:, :2] = raw[:, :2] * self.sd + self.mean
        raw[:1, :2] = 0.0
        return raw

    @property
    def sigma_floor(self) -> tuple[float, float]:
        """:data:`SIGMA_FLOOR` in normalised units, for x and y."""
        return SIGMA_FLOOR / self.sd[0], SIGMA_FLOOR / self.sd[1]

    @property
    def raw_nats(self) -> float:
        """log(sd_x sd_y): nats per point in units of the source minus nats per point in normalised units."""
        return math.log(self.sd[0] * self.sd[1])
