"""The training loop of all networks.

A :class:`TrainingTask` defines what is trained, :class:`TrainingOptions` how. The order of the batches and every
distortion depend on (seed, epoch, example) alone, dropout and weight noise on (seed, step), and the state on disk
contains everything else. A run that is killed at any moment and restarted therefore ends with the same weights, bit for
bit, as one that was never interrupted.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any, Protocol

import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader, Dataset

from handwriting.errors import InkError
from handwriting.files import make_folder
from handwriting.networks.truncation import truncate
from handwriting.training.distributed import Workers
from handwriting.training.noise import noise_hook
from handwriting.training.options import RecognizerOptions, SynthesizerOptions, TrainingOptions
from handwriting.training.reporter import LossReader, Reporter
from handwriting.training.schedule import SCHEDULES
from handwriting.training.state import load_state, save_state
from handwriting.training.update import Batch, Updater


class TrainingTask(Protocol):
    """A task for the training loop: a network, its examples, its loss and its evaluation."""

    network: nn.Module

    def identity(self) -> dict[str, Any]:
        """Return the settings that must be the same for a state to be resumed; JSON-serialisable."""

    def plan(self, epoch: int, batch_size: int) -> list[list[int]]:
        """Return the epoch's batches as lists of example numbers; every epoch has the same number of batches."""

    def batch(self, epoch: int, examples: Sequence[int]) -> Batch:
        """Return one batch on the CPU, a tuple of tensors; called in a worker process."""

    def loss(self, network: nn.Module, batch: Batch) -> tuple[Tensor, Tensor | float]:
        """Return the batch's summed loss, a scalar, and its weight; their quotient is minimised and reported."""

    def evaluate(self, network: nn.Module) -> dict[str, float]:
        """Return figures on the development set, the first of which is to be minimised; empty without one."""

    def save(self, folder: Path, network: nn.Module, training: dict[str, Any]) -> None:
        """Write a checkpoint whose card contains ``training``."""


RESUMABLE = (
    "device",
    "evaluate_every",
    "patience",
    "target",
    "save_every",
    "max_minutes",
    "loaders",
    "accumulate",
    "log",
)
"""Options that may differ when a training is resumed."""


def train(task: TrainingTask, options: TrainingOptions, run: Path, command: str = "") -> dict[str, Any]:
    """Train in the folder ``run``, or resume the training there; return the last row of the learning curve.

    ``run/best/`` is the checkpoint with the lowest first figure, or the last one without a development set;
    ``run/curve.csv`` and ``run/curve.png`` are the learning curve. Raises :class:`InkError` if the folder belongs to
    a training with other options, and if too many updates in a row fail (see :class:`LossReader`).
    """
    return Training(task, options, run, command).run_to_end()


class Training:
    """One training in one process: a task, its options and its progress. See :func:`train`."""

    def __init__(self, task: TrainingTask, options: TrainingOptions, run: Path, command: str) -> None:
        self.task, self.options, self.run, self.command = task, options, run, command
        make_folder(run)
        self.device = pick_device(options.device)
        self.workers = Workers.join(self.device)
        network = task.network.to(self.device)
        truncate(network, options.truncate)
        hook = noise_hook(task, network, options.weight_noise, options.seed)
        self.updater = Updater(network, options, hook, self.workers, self.device)
        self.epoch_steps = len(task.plan(0, options.batch_size))
        self.steps = options.epochs * self.epoch_steps
        self.step, self.seconds = 0, 0.0
        self.curve: list[dict[str, Any]] = []
        self.figure: str | None = None
        """Name of the figure that chooses the best checkpoint, once there is one."""
        self.reporter = Reporter(run, self.steps, options.log, quiet=self.workers.rank > 0)
        self.losses = LossReader(self.device, self.reporter.say)
        self.started = self.saved = time.monotonic()
        self._resume()
        if not self.workers.agree(self.step):
            raise InkError(
                f"{run}: the processes resume at different steps, this one at step {self.step}; "
                "train in a folder that all machines share"
            )

    def run_to_end(self) -> dict[str, Any]:
        """Train until the last step, the time limit, the target or early stopping; return the curve's last row."""
        with self.reporter.start(self.step):
            for parts, counts in () if self._ends_early() else self._batches():
                self.update(parts, counts)
                self.reporter.update(self.losses.last, self._rate())
                epoch, position = divmod(self.step, self.epoch_steps)
                if position == 0:
                    self._end_epoch(epoch)
                    if self._ends_early():
                        break
                if self.step < self.steps and self._pause_if_due():
                    break
            self._save()
            self.workers.leave()
        return self.curve[-1] if self.curve else {"step": self.step, "steps": self.steps}

    def update(self, parts: Sequence[Batch], counts: bool) -> None:
        """Perform one update with a batch, given in parts; see :class:`Updater`."""
        self.losses.add(self.step, self.updater(self.task.loss, parts, counts, self.step, self._rate()))
        self.step += 1

    def _batches(self) -> Iterator[tuple[list[Batch], bool]]:
        """Iterate over this process's share of each remaining batch, and whether it counts; see `_Shares`.

        One loader serves all epochs. Its worker processes are forked from this one: if they were restarted in each
        epoch, they would hold on to gigabytes that training had allocated by then.
        """
        shares = _Shares(self.task, self.options, self.workers, range(self.step, self.steps))
        pinned = self.device == "cuda"
        return iter(DataLoader(shares, batch_size=None, num_workers=self.options.loaders, pin_memory=pinned))

    def _rate(self) -> float:
        return self.options.rate * SCHEDULES[self.options.schedule](self.step, self.steps, self.options.warmup_steps)

    def _end_epoch(self, epoch: int) -> None:
        """Evaluate if due, extend the curve and save."""
        last = self.step == self.steps
        row: dict[str, Any] = {"epoch": epoch, "step": self.step, "rate": self._rate()}
        row |= {"loss": self.losses.end_epoch()} | self.updater.hook.figures()
        evaluated = self.workers.rank == 0 and (last or epoch % self.options.evaluate_every == 0)
        if evaluated:
            figures = self.task.evaluate(self.updater.average)
            self.figure = next(iter(figures), None)
            row |= figures | {"minutes": self._minutes()}
            best = last if self.figure is None else row[self.figure] <= min(self._figures(), default=row[self.figure])
            if best:
                self.task.save(self.run / "best", self.updater.average, self._training_card(row))
        row["minutes"] = self._minutes()
        self.curve.append(row)
        self.reporter.epoch(self.curve, evaluated)

    def _figures(self) -> list[float]:
        """Return the figure that chooses the best checkpoint, from all evaluations so far."""
        return [row[self.figure] for row in self.curve if self.figure in row]

    def _ends_early(self) -> bool:
        """Return whether the target is reached or patience is exhausted; the result is the same in all processes."""
        target, patience = self.options.target, self.options.patience
        if target is None and patience is None:
            return False
        figures = self._figures()
        best = min(figures, default=float("inf"))
        reached = target is not None and best <= target
        since = len(figures) - 1 - figures.index(best) if figures else 0
        return self.workers.any(reached or (patience is not None and since >= patience))

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
        """Save the state if due; return whether the time limit is reached."""
        limit, minutes = self.options.max_minutes, (time.monotonic() - self.started) / 60
        if limit is not None and self.workers.any(minutes >= limit):
            return True
        if time.monotonic() - self.saved > self.options.save_every:
            self._save()
        return False

    def _save(self) -> None:
        self.saved = time.monotonic()
        self.losses.read()
        if self.workers.rank > 0:
            return
        position = {
            "step": self.step,
            "seconds": self.seconds + time.monotonic() - self.started,
            "curve": self.curve,
            "figure": self.figure,
            "losses": self.losses.losses,
            "identity": self._identity(),
        }
        save_state(self.run, self.step, self.updater.state(), position)

    def _resume(self) -> None:
        found = load_state(self.run)
        if found is None:
            return
        groups, position = found
        known = (RecognizerOptions, SynthesizerOptions, TrainingOptions)
        defaults = {field.name: field.default for options in known for field in fields(options)} | {"freeze": []}
        theirs, ours = position["identity"], json.loads(json.dumps(self._identity()))
        for name in (ours.keys() | theirs.keys()) - set(RESUMABLE):
            old, new = (identity.get(name, defaults.get(name)) for identity in (theirs, ours))
            if old != new:
                raise InkError(
                    f"{self.run} holds a training with {name} {old}, not {new}; resume with its original options, "
                    "or train in another folder"
                )
        self.updater.load(groups)
        self.step, self.seconds, self.curve = position["step"], position["seconds"], position["curve"]
        self.figure = position.get("figure")
        self.losses.losses = [(a, b) for a, b in position["losses"]]

    def _identity(self) -> dict[str, Any]:
        """Return the settings that must be the same for a state to be resumed; missing options have their defaults."""
        options = {k: v for k, v in asdict(self.options).items() if k not in RESUMABLE}
        return options | self.task.identity()


class _Shares(Dataset):
    """This process's share of the batch of each of ``steps``, in parts, and whether it counts.

    If a batch is smaller than the number of processes, some processes repeat an example that does not count.
    """

    def __init__(self, task: TrainingTask, options: TrainingOptions, workers: Workers, steps: range) -> None:
        self.task, self.options, self.workers, self.steps = task, options, workers, steps
        self.epoch, self.plan = 0, task.plan(0, options.batch_size)

    def __len__(self) -> int:
        return len(self.steps)

    def __getitem__(self, number: int) -> tuple[list[Batch], bool]:
        epoch, position = divmod(self.steps[number], len(self.plan))
        if epoch != self.epoch:
            self.epoch, self.plan = epoch, self.task.plan(epoch, self.options.batch_size)
        batch = self.plan[position]
        share = batch[self.workers.rank :: self.workers.size]
        chosen = share or batch[:1]
        size = -(-len(chosen) // self.options.accumulate)
        parts = [chosen[start : start + size] for start in range(0, len(chosen), size)]
        return [self.task.batch(epoch, part) for part in parts], bool(share)


def pick_device(name: str) -> str:
    """Return ``cuda`` or ``cpu``; ``auto`` chooses the GPU if there is one. Raises :class:`InkError` without a GPU."""
    if name == "auto":
        return "cuda" if torch.cuda.is_available() else "cpu"
    if name == "cuda" and not torch.cuda.is_available():
        raise InkError("device 'cuda': no GPU found here; use cpu")
    return name
