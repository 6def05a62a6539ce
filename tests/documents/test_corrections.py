"""Corrected lines in every form that people have them in."""

from __future__ import annotations

import json

import pytest
from command_line import ROOT

from handwriting import formats
from handwriting.documents.corrections import read_corrections
from handwriting.errors import InkError
from handwriting.recognition.orientation import Orientation

NOTES = ROOT / "datasets/samples/notes.xopp"


@pytest.fixture
def page():
    return formats.read_pages(NOTES)[0]


def transcript(*lines, file=str(NOTES), name="upright", strokes="forward"):
    lies = {"name": name, "strokes": strokes}
    return {"file": file, "text": "", "pages": [{"number": 1, "orientation": lies, "lines": list(lines)}]}


def written(tmp_path, *documents, name="corrected.jsonl"):
    path = tmp_path / name
    path.write_text("\n".join(json.dumps(document) for document in documents))
    return path


def test_the_lines_of_a_transcript_have_the_strokes_of_its_file(tmp_path, page):
    path = written(
        tmp_path,
        transcript(
            {"text": "shopping  for", "strokes": [2, 0, 1]},
            {"text": "typed", "typed": True, "strokes": []},
            {"text": " ", "strokes": [1]},
            {"text": "outside", "strokes": [len(page.ink.starts)]},
        ),
        {"file": "gone.xopp", "text": "", "pages": []},
        {"file": "broken.xopp", "error": "damaged"},
    )
    found = read_corrections([path])
    (line,) = found.lines
    assert line.text == "shopping for" and line.id == f"{NOTES} page 1, line 1"
    assert line.ink.xy.tolist() == page.ink.take([2, 0, 1]).xy.tolist()
    assert found.left_out == {
        f"{NOTES} page 1, line 3": "it has no text",
        f"{NOTES} page 1, line 4": f"its strokes are not numbers from 0 to {len(page.ink.starts) - 1}",
        "gone.xopp": found.left_out["gone.xopp"],
        "broken.xopp": "it could not be read",
    }


def test_a_page_that_lay_otherwise_is_turned_upright(tmp_path, page):
    line = {"text": "some words", "strokes": [0, 1]}
    turned = written(tmp_path, transcript(line, name="turned-180", strokes="backward"))
    expected = Orientation(2, False, "backward").upright(page.ink.take([0, 1]))[0]
    assert read_corrections([turned]).lines[0].ink.xy.tolist() == expected.xy.tolist()
    mixed = read_corrections([written(tmp_path, transcript(line, strokes="mixed"))])
    assert mixed.lines == [] and list(mixed.left_out.values()) == ["its strokes were drawn both ways"]


def test_files_are_found_beside_the_transcript(tmp_path, page):
    (tmp_path / "mine.xopp").write_bytes(NOTES.read_bytes())
    path = written(tmp_path, transcript({"text": "some words", "strokes": [0]}, file="mine.xopp"))
    assert len(read_corrections([path]).lines) == 1


def test_of_a_page_of_the_notebook_the_corrected_lines_count(tmp_path):
    strokes = [{"points": [{"x": x, "y": 1, "t": x}, {"x": x + 1, "y": 2, "t": x + 1}]} for x in range(4)]
    lines = [
        {"text": "as read", "strokes": [0, 1], "words": []},
        {"text": "as corrected", "corrected": True, "strokes": [2, 3], "words": []},
    ]
    document = {"text": "", "units": "mm", "width": 210, "height": 297, "strokes": strokes, "lines": lines}
    path = written(tmp_path, document, name="page.json")
    (line,) = read_corrections([path]).lines
    assert (line.text, line.ink.x.tolist()) == ("as corrected", [2, 3, 3, 4])
    document["lines"] = lines[:1]
    with pytest.raises(InkError, match="no line of this page was corrected"):
        read_corrections([written(tmp_path, document, name="page.json")])
    with pytest.raises(InkError, match="export its pages as JSON"):
        read_corrections([written(tmp_path, {"format": "handwriting-notebook", "pages": []})])


def test_ones_own_corpus_is_read_whole(tmp_path):
    rows = [{"ink": [[[0, 0], [3, 4]]], "text": "one two", "split": split} for split in ("train", "test")]
    path = written(tmp_path, *rows, {"ink": [[[0, 0]]]})
    found = read_corrections([path])
    assert [line.text for line in found.lines] == ["one two"] * 2 and len(found.left_out) == 1
    folder = tmp_path / "mine"
    folder.mkdir()
    with pytest.raises(InkError, match="no corrected lines here"):
        read_corrections([folder])
    formats.save(found.lines[0].ink, folder / "a.json")
    (folder / "a.txt").write_text("three")
    assert [line.text for line in read_corrections([folder, path]).lines] == ["three", "one two", "one two"]
