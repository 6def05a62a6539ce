"""The mixture in NumPy: the same density as the network's that trained it, and draws that follow it."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from handwriting.networks.mixture import Mixture
from handwriting.synthesis.mixture_sampler import MixtureSampler, Noise, nats

FLOOR = (0.02, 0.05)


def outputs(*shape: int, mixtures: int = 3) -> np.ndarray:
    return np.random.default_rng(0).normal(size=(*shape, 1 + 6 * mixtures))


def streams(lines: int, seed: int = 0) -> list[np.random.Generator]:
    return [np.random.default_rng([seed, line]) for line in range(lines)]


@pytest.mark.parametrize("scale", [1.0, 30.0])  # at 30 every limit is reached
def test_nats_and_error_are_those_of_the_torch_mixture(scale):
    y, points = scale * outputs(50), np.random.default_rng(1).normal(size=(50, 3))
    points[:, 2] = points[:, 2] > 0
    theirs = Mixture.of(torch.from_numpy(y), FLOOR)
    expected = theirs.nats(torch.from_numpy(points)).numpy()
    error = ((torch.from_numpy(points[:, :2]) - theirs.mean()) ** 2).sum(-1).numpy()
    ours = nats(y, points, FLOOR)
    close = np.abs(ours[0] - expected) / np.maximum(1, np.abs(expected))
    # Far out on a narrow ridge (rho near 1) the exponent's two forms agree to fewer digits.
    assert close.max() < (1e-10 if scale == 1 else 1e-4)
    assert np.allclose(ours[1], error, rtol=1e-10)


def drawn(y: np.ndarray, bias: float, count: int) -> np.ndarray:
    noise = Noise.of(streams(count), 1, (y.shape[1] - 1) // 6)
    return MixtureSampler(count, (y.shape[1] - 1) // 6, bias, FLOOR).draw(np.repeat(y, count, 0), noise, 0)


def test_draws_have_the_mixtures_moments():
    y = outputs(1) * 0.7
    points = drawn(y, 0.0, 40_000)
    mixture = Mixture.of(torch.from_numpy(y), FLOOR)
    mean = mixture.mean()[0].numpy()
    pi, mu = mixture.log_pi.exp()[0].numpy(), mixture.mu[0].numpy()
    sigma, rho = mixture.log_sigma.exp()[0].numpy(), np.tanh(mixture.rho[0].numpy())
    covariance = sum(
        p * (np.outer(m - mean, m - mean) + [[s[0] ** 2, r * s[0] * s[1]], [r * s[0] * s[1], s[1] ** 2]])
        for p, m, s, r in zip(pi, mu.T, sigma.T, rho, strict=True)
    )
    assert np.allclose(points[:, :2].mean(0), mean, atol=0.03)
    assert np.allclose(np.cov(points[:, :2].T), covariance, atol=0.05)
    assert points[:, 2].mean() == pytest.approx(1 / (1 + np.exp(y[0, 0])), abs=0.01)


def test_a_bias_narrows_each_gaussian_and_favours_the_likeliest():
    y = np.zeros((1, 13))
    y[0, 1:3] = 1.0, 0.0  # pi: e / (e + 1) and 1 / (e + 1)
    y[0, 3:5] = -100.0, 100.0  # far apart, so that draws tell their Gaussian
    for bias in (0.0, 1.0):
        points = drawn(y, bias, 20_000)
        first = points[:, 0] < 0
        assert first.mean() == pytest.approx(1 / (1 + np.exp(-(1 + bias))), abs=0.012)
        assert points[first, 0].std() == pytest.approx(np.exp(-bias), rel=0.03)


def test_no_sigma_is_below_the_floor_before_the_bias():
    y = np.zeros((1, 7))
    y[0, 4:6] = -50.0
    points = drawn(y, 0.0, 20_000)
    assert np.allclose(points[:, :2].std(0), FLOOR, rtol=0.03)


def test_a_line_s_draws_depend_on_its_own_stream_alone():
    y = outputs(1)
    alone = MixtureSampler(1, 3, 0.5, FLOOR).draw(y, Noise.of(streams(1), 4, 3), 2)
    beside = MixtureSampler(3, 3, 0.5, FLOOR).draw(np.repeat(y, 3, 0), Noise.of(streams(3), 4, 3), 2)
    assert np.array_equal(alone[0], beside[0])
    assert not np.array_equal(beside[0], beside[1])
