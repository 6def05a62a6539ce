"""Letters: a text drawn word by word in one hand, set on as many sheets as it takes.

Paragraphs are the lines of the text; a blank line stays blank and a form feed (``\\f``) begins a new sheet. The whole
text is drawn side by side (``runs.py``), marks are added to its letters (``marks.py``), and its words are set on lines
and pages as type is (``typeset.py``): nothing is drawn twice because of its width.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from handwriting.composition.marks import HandShape, Spelling, add_marks, spell
from handwriting.composition.page import HEIGHT_PER_LINE_HEIGHT
from handwriting.composition.runs import DrawnText, DrawnWord, draw_text, one_hand
from handwriting.composition.typeset import Align, Box, Paragraph, PlacedLine, page_count, paginate
from handwriting.errors import InkError
from handwriting.geometry.normalise import slant, writing_height
from handwriting.ink import Ink, Source
from handwriting.progress import Progress, no_progress
from handwriting.recognition.recognizer import Recognizer
from handwriting.rendering.drawing import Drawing
from handwriting.rendering.pens import Pen
from handwriting.rendering.sheet import Sheet
from handwriting.synthesis.hand import Hand
from handwriting.synthesis.synthesizer import Synthesizer

MAX_LETTER_CHARACTERS = 20_000
"""Longest text: about ten sheets of A4."""

MIN_SPACE, MAX_SPACE = 0.25, 1.1
"""Spaces between words stay between these, in writing heights: one hand in a hundred lets words touch."""

SMALL_LETTERS = frozenset("aceimnorsuvwxz")

WANDER_MM, LEAN, SIZE_SPREAD = 0.6, 0.03, 0.06
"""Standard deviations at liveliness 1: how far lines wander from their baseline per 100 mm, the shear of words, and the
logarithm of their size."""


@dataclass(frozen=True)
class LetterStyle:
    """How a letter looks on its sheets. Raises :class:`InkError` for a value out of range."""

    sheet: Sheet = Sheet()
    align: Align = "left"
    indent_mm: float = 0.0
    """Indent of the first line of every paragraph."""
    paragraph_space: float = 0.0
    """Extra space between paragraphs, in line heights; ignored on ruled paper."""
    header: str = ""
    """A line, such as a date, set right at the top of the first sheet."""
    liveliness: float = 0.0
    """How much lines wander, words lean and sizes vary: 0 is straight, 1 is a person's; ignored on ruled paper."""
    color: str = "black"
    pen_mm: float = 0.4
    """Width of the line without a ``pen``."""
    pen: Pen | None = None
    """A pen whose line varies in width."""

    def __post_init__(self) -> None:
        for name in ("indent_mm", "paragraph_space", "liveliness", "pen_mm"):
            value = getattr(self, name)
            if not 0 <= value < math.inf:
                raise InkError(f"{name} is {value:g}; give a number of 0 or more")


@dataclass(frozen=True)
class Letter:
    """A letter that was written."""

    pages: list[Drawing]
    words: int
    redrawn: int
    """Words that were drawn again."""
    joined: int
    """Words that were drawn again because they joined a neighbour."""
    doubtful: list[tuple[str, str]] = field(default_factory=list)
    """Words that may not be readable, each with what the recognizer reads."""


def write_letter(
    synthesizer: Synthesizer,
    recognizer: Recognizer | None,
    text: str,
    style: LetterStyle = LetterStyle(),
    hand: Hand = Hand(),
    *,
    candidates: int = 4,
    progress: Progress = no_progress,
) -> Letter:
    """Write ``text`` as a letter.

    ``recognizer`` reads every word, and a word that it reads wrongly is drawn again, up to twice ``candidates`` times;
    without one nothing is read. Raises :class:`InkError`, before anything is drawn, for characters that cannot be
    written and for a text that is empty or too long.
    """
    if len(text) > MAX_LETTER_CHARACTERS:
        raise InkError(f"a text of {len(text):,} characters; write at most {MAX_LETTER_CHARACTERS:,} at a time")
    paragraphs = _paragraphs(text, style)
    spelled = [[spell(word, synthesizer.characters) for word in words] for words, _ in paragraphs]
    synthesizer.writable("\n".join(" ".join(spelling.base for spelling in words) for words in spelled))
    spelled = [[_mapped(spelling, synthesizer) for spelling in words] for words in spelled]
    bases = [[spelling.base for spelling in words] for words in spelled]
    scale = HEIGHT_PER_LINE_HEIGHT * hand.total_size * style.sheet.line_height / synthesizer.height
    longest = max(3, int(0.8 * style.sheet.room / (synthesizer.advance * scale)))
    bases, spelled = _hyphenated(bases, spelled, longest)
    hand = one_hand(synthesizer, hand, " ".join(word for words in bases for word in words))
    drawn = draw_text(synthesizer, recognizer, bases, hand, candidates=candidates, progress=progress)
    inks, space = _finished(drawn, spelled, scale, hand, style)
    boxes = [
        replace(paragraph, boxes=tuple(Box(ink.bounds[2] if ink else space, space) for ink in words))
        for words, (_, paragraph) in zip(inks, paragraphs, strict=True)
    ]
    lines = paginate(boxes, style.sheet.room, style.sheet.rows)
    pages = _drawings(lines, inks, text, style, hand.seed)
    doubtful = [(word.word.text, word.read) for word in drawn.doubtful]
    return Letter(pages, sum(map(len, bases)), drawn.redrawn, drawn.joined, doubtful)


def _paragraphs(text: str, style: LetterStyle) -> list[tuple[list[str], Paragraph]]:
    """The words of each paragraph and how it is set."""
    result: list[tuple[list[str], Paragraph]] = []
    if style.header.strip():
        result.append((style.header.split(), Paragraph((), align="right")))
    for number, page in enumerate(text.replace("\r\n", "\n").split("\f")):
        for line, row in enumerate(page.strip("\n").split("\n")):
            words = row.split()
            first = bool(words) and bool(result)
            result.append(
                (
                    words,
                    Paragraph(
                        (),
                        align=style.align,
                        indent=style.indent_mm if words else 0.0,
                        before=style.paragraph_space if first and not style.sheet.ruled else 0.0,
                        page_break=number > 0 and line == 0,
                    ),
                )
            )
    if not any(words for words, _ in result):
        raise InkError("there is nothing to write: the text has no visible character")
    return result


def _mapped(spelling: Spelling, synthesizer: Synthesizer) -> Spelling:
    """The spelling with its typography mapped; marks keep their letters, since only unmarked words change length."""
    base = synthesizer.writable(spelling.base)
    return replace(spelling, base=base) if len(base) == len(spelling.base) else Spelling(base, {}, {})


def _hyphenated(
    bases: list[list[str]], spelled: list[list[Spelling]], longest: int
) -> tuple[list[list[str]], list[list[Spelling]]]:
    """Words of more than ``longest`` characters in pieces that end in a hyphen."""
    for words, spellings in zip(bases, spelled, strict=True):
        number = 0
        while number < len(words):
            word, spelling = words[number], spellings[number]
            if len(word) > longest:
                own = word.rfind("-", 1, longest) + 1
                cut = own or longest - 1
                head = word[:cut] + ("" if own else "-")
                words[number : number + 1] = [head, word[cut:]]
                spellings[number : number + 1] = [
                    _part(spelling, head, 0, cut),
                    _part(spelling, word[cut:], cut, len(word)),
                ]
            number += 1
    return bases, spelled


def _part(spelling: Spelling, base: str, begin: int, end: int) -> Spelling:
    marks = {at - begin: names for at, names in spelling.marks.items() if begin <= at < end}
    signs = {at - begin: sign for at, sign in spelling.signs.items() if begin <= at < end}
    return Spelling(base, marks, signs)


def _finished(
    drawn: DrawnText, spelled: Sequence[Sequence[Spelling]], scale: float, hand: Hand, style: LetterStyle
) -> tuple[list[list[Ink | None]], float]:
    """The ink of every word in mm with its marks, standing on y = 0, and the space between words."""
    words = [word for paragraph in drawn.paragraphs for word in paragraph]
    shape, height = _shape(words)
    growth = HEIGHT_PER_LINE_HEIGHT * hand.total_size * style.sheet.line_height / max(height * scale, 1e-9) * scale
    shear = math.tan(math.radians(hand.slant))
    gaps = [word.word.gap for word in words if word.word.gap is not None]
    typical = float(np.median(gaps)) if gaps else 0.6 * height
    space = growth * float(np.clip(typical, MIN_SPACE * height, MAX_SPACE * height))
    random = np.random.default_rng([hand.seed, 5])
    lively = 0.0 if style.sheet.ruled else style.liveliness
    inks: list[list[Ink | None]] = []
    for paragraph, spellings in zip(drawn.paragraphs, spelled, strict=True):
        row: list[Ink | None] = []
        for word, spelling in zip(paragraph, spellings, strict=True):
            ink = word.word.ink
            if ink is not None and (spelling.marks or spelling.signs):
                ink = add_marks(ink, word.word.places, spelling, shape, random)
            if ink is not None:
                lean = shear + lively * random.normal(0, LEAN)
                size = growth * math.exp(lively * random.normal(0, SIZE_SPREAD))
                x = (ink.x - lean * ink.y) * size
                ink = replace(ink.moved_to(x - x.min(), ink.y * size), source=Source(text=spelling.base))
            row.append(ink)
        inks.append(row)
    return inks, space


def _shape(words: Sequence[DrawnWord]) -> tuple[HandShape, float]:
    """What marks take from the hand, and its writing height, in the units of the ink."""
    inks = [word.word.ink for word in words if word.word.ink is not None]
    if not inks:
        raise InkError("nothing was drawn; try another seed")
    long = [ink for ink in inks if len(ink.source.text or "") > 3] or inks
    height = float(np.median([writing_height(ink) for ink in long]))
    small = [
        float(np.ptp(word.word.ink.y[word.word.places == at]))
        for word in words
        if word.word.ink is not None
        for at, character in enumerate(word.word.text)
        if character in SMALL_LETTERS and (word.word.places == at).sum() > 3
    ]
    x_height = float(np.median(small)) if small else 0.5 * height
    shear = float(np.median([slant(ink) for ink in long]))
    return HandShape(x_height, -shear), height


def _drawings(
    lines: Sequence[PlacedLine], inks: Sequence[Sequence[Ink | None]], text: str, style: LetterStyle, seed: int
) -> list[Drawing]:
    """A drawing of each page."""
    sheet = style.sheet
    left = sheet.margins[3]
    lively = 0.0 if sheet.ruled else style.liveliness
    random = np.random.default_rng([seed, 6])
    pages: list[list[Ink]] = [[] for _ in range(page_count(lines))]
    for placed in lines:
        tilt, rise = lively * random.normal(0, WANDER_MM / 100), lively * random.normal(0, WANDER_MM / 2)
        words = inks[placed.line.paragraph][placed.line.first : placed.line.first + len(placed.line.x)]
        for x, ink in zip(placed.line.x, words, strict=True):
            if ink is not None:
                y = sheet.baseline(placed.row) + rise + tilt * x
                pages[placed.page].append(ink.moved_to(ink.x + left + x, ink.y + y))
    drawings = []
    for number, page in enumerate(pages, 1):
        if not page:
            raise InkError(f"page {number} has no ink; leave out the empty page (two form feeds in a row)")
        title = f"Page {number} of {len(pages)}" if len(pages) > 1 else None
        drawings.append(
            Drawing(
                sheet.width,
                sheet.height,
                tuple(page),
                style.color,
                style.pen_mm,
                (),
                True,
                title,
                text if number == 1 else None,
                sheet.printed(),
                style.pen,
            )
        )
    return drawings
