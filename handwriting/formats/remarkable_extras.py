"""Read the typed text and PDF backgrounds of reMarkable documents.

Typed text of version 6 is stored for collaborative editing: items of characters, each of which names the characters
that were to its left and right when it was written. A page has one text, in paragraphs, for which the tablet stores the
position and the width but no fonts; lines and their heights are estimated.

The tablet shows a page of a PDF as large as its screen allows, from the top.
"""

from __future__ import annotations

import json
import struct
from graphlib import CycleError, TopologicalSorter
from math import ceil, isfinite
from typing import Any

from handwriting.errors import InkError
from handwriting.formats import packed
from handwriting.formats.extras import LETTER_WIDTH, ExtrasReader, PageExtras, PdfBackground, TypedText
from handwriting.formats.remarkable import HEADER, UNIT, is_deleted, page_names
from handwriting.formats.remarkable_page import PAPER, Paper
from handwriting.formats.remarkable_v6 import BYTE4, LENGTH, SCENE, TEXT, Block, Identifier, blocks
from handwriting.notes import Notes

LINE_HEIGHT, FONT_SIZE = 70.0, 40.0
"""Height of a line of text and size of its font, in pixels of the screen."""
FIRST_BASELINE = -18.0
"""Baseline of the first line, relative to the position that the file gives."""
MAX_CHARACTERS = 100_000
"""Maximum number of characters of a page, including deleted ones, which keep their places; more are a sign of
damage."""
BOUNDARY: Identifier = (0, 0)
"""Identifier that stands for the beginning and the end of the text."""


def read(data: bytes, file: str, notes: Notes) -> list[PageExtras]:
    """Read every page of a page file or a bundle."""
    if not data.startswith(packed.ZIP):
        return [_read_page(data, 1, None, file, notes)]
    discarded = Notes(file)  # the reader of ink already notes damaged pages
    archive = packed.Archive(data, file, discarded)
    pdf = next((archive.attachment(name, notes) for name in archive.names if name.endswith(".pdf")), None)
    sheets = _pdf_pages(archive)
    pages = []
    for number, name in enumerate(page_names(archive, file, discarded), 1):
        page = archive.read(name, discarded) if name in archive.names else b""
        index = sheets[number - 1] if number <= len(sheets) else None
        background = None if not pdf or index is None else PdfBackground(pdf, index)
        pages.append(_read_page(page, number, background, file, notes))
    return pages


EXTRAS = ExtrasReader(read, frozenset({"typed text"}))


def _pdf_pages(archive: packed.Archive) -> list[int | None]:
    """Return the index of the PDF page under each page of the document; None for pages that were inserted."""
    try:
        content: Any = next((json.loads(archive.read(n)) for n in archive.names if n.endswith(".content")), {})
    except (InkError, ValueError, RecursionError):
        return []
    if isinstance(content.get("cPages"), dict):
        kept = [sheet for sheet in content["cPages"].get("pages", ()) if not is_deleted(sheet)]
        return [_index(sheet.get("redir", {}).get("value")) if isinstance(sheet, dict) else None for sheet in kept]
    mapped = content.get("redirectionPageMap")
    return [_index(k) for k in (mapped if isinstance(mapped, list) else range(len(content.get("pages") or ())))]


def _index(value: object) -> int | None:
    return value if isinstance(value, int) and value >= 0 else None


def _read_page(data: bytes, number: int, pdf: PdfBackground | None, file: str, notes: Notes) -> PageExtras:
    paper: Paper = PAPER
    texts: list[TypedText] = []
    try:
        for kind, _, block in blocks(data, file) if data.startswith(HEADER + b"6") else ():
            if kind == SCENE:
                paper = block.paper() or paper
            elif kind == TEXT:
                texts += _read_text(block)
    except (ValueError, struct.error, CycleError) as error:
        if not isinstance(error, InkError):  # the reader of ink reports damaged blocks
            notes.count("damaged text")
    half = paper[0] / 2
    placed = [TypedText(t.text, (t.box[0] + half, t.box[1], t.box[2] + half, t.box[3]), t.size) for t in texts]
    return PageExtras(number, float(paper[0]), float(paper[1]), UNIT, tuple(placed), (), pdf)


def _read_text(block: Block) -> list[TypedText]:
    """Return the paragraphs of the page's text; x is measured from the middle of the paper."""
    block.id(1)
    text = block.inner(2)
    items = text.inner(1).inner(1)
    characters: dict[Identifier, tuple[Identifier, Identifier, str]] = {}
    for _ in range(items.number()):
        _add_item(items.inner(0), characters)
    corner = block.inner(3)
    x, y = struct.unpack("<dd", corner.take(16))
    (width,) = struct.unpack("<f", block.value(4, BYTE4))
    if not all(map(isfinite, (x, y, width))):
        raise ValueError("the place of the text is not finite")
    result, top = [], y + FIRST_BASELINE - FONT_SIZE
    for paragraph in _join_characters(characters).split("\n"):
        lines = max(1, ceil(LETTER_WIDTH * FONT_SIZE * len(paragraph) / max(width, FONT_SIZE)))
        if paragraph.strip():
            right = x + min(width, LETTER_WIDTH * FONT_SIZE * len(paragraph)) if lines == 1 else x + width
            box = (x, top, right, top + LINE_HEIGHT * (lines - 1) + 1.2 * FONT_SIZE)
            result.append(TypedText(paragraph.strip(), box, FONT_SIZE))
        top += LINE_HEIGHT * lines
    return result


def _add_item(item: Block, characters: dict[Identifier, tuple[Identifier, Identifier, str]]) -> None:
    """Add the characters of an item to ``characters``, by their identifiers, with the neighbours of each."""
    (author, first), left, right = item.id(2), item.id(3), item.id(4)
    deleted = int.from_bytes(item.value(5, BYTE4), "little")
    if deleted or not item.has(6, LENGTH):
        text = "\0" * min(deleted, MAX_CHARACTERS + 1)  # deleted characters keep their places
    else:
        value = item.inner(6)
        size = value.number()
        value.take(1)
        text = value.take(size).decode("utf-8", "replace")
    if len(characters) + len(text) > MAX_CHARACTERS:
        raise ValueError(f"more than {MAX_CHARACTERS:,} characters on a page")
    for k, character in enumerate(text):
        before = left if k == 0 else (author, first + k - 1)
        after = right if k == len(text) - 1 else (author, first + k + 1)
        characters[author, first + k] = (before, after, character)


def _join_characters(characters: dict[Identifier, tuple[Identifier, Identifier, str]]) -> str:
    """Return the text. Characters that several authors wrote at the same place are ordered by identifier."""
    sorter: TopologicalSorter[Identifier] = TopologicalSorter()
    for one, (left, right, _) in characters.items():
        sorter.add(one, *((left,) if left != BOUNDARY else ()))
        if right != BOUNDARY:
            sorter.add(right, one)
    sorter.prepare()
    result = []
    while sorter.is_active():
        ready = sorted(sorter.get_ready())
        result += [characters[one][2] for one in ready if one in characters]
        sorter.done(*ready)
    return "".join(result).replace("\0", "")
