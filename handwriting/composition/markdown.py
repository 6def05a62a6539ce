"""Markdown written out by hand: larger headings, dashes and numbers before items, underlined emphasis, rules.

The common subset of Markdown is supported: headings (``#``), paragraphs, lists that may be nested, quotations (``>``),
rules (``---``), emphasis by asterisks or underscores, and line ends kept by two spaces or a backslash. Links are
written as their text, code as plain text, and a form feed begins a new page.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from handwriting.composition.blocks import Block, Word
from handwriting.composition.typeset import Align, Paragraph

HEADING_SIZES = (1.5, 1.25, 1.1)
"""Relative sizes of the first heading levels; deeper ones are underlined and as large as the text."""

SPACE = 0.5
"""Space between blocks, in line heights."""

INDENT = 0.9
"""Indent of a list item per level, in line heights."""

_HEADING = re.compile(r"(#{1,6})\s+(.*?)\s*#*")
_ITEM = re.compile(r"(\s*)([-*+]|\d{1,3}[.)])\s+(.*)")
_RULE = re.compile(r"\s*(?:(?:-\s*){3,}|(?:\*\s*){3,}|(?:_\s*){3,})")
_QUOTE = re.compile(r"\s*>\s?(.*)")
_LINK = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")
_EMPHASIS = re.compile(r"(\*{1,3}|(?<!\w)_{1,3})(?=\S)(.+?)(?<=\S)(?:\1)(?!\w)", re.DOTALL)
_ESCAPED = re.compile(r"\\([\\`*_{}\[\]()#+\-.!>~|])")
_HIDDEN = 0xE000
"""Escaped characters are mapped to a private area of Unicode until emphasis is resolved."""


def parse(text: str, line_height: float, align: Align = "left") -> list[Block]:
    """Parse a Markdown ``text`` into blocks for lines that are ``line_height`` mm apart.

    >>> [[word.text for word in block.words] for block in parse("# A *b*\\n\\n1. one\\n2. two", 8.0)]
    [['A', 'b'], ['1.', 'one'], ['2.', 'two']]
    """
    blocks: list[Block] = []
    for number, page in enumerate(text.replace("\r\n", "\n").split("\f")):
        for position, (block, apart) in enumerate(_page(page, line_height, align)):
            before = SPACE if apart and blocks else 0.0
            first = number > 0 and position == 0
            setting = replace(block.setting, before=before, page_break=first)
            blocks.append(Block(block.words, setting, block.size, block.marked, block.rule))
    return blocks


def _page(page: str, line_height: float, align: Align) -> Iterator[tuple[Block, bool]]:
    """Yield the blocks of a page, and whether each is set apart from the one before it."""
    apart, gathered = True, list[str]()
    rest = [*page.split("\n"), ""]

    def paragraph() -> Iterator[tuple[Block, bool]]:
        nonlocal apart
        for number, line in enumerate(_broken(gathered)):
            yield Block(_words(line), Paragraph((), align)), apart and number == 0
            apart = False
        gathered.clear()

    for index, row in enumerate(rest):
        heading, item, quote = _HEADING.fullmatch(row.strip()), _ITEM.fullmatch(row), _QUOTE.fullmatch(row)
        if not row.strip() or heading or item or quote or _RULE.fullmatch(row):
            yield from paragraph()
        if not row.strip():
            apart = True
        elif _RULE.fullmatch(row):
            yield Block(rule=True), True
            apart = True
        elif heading:
            level = len(heading[1])
            size = HEADING_SIZES[level - 1] if level <= len(HEADING_SIZES) else 1.0
            yield Block(_words(heading[2], underlined=size == 1.0), Paragraph((), align, keep=True), size), True
            apart = True
        elif item:
            left = INDENT * line_height * (1 + len(item[1].expandtabs(4)) // 2)
            marker = item[2].replace(")", ".") if item[2][0].isdigit() else "-"
            words = (Word(marker), *_words(_with_continuation(item[3], rest, index)))
            yield Block(words, Paragraph((), "left", -INDENT * line_height, left), marked=True), apart
            apart = False
        elif quote:
            yield Block(_words(quote[1]), Paragraph((), align, left=INDENT * line_height)), apart
            apart = False
        else:
            gathered.append(row)


def _with_continuation(first: str, rows: list[str], index: int) -> str:
    """Return the text of an item with the indented lines that follow it, which are removed from ``rows``."""
    parts = [first]
    at = index + 1
    while at < len(rows) and re.match(r"\s+\S", rows[at]) and not _ITEM.fullmatch(rows[at]):
        parts.append(rows[at].strip())
        del rows[at]
    return " ".join(parts)


def _broken(rows: list[str]) -> list[str]:
    """Return the lines of a paragraph: rows are joined, except after two spaces or a backslash."""
    lines, current = list[str](), list[str]()
    for row in rows:
        current.append(row.rstrip().removesuffix("\\").strip())
        if row.endswith(("  ", "\\")):
            lines.append(" ".join(current))
            current = []
    return [*lines, " ".join(current)] if current else lines


def _words(text: str, underlined: bool = False) -> tuple[Word, ...]:
    """Return the words of running text; mostly emphasised words are underlined."""
    hidden = _ESCAPED.sub(lambda match: chr(_HIDDEN + ord(match[1])), text)
    hidden = _LINK.sub(r"\1", hidden).replace("`", "")
    shown, emphasised, at = "", list[bool](), 0
    for match in _EMPHASIS.finditer(hidden):
        for part, marked in ((hidden[at : match.start()], underlined), (match[2].strip("*_"), True)):
            shown += part
            emphasised += [marked] * len(part)
        at = match.end()
    shown += hidden[at:]
    emphasised += [underlined] * (len(shown) - len(emphasised))
    shown = "".join(chr(ord(c) - _HIDDEN) if _HIDDEN <= ord(c) < _HIDDEN + 128 else c for c in shown)
    return tuple(
        Word(match[0], 2 * sum(emphasised[match.start() : match.end()]) > len(match[0]))
        for match in re.finditer(r"\S+", shown)
    )
