"""Measure the likelihood of real handwriting under a synthesizer: nats and squared error on a split."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from handwriting.alphabet import Alphabet
from handwriting.corpora import Corpus, Line
from handwriting.corpora.seen import seen
from handwriting.errors import InkError
from handwriting.evaluation.recognition import trained_on_warning
from handwriting.features.offsets import Normalizer, offsets, prepare_line
from handwriting.progress import Progress, no_progress
from handwriting.runtime import batches_by_length, pad
from handwriting.synthesis.mixture_sampler import nats
from handwriting.synthesis.sampler import Steps
from handwriting.synthesis.synthesizer import Synthesizer
from handwriting.text import natural


@dataclass(frozen=True)
class OffsetExample:
    """A line as the input of a synthesis network."""

    points: NDArray[np.float32]
    """Normalised offsets, shape (N, 3)."""
    text: NDArray[np.int64]
    """Character indices, shape (U,); 0 for a character that the alphabet lacks."""

    @property
    def steps(self) -> int:
        """Number of predicted points: all but the first."""
        return len(self.points) - 1


@dataclass(frozen=True)
class Likelihood:
    """Negative log-likelihood and squared error of a set of lines. Lower is better."""

    nats_per_point: float
    """Nats per point in normalised units."""
    nats_per_line: float
    """Nats per line in normalised units."""
    nats_per_point_raw: float
    """Nats per point in units of the source: ``nats_per_point`` + log(sd_x sd_y), independent of the normaliser."""
    nats_per_line_raw: float
    """Nats per line in units of the source."""
    sse: float
    """Mean over points of the squared error of the expected offset, in normalised units."""

    @classmethod
    def of_sums(
        cls, nats: float, error: float, examples: Sequence[OffsetExample], normalizer: Normalizer
    ) -> Likelihood:
        """Compute the figures from sums of nats and squared errors over all points of ``examples``.

        A line of one point has nothing to predict: it counts as a line with 0 nats. Raises :class:`InkError` if all
        lines are of this kind.
        """
        points = sum(e.steps for e in examples)
        if points == 0:
            raise InkError(f"the {len(examples)} lines have no points to predict; choose a split with longer lines")
        raw = nats + points * normalizer.raw_nats
        lines = len(examples)
        return cls(*(float(v) for v in (nats / points, nats / lines, raw / points, raw / lines, error / points)))


@dataclass(frozen=True)
class SynthesisReport:
    """The likelihood of a split under a synthesis or prediction network."""

    split: str
    lines: int
    trained_on: int
    """Number of these lines that the network was trained on, according to its card."""
    likelihood: Likelihood
    card: Mapping[str, Any]
    """Card of the checkpoint."""

    def figures(self) -> dict[str, Any]:
        """Return the figures as JSON-serialisable values."""
        return {
            **asdict(self.likelihood),
            "lines": self.lines,
            "lines_trained_on": self.trained_on,
            "split": self.split,
            "normalizer": self.card["normalizer"],
            "trained_on": {name: self.card["trained_on"][name] for name in ("lists", "lines", "points")},
        }

    def render(self) -> str:
        """Return the figures as text for people."""
        of = self.likelihood
        rows = [f"{self.split}, {self.lines} lines (trained on {', '.join(self.card['trained_on']['lists'])})"]
        if self.trained_on:
            rows.append(trained_on_warning(self.trained_on))
        rows += [
            f"nats a point {of.nats_per_point:8.4f}   a line {of.nats_per_line:10.2f}   normalised offsets",
            f"nats a point {of.nats_per_point_raw:8.4f}   a line {of.nats_per_line_raw:10.2f}   units of the source",
            f"squared error of the expected offset {of.sse:.4f}, normalised",
        ]
        return "\n".join(rows)


def evaluate(
    synthesizer: Synthesizer,
    corpus: Corpus,
    split: str,
    batch_size: int = 32,
    progress: Progress = no_progress,
) -> SynthesisReport:
    """Compute the likelihood of every line of ``split``, step by step through the checkpoint's graph."""
    lines = examples(corpus, split, synthesizer.normalizer, synthesizer.alphabet, rate_of_card(synthesizer.card))
    total_nats = total_error = 0.0
    done = 0
    for rows in batches_by_length([e.points for e in lines], batch_size):
        batch_nats, batch_error = _batch_sums(synthesizer, [lines[row] for row in rows])
        total_nats, total_error = total_nats + batch_nats, total_error + batch_error
        done += len(rows)
        progress(done, len(lines))
    likelihood = Likelihood.of_sums(total_nats, total_error, lines, synthesizer.normalizer)
    return report(synthesizer.card, corpus, split, likelihood)


def report(card: Mapping[str, Any], corpus: Corpus, split: str, likelihood: Likelihood) -> SynthesisReport:
    """Return the report of a split whose ``likelihood`` was computed under the network of ``card``."""
    lines = list(corpus.lines(split))
    return SynthesisReport(split, len(lines), seen(card, lines), likelihood, card)


def rate_of_card(card: Mapping[str, Any]) -> float | None:
    """Return the point rate at which the network of ``card`` reads levelled lines; None if it reads raw points."""
    features = card.get("features", {})
    return float(features["rate"]) if "rate" in features else None


def example(line: Line, normalizer: Normalizer, alphabet: Alphabet, rate: float | None = None) -> OffsetExample:
    """Return a line cleaned and normalised. A character that the alphabet lacks has index 0, a zero vector.

    With a ``rate`` in points per second, the line is resampled at it and levelled.
    """
    text = natural(line.text)
    unknown = set(alphabet.unknown(text))
    indices = [0 if c in unknown else int(alphabet.encode(c)[0]) for c in text]
    return OffsetExample(normalizer(offsets(prepare_line(line.ink, rate))), np.array(indices, dtype=np.int64))


def examples(
    corpus: Corpus, split: str, normalizer: Normalizer, alphabet: Alphabet, rate: float | None = None
) -> list[OffsetExample]:
    """Return :func:`example` for every line of ``split``."""
    return [example(line, normalizer, alphabet, rate) for line in corpus.lines(split)]


def _batch_sums(synthesizer: Synthesizer, lines: Sequence[OffsetExample]) -> NDArray[np.float64]:
    """Return the sums of nats and of squared errors over the points of a batch, shape (2,)."""
    points, lengths = pad([e.points for e in lines])
    steps = Steps(synthesizer.network, [e.text for e in lines])
    outputs = np.stack([steps(now)[0].copy() for now in points[:-1]]) if len(points) > 1 else np.empty((0, 0, 0))
    sums = np.zeros(2)
    for row, length in enumerate(lengths):
        if length > 1:
            values = nats(outputs[: length - 1, row], points[1:length, row], synthesizer.normalizer.sigma_floor)
            sums += [v.sum() for v in values]
    return sums
