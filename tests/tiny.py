"""A corpus of a few words, drawn with a single-stroke font: enough to run every part of a training in seconds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from handwriting.checkpoint import Checkpoint, save
from handwriting.corpora import Line
from handwriting.rendering.hershey import write

WORDS = ("ink", "pen", "line", "net", "in", "ten", "pin", "nine")


class TinyCorpus:
    """Two splits of single words in several hands, ``trainset`` and ``testset_v``."""

    splits = ("trainset", "testset_v")
    terms = "ours"

    def __init__(self, lines: int = 12) -> None:
        self.count = lines
        self.known_bad = {"trainset-3": "left out to be seen"}

    def ids(self, split: str) -> list[str]:
        return [f"{split}-{i}" for i in range(self.count)]

    def training_ids(self, split: str) -> list[str]:
        return [id for id in self.ids(split) if id not in self.known_bad]

    def line(self, id: str) -> Line:
        return self._lines[id]

    def text(self, id: str) -> str:
        return self.line(id).text

    def lines(self, split: str):
        return (self.line(id) for id in self.ids(split))

    @cached_property
    def _lines(self) -> dict[str, Line]:
        return {
            id: Line(id, write(word, seed=100 * s + i), word, f"writer{i}", f"form{i}")
            for s, split in enumerate(self.splits)
            for i, (id, word) in enumerate(zip(self.ids(split), WORDS * self.count, strict=False))
        }


def recognizer(folder: Path, variant: Any = "forget", strides: Sequence[int] = (1,)) -> Checkpoint:
    """A recognizer of two layers with random weights, float32 graph."""
    import torch

    from handwriting.networks.recognizer import RecognizerConfig, RecognizerNetwork
    from handwriting.training.export import recognizer_graph

    torch.manual_seed(2)
    config = RecognizerConfig(14, 27, 6, 2, variant, [8] * len(strides), list(strides))
    network = RecognizerNetwork(config).eval()
    weights = {name: value.numpy() for name, value in network.state_dict().items()}
    card = {"kind": "recognizer", "network": asdict(config), "alphabet": "abcdefghijklmnopqrstuvwxyz", "features": {}}
    save(folder, card, weights, recognizer_graph(network))
    return Checkpoint.load(folder, "recognizer")


def synthesizer(folder: Path, counts: int = 100, **sizes: Any) -> Checkpoint:
    """A synthesizer with random weights, float32 graph: it draws scribbles, and stops where it should."""
    import torch

    from handwriting.networks.synthesizer import SynthesisConfig, SynthesisNetwork
    from handwriting.synthesis.codes import save_codes
    from handwriting.training.export import step_graph

    alphabet = " ,-.abcdefghijklmnopqrstuvwxyz"
    torch.manual_seed(0)
    small = {"hidden_size": 12, "num_layers": 3, "mixtures": 3, "components": 2, "characters": len(alphabet)}
    config = SynthesisConfig(**{**small, **sizes})
    network = SynthesisNetwork(config).eval()
    card = {
        "kind": "synthesizer",
        "network": asdict(config),
        "alphabet": alphabet,
        "features": {"rate": 33.0} if config.code else {},
        "normalizer": {"mean": [8.0, 0.0], "sd": [30.0, 40.0]},
        "hand": {"height": 400.0, "advance": 180.0, "rate": 60.0, "step": 0.05},
        "trained_on": {"lists": ["trainset"], "lines": 1, "points": 2, "characters": dict.fromkeys(alphabet, counts)},
        "terms": "ours",
    }
    weights = {name: value.numpy() for name, value in network.state_dict().items()}
    save(folder, card, weights, step_graph(network))
    if config.code:
        save_codes(folder, _codes(network))
    return Checkpoint.load(folder, "synthesizer")


def predictor(folder: Path) -> Checkpoint:
    """A prediction network with random weights, float32 graph."""
    import torch

    from handwriting.networks.synthesizer import PredictionConfig, PredictionNetwork
    from handwriting.training.export import step_graph

    torch.manual_seed(0)
    config = PredictionConfig(hidden_size=12, num_layers=2, mixtures=3)
    network = PredictionNetwork(config).eval()
    card = {
        "kind": "prediction",
        "network": asdict(config),
        "normalizer": {"mean": [8.0, 0.0], "sd": [30.0, 40.0]},
        "hand": {"height": 400.0},
        "terms": "ours",
    }
    save(folder, card, {name: value.numpy() for name, value in network.state_dict().items()}, step_graph(network))
    return Checkpoint.load(folder, "prediction")


def _codes(network: Any) -> Any:
    """Codes of hands around those of the network's writers."""
    from handwriting.synthesis.codes import HandCodes, gaussian, regression
    from handwriting.training.export import hand_order

    config = network.config
    codes = network.codes.detach().numpy()
    rows = np.random.default_rng(0).normal(size=(len(codes), 71))
    mean, factor = gaussian(codes, config.controls)
    full = np.concatenate([codes, np.zeros((len(codes), config.controls))], 1)
    basis = network.basis.detach().numpy()[hand_order(config)]
    return HandCodes(basis, codes, mean, factor, **regression(rows, full, np.ones(len(codes)), 1.0))
