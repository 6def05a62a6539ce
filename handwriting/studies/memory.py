"""Compare the memory of recurrent networks: every variant on every memory task, with several seeds.

Published figures are listed next to ours: Hochreiter & Schmidhuber 1997, tables 7 and 9 (sequences until the task was
solved, by one network each, of two or three blocks of two cells); Graves, Wayne & Danihelka 2014 (arXiv 1410.5401),
sections 4.1 and 4.3, which show curves but no table.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from handwriting.errors import InkError
from handwriting.files import make_folder
from handwriting.networks.cells import Variant
from handwriting.progress import Progress, no_progress
from handwriting.studies.memory_task import MemoryConfig, MemoryTask
from handwriting.studies.problems import PROBLEMS, problem
from handwriting.studies.tables import LINES, Row, draw, legend_beside, write_rows
from handwriting.training.curve import read_curve
from handwriting.training.loop import train
from handwriting.training.options import TrainingOptions

CONTESTANTS: dict[str, tuple[Variant, float]] = {
    "tanh": ("tanh", 0.0),
    "1997": ("1997", 0.0),
    "1997-truncated": ("1997-truncated", 0.0),
    "forget-0": ("forget", 0.0),
    "forget-1": ("forget", 1.0),
    "forget-3": ("forget", 3.0),
    "peephole": ("peephole", 1.0),
    "coupled": ("coupled", 1.0),
}
"""Variant and initial bias of the forget gate, by name."""
PUBLISHED: dict[tuple[str, int | None], str] = {
    ("adding", 100): "1997 LSTM: 74,000 sequences",
    ("adding", 500): "1997 LSTM: 209,000 sequences",
    ("adding", 1000): "1997 LSTM: 853,000 sequences",
    ("order", 100): "1997 LSTM: 31,390 sequences, mean of 20 trials (100 to 110 steps)",
    ("recall", None): "2014 LSTM: cost not zero after a million sequences (2 to 6 items)",
    ("copy", None): "2014 LSTM: slower than a Neural Turing Machine (1 to 20 vectors; a curve, no table)",
}
"""Figures reported in the papers, by task and number of steps; None for any number."""
LOG_SCALE_BELOW = 50.0
"""Loss, in percent of a guess's, below which the figure gets a logarithmic scale."""
SOLVED = 0.01
"""A task counts as solved at the first evaluation with at most this share of sequences wrong (1997: none of 2,000). The
run ends there."""

TRAINING = TrainingOptions(
    batch_size=32, rate=2e-3, schedule="constant", weight_decay=0.0, clip=1.0, average=0.9, precision="fp32",
    evaluate_every=1, loaders=0, target=SOLVED,
)  # fmt: skip
"""Adam, instead of the plain gradient descent of 1997 and the RMSprop of 2014."""


@dataclass(frozen=True)
class MemoryStudy:
    """Settings of the study."""

    tasks: Sequence[str] = tuple(PROBLEMS)
    lengths: Sequence[int] = (50, 100, 200)
    contestants: Sequence[str] = tuple(CONTESTANTS)
    seeds: int = 3
    hidden_size: int = 32
    sequences: int = 100_000
    """Maximum number of training sequences in a run."""
    batch_size: int = TRAINING.batch_size
    rate: float = TRAINING.rate

    def __post_init__(self) -> None:
        if unknown := [name for name in self.contestants if name not in CONTESTANTS]:
            raise InkError(f"variant {unknown[0]!r} is unknown; choose from {', '.join(CONTESTANTS)}")
        for task in self.tasks:
            for steps in self.lengths:
                problem(task, steps)
        if self.seeds < 1 or self.sequences < 1:
            raise InkError(f"{self.seeds} seeds and {self.sequences} sequences; give at least 1 of each")


QUICK = MemoryStudy(("adding", "copy"), (24,), ("tanh", "forget-1"), 1, 8, 400)
"""A version that takes a minute and shows that everything works, but solves nothing."""


def run(study: MemoryStudy, folder: Path, progress: Progress = no_progress, command: str = "") -> list[Row]:
    """Train all networks that are not trained yet, draw the curves, and return a row for each.

    ``folder`` gets a run folder for each network, ``memory.csv`` and a figure for each task. The same call resumes.
    """
    make_folder(folder)
    rows: list[Row] = []
    todo = list(_configs(study))
    for done, (name, config) in enumerate(todo):
        progress(done, len(todo))
        rows.append(_run_one(name, config, study, folder / "runs" / _folder(name, config), command))
        write_rows(rows, folder / "memory.csv")
    progress(len(todo), len(todo))
    for task in study.tasks:
        about = (
            f"Loss on {PROBLEMS[task].title} sequences, in percent of a guess's, over training sequences, by network."
        )
        draw(_figure(task, rows, study, folder), folder, f"memory-{task}", about)
    return rows


def summary(rows: Sequence[Row]) -> list[Row]:
    """Return one row per task, length and network: how many seeds solved it, after how many sequences."""
    found: dict[tuple[Any, ...], list[Row]] = {}
    for row in rows:
        found.setdefault((row["task"], row["steps"], row["network"]), []).append(row)
    table = []
    for (task, steps, network), runs in found.items():
        needed = [run["solved_after"] for run in runs if run["solved_after"] is not None]
        wrong = [run["wrong"] for run in runs]
        losses = [100 * run["test_loss"] / run["guessed_loss"] for run in runs]
        table.append(
            {
                "task": task,
                "steps": steps,
                "network": network,
                "solved": f"{len(needed)} of {len(runs)}",
                "sequences (median)": int(np.median(needed)) if needed else None,
                "wrong at the end %": f"{100 * min(wrong):.1f} to {100 * max(wrong):.1f}",
                "loss, % of a guess's": f"{min(losses):.3g} to {max(losses):.3g}",
                "published": PUBLISHED.get((task, steps), PUBLISHED.get((task, None))),
            }
        )
    return table


def _configs(study: MemoryStudy) -> Iterable[tuple[str, MemoryConfig]]:
    for task in study.tasks:
        for steps in study.lengths:
            for name in study.contestants:
                variant, bias = CONTESTANTS[name]
                for seed in range(1, study.seeds + 1):
                    examples = min(2000, study.sequences)
                    yield name, MemoryConfig(task, steps, variant, bias, study.hidden_size, examples, seed)


def _folder(name: str, config: MemoryConfig) -> str:
    return f"{config.problem}-{config.steps}-{name}-{config.hidden_size}-{config.seed}"


def _run_one(name: str, config: MemoryConfig, study: MemoryStudy, run_folder: Path, command: str) -> Row:
    epochs = max(1, study.sequences // config.examples)
    options = replace(
        TRAINING, epochs=epochs, batch_size=study.batch_size, rate=study.rate, seed=config.seed, device="cpu"
    )
    task = MemoryTask(config)
    last = train(task, options, run_folder, command)
    curve = read_curve(run_folder)
    solved = [row["epoch"] * config.examples for row in curve if row["wrong"] <= SOLVED]
    return {
        "task": config.problem,
        "steps": config.steps,
        "network": name,
        "seed": config.seed,
        "hidden_size": config.hidden_size,
        "batch_size": study.batch_size,
        "rate": study.rate,
        "sequences": len(curve) * config.examples,
        "wrong": last["wrong"],
        "test_loss": last["test_loss"],
        "guessed_loss": task.guessed_loss(),
        "solved_after": int(solved[0]) if solved else None,
        "minutes": last["minutes"],
        **{key: value for key, value in asdict(config).items() if key == "forget_bias"},
    }


def _extended(values: list[float], count: int) -> list[float]:
    """Extend ``values`` to length ``count`` with the last one: a run that solved its task keeps its final value."""
    return values + values[-1:] * (count - len(values))


def _figure(task: str, rows: Sequence[Row], study: MemoryStudy, folder: Path) -> Figure:
    """Draw learning curves: the median over seeds as a line, lowest and highest as a band.

    The loss is in percent of that of the best guess without input, because the share of wrong answers long stays at
    100 % if an answer has many bits.
    """
    guessed = {(row["steps"], row["seed"]): row["guessed_loss"] for row in rows if row["task"] == task}
    figure = Figure(figsize=(5.6 * len(study.lengths), 4), layout="constrained")
    panels = figure.subplots(1, len(study.lengths), squeeze=False)[0]
    for axes, steps in zip(panels, study.lengths, strict=True):
        lowest = 100.0
        for number, name in enumerate(study.contestants):
            configs = [c for n, c in _configs(study) if (n, c.problem, c.steps) == (name, task, steps)]
            curves = [read_curve(folder / "runs" / _folder(name, config)) for config in configs]
            count = max(map(len, curves))
            share = [
                _extended([100 * row["test_loss"] / guessed[steps, config.seed] for row in curve], count)
                for config, curve in zip(configs, curves, strict=True)
            ]
            lowest = min(lowest, float(np.min(share)))
            at = np.arange(1, count + 1) * configs[0].examples / 1000
            (line,) = axes.plot(at, np.median(share, 0), linestyle=LINES[number % len(LINES)], label=name)
            axes.fill_between(at, np.min(share, 0), np.max(share, 0), color=line.get_color(), alpha=0.15, linewidth=0)
        scale = "log" if lowest < LOG_SCALE_BELOW else "linear"  # part of a decade would have no tick labels
        axes.set(xlabel="training sequences, thousands", ylabel="loss, % of a guess's", yscale=scale)
        axes.yaxis.set_major_formatter("{x:g}")
        axes.set_title(f"{PROBLEMS[task].title}, {steps} steps", fontsize=10)
        axes.grid(alpha=0.3)
        legend_beside(axes)
    return figure
