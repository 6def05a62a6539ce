"""Measure the cost of truncated back-propagation through time: the error of the gradient, and the loss after
training."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from matplotlib.figure import Figure

from handwriting.errors import InkError
from handwriting.files import make_folder
from handwriting.networks.truncation import truncate
from handwriting.progress import Progress, no_progress
from handwriting.studies.memory import CONTESTANTS, TRAINING
from handwriting.studies.memory_task import MemoryConfig, MemoryTask
from handwriting.studies.tables import LINES, MARKERS, Row, draw, write_rows
from handwriting.training.loop import train

COMPARED = ("tanh", "1997", "1997-truncated", "forget-1", "forget-3")
TRAINED = "1997"
"""The network that is trained with every block length: with the exact gradient it learns this task the fastest."""


@dataclass(frozen=True)
class TruncationStudy:
    """Settings of the study: the adding problem with several block lengths."""

    steps: int = 50
    blocks: Sequence[int] = (1, 2, 5, 10, 25, 50)
    seeds: int = 3
    hidden_size: int = 32
    sequences: int = 80_000

    def __post_init__(self) -> None:
        if not self.blocks or min(self.blocks) < 1 or max(self.blocks) > self.steps:
            raise InkError(f"blocks of {list(self.blocks)} steps; give some from 1 to {self.steps}")


QUICK = TruncationStudy(24, (2, 24), 1, 8, 64)


def run(
    study: TruncationStudy, folder: Path, progress: Progress = no_progress, command: str = ""
) -> tuple[list[Row], list[Path]]:
    """Measure and train, and write ``truncation.csv`` and the figure to ``folder``. The same call resumes.

    A row has the network, the block length, the seed, the cosine between truncated and exact gradient before training,
    and for one of the networks the errors after training with such blocks.
    """
    make_folder(folder)
    rows: list[Row] = []
    todo = len(COMPARED) * len(study.blocks) * study.seeds
    for name in COMPARED:
        for block in study.blocks:
            for seed in range(1, study.seeds + 1):
                progress(len(rows), todo)
                row: Row = {"network": name, "block": block, "seed": seed, "cosine": cosine(name, block, study, seed)}
                if name == TRAINED:
                    row |= _trained(name, block, study, folder, seed, command)
                rows.append(row)
    progress(todo, todo)
    files = [write_rows(rows, folder / "truncation.csv")]
    about = (
        "Left: the cosine between truncated and exact gradient over the steps of a block, by network. Right: the mean "
        "squared error of one network on the adding problem after training with such blocks."
    )
    return rows, files + draw(_figure(rows, study), folder, "truncation", about)


def summary(rows: Sequence[Row]) -> list[Row]:
    """Return one row for each network and block: medians over the seeds."""
    table: list[Row] = []
    for name, block in dict.fromkeys((row["network"], row["block"]) for row in rows):
        own = [row for row in rows if (row["network"], row["block"]) == (name, block)]
        table.append(
            {
                key: name if key == "network" else float(np.median([row[key] for row in own]))
                for key in ("network", "block", "cosine", "wrong", "test_loss")
                if key in own[0]
            }
        )
    return table


def _task(name: str, study: TruncationStudy, seed: int) -> MemoryTask:
    variant, bias = CONTESTANTS[name]
    examples = min(2000, study.sequences)
    return MemoryTask(MemoryConfig("adding", study.steps, variant, bias, study.hidden_size, examples, seed))


def cosine(name: str, block: int, study: TruncationStudy, seed: int) -> float:
    """Compute the cosine between the truncated gradient and the exact one, on one batch, before training."""
    task = _task(name, study, seed)
    batch = task.batch(0, range(min(64, task.config.examples)))
    gradients = []
    for steps in (block, None):
        truncate(task.network, steps)
        task.network.zero_grad()
        task.loss(task.network, batch)[0].backward()
        # Recurrent layer only: the output layer's gradient is the same in both.
        parts = [p.grad.flatten() for n, p in task.network.named_parameters() if p.grad is not None and "lstm" in n]
        gradients.append(torch.cat(parts))
    return float(torch.nn.functional.cosine_similarity(gradients[0], gradients[1], dim=0))


def _trained(name: str, block: int, study: TruncationStudy, folder: Path, seed: int, command: str) -> Row:
    task = _task(name, study, seed)
    epochs = max(1, study.sequences // task.config.examples)
    options = replace(TRAINING, epochs=epochs, evaluate_every=epochs, seed=seed, device="cpu", truncate=block)
    last = train(task, options, folder / "runs" / f"{name}-{study.steps}-{block}-{seed}", command)
    return {"wrong": last["wrong"], "test_loss": last["test_loss"], "sequences": epochs * task.config.examples}


def _figure(rows: Sequence[Row], study: TruncationStudy) -> Figure:
    figure = Figure(figsize=(11, 4), layout="constrained")
    left, right = figure.subplots(1, 2)
    for number, name in enumerate(COMPARED):
        values = np.array(
            [[r["cosine"] for r in rows if (r["network"], r["block"]) == (name, b)] for b in study.blocks]
        )
        style = {"linestyle": LINES[number], "marker": MARKERS[number], "label": name}
        (line,) = left.plot(study.blocks, np.median(values, 1), **style)
        left.fill_between(study.blocks, values.min(1), values.max(1), color=line.get_color(), alpha=0.12, linewidth=0)
    left.set(xscale="log", xlabel="steps of a block", ylabel="cosine with the gradient over all steps")
    left.legend(fontsize=8)
    losses = np.array([[r["test_loss"] for r in rows if "test_loss" in r and r["block"] == b] for b in study.blocks])
    right.plot(study.blocks, np.median(losses, 1), "ko-", label=f"{TRAINED}, median of the seeds")
    right.fill_between(study.blocks, losses.min(1), losses.max(1), color="0.85")
    right.set(xscale="log", yscale="log", xlabel="steps of a block", ylabel="mean squared error after training")
    right.set_title(f"adding problem, {study.steps} steps, {study.sequences:,} sequences", fontsize=10)
    right.legend(fontsize=8)
    for axes in (left, right):
        axes.set_xticks(study.blocks, study.blocks)
        axes.set_xticks([], minor=True)
        axes.grid(alpha=0.3)
    return figure
