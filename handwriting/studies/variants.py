"""Compare LSTM variants on real ink: recognizers and synthesizers with the same budget and different equations.

Greff et al. 2017 (LSTM: A Search Space Odyssey, arXiv 1503.04069) made such a comparison and found no variant much
better than the one with a forget gate. The networks are small and are trained on undistorted lines, so the figures are
only good for comparing variants.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, fields, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import torch
from matplotlib.figure import Figure
from numpy.typing import NDArray
from torch import nn

from handwriting.checkpoint import save
from handwriting.corpora import Corpus
from handwriting.errors import InkError
from handwriting.files import make_folder
from handwriting.ink import Ink
from handwriting.networks.cells import ForgetCell, PeepholeCell, ThreeGateCell
from handwriting.networks.recognizer import RecognizerNetwork
from handwriting.networks.synthesizer import SynthesisNetwork
from handwriting.progress import Progress, no_progress
from handwriting.studies.memory import CONTESTANTS
from handwriting.studies.tables import MARKERS, Row, draw, write_rows
from handwriting.training.augment import Augmentation
from handwriting.training.data import gather
from handwriting.training.encoder import ExampleEncoder
from handwriting.training.loop import train
from handwriting.training.options import SYNTHESIZER_TRAINING, RecognizerOptions, SynthesizerOptions, TrainingOptions
from handwriting.training.recipes import TrainingRecipe
from handwriting.training.recognizer import RecognizerTask
from handwriting.training.synthesizer import SynthesizerTask

KINDS = ("recognizer", "synthesizer")
FIGURES = {"recognizer": "cer", "synthesizer": "nats_per_point"}
"""Figure by which each kind is judged; lower is better."""
LABELS = {"recognizer": "CER", "synthesizer": "nats per point"}
DEFAULT = ("tanh", "1997", "1997-truncated", "forget-0", "forget-1", "peephole", "coupled")


@dataclass(frozen=True)
class VariantStudy:
    """Settings of the study."""

    kinds: Sequence[str] = KINDS
    contestants: Sequence[str] = DEFAULT
    seeds: int = 3
    hidden_size: int = 64
    num_layers: int = 2
    epochs: int = 20

    def __post_init__(self) -> None:
        for name, known in ((self.kinds, KINDS), (self.contestants, tuple(CONTESTANTS))):
            if unknown := [one for one in name if one not in known]:
                raise InkError(f"{unknown[0]!r} is unknown; choose from {', '.join(known)}")


QUICK = VariantStudy(KINDS, ("tanh", "peephole"), 1, 8, 1, 1)


def run(
    study: VariantStudy,
    corpus: Corpus,
    folder: Path,
    progress: Progress = no_progress,
    command: str = "",
    say: Callable[[str], None] = lambda message: None,
) -> tuple[list[Row], list[Path]]:
    """Train all networks that are not trained yet; return a row for each, and the files. The same call resumes."""
    make_folder(folder)
    rows: list[Row] = []
    todo = [(k, n, s) for k in study.kinds for n in study.contestants for s in range(1, study.seeds + 1)]
    data = cache(lambda kind: _task(kind, study, corpus, say))
    for kind, name, seed in todo:
        progress(len(rows), len(todo))
        task = _VariantTask(data(kind), name, kind, seed)
        options = (
            RECOGNIZER_TRAINING if kind == "recognizer" else replace(SYNTHESIZER_TRAINING, loaders=0, precision="fp32")
        )
        options = replace(options, epochs=study.epochs, seed=seed, device="cpu", evaluate_every=study.epochs)
        last = train(task, options, folder / "runs" / f"{kind}-{name}-{study.hidden_size}-{seed}", command)
        row: Row = {"kind": kind, "network": name, "seed": seed, "cells": study.hidden_size, "epochs": study.epochs}
        row["weights"] = sum(p.numel() for p in task.network.parameters())
        rows.append(row | {name: value for name, value in last.items() if name not in ("epoch", "step", "rate")})
        write_rows(rows, folder / "variants.csv")
    progress(len(todo), len(todo))
    about = "Figures on the development set by variant of the LSTM: one mark for each seed, a line at the median."
    return rows, [folder / "variants.csv", *draw(_figure(rows, study), folder, "variants", about)]


def variant_task(kind: str, contestant: str, study: VariantStudy, seed: int, corpus: Corpus) -> _VariantTask:
    """Return the training task of one network of the study."""
    return _VariantTask(_task(kind, study, corpus, lambda message: None), contestant, kind, seed)


UNDISTORTED = Augmentation(**{strength.name: 0.0 for strength in fields(Augmentation)})
RECOGNIZER_TRAINING = TrainingOptions(precision="fp32", batch_size=16, loaders=0, average=0.99)


def summary(rows: Sequence[Row]) -> list[Row]:
    """Return one row for each kind and variant: the median over seeds, and the lowest and highest."""
    table = []
    for kind, name in dict.fromkeys((row["kind"], row["network"]) for row in rows):
        own = [row for row in rows if (row["kind"], row["network"]) == (kind, name)]
        values = [row[_figure_of(row)] for row in own]
        table.append(
            {
                "kind": kind,
                "network": name,
                "weights": own[0]["weights"],
                "figure": _figure_of(own[0]),
                "median": float(np.median(values)),
                "lowest": min(values),
                "highest": max(values),
                "seeds": len(values),
                "minutes": float(np.median([row["minutes"] for row in own])),
            }
        )
    return table


class _VariantTask:
    """A training task with the data of ``task``, another seed and a network of a contestant's variant."""

    def __init__(self, task: Any, contestant: str, kind: str, seed: int) -> None:
        self._task, self._contestant = copy.copy(task), contestant
        sizes = "options" if kind == "recognizer" else "settings"
        setattr(self._task, sizes, replace(getattr(task, sizes), seed=seed))
        variant, bias = CONTESTANTS[contestant]
        torch.manual_seed(seed)
        config = replace(task.config, variant=variant)
        network: nn.Module = RecognizerNetwork(config) if kind == "recognizer" else SynthesisNetwork(config)
        _set_forget_bias(network, bias)
        self.network = network

    def __getattr__(self, name: str) -> Any:
        return getattr(self._task, name)

    def identity(self) -> dict[str, Any]:
        return {**self._task.identity(), "contestant": self._contestant}

    def save(self, folder: Path, network: nn.Module, training: dict[str, Any]) -> None:
        """Write the weights and the card, but no graph: tanh networks have none, and no study needs it."""
        weights = {name: value.cpu().numpy() for name, value in network.state_dict().items()}
        save(folder, {"kind": "study", "contestant": self._contestant, "training": training}, weights)


def _set_forget_bias(network: nn.Module, bias: float) -> None:
    """Set the initial bias of all forget gates."""
    with torch.no_grad():
        for cell in network.modules():
            if isinstance(cell, ForgetCell):
                H, (_, _, bias_ih, bias_hh) = cell.hidden_size, cell.weights()
                bias_ih[H : 2 * H], bias_hh[H : 2 * H] = bias, 0
            elif isinstance(cell, PeepholeCell):
                cell.bias[cell.hidden_size : 2 * cell.hidden_size] = bias
            elif isinstance(cell, ThreeGateCell) and cell.coupled:
                cell.bias[: cell.hidden_size] = -bias


def _figure_of(row: Row) -> str:
    """Return the name of the figure by which a kind is judged; lower is better."""
    return FIGURES[row["kind"]]


def _figure(rows: Sequence[Row], study: VariantStudy) -> Figure:
    figure = Figure(figsize=(max(5.5, len(study.contestants)) * len(study.kinds), 3.6), layout="constrained")
    for axes, kind in zip(figure.subplots(1, len(study.kinds), squeeze=False)[0], study.kinds, strict=True):
        for at, name in enumerate(study.contestants):
            values = [row[FIGURES[kind]] for row in rows if (row["kind"], row["network"]) == (kind, name)]
            axes.plot([at] * len(values), values, MARKERS[at % len(MARKERS)], color="black", markersize=6)
            axes.plot([at - 0.3, at + 0.3], [np.median(values)] * 2, color="black")
        axes.set_xticks(range(len(study.contestants)), study.contestants, fontsize=8)
        axes.set_ylabel(f"{LABELS[kind]} on the development set")
        axes.set_title(
            f"{kind}, {study.num_layers} layers of {study.hidden_size} cells, {study.epochs} epochs", fontsize=10
        )
        axes.grid(alpha=0.3, axis="y")
    return figure


@dataclass(frozen=True)
class _CachingEncoder(ExampleEncoder):
    """An encoder without distortion, which computes the steps of an ink once because they never change."""

    encoded: dict[int, NDArray[np.float32] | None] = field(default_factory=dict)

    def steps(self, ink: Ink, text: str, random: np.random.Generator) -> NDArray[np.float32] | None:
        """Return the steps (T, D) of ``ink``, which must live as long as this encoder."""
        if id(ink) not in self.encoded:
            self.encoded[id(ink)] = super().steps(ink, text, random)
        return self.encoded[id(ink)]


def _task(kind: str, study: VariantStudy, corpus: Corpus, say: Callable[[str], None]) -> Any:
    """Return the task of one kind of network, with its data and settings."""
    if kind == "recognizer":
        options = RecognizerOptions(
            hidden_size=study.hidden_size, num_layers=study.num_layers, channels=[32], dropout=0.1,
            augmentation=UNDISTORTED,
        )  # fmt: skip
        encoder = _CachingEncoder(options.features, options.augmentation, options.strides)
        return RecognizerTask(gather([corpus], TrainingRecipe(), encoder, options.seed, say=say), encoder, options)
    settings = SynthesizerOptions(
        train=("trainset",), hidden_size=study.hidden_size, num_layers=study.num_layers, mixtures=10, components=5,
    )  # fmt: skip
    return SynthesizerTask(corpus, settings, say=say)
