"""Compare ways to keep a synthesis network from overfitting: dropout, weight decay, adaptive weight noise.

    python benchmarks/regularisers.py --runs DIR [--data DIR-or-FILE] [--kind prediction] [--epochs 100] [--only NAME]

Small networks on a small part of the corpus, in whole forms spread over the list: every n-th of ``trainset`` to train
on, every n-th of ``testset_v``, the development set, to evaluate on. Nats are per point, in normalised units, of the
moving average of the weights, without dropout and noise; "training" is on the training lines, after the last epoch.
Prediction networks are used by default: they overfit in the same way and train three times as fast. It takes about half
an hour on one core, so it does nothing without ``--runs``: runs stay there, and finished ones are only evaluated again.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

SIZES = {"hidden_size": 128, "num_layers": 2, "mixtures": 10, "components": 5, "train": ("trainset",)}
OPTIONS = {"batch_size": 12, "rate": 5e-3, "clip": 1.0, "average": 0.98, "weight_decay": 0.0}
OPTIONS |= {"evaluate_every": 5, "loaders": 0, "device": "cpu", "save_every": 300.0}


@dataclass(frozen=True)
class Row:
    """A row of the table: what differs from the plain network, and the row whose best weights it starts from."""

    settings: dict[str, Any] = field(default_factory=dict)
    options: dict[str, Any] = field(default_factory=dict)
    start: str | None = None


ROWS = {
    "none": Row(),
    "weight decay 0.5": Row(options={"weight_decay": 0.5}),
    "dropout 0.1": Row({"dropout": 0.1}),
    "dropout 0.25": Row({"dropout": 0.25}),
    "weight noise from 0.075": Row(options={"weight_noise": 0.075}),
    "weight noise from 0.01": Row(options={"weight_noise": 0.01}),
    "none, then weight noise from 0.075": Row(options={"weight_noise": 0.075, "rate": 2e-3}, start="none"),
}


class Part:
    """Every n-th form of each split of a corpus, whole, in the order of the list."""

    def __init__(self, corpus: Any, every: dict[str, int]) -> None:
        self.corpus, self.splits, self.terms, self.known_bad = corpus, tuple(every), corpus.terms, corpus.known_bad
        self._ids: dict[str, list[str]] = {}
        for split, n in every.items():
            forms = list(dict.fromkeys(corpus.line(id).form for id in corpus.ids(split)))
            chosen = set(forms[::n])
            self._ids[split] = [id for id in corpus.ids(split) if corpus.line(id).form in chosen]

    def ids(self, split: str) -> list[str]:
        return self._ids[split]

    def training_ids(self, split: str) -> list[str]:
        good = set(self.corpus.training_ids(split))
        return [id for id in self._ids[split] if id in good]

    def line(self, id: str) -> Any:
        return self.corpus.line(id)

    def lines(self, split: str) -> Iterator[Any]:
        return (self.line(id) for id in self._ids[split])


def measure(corpus: Part, kind: str, row: Row, epochs: int, runs: Path, name: str) -> dict[str, float]:
    """Train as the row says, and return its figures for the table."""
    from handwriting.checkpoint import Checkpoint
    from handwriting.training.loop import Training
    from handwriting.training.options import SynthesizerOptions, TrainingOptions
    from handwriting.training.synthesizer import SynthesizerTask, figures

    start = None if row.start is None else Checkpoint.load(runs / folder(row.start) / "best", kind)
    task = SynthesizerTask(corpus, SynthesizerOptions(**{"kind": kind, **SIZES, **row.settings}), start)
    training = Training(task, TrainingOptions(epochs=epochs, **{**OPTIONS, **row.options}), runs / folder(name), "")
    training.run_to_end()
    rows = [r for r in training.curve if "nats_per_point" in r]
    best = min(rows, key=lambda r: r["nats_per_point"])
    return {
        "training": figures(training.updater.average, task.examples, task.normalizer)["nats_per_point"],
        "best": best["nats_per_point"],
        "best_epoch": best["epoch"],
        "last": rows[-1]["nats_per_point"],
        "minutes": rows[-1]["minutes"],
    }


def folder(name: str) -> str:
    """Return a row's folder below ``--runs``."""
    return name.replace(",", "").replace(" ", "-")


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("HANDWRITING_DATA", "datasets")) / "iam-ondb")
    parser.add_argument("--kind", choices=["prediction", "synthesizer"], default="prediction")
    parser.add_argument("--train-every", type=int, default=40, help="use every N-th form of trainset")
    parser.add_argument("--develop-every", type=int, default=8, help="use every N-th form of testset_v")
    parser.add_argument("--epochs", type=int, default=100)
    parser.add_argument("--only", nargs="*", choices=list(ROWS), default=list(ROWS))
    parser.add_argument("--runs", type=Path, help="folder for the training runs")
    options = parser.parse_args()
    if not options.data.exists():
        print(f"skipped: no IAM-OnDB in {options.data}; set HANDWRITING_DATA to the folder that holds iam-ondb/")
        return
    if options.runs is None:
        print("skipped: it takes half an hour; give --runs DIR, a folder for the trainings")
        return
    import torch

    from handwriting.corpora import open_corpus

    torch.set_num_threads(1)
    corpus = Part(open_corpus(options.data), {"trainset": options.train_every, "testset_v": options.develop_every})
    lines = {split: len(corpus.ids(split)) for split in corpus.splits}
    print(f"{options.kind}, lines {lines}, {options.epochs} epochs, {SIZES}, {OPTIONS}, torch {torch.__version__}")
    print(f"{'nats a point':36}{'training':>9}{'dev best':>10}{'(epoch)':>9}{'dev last':>10}{'minutes':>9}")
    for name in options.only:
        m = measure(corpus, options.kind, ROWS[name], options.epochs, options.runs, name)
        print(
            f"{name:36}{m['training']:9.3f}{m['best']:10.3f}{m['best_epoch']:9.0f}{m['last']:10.3f}{m['minutes']:9.1f}",
            flush=True,
        )


if __name__ == "__main__":
    main()
