"""``adapt`` on the command line: names, places, and what is refused before the training."""

from __future__ import annotations

import json

import pytest

from handwriting.checkpoint import Checkpoint, own, shipped


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("HANDWRITING_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def lines(tmp_path):
    path = tmp_path / "lines.jsonl"
    path.write_text("".join(json.dumps({"ink": [[[0, i], [3, 4]]], "text": "ab"}) + "\n" for i in range(3)))
    return path


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("recognizer", "the name of a shipped checkpoint"),
        ("a/b", "cannot be named 'a/b'"),
        ("..", "cannot be named '..'"),
        ("", "cannot be named ''"),
    ],
)
def test_names_that_cannot_be_used(run, lines, name, part):
    code, out, err = run("adapt", name, lines)
    assert code == 2 and out == "" and part in err and len(err.splitlines()) == 1


def test_what_is_there_is_not_overwritten(run, lines, tmp_path):
    folder = tmp_path / "kept"
    folder.mkdir()
    (folder / "mine.txt").write_text("mine")
    code, _, err = run("adapt", "anna", lines, "-o", folder)
    assert code == 2 and "contains something other than" in err and (folder / "mine.txt").read_text() == "mine"
    own("anna").parent.mkdir(parents=True)
    own("anna").symlink_to(shipped("recognizer"))
    code, _, err = run("adapt", "anna", lines)
    assert code == 2 and "contains something other than" in err


def test_few_lines_are_refused(run, lines):
    pytest.importorskip("torch", reason="training needs torch: pip install 'handwriting[train]'")
    code, out, err = run("adapt", "anna", lines)
    assert code == 2 and out == "" and "at least 8 are needed" in err.splitlines()[-1]
    assert not own("anna").exists()


def test_ones_own_checkpoints_are_found_by_name(run, tmp_path):
    own("anna").parent.mkdir(parents=True)
    own("anna").symlink_to(shipped("recognizer"))
    assert Checkpoint.load("anna", "recognizer").folder == own("anna")
    code, out, _ = run(
        "transcribe", shipped("recognizer").parent.parent / "datasets/samples/line.xml", "--checkpoint", "anna"
    )
    assert code == 0 and out.strip() == "a line of handwriting"
    (tmp_path / "anna").mkdir()  # a folder of this name wins, as it always did
    assert run("transcribe", "x", "--checkpoint", "anna")[0] == 2
