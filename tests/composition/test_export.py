"""Drawings as files of every kind."""

from __future__ import annotations

import numpy as np
import pytest

from handwriting import formats
from handwriting.composition import export
from handwriting.errors import InkError
from handwriting.ink import Ink, Source
from handwriting.rendering.drawing import Drawing

LINES = [[(10, 10), (20, 12)], [(30, 10), (40, 14), (41, 15)]]
DRAWING = Drawing(100, 50, tuple(Ink.from_strokes([line], Source(units="mm")) for line in LINES), title="two lines")


def test_every_ending_that_is_offered_can_be_encoded_and_each_once():
    assert export.endings()[:3] == [".svg", ".png", ".pdf"]
    assert {".inkml", ".xopp", ".json", ".csv"} <= set(export.endings())
    assert len(set(export.endings())) == len(export.endings())
    for ending in export.endings():
        assert export.encode(DRAWING, ending, text="two lines")


@pytest.mark.parametrize("ending", [".inkml", ".json"])
def test_an_ink_file_holds_all_strokes_in_millimetres_and_the_text(ending):
    read = formats.read(export.encode(DRAWING, ending, text="two lines"))
    ink = getattr(read, "ink", read)
    assert [stroke.tolist() for stroke in ink.strokes] == [[list(map(float, p)) for p in line] for line in LINES]
    assert (ink.source.units, ink.source.text) == ("mm", "two lines")


def test_a_page_has_the_size_of_the_drawing():
    page = export.page_of(DRAWING)
    assert (page.width, page.height, page.ink.source.text) == (100, 50, None)
    assert np.array_equal(page.ink.starts, [0, 2])


@pytest.mark.parametrize("name", ["a.svg", "A.PDF", "a.xopp"])
def test_a_saved_file_is_what_is_encoded(tmp_path, name):
    export.save(DRAWING, tmp_path / name, text="two lines")
    ending = export.check(name)
    assert (tmp_path / name).read_bytes() == export.encode(DRAWING, ending, text="two lines")


@pytest.mark.parametrize("name", ["a.jpg", "a", "a.xml"])
def test_other_endings_are_refused(tmp_path, name):
    for attempt in (lambda: export.check(name), lambda: export.save(DRAWING, tmp_path / name)):
        with pytest.raises(InkError, match="give a name with"):
            attempt()
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("ending", [".jpg", ".xml", "svg"])
def test_what_cannot_be_encoded_is_refused(ending):
    with pytest.raises(InkError):
        export.encode(DRAWING, ending)
