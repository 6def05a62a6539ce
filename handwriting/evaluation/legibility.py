"""Can what the synthesizer writes be read, and does it vary as people's writing does?

Sentences that no training text holds are written, and a recognizer that has never seen generated ink reads them: its
character error rate is the measure of legibility, beside the same recognizer's on real lines and beside the measures
of :mod:`~handwriting.evaluation.diversity`: one neat hand, written over and over, would be read best.
"""

from __future__ import annotations

import os
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from handwriting import metrics
from handwriting.corpora import Corpus, Line
from handwriting.errors import InkError
from handwriting.evaluation import recognition
from handwriting.evaluation.diversity import RATIO, Spread, spread
from handwriting.evaluation.recognition import Evaluation
from handwriting.ink import Ink
from handwriting.recognition.recognizer import Recognizer
from handwriting.synthesis.characters import learned, writable
from handwriting.text import canonical

FAILED = 0.2
"""A line with a larger share of wrong characters cannot be made out any more."""

Progress = Callable[[int, int], object]


class Written(Protocol):
    """A line that was written."""

    @property
    def ink(self) -> Ink: ...


class Writer(Protocol):
    """What a synthesizer offers."""

    @property
    def card(self) -> Mapping[str, Any]:
        """Its checkpoint's: ``trained_on.characters`` and ``trained_on.lists`` are used."""

    def write(
        self, texts: Sequence[str], *, bias: float, seed: int, progress: Progress | None
    ) -> Sequence[Written]: ...


@dataclass(frozen=True)
class Sentence:
    """A text to write, and where it was found, for errors."""

    text: str
    place: str


@dataclass(frozen=True)
class Character:
    """How often a character of the texts was written, and read right; what it was read as instead ("": nothing)."""

    character: str
    written: int
    right: int
    mistaken: tuple[tuple[str, int], ...]
    """Most frequent first."""


@dataclass(frozen=True)
class Legibility:
    """How generated lines were read and, where a corpus was given, real ones by the same recognizer."""

    bias: float
    seed: int
    generated: Evaluation
    """A line's ``id`` is its sentence's place, its ``form`` the text: intervals draw repeated texts together."""
    real: Evaluation | None

    @property
    def sentences(self) -> int:
        """Different texts among the lines."""
        return len({line.text for line in self.generated.lines})

    @property
    def cer(self) -> float:
        return self.generated.score.cer

    @property
    def real_cer(self) -> float | None:
        return self.real.score.cer if self.real else None

    @property
    def failed(self) -> float:
        """Share of lines with a CER over :data:`FAILED`."""
        return failed(self.generated)[0]

    @property
    def real_failed(self) -> float | None:
        return failed(self.real)[0] if self.real else None

    @cached_property
    def characters(self) -> list[Character]:
        """The characters of the texts, least legible first."""
        return characters(self.generated)

    @cached_property
    def spread(self) -> Spread:
        return spread(self.generated.lines)

    @cached_property
    def real_spread(self) -> Spread | None:
        return spread(self.real.lines) if self.real else None

    def ratios(self) -> dict[str, float | None]:
        """Each spread divided by that of the real lines; None where there is nothing to divide by."""
        real = vars(self.real_spread) if self.real_spread else {}
        return {name: value / real[name] if real.get(name) else None for name, value in vars(self.spread).items()}

    def figures(self) -> dict[str, Any]:
        """What ``--json`` prints; rates are fractions."""
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


def read_sentences(path: str | os.PathLike[str]) -> list[Sentence]:
    """One sentence a line of a UTF-8 file; empty lines and those that begin with ``#`` are skipped.

    Raises :class:`InkError`, with the line's number where there is one, for a file that cannot be used.
    """
    try:
        rows = Path(path).read_bytes().removeprefix(b"\xef\xbb\xbf").splitlines()
    except OSError as error:
        raise InkError(f"{path}: {error.strerror or error}; give a file of one sentence a line") from None
    sentences = []
    for number, row in enumerate(rows, 1):
        try:
            text = row.decode("utf-8").strip()
        except UnicodeDecodeError as error:
            byte = f"byte {error.start + 1} of the line, 0x{row[error.start]:02x},"
            raise InkError(f"{path}:{number}: {byte} is not UTF-8; save the file as UTF-8") from None
        if text and not text.startswith("#"):
            sentences.append(Sentence(text, f"{path}:{number}"))
    if not sentences:
        raise InkError(f"{path}: there is no sentence in it; give one a line, not beginning with #")
    return sentences


def refuse_known(sentences: Iterable[Sentence], corpus: Corpus, lists: Sequence[str]) -> None:
    """Raise :class:`InkError` if a sentence stands in the texts of ``lists``, canonically, even across lines of a form.

    Lines that training leaves out count too.
    """
    forms: dict[str, list[str]] = defaultdict(list)
    for name in lists:
        for id in corpus.ids(name):
            line = corpus.line(id)
            forms[line.form].append(line.text)
    texts = {form: canonical(" ".join(lines)) for form, lines in forms.items()}
    wanted = [(sentence, canonical(sentence.text)) for sentence in sentences]
    known = [(sentence, form) for sentence, part in wanted for form, text in texts.items() if part in text]
    if known:
        sentence, form = known[0]
        places = list(dict.fromkeys(other.place for other, _ in known))
        more = f" (and {len(places) - 1} more, the next at {places[1]})" if len(places) > 1 else ""
        raise InkError(
            f"{sentence.place}: {sentence.text!r} stands in form {form}, which the synthesizer was trained on{more}; "
            "take another sentence"
        )


def evaluate(
    sentences: Sequence[Sentence],
    synthesizer: Writer,
    recognizer: Recognizer,
    bias: float,
    seed: int = 0,
    n: int | None = None,
    corpus: Corpus | None = None,
    split: str = "testset_v",
    progress: Progress | None = None,
) -> Legibility:
    """Write the first ``n`` sentences (all unless given) and read them, by best path.

    With ``n`` above their number they are written again from the first on; every line has its own random numbers, so
    a repeated sentence looks different. With a ``corpus``, sentences that its training texts hold are refused, and the
    lines of ``split`` are read for comparison. ``progress`` goes to the synthesizer. Raises
    :class:`InkError` for a sentence that cannot be written, naming its place, before anything is drawn.
    """
    if not sentences or (n is not None and n < 1):
        raise InkError(f"{len(sentences)} sentences, {n} lines: there must be at least one of each")
    try:
        trained_on = synthesizer.card["trained_on"]
        allowed, lists = learned(trained_on["characters"]), list(trained_on["lists"])
    except (AttributeError, KeyError, TypeError) as error:
        raise InkError(
            f"the synthesizer's card does not say what it was trained on ({error!r}); copy the checkpoint anew"
        ) from None
    sentences = [Sentence(_writable(s, allowed), s.place) for s in sentences]
    if corpus is not None:
        refuse_known(sentences, corpus, lists)
    real = None if corpus is None else recognition.evaluate(recognizer, corpus, split)
    chosen = [sentences[i % len(sentences)] for i in range(n or len(sentences))]
    written = synthesizer.write([s.text for s in chosen], bias=bias, seed=seed, progress=progress)
    lines = tuple(Line(s.place, w.ink, s.text, None, s.text) for s, w in zip(chosen, written, strict=True))
    return Legibility(bias, seed, read(recognizer, lines), real)


def read(recognizer: Recognizer, lines: Sequence[Line], name: str = "generated") -> Evaluation:
    """The best path's figures on ``lines``."""
    began = time.perf_counter()
    found = tuple(recognizer.transcribe_all([line.ink for line in lines]))
    seconds = (time.perf_counter() - began) / len(lines)
    pairs = [(line.text, t.text) for line, t in zip(lines, found, strict=True)]
    interval = metrics.cer_interval(*metrics.edits(pairs), [line.form for line in lines])
    return Evaluation(name, "greedy", metrics.score(pairs), interval, seconds, tuple(lines), found)


def failed(result: Evaluation) -> tuple[float, tuple[float, float]]:
    """The share of lines with a CER over :data:`FAILED`, and its 95 % interval, bootstrapped over forms.

    Where no form failed, or every one, a bootstrap is certain of what it has not seen: the interval is then the exact
    one (Clopper & Pearson 1934) of as many independent draws as there are forms.
    """
    edits, lengths = metrics.edits(_pairs(result))
    wrong = edits / np.maximum(1, lengths) > FAILED
    forms = [line.form for line in result.lines]
    low, high = metrics.cer_interval(wrong, np.ones(len(wrong)), forms)
    beyond = 1 - 0.025 ** (1 / len(set(forms)))
    if not wrong.any():
        low, high = 0.0, beyond
    elif wrong.all():
        low, high = 1 - beyond, 1.0
    return float(wrong.mean()), (low, high)


def characters(result: Evaluation) -> list[Character]:
    """Each character of the canonical references, by one cheapest alignment with what was read; least legible first."""
    read_as: dict[str, Counter[str]] = defaultdict(Counter)
    for text, output in _pairs(result):
        for reference, got in metrics.alignment(canonical(text), canonical(output)):
            if reference:
                read_as[reference][got] += 1
    table = []
    for character, counts in read_as.items():
        mistaken = sorted(((got, n) for got, n in counts.items() if got != character), key=lambda m: (-m[1], m[0]))
        table.append(Character(character, counts.total(), counts[character], tuple(mistaken)))
    return sorted(table, key=lambda c: (c.right / c.written, -c.written, c.character))


def render(result: Legibility, rows: int = 20) -> str:
    """The figures as people read them, with the ``rows`` least legible characters."""
    counts = f"{len(result.generated.lines)} lines of {result.sentences} sentences"
    text = [f"{counts}, bias {result.bias:g}, seed {result.seed}"]
    for one in (result.generated, result.real):
        if one is None:
            continue
        (low, high), (share, (least, most)) = one.cer_ci95, failed(one)
        text.append(
            f"{one.split:<10} CER {100 * one.score.cer:6.2f} %  (95 % interval {100 * low:.2f} to {100 * high:.2f}),  "
            f"over {100 * FAILED:.0f} % in {100 * share:.1f} % of lines ({100 * least:.1f} to {100 * most:.1f})"
        )
    text += ["", f"{'spread over lines':<24} generated      real   ratio"]
    titles = ("slant, degrees", "height, units", "step of the pen, units", "word gap, heights")
    real = vars(result.real_spread) if result.real_spread else {}
    for title, (name, value), ratio in zip(titles, vars(result.spread).items(), result.ratios().values(), strict=True):
        row = f"{title:<24} {value:9.3g}"
        if ratio is not None:
            outside = "" if RATIO[0] <= ratio <= RATIO[1] else f"  not {RATIO[0]} to {RATIO[1]}"
            row += f" {real[name]:9.3g}  {ratio:6.2f}{outside}"
        text.append(row)
    theirs = {c.character: c for c in characters(result.real)} if result.real else {}
    text += ["", f"least legible of {len(result.characters)} characters (written, read right, real ones, read as)"]
    for c in result.characters[:rows]:
        other = theirs.get(c.character)
        beside = f"{100 * other.right / other.written:5.0f} %" if other else "      -"
        mistaken = ", ".join(f"{got or 'nothing'} {n}" for got, n in c.mistaken[:4])
        shown = "space" if c.character == " " else c.character
        text.append(f"{shown:>8} {c.written:6} {100 * c.right / c.written:5.0f} % {beside}  {mistaken}")
    return "\n".join(text)


def _pairs(result: Evaluation) -> list[metrics.Pair]:
    return [(line.text, output) for line, output in zip(result.lines, result.outputs, strict=True)]


def _rates(result: Evaluation, prefix: str) -> dict[str, Any]:
    share, interval = failed(result)
    names = ("cer", "cer_ci95", "failed", "failed_ci95")
    values = (result.score.cer, list(result.cer_ci95), share, list(interval))
    return {prefix + name: value for name, value in zip(names, values, strict=True)}


def _writable(sentence: Sentence, allowed: frozenset[str]) -> str:
    try:
        return writable(sentence.text, allowed)
    except InkError as error:
        raise InkError(f"{sentence.place}: {error}") from None
