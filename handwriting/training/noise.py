"""Adaptive weight noise: each weight is a Gaussian, whose spread is learned, and costs what it takes to describe it.

Graves 2011, Practical Variational Inference for Neural Networks (NIPS 24), with a diagonal Gaussian posterior; what the
networks of Graves 2013 (arXiv 1308.0850, sections 4.2 and 5.3) were *re*trained with, from sigma = 0.075. For weights
w_i ~ Q = N(mu_i, sigma_i^2), under a prior P = N(m, s^2), and a training set of N points, what is descended is the
description length, a point ::

    L = E_Q[nats(w)] / N + KL(Q || P) / N
    KL = sum_i log(s / sigma_i) + ((mu_i - m)^2 + sigma_i^2) / (2 s^2) - 1/2

Every tensor has a prior of its own (Graves has one for all weights; here biases start at other values than matrices).
Its m and s are always the best ones, in closed form: m the mean of the mu_i, s^2 the mean of sigma_i^2 + (mu_i - m)^2.
Then KL = sum_i log(s / sigma_i), and as its derivative after m and s is 0 there, they count as constants below.

The expectation takes one sample an update, w_i = mu_i + sigma_i eps_i. With the gradient g = d nats / d w of the batch,
a point, the chain rule gives ::

    dL / d mu_i        = g_i                + (mu_i - m) / (N s^2)
    dL / d log sigma_i = g_i sigma_i eps_i  + (sigma_i^2 / s^2 - 1) / N

without bias (Kingma & Welling 2014, arXiv 1312.6114, section 2.4). Graves took sigma_i^2 g_i^2 for the second g term,
which needs the gradient of one line at a time, not of a batch.

In several processes, eps depends on (seed, step) and not on the process: all hold the same sample, so that the sum of
their gradients g is that of one process on the whole batch, and what follows from g is the same everywhere.
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

RATE = 10.0
"""Learning rate of log sigma, as a multiple of the weights'. It has several nats to go, and its gradient is mostly
noise, over which Adam hardly moves. In a simulation of 3,400 updates on independent quadratic losses of all scales,
spreads that began at 0.075 ended 0.03 nats a weight above the optimum; with 3 it was 0.6, with 1 it was 18."""

_MOMENTS = ("exp_avg", "exp_avg_sq", "step")


@runtime_checkable
class Counted(Protocol):
    """A task that knows the size of its training set."""

    points: int
    """The sum of all examples' weights in the loss."""


class WeightNoise:
    """The posterior over a network's weights: the means are the network's own parameters, the spreads stand here.

    ``sigma``: what all spreads start from. ``points``: N, of what the loss is a mean over. Raises :class:`InkError` for
    a sigma that is none.
    """

    def __init__(self, network: nn.Module, sigma: float, points: float, seed: int) -> None:
        if not 0 < sigma < math.inf:
            raise InkError(f"weight noise of standard deviation {sigma:g}; give one above 0, like 0.075, or 0 for none")
        self.means = dict(network.named_parameters())
        self.log_sigmas = {
            name: nn.Parameter(torch.full_like(mean, math.log(sigma))) for name, mean in self.means.items()
        }
        self.points, self.seed = points, seed
        self._optimizer = torch.optim.Adam(self.log_sigmas.values(), betas=(0.9, 0.99))
        self._moves: dict[str, Tensor] = {}

    @classmethod
    def of(cls, task: object, network: nn.Module, sigma: float, seed: int) -> WeightNoise | None:
        """The noise for ``task``; None when ``sigma`` is 0. :class:`InkError` when the task is not :class:`Counted`."""
        if sigma == 0:
            return None
        if not isinstance(task, Counted):
            raise InkError(
                f"weight noise of {sigma:g} needs a task that counts its points, and {type(task).__name__} does not; "
                "give 0 for none"
            )
        return cls(network, sigma, task.points, seed)

    @contextmanager
    def sample(self, step: int) -> Iterator[None]:
        """Within this block the network's weights are the sample of ``step``; after it, the means again."""
        device = next(iter(self.means.values())).device
        # Dropout's seeds end in the process's number; no process has this one.
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
        """From the gradients g that the means have from the sample, all of dL's; returns the spreads, log sigma."""
        for name, mean in self.means.items():
            log_sigma = self.log_sigmas[name]
            if mean.grad is None:
                continue
            m, variance = _prior(mean, log_sigma)
            cost = (2 * log_sigma).exp_().div_(variance).sub_(1).div_(self.points)
            log_sigma.grad = cost.addcmul_(mean.grad, self._moves[name])
            mean.grad.add_((mean - m).div_(variance * self.points))
        return list(self.log_sigmas.values())

    def update(self, rate: float) -> None:
        """A step of Adam for the spreads, when the weights' learning rate is ``rate``."""
        for group in self._optimizer.param_groups:
            group["lr"] = RATE * rate
        self._optimizer.step()

    @torch.no_grad()
    def divergence(self) -> float:
        """KL(Q || P) in nats."""
        total = 0.0
        for name, mean in self.means.items():
            log_sigma = self.log_sigmas[name].double()
            _, variance = _prior(mean.double(), log_sigma)
            total += float((0.5 * variance.log() - log_sigma).sum())
        return total

    def state(self) -> Groups:
        """What :meth:`load` takes: log sigma and its optimiser's moments, in files of their own."""
        groups: Groups = {"log_sigma": dict(self.log_sigmas)}
        moments = self._optimizer.state_dict()["state"]
        return groups | {f"log_sigma_{m}": {str(key): v[m] for key, v in moments.items()} for m in _MOMENTS}

    def load(self, groups: Groups) -> None:
        """Go on from what :meth:`state` gave."""
        state = self._optimizer.state_dict()
        for moment in _MOMENTS:
            for key, value in groups[f"log_sigma_{moment}"].items():
                state["state"].setdefault(int(key), {})[moment] = value
        self._optimizer.load_state_dict(state)
        with torch.no_grad():
            for name, log_sigma in self.log_sigmas.items():
                log_sigma.copy_(groups["log_sigma"][name])


def _prior(mean: Tensor, log_sigma: Tensor) -> tuple[Tensor, Tensor]:
    """The best prior's mean m and variance s^2 for one tensor's posterior."""
    m = mean.mean()
    return m, (2 * log_sigma).exp().mean() + (mean - m).square().mean()
