"""Blocks of text to write: their words, paragraph settings and spelling."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from handwriting.composition.marks import Spelling, drawable, spell
from handwriting.composition.typeset import Align, Paragraph
from handwriting.errors import InkError
from handwriting.synthesis import characters
from handwriting.synthesis.synthesizer import Synthesizer

MAX_TEXT_CHARACTERS = 20_000
"""Longest text: about ten sheets of A4."""


_DASH_BETWEEN_WORDS = re.compile(r"(?<=\w)[—―](?=\w)")


@dataclass(frozen=True)
class Word:
    """A word to write."""

    text: str
    underlined: bool = False
    struck: bool = False
    """Whether the word is struck through, as a slip of the pen is."""


@dataclass(frozen=True)
class Block:
    """A paragraph, a heading, an item of a list, a blank line, or a rule."""

    words: tuple[Word, ...] = ()
    setting: Paragraph = field(default_factory=lambda: Paragraph(()))
    """Paragraph settings; the boxes are not known yet."""
    size: float = 1.0
    """Factor on the size of the writing."""
    marked: bool = False
    """Whether the first word is the dash or number of a list item, which is set in the indent."""
    rule: bool = False
    """Whether the block is a horizontal rule instead of words."""


def plain(text: str, *, align: Align = "left", indent: float = 0.0, space: float = 0.0) -> list[Block]:
    """Split a plain text into blocks: each of its lines is a paragraph, and a form feed begins a new page.

    ``indent`` is that of a paragraph's first line in mm, ``space`` that between paragraphs in line heights.
    """
    blocks: list[Block] = []
    for number, page in enumerate(text.replace("\r\n", "\n").split("\f")):
        for line, row in enumerate(page.strip("\n").split("\n")):
            words = tuple(Word(word) for word in row.split())
            setting = Paragraph(
                (),
                align=align,
                indent=indent if words else 0.0,
                before=space if words and any(block.words for block in blocks) else 0.0,
                page_break=number > 0 and line == 0,
            )
            blocks.append(Block(words, setting))
    return blocks


def respelled(text: str, synthesizer: Synthesizer) -> str:
    """Respell every character of ``text`` that can be neither written nor drawn (``marks.py``)."""
    return characters.respelled(text, synthesizer.characters | drawable(text, synthesizer.characters))


def respelled_blocks(blocks: Sequence[Block], synthesizer: Synthesizer) -> list[Block]:
    """Return ``blocks`` with the closest spelling of unwritable characters; a word may become several or none."""
    return [
        replace(
            block,
            words=tuple(
                replace(word, text=part) for word in block.words for part in respelled(word.text, synthesizer).split()
            ),
        )
        for block in blocks
    ]


@dataclass(frozen=True)
class SpelledWord:
    """A word as the network writes it."""

    word: Word
    spelling: Spelling
    cut: bool = False
    """Whether it is the beginning of a word whose rest follows on the next line."""


def spelled(blocks: Sequence[Block], synthesizer: Synthesizer, longest: int) -> list[list[SpelledWord]]:
    """Return the words of each block as the network writes them; words longer than ``longest`` are hyphenated.

    Raises :class:`InkError` for a text that is empty or too long, or has characters that cannot be written.
    """
    length = sum(len(word.text) + 1 for block in blocks for word in block.words) - 1
    if length > MAX_TEXT_CHARACTERS:
        raise InkError(
            f"a text of {length:,} characters; write at most {MAX_TEXT_CHARACTERS:,} at a time",
            key="long-text", count=length, most=MAX_TEXT_CHARACTERS,
        )  # fmt: skip
    if length < 0:
        raise InkError("there is nothing to write: the text has no visible character", key="no-text")
    known = synthesizer.characters
    rows = [
        [
            SpelledWord(replace(word, text=part), spell(part, known))
            for word in block.words
            for part in _parts(word.text)
        ]
        for block in blocks
    ]
    synthesizer.writable("\n".join(" ".join(word.spelling.base for word in row) for row in rows))
    return [
        [part for word in row for mapped in _mapped(word, synthesizer) for part in _hyphenated(mapped, longest)]
        for row in rows
    ]


def _parts(text: str) -> list[str]:
    """Split ``text`` around dashes between words, which people write with spaces around them."""
    return _DASH_BETWEEN_WORDS.sub(lambda dash: f" {dash[0]} ", text).split()


def _mapped(word: SpelledWord, synthesizer: Synthesizer) -> Iterable[SpelledWord]:
    """Return the word with its typography mapped; a word without marks may become several."""
    base = synthesizer.writable(word.spelling.base) if word.spelling.base.strip() else ""
    if len(base) == len(word.spelling.base) and " " not in base:
        yield replace(word, spelling=replace(word.spelling, base=base))
    else:
        yield from (SpelledWord(replace(word.word, text=part), Spelling(part, {}, {})) for part in base.split())


def _hyphenated(word: SpelledWord, longest: int) -> Iterable[SpelledWord]:
    """Split the word into pieces of at most ``longest`` characters that end in a hyphen."""
    while len(word.spelling.base) > longest:
        own = word.spelling.base.rfind("-", 1, longest) + 1
        cut = own or longest - 1
        yield replace(_part(word, 0, cut, "" if own else "-"), cut=True)
        word = _part(word, cut, len(word.spelling.base))
    yield word


def _part(word: SpelledWord, begin: int, end: int, hyphen: str = "") -> SpelledWord:
    spelling = word.spelling
    marks = {at - begin: names for at, names in spelling.marks.items() if begin <= at < end}
    signs = {at - begin: sign for at, sign in spelling.signs.items() if begin <= at < end}
    whole = len(word.word.text) == len(spelling.base)  # false for æ, which is written as two letters
    text = (word.word.text if whole else spelling.base)[begin:end] + hyphen
    return SpelledWord(replace(word.word, text=text), Spelling(spelling.base[begin:end] + hyphen, marks, signs))
