"""Render documents as hOCR: HTML with the position of every line, word and character.

hOCR requires integer pixels, and ink may have any unit, so the longer side of a page is scaled to :data:`PIXELS`. A
page whose file does not state its size is as large as its ink. Typed text is marked with the property ``x_typed``.

Source: T. Breuel, "The hOCR Embedded OCR Workflow and Output Format", ICDAR 2007; specification 1.2,
https://kba.github.io/hocr-spec/1.2/
"""

from __future__ import annotations

from collections.abc import Sequence

from lxml import etree
from lxml.builder import ElementMaker

from handwriting.documents.document import Document, DocumentPage, TextLine
from handwriting.errors import printable
from handwriting.formats.extras import TypedText
from handwriting.recognition.transcription import Box

PIXELS = 3000
"""Length of the longer side of a page."""
_make = ElementMaker(namespace="http://www.w3.org/1999/xhtml", nsmap={None: "http://www.w3.org/1999/xhtml"})


def hocr(documents: Sequence[Document]) -> bytes:
    """Render all pages of the documents that could be read as one hOCR file."""
    pages = [(document.name, page) for document in documents for page in document.written_pages]
    capabilities = "ocr_page ocr_line ocrx_word ocrx_cinfo"
    body = _make.body(*(_PixelPage(page, number).element(name) for number, (name, page) in enumerate(pages, 1)))
    head = _make.head(
        _make.title(printable(documents[0].name)),
        _make.meta({"http-equiv": "Content-Type", "content": "text/html; charset=utf-8"}),
        _make.meta(name="ocr-system", content="handwriting"),
        _make.meta(name="ocr-capabilities", content=capabilities),
        _make.meta(name="ocr-number-of-pages", content=str(len(pages))),
    )
    root = _make.html(head, body)
    return etree.tostring(root, pretty_print=True, xml_declaration=True, encoding="UTF-8", doctype="<!DOCTYPE html>")


class _PixelPage:
    """A page with its coordinates scaled to pixels."""

    def __init__(self, page: DocumentPage, number: int) -> None:
        self.page, self.number = page, number
        left, top, right, bottom = page.bounds
        self.origin = left, top
        self.scale = PIXELS / max(right - left, bottom - top, 1e-300)
        self.box = self.bbox(page.bounds)

    def bbox(self, box: Box) -> str:
        left, top = self.origin
        x, y = ([round((box[i + k] - o) * self.scale) for k in (0, 2)] for i, o in ((0, left), (1, top)))
        return f"bbox {x[0]} {y[0]} {x[1]} {y[1]}"

    def element(self, file: str) -> etree._Element:
        identifier = f"page_{self.number}"
        title = f'image "{printable(file).replace(chr(34), "")}"; {self.box}; ppageno {self.number - 1}'
        lines = [self._line(line, f"line_{self.number}_{k}") for k, line in enumerate(self.page.lines, 1)]
        return _make.div({"class": "ocr_page", "id": identifier, "title": title}, *lines)

    def _line(self, line: TextLine, identifier: str) -> etree._Element:
        if isinstance(line, TypedText):
            title = f"{self.bbox(line.box)}; x_typed 1"
            return _make.span({"class": "ocr_line", "id": identifier, "title": title}, line.text)
        result = _make.span({"class": "ocr_line", "id": identifier, "title": self.bbox(line.box)})
        for k, word in enumerate(line.words, 1):
            word_confidence = "" if word.probability is None else f"; x_wconf {round(100 * word.probability)}"
            title = f"{self.bbox(word.box(line.ink))}{word_confidence}"
            element = _make.span(
                {"class": "ocrx_word", "id": f"{identifier.replace('line', 'word')}_{k}", "title": title}
            )
            for character in line.readings[0].characters[word.begin : word.end]:
                box = character.box(line.ink)
                assert box is not None  # only spaces have no box, and words have no spaces
                character_confidence = (
                    "" if character.probability is None else f"; x_conf {100 * character.probability:.0f}"
                )
                info = {"class": "ocrx_cinfo", "title": f"x_bboxes {self.bbox(box)[5:]}{character_confidence}"}
                element.append(_make.span(info, character.text))
            element.tail = " " if k < len(line.words) else None
            result.append(element)
        return result
