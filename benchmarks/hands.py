"""Benchmark hands: how close an estimated or fitted hand is to its writer, and how detectable written lines are.

    python benchmarks/hands.py --data datasets/iam-ondb [--checkpoint FOLDER] [--rows instant auc ...] [--writers 20]

*instant*, *fitted*: for each of the writers of ``testset_v`` with the most lines, a hand is made from four lines and
writes sentences of other texts. Linear discriminants on measurements of a line (``features/hand.py``), trained on
further real lines of these writers, rank the right writer first or among five, compared with unseen real lines; and the
recognizer reads the written lines. A fit holds the last of the four lines out. *auc*: the same discriminants on real
lines of ``testset_v`` against written ones, five-fold, at the default bias and at 0.5; an AUC of 0.5 would mean that
nobody can tell. *diversity*: the spreads of slant, height, speed and spacing divided by those of the real lines. Real
lines are first resampled at the pace of the network's pen, since a machine could tell by that alone. *shipped*: the
distances between the shipped styles, relative to distances between two real writers, by the discriminants of the
writers.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from handwriting import metrics
from handwriting.corpora import Line, open_corpus
from handwriting.evaluation.diversity import spread
from handwriting.evaluation.sentences import read_sentences
from handwriting.features.hand import measures
from handwriting.features.offsets import clean, clean_at_rate
from handwriting.geometry.baseline import level
from handwriting.recognition.recognizer import Recognizer
from handwriting.synthesis.hand import Hand
from handwriting.synthesis.styles import SHIPPED, Sample, Style, load
from handwriting.synthesis.synthesizer import Synthesizer
from handwriting.text import natural

Floats = NDArray[np.float64]
MADE_OF = 4
"""Number of lines from which a hand is made."""
FOLDS = 5
ROWS = ("instant", "fitted", "auc", "shipped")


class Writers:
    """Linear discriminants with a covariance shrunk towards its diagonal."""

    def __init__(self, rows: Floats, labels: Sequence[str], shrink: float = 0.3) -> None:
        self.names = sorted(set(labels))
        self.mean, self.sd = rows.mean(0), rows.std(0) + 1e-9
        rows = (rows - self.mean) / self.sd
        index = np.array([self.names.index(label) for label in labels])
        self.centers = np.stack([rows[index == k].mean(0) for k in range(len(self.names))])
        within = np.cov((rows - self.centers[index]).T)
        self.precision = np.linalg.inv(
            (1 - shrink) * within + shrink * np.diag(np.diag(within)) + 1e-3 * np.eye(len(within))
        )

    def distances(self, row: Floats) -> Floats:
        """Return the squared distance of a line from each writer's centre."""
        away = (row - self.mean) / self.sd - self.centers
        return np.einsum("kf,fg,kg->k", away, self.precision, away)

    def rank(self, row: Floats, name: str) -> int:
        """Return the rank of ``name`` for a line, from 1."""
        distance = self.distances(row)
        return int((distance < distance[self.names.index(name)]).sum()) + 1


def auc(real: Floats, written: Floats) -> float:
    """Compute the area under the ROC curve of discriminants in five-fold cross-validation."""
    rows = np.concatenate([real, written])
    labels = np.array(["real"] * len(real) + ["written"] * len(written))
    order = np.random.default_rng(0).permutation(len(rows))
    scores = np.zeros(len(rows))
    for fold in range(FOLDS):
        tested = order[fold::FOLDS]
        trained = np.setdiff1d(order, tested)
        judge = Writers(rows[trained], labels[trained].tolist())
        scores[tested] = [float(np.subtract(*judge.distances(row))) for row in rows[tested]]
    difference = scores[labels == "written"][:, None] - scores[labels == "real"]
    return float((difference > 0).mean() + (difference == 0).mean() / 2)


def pairs_apart(centers: Floats, precision: Floats) -> Floats:
    """Return the distances of all pairs of ``centers`` (K, F) in the order of ``combinations``, (K (K - 1) / 2,)."""
    away = np.array([a - b for a, b in combinations(centers, 2)])
    return np.sqrt(np.einsum("pf,fg,pg->p", away, precision, away))


def chosen(lines: Sequence[Line], writers: int, each: int) -> dict[str, list[Line]]:
    """Return the lines of the writers with the most lines."""
    by_writer: dict[str, list[Line]] = {}
    for line in lines:
        if line.writer and line.text:
            by_writer.setdefault(line.writer, []).append(line)
    able = sorted((w for w in by_writer if len(by_writer[w]) >= MADE_OF + each + 4), key=lambda w: -len(by_writer[w]))
    return {w: by_writer[w] for w in able[:writers]}


class Bench:
    """Data and networks that all rows need."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        self.synthesizer = Synthesizer.load(options.checkpoint)
        self.recognizer = Recognizer.load(options.recognizer)
        features = self.synthesizer.card.get("features", {})
        rate = features.get("rate")
        self.pace: Callable = lambda ink: level(clean(ink)) if rate is None else clean_at_rate(ink, rate)
        self.lines = list(open_corpus(options.data).lines("testset_v"))
        self.sentences = [
            self.synthesizer.writable(s.text) for s in read_sentences(Path(__file__).with_name("sentences.txt"))
        ]

    def style(self, writer: str, lines: Sequence[Line], fitted: bool) -> Style:
        samples = tuple(Sample(natural(line.text), line.ink) for line in lines)
        if not fitted:
            return Style(writer, samples)
        from handwriting.training.fit import fit

        result = fit(self.synthesizer.checkpoint, [s.ink for s in samples], [s.text for s in samples])
        print(
            f"  {writer}: held out {result.before:.3f} -> {result.after:.3f} nats a point, {result.steps} steps",
            flush=True,
        )
        return Style(writer, samples, code=result.code.scaled(self.options.strength))

    def ranks(self, fitted: bool) -> None:
        """Print how often hands are recognized as their writers'."""
        each = self.options.lines
        writers = chosen(self.lines, self.options.writers, each)
        rows, labels = [], []
        for writer, lines in writers.items():
            for line in lines[MADE_OF + each :]:
                rows.append(measures(self.pace(line.ink), line.text))
                labels.append(writer)
        classifier = Writers(np.array(rows), labels)
        found: dict[str, list[int]] = {"real": [], "written": []}
        pairs, own, complete = [], [], []
        for k, (writer, lines) in enumerate(writers.items()):
            held = lines[MADE_OF : MADE_OF + each]
            found["real"] += [classifier.rank(measures(self.pace(line.ink), line.text), writer) for line in held]
            own += list(
                zip([natural(line.text) for line in held], self._read([line.ink for line in held]), strict=True)
            )
            texts = [self.sentences[(k * each + i) % len(self.sentences)] for i in range(each)]
            try:
                style = self.style(writer, lines[:MADE_OF], fitted)
                written = self.synthesizer.write(texts, Hand(self.options.bias, k, style))
            except ValueError as error:
                print(f"  {writer}: refused: {str(error)[:80]}")
                continue
            found["written"] += [classifier.rank(measures(level(w.ink), w.text), writer) for w in written]
            complete += [w.complete for w in written]
            pairs += list(zip(texts, self._read([w.ink for w in written]), strict=True))
        name = "fitted" if fitted else "instant"
        for kind, ranks in found.items():
            first, five = (100 * np.mean(np.array(ranks) <= n) for n in (1, 5))
            print(f"{name}, {kind}: {len(ranks)} lines, first {first:.0f} %, among five {five:.0f} %")
        print(f"{name}: CER {100 * metrics.cer(pairs):.1f} % (their own lines {100 * metrics.cer(own):.1f} %), "
              f"complete {100 * np.mean(complete):.0f} %", flush=True)  # fmt: skip

    def auc(self) -> None:
        """Print how well written lines are distinguished from real ones, and their spread."""
        count = self.options.n
        step = max(1, len(self.lines) // count)
        real = [replace(line, ink=self.pace(line.ink)) for line in self.lines[::step][:count]]
        rows = np.array([measures(line.ink, line.text) for line in real])
        for bias in (self.options.bias, 0.5):
            texts = [self.sentences[k % len(self.sentences)] for k in range(count)]
            lines = self.synthesizer.write(texts, Hand(bias))
            written = [Line(str(k), level(one.ink), one.text, None, str(k)) for k, one in enumerate(lines)]
            area = auc(rows, np.array([measures(line.ink, line.text) for line in written]))
            theirs, ours = vars(spread(real)), vars(spread(written))
            ratios = ", ".join(f"{name} {ours[name] / theirs[name]:.2f}" for name in ours)
            print(
                f"bias {bias:g}: {count} real and written lines, AUC {area:.3f}; spread over real: {ratios}", flush=True
            )

    def shipped(self) -> None:
        """Print the distances between the shipped styles, relative to real writers."""
        writers = chosen(self.lines, 40, 1)
        rows, labels = [], []
        for writer, lines in writers.items():
            rows += [measures(self.pace(line.ink), line.text) for line in lines]
            labels += [writer] * len(lines)
        judge = Writers(np.array(rows), labels)
        real = pairs_apart(judge.centers, judge.precision)
        means = []
        for name in SHIPPED:
            lines = self.synthesizer.write(self.sentences[: self.options.lines], Hand(self.options.bias, 0, load(name)))
            means.append(np.mean([measures(level(line.ink), line.text) for line in lines], 0))
        found = pairs_apart((np.array(means) - judge.mean) / judge.sd, judge.precision)
        pair = list(combinations(SHIPPED, 2))[int(found.argmin())]
        print(f"shipped: {len(SHIPPED)} styles, distance over real writers': mean {found.mean() / real.mean():.2f}, "
              f"least {found.min() / real.mean():.2f} ({' and '.join(pair)})", flush=True)  # fmt: skip

    def _read(self, inks: Sequence) -> list[str]:
        return [t.text for t in self.recognizer.transcribe_all(inks)]


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("HANDWRITING_DATA", "datasets")) / "iam-ondb")
    parser.add_argument("--checkpoint", type=Path)
    parser.add_argument("--recognizer", type=Path)
    parser.add_argument("--rows", nargs="+", choices=ROWS, default=list(ROWS))
    parser.add_argument("--writers", type=int, default=20)
    parser.add_argument("--lines", type=int, default=5, help="lines written in each hand, and real ones held out")
    parser.add_argument("--n", type=int, default=196, help="real and written lines of the AUC")
    parser.add_argument("--bias", type=float, default=1.0)
    parser.add_argument("--strength", type=float, default=1.0, help="strength of a fitted hand")
    options = parser.parse_args()
    if not options.data.exists():
        print(f"skipped: no corpus in {options.data}; give --data")
        return
    bench = Bench(options)
    for row in options.rows:
        if row in ("instant", "fitted"):
            bench.ranks(row == "fitted")
        else:
            getattr(bench, row)()


if __name__ == "__main__":
    main()
