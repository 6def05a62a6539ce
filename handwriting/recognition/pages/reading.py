"""Pages, read: every line with its readings, its words and its characters, and where they stand on the page."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from handwriting.ink import Ink, Page
from handwriting.recognition.language.model import Hints
from handwriting.recognition.pages.drawings import DrawingRegion
from handwriting.recognition.pages.splitting import PageLine, find_layout
from handwriting.recognition.recognizer import Box, Character, Decoder, Reading, Recognizer, Transcription, Word

Reader = Callable[[Sequence[Ink]], Iterator[Transcription]]
"""Lines of ink to what each says, in their order."""


@dataclass(frozen=True)
class ReadLine:
    """A line of a page."""

    page: Ink
    line: PageLine
    transcription: Transcription

    @property
    def ink(self) -> Ink:
        """What was read, and what the points of words and characters are counted in."""
        return self.line.ink

    @property
    def strokes(self) -> list[int]:
        """The numbers of its strokes on the page, in the order of writing."""
        return [int(k) for k in self.line.strokes]

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
        found: list[tuple[int, int, int]] = []
        for begin, end in character.points:
            points = self.line.points[begin:end]
            strokes = np.searchsorted(self.page.starts, points, side="right") - 1
            for part in np.split(np.arange(len(points)), np.flatnonzero(np.diff(strokes)) + 1):
                if len(part):
                    first, start = strokes[part[0]], self.page.starts[strokes[part[0]]]
                    found.append((int(first), int(points[part[0]] - start), int(points[part[-1]] - start) + 1))
        return found


@dataclass(frozen=True)
class ReadPage:
    """A page and its lines in reading order; ink in which nothing was read is on none of them."""

    page: Page
    lines: tuple[ReadLine, ...]
    drawings: tuple[DrawingRegion, ...] = ()

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
    layouts = [find_layout(page.ink, single_line=lone) for page in pages]
    total = sum(len(layout.lines) for layout in layouts)
    transcriptions = read([line.ink for layout in layouts for line in layout.lines])
    done, result = 0, []
    for page, layout in zip(pages, layouts, strict=True):
        found = []
        for line in layout.lines:
            found.append(ReadLine(page.ink, line, next(transcriptions)))
            done += 1
            tick(done, total)
        result.append(ReadPage(page, tuple(line for line in found if line.text), tuple(layout.drawings)))
    return result
