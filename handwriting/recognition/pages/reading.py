"""Pages, read: every line with its readings, its words and its characters, and where they stand on the page."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from handwriting.ink import Ink, Page
from handwriting.recognition.language.model import Hints
from handwriting.recognition.pages.splitting import split_strokes
from handwriting.recognition.recognizer import Box, Character, Decoder, Reading, Recognizer, Transcription, Word

Reader = Callable[[Sequence[Ink]], Iterator[Transcription]]
"""Lines of ink to what each says, in their order."""


@dataclass(frozen=True)
class ReadLine:
    """A line of a page."""

    ink: Ink
    strokes: tuple[int, ...]
    """The numbers of its strokes on the page, in their order in ``ink``."""
    transcription: Transcription

    @property
    def text(self) -> str:
        return self.transcription.text

    @property
    def readings(self) -> tuple[Reading, ...]:
        """What it may say, best first."""
        return self.transcription.readings

    @property
    def words(self) -> tuple[Word, ...]:
        """Those of the best reading."""
        return self.transcription.words

    @property
    def box(self) -> Box:
        return self.ink.bounds

    def pieces(self, character: Character) -> list[tuple[int, int, int]]:
        """Where a character stands: stroke of the page, first point of that stroke, one past the last."""
        found = []
        for begin, end in character.points:
            first = int(np.searchsorted(self.ink.starts, begin, side="right")) - 1
            for k in range(first, len(self.ink.starts)):
                start, stop = int(self.ink.starts[k]), int(self.ink.ends[k])
                if start >= end:
                    break
                found.append((self.strokes[k], max(begin, start) - start, min(end, stop) - start))
        return found


@dataclass(frozen=True)
class ReadPage:
    """A page and its lines in reading order; ink in which nothing was read is on none of them."""

    page: Page
    lines: tuple[ReadLine, ...]

    @property
    def text(self) -> str:
        return "\n".join(line.text for line in self.lines)


def reader(
    recognizer: Recognizer, decoder: Decoder = "language", alternatives: int = 1, hints: Hints = Hints()
) -> Reader:
    """How :func:`read_pages` reads lines with a recognizer."""
    return lambda inks: recognizer.transcribe_all(inks, decoder, alternatives, hints=hints)


def read_pages(
    read: Reader, pages: Sequence[Page], *, lone: bool = False, tick: Callable[[int, int], object] = lambda *_: None
) -> list[ReadPage]:
    """Every page, split into lines that are all read together. ``lone``: each is a line and not split.

    ``tick`` is told how many lines are done, and of how many.
    """
    groups = [[np.arange(len(page.ink.starts))] if lone else split_strokes(page.ink) for page in pages]
    inks = [[page.ink.take(group) for group in own] for page, own in zip(pages, groups, strict=True)]
    total = sum(map(len, groups))
    transcriptions = read([ink for own in inks for ink in own])
    done, result = 0, []
    for page, own, lines in zip(pages, groups, inks, strict=True):
        found = []
        for group, ink in zip(own, lines, strict=True):
            found.append(ReadLine(ink, tuple(group.tolist()), next(transcriptions)))
            done += 1
            tick(done, total)
        result.append(ReadPage(page, tuple(line for line in found if line.text)))
    return result
