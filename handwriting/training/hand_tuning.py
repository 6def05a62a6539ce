"""Tune the hands of a trained synthesizer using the lines that it writes.

Codes are learned from real ink, but lines written in a code do not have exactly the measurements of the ink that it was
learned from: corners are rounder, strokes and gaps less varied. Two corrections are made with lines that the network
writes in known codes:

- The mean of random hands is moved so that written lines have the measurements of real ones and are read correctly.
  Both the measurements (``features/hand.py``) and the recognizer's errors are modelled as linear in the code.
- A writer's code is estimated from a few lines by a linear regression. This becomes the mean of the trained regression,
  from real lines to the codes learned from them, and another, from written lines to the codes that they were written
  in.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from handwriting.checkpoint import Checkpoint, save_card
from handwriting.corpora import Corpus, Line
from handwriting.errors import InkError
from handwriting.features.hand import measures
from handwriting.features.offsets import clean_at_rate
from handwriting.files import make_folder
from handwriting.geometry.baseline import level
from handwriting.metrics import cer
from handwriting.progress import Progress, no_progress
from handwriting.recognition.recognizer import Recognizer
from handwriting.synthesis.codes import Code, HandCodes, line_measures, regression, save_codes
from handwriting.synthesis.hand import Hand
from handwriting.synthesis.synthesizer import Synthesizer, Written
from handwriting.text import natural
from handwriting.training.options import HandTuning
from handwriting.training.strings import string

Floats = NDArray[np.float64]
PENALTY = 0.3
"""Penalty on the squared shift of the mean, in standard deviations of the random codes."""
LEGIBILITY = 1.0
"""Weight of the recognizer's errors, relative to half the squared distance between written and real lines."""
RIDGE = 10.0
"""Ridge penalty of all regressions."""
SHRINK = 0.3
"""Shrinkage of the covariance of measurements towards its diagonal."""
HANDS_A_STRING = 7
"""Number of hands in which each string is written in a round."""
WRITERS_SPREAD = 0.95
"""Standard deviation of the codes for the regression, relative to the codes of writers."""


@dataclass(frozen=True)
class Drawn:
    """Lines written in N random hands."""

    codes: Floats
    """Shape (N, Z)."""
    measures: Floats
    """Measurements of the sentences, (N, F)."""
    errors: Floats
    """CER of each sentence and of each string, at most 1, (N, 2)."""
    strings: int
    """Number of different strings; line n is string ``n % strings``."""

    def excess(self) -> Floats:
        """Return the errors beyond those of an average hand in the same text, in standard deviations, (N, 2)."""
        kind = np.arange(len(self.errors)) % self.strings
        usual = np.bincount(kind, self.errors[:, 1]) / np.bincount(kind)
        own = np.column_stack([self.errors[:, 0] - self.errors[:, 0].mean(), self.errors[:, 1] - usual[kind]])
        return own / (own.std(0) + 1e-9)


@dataclass(frozen=True)
class _GivenHands(HandCodes):
    """Hand codes whose "random" hands are given."""

    given: NDArray[np.float32] = field(kw_only=True)
    """Shape (N, Z); line n is written in the hand ``n // lines_per_hand``."""
    lines_per_hand: int = field(kw_only=True)

    def random(self, seed: int, number: int = 0) -> Code:
        return Code(self.given[number // self.lines_per_hand], self.name)


class HandTuner:
    """Tunes the hands of ``source``, a synthesizer with hand codes, to the ``real`` lines, whose texts it writes."""

    def __init__(
        self, source: Checkpoint, real: Sequence[Line], settings: HandTuning, progress: Progress = no_progress
    ) -> None:
        if not source.card["network"].get("code"):
            raise InkError(f"{source.folder}: this synthesizer has no hand codes; train it with --unipen")
        if "hands" in source.card:
            raise InkError(f"{source.folder}: the hands of this checkpoint are tuned already; give the one before")
        self.synthesizer, self.recognizer, self.settings = Synthesizer.load(source.folder), Recognizer.load(), settings
        self.codes = HandCodes.load(source.folder)
        self.step = float(source.card["hand"]["step"])
        lines = [line for line in real if self._writable(line.text)]
        if len(lines) < 2:
            raise InkError(f"{len(lines)} lines that this synthesizer can write; give a larger split")
        rate = float(source.card["features"]["rate"])
        self.real = np.array([measures(clean_at_rate(line.ink, rate), line.text) for line in lines])
        self.texts = [self.synthesizer.writable(natural(line.text)) for line in lines]
        self.words = sorted({w for text in self.texts for w in text.split() if w.isalpha() and len(w) > 1}) or ["a"]
        self._progress, self._done = progress, 0
        self._total = 2 * settings.lines * (settings.rounds + 1) + settings.hands * settings.lines_per_hand

    def tune(self) -> tuple[HandCodes, dict[str, Any]]:
        """Return the tuned hand codes, and figures of the random hands before and after."""
        tuned, drawn = self.codes, self._drawn(self.codes, 0)
        before, spread = self._figures(drawn), drawn.codes.std(0) + 1e-9
        shift = np.zeros(len(spread))
        for number in range(1, self.settings.rounds + 1):
            shift = shift + correction(drawn, self.real, spread, shift)
            tuned = replace(self.codes, mean=(self.codes.mean + shift * spread).astype(np.float32))
            drawn = self._drawn(tuned, number)
        estimate = (self.codes.regression + self._regression()) / np.float32(2)
        tuned = replace(tuned, regression=estimate.astype(np.float32))
        return tuned, {"before": before, "after": self._figures(drawn)}

    def _drawn(self, hands: HandCodes, number: int) -> Drawn:
        """Write sentences and strings in random ``hands``; ``number`` counts the rounds."""
        count, seed = self.settings.lines, self.settings.seed + number
        random = np.random.default_rng(seed)
        sentences = [self.texts[k % len(self.texts)] for k in range(count)]
        different = max(1, count // HANDS_A_STRING)
        strings = [self._string(random) for _ in range(different)] * (count // different + 1)
        written = [self._write(hands, texts, seed) for texts in (sentences, strings[:count])]
        codes = np.array([hands.random(seed, k).numbers for k in range(count)], float)
        rows = np.array([measures(level(line.ink), line.text) for line in written[0]])
        return Drawn(codes, rows, np.array([self._errors(lines) for lines in written]).T, different)

    def _regression(self) -> NDArray[np.float32]:
        """Return the regression from the measurements of written lines to the codes that they were written in."""
        settings, random = self.settings, np.random.default_rng(self.settings.seed)
        learned = self.codes.codes
        controls = len(self.codes.mean) - learned.shape[1]
        own = random.multivariate_normal(learned.mean(0), WRITERS_SPREAD**2 * np.cov(learned.T), settings.hands)
        given = np.concatenate([own, random.normal(size=(settings.hands, controls))], 1).astype(np.float32)
        arrays = {name: getattr(self.codes, name) for name in HandCodes.__annotations__}
        hands = _GivenHands(**arrays, given=given, lines_per_hand=settings.lines_per_hand)
        texts = [self.texts[k % len(self.texts)] for k in range(settings.hands * settings.lines_per_hand)]
        written = self._write(hands, texts, settings.seed)
        height = self.synthesizer.height
        rows = [line_measures(self.synthesizer.prepare(w.ink), w.text, height, self.step) for w in written]
        means = np.array(rows).reshape(settings.hands, settings.lines_per_hand, -1).mean(1)
        scale = self.codes.center, self.codes.spread
        return regression(means, given, np.ones(settings.hands), RIDGE, scale)["regression"]

    def _write(self, hands: HandCodes, texts: Sequence[str], seed: int) -> list[Written]:
        self.synthesizer.codes, written = hands, []
        for start in range(0, len(texts), 100):
            part = texts[start : start + 100]
            self._progress(self._done, self._total)
            written += self.synthesizer.write(part, Hand(seed=seed), stream=start)
            self._done += len(part)
        return written

    def _errors(self, lines: Sequence[Written]) -> list[float]:
        read = self.recognizer.transcribe_all([line.ink for line in lines])
        return [min(1.0, cer([(line.text, t.text)])) for line, t in zip(lines, read, strict=True)]

    def _figures(self, drawn: Drawn) -> dict[str, float]:
        difference, precision, _ = compared(drawn.measures, self.real)
        sentences, strings = drawn.errors.mean(0)
        values = {"distance": (difference @ precision @ difference) ** 0.5, "sentences": sentences, "strings": strings}
        return {name: round(float(value), 4) for name, value in values.items()}

    def _string(self, random: np.random.Generator) -> str:
        """Return a random string; characters that the network cannot write are left out."""
        while not (text := "".join(c for c in string(random, self.words) if c in self.synthesizer.characters).strip()):
            pass
        return self.synthesizer.line(text)

    def _writable(self, text: str) -> bool:
        try:
            return bool(self.synthesizer.line(natural(text)))
        except InkError:
            return False


def compared(written: Floats, real: Floats) -> tuple[Floats, Floats, Floats]:
    """Compare measurements of written lines (N, F) with those of real ones (M, F).

    Returns the difference of the means (F,), the inverse covariance of the written lines (F, F), and the written rows
    without their mean (N, F), all in units of the pooled standard deviation.
    """
    sd: Floats = np.sqrt((written.var(0) + real.var(0)) / 2) + 1e-9
    rows = (written - written.mean(0)) / sd
    covariance: Floats = np.cov(rows.T)
    shrunk = (1 - SHRINK) * covariance + SHRINK * np.diag(np.diag(covariance)) + 1e-3 * np.eye(len(sd))
    difference: Floats = (real.mean(0) - written.mean(0)) / sd
    precision: Floats = np.asarray(np.linalg.inv(shrunk), dtype=np.float64)
    return difference, precision, rows


def correction(drawn: Drawn, real: Floats, spread: Floats, shift: Floats) -> Floats:
    """Return the further shift of the mean of random hands, (Z,), in units of ``spread``.

    ``shift`` is the shift so far.
    """
    difference, precision, rows = compared(drawn.measures, real)
    codes = (drawn.codes - drawn.codes.mean(0)) / spread
    normal = codes.T @ codes + RIDGE * np.eye(len(spread))
    slopes = np.linalg.solve(normal, codes.T @ np.concatenate([rows, drawn.excess()], 1))
    slopes, worse = slopes[:, : rows.shape[1]], slopes[:, rows.shape[1] :].sum(1)
    wanted = slopes @ precision @ difference - LEGIBILITY * worse - PENALTY * shift
    return np.linalg.solve(slopes @ precision @ slopes.T + PENALTY * np.eye(len(spread)), wanted)


def tune_hands(
    source: Checkpoint,
    corpus: Corpus,
    split: str,
    folder: Path,
    settings: HandTuning = HandTuning(),
    command: str = "",
    progress: Progress = no_progress,
) -> dict[str, Any]:
    """Write a copy of the checkpoint ``source`` with tuned hands to ``folder``, and return figures before and after.

    ``split``: the split of the real lines. Raises :class:`InkError` for a synthesizer without hand codes or with hands
    that are tuned already.
    """
    if folder.resolve() == source.folder.resolve():
        raise InkError(f"--out {folder} is the checkpoint to start from; give another folder")
    ids = corpus.training_ids(split)
    chosen = [ids[n] for n in np.unique(np.linspace(0, len(ids) - 1, min(settings.real, len(ids))).astype(int))]
    tuner = HandTuner(source, [line for line in map(corpus.line, chosen) if line.text], settings, progress)
    folder = make_folder(folder)
    tuned, figures = tuner.tune()
    for name in ("weights.safetensors", "model.onnx"):
        shutil.copyfile(source.folder / name, folder / name)
    save_codes(folder, tuned)
    save_card(folder, {**source.card, "hands": {"tuned_on": split, **asdict(settings), "command": command, **figures}})
    return figures
