"""Read the typed text, pictures and backgrounds of Xournal++ notebooks."""

from __future__ import annotations

import base64
import binascii
from pathlib import Path

import numpy as np
from lxml import etree

from handwriting.formats import packed, xml
from handwriting.formats.extras import ExtrasReader, PageExtras, PdfBackground, Picture, text_lines
from handwriting.formats.xournal import UNIT, VOCABULARY, unpack, with_decimal_points
from handwriting.limits import number_or_none
from handwriting.notes import Notes

FONT_SIZE = 12.0
"""Font size of text that does not state it."""


def read(data: bytes, file: str, notes: Notes) -> list[PageExtras]:
    """Read every page of the notebook; files that it refers to are searched beside it."""
    discarded = Notes(file)  # the reader of ink already notes the damage
    root = xml.parse(unpack(data, file, discarded), file, discarded, VOCABULARY)
    members = packed.Archive(data, file) if data.startswith(packed.ZIP) else None
    files = _Files(Path(file), members, notes)
    pages: list[PageExtras] = []
    for sheet in (child for child in root if xml.local_name(child) == "page"):
        texts, pictures = [], []
        background, pdf = _background(next(sheet.iter("{*}background"), None), files, pages)
        if background is not None:
            pictures.append(background)
        for element in sheet.iter("{*}text", "{*}image"):
            if xml.local_name(element) == "text":
                x, y, size = (number_or_none(with_decimal_points(element.get(name, ""))) for name in ("x", "y", "size"))
                texts += text_lines("".join(element.itertext()), x or 0.0, y or 0.0, size or FONT_SIZE)
            elif (picture := _picture(element, files)) is None:
                notes.count("damaged picture")
            else:
                pictures.append(picture)
        width, height = (number_or_none(with_decimal_points(sheet.get(name, ""))) for name in ("width", "height"))
        pages.append(PageExtras(len(pages) + 1, width, height, UNIT, tuple(texts), tuple(pictures), pdf))
    return pages


EXTRAS = ExtrasReader(read, frozenset({"text box", "image", "PDF background", "background picture"}))


class _Files:
    """Finds the files that backgrounds refer to; only the first page that shows a PDF names it."""

    def __init__(self, document: Path, members: packed.Archive | None, notes: Notes) -> None:
        self.document, self.members, self.notes = document, members, notes
        self.pdf: bytes | tuple[Path, ...] = ()

    def find(self, domain: str | None, name: str) -> bytes | tuple[Path, ...]:
        if self.members is not None and name in self.members.names:
            return self.members.attachment(name, self.notes)
        if domain == "attach":
            return (Path(f"{self.document}.{name}"), self.document.parent / name)
        # Other people's notebooks have paths of their machines; the file may have been moved with the notebook.
        return (self.document.parent / name, self.document.parent / Path(name.replace("\\", "/")).name)


def _background(
    element: etree._Element | None, files: _Files, pages: list[PageExtras]
) -> tuple[Picture | None, PdfBackground | None]:
    if element is None:
        return None, None
    kind, domain, name = element.get("type"), element.get("domain"), element.get("filename", "")
    if kind == "pdf":
        if name:
            files.pdf = files.find(domain, name)
        digits = "".join(c for c in element.get("pageno", "") if c.isdecimal())
        return None, PdfBackground(files.pdf, max(int(digits[:6] or 1) - 1, 0))
    if kind == "pixmap" and domain == "clone":
        earlier = int(name) if name.isdecimal() and len(name) < 7 else len(pages)
        return (next(iter(pages[earlier].pictures), None) if earlier < len(pages) else None), None
    return (Picture(files.find(domain, name)) if kind == "pixmap" and name else None), None


def _picture(element: etree._Element, files: _Files) -> Picture | None:
    sides = [number_or_none(with_decimal_points(element.get(name, ""))) for name in ("left", "top", "right", "bottom")]
    left, top, right, bottom = (side if side is not None else np.nan for side in sides)
    if not (left < right and top < bottom):
        return None
    attached = next(element.iter("{*}attachment"), None)
    if attached is not None:
        source = files.find("attach", attached.get("path", ""))
        return Picture(source, (left, top, right, bottom))
    try:
        return Picture(base64.b64decode(element.text or ""), (left, top, right, bottom))
    except binascii.Error:
        return None
