"""``/api/ink``: the pages of an ink file, in millimetres."""

from __future__ import annotations

from pathlib import Path

import pytest

from handwriting import formats
from handwriting.web import ink_files

SAMPLES = Path(__file__).parents[2] / "datasets" / "samples"


def test_every_page_of_a_document_is_given_in_its_size(client):
    data = (SAMPLES / "notes.xopp").read_bytes()
    pages = client.post("/api/ink", content=data).json()["pages"]
    documents = formats.read_pages(data)
    assert [page["number"] for page in pages] == [page.number for page in documents]
    for page, document in zip(pages, documents, strict=True):
        assert page["width"] == pytest.approx(document.width * 25.4 / 72)
        assert len(page["strokes"]) == len(document.ink.starts)
        x, y, t, _ = page["strokes"][0][0]
        assert x == pytest.approx(document.ink.x[0] * 25.4 / 72, abs=1e-3)
        assert y == pytest.approx(document.ink.y[0] * 25.4 / 72, abs=1e-3)
        assert t is None  # Xournal++ has no time


def test_ink_without_a_size_is_as_wide_as_a4_and_keeps_its_times(client):
    data = (SAMPLES / "line.xml").read_bytes()
    (page,) = client.post("/api/ink", content=data).json()["pages"]
    points = [point for stroke in page["strokes"] for point in stroke]
    assert page["width"] == pytest.approx(210)
    assert min(x for x, *_ in points) == pytest.approx(15, abs=1e-3)
    assert max(x for x, *_ in points) == pytest.approx(195, abs=1e-3)
    ink = formats.read_ink(data)
    assert points[-1][2] == pytest.approx(1000 * ink.t[-1], abs=0.01)


@pytest.mark.parametrize(("data", "status"), [(b"", 422), (b"no ink", 422), (b"<ink/>", 422)])
def test_what_is_no_ink_is_refused_with_a_reason(client, data, status):
    answer = client.post("/api/ink", content=data)
    assert answer.status_code == status and answer.json()["reason"]


def test_too_much_ink_is_refused(client, monkeypatch):
    monkeypatch.setattr(ink_files, "MAX_FILE_POINTS", 100)
    answer = client.post("/api/ink", content=(SAMPLES / "line.xml").read_bytes())
    assert answer.status_code == 413 and "split the file" in answer.json()["reason"]


def test_what_was_left_out_is_said(client):
    strokes = [f'<stroke tool="{tool}" color="black" width="1">1 1 5 5 9 2</stroke>' for tool in ("pen", "highlighter")]
    page = f'<page width="100" height="100"><layer>{"".join(strokes)}</layer></page>'
    reply = client.post("/api/ink", content=f'<xournal creator="test">{page}</xournal>'.encode()).json()
    assert len(reply["pages"][0]["strokes"]) == 1 and "highlighter" in " ".join(reply["notes"])
