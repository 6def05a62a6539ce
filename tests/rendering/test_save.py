"""The kind of file is chosen by its name."""

import pytest

from handwriting.errors import InkError
from handwriting.ink import Ink
from handwriting.rendering.drawing import Drawing
from handwriting.rendering.save import check, save

DRAWING = Drawing(20, 10, (Ink.from_strokes([[[5, 5], [15, 5]]]),))


@pytest.mark.parametrize(("name", "start"), [("a.svg", b"<?xml"), ("a.PNG", b"\x89PNG"), ("a.pdf", b"%PDF-")])
def test_each_kind(tmp_path, name, start):
    save(DRAWING, tmp_path / name)
    assert (tmp_path / name).read_bytes().startswith(start)
    assert [path.name for path in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize("name", ["a.jpg", "a", "svg"])
def test_other_endings_are_refused(tmp_path, name):
    for attempt in (lambda: save(DRAWING, tmp_path / name), lambda: check(name)):
        with pytest.raises(InkError, match=r"use \.svg, \.png or \.pdf"):
            attempt()
    assert not list(tmp_path.iterdir())
