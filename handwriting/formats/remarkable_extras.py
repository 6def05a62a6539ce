"""Read the typed text and PDF backgrounds of reMarkable documents.

Pages of version 6 are measured on the page of the PDF, which has its own size there: x from its middle, y from its top.
Older tablets measure on the screen, where a page of a PDF is as large as the screen allows. Zooming and cropping change
neither.

Source: comparison of highlighted passages with the tablet's own pictures of the pages, 2026,
https://github.com/dsebastien/obsidian-remarkable-sync/pull/17
"""

from __future__ import annotations

import json
import struct
from dataclasses import replace
from typing import Any

from handwriting.errors import InkError
from handwriting.formats import packed
from handwriting.formats.extras import ExtrasReader, PageExtras, PdfBackground, TypedText
from handwriting.formats.remarkable import HEADER, PDF, UNIT, is_deleted, page_names
from handwriting.formats.remarkable_blocks import SCENE, TEXT, blocks
from handwriting.formats.remarkable_page import PAPER, Paper
from handwriting.formats.remarkable_text import read_text
from handwriting.notes import Notes

OLD_HEADERS = (HEADER + b"3", HEADER + b"5")


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


EXTRAS = ExtrasReader(read, frozenset({"typed text", PDF}))


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
                texts += read_text(block).texts
    except (ValueError, struct.error) as error:
        if not isinstance(error, InkError):  # the reader of ink reports damaged blocks
            notes.count("damaged text")
    half = paper[0] / 2
    placed = [TypedText(t.text, (t.box[0] + half, t.box[1], t.box[2] + half, t.box[3]), t.size) for t in texts]
    if pdf is not None and not data.startswith(OLD_HEADERS):
        pdf = replace(pdf, middle=half)
    return PageExtras(number, float(paper[0]), float(paper[1]), UNIT, tuple(placed), (), pdf)
