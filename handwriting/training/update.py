"""One update of a network's weights: clipped gradients of a batch, AdamW, and a moving average.

A batch whose loss or gradient is not finite changes neither the weights nor the optimiser state. Such a gradient need
not mean that the training diverges: backpropagated through the hundreds of steps of a line, in an LSTM whose weights
have grown, it grows exponentially with the number of steps until even float32 overflows. Clipping its norm is then too
late, unlike the clipping inside the LSTM of Graves 2013.

Nothing here waits for a GPU to finish: the report of an update is a tensor that is read later (see ``reporter``).
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from difflib import get_close_matches
from typing import Any, Protocol

import torch
from torch import Tensor, nn

from handwriting.errors import InkError
from handwriting.training.distributed import Workers
from handwriting.training.options import TrainingOptions
from handwriting.training.state import Groups

MOMENTS = ("exp_avg", "exp_avg_sq", "step")
"""State of Adam and AdamW for each parameter."""

Batch = Any


class Loss(Protocol):
    def __call__(self, network: nn.Module, batch: Batch) -> tuple[Tensor, Tensor | float]: ...


class UpdateHook:
    """Hook into the computation of an update; the base class changes nothing. Adaptive weight noise is a hook."""

    def sampled(self, step: int) -> AbstractContextManager[None]:
        """Return a context in which the loss of ``step`` and its gradients are computed."""
        return nullcontext()

    def complete_gradients(self) -> list[nn.Parameter]:
        """Change the gradients of the mean loss; return further parameters whose gradients are clipped with them."""
        return []

    def step(self, rate: float, skip: Tensor) -> None:
        """Update those parameters, at the weights' learning ``rate``, unless ``skip`` (a scalar) is 1."""

    def figures(self) -> dict[str, float]:
        """Return columns for the learning curve."""
        return {}

    def state(self) -> Groups:
        """Return tensors to be saved with a training's state."""
        return {}

    def load(self, groups: Groups) -> None:
        """Restore the state that :meth:`state` returned."""


class Updater:
    """A network, the moving average of its weights, and the optimiser that updates them.

    Raises :class:`InkError` if ``options.freeze`` matches no parameter, or all of them.
    """

    def __init__(
        self, network: nn.Module, options: TrainingOptions, hook: UpdateHook, workers: Workers, device: str
    ) -> None:
        self.network, self.options, self.hook, self.workers, self.device = network, options, hook, workers, device
        _freeze(network, options.freeze)
        self.average = copy.deepcopy(network).eval().requires_grad_(False)
        self.parameters, self._means = tuple(network.parameters()), tuple(self.average.parameters())
        self.optimizer = torch.optim.AdamW(
            _decay_groups(network, options.weight_decay), lr=options.rate, betas=(0.9, 0.99), fused=True
        )

    def __call__(self, loss: Loss, parts: Sequence[Batch], counts: bool, step: int, rate: float) -> Tensor:
        """Update the weights with the gradients of all processes' ``parts`` of a batch.

        ``counts`` is false if this process repeats an example of another. Returns the sum of the loss over the whole
        batch, its weight, and 1 if the batch was skipped because they or the gradient are not finite: float32, (3,).
        """
        if not self.network.training:
            self.network.train()
        # Dropout depends on (seed, step, process) alone, so that no random state needs to be saved.
        _seed((self.options.seed * 1_000_003 + step) * 1024 + self.workers.rank, self.device)
        self.optimizer.zero_grad(set_to_none=False)
        report = torch.zeros(3, device=self.device)
        with self.hook.sampled(step):
            for part in parts:
                batch = tuple(x.to(self.device, non_blocking=True) if isinstance(x, Tensor) else x for x in part)
                with torch.autocast(self.device, torch.bfloat16, enabled=self.options.precision == "bf16"):
                    total, weight = loss(self.network, batch)
                (total * counts).backward()
                report[0] += total.detach() * counts
                report[1] += weight * counts
        trained = [p for p in self.parameters if p.grad is not None]
        gradients = [p.grad for p in trained if p.grad is not None]
        self.workers.sum([*gradients, report])
        # The foreach functions take all tensors in one call: small networks spend most of an update in such calls.
        torch._foreach_div_(gradients, report[1])
        norm = nn.utils.clip_grad_norm_([*trained, *self.hook.complete_gradients()], self.options.clip, foreach=True)
        report[2] = ~(torch.isfinite(norm) & torch.isfinite(report[0]))
        self._step(rate, report[2])
        decay = min(self.options.average, (step + 1) / (step + 11))
        with torch.no_grad():
            torch._foreach_lerp_(self._means, self.parameters, 1 - decay)
        return report

    def _step(self, rate: float, skip: Tensor) -> None:
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        step_unless(skip, self.optimizer)
        self.hook.step(rate, skip)

    def state(self) -> Groups:
        """Return tensors from which :meth:`load` continues to the same weights, bit for bit."""
        groups: Groups = {"network": self.network.state_dict(), "average": self.average.state_dict()}
        return groups | optimizer_state(self.optimizer) | self.hook.state()

    def load(self, groups: Groups) -> None:
        """Restore the state that :meth:`state` returned."""
        self.network.load_state_dict(groups["network"])
        self.average.load_state_dict(groups["average"])
        load_optimizer_state(self.optimizer, groups)
        self.hook.load(groups)


def _seed(seed: int, device: str) -> None:
    """Seed the random numbers of the CPU and of ``device``.

    ``torch.manual_seed`` also seeds GPUs that are not in use, which takes longer than an update of a small network: it
    stores the call, with a formatted traceback, until they are initialised.
    """
    torch.default_generator.manual_seed(seed)
    if device == "cuda":
        torch.cuda.manual_seed(seed)


def step_unless(skip: Tensor, optimizer: torch.optim.Optimizer) -> None:
    """Perform a step of a fused optimiser, unless ``skip`` (a scalar) is 1, without waiting for its value."""
    optimizer.grad_scale, optimizer.found_inf = None, skip.clone()  # type: ignore[attr-defined]
    optimizer.step()


def optimizer_state(optimizer: torch.optim.Optimizer, prefix: str = "") -> Groups:
    """Return Adam's moments as groups of tensors, each keyed by its parameter's number."""
    state = optimizer.state_dict()["state"]
    return {prefix + name: {str(key): moments[name] for key, moments in state.items()} for name in MOMENTS}


def load_optimizer_state(optimizer: torch.optim.Optimizer, groups: Groups, prefix: str = "") -> None:
    """Restore the moments that :func:`optimizer_state` returned."""
    state = optimizer.state_dict()
    for name in MOMENTS:
        for key, value in groups[prefix + name].items():
            state["state"].setdefault(int(key), {})[name] = value
    optimizer.load_state_dict(state)


def _decay_groups(network: nn.Module, decay: float) -> list[dict[str, Any]]:
    """Return parameter groups that apply weight decay to matrices, not to biases."""
    matrices = [p for p in network.parameters() if p.dim() > 1]
    vectors = [p for p in network.parameters() if p.dim() <= 1]
    groups = [{"params": matrices, "weight_decay": decay}, {"params": vectors, "weight_decay": 0.0}]
    return [g for g in groups if g["params"]]


def _freeze(network: nn.Module, prefixes: Sequence[str]) -> None:
    """Exclude the parameters whose names start with one of ``prefixes`` from training."""
    names = [name for name, _ in network.named_parameters()]
    modules = sorted({name[:end] for name in names for end in range(len(name)) if name[end] == "."} | set(names))
    for prefix in prefixes:
        if not any(name.startswith(prefix) for name in names):
            near = get_close_matches(prefix, modules, 1) or [name for name in modules if "." not in name]
            raise InkError(f"freeze {prefix!r}: there are no weights of this name; try {', '.join(near)}")
    for name, parameter in network.named_parameters():
        parameter.requires_grad_(not name.startswith(tuple(prefixes)) if prefixes else True)
    if not any(parameter.requires_grad for parameter in network.parameters()):
        raise InkError(f"freeze {', '.join(prefixes)}: nothing is left to train; give fewer")
