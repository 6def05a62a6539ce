"""The training loop of every network: batches in, checkpoints and a learning curve out.

What is trained is a :class:`Task`; how, an :class:`Options`. The order of the batches and every distortion depend on
(seed, epoch, line) alone, dropout and weight noise on (seed, step), and the state on disk holds the rest, so that a run
killed at any moment goes on to the same weights, bit for bit, as one that was left alone.
"""

from __future__ import annotations

import copy
import json
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
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
from handwriting.training.noise import WeightNoise
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
        """Figures on the development set; the first is the one to minimise. Without any the last weights are best."""

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
    weight_noise: float = 0.0
    """Adaptive weight noise (``training/noise.py``): the standard deviation that it starts from; 0 is off. Its prior
    draws the weights together as weight decay does, which then had better be 0."""


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
        self.noise = WeightNoise.of(task, self.network, options.weight_noise, options.seed)
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
            for batch, counts in self._batches():
                loss = self._update(batch, counts)
                bar.update()
                bar.set_postfix(loss=f"{loss:.3f}", rate=f"{self._rate():.1e}", refresh=False)
                epoch, position = divmod(self.step, self.plan_length)
                if position == 0:
                    self._end_epoch(epoch, bar)
                if self.step < self.steps and self._pause_if_due():
                    break
        return self._leave()

    def _leave(self) -> dict[str, Any]:
        self._save()
        self.workers.leave()
        return self.curve[-1] if self.curve else {"step": self.step, "steps": self.steps}

    def _batches(self) -> Iterator[tuple[Batch, bool]]:
        """From this step to the last: this process's share of the batch, and whether it counts (see `_Shares`).

        One loader for all epochs. Its processes are copies of this one as it is when they start: started anew at each
        epoch they would hold on to gigabytes that training had filled by then.
        """
        shares = _Shares(self.task, self.options.batch_size, self.workers, range(self.step, self.steps))
        return iter(DataLoader(shares, batch_size=None, num_workers=self.options.loaders))

    def _update(self, batch: Batch, counts: bool = True) -> float:
        for group in self.optimizer.param_groups:
            group["lr"] = self._rate()
        batch = tuple(x.to(self.device) if isinstance(x, Tensor) else x for x in batch)
        self.network.train()
        # Dropout depends on (seed, step, process) alone, so that no random state need be saved.
        torch.manual_seed((self.options.seed * 1_000_003 + self.step) * 1024 + self.workers.rank)
        with self.noise.sample(self.step) if self.noise else nullcontext():
            with torch.autocast(self.device, torch.bfloat16, enabled=self.options.precision == "bf16"):
                total, weight = self.task.loss(self.network, batch)
                total, weight = total * counts, weight * counts
            self.optimizer.zero_grad(set_to_none=False)
            total.backward()
        sums = torch.tensor([float(total.detach()), weight], dtype=torch.float32, device=self.device)
        self.workers.sum([*(p.grad for p in self.parameters if p.grad is not None), sums])
        loss, weight = float(sums[0] / sums[1]), float(sums[1])
        for p in self.parameters:
            if p.grad is not None:
                p.grad.div_(weight)
        spreads = self.noise.complete_gradients() if self.noise else []
        norm = float(nn.utils.clip_grad_norm_([*self.parameters, *spreads], self.options.clip))
        if not (loss < float("inf") and norm < float("inf")):  # before it reaches the weights, and a saved state
            raise InkError(
                f"at step {self.step} the loss is {loss} and the gradient's norm {norm}; start again with a lower "
                f"--rate (now {self.options.rate:g}) and another --out"
            )
        self.optimizer.step()
        if self.noise:
            self.noise.update(self._rate())
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
        """What is due after ``epoch`` epochs."""
        total, weight = (sum(column) for column in zip(*self.losses, strict=True))
        self.losses.clear()
        row: dict[str, Any] = {"epoch": epoch, "step": self.step, "rate": self._rate(), "loss": total / weight}
        if self.noise:  # what describing the weights costs, beside the nats of the data
            row["kl"] = self.noise.divergence() / self.noise.points
        last = self.step == self.steps
        if self.workers.rank == 0 and (last or epoch % self.options.evaluate_every == 0):
            figures = self.task.evaluate(self.average)
            row |= figures
            name = next(iter(figures), None)
            row["minutes"] = self._minutes()
            if (
                last
                if name is None
                else row[name] <= min((r[name] for r in self.curve if name in r), default=row[name])
            ):
                self.task.save(self.run / "best", self.average, self._training_card(row))
            bar.write(
                f"epoch {epoch}: " + "  ".join(f"{k} {v:.4g}" for k, v in row.items() if k != "epoch"), sys.stderr
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
        if self.noise:
            groups |= self.noise.state()
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
        theirs, ours = position["identity"], json.loads(json.dumps(self._identity()))
        for name in {**ours, **theirs}:
            if theirs.get(name) != ours.get(name):
                raise InkError(
                    f"{self.run} holds a training with {name} {theirs.get(name)}, not {ours.get(name)}; "
                    "resume with the options it began with, or give another --out"
                )
        self.network.load_state_dict(groups["network"])
        self.average.load_state_dict(groups["average"])
        state = self.optimizer.state_dict()
        for name in ("exp_avg", "exp_avg_sq", "step"):
            for key, value in groups[name].items():
                state["state"].setdefault(int(key), {})[name] = value
        self.optimizer.load_state_dict(state)
        if self.noise:
            self.noise.load(groups)
        self.step, self.seconds, self.curve = position["step"], position["seconds"], position["curve"]
        self.losses = [(a, b) for a, b in position["losses"]]
        if self.workers.rank == 0:
            print(f"{self.run}: goes on at step {self.step} of {self.steps}", file=sys.stderr)

    def _identity(self) -> dict[str, Any]:
        """What must be the same for a state to be resumed. What is absent from one is None, or off, in it."""
        free = ["device", "evaluate_every", "save_every", "max_minutes", "loaders"]
        if not self.options.weight_noise:  # so that states older than this option can be resumed
            free.append("weight_noise")
        options = {k: v for k, v in asdict(self.options).items() if k not in free}
        return options | self.task.identity()


class _Shares(Dataset):
    """One process's share of the batch of each of ``steps``, prepared when asked for, and whether it counts.

    Of a batch smaller than the number of processes some get an example that another has, to keep step with the others.
    """

    def __init__(self, task: Task, batch_size: int, workers: Workers, steps: range) -> None:
        self.task, self.batch_size, self.workers, self.steps = task, batch_size, workers, steps
        self.epoch, self.plan = 0, task.plan(0, batch_size)

    def __len__(self) -> int:
        return len(self.steps)

    def __getitem__(self, number: int) -> tuple[Batch, bool]:
        epoch, position = divmod(self.steps[number], len(self.plan))
        if epoch != self.epoch:
            self.epoch, self.plan = epoch, self.task.plan(epoch, self.batch_size)
        batch = self.plan[position]
        share = batch[self.workers.rank :: self.workers.size]
        return self.task.batch(epoch, share or batch[:1]), bool(share)


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
