"""The mixture density output: M bivariate Gaussians for the next offset and a Bernoulli for the end of the stroke.

Graves 2013 (arXiv 1308.0850), equations 15 to 26. Of the network's ``1 + 6 M`` outputs ::

    ê    [0]              e = 1 / (1 + exp(ê))               the probability that the point ends its stroke
    pî   [1 : 1 + M]      pi = softmax(pî)
    mû   next M, M        mu_x = mû_x, mu_y = mû_y
    sigmâ next M, M       sigma_x = exp(sigmâ_x), sigma_y = exp(sigmâ_y), neither below the floor
    rhô  last M           rho = tanh(rhô)

    Pr(x, y, e) = sum_j pi_j N(x, y | mu_j, sigma_j, rho_j) * (e if the point ends its stroke, else 1 - e)

With the standardised distances z, u = z_x - z_y and v = z_x + z_y, the exponent of N (equation 25), which divides by
1 - rho^2, equals ``-(u^2 (1 + exp(2 rhô)) + v^2 (1 + exp(-2 rhô))) / 8``: there is no division and no cancellation.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

RHO_LIMIT = 6.0
"""Largest ``|rhô|``: |rho| = 0.99999. Beyond it float32 cannot tell 1 - rho^2 from 0."""

DISTANCE_LIMIT = 1e6
"""Largest ``|z|``, in standard deviations: its square times exp(2 RHO_LIMIT) is still far from float32's limit."""

LOG_SIGMA_LIMIT = 20.0
"""Largest sigmâ: a sigma of 5e8 standard deviations of the offsets. Beyond it gradients become inf * 0."""

GRADIENT_LIMIT = 100.0
"""Limit to which gradients at the outputs are clipped, as in Graves 2013, section 4.2."""


def output_size(mixtures: int) -> int:
    """Return the number of outputs of a network with M ``mixtures``: 121 for the paper's 20."""
    return 1 + 6 * mixtures


@dataclass(frozen=True)
class Mixture:
    """The density of the next point, for any leading dimensions ``...``."""

    end: Tensor
    """ê, shape (...)."""
    log_pi: Tensor
    """Logarithm of the weights, shape (..., M)."""
    mu: Tensor
    """Means of x, then y, shape (..., 2, M)."""
    log_sigma: Tensor
    """Log standard deviations of x, then y, shape (..., 2, M)."""
    rho: Tensor
    """rhô, before tanh, shape (..., M)."""

    @classmethod
    def of(cls, outputs: Tensor, floor: tuple[float, float]) -> Mixture:
        """Make the mixture from ``outputs`` (..., 1 + 6 M), at least in float32; no sigma is below ``floor`` (x, y).

        The gradient of ``outputs`` is clipped to ±100 per element.
        """
        M = (outputs.shape[-1] - 1) // 6
        if outputs.requires_grad:
            outputs = outputs.clone()  # the hook must not stay on the caller's tensor
            outputs.register_hook(lambda gradient: gradient.clamp(-GRADIENT_LIMIT, GRADIENT_LIMIT))
        outputs = outputs if outputs.dtype == torch.float64 else outputs.float()
        end, pi, mu, sigma, rho = outputs.split([1, M, 2 * M, 2 * M, M], -1)
        lowest = outputs.new_tensor(floor).log().unsqueeze(1)  # (2, 1)
        return cls(
            end.squeeze(-1),
            F.log_softmax(pi, -1),
            mu.unflatten(-1, (2, M)),
            torch.maximum(sigma.unflatten(-1, (2, M)), lowest).clamp(max=LOG_SIGMA_LIMIT),
            rho.clamp(-RHO_LIMIT, RHO_LIMIT),
        )

    def log_density(self, offsets: Tensor) -> Tensor:
        """Compute the log of the Gaussians' joint density (equations 23 to 25) at ``offsets`` (..., 2), shape (...)."""
        z = (offsets.unsqueeze(-1) - self.mu) * (-self.log_sigma).exp()
        x, y = z.clamp(-DISTANCE_LIMIT, DISTANCE_LIMIT).unbind(-2)  # (..., M)
        exp_2rho = (2 * self.rho).exp()
        exponent = ((x - y).square() * (1 + exp_2rho) + (x + y).square() * (1 + 1 / exp_2rho)) / 8
        # log(1 - tanh(r)^2) / 2 = log(2) - |r| - log(1 + exp(-2 |r|))
        log_correlation = math.log(2) - self.rho.abs() - F.softplus(-2 * self.rho.abs())
        log_normal = -exponent - self.log_sigma.sum(-2) - log_correlation - math.log(2 * math.pi)
        return torch.logsumexp(self.log_pi + log_normal, -1)

    def nats(self, points: Tensor) -> Tensor:
        """Compute the nats (equation 26) of ``points`` (..., 3): dx, dy and the end-of-stroke bit; shape (...)."""
        ends = points[..., 2]
        return F.softplus(self.end) * ends + F.softplus(-self.end) * (1 - ends) - self.log_density(points[..., :2])

    def mean(self) -> Tensor:
        """Compute the expected offset, sum_j pi_j mu_j, shape (..., 2)."""
        return (self.log_pi.exp().unsqueeze(-2) * self.mu).sum(-1)
