"""Xournal++ and Xournal notebooks, plain, gzipped and as a package."""

from __future__ import annotations

import gzip

import pytest
from format_seeds import XOURNAL, package

from handwriting import formats
from handwriting.errors import InkError
from handwriting.formats import xournal
from handwriting.ink import Ink, Page, Source


@pytest.mark.parametrize(
    "data", [XOURNAL.encode(), gzip.compress(XOURNAL.encode()), package()], ids=["xml", "gz", "zip"]
)
def test_a_notebook_by_hand(data):
    first, third = formats.read_pages(data)
    assert (first.width, first.height, first.number) == (595.27, 841.89, 1)
    assert (third.width, third.height, third.number) == (400, 300, 3)
    assert first.ink.xy.tolist() == [[10, 20], [11.5, 22], [13, 25], [30, 40], [31, 41]]
    assert first.ink.starts.tolist() == [0, 3]
    share = 0.7 / 1.41
    assert first.ink.pressure == pytest.approx([share, 1, 1, 0.35 / 1.41, 0.35 / 1.41])
    assert first.ink.t is None
    assert first.ink.source.units == "pt"
    assert third.ink.xy.tolist() == [[5, 6]]
    assert third.ink.pressure is None


def test_what_is_written_is_what_xournal_reads():
    """Integers of points and widths, so that the document can be compared as text."""
    ink = Ink([1, 2, 9], [3, 4, 9], [0, 2], None, [0.5, 1, 1], Source(units="pt"))
    text = gzip.decompress(xournal.write([Page(ink, 100, 50, 2)])).decode()
    assert '<page width="100.000000" height="50.000000">' in text
    assert text.count("<page") == 1
    assert '<stroke tool="pen" color="#000000ff" width="1.41 0.705" capStyle="round">1 3 2 4</stroke>' in text
    assert '<stroke tool="pen" color="#000000ff" width="1.41 1.41" capStyle="round">9 9 9 9</stroke>' in text


def test_lengths_are_kept_and_sheets_hold_their_ink():
    ink = Ink([0, 25.4], [0, 300], [0], source=Source(units="mm"))
    (page,) = formats.read_pages(xournal.write([Page(ink)]))
    assert page.ink.x.tolist() == [0, 72]
    assert page.height > page.ink.y[1] == pytest.approx(300 / 25.4 * 72, abs=1e-3)


def test_ink_without_units_is_as_large_as_people_write():
    ink = Ink.from_strokes([[(1000, 2000), (1500, 1200)], [(1800, 2000), (6000, 1400)]])
    (page,) = formats.read_pages(xournal.write([Page(ink)]))
    left, top, right, bottom = page.ink.bounds
    assert min(left, top) == pytest.approx(xournal.MARGIN)
    assert right < page.width and bottom < page.height
    assert 5 < bottom - top < 15


def test_sheets_without_ink_keep_their_place():
    page = Page(Ink([1], [2], [0], source=Source(units="pt")), 50, 60)
    text = gzip.decompress(xournal.write([page, Page(page.ink, 50, 60, 4)])).decode()
    assert text.count("<page") == 4


DAMAGED = {
    "odd": ("30 40 31 41", "30 40 31", "3 numbers, which cannot be pairs"),
    "no number": ("30 40", "30 vierzig", "stroke='vierzig' is not a number"),
    "nan": ("30 40", "30 nan", "stroke='nan'"),
    "invisible": ('width="1.41 0.35"', 'width="1.41 nan"', "makes it invisible"),
}


@pytest.mark.parametrize("name", DAMAGED)
def test_a_damaged_stroke_costs_itself_alone(name):
    good, bad, reason = DAMAGED[name]
    assert good in XOURNAL
    first, third = formats.read_pages(XOURNAL.replace(good, bad).encode())
    assert first.ink.xy.tolist() == [[10, 20], [11.5, 22], [13, 25]]
    assert third.ink.xy.tolist() == [[5, 6]]
    (lost,) = (note.text for note in first.ink.source.notes if note.severity == "lost")
    assert lost.startswith("stroke 3 on page 1 was left out: ") and reason in lost
    assert third.ink.source.notes == first.ink.source.notes


@pytest.mark.parametrize("width", ["dick", "1.41 nan 0.7", "nan", "1.41 inf 1"])
def test_a_damaged_width_costs_the_pressure(width):
    first, _ = formats.read_pages(XOURNAL.replace("1.41 0.7 1.41", width).encode())
    assert len(first.ink) == 5 and first.ink.pressure is None
    assert any(note.text.startswith("the pressure was dropped: ") for note in first.ink.source.notes)


def test_a_damaged_page_size_is_dropped():
    first, _ = formats.read_pages(XOURNAL.replace('"595.27"', '"wide"').encode())
    assert (first.width, first.height) == (None, 841.89)
    assert "the page size was dropped: 'wide' is not a length" in [note.text for note in first.ink.source.notes]


WRONG = {
    "no ink": ("<xournal><page width='1' height='1'><layer/></page></xournal>", "no strokes"),
    "no pages": ("<xournal/>", "no strokes"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_said(name):
    text, reason = WRONG[name]
    with pytest.raises(InkError, match=reason):
        formats.read_pages(text.encode())


def test_gzip_of_something_else(tmp_path):
    (tmp_path / "a.xopp").write_bytes(gzip.compress(b"<html/>"))
    with pytest.raises(InkError, match="its root is <html>"):
        formats.read(tmp_path / "a.xopp")


def test_decimal_commas():
    """Some versions of Xournal wrote the numbers of the system's language, and its reader accepts them."""
    page = '<page width="612,00" height="792,00"><layer><text x="10,50" y="20,00" size="12,00">typed</text>'
    stroke = '<stroke tool="pen" color="black" width="2,00 1,00 2,00">84,36 90,12 85,5 91,25 86 92</stroke>'
    contents = formats.read_document(f"<xournal>{page}{stroke}</layer></page></xournal>".encode())
    (found,) = contents.pages
    assert (found.width, found.height) == (612, 792)
    assert found.ink.xy.tolist() == [[84.36, 90.12], [85.5, 91.25], [86, 92]]
    assert found.ink.pressure == pytest.approx([0.5, 1, 1])
    assert contents.extras[0].texts[0].box[:2] == (10.5, 20)
    assert [note.text for note in contents.notes if note.severity != "detail"] == []
