"""Pages, read: every line with its readings, its words and its characters, and where they stand on the page."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from handwriting.ink import Ink, Page
from handwriting.recognition.language.model import Hints
from handwriting.recognition.pages.splitting import PageLine, split_lines, whole_line
from handwriting.recognition.recognizer import Decoder, Recognizer
from handwriting.recognition.transcription import Box, Character, Reading, Transcription, Word

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


@dataclass(frozen=True, repr=False)
class ReadPage:
    """A page and its lines in reading order; ink in which nothing was read is on none of them.

    >>> import handwriting
    >>> handwriting.transcribe(handwriting.read("datasets/samples/notes.xopp"))
    ReadPage(6 lines, 'shopping for the weekend')
    """

    page: Page
    lines: tuple[ReadLine, ...]

    @property
    def text(self) -> str:
        return "\n".join(line.text for line in self.lines)

    def __repr__(self) -> str:
        lines = f"{len(self.lines)} line" + "s" * (len(self.lines) != 1)
        first = self.lines[0].text if self.lines else ""
        return f"ReadPage({lines}, {first if len(first) <= 40 else first[:37] + '...'!r})"

    def _repr_svg_(self) -> str:
        """What a notebook shows: the page's ink."""
        return self.page._repr_svg_()


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
    split = [[whole_line(page.ink)] if lone else split_lines(page.ink) for page in pages]
    total = sum(map(len, split))
    transcriptions = read([line.ink for lines in split for line in lines])
    done, result = 0, []
    for page, lines in zip(pages, split, strict=True):
        found = []
        for line in lines:
            found.append(ReadLine(page.ink, line, next(transcriptions)))
            done += 1
            tick(done, total)
        result.append(ReadPage(page, tuple(line for line in found if line.text)))
    return result
