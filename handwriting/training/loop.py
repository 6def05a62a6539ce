"""The training loop of every network: batches in, checkpoints and a learning curve out.

What is trained is a :class:`Task`; how, an :class:`Options`. The order of the batches and every distortion depend on
(seed, epoch, line) alone, dropout on (seed, step), and the state on disk holds the rest, so that a run killed at any
moment goes on to the same weights, bit for bit, as one that was left alone.
"""

from __future__ import annotations

import copy
import json
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Protocol

import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader, Dataset
from tqdm import tqdm

from handwriting.errors import InkError
from handwriting.files import make_folder
from handwriting.training.curve import write_curve
from handwriting.training.distributed import Workers
from handwriting.training.schedule import SCHEDULES
from handwriting.training.state import load_state, save_state

Batch = Any


class Task(Protocol):
    """What the loop trains."""

    network: nn.Module

    def identity(self) -> dict[str, Any]:
        """What must be the same for a state to be resumed; JSON-able."""

    def plan(self, epoch: int, batch_size: int) -> list[list[int]]:
        """The epoch's batches, as numbers of examples."""

    def batch(self, epoch: int, examples: Sequence[int]) -> Batch:
        """One batch on the CPU, a tuple of tensors; called in a worker process."""

    def loss(self, network: nn.Module, batch: Batch) -> tuple[Tensor, float]:
        """The batch's summed loss, a scalar, and its weight: their quotient is the loss reported and descended."""

    def evaluate(self, network: nn.Module) -> dict[str, float]:
        """Figures on the development set; the first is the one to minimise."""

    def save(self, folder: Path, network: nn.Module, training: dict[str, Any]) -> None:
        """Write a checkpoint whose card holds ``training``."""


@dataclass(frozen=True)
class Options:
    """How to train."""

    epochs: int = 80
    batch_size: int = 64
    rate: float = 3e-3
    """Peak learning rate."""
    schedule: str = "one-cycle"
    weight_decay: float = 0.01
    clip: float = 3.0
    """Largest norm of the gradient of the mean loss."""
    average: float = 0.998
    """Decay of the moving average of the weights, which is what is evaluated and saved."""
    seed: int = 1
    precision: str = "bf16"
    """``bf16`` (autocast) or ``fp32``."""
    device: str = "auto"
    evaluate_every: int = 4
    """Epochs between evaluations; the last epoch always ends with one."""
    save_every: float = 60.0
    """Seconds between saved states."""
    max_minutes: float | None = None
    """Stop after so long, with a state to resume from."""
    loaders: int = 1
    """Worker processes that prepare batches; 0 prepares them in the training process."""


def train(task: Task, options: Options, run: Path, command: str = "") -> dict[str, Any]:
    """Train, or go on training, in the folder ``run``; returns the last row of the learning curve.

    ``run/best/`` is the checkpoint with the lowest first figure, ``run/curve.csv`` and ``run/curve.png`` the learning
    curve. Raises :class:`InkError` when the folder belongs to a training with other options.
    """
    return _Training(task, options, run, command).run_to_end()


class _Training:
    def __init__(self, task: Task, options: Options, run: Path, command: str) -> None:
        self.task, self.options, self.run, self.command = task, options, run, command
        make_folder(run)
        self.device = pick_device(options.device)
        self.workers = Workers.join(self.device)
        self.network = task.network.to(self.device)
        self.average = copy.deepcopy(self.network).eval().requires_grad_(False)
        self.parameters = list(self.network.parameters())
        self.optimizer = torch.optim.AdamW(
            _decay_groups(self.network, options.weight_decay), lr=options.rate, betas=(0.9, 0.99)
        )
        self.plan_length = len(task.plan(0, options.batch_size))
        self.steps = options.epochs * self.plan_length
        self.step, self.seconds = 0, 0.0
        self.curve: list[dict[str, Any]] = []
        self.losses: list[tuple[float, float]] = []
        self.started = self.saved = time.monotonic()
        self._resume()

    def run_to_end(self) -> dict[str, Any]:
        label = self.run.name
        with tqdm(
            total=self.steps,
            initial=self.step,
            desc=label,
            unit="step",
            disable=self.workers.rank > 0,
            mininterval=1 if sys.stderr.isatty() else 30,
        ) as bar:
            while self.step < self.steps:
                epoch, position = divmod(self.step, self.plan_length)
                for batch, counts in self._batches(epoch, position):
                    loss = self._update(batch, counts)
                    bar.update()
                    bar.set_postfix(loss=f"{loss:.3f}", rate=f"{self._rate():.1e}", refresh=False)
                    if self.step < (epoch + 1) * self.plan_length and self._pause_if_due():
                        return self._leave()
                self._end_epoch(epoch, bar)
                if self.step < self.steps and self._pause_if_due():
                    return self._leave()
        return self._leave()

    def _leave(self) -> dict[str, Any]:
        self._save()
        self.workers.leave()
        return self.curve[-1] if self.curve else {"step": self.step, "steps": self.steps}

    def _batches(self, epoch: int, position: int) -> Iterator[tuple[Batch, bool]]:
        """This process's share of each batch, and whether it counts: of a batch smaller than the number of processes
        some get an example that another has, to keep step with the others."""
        plan = self.task.plan(epoch, self.options.batch_size)[position:]
        shares = [batch[self.workers.rank :: self.workers.size] for batch in plan]
        full = [share or batch[:1] for share, batch in zip(shares, plan, strict=True)]
        loader = DataLoader(_Epoch(self.task, epoch, full), batch_size=None, num_workers=self.options.loaders)
        return zip(loader, map(bool, shares), strict=True)

    def _update(self, batch: Batch, counts: bool = True) -> float:
        for group in self.optimizer.param_groups:
            group["lr"] = self._rate()
        batch = tuple(x.to(self.device) if isinstance(x, Tensor) else x for x in batch)
        self.network.train()
        # Dropout depends on (seed, step, process) alone, so that no random state need be saved.
        torch.manual_seed((self.options.seed * 1_000_003 + self.step) * 1024 + self.workers.rank)
        with torch.autocast(self.device, torch.bfloat16, enabled=self.options.precision == "bf16"):
            total, weight = self.task.loss(self.network, batch)
            total, weight = total * counts, weight * counts
        self.optimizer.zero_grad(set_to_none=False)
        total.backward()
        sums = torch.tensor([float(total.detach()), weight], dtype=torch.float32, device=self.device)
        self.workers.sum([*(p.grad for p in self.parameters if p.grad is not None), sums])
        loss, weight = float(sums[0] / sums[1]), float(sums[1])
        if not loss < float("inf"):
            raise InkError(
                f"the loss is {loss} at step {self.step}; start again with a lower --rate (now {self.options.rate:g}) "
                "and another --out"
            )
        for p in self.parameters:
            if p.grad is not None:
                p.grad.div_(weight)
        nn.utils.clip_grad_norm_(self.parameters, self.options.clip)
        self.optimizer.step()
        self.step += 1
        decay = min(self.options.average, self.step / (self.step + 10))
        with torch.no_grad():
            for mean, now in zip(self.average.parameters(), self.parameters, strict=True):
                mean.lerp_(now, 1 - decay)
        self.losses.append((loss * weight, weight))
        return loss

    def _rate(self) -> float:
        return self.options.rate * SCHEDULES[self.options.schedule](self.step, self.steps)

    def _end_epoch(self, epoch: int, bar: tqdm) -> None:
        total, weight = (sum(column) for column in zip(*self.losses, strict=True))
        self.losses.clear()
        row: dict[str, Any] = {"epoch": epoch + 1, "step": self.step, "rate": self._rate(), "loss": total / weight}
        last = self.step == self.steps
        if self.workers.rank == 0 and (last or (epoch + 1) % self.options.evaluate_every == 0):
            figures = self.task.evaluate(self.average)
            row |= figures
            name, score = next(iter(figures.items()))
            row["minutes"] = self._minutes()
            if score <= min((r[name] for r in self.curve if name in r), default=score):
                self.task.save(self.run / "best", self.average, self._training_card(row))
            bar.write(
                f"epoch {epoch + 1}: " + "  ".join(f"{k} {v:.4g}" for k, v in row.items() if k != "epoch"), sys.stderr
            )
        row["minutes"] = self._minutes()
        self.curve.append(row)
        if self.workers.rank == 0:
            write_curve(self.curve, self.run)
        self._save()

    def _minutes(self) -> float:
        return round((self.seconds + time.monotonic() - self.started) / 60, 2)

    def _training_card(self, row: dict[str, Any]) -> dict[str, Any]:
        gpu = self.device == "cuda"
        device = torch.cuda.get_device_name() if gpu else f"CPU, {torch.get_num_threads()} threads"
        return {
            "command": self.command,
            "options": asdict(self.options),
            "device": device,
            "processes": self.workers.size,
            "torch": torch.__version__,
            "development_set": row,
        }

    def _pause_if_due(self) -> bool:
        """Save the state when its time has come; True when the training's time is over."""
        minutes = (time.monotonic() - self.started) / 60
        if self.workers.any(self.options.max_minutes is not None and minutes >= self.options.max_minutes):
            return True
        if time.monotonic() - self.saved > self.options.save_every:
            self._save()
        return False

    def _save(self) -> None:
        self.saved = time.monotonic()
        if self.workers.rank > 0:
            return
        moments = self.optimizer.state_dict()["state"]
        groups: dict[str, dict[str, Tensor]] = {
            "network": self.network.state_dict(),
            "average": self.average.state_dict(),
        }
        for name in ("exp_avg", "exp_avg_sq", "step"):
            groups[name] = {str(k): v[name] for k, v in moments.items()}
        position = {
            "step": self.step,
            "seconds": self.seconds + time.monotonic() - self.started,
            "curve": self.curve,
            "losses": self.losses,
            "identity": self._identity(),
        }
        save_state(self.run, self.step, groups, position)

    def _resume(self) -> None:
        found = load_state(self.run)
        if found is None:
            return
        groups, position = found
        for name, mine in self._identity().items():
            if position["identity"].get(name) != json.loads(json.dumps(mine)):
                raise InkError(
                    f"{self.run} holds a training with {name} {position['identity'].get(name)}, not {mine}; "
                    "resume with the options it began with, or give another --out"
                )
        self.network.load_state_dict(groups["network"])
        self.average.load_state_dict(groups["average"])
        state = self.optimizer.state_dict()
        for name in ("exp_avg", "exp_avg_sq", "step"):
            for key, value in groups[name].items():
                state["state"].setdefault(int(key), {})[name] = value
        self.optimizer.load_state_dict(state)
        self.step, self.seconds, self.curve = position["step"], position["seconds"], position["curve"]
        self.losses = [(a, b) for a, b in position["losses"]]
        if self.workers.rank == 0:
            print(f"{self.run}: goes on at step {self.step} of {self.steps}", file=sys.stderr)

    def _identity(self) -> dict[str, Any]:
        """What must be the same for a state to be resumed."""
        free = ("device", "evaluate_every", "save_every", "max_minutes", "loaders")
        options = {k: v for k, v in asdict(self.options).items() if k not in free}
        return options | self.task.identity()


class _Epoch(Dataset):
    """The epoch's batches, prepared when asked for."""

    def __init__(self, task: Task, epoch: int, plan: list[list[int]]) -> None:
        self.task, self.epoch, self.plan = task, epoch, plan

    def __len__(self) -> int:
        return len(self.plan)

    def __getitem__(self, number: int) -> Batch:
        if number >= len(self.plan):
            raise IndexError(number)
        return self.task.batch(self.epoch, self.plan[number])


def pick_device(name: str) -> str:
    """``auto`` is the GPU when there is one."""
    if name == "auto":
        return "cuda" if torch.cuda.is_available() else "cpu"
    if name == "cuda" and not torch.cuda.is_available():
        raise InkError("--device cuda: no GPU found here; use --device cpu")
    return name


def _decay_groups(network: nn.Module, decay: float) -> list[dict[str, Any]]:
    """Matrices decay, biases do not."""
    matrices = [p for p in network.parameters() if p.dim() > 1]
    vectors = [p for p in network.parameters() if p.dim() <= 1]
    groups = [{"params": matrices, "weight_decay": decay}, {"params": vectors, "weight_decay": 0.0}]
    return [g for g in groups if g["params"]]
