"""The synthesizer at run time: a checkpoint that writes lines of text as ink.

Graves 2013 (arXiv 1308.0850), section 5, with NumPy and ONNX Runtime.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from handwriting.alphabet import Alphabet
from handwriting.arguments import expect
from handwriting.checkpoint import Checkpoint
from handwriting.errors import InkError
from handwriting.features.offsets import Normalizer, clean, from_offsets, offsets
from handwriting.geometry.baseline import level
from handwriting.geometry.normalise import writing_height
from handwriting.geometry.pace import match_pace
from handwriting.ink import Ink, Source
from handwriting.runtime import Graph
from handwriting.synthesis.characters import learned, writable
from handwriting.synthesis.codes import Code, HandCodes
from handwriting.synthesis.hand import Hand
from handwriting.synthesis.observer import Observer
from handwriting.synthesis.primers import PrimerCache
from handwriting.synthesis.sampler import RATE, Network, Primer, SampledLine, prime, sample
from handwriting.synthesis.strays import own_points
from handwriting.synthesis.styles import Style

MAX_CHARACTERS = 200
"""Largest number of characters in a line. Lines of IAM-OnDB have about 30; on much longer lines the network
loses its way."""

GROWTH_CHARACTERS = 30
"""Number of characters over which a line grows by the full growth: see :func:`apply_growth`."""

BATCH = 64
"""Number of lines in a batch."""


@dataclass(frozen=True)
class Written:
    """A written line."""

    text: str
    ink: Ink
    """Ink in the units of the training ink, y downward, with the first point at the origin; without times."""
    places: NDArray[np.int64]
    """Character of ``text``, counted from 0, that each point belongs to, shape (N,)."""
    complete: bool
    """Whether the line reached its end; if not, part of the text is missing or something was added."""


class Synthesizer:
    """A synthesizer checkpoint, ready to write. ``threads`` is the number of threads of the inference engine.

    >>> import handwriting
    >>> synthesizer = handwriting.Synthesizer.load()
    >>> [line.text for line in synthesizer.write(["one line", "and another"], handwriting.Hand(bias=1.5))]
    ['one line', 'and another']
    """

    def __init__(self, checkpoint: Checkpoint, threads: int = 1) -> None:
        self.checkpoint = checkpoint
        card = checkpoint.card
        with checkpoint.reading_card():
            self.alphabet = Alphabet(card["alphabet"])
            self.characters = learned(card["trained_on"]["characters"])
            self.normalizer = Normalizer.of_card(card)
            sizes = card["network"]
            shape = (sizes["num_layers"] * sizes["hidden_size"], sizes["mixtures"], sizes["components"])
            self.height = float(card["hand"]["height"])
            self.advance = float(card["hand"]["advance"])
            self._pace = float(card["hand"].get("rate", 0)), float(card["hand"]["step"])
            self._growth = float(card["hand"].get("growth", 0))
            has_codes = int(sizes.get("code", 0)) > 0
            pace = float(card["features"]["rate"]) / RATE if has_codes else 1.0
        graph = Graph(checkpoint.model, threads)
        self.codes = HandCodes.load(checkpoint.folder) if has_codes else None
        """The network's hand codes; None for a network that imitates a hand by priming alone."""
        added = len(self.codes.basis) if self.codes else 0
        self.network = Network(graph, *shape, sizes["characters"], self.normalizer.sigma_floor, added, pace)
        self._primers = PrimerCache(self._prime_with)

    @classmethod
    def load(cls, folder: str | os.PathLike[str] | None = None, threads: int = 1) -> Synthesizer:
        """Load the synthesizer in ``folder``, by default the shipped one. Raises :class:`InkError` if there is none."""
        return cls(Checkpoint.load(folder, "synthesizer"), threads)

    @property
    def card(self) -> dict[str, Any]:
        """The checkpoint's card: its training data, figures and terms of use."""
        return self.checkpoint.card

    def writable(self, text: str) -> str:
        """Return ``text`` as it will be written; see :func:`handwriting.synthesis.characters.writable`."""
        return writable(text, self.characters)

    def write(
        self,
        texts: Sequence[str],
        hand: Hand = Hand(),
        *,
        stream: int = 0,
        streams: Sequence[int] | None = None,
        observer: Observer = Observer(),
        hurried: bool = False,
    ) -> list[Written]:
        """Write each of ``texts`` as a line of ink in ``hand``, whose bias, seed and style are used.

        Lines with the same seed differ in their random stream, which is their index in ``texts``, counted from
        ``stream``, or their number in ``streams``. With ``hurried``, a line that loses its way is returned incomplete
        instead of being redrawn. Raises :class:`InkError`, before anything is drawn, for a text that cannot be written.
        """
        expect("texts", texts, (list, tuple), "a list of strings")
        expect("hand", hand, Hand, "a Hand")
        texts = [self.line(text) for text in texts]
        numbers = range(stream, stream + len(texts)) if streams is None else streams
        primer = None if hand.style is None or not texts else self.primer(hand.style)
        total, done = sum(map(len, texts)), 0
        written: list[Written] = []
        for start in range(0, len(texts), BATCH):
            chunk = texts[start : start + BATCH]
            samples = sample(
                self.network,
                [self.alphabet.encode(text) for text in chunk],
                bias=hand.bias,
                streams=[(hand.seed, number) for number in numbers[start : start + BATCH]],
                primer=primer or self._random_hands(hand.seed, numbers[start : start + BATCH]),
                progress=partial(_report, observer, done, total),
                hurried=hurried,
                watch=None if observer.points is None or start else partial(self._show, observer.points, chunk[0]),
            )
            written += [self._written(text, s) for text, s in zip(chunk, samples, strict=True)]
            done += sum(map(len, chunk))
        return written

    def primer(self, style: Style) -> Primer:
        """Return the state from which lines continue in the hand of ``style``.

        Raises :class:`InkError` if the style cannot be used with this network.
        """
        return self._primers.primer(style)

    def _random_hands(self, seed: int, numbers: Sequence[int]) -> Primer | None:
        """Return a random hand for each line number; None for a network without codes, which chooses a hand itself."""
        if self.codes is None:
            return None
        added = [self.codes.biases(self.codes.random(seed, number)) for number in numbers]
        return Primer.of(self.network, np.stack(added))

    def random_style(self, seed: int) -> Style | None:
        """Return a random style for ``seed``; None if the network has no hand codes."""
        if self.codes is None:
            return None
        return Style(f"random {seed}", (), code=self.codes.random(seed))

    def code_of(self, inks: Sequence[Ink], texts: Sequence[str]) -> Code:
        """Estimate the hand code of a few lines ``inks`` with transcripts ``texts`` (``synthesis/codes.py``).

        Raises :class:`InkError` if the network has no hand codes.
        """
        if self.codes is None:
            raise InkError(f"{self.checkpoint.folder}: this network has no hand codes; use a style of ink")
        texts = [self.line(text) for text in texts]
        inks = [self.prepare(ink) for ink in inks]
        return self.codes.estimate(inks, texts, self.height, self._pace[1])

    def _prime_with(self, style: Style) -> Primer:
        if self.codes is None:
            if not style.samples:
                raise InkError(
                    f"style {style.name!r} is a hand code for another network and has no ink; make it again",
                    key="other-hand",
                )
            sample = style.joined()
            return self.prime(sample.ink, sample.text)
        code = style.code
        if code is None or code.network != self.codes.name:
            if not style.samples:
                raise InkError(
                    f"style {style.name!r} is a hand code for another network and has no ink; make it again",
                    key="other-hand",
                )
            code = self.code_of([sample.ink for sample in style.samples], [sample.text for sample in style.samples])
        return Primer.of(self.network, self.codes.biases(code))

    def prime(self, ink: Ink, text: str) -> Primer:
        """Return the primer that makes :meth:`write` continue in the hand of ``ink``, a line with transcript ``text``.

        The ink itself is not drawn again. It is scaled to the height and resampled to the pace of the training ink.
        Graves 2013, section 5.5.
        """
        text = self.line(text)
        given = self.prepare(ink)
        space = int(self.alphabet.encode(" ")[0])
        biases = None if self.codes is None else self.codes.biases(self.code_of([ink], [text]))
        return prime(self.network, self.normalizer(offsets(given)), self.alphabet.encode(text), space, biases)

    def prepare(self, ink: Ink) -> Ink:
        """Return a line of ink at the height and pace of the training ink, level and with its baseline at y = 0.

        Raises :class:`InkError` for a single point.
        """
        if len(ink) < 2:
            raise InkError(f"a primer of {len(ink)} point shows no hand; give a line of writing", key="little-ink")
        ink = level(match_pace(ink, *self._pace))  # levelled first, because a slope would add to the height
        scale = self.height / writing_height(ink)
        return clean(ink.moved_to(ink.x * scale, ink.y * scale))

    def line(self, text: str) -> str:
        """Return ``text`` as one writable line. Raises :class:`InkError` if it cannot be one."""
        line = self.writable(text)
        if "\n" in line:
            raise InkError(f"{text[:40]!r} has several lines; write one at a time, or a page")
        if len(line) > MAX_CHARACTERS:
            raise InkError(
                f"a line of {len(line)} characters ({line[:30]!r}...); give at most {MAX_CHARACTERS}, or a page"
            )
        return line

    def _show(self, show: Callable, text: str, points: NDArray[np.float64], places: NDArray[np.int64]) -> None:
        raw = points.copy()
        raw[:, :2] = raw[:, :2] * self.normalizer.sd + self.normalizer.mean
        show(apply_growth(raw, places, len(text), self._growth))

    def _written(self, text: str, drawn: SampledLine) -> Written:
        ink = from_offsets(apply_growth(self.normalizer.inverse(drawn.points), drawn.places, len(text), self._growth))
        own = own_points(ink, drawn.places, len(text), self.height)
        kept = np.zeros(len(ink), dtype=bool)
        kept[own] = True
        ink = ink.keep(kept)
        ink = replace(ink.moved_to(ink.x - ink.x[0], ink.y - ink.y[0]), source=Source(text=text))
        return Written(text, ink, drawn.places[own], drawn.complete)


def apply_growth(
    steps: NDArray[np.float64], places: NDArray[np.int64], length: int, growth: float
) -> NDArray[np.float64]:
    """Scale offsets (N, 3) of a line of ``length`` characters so that the writing grows from its start to its end.

    The network's lines, like many people's, shrink toward their end. ``growth``, the relative change of size over
    :data:`GROWTH_CHARACTERS` characters or more, undoes that. ``places`` (N,) are the characters that the points belong
    to.
    """
    part = np.clip(places / max(1, length), 0, 1) - 0.5
    factor = 1 + growth * min(1.0, length / GROWTH_CHARACTERS) * part
    return np.column_stack([steps[:, :2] * factor[:, None], steps[:, 2:]])


def _report(observer: Observer, before: int, total: int, characters: int) -> None:
    observer.progress(before + characters, total)
