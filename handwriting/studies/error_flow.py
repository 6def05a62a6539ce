"""Measure how much of an error flows back over many steps, which is the reason for the LSTM.

An error of norm 1 is injected at the output of the last step of a random sequence (of the adding problem, if the
network has been trained on it), in a random direction, and the norm of its gradient is measured at the state of every
earlier step. In a tanh network it shrinks or grows by about the same factor at every step, which is governed by the
spectral radius of the recurrent weights (Hochreiter 1991; Bengio, Simard & Frasconi 1994; Pascanu, Mikolov & Bengio
2013, arXiv 1211.5063). In an LSTM it also flows back through the cell, scaled by the forget gate at every step, which
is 1 in the constant error carousel of 1997. The state of an LSTM is (h, c) together.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

import numpy as np
import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray
from torch import Tensor

from handwriting.checkpoint import Checkpoint
from handwriting.errors import InkError
from handwriting.files import make_folder
from handwriting.networks.cells import Cell, TanhCell, make_cell
from handwriting.progress import Progress, no_progress
from handwriting.studies.memory import CONTESTANTS, TRAINING
from handwriting.studies.memory_task import MemoryConfig, MemoryNetwork, MemoryTask
from handwriting.studies.problems import adding
from handwriting.studies.tables import LINES, Row, draw, legend_beside, write_rows
from handwriting.training.loop import train

RADII = (0.9, 1.0, 1.1, 1.5)
"""Spectral radii of the tanh network's recurrent weights."""
INPUT_SD = 0.3
"""Standard deviation of the inputs: small, so that a tanh network is nearly linear and the spectral radius governs its
gradients."""
MIN_NORM = 1e-30
"""Lower limit of the figure's axis."""


@dataclass(frozen=True)
class ErrorFlowStudy:
    """Settings of the study."""

    steps: int = 500
    hidden_size: int = 64
    inputs: int = 8
    batch: int = 16
    """Number of random sequences to measure with."""
    seeds: int = 3
    trained_steps: int = 50
    """Length, in steps, of the adding problem on which networks are trained."""
    sequences: int = 80_000
    """Number of sequences on which they are trained; 0 omits the trained networks."""
    clip: float = 1.0
    """Maximum norm of the error at each step, in the curve with clipping."""

    def __post_init__(self) -> None:
        if self.steps < 2 or self.seeds < 1:
            raise InkError(f"{self.steps} steps and {self.seeds} seeds; give at least 2 steps and 1 seed")


QUICK = ErrorFlowStudy(40, 8, 4, 2, 1, 24, 64)


def run(
    study: ErrorFlowStudy, folder: Path, progress: Progress = no_progress, command: str = ""
) -> tuple[list[Row], list[Path]]:
    """Measure, write ``error-flow.csv`` and the figure to ``folder``, and return the rows and the files.

    A row has the network, whether it was trained, the number of steps back, and the median, lowest and highest norm
    over sequences and seeds. Rows of trained networks also have the share of sequences that they answer wrongly, the
    median over the seeds.
    """
    make_folder(folder)
    wrong: dict[str, float] = {}
    curves: dict[tuple[str, str], NDArray[np.float64]] = {}
    todo = len(RADII) + len(CONTESTANTS) + (len(CONTESTANTS) if study.sequences else 0)
    for name, cells in _untrained(study):
        progress(len(curves), todo)
        curves[name, "before training"] = np.concatenate([norms(cell, study, seed) for seed, cell in cells])
    clipped = [norms(_tanh(study, RADII[-1], seed), study, seed, study.clip) for seed in range(study.seeds)]
    curves[f"tanh, radius {RADII[-1]:g}, clipped", "before training"] = np.concatenate(clipped)
    for name in CONTESTANTS if study.sequences else ():
        progress(len(curves), todo)
        trained = [_trained(name, study, folder, seed, command) for seed in range(study.seeds)]
        wrong[name] = float(np.median([share for _, share in trained]))
        curves[name, "after training"] = np.concatenate(
            [norms(cell, study, seed, x=_adding(study, seed)) for seed, (cell, _) in enumerate(trained)]
        )
    progress(todo, todo)
    rows = list(_rows(curves, wrong))
    files = [write_rows(rows, folder / "error-flow.csv")]
    about = (
        "The norm of an error that flows back through time, on a logarithmic scale over the number of steps: tanh "
        "networks by spectral radius, LSTM variants before training, and all after training on the adding problem."
    )
    return rows, files + draw(_figure(curves), folder, "error-flow", about)


def norms(
    cell: Cell, study: ErrorFlowStudy, seed: int, clip: float | None = None, x: Tensor | None = None
) -> NDArray[np.float64]:
    """Return the norm of the error at the state of each step, shape (B, T), from the last step back, in float64.

    The input is ``x`` (T, B, D), by default small random numbers. ``clip`` limits the norm at every step, so that it
    cannot grow without bound.
    """
    cell = cell.double()
    random = torch.Generator().manual_seed(1000 + seed)
    size = cell.hidden_size
    inputs = next(p for name, p in cell.named_parameters() if "weight_ih" in name).shape[1]
    small = INPUT_SD * torch.randn(study.steps, study.batch, inputs, generator=random, dtype=torch.float64)
    error = torch.randn(study.batch, size, generator=random, dtype=torch.float64)
    error = error / error.norm(dim=1, keepdim=True)
    zero = torch.zeros(study.batch, size, dtype=torch.float64, requires_grad=True)
    simple = isinstance(cell, TanhCell)
    state: tuple[Tensor, Tensor] = (zero, zero)
    states: list[list[Tensor]] = []
    for x_t in small if x is None else x.double():
        state = cell.step(x_t, state)
        parts = [state[0]] if simple else list(state)
        parts = [part + 0 for part in parts]  # a graph node of its own for every part
        states.append(parts)
        if clip is not None:
            for part in parts:
                part.register_hook(lambda grad: grad * (clip / grad.norm(dim=1, keepdim=True).clamp(min=clip)))
        for part in parts:
            part.retain_grad()
        state = (parts[0], parts[-1])
    (states[-1][0] * error).sum().backward()
    norm = [sum((_squares(part) for part in parts), torch.zeros(study.batch)) ** 0.5 for parts in reversed(states)]
    return torch.stack(norm, 1).numpy()


def _adding(study: ErrorFlowStudy, seed: int) -> Tensor:
    """Return inputs (T, B, 2) of the adding problem, with the number of steps of the study."""
    x, _, _ = adding(np.random.default_rng(1000 + seed), study.batch, study.steps)
    return torch.from_numpy(x)


def _squares(part: Tensor) -> Tensor:
    return part.grad.square().sum(1) if part.grad is not None else part.new_zeros(len(part))


def _untrained(study: ErrorFlowStudy) -> Iterator[tuple[str, list[tuple[int, Cell]]]]:
    for radius in RADII:
        yield f"tanh, radius {radius:g}", [(seed, _tanh(study, radius, seed)) for seed in range(study.seeds)]
    for name, (variant, bias) in CONTESTANTS.items():
        if name != "tanh":
            cells: list[tuple[int, Cell]] = []
            for seed in range(study.seeds):
                torch.manual_seed(seed)
                cells.append((seed, make_cell(variant, study.inputs, study.hidden_size, bias)))
            yield name, cells


def _tanh(study: ErrorFlowStudy, radius: float, seed: int) -> TanhCell:
    """Return a tanh cell with Gaussian recurrent weights, scaled to a spectral radius of ``radius``."""
    torch.manual_seed(seed)
    cell = TanhCell(study.inputs, study.hidden_size)
    with torch.no_grad():
        matrix = torch.randn(study.hidden_size, study.hidden_size)
        cast(Tensor, cell.rnn.weight_hh_l0).copy_(matrix * (radius / torch.linalg.eigvals(matrix).abs().max()))
    return cell


def _trained(name: str, study: ErrorFlowStudy, folder: Path, seed: int, command: str) -> tuple[Cell, float]:
    """Return the cell of a network trained on the adding problem, and the share of sequences that it answers wrongly.

    A network that has already been trained is loaded from its folder.
    """
    variant, bias = CONTESTANTS[name]
    examples = min(2000, study.sequences)
    config = MemoryConfig("adding", study.trained_steps, variant, bias, study.hidden_size, examples, seed + 1)
    task = MemoryTask(config)
    epochs = max(1, study.sequences // examples)
    options = replace(TRAINING, epochs=epochs, evaluate_every=epochs, seed=seed + 1, device="cpu")
    last = train(task, options, folder / "runs" / f"adding-{study.trained_steps}-{name}-{seed + 1}", command)
    best = Checkpoint.load(folder / "runs" / f"adding-{study.trained_steps}-{name}-{seed + 1}" / "best", "memory")
    network = MemoryNetwork(task.problem.inputs, task.problem.outputs, config)
    network.load_state_dict({key: torch.from_numpy(value) for key, value in best.weights().items()})
    cell: Any = network.lstm.cells[0]
    return cell, last["wrong"]


def _rows(curves: dict[tuple[str, str], NDArray[np.float64]], wrong: dict[str, float]) -> Iterator[Row]:
    for (name, when), values in curves.items():
        for back in range(values.shape[1]):
            column = values[:, back]
            yield {
                "network": name,
                "when": when,
                "steps_back": back,
                "median": float(np.median(column)),
                "lowest": float(column.min()),
                "highest": float(column.max()),
                **({"wrong": wrong[name]} if when == "after training" else {}),
            }


def _figure(curves: dict[tuple[str, str], NDArray[np.float64]]) -> Figure:
    groups = [
        ("tanh networks, by spectral radius", [key for key in curves if "radius" in key[0]]),
        ("LSTM, before training", [key for key in curves if "radius" not in key[0] and key[1] == "before training"]),
        ("after training on the adding problem", [key for key in curves if key[1] == "after training"]),
    ]
    groups = [group for group in groups if group[1]]
    figure = Figure(figsize=(5.4 * len(groups), 4.2), layout="constrained")
    for axes, (title, keys) in zip(figure.subplots(1, len(groups), sharey=True), groups, strict=True):
        _panel(axes, keys, curves)
        axes.set_title(title, fontsize=10)
        axes.set_xlabel("steps back in time")
        axes.grid(alpha=0.3)
    figure.axes[0].set_ylabel("norm of the error")
    return figure


def _panel(axes: Axes, keys: Sequence[tuple[str, str]], curves: dict[tuple[str, str], NDArray[np.float64]]) -> None:
    """Draw medians as lines, lowest and highest values as bands; a network looks the same in every panel."""
    known = any(name in CONTESTANTS for name, _ in keys)
    for number, key in enumerate(keys):
        values = np.maximum(curves[key], np.finfo(np.float64).tiny)
        at = np.arange(values.shape[1])
        style = list(CONTESTANTS).index(key[0]) if known else number
        dashes, color = LINES[style % len(LINES)], f"C{style}"
        axes.plot(at, np.median(values, 0), linestyle=dashes, color=color, linewidth=1.6, label=key[0])
        axes.fill_between(at, values.min(0), values.max(0), color=color, alpha=0.12, linewidth=0)
    axes.set_yscale("log")
    axes.set_ylim(MIN_NORM, None)
    legend_beside(axes)
