"""Transcripts are taken from the SVG files of this package, not from the titles of other programs."""

from __future__ import annotations

import pytest
from own_svg import OF_THE_PAGE
from strangers import assert_is_line, paths, read, svg

from handwriting import formats
from handwriting.composition.style import style_from_file
from handwriting.errors import InkError
from handwriting.formats import svg as svg_format
from handwriting.ink import Ink, Page, Source
from handwriting.rendering.animation import animated_svg
from handwriting.rendering.drawing import fitted
from handwriting.rendering.svg import markup

STROKES = [[(0, 0), (5, 5)], [(7, 1), (9, 4)]]


def ink_of(text: str) -> Ink:
    return Ink.from_strokes(STROKES, source=Source(text=text))


@pytest.mark.parametrize("text", ["two words", "two\nlines"])
def test_our_own_files_keep_their_text(text):
    for written in (
        svg_format.write([Page(ink_of(text))]),
        markup(fitted(ink_of(text))).encode(),
        markup(fitted(ink_of("other"), title="a title", desc=text)).encode(),
        animated_svg(fitted(ink_of(text))).encode(),
    ):
        assert formats.read_ink(written).source.text == text


def test_a_page_of_the_browser():
    """Each stroke is a group of pieces of even width; the title is the page's name."""
    ink = formats.read_ink(OF_THE_PAGE.format(name="Page 1", text="two words").encode())
    assert ink.source.text == "two words"
    assert len(ink.starts) == 2
    assert formats.read_ink(OF_THE_PAGE.format(name="Page 1", text="").encode()).source.text is None


@pytest.mark.parametrize(
    "titled",
    [
        "<desc>Created with Fabric.js 4.6.0</desc>", "<title>Untitled-1</title>",
        '<title id="title">Page 1</title><desc id="desc-1">Created with Sketch.</desc>',
    ],
)  # fmt: skip
def test_titles_of_other_programs_are_not_what_is_written(titled, tmp_path):
    text = svg(paths()).replace("<g ", f"{titled}<g ", 1)
    ink = read(text)
    assert_is_line(ink)
    assert ink.source.text is None
    (tmp_path / "line.svg").write_text(text)
    with pytest.raises(InkError, match="no transcript"):
        style_from_file(tmp_path / "line.svg")
