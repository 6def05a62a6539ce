"""A text written as a page: broken into lines, all in one hand, each standing on its ruling.

A network that starts every line afresh chooses another writer for each. So the first line of a text is drawn freely
(or in the hand's style) and its beginning primes all the others.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from handwriting.composition.best_of import BestOf
from handwriting.composition.wrap import shorten, wrap
from handwriting.geometry.baseline import level
from handwriting.geometry.normalise import writing_height
from handwriting.ink import Ink
from handwriting.rendering.drawing import Drawing
from handwriting.rendering.layout import PageLayout, compose
from handwriting.synthesis.hand import Hand
from handwriting.synthesis.observer import Observer
from handwriting.synthesis.styles import Sample, Style
from handwriting.synthesis.synthesizer import Synthesizer, Written

LineWriter = Synthesizer | BestOf
"""What draws the lines: the synthesizer alone, or with several candidates of each line."""

HEIGHT_PER_LINE_HEIGHT = 0.45
"""Writing height (about that of a capital) as a share of the line height."""

UNBOUNDED_LINE_CHARACTERS = 70
"""Characters of a line when no page width is given."""

MAX_SQUEEZE = 0.05
"""A line that is wider than the page by less than this share is drawn narrower, which nobody sees."""

PRIMING_CHARACTERS = 16
"""Characters of the first line that prime the others, cut at a word: enough to show a hand, and quick to prime with."""

LIFT_DISTANCE_POINTS = 12
"""A word can be cut off where the pen is lifted within so many points of its end: half a letter."""

MIN_HEIGHT_CHARACTERS = 8
"""A line must have so many characters for its height to count: the height of "on" says little about a hand."""


@dataclass(frozen=True, repr=False)
class WrittenPage:
    """A page that was written; a notebook shows it.

    >>> import handwriting
    >>> page = handwriting.generate("Dear Ann,", layout=handwriting.PageLayout(width_mm=120, paper="ruled"))
    >>> page
    WrittenPage('Dear Ann,', 1 line, 120 x 50 mm)
    """

    drawing: Drawing
    lines: list[Written]
    """The lines in their order, in the units of the training ink; empty lines are left out."""
    text: str
    """What was to be written."""

    def __repr__(self) -> str:
        text = self.text if len(self.text) <= 40 else f"{self.text[:37]}..."
        lines = f"{len(self.lines)} line" + "s" * (len(self.lines) != 1)
        return f"WrittenPage({text!r}, {lines}, {self.drawing.width:.0f} x {self.drawing.height:.0f} mm)"

    def _repr_svg_(self) -> str:
        """What a notebook shows: the page."""
        from handwriting.rendering.svg import markup

        svg = markup(self.drawing)
        return svg[svg.index("<svg") :]


def write_page(
    writer: LineWriter,
    text: str,
    layout: PageLayout = PageLayout(),
    hand: Hand = Hand(),
    *,
    title: str | None = None,
    observer: Observer = Observer(),
) -> WrittenPage:
    """Write ``text`` in ``hand`` on a page with this ``layout``.

    Lines break at the page's width and at the line ends of the text; a blank line stays blank. Raises
    :class:`InkError`, before anything is drawn, when a character cannot be written.
    """
    page = PageWriter(writer, text, layout, hand, observer)
    lines = list(page)
    inks = [None if line is None else page.placed(line.ink) for line in lines]
    drawing = compose(inks, layout, title=title, desc=page.text if len(lines) > 1 else None)
    return WrittenPage(drawing, [line for line in lines if line is not None], text)


class PageWriter:
    """Writes a page line by line: iterate over it for the lines, None for an empty one.

    ``lookahead``: how many lines are drawn at a time; all that are known by default. Raises :class:`InkError`, before
    anything is drawn, when ``text`` or the hand's style cannot be written.
    """

    def __init__(
        self,
        writer: LineWriter,
        text: str,
        layout: PageLayout = PageLayout(),
        hand: Hand = Hand(),
        observer: Observer = Observer(),
        lookahead: int | None = None,
    ) -> None:
        self.writer, self.observer, self.lookahead = writer, observer, lookahead
        self.synthesizer = writer.synthesizer if isinstance(writer, BestOf) else writer
        self.text = self.synthesizer.writable(text)
        if hand.style is None:
            hand = replace(hand, style=self.synthesizer.random_style(hand.seed))
        if hand.style is not None:
            self.synthesizer.primer(hand.style)
        self.styled = hand.style is not None
        self.hand = hand
        """With the first line's beginning as its style, once that line is written."""
        self.done = self.streams = 0
        self._growths: dict[bool, float] = {}
        self.scale = HEIGHT_PER_LINE_HEIGHT * hand.total_size * layout.line_height_mm / self.synthesizer.height
        self.shear = math.tan(math.radians(hand.slant))
        self.advance = self.synthesizer.advance * self.scale
        self.bounded = layout.width_mm is not None
        self.room = layout.room if self.bounded else UNBOUNDED_LINE_CHARACTERS * self.advance
        self.hyphen = "-" in self.synthesizer.characters
        self.lines = wrap(self.text, self.room, self.advance, self.hyphen)
        """As far as is known: a line that comes out too wide is broken again, with those that follow it."""

    def __iter__(self) -> Iterator[Written | None]:
        written: list[Written | None] = [None] * len(self.lines)
        i = 0
        while i < len(self.lines):
            missing = [k for k, line in enumerate(self.lines) if k >= i and line.text and written[k] is None]
            # The first line is drawn alone when it chooses the hand, or when someone watches it.
            alone = self.hand.style is None or (self.observer.points is not None and not self.streams)
            missing = missing[:1] if alone else missing[: self.lookahead]
            for k, line in zip(missing, self._write([self.lines[k].text for k in missing]), strict=True):
                written[k] = line
            end = missing[-1] + 1 if missing else len(self.lines)
            while i < end and (written[i] is not None or not self.lines[i].text):
                drawn = written[i]
                if drawn is not None:
                    drawn, written = self._fit(i, drawn, written)
                yield drawn
                i += 1

    def placed(self, ink: Ink) -> Ink:
        """``ink`` in millimetres, with its baseline at y = 0 and no wider than the page."""
        flat = level(ink)
        width = float(np.ptp(flat.x - self.shear * flat.y)) * self.scale
        squeeze = min(1.0, self.room / width) if self.bounded and width > 0 else 1.0
        x = (flat.x - self.shear * flat.y) * self.scale
        return flat.moved_to((x - x.min()) * squeeze, flat.y * self.scale)

    def preview(self, points: np.ndarray) -> np.ndarray:
        """About where the first line's first ``points`` will be placed; both (N, 2), from ink units to millimetres.

        The exact place is known only when the line is complete: it depends on its baseline and its left end.
        """
        half = self.synthesizer.height / 3
        return np.column_stack([points[:, 0] - self.shear * (points[:, 1] - half), points[:, 1] - half]) * self.scale

    @property
    def growth(self) -> float:
        """The factor that the first line was scaled by; known once it is written."""
        return self._growths[self.styled]

    def _write(self, texts: list[str]) -> Sequence[Written]:
        if not texts:
            return []
        before, total = self.done, len(self.text)
        observer = Observer(
            lambda done, _: self.observer.progress(min(before + done, total), total),
            self.observer.points if self.streams == 0 else None,
        )
        written = self.writer.write(texts, self.hand, stream=self.streams, observer=observer)
        self.streams += len(texts)
        self.done += sum(map(len, texts))
        growth = self._growth(written)
        return [replace(line, ink=line.ink.moved_to(line.ink.x * growth, line.ink.y * growth)) for line in written]

    def _growth(self, written: Sequence[Written]) -> float:
        """The factor that scales lines to the height of the training ink: one for the first line, one for primed lines.

        A network writes smaller after a primer than before it; from then on the height stays the same.
        """
        primed, height = self.hand.style is not None, self.synthesizer.height
        if primed not in self._growths:
            heights = [writing_height(level(line.ink)) for line in written if len(line.text) >= MIN_HEIGHT_CHARACTERS]
            typical = float(np.median(heights or [writing_height(level(line.ink)) for line in written]))
            self._growths[primed] = height / max(typical, height / 3)
        return self._growths[primed]

    def _fit(self, i: int, line: Written, written: list[Written | None]) -> tuple[Written, list[Written | None]]:
        """Shorten ``line``, number ``i``, to the page's width: its last words move to the next line.

        Returns the line, and ``written`` with the changed lines of its paragraph to be drawn. After the first line the
        hand is known and is kept.
        """
        while self._too_wide(line):
            lines = shorten(self.lines, i, self._width(line), self.room, self.advance, self.hyphen)
            if lines == self.lines:
                break  # a single character
            after = sum(later.paragraph > self.lines[i].paragraph for later in self.lines)
            kept = written[len(written) - after :] if after else []
            self.lines, text = lines, lines[i].text
            # Drawn again where a hyphen was added or the pen was not lifted.
            near = LIFT_DISTANCE_POINTS * self.synthesizer.network.pace
            cut = _cut(line, len(text), near) if line.text.startswith(text) else None
            line = self._write([text])[0] if cut is None else cut
            blank: list[Written | None] = [None] * (len(lines) - i - 1 - after)
            written = [*written[:i], line, *blank, *kept]
        if self.hand.style is None:
            near = LIFT_DISTANCE_POINTS * self.synthesizer.network.pace
            shown = _cut(line, _priming_end(line.text), near) or line
            self.hand = replace(self.hand, style=Style("first line", (Sample(shown.text, shown.ink),)))
        return line, written

    def _width(self, line: Written) -> float:
        flat = level(line.ink)
        return float(np.ptp(flat.x - self.shear * flat.y)) * self.scale

    def _too_wide(self, line: Written) -> bool:
        return self.bounded and self._width(line) > self.room * (1 + MAX_SQUEEZE)


def _priming_end(text: str) -> int:
    """Where the part of a first line that primes the others ends, at a word."""
    cut = text.rfind(" ", 0, PRIMING_CHARACTERS + 1)
    cut = text.find(" ", PRIMING_CHARACTERS) if cut <= 0 else cut
    return cut if cut > 0 else len(text)


def _cut(line: Written, end: int, near: float) -> Written | None:
    """The first ``end`` characters of a line; None when the pen was not lifted within ``near`` points of there."""
    after = np.flatnonzero(line.places >= end)
    if not len(after):
        return line.cut(end, len(line.ink))
    lifts = line.ink.starts[1:]
    lift = int(lifts[np.abs(lifts - after[0]).argmin()]) if len(lifts) else 0
    if abs(lift - int(after[0])) > near or lift == 0:
        return None
    return line.cut(end, lift)
