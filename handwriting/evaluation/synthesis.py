"""How well a synthesizer expects real handwriting: nats and squared error on a split, through the step graph."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from handwriting.alphabet import Alphabet
from handwriting.corpora import Corpus, Line
from handwriting.corpora.seen import seen
from handwriting.errors import InkError
from handwriting.features.offsets import Normalizer, clean, offsets
from handwriting.runtime import batches_by_length, pad
from handwriting.synthesis.pen import nats
from handwriting.synthesis.sampler import Steps
from handwriting.synthesis.synthesizer import Synthesizer
from handwriting.text import natural


@dataclass(frozen=True)
class Example:
    """A line as the network sees it."""

    points: NDArray[np.float32]
    """Normalised offsets, shape (N, 3)."""
    text: NDArray[np.int64]
    """Characters, shape (U,); 0 for one that the alphabet lacks."""

    @property
    def steps(self) -> int:
        """Points that are predicted: all but the first."""
        return len(self.points) - 1


def example(line: Line, normalizer: Normalizer, alphabet: Alphabet) -> Example:
    """A line cleaned and normalised; characters that the alphabet lacks are 0, and the window sees nothing there."""
    text = natural(line.text)
    unknown = set(alphabet.unknown(text))
    indices = [0 if c in unknown else int(alphabet.encode(c)[0]) for c in text]
    return Example(normalizer(offsets(clean(line.ink))), np.array(indices, dtype=np.int64))


def examples(corpus: Corpus, split: str, normalizer: Normalizer, alphabet: Alphabet) -> list[Example]:
    """Every line of ``split``."""
    return [example(line, normalizer, alphabet) for line in corpus.lines(split)]


def evaluate(
    synthesizer: Synthesizer,
    corpus: Corpus,
    split: str,
    batch_size: int = 32,
    progress: Callable[[int, int], object] = lambda done, total: None,
) -> dict[str, Any]:
    """:func:`report` of every line of ``split``, step by step through the checkpoint's graph."""
    lines = examples(corpus, split, synthesizer.normalizer, synthesizer.alphabet)
    total_nats = total_error = 0.0
    done = 0
    for rows in batches_by_length([e.points for e in lines], batch_size):
        batch_nats, batch_error = _batch(synthesizer, [lines[row] for row in rows])
        total_nats, total_error = total_nats + batch_nats, total_error + batch_error
        done += len(rows)
        progress(done, len(lines))
    values = figures(total_nats, total_error, lines, synthesizer.normalizer)
    return report(synthesizer.card, split, values, len(lines), seen(synthesizer.card, corpus.lines(split)))


def figures(nats: float, error: float, lines: Sequence[Example], normalizer: Normalizer) -> dict[str, float]:
    """From sums over all points of ``lines``.

    ``nats_per_point`` and ``nats_per_line`` over normalised units, ``..._raw`` the same density over the source's (+
    log(sd_x sd_y) a point, free of the normaliser), ``sse`` the mean squared error of the expected offset, normalised.
    A line of one point has nothing to predict: it counts as a line, with 0 nats. Raises :class:`InkError` when all
    are of that kind.
    """
    points = sum(e.steps for e in lines)
    if points == 0:
        raise InkError(f"{len(lines)} lines to evaluate on, and no point to predict in them; give another list")
    raw = nats + points * normalizer.raw_nats
    return {
        "nats_per_point": float(nats / points),
        "nats_per_line": float(nats / len(lines)),
        "nats_per_point_raw": float(raw / points),
        "nats_per_line_raw": float(raw / len(lines)),
        "sse": float(error / points),
    }


def report(card: Mapping[str, Any], split: str, values: Mapping[str, float], lines: int, known: int) -> dict[str, Any]:
    """What ``--json`` prints: ``values``, and what they are of; ``known`` lines were trained on."""
    trained_on = {name: card["trained_on"][name] for name in ("lists", "lines", "points")}
    about = {"lines": lines, "lines_trained_on": known, "split": split}
    return {**values, **about, "normalizer": card["normalizer"], "trained_on": trained_on}


def render(result: Mapping[str, Any]) -> str:
    """A report as people read it."""
    known = result["lines_trained_on"]
    warning = f"{known} of these lines were trained on: the figures say little about others\n" if known else ""
    return (
        f"{result['split']}, {result['lines']} lines (trained on {', '.join(result['trained_on']['lists'])})\n{warning}"
        f"nats a point {result['nats_per_point']:8.4f}   a line {result['nats_per_line']:10.2f}   normalised offsets\n"
        f"nats a point {result['nats_per_point_raw']:8.4f}   a line {result['nats_per_line_raw']:10.2f}"
        "   the source's units\n"
        f"squared error of the expected offset {result['sse']:.4f}, normalised"
    )


def _batch(synthesizer: Synthesizer, lines: Sequence[Example]) -> NDArray[np.float64]:
    """Sums of nats and squared errors over a batch's points."""
    points, lengths = pad([e.points for e in lines])
    steps = Steps(synthesizer.network, [e.text for e in lines])
    outputs = np.stack([steps(now)[0].copy() for now in points[:-1]]) if len(points) > 1 else np.empty((0, 0, 0))
    sums = np.zeros(2)
    for row, length in enumerate(lengths):
        if length > 1:
            values = nats(outputs[: length - 1, row], points[1:length, row], synthesizer.normalizer.sigma_floor)
            sums += [v.sum() for v in values]
    return sums
