"""Pages and folders of ink."""

from __future__ import annotations

import numpy as np
import pytest

from handwriting.documents.document import Document
from handwriting.documents.inputs import InputFile
from handwriting.documents.loading import load
from handwriting.documents.recognise import TranscribeOptions, recognise
from handwriting.formats import save
from handwriting.ink import Ink, Page, Source
from handwriting.rendering.hershey import write

LINES = ("some ink on a page", "a few words or more", "this is the last line")


def page(texts=LINES, number=1) -> Page:
    """Lines below one another on a sheet of 600 x 800 pt."""
    strokes, top = [], 60.0
    for i, text in enumerate(texts):
        ink = write(text, seed=3 + i)
        height = np.ptp(ink.y)
        strokes += [(stroke - (ink.x.min(), ink.y.min())) * (24 / height) + (50, top) for stroke in ink.strokes]
        top += 60
    return Page(Ink.from_strokes(strokes, Source(units="pt")), 600.0, 800.0, number)


@pytest.fixture(scope="session")
def notebook(tmp_path_factory):
    """Two pages."""
    path = tmp_path_factory.mktemp("notebook") / "notes.xopp"
    save([page(), page(LINES[1:], 2)], path)
    return path


@pytest.fixture(scope="session")
def document(notebook) -> Document:
    return next(recognise(load([InputFile(notebook.name, str(notebook))]), TranscribeOptions(alternatives=2)))


@pytest.fixture
def folder(tmp_path):
    """Ten lines, and two files that cannot be read."""
    inside = tmp_path / "ink"
    inside.mkdir()
    for i in range(10):
        save(write(f"number {i}", seed=i), inside / f"{i}.json")
    (inside / "3b.json").touch()
    (inside / "7b.inkml").write_text("<ink>")
    return inside
