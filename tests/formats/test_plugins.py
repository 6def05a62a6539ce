"""Formats of other packages, found by entry points; and what becomes of readers that fail."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.metadata import EntryPoint

import pytest

from handwriting import formats
from handwriting.errors import InkError
from handwriting.formats import format as documented
from handwriting.ink import Ink

DATA = b"#points 1\n\n1 2\n3 4\n\n5 6\n\nfive six"


@pytest.fixture
def install(monkeypatch: pytest.MonkeyPatch) -> Iterator[object]:
    """Installs entry points as a package would."""

    def points(**values: str) -> None:
        found = [EntryPoint(name, value, formats.ENTRY_POINT_GROUP) for name, value in values.items()]
        monkeypatch.setattr(formats, "entry_points", lambda group: found if group == formats.ENTRY_POINT_GROUP else [])
        formats._plugins.cache_clear()
        formats.endings.cache_clear()

    yield points
    formats._plugins.cache_clear()
    formats.endings.cache_clear()


@pytest.fixture
def example(tmp_path, monkeypatch):
    """The module that the documentation shows, as it stands there."""
    code = re.search(r"::\n\n(    from handwriting import.*?)\Z", documented.__doc__, re.DOTALL)[1]
    (tmp_path / "handwriting_points.py").write_text(re.sub("(?m)^    ", "", code))
    monkeypatch.syspath_prepend(tmp_path)


def test_the_example_of_the_documentation(install, example):
    install(points="handwriting_points:POINTS")
    assert formats.find(DATA, "stdin").name == "Points"
    assert ".points" in formats.endings()
    assert "Points" in formats.table()
    ink = formats.read(DATA)
    assert isinstance(ink, Ink)
    assert [stroke.tolist() for stroke in ink.strokes] == [[[1, 2], [3, 4]], [[5, 6]]]
    (note,) = ink.source.notes
    assert note.severity == "lost"
    assert note.text == "stroke 3 was left out: 'five six' is not lines of x and y"
    with pytest.raises(InkError, match="no strokes"):
        formats.read(b"#points 1\n")


def test_a_json_of_another_package_comes_before_any_json(install, example, tmp_path):
    (tmp_path / "boxes.py").write_text(
        "from handwriting.formats import Format\n"
        "def read(data, file, notes): return []\n"
        "BOXES = Format('Boxes', ('.boxes',), lambda head: b'boxes' in head[:9], read)\n"
    )
    install(boxes="boxes:BOXES")
    assert formats.find(b'{"boxes": []}', "stdin").name == "Boxes"
    assert formats.find(b'{"strokes": []}', "stdin").name == "JSON"


def test_a_broken_package_harms_nobody(install, tmp_path, monkeypatch):
    (tmp_path / "broken.py").write_text("1 / 0\n")
    (tmp_path / "other.py").write_text("FORMAT = 5\n")
    monkeypatch.syspath_prepend(tmp_path)
    install(broken="broken:FORMAT", gone="gone:FORMAT", other="other:FORMAT")
    with pytest.warns(UserWarning) as told:
        assert formats.find(b'{"strokes": []}', "stdin").name == "JSON"
    assert len(told) == 3


def test_a_reader_that_fails_is_named(install, tmp_path, monkeypatch):
    (tmp_path / "careless.py").write_text(
        "from handwriting.formats import Format\n"
        "def read(data, file, notes): return data[99]\n"
        "FORMAT = Format('Careless', ('.care',), lambda head: head.startswith(b'care'), read)\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    install(careless="careless:FORMAT")
    with pytest.raises(InkError, match=r"the reader of Careless failed \(IndexError: index out of range\)") as caught:
        formats.read(b"care")
    assert isinstance(caught.value.__cause__, IndexError)
