"""The mixture density output in NumPy: draw the next point, and compute the nats of a given point.

The equations and the order of the outputs are those of ``networks/mixture.py``, which is used for training (Graves
2013, arXiv 1308.0850, equations 15 to 26); the limits below are that module's too. The bias b of section 5.4 makes
writing neater: sigma = exp(sigmâ - b) and pi = softmax(pî (1 + b)) (equations 61 and 62).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

RHO_LIMIT = 6.0
"""Largest ``|rhô|``: |rho| = 0.99999. Beyond it float32 cannot tell 1 - rho^2 from 0."""

LOG_SIGMA_LIMIT = 20.0
"""Largest sigmâ: a sigma of 5e8 standard deviations of the offsets."""


@dataclass(frozen=True)
class Noise:
    """The random numbers for T points of B lines; given them, drawing is deterministic."""

    gumbel: Floats
    """Standard Gumbel noise, shape (T, B, M)."""
    normal: Floats
    """Standard normal noise, shape (T, B, 2)."""
    logistic: Floats
    """Standard logistic noise, shape (T, B)."""

    @classmethod
    def of(cls, streams: Sequence[np.random.Generator], points: int, mixtures: int) -> Noise:
        """Draw the noise for the next T ``points`` from each line's stream."""
        noises = [
            (r.gumbel(size=(points, mixtures)), r.normal(size=(points, 2)), r.logistic(size=points)) for r in streams
        ]
        gumbel, normal, logistic = (np.stack(part, 1) for part in zip(*noises, strict=True))
        return cls(gumbel, normal, logistic)

    def keep(self, rows: NDArray[np.bool_]) -> Noise:
        """Return the noise of the lines selected by ``rows``, shape (B,)."""
        return Noise(self.gumbel[:, rows], self.normal[:, rows], self.logistic[:, rows])


class MixtureSampler:
    """Draws the next point of each of B lines from the network's outputs."""

    def __init__(self, lines: int, mixtures: int, bias: float, floor: tuple[float, float]) -> None:
        """``floor``: the smallest sigma of x and y before the bias is applied."""
        self._M, self._bias, self._lowest = mixtures, bias, np.log(floor)
        self._rows = np.arange(lines)[:, None]
        self._columns = 1 + mixtures * np.arange(1, 6)

    def draw(self, outputs: NDArray, noise: Noise, t: int) -> Floats:
        """Map ``outputs`` (B, 1 + 6 M) to normalised points (B, 3): dx, dy and 1 where the stroke ends."""
        # Gumbel-max trick: the largest of log pi + noise is a draw from pi; the denominator of softmax cancels.
        chosen = (outputs[:, 1 : 1 + self._M] * (1 + self._bias) + noise.gumbel[t]).argmax(1)
        parameters = outputs[self._rows, chosen[:, None] + self._columns].astype(np.float64)
        mu, spread, rho = parameters[:, :2], parameters[:, 2:4], parameters[:, 4]
        sigma = np.exp(np.minimum(np.maximum(spread, self._lowest), LOG_SIGMA_LIMIT) - self._bias)
        rho = np.tanh(np.minimum(np.maximum(rho, -RHO_LIMIT), RHO_LIMIT))
        x, y = noise.normal[t].T
        points = np.empty((len(outputs), 3))
        points[:, 0] = x
        points[:, 1] = rho * x + np.sqrt(1 - rho * rho) * y
        points[:, :2] *= sigma
        points[:, :2] += mu
        points[:, 2] = outputs[:, 0] < noise.logistic[t]  # u < 1 / (1 + exp(ê)) with u uniform
        return points


def nats(outputs: NDArray, points: NDArray, floor: tuple[float, float]) -> tuple[Floats, Floats]:
    """Compute the nats (equation 26) of ``points`` (..., 3), and the squared error of the expected offset.

    ``outputs`` has shape (..., 1 + 6 M), both results have shape (...). Nats are negative log-likelihoods.
    """
    M = (outputs.shape[-1] - 1) // 6
    values, points = outputs.astype(np.float64), points.astype(np.float64)
    end, pi, mu_x, mu_y, spread_x, spread_y, rho = np.split(values, np.cumsum([1] + [M] * 5), axis=-1)
    log_pi = pi - _log_sum_exp(pi)[..., None]
    lowest_x, lowest_y = np.log(floor)
    log_x, log_y = np.clip(spread_x, lowest_x, LOG_SIGMA_LIMIT), np.clip(spread_y, lowest_y, LOG_SIGMA_LIMIT)
    rho = np.tanh(np.clip(rho, -RHO_LIMIT, RHO_LIMIT))
    free = 1 - rho * rho
    x, y = (points[..., :1] - mu_x) * np.exp(-log_x), (points[..., 1:2] - mu_y) * np.exp(-log_y)
    exponent = ((x - rho * y) ** 2 / free + y * y) / 2
    log_normal = -exponent - log_x - log_y - np.log(free) / 2 - np.log(2 * np.pi)
    ending = np.where(points[..., 2] > 0.5, np.logaddexp(0, end[..., 0]), np.logaddexp(0, -end[..., 0]))
    weights = np.exp(log_pi)
    expected = np.stack([(weights * mu_x).sum(-1), (weights * mu_y).sum(-1)], -1)
    error = ((points[..., :2] - expected) ** 2).sum(-1)
    return ending - _log_sum_exp(log_pi + log_normal), error


def _log_sum_exp(x: Floats) -> Floats:
    largest = x.max(-1)
    return largest + np.log(np.exp(x - largest[..., None]).sum(-1))
