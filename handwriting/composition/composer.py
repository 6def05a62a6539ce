"""Compose blocks of text into lines of handwriting, one after another, for both pages and letters.

The words of the text are drawn (``runs.py``), brought to one size with their marks (``finish.py``) and set on lines
(``typeset.py``). A line is yielded as soon as its end is known, so the first lines of a long text are available long
before the last words are drawn. Nothing is redrawn because of its width.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from handwriting.composition.blocks import Block, spelled
from handwriting.composition.drawn import DrawnWord, Measure
from handwriting.composition.effort import Effort
from handwriting.composition.finish import (
    HEIGHT_PER_LINE_HEIGHT,
    RULE,
    STRIKE,
    UNDERLINE,
    FinishedWord,
    Finisher,
)
from handwriting.composition.runs import RUN_CHARACTERS, WordWriter, runs_of
from handwriting.composition.typeset import Box, Paragraph, SetLine, break_lines
from handwriting.ink import Ink
from handwriting.progress import Progress, no_progress
from handwriting.synthesis.hand import Hand
from handwriting.synthesis.observer import Observer
from handwriting.synthesis.styles import Sample, Style
from handwriting.synthesis.synthesizer import Written

FIRST_CHARACTERS = 24
"""Largest number of characters in a first run that is drawn alone, to determine the hand of the others."""

WATCHED_CHARACTERS = 16
"""Largest number of characters in the first run when someone is watching: half a line. The other half is drawn in the
same batch, so that both take little more than half the time of a whole line."""

SHOWN_CHARACTERS = 12
"""Number of characters that suffice to show a hand."""

RUNS = 128
"""Number of runs drawn at a time: two pages of A4."""

EAGER_RUNS = (2, 2, 5, 12, 32)
"""Numbers of runs drawn at a time when someone is watching: one line at first, in two runs, then more and more while
earlier lines are shown."""

UNBOUNDED_LINE_CHARACTERS = 70
"""Number of characters in a line of unlimited width."""

LONGEST_SHARE = 0.8
"""Longest word as a share of the characters of a line; longer words are hyphenated."""


@dataclass(frozen=True)
class ComposedLine:
    """A line with its words placed."""

    line: SetLine
    paragraph: Paragraph
    words: tuple[FinishedWord, ...]
    inks: tuple[Ink, ...]
    """The ink of its words, and lines drawn under, through or instead of them: in millimetres, from the left margin and
    with the baseline at y = 0."""
    more: bool
    """Whether more lines of its paragraph follow."""

    @property
    def text(self) -> str:
        """Text of the line."""
        return " ".join(word.spelled.word.text for word in self.words)

    @property
    def read(self) -> str:
        """Recognizer output, with the original text of words that it reads correctly or nearly so."""
        return " ".join(w.drawn.read if w.doubtful else w.spelled.word.text for w in self.words)

    @property
    def doubtful(self) -> tuple[tuple[str, str], ...]:
        """Words that may be illegible, each with the recognizer's reading."""
        return tuple((w.drawn.word.text, w.drawn.read) for w in self.words if w.doubtful)

    @property
    def ink(self) -> Ink | None:
        """All ink of the line; None for a blank line."""
        strokes = [stroke for ink in self.inks for stroke in ink.strokes]
        return Ink.from_strokes(strokes, replace(self.inks[0].source, units="mm", text=self.text)) if strokes else None


class Composer:
    """Writes ``blocks`` in lines of ``room`` mm, which may be infinite; iterate over it once to get the lines.

    ``lively``: how much words lean and vary in size, 0 to 1. ``points`` is called with the first run's points while
    they are drawn, and lines are yielded early. Raises :class:`InkError`, before anything is drawn, for text that
    cannot be written.
    """

    def __init__(
        self,
        writer: WordWriter,
        blocks: Sequence[Block],
        room: float,
        line_height: float,
        hand: Hand = Hand(),
        *,
        lively: float = 0.0,
        progress: Progress = no_progress,
        points: Callable[[NDArray[np.float64]], object] | None = None,
    ) -> None:
        synthesizer = writer.synthesizer
        if hand.style is None:
            hand = replace(hand, style=synthesizer.random_style(hand.seed))
        self.scale = HEIGHT_PER_LINE_HEIGHT * hand.total_size * line_height / synthesizer.height
        """Millimetres per unit of the network's ink, in a hand of typical height."""
        advance = synthesizer.advance * self.scale
        room = UNBOUNDED_LINE_CHARACTERS * advance if math.isinf(room) else room
        per_line = max(3, int(room / advance))
        self._words = spelled(blocks, synthesizer, max(3, int(LONGEST_SHARE * per_line)))
        self.estimate = sum(1 + sum(len(w.spelling.base) + 1 for w in words) // per_line for words in self._words)
        """Expected number of lines."""
        self.total = sum(map(len, self._words))
        """Number of words."""
        self.primed = hand.style is not None and len(synthesizer.primer(hand.style).text) > 0
        """Whether the first run continues other ink."""
        self.writer, self.blocks, self.room, self.hand = writer, blocks, room, hand
        self._observer = Observer(points=points)
        first = FIRST_CHARACTERS if hand.style is None else WATCHED_CHARACTERS
        self._first_run = min(first, per_line) if points or hand.style is None else RUN_CHARACTERS
        self._finisher = Finisher(hand, line_height, lively)
        self._measure: Measure | None = None
        self._progress = progress
        self.first: Written | None = None
        """The first run as originally drawn."""
        self.words: list[FinishedWord] = []
        """The words finished so far."""

    def __iter__(self) -> Iterator[ComposedLine]:
        finished: list[list[FinishedWord]] = [[] for _ in self.blocks]
        at, begun = 0, 0  # index of the block being set, and how many of its words are already on lines
        for chunk in self._drawn():
            for number, drawn in chunk:
                finished[number] += self._finish(number, len(finished[number]), drawn)
            while at < len(self.blocks):
                whole = len(finished[at]) == len(self._words[at])
                lines = self._lines(at, finished[at])
                for line in lines:
                    last = line is lines[-1]
                    if line.first >= begun and (whole or not last):
                        yield self._composed(line, finished[at], more=not last)
                        begun = line.first + len(line.x)
                if not whole:
                    break
                at, begun = at + 1, 0

    @property
    def redrawn(self) -> int:
        """Number of words redrawn so far."""
        return sum(word.drawn.drawings > 1 for word in self.words)

    @property
    def joined(self) -> int:
        """Number of words so far that joined a neighbour when first drawn."""
        return sum(word.drawn.was_joined for word in self.words)

    @property
    def doubtful(self) -> list[tuple[str, str]]:
        """Words so far that may be illegible, each with the recognizer's reading."""
        return [(word.drawn.word.text, word.drawn.read) for word in self.words if word.doubtful]

    def _drawn(self) -> Iterator[list[tuple[int, list[DrawnWord]]]]:
        """Yield the words of several runs at a time as they are drawn, with the numbers of their blocks."""
        runs: list[tuple[int, str]] = []
        for number, words in enumerate(self._words):
            first = None if runs else self._first_run
            runs += [(number, " ".join(run)) for run in runs_of([w.spelling.base for w in words], first=first)]
        effort = Effort(self._progress, sum(len(text) for _, text in runs))
        hand, start, count = self.hand, 0, 0
        samples, shown = list[Sample](), 0 if hand.style is None else SHOWN_CHARACTERS
        while start < len(runs):
            settled = shown >= SHOWN_CHARACTERS
            chunk = runs[start : start + (self._chunk(start) if settled else 1)]
            texts = [text for _, text in chunk]
            observer = self._observer if start == 0 else Observer()
            known = self._measure if hand.style is self.hand.style else None
            lines, drawn = self.writer.draw(
                texts, hand, effort, run=start, word=count, whole=not settled, measure=known, observer=observer
            )
            fresh = [one for row in drawn for one in row]
            if self._measure is None or hand.style is not self.hand.style:
                self._measure = Measure.of(fresh, self.writer.synthesizer.height)
                self.hand = hand
            if start == 0:
                self.first = lines[0]
            if not settled:  # a network that chooses its own hand continues in that of its first runs
                samples.append(Sample(lines[0].text, lines[0].ink))
                shown += len(lines[0].text)
                hand = replace(hand, style=Style("first runs", tuple(samples)))
            start, count = start + len(chunk), count + len(fresh)
            yield [(number, row) for (number, _), row in zip(chunk, drawn, strict=True)]
        effort.finished()

    def _chunk(self, start: int) -> int:
        """Return how many runs are drawn at a time from run ``start`` on."""
        if self._observer.points is None:
            return RUNS
        starts = np.cumsum((0, *EAGER_RUNS))
        return int(dict(zip(starts.tolist(), EAGER_RUNS, strict=False)).get(start, EAGER_RUNS[-1]))

    def _finish(self, number: int, begin: int, drawn: Sequence[DrawnWord]) -> list[FinishedWord]:
        assert self._measure is not None
        block, spelled_words = self.blocks[number], self._words[number][begin:]
        room = self.room - block.setting.left - max(0.0, block.setting.indent)
        words = [
            self._finisher.word(one, word, self._measure, block.size, room)
            for one, word in zip(drawn, spelled_words, strict=False)
        ]
        self.words += words
        return words

    def _lines(self, number: int, words: Sequence[FinishedWord]) -> list[SetLine]:
        block = self.blocks[number]
        boxes = [Box(word.width, word.space, word.spelled.cut) for word in words]
        if block.marked and boxes:  # the item's text is aligned with its following lines
            boxes[0] = replace(boxes[0], space=max(boxes[0].space, -block.setting.indent - boxes[0].width))
        return break_lines(replace(block.setting, boxes=tuple(boxes)), number, self.room)

    def _composed(self, line: SetLine, words: Sequence[FinishedWord], more: bool) -> ComposedLine:
        block = self.blocks[line.paragraph]
        chosen = tuple(words[line.first : line.first + len(line.x)])
        inks = [
            word.ink.moved_to(word.ink.x + x, word.ink.y) for x, word in zip(line.x, chosen, strict=True) if word.ink
        ]
        if block.rule:
            inks.append(self._finisher.stroke(block.setting.left, self.room, RULE))
        inks += [self._finisher.stroke(*span, UNDERLINE * block.size) for span in _spans(line, chosen, "underlined")]
        inks += [self._finisher.stroke(*span, STRIKE * block.size) for span in _spans(line, chosen, "struck")]
        return ComposedLine(line, block.setting, chosen, tuple(inks), more)


def _spans(line: SetLine, words: Sequence[FinishedWord], kind: str) -> list[tuple[float, float]]:
    """Return left and right ends of consecutive words that are ``underlined`` or ``struck``."""
    spans: list[tuple[float, float]] = []
    before = False
    for x, word in zip(line.x, words, strict=True):
        now = bool(getattr(word.spelled.word, kind))
        if now:
            left = spans.pop()[0] if before and kind == "underlined" else x
            spans.append((left, x + word.width))
        before = now
    return spans
