"""A text as a page: broken into lines, every line in one hand, each standing on its ruling.

A network that begins every line anew begins it in another hand. Here the first line of a text is drawn freely (or in
the hand of a primer) and its beginning then primes all the others: one page, one hand.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from handwriting.composition.wrap import shorten, wrap
from handwriting.errors import InkError
from handwriting.geometry.baseline import level
from handwriting.geometry.normalise import writing_height
from handwriting.ink import Ink
from handwriting.rendering.drawing import Drawing
from handwriting.rendering.page import PageStyle, compose
from handwriting.synthesis.sampler import Primer, Watch
from handwriting.synthesis.synthesizer import BIAS, Synthesizer, Written

HEIGHT = 0.45
"""Writing height (about a capital's) as a share of the line height."""

LONGEST = 70
"""Characters of a line where no page says how wide it is."""

SQUEEZE = 0.05
"""A line that is wider than the page by less than this share is drawn narrower; nobody sees it."""

PRIMER = 16
"""Characters of the first line that prime the others, cut at a word: enough for a hand, and soon read."""

NEAR = 12
"""Points from the end of a word within which the pen is lifted: half a letter."""

TELLING = 8
"""Characters of a line whose height says how tall a hand is; that of "on" says little."""

SIZES = (0.3, 2.0)
STEEPEST = 45.0


@dataclass(frozen=True)
class Hand:
    """How the lines of a page are written. Raises :class:`InkError` for what no hand can be."""

    bias: float = BIAS
    seed: int = 0
    primer: Primer | None = None
    """Whose hand it is; the first line's own when there is none."""
    size: float = 1.0
    """Times the height that belongs to the line height."""
    slant: float = 0.0
    """Degrees by which the writing is sheared, to the right above 0."""

    def __post_init__(self) -> None:
        if not SIZES[0] <= self.size <= SIZES[1]:
            raise InkError(f"a size of {self.size:g}; give one from {SIZES[0]:g} to {SIZES[1]:g} (1 fits the lines)")
        if not abs(self.slant) <= STEEPEST:
            raise InkError(f"a slant of {self.slant:g} degrees; give one from -{STEEPEST:g} to {STEEPEST:g}")


class Draw(Protocol):
    """Draws lines: :meth:`Synthesizer.write`, or one that chooses among several."""

    def __call__(
        self,
        texts: Sequence[str],
        *,
        bias: float,
        seed: int,
        stream: int,
        primer: Primer | None,
        progress: Callable[[int, int], object] | None,
        watch: Watch | None,
    ) -> Sequence[Written]: ...


@dataclass(frozen=True)
class Page:
    """A page that was written."""

    drawing: Drawing
    lines: list[Written]
    """In the units of the training ink, in their order; without the empty ones."""


def write_page(
    synthesizer: Synthesizer,
    text: str,
    style: PageStyle = PageStyle(),
    *,
    bias: float = BIAS,
    seed: int = 0,
    primer: Primer | None = None,
    size: float = 1.0,
    slant: float = 0.0,
    draw: Draw | None = None,
    title: str | None = None,
    progress: Callable[[int, int], object] = lambda done, total: None,
) -> Page:
    """``text`` drawn on a page of ``style``.

    Lines break at the page's width, and where the text has line ends; a blank line stays one. ``bias``, ``seed`` and
    ``primer`` as for :meth:`Synthesizer.write`, which ``draw`` replaces; ``size`` and ``slant`` as in :class:`Hand`.
    Raises :class:`InkError` before anything is drawn when a character cannot be written.
    """
    text = synthesizer.writable(text)
    writing = Writing(synthesizer, text, style, Hand(bias, seed, primer, size, slant), draw, progress)
    written = list(writing)
    inks = [None if w is None else writing.placed(w.ink) for w in written]
    drawing = compose(inks, style, title=title, desc=text if len(written) > 1 else None)
    return Page(drawing, [w for w in written if w is not None])


class Writing:
    """A page in progress: an iterator over what was written for each line, None for an empty one.

    ``ahead``: lines that are drawn at a time, all that are known unless given. ``watch``: sees the first line, as
    :meth:`Synthesizer.write` says.
    """

    def __init__(
        self,
        synthesizer: Synthesizer,
        text: str,
        style: PageStyle,
        hand: Hand,
        draw: Draw | None = None,
        progress: Callable[[int, int], object] = lambda done, total: None,
        ahead: int | None = None,
        watch: Watch | None = None,
    ) -> None:
        """``text`` is writable (:meth:`Synthesizer.writable`)."""
        self.synthesizer, self.hand, self.draw = synthesizer, hand, draw or synthesizer.write
        self.progress, self.characters, self.done, self.streams = progress, len(text), 0, 0
        self.ahead, self.watch = ahead, watch
        known = synthesizer.hands
        self.primer = synthesizer.in_hand(known.random(hand.seed)) if hand.primer is None and known else hand.primer
        self._growths: dict[bool, float] = {}
        self.scale = HEIGHT * hand.size * style.line_height_mm / synthesizer.height
        self.shear = math.tan(math.radians(hand.slant))
        self.advance = synthesizer.advance * self.scale
        self.room = style.room if style.width_mm is not None else LONGEST * self.advance
        self.fixed = style.width_mm is not None
        self.hyphen = "-" in synthesizer.characters
        self.lines = wrap(text, self.room, self.advance, self.hyphen)
        """As far as is known: a line that comes out too wide is broken again, with those that follow it."""

    def __iter__(self) -> Iterator[Written | None]:
        written: list[Written | None] = [None] * len(self.lines)
        i = 0
        while i < len(self.lines):
            missing = [k for k, line in enumerate(self.lines) if k >= i and line.text and written[k] is None]
            alone = self.primer is None or (self.watch is not None and not self.streams)
            missing = missing[:1] if alone else missing[: self.ahead]  # the first line shows the hand, or is looked at
            for k, one in zip(missing, self._write([self.lines[k].text for k in missing]), strict=True):
                written[k] = one
            end = missing[-1] + 1 if missing else len(self.lines)
            while i < end and (written[i] is not None or not self.lines[i].text):
                drawn = written[i]
                if drawn is not None:
                    drawn, written = self._fit(i, drawn, written)
                yield drawn
                i += 1

    def placed(self, ink: Ink) -> Ink:
        """``ink`` in millimetres with its baseline at y = 0, no wider than the page."""
        flat = level(ink)
        wide = float(np.ptp(flat.x - self.shear * flat.y)) * self.scale
        squeeze = min(1.0, self.room / wide) if self.fixed and wide > 0 else 1.0
        return self._scaled(flat, squeeze)

    def beginning(self, points: np.ndarray) -> np.ndarray:
        """About where the first points of the first line will be, (N, 2) from (N, 2) in the units of the ink.

        It is known when the line is: where its baseline lies, and where its left end.
        """
        half = self.synthesizer.height / 3
        return np.column_stack([points[:, 0] - self.shear * (points[:, 1] - half), points[:, 1] - half]) * self.scale

    def _scaled(self, flat: Ink, squeeze: float) -> Ink:
        x = (flat.x - self.shear * flat.y) * self.scale
        return flat.moved_to((x - x.min()) * squeeze, flat.y * self.scale)

    def _write(self, texts: list[str]) -> Sequence[Written]:
        if not texts:
            return []
        before = self.done
        written = self.draw(
            texts,
            bias=self.hand.bias,
            seed=self.hand.seed,
            stream=self.streams,
            primer=self.primer,
            progress=lambda done, total: self.progress(min(before + done, self.characters), self.characters),
            watch=self.watch if self.streams == 0 else None,
        )
        self.streams += len(texts)
        self.done += sum(map(len, texts))
        growth = self._growth(written)
        return [replace(one, ink=one.ink.moved_to(one.ink.x * growth, one.ink.y * growth)) for one in written]

    @property
    def growth(self) -> float:
        """What the first line is scaled by, once it is written: a hand's height is not known before."""
        return self._growths[self.hand.primer is not None]

    def _growth(self, written: Sequence[Written]) -> float:
        """What brings lines to the training ink's height: one factor for a first line, one for all that are primed.

        A network writes smaller after a primer than before; from then on the hand stays the same.
        """
        primed, height = self.primer is not None, self.synthesizer.height
        if primed not in self._growths:
            heights = [writing_height(level(one.ink)) for one in written if len(one.text) >= TELLING]
            typical = float(np.median(heights or [writing_height(level(one.ink)) for one in written]))
            self._growths[primed] = height / max(typical, height / 3)
        return self._growths[primed]

    def _fit(self, i: int, one: Written, written: list[Written | None]) -> tuple[Written, list[Written | None]]:
        """``one``, which is line ``i``, and ``written`` with it, as wide as the page allows: its last words move on.

        The lines after it in its paragraph are to be drawn; the first line's hand is then known, and taken up.
        """
        while self._too_wide(one):
            lines = shorten(self.lines, i, self._width(one), self.room, self.advance, self.hyphen)
            if lines == self.lines:
                break  # a single character
            after = sum(line.paragraph > self.lines[i].paragraph for line in self.lines)
            later = written[len(written) - after :] if after else []
            self.lines, text = lines, lines[i].text
            # Drawn anew where a hyphen was added or the pen was not lifted.
            kept = self._cut(one, len(text)) if one.text.startswith(text) else None
            one = self._write([text])[0] if kept is None else kept
            blank: list[Written | None] = [None] * (len(lines) - i - 1 - after)
            written = [*written[:i], one, *blank, *later]
        if self.primer is None:
            shown = self._cut(one, self._primer_end(one.text)) or one
            self.primer = self.synthesizer.prime(shown.ink, shown.text)
        return one, written

    @staticmethod
    def _primer_end(text: str) -> int:
        """Where the beginning of a first line ends, at a word."""
        cut = text.rfind(" ", 0, PRIMER + 1)
        cut = text.find(" ", PRIMER) if cut <= 0 else cut
        return cut if cut > 0 else len(text)

    @staticmethod
    def _cut(one: Written, end: int) -> Written | None:
        """The first ``end`` characters of a line; None when the pen was not lifted near there."""
        after = np.flatnonzero(one.places >= end)
        if not len(after):
            return one.cut(end, len(one.ink))
        lifts = one.ink.starts[1:]
        lift = int(lifts[np.abs(lifts - after[0]).argmin()]) if len(lifts) else 0
        if abs(lift - int(after[0])) > NEAR or lift == 0:
            return None
        return one.cut(end, lift)

    def _width(self, written: Written) -> float:
        flat = level(written.ink)
        return float(np.ptp(flat.x - self.shear * flat.y)) * self.scale

    def _too_wide(self, written: Written) -> bool:
        return self.fixed and self._width(written) > self.room * (1 + SQUEEZE)
