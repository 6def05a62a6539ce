"""Lay out the typed text of a page of a reMarkable tablet since 2022.

The text is stored for collaborative editing: items of characters, each of which names the characters that were to its
left and right when it was written. A page has one text, in paragraphs, for which the tablet stores the position, the
width and the styles but no fonts; lines and their heights are estimated.

The tablet moves ink along with the text: a group of strokes may be anchored to a character, and is then measured from
the baseline of the line in which the character is. A newline belongs to the line that it ends. The two anchors
:data:`ABOVE` and :data:`BELOW` stand for the first and the last line.

Sources: the heights of lines and the two special anchors are those of https://github.com/ricklupton/rmc, but for
:data:`HEADING_HEIGHT`, which follows from a page that was saved with and without anchors,
https://github.com/ricklupton/rmscene (``Lines_v2.rm``).
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from graphlib import TopologicalSorter
from math import ceil, isfinite

from handwriting.formats.extras import LETTER_WIDTH, TypedText
from handwriting.formats.remarkable_blocks import BYTE4, LENGTH, Block, Identifier

LINE_HEIGHT, FONT_SIZE = 70.0, 40.0
"""Height of a line of text and size of its font, in pixels of the screen."""
HEADING, HEADING_HEIGHT = 2, 121.6
"""Number of the style of a heading, and the height of its lines."""
START = -88.0
"""Where the first line begins, relative to the position that the file gives."""
MAX_CHARACTERS = 100_000
"""Maximum number of characters of a page, including deleted ones, which keep their places; more are a sign of
damage."""
BOUNDARY: Identifier = (0, 0)
"""Identifier that stands for the beginning and the end of the text."""
ABOVE, BELOW = (0, 2**48 - 2), (0, 2**48 - 1)
"""Anchors of ink above and below the text."""
NO_CHARACTER = "\0"
"""Stands for a deleted character or a change of the font, which have a place in the text."""


@dataclass(frozen=True)
class TextLayout:
    """Where the typed text of a page is, in pixels; x is measured from the middle of the paper."""

    texts: tuple[TypedText, ...]
    """The paragraphs that are not empty."""
    baselines: dict[Identifier, float]
    """y of the baseline of the line of each character, and of the anchors above and below the text."""


def read_text(block: Block) -> TextLayout:
    """Return the layout of the text in its block. Raises ValueError or struct.error if it is damaged."""
    block.id(1)
    text = block.inner(2)
    items = text.inner(1).inner(1)
    characters: dict[Identifier, tuple[Identifier, Identifier, str]] = {}
    for _ in range(items.number()):
        _add_item(items.inner(0), characters)
    styles = _read_styles(text.inner(2).inner(1)) if text.has(2, LENGTH) else {}
    x, y = struct.unpack("<dd", block.inner(3).take(16))
    (width,) = struct.unpack("<f", block.value(4, BYTE4))
    if not all(map(isfinite, (x, y, width))):
        raise ValueError("the place of the text is not finite")
    letter, font = LETTER_WIDTH * FONT_SIZE, FONT_SIZE
    texts: list[TypedText] = []
    baselines: dict[Identifier, float] = {}
    bottom = y + START
    for style, paragraph in _paragraphs(_sort(characters), styles):
        height = HEADING_HEIGHT if style == HEADING else LINE_HEIGHT
        shown = "".join(character for _, character in paragraph).replace(NO_CHARACTER, "").removesuffix("\n")
        lines = max(1, ceil(letter * len(shown) / max(width, font)))
        if shown.strip():
            right = x + min(width, letter * len(shown)) if lines == 1 else x + width
            top = bottom + height - font
            texts.append(TypedText(shown.strip(), (x, top, right, top + height * (lines - 1) + 1.2 * font), font))
        passed = 0
        for one, character in paragraph:
            line = min(int(letter * passed / max(width, font)), lines - 1)
            baselines[one] = bottom + height * (line + 1)
            passed += character not in (NO_CHARACTER, "\n")
        baselines.setdefault(ABOVE, bottom + height)
        bottom += height * lines
        baselines[BELOW] = bottom
    return TextLayout(tuple(texts), baselines)


def _read_styles(block: Block) -> dict[Identifier, int]:
    """Return the style of each paragraph that has one, by the identifier of the newline before it."""
    styles = {}
    for _ in range(block.number()):
        newline = block.take(1)[0], block.number()
        block.id(1)
        styles[newline] = block.inner(2).take(2)[1]
    return styles


def _paragraphs(
    characters: Sequence[tuple[Identifier, str]], styles: dict[Identifier, int]
) -> list[tuple[int | None, list[tuple[Identifier, str]]]]:
    """Return the style and the characters of each paragraph, with the newline at its end."""
    found: list[tuple[int | None, list[tuple[Identifier, str]]]] = [(styles.get(BOUNDARY), [])]
    for one, character in characters:
        found[-1][1].append((one, character))
        if character == "\n":
            found.append((styles.get(one), []))
    return found


def _add_item(item: Block, characters: dict[Identifier, tuple[Identifier, Identifier, str]]) -> None:
    """Add the characters of an item to ``characters``, by their identifiers, with the neighbours of each."""
    (author, first), left, right = item.id(2), item.id(3), item.id(4)
    deleted = int.from_bytes(item.value(5, BYTE4), "little")
    if deleted or not item.has(6, LENGTH):
        text = NO_CHARACTER * min(deleted, MAX_CHARACTERS + 1)
    else:
        value = item.inner(6)
        size = value.number()
        value.take(1)
        text = value.take(size).decode("utf-8", "replace") or NO_CHARACTER
    if len(characters) + len(text) > MAX_CHARACTERS:
        raise ValueError(f"more than {MAX_CHARACTERS:,} characters on a page")
    for k, character in enumerate(text):
        before = left if k == 0 else (author, first + k - 1)
        after = right if k == len(text) - 1 else (author, first + k + 1)
        characters[author, first + k] = (before, after, character)


def _sort(characters: dict[Identifier, tuple[Identifier, Identifier, str]]) -> list[tuple[Identifier, str]]:
    """Return the characters in order. Those that several authors wrote at the same place are ordered by identifier."""
    sorter: TopologicalSorter[Identifier] = TopologicalSorter()
    for one, (left, right, _) in characters.items():
        sorter.add(one, *((left,) if left != BOUNDARY else ()))
        if right != BOUNDARY:
            sorter.add(right, one)
    sorter.prepare()
    result = []
    while sorter.is_active():
        ready = sorted(sorter.get_ready())
        result += [(one, characters[one][2]) for one in ready if one in characters]
        sorter.done(*ready)
    return result
