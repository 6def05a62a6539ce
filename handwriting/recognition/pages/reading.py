"""Read pages: every line with its readings, words and characters, and their places on the page."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from handwriting.ink import Ink, Page
from handwriting.recognition.language.model import Hints
from handwriting.recognition.orientation import Orientation, OrientationClassifier, support
from handwriting.recognition.pages.drawings import DrawingRegion
from handwriting.recognition.pages.small_strokes import small_strokes
from handwriting.recognition.pages.splitting import PageLine, find_layout
from handwriting.recognition.recognizer import Decoder, Recognizer
from handwriting.recognition.transcription import Box, Character, Reading, Transcription, Word

Reader = Callable[[Sequence[Ink], Sequence[bool]], Iterator[Transcription]]
"""Reads lines of ink in order; the second argument says for each line whether it continues the line before it."""
Orienter = Callable[[Ink], tuple[Orientation, NDArray[np.bool_]]]
"""Finds the orientation of a page, and which of its strokes run backward, shape (S,)."""
LINES_TRIED = 2
"""Number of lines of a page, the longest ones, that are read to compare orientations."""


@dataclass(frozen=True)
class ReadLine:
    """A line of a page."""

    page: Ink
    """The page as it is in the file."""
    line: PageLine
    """The line as it was read, on the upright page."""
    transcription: Transcription
    source: NDArray[np.int64] | None = None
    """Number on ``page`` of each point of the upright page; None if both are the same."""

    @cached_property
    def points(self) -> NDArray[np.int64]:
        """Number on the page of each point of :attr:`ink`."""
        return self.line.points if self.source is None else self.source[self.line.points]

    @cached_property
    def ink(self) -> Ink:
        """The line as it is on the page; the point ranges of words and characters refer to it."""
        if self.source is None:
            return self.line.ink
        points = self.points
        return replace(self.line.ink, x=self.page.x[points], y=self.page.y[points])

    @property
    def strokes(self) -> list[int]:
        """The numbers of its strokes on the page, in the order of writing."""
        return [int(k) for k in self.line.strokes]

    @property
    def text(self) -> str:
        """The text of the best reading."""
        return self.transcription.text

    @property
    def readings(self) -> tuple[Reading, ...]:
        """The readings, best first."""
        return self.transcription.readings

    @property
    def words(self) -> tuple[Word, ...]:
        """The words of the best reading."""
        return self.transcription.words

    @property
    def box(self) -> Box:
        """The bounds of its ink."""
        return self.ink.bounds

    def pieces(self, character: Character) -> list[tuple[int, int, int]]:
        """Return the parts of a character as (stroke of the page, first point of that stroke, last + 1)."""
        found: list[tuple[int, int, int]] = []
        for begin, end in character.points:
            points = self.points[begin:end]
            strokes = np.searchsorted(self.page.starts, points, side="right") - 1
            for part in np.split(np.arange(len(points)), np.flatnonzero(np.diff(strokes)) + 1):
                if len(part):
                    stroke, own = int(strokes[part[0]]), points[part] - self.page.starts[strokes[part[0]]]
                    found.append((stroke, int(own.min()), int(own.max()) + 1))
        return found


@dataclass(frozen=True, repr=False)
class ReadPage:
    """A page and its lines in reading order; lines that read as empty text are left out.

    >>> import handwriting
    >>> handwriting.transcribe(handwriting.read("datasets/samples/notes.xopp"))
    ReadPage(6 lines, 'shopping for the weekend')
    """

    page: Page
    lines: tuple[ReadLine, ...]
    drawings: tuple[DrawingRegion, ...] = ()
    """Strokes that are not writing and crossed-out words, from the top of the upright page."""
    orientation: Orientation = Orientation()
    upright_page: Page | None = None
    """The page as it was read; None if it did not have to be turned."""

    @property
    def text(self) -> str:
        """The text of all lines."""
        return "\n".join(line.text for line in self.lines)

    @property
    def upright(self) -> ReadPage:
        """The same result with page, lines and boxes turned upright, for display."""
        page = self.upright_page
        if page is None:
            return self
        lines = tuple(replace(line, page=page.ink, source=None) for line in self.lines)
        return ReadPage(page, lines, self.drawings)

    def __repr__(self) -> str:
        lines = f"{len(self.lines)} line" + "s" * (len(self.lines) != 1)
        first = self.lines[0].text if self.lines else ""
        return f"ReadPage({lines}, {first if len(first) <= 40 else first[:37] + '...'!r})"

    def _repr_svg_(self) -> str:
        """Return the page's ink as SVG for notebooks."""
        return self.page._repr_svg_()


def reader(
    recognizer: Recognizer, decoder: Decoder = "language", alternatives: int = 1, hints: Hints = Hints()
) -> Reader:
    """Return a function that reads lines with a recognizer, for :func:`read_pages`."""
    return lambda inks, continues: recognizer.transcribe_all(
        inks, decoder, alternatives, hints=hints, continues=continues
    )


def orienter(recognizer: Recognizer, orientation: str = "auto", *, single_line: bool = False) -> Orienter:
    """Return a function that finds the orientation of pages, for :func:`read_pages`.

    ``orientation`` is ``"auto"``, ``"as-is"``, or one of :data:`~handwriting.recognition.orientation.NAMES` if it is
    known. Raises :class:`InkError` for another name.
    """
    if orientation == "auto":
        classifier = OrientationClassifier.load()

        def find(ink: Ink) -> tuple[Orientation, NDArray[np.bool_]]:
            strokes = small_strokes(ink)
            writing = ink if len(strokes) == len(ink.starts) else ink.take(strokes)
            found, backward = classifier.find(writing, lambda inks: _support(recognizer, inks, single_line))
            reversed_strokes = np.full(len(ink.starts), found.strokes == "backward")
            reversed_strokes[strokes] = backward
            return found, reversed_strokes

        return find
    known = Orientation() if orientation == "as-is" else Orientation.named(orientation)
    return lambda ink: (known, np.zeros(len(ink.starts), dtype=bool))


def read_pages(
    read: Reader,
    pages: Sequence[Page],
    *,
    single_line: bool = False,
    orient: Orienter | None = None,
    progress: Callable[[int, int], object] = lambda *_: None,
) -> list[ReadPage]:
    """Read every page: turn it upright, split it into lines, and read the lines of all pages together.

    Each line but the first of a page is read as the continuation of the line before it. With ``single_line`` the
    writing of each page is one line. Without ``orient`` pages are not turned. ``progress`` is called with the number of
    lines read and of all lines.
    """
    uprights = [(Orientation(), page, None) if orient is None else _upright(page, orient) for page in pages]
    layouts = [
        find_layout(upright.ink, single_line=single_line, sorted_by_tool=orientation.strokes == "mixed")
        for orientation, upright, _ in uprights
    ]
    continues = [number > 0 for layout in layouts for number in range(len(layout.lines))]
    transcriptions = read([line.ink for layout in layouts for line in layout.lines], continues)
    done, result = 0, []
    for page, (orientation, upright, source), layout in zip(pages, uprights, layouts, strict=True):
        found = []
        for line in layout.lines:
            found.append(ReadLine(page.ink, line, next(transcriptions), source))
            done += 1
            progress(done, len(continues))
        lines = tuple(line for line in found if line.text)
        result.append(ReadPage(page, lines, tuple(layout.drawings), orientation, None if upright is page else upright))
    return result


def read_line(read: Reader, ink: Ink, orient: Orienter) -> Transcription:
    """Read ink that is one line, turned upright and without its drawings. Point ranges refer to ``ink``."""
    orientation, backward = orient(ink)
    upright, points = orientation.upright(ink, backward)
    line = find_layout(upright, single_line=True, sorted_by_tool=orientation.strokes == "mixed").lines[0]
    return next(read([line.ink], [False])).relocated(ink, points[line.points])


def _upright(page: Page, orient: Orienter) -> tuple[Orientation, Page, NDArray[np.int64] | None]:
    """Return the orientation of a page, the upright page, and the number on ``page`` of each of its points."""
    orientation, backward = orient(page.ink)
    if orientation.as_is:
        return orientation, page, None
    ink, points = orientation.upright(page.ink, backward)
    width, height = page.width, page.height
    if width is not None and height is not None:
        sheet, _ = orientation.upright(Ink(np.array([0.0, width]), np.array([0.0, height]), np.array([0])))
        ink = ink.moved_to(ink.x - sheet.x.min(), ink.y - sheet.y.min())
        width, height = float(np.ptp(sheet.x)), float(np.ptp(sheet.y))
    return orientation, replace(page, ink=ink, width=width, height=height), points


def _support(recognizer: Recognizer, inks: Sequence[Ink], single_line: bool) -> list[float]:
    """Return for each ink the log-odds that it is upright: the mean over the best paths of its longest lines."""
    if single_line:  # whether a stroke is a drawing does not depend on the orientation
        (writing,) = find_layout(inks[0], single_line=True).lines
        lines = [[ink if len(writing.strokes) == len(ink.starts) else ink.take(writing.strokes)] for ink in inks]
    else:
        lines = [sorted((line.ink for line in find_layout(ink).lines), key=len)[-LINES_TRIED:] for ink in inks]
    paths = iter(recognizer.best_paths([line for some in lines for line in some]))
    read = [[(line, next(paths)) for line in some] for some in lines]
    return [
        float(np.mean([support(path.log_probability, path.text, line, recognizer.language) for line, path in some]))
        for some in read
    ]
