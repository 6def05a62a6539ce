"""Documents of pages: what `read`, `read_ink` and `read_pages` give for them and for single pieces of ink."""

from __future__ import annotations

import pytest
from iamondb_fixture import line_strokes, line_xml

import handwriting
from handwriting import formats
from handwriting.errors import InkError
from handwriting.ink import Ink, Page
from handwriting.notes import Notes

LINE = line_xml(line_strokes("tea")).encode("latin-1")


@pytest.fixture
def notebook(monkeypatch):
    """A document format of three sheets, the second without ink; its bytes say how many it really has."""

    def pages(data: bytes, file: str, notes: Notes) -> list[Page]:
        inks = [Ink.from_strokes([[(number, 0), (number, 1)]]) for number in (1, 3)]
        return [Page(ink, 10, 20, number) for number, ink in zip((1, 3), inks, strict=True)][: len(data) - 4]

    known = formats.Format("Notebook", (".note",), lambda head: head.startswith(b"NOTE"), pages, document=True)
    monkeypatch.setattr(formats, "readers", lambda: (known,))


def test_a_line_file_is_one_page():
    ink = formats.read(LINE)
    assert isinstance(ink, Ink)
    assert formats.read_pages(LINE) == [Page(ink)]
    assert formats.read_ink(LINE) == ink
    assert formats.read(LINE, page=1) == ink


def test_a_document_of_one_page_is_a_page(notebook):
    page = handwriting.read(b"NOTE1")
    assert isinstance(page, handwriting.Page)
    assert (page.width, page.height, page.number) == (10, 20, 1)
    assert formats.read_ink(b"NOTE1") == page.ink


def test_of_several_pages_one_is_chosen(notebook):
    assert [page.number for page in formats.read_pages(b"NOTE12")] == [1, 3]
    with pytest.raises(InkError, match=r"2 pages with ink; choose one with 'page', or use read_pages"):
        formats.read(b"NOTE12")
    page = formats.read(b"NOTE12", page=3)
    assert isinstance(page, Page)
    assert page.ink.x[0] == 3
    with pytest.raises(InkError, match="no ink on page 2; the pages with ink are: 1, 3"):
        formats.read(b"NOTE12", page=2)
