"""Adaptive weight noise: each weight is a Gaussian with a learned spread, at the cost of its description length.

Graves 2011, Practical Variational Inference for Neural Networks (NIPS 24), with a diagonal Gaussian posterior; the
networks of Graves 2013 (arXiv 1308.0850, sections 4.2 and 5.3) were *re*trained with it, from sigma = 0.075. For
weights w_i ~ Q = N(mu_i, sigma_i^2), under a prior P = N(m, s^2), and a training set of N points, the objective is the
description length per point ::

    L = E_Q[nats(w)] / N + KL(Q || P) / N
    KL = sum_i log(s / sigma_i) + ((mu_i - m)^2 + sigma_i^2) / (2 s^2) - 1/2

Every tensor has its own prior (Graves has one for all weights; here biases are initialised differently from matrices).
Its m and s are always the optimal ones, in closed form: m the mean of the mu_i, s^2 the mean of sigma_i^2 + (mu_i -
m)^2. Then KL = sum_i log(s / sigma_i), and since its derivative by m and s is 0 there, they count as constants below.

The expectation is estimated with one sample per update, w_i = mu_i + sigma_i eps_i. With the gradient g = d nats / d w
of the batch, per point, the chain rule gives ::

    dL / d mu_i        = g_i                + (mu_i - m) / (N s^2)
    dL / d log sigma_i = g_i sigma_i eps_i  + (sigma_i^2 / s^2 - 1) / N

without bias (Kingma & Welling 2014, arXiv 1312.6114, section 2.4). Graves used sigma_i^2 g_i^2 for the second g term,
which needs the gradient of a single line, not of a batch.

With several processes, eps depends on (seed, step) and not on the process: all have the same sample, so that the sum
of their gradients g is that of one process on the whole batch, and everything derived from g is the same everywhere.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol, runtime_checkable

import torch
from torch import Tensor, nn

from handwriting.errors import InkError
from handwriting.training.state import Groups
from handwriting.training.update import UpdateHook, load_optimizer_state, optimizer_state, step_unless

RATE = 10.0
"""Learning rate of log sigma, as a multiple of the weights' rate. log sigma has several nats to go, and its gradient is
mostly noise, under which Adam hardly moves. In a simulation of 3,400 updates on independent quadratic losses of all
scales, spreads that began at 0.075 ended 0.03 nats a weight above the optimum; with 3 it was 0.6, with 1 it was 18."""

_MOMENTS_PREFIX = "log_sigma_"


@runtime_checkable
class Counted(Protocol):
    """A task that knows the size of its training set."""

    points: int
    """Sum of all examples' weights in the loss."""


def noise_hook(task: object, network: nn.Module, sigma: float, seed: int) -> UpdateHook:
    """Return the hook for weight noise with initial standard deviation ``sigma``, or a no-op hook if it is 0.

    Raises :class:`InkError` if the task is not :class:`Counted`.
    """
    if sigma == 0:
        return UpdateHook()
    if not isinstance(task, Counted):
        raise InkError(
            f"weight_noise {sigma:g}: it needs a task that counts its points, and {type(task).__name__} does not; "
            "give 0 for none"
        )
    return WeightNoise(network, sigma, task.points, seed)


class WeightNoise(UpdateHook):
    """The posterior over a network's weights: the means are the network's parameters, the spreads are stored here.

    ``sigma`` is the initial value of all spreads, ``points`` is N, the number of points in the training set. Raises
    :class:`InkError` if sigma is not a positive number.
    """

    def __init__(self, network: nn.Module, sigma: float, points: float, seed: int) -> None:
        if not 0 < sigma < math.inf:
            raise InkError(f"weight_noise {sigma:g}: give a positive standard deviation like 0.075, or 0 for none")
        self.means = dict(network.named_parameters())
        self.log_sigmas = {
            name: nn.Parameter(torch.full_like(mean, math.log(sigma))) for name, mean in self.means.items()
        }
        self.points, self.seed = points, seed
        self._optimizer = torch.optim.Adam(self.log_sigmas.values(), betas=(0.9, 0.99), fused=True)
        self._moves: dict[str, Tensor] = {}

    @contextmanager
    def sampled(self, step: int) -> Iterator[None]:
        """Replace the network's weights within this block by the sample of ``step``; restore the means after it."""
        device = next(iter(self.means.values())).device
        # Seeds of dropout end in the process's rank, which is never this number.
        generator = torch.Generator(device).manual_seed((self.seed * 1_000_003 + step) * 1024 + 1023)
        with torch.no_grad():
            kept = {name: mean.clone() for name, mean in self.means.items()}
            for name, mean in self.means.items():
                noise = torch.randn(mean.shape, generator=generator, dtype=mean.dtype, device=device)
                self._moves[name] = noise.mul_(self.log_sigmas[name].exp())  # sigma eps
                mean.add_(noise)
        try:
            yield
        finally:
            with torch.no_grad():
                for name, mean in self.means.items():
                    mean.copy_(kept[name])

    @torch.no_grad()
    def complete_gradients(self) -> list[nn.Parameter]:
        """Turn the sample's gradients g into those of L, for means and spreads; return the spreads, log sigma."""
        for name, mean in self.means.items():
            log_sigma = self.log_sigmas[name]
            if mean.grad is None:
                continue
            m, variance = _prior(mean, log_sigma)
            cost = (2 * log_sigma).exp_().div_(variance).sub_(1).div_(self.points)
            log_sigma.grad = cost.addcmul_(mean.grad, self._moves[name])
            mean.grad.add_((mean - m).div_(variance * self.points))
        return list(self.log_sigmas.values())

    def step(self, rate: float, skip: Tensor) -> None:
        """Update the spreads with Adam, at :data:`RATE` times the weights' learning rate, unless ``skip`` is 1."""
        for group in self._optimizer.param_groups:
            group["lr"] = RATE * rate
        step_unless(skip, self._optimizer)

    def figures(self) -> dict[str, float]:
        """Return ``kl``: the description length of the weights, in nats per point."""
        return {"kl": self.divergence() / self.points}

    @torch.no_grad()
    def divergence(self) -> float:
        """Compute KL(Q || P) in nats."""
        total = 0.0
        for name, mean in self.means.items():
            log_sigma = self.log_sigmas[name].double()
            _, variance = _prior(mean.double(), log_sigma)
            total += float((0.5 * variance.log() - log_sigma).sum())
        return total

    def state(self) -> Groups:
        """Return log sigma and the moments of its optimiser."""
        groups: Groups = {"log_sigma": {name: spread.detach() for name, spread in self.log_sigmas.items()}}
        return groups | optimizer_state(self._optimizer, _MOMENTS_PREFIX)

    def load(self, groups: Groups) -> None:
        """Restore the state that :meth:`state` returned."""
        load_optimizer_state(self._optimizer, groups, _MOMENTS_PREFIX)
        with torch.no_grad():
            for name, log_sigma in self.log_sigmas.items():
                log_sigma.copy_(groups["log_sigma"][name])


def _prior(mean: Tensor, log_sigma: Tensor) -> tuple[Tensor, Tensor]:
    """Return the optimal prior's mean m and variance s^2 for one tensor's posterior."""
    m = mean.mean()
    return m, (2 * log_sigma).exp().mean() + (mean - m).square().mean()
