"""Letters: a text written word by word in one hand, on as many sheets as it takes."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import numpy as np

from handwriting.composition.blocks import Block, Word, plain, respelled_blocks
from handwriting.composition.composer import ComposedLine, Composer
from handwriting.composition.markdown import parse
from handwriting.composition.page import WrittenLine, WrittenPage
from handwriting.composition.runs import WordWriter
from handwriting.composition.slips import with_slips
from handwriting.composition.typeset import Align, Paginator, Paragraph
from handwriting.errors import InkError
from handwriting.ink import Ink
from handwriting.progress import Progress, no_progress
from handwriting.rendering import color
from handwriting.rendering.drawing import Drawing
from handwriting.rendering.pens import Pen
from handwriting.rendering.sheet import Sheet
from handwriting.synthesis.hand import Hand

BASELINE_SD_MM = 0.6
"""Standard deviation, at liveliness 1, of the deviation of lines from their baseline, in mm per 100 mm."""


@dataclass(frozen=True)
class LetterStyle:
    """The appearance of a letter on its sheets. Raises :class:`InkError` for a value out of range.

    >>> LetterStyle(Sheet(148, 210, paper="ruled"), align="justify", header="14 June").sheet.rows
    17
    """

    sheet: Sheet = Sheet()
    align: Align = "left"
    indent_mm: float = 0.0
    """Indent of the first line of every paragraph."""
    paragraph_space: float = 0.0
    """Extra space between paragraphs, in line heights; rounded down to a whole number on ruled paper."""
    header: str = ""
    """A right-aligned line at the top of the first sheet, such as a date."""
    liveliness: float = 0.0
    """How much lines deviate from the baseline, words lean and sizes vary: 0 is not at all, 1 is like a person; ignored
    on ruled paper."""
    color: str = "black"
    pen_mm: float = 0.4
    """Line width without a ``pen``."""
    pen: Pen | None = None
    """A pen with a varying line width."""
    markdown: bool = False
    """Whether the text is Markdown (``markdown.py``)."""
    slips: float = 0.0
    """Share of the words that are first written wrongly, struck out and written again."""
    replace_unknown: bool = False
    """Whether unwritable characters are replaced by their closest spelling."""

    def __post_init__(self) -> None:
        for name in ("indent_mm", "paragraph_space", "liveliness", "pen_mm", "slips"):
            value = getattr(self, name)
            if not 0 <= value < math.inf:
                raise InkError(f"{name} is {value:g}; give a number of 0 or more")
        color.parse(self.color)
        if self.slips > 1:
            raise InkError(f"slips is {self.slips:g}; give the share of the words, 0 to 1")

    def with_pen(self, pen: Pen) -> LetterStyle:
        """Return the same style with another pen."""
        return replace(self, pen_mm=pen.width, pen=None if pen.uniform else pen)

    def blocks(self, text: str, seed: int) -> list[Block]:
        """Return ``text`` as blocks, with the header before it."""
        if self.markdown:
            blocks = parse(text, self.sheet.line_height, align=self.align)
        else:
            blocks = plain(text, align=self.align, indent=self.indent_mm, space=self.paragraph_space)
        if self.slips:
            blocks = with_slips(blocks, self.slips, seed)
        if self.sheet.ruled:  # lines are on the rulings, so a space above is a whole number of rows
            step = math.ceil if self.markdown else math.floor
            blocks = [replace(b, setting=replace(b.setting, before=float(step(b.setting.before)))) for b in blocks]
        if self.header.strip():
            words = tuple(Word(word) for word in self.header.split())
            blocks = [Block(words, Paragraph((), align="right")), *blocks]
        return blocks


class LetterWriter:
    """Writes ``text`` as a letter; iterate over it once for its pages.

    A page is yielded when it is full, before the next one is complete. Raises :class:`InkError`, before
    anything is drawn, for characters that cannot be written and for a text that is empty or too long.
    """

    def __init__(
        self,
        writer: WordWriter,
        text: str,
        style: LetterStyle = LetterStyle(),
        hand: Hand = Hand(),
        progress: Progress = no_progress,
    ) -> None:
        self.text, self.style = text, style
        sheet = style.sheet
        self._lively = 0.0 if sheet.ruled else style.liveliness
        self._random = np.random.default_rng([hand.seed, 6])
        blocks = style.blocks(text, hand.seed)
        if style.replace_unknown:
            blocks = respelled_blocks(blocks, writer.synthesizer)
        self.composer = Composer(
            writer, blocks, sheet.room, sheet.line_height, hand,
            lively=self._lively, progress=progress,
        )  # fmt: skip
        """Tracks the words drawn so far."""

    def __iter__(self) -> Iterator[WrittenPage]:
        paginator = Paginator(self.style.sheet.rows)
        page, inks, lines = 0, list[Ink](), list[WrittenLine]()
        for line in self.composer:
            placed = paginator.place(line.line, line.paragraph, line.more)
            if placed is None:
                continue
            while page < placed.page:
                yield self._page(page, inks, lines)
                page, inks, lines = page + 1, [], []
            inks += self._placed(line, placed.row)
            if (written := WrittenLine.of(line)) is not None:
                lines.append(written)
        yield self._page(page, inks, lines)

    def _placed(self, line: ComposedLine, row: float) -> list[Ink]:
        """Return the ink of a line at its place on the sheet."""
        sheet = self.style.sheet
        tilt, rise = (
            self._lively * self._random.normal(0, spread) for spread in (BASELINE_SD_MM / 100, BASELINE_SD_MM / 2)
        )
        y = sheet.baseline(row) + rise
        return [ink.moved_to(ink.x + sheet.margins[3], ink.y + y + tilt * ink.x.min()) for ink in line.inks]

    def _page(self, number: int, inks: list[Ink], lines: list[WrittenLine]) -> WrittenPage:
        sheet, style = self.style.sheet, self.style
        text = "\n".join(line.text for line in lines)
        drawing = Drawing(
            sheet.width, sheet.height, tuple(inks), style.color, style.pen_mm, sheet=True, title=f"Page {number + 1}",
            desc=text or None, printed=sheet.printed(), pen=style.pen, blank=True,
        )  # fmt: skip
        return WrittenPage(drawing, lines, text)


@dataclass(frozen=True)
class Letter:
    """A written letter."""

    pages: list[WrittenPage]
    words: int
    redrawn: int
    """Number of words redrawn."""
    joined: int
    """Number of words that joined a neighbour when first drawn, and were redrawn for that."""
    doubtful: list[tuple[str, str]] = field(default_factory=list)
    """Words that may be illegible, each with the recognizer's reading."""


def write_letter(
    writer: WordWriter,
    text: str,
    style: LetterStyle = LetterStyle(),
    hand: Hand = Hand(),
    *,
    progress: Progress = no_progress,
) -> Letter:
    """Write ``text`` as a letter: all pages of a :class:`LetterWriter`, with counts of redrawn words."""
    letter = LetterWriter(writer, text, style, hand, progress)
    pages = list(letter)
    composer = letter.composer
    return Letter(pages, len(composer.words), composer.redrawn, composer.joined, composer.doubtful)
