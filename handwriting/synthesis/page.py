"""A text as a page: broken into lines, every line in one hand, each standing on its ruling.

A network that begins every line anew begins it in another hand. Here the first line of a text is drawn freely (or in
the hand of a primer) and its beginning then primes all the others: one page, one hand.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from handwriting.features.baseline import level
from handwriting.features.normalise import writing_height
from handwriting.ink import Ink
from handwriting.rendering.drawing import Drawing
from handwriting.rendering.page import PageStyle, compose
from handwriting.synthesis.sampler import Primer
from handwriting.synthesis.synthesizer import BIAS, Synthesizer, Written
from handwriting.synthesis.wrap import Line, shorten, wrap

HEIGHT = 0.55
"""Writing height (about a capital's) as a share of the line height."""

LONGEST = 70
"""Characters of a line where no page says how wide it is."""

SQUEEZE = 0.05
"""A line that is wider than the page by less than this share is drawn narrower; nobody sees it."""

PRIMER = 16
"""Characters of the first line that prime the others, cut at a word: enough for a hand, and soon read."""


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
    title: str | None = None,
    progress: Callable[[int, int], object] = lambda done, total: None,
) -> Page:
    """``text`` drawn on a page of ``style``.

    Lines break at the page's width, and where the text has line ends; a blank line stays one. ``bias``, ``seed`` and
    ``primer`` as for :meth:`Synthesizer.write`. Raises :class:`InkError` before anything is drawn when a character
    cannot be written.
    """
    text = synthesizer.writable(text)
    writing = _Writing(synthesizer, style, bias, seed, primer, progress, len(text))
    lines, written = writing.lines_of(text)
    inks = [None if w is None else writing.placed(w.ink) for w in written]
    drawing = compose(inks, style, title=title, desc=text if len(lines) > 1 else None)
    return Page(drawing, [w for w in written if w is not None])


class _Writing:
    """A page in progress."""

    def __init__(
        self,
        synthesizer: Synthesizer,
        style: PageStyle,
        bias: float,
        seed: int,
        primer: Primer | None,
        progress: Callable[[int, int], object],
        characters: int,
    ) -> None:
        self.synthesizer, self.bias, self.seed, self.primer = synthesizer, bias, seed, primer
        self.progress, self.characters, self.done, self.streams = progress, characters, 0, 0
        self.scale = HEIGHT * style.line_height_mm / synthesizer.height
        self.advance = synthesizer.advance * self.scale
        self.room = style.room if style.width_mm is not None else LONGEST * self.advance
        self.fixed = style.width_mm is not None

    def lines_of(self, text: str) -> tuple[list[Line], list[Written | None]]:
        """The lines of ``text`` and what was written for each; None for an empty one."""
        hyphen = "-" in self.synthesizer.characters
        lines = wrap(text, self.room, self.advance, hyphen)
        written: list[Written | None] = [None] * len(lines)
        while True:
            missing = [i for i, line in enumerate(lines) if line.text and written[i] is None]
            if not missing:
                return lines, written
            if self.primer is None:  # the first line shows the hand
                missing = missing[:1]
            for i, one in zip(missing, self._write([lines[i].text for i in missing]), strict=True):
                written[i] = one
            wide = next((i for i in missing if self._too_wide(written[i])), None)
            while wide is not None:
                drawn = self._width(written[wide])
                shorter = shorten(lines, wide, drawn, self.room, self.advance, hyphen)
                if shorter == lines:
                    break  # a single character
                after = sum(line.paragraph > lines[wide].paragraph for line in lines)
                blank: list[Written | None] = [None] * (len(shorter) - wide - after)
                written = written[:wide] + blank + written[len(written) - after :]
                lines = shorter
                wide = next((i for i, one in enumerate(written) if one is not None and self._too_wide(one)), None)
            first = next((one for one in written if one is not None), None)
            if self.primer is None and first is not None:
                self.primer = self._primer(first)
                # All lines are scaled as the first: its hand is theirs.
                self.scale *= self.synthesizer.height / max(
                    writing_height(level(first.ink)), self.synthesizer.height / 2
                )

    def placed(self, ink: Ink) -> Ink:
        """``ink`` in millimetres with its baseline at y = 0, no wider than the page."""
        flat = level(ink)
        wide = float(np.ptp(flat.x)) * self.scale
        squeeze = min(1.0, self.room / wide) if self.fixed and wide > 0 else 1.0
        return flat.moved_to(flat.x * self.scale * squeeze, flat.y * self.scale)

    def _write(self, texts: list[str]) -> list[Written]:
        before = self.done
        written = self.synthesizer.write(
            texts,
            bias=self.bias,
            seed=self.seed,
            stream=self.streams,
            primer=self.primer,
            progress=lambda done, total: self.progress(min(before + done, self.characters), self.characters),
        )
        self.streams += len(texts)
        self.done += sum(map(len, texts))
        return written

    def _primer(self, first: Written) -> Primer:
        """The beginning of the first line, up to the end of a word."""
        text = first.text
        cut = text.rfind(" ", 0, PRIMER + 1)
        cut = text.find(" ", PRIMER) if cut <= 0 else cut
        if cut <= 0:
            return self.synthesizer.prime(first.ink, text)
        after = np.flatnonzero(first.places >= cut)
        end = int(after[0]) if len(after) else len(first.ink)
        starts = first.ink.starts[(first.ink.starts > 0) & (first.ink.starts <= end)]
        end = int(starts[-1]) if len(starts) else len(first.ink)
        return self.synthesizer.prime(first.ink.keep(np.arange(len(first.ink)) < end), text[:cut])

    def _width(self, written: Written | None) -> float:
        return 0.0 if written is None else float(np.ptp(level(written.ink).x)) * self.scale

    def _too_wide(self, written: Written | None) -> bool:
        return self.fixed and self._width(written) > self.room * (1 + SQUEEZE)
