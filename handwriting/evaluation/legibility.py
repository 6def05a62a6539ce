"""Measure the legibility of generated handwriting, and its diversity compared with real handwriting.

The synthesizer writes sentences that no training text contains, and a recognizer that has never seen generated ink
reads them. Its character error rate measures legibility. It is reported next to the same recognizer's error rate on
real lines and to the spreads of :mod:`~handwriting.evaluation.diversity`, because a single neat hand would be most
legible.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from handwriting import metrics
from handwriting.corpora import Corpus, Line
from handwriting.errors import InkError
from handwriting.evaluation import recognition
from handwriting.evaluation.diversity import SPREAD_RATIOS, Spread, spread
from handwriting.evaluation.recognition import RecognitionReport
from handwriting.evaluation.sentences import Sentence, refuse_known
from handwriting.progress import Progress, no_progress
from handwriting.recognition.recognizer import Recognizer
from handwriting.synthesis.characters import learned, writable
from handwriting.synthesis.hand import Hand
from handwriting.synthesis.observer import Observer
from handwriting.synthesis.synthesizer import Synthesizer
from handwriting.text import canonical

FAILED_CER = 0.2
"""A line with a higher CER has failed: people can no longer read it."""
SHOWN_MISTAKES = 4
"""Number of most frequent mistakes shown per row of the table of characters."""


@dataclass(frozen=True)
class CharacterLegibility:
    """Counts of a character: written, read correctly, and read as other characters."""

    character: str
    written: int
    right: int
    mistaken: tuple[tuple[str, int], ...]
    """Wrong outputs with their counts, most frequent first; "" stands for a missing character."""


@dataclass(frozen=True)
class LegibilityReport:
    """Recognition of the generated lines and, if a corpus was given, of real lines by the same recognizer."""

    bias: float
    seed: int
    generated: RecognitionReport
    """The ``id`` of a line is the place of its sentence; its ``form`` is its text, so that the bootstrap draws lines
    with the same text together."""
    real: RecognitionReport | None

    @property
    def sentences(self) -> int:
        """Number of different texts among the lines."""
        return len({line.text for line in self.generated.lines})

    @property
    def cer(self) -> float:
        """Character error rate on the generated lines."""
        return self.generated.score.cer

    @property
    def failed(self) -> float:
        """Share of generated lines with a CER above :data:`FAILED_CER`."""
        return failure_rate(self.generated)[0]

    @cached_property
    def characters(self) -> list[CharacterLegibility]:
        """The characters of the texts, least legible first."""
        return character_table(self.generated)

    @cached_property
    def spread(self) -> Spread:
        """Spread of the generated lines."""
        return spread(self.generated.lines)

    @cached_property
    def real_spread(self) -> Spread | None:
        """Spread of the real lines."""
        return spread(self.real.lines) if self.real else None

    def ratios(self) -> dict[str, float | None]:
        """Return each spread divided by that of the real lines; None without real lines or if theirs is 0."""
        real = vars(self.real_spread) if self.real_spread else {}
        return {name: value / real[name] if real.get(name) else None for name, value in vars(self.spread).items()}

    def figures(self) -> dict[str, Any]:
        """Return the figures as JSON-serialisable values; rates are fractions."""
        record: dict[str, Any] = {"lines": len(self.generated.lines), "sentences": self.sentences}
        record |= {"bias": self.bias, "seed": self.seed}
        record |= _rates(self.generated, "")
        if self.real:
            record |= {"real_split": self.real.split, "real_lines": len(self.real.lines)} | _rates(self.real, "real_")
        real = vars(self.real_spread) if self.real_spread else {}
        record["diversity"] = {
            name: {"generated": value, "real": real.get(name), "ratio": self.ratios()[name]}
            for name, value in vars(self.spread).items()
        }
        record["characters"] = [{**vars(c), "mistaken": dict(c.mistaken)} for c in self.characters]
        return record

    def render(self, rows: int = 20) -> str:
        """Return the figures as text for people, with the ``rows`` least legible characters."""
        counts = f"{len(self.generated.lines)} lines of {self.sentences} sentences"
        text = [f"{counts}, bias {self.bias:g}, seed {self.seed}"]
        text += [_rendered_rates(one) for one in (self.generated, self.real) if one is not None]
        return "\n".join([*text, "", *self._rendered_spreads(), "", *self._rendered_characters(rows)])

    def _rendered_spreads(self) -> list[str]:
        text = [f"{'spread over lines':<24} generated      real   ratio"]
        titles = ("slant, degrees", "height, units", "pen step, units", "word gap, heights")
        real = vars(self.real_spread) if self.real_spread else {}
        low, high = SPREAD_RATIOS
        for title, (name, value), ratio in zip(titles, vars(self.spread).items(), self.ratios().values(), strict=True):
            row = f"{title:<24} {value:9.3g}"
            if ratio is not None:
                outside = "" if low <= ratio <= high else f"  not {low} to {high}"
                row += f" {real[name]:9.3g}  {ratio:6.2f}{outside}"
            text.append(row)
        return text

    def _rendered_characters(self, rows: int) -> list[str]:
        real = {c.character: c for c in character_table(self.real)} if self.real else {}
        text = [f"least legible of {len(self.characters)} characters (written, read right, real ones, read as)"]
        for c in self.characters[:rows]:
            other = real.get(c.character)
            beside = f"{100 * other.right / other.written:5.0f} %" if other else "      -"
            mistaken = ", ".join(f"{got or 'nothing'} {n}" for got, n in c.mistaken[:SHOWN_MISTAKES])
            shown = "space" if c.character == " " else c.character
            text.append(f"{shown:>8} {c.written:6} {100 * c.right / c.written:5.0f} % {beside}  {mistaken}")
        return text


def evaluate(
    sentences: Sequence[Sentence],
    synthesizer: Synthesizer,
    recognizer: Recognizer,
    bias: float,
    seed: int = 0,
    n: int | None = None,
    corpus: Corpus | None = None,
    split: str = "testset_v",
    progress: Progress = no_progress,
) -> LegibilityReport:
    """Write the first ``n`` sentences (all by default) and read them by best path.

    If ``n`` exceeds their number, they are repeated from the first on; each line has its own random stream, so a
    repeated sentence looks different. With a ``corpus``, sentences that occur in those of its splits that the
    synthesizer was trained on are refused, and the lines of ``split`` are read for comparison. ``progress`` is called
    by the synthesizer with characters written and their total. Raises :class:`InkError`, naming the place, for a
    sentence that cannot be written, before anything is drawn.
    """
    if not sentences or (n is not None and n < 1):
        raise InkError(f"{len(sentences)} sentences and {n} lines; give at least one of each")
    try:
        trained_on = synthesizer.card["trained_on"]
        allowed, splits = learned(trained_on["characters"]), list(trained_on["lists"])
    except (AttributeError, KeyError, TypeError) as error:
        raise InkError(
            f"the synthesizer's card does not say what it was trained on ({error!r}); copy the checkpoint again"
        ) from None
    sentences = [Sentence(_writable(s, allowed), s.place) for s in sentences]
    if corpus is not None:
        refuse_known(sentences, corpus, [name for name in splits if name in corpus.splits])
    real = None if corpus is None else recognition.evaluate(recognizer, corpus, split)
    chosen = [sentences[i % len(sentences)] for i in range(n or len(sentences))]
    written = synthesizer.write([s.text for s in chosen], Hand(bias, seed), observer=Observer(progress))
    lines = [Line(s.place, w.ink, s.text, None, s.text) for s, w in zip(chosen, written, strict=True)]
    return LegibilityReport(bias, seed, recognition.evaluate_lines(recognizer, lines, "generated"), real)


def failure_rate(report: RecognitionReport) -> tuple[float, tuple[float, float]]:
    """Return the share of lines with a CER above :data:`FAILED_CER` and its 95 % interval, bootstrapped over forms.

    If no form failed, or all did, the bootstrap interval would have no width. The interval is then the exact one
    (Clopper & Pearson 1934) for as many independent draws as there are forms.
    """
    edits, lengths = metrics.edits(report.pairs)
    wrong = edits / np.maximum(1, lengths) > FAILED_CER
    forms = [line.form for line in report.lines]
    low, high = metrics.cer_interval(wrong, np.ones(len(wrong)), forms)
    beyond = 1 - 0.025 ** (1 / len(set(forms)))
    if not wrong.any():
        low, high = 0.0, beyond
    elif wrong.all():
        low, high = 1 - beyond, 1.0
    return float(wrong.mean()), (low, high)


def character_table(report: RecognitionReport) -> list[CharacterLegibility]:
    """Count how each character of the canonical references was read, by a cheapest alignment; least legible first."""
    read_as: dict[str, Counter[str]] = defaultdict(Counter)
    for text, output in report.pairs:
        for reference, got in metrics.alignment(canonical(text), canonical(output)):
            if reference:
                read_as[reference][got] += 1
    table = []
    for character, counts in read_as.items():
        mistaken = sorted(((got, n) for got, n in counts.items() if got != character), key=lambda m: (-m[1], m[0]))
        table.append(CharacterLegibility(character, counts.total(), counts[character], tuple(mistaken)))
    return sorted(table, key=lambda c: (c.right / c.written, -c.written, c.character))


def _rates(report: RecognitionReport, prefix: str) -> dict[str, Any]:
    share, interval = failure_rate(report)
    names = ("cer", "cer_ci95", "failed", "failed_ci95")
    values = (report.score.cer, list(report.cer_ci95), share, list(interval))
    return {prefix + name: value for name, value in zip(names, values, strict=True)}


def _rendered_rates(report: RecognitionReport) -> str:
    (low, high), (share, (least, most)) = report.cer_ci95, failure_rate(report)
    return (
        f"{report.split:<10} CER {100 * report.score.cer:6.2f} %  (95 % interval {100 * low:.2f} to {100 * high:.2f}),"
        f"  over {100 * FAILED_CER:.0f} % in {100 * share:.1f} % of lines ({100 * least:.1f} to {100 * most:.1f})"
    )


def _writable(sentence: Sentence, allowed: frozenset[str]) -> str:
    try:
        return writable(sentence.text, allowed)
    except InkError as error:
        raise InkError(f"{sentence.place}: {error}") from None
