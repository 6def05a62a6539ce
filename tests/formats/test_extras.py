"""Typed text and backgrounds of reMarkable documents; Xournal++'s are tested with the transcripts they come in."""

from __future__ import annotations

import pytest
from remarkable_fixture import bundle, page, text_block

from handwriting.formats import read_document, read_pages

LINE = [(-100.0, 300.0, 100), (100.0, 300.0, 100)]


def test_typed_text_is_put_together_from_its_items():
    # "Hello" and a new paragraph " wrld"; then "o" within the latter, and "lo" deleted and written again.
    items = [
        (30, 26, 27, "o"),
        (16, 0, 0, "Hel"),
        (19, 18, 24, 2),
        (24, 20, 0, "\n w"),
        (27, 26, 0, "rld"),
        (40, 20, 24, "lo"),
    ]
    data = page([LINE]) + text_block(items, -400.0, 234.0, 800.0)
    contents = read_document(data)
    (extras,) = contents.extras
    assert [text.text for text in extras.texts] == ["Hello", "world"]
    assert extras.texts[0].box == (302.0, 176.0, 302.0 + 5 * 20, 224.0)
    assert extras.texts[1].box[1] == 176.0 + 70
    assert len(contents.pages) == 1 and contents.notes == ()
    (note,) = read_pages(data)[0].ink.source.notes  # readers of ink alone still tell
    assert "typed text" in note.text


def test_a_long_paragraph_takes_several_lines():
    data = page([]) + text_block([(16, 0, 0, "x" * 100 + "\nend")], -400.0, 0.0, 800.0)
    first, second = read_document(data).extras[0].texts
    assert first.box == (302.0, -58.0, 1102.0, -58.0 + 2 * 70 + 48)  # 100 letters of 20 pixels on lines of 800
    assert second.box[1] == -58.0 + 3 * 70


@pytest.mark.parametrize("new", [True, False])
def test_pages_of_a_pdf_lie_under_pages_of_a_bundle(new):
    data = bundle([page([LINE]), None, page([LINE])], new=new, pdf=b"%PDF", under=[1, None, 0])
    extras = read_document(data).extras
    assert [extra.pdf and (extra.pdf.source, extra.pdf.page) for extra in extras] == [(b"%PDF", 1), None, (b"%PDF", 0)]
    assert [p.number for p in read_document(data).pages] == [1, 3]
    assert read_document(data).notes == ()
    assert [note.text for note in read_pages(data)[0].ink.source.notes] == ["1 PDF background was left out"]


@pytest.mark.parametrize("items", [[(16, 16, 0, "circle")], [(16, 0, 0, "x" * 10)] * 3, [(16, 99, 98, "lost")]])
def test_damaged_text_does_not_stop_the_ink(items):
    for cut in (0, 3, 40):
        data = page([LINE]) + text_block(items, float("nan"), 0.0, 800.0)
        assert len(read_document(data[: len(data) - cut]).pages) == 1
