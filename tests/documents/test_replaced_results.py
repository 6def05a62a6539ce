"""A results file that another program deletes, moves, replaces or changes during a run."""

from __future__ import annotations

import json
import os

import pytest

from handwriting.documents.inputs import InputFile
from handwriting.documents.results import open_results
from handwriting.errors import InkError


def record(path, text="some ink"):
    return {"file": str(path), "text": text, "pages": []}


def names(path):
    return [os.path.basename(json.loads(line)["file"]) for line in path.read_text().splitlines()]


@pytest.fixture
def files(tmp_path):
    found = []
    for name in "abc":
        (tmp_path / name).write_text(name)
        found.append(InputFile(str(tmp_path / name), str(tmp_path / name)))
    return found


def add(results, file, text="some ink"):
    results.add(record(file.name, text), file.state())


@pytest.fixture
def path(tmp_path):
    return tmp_path / "r.jsonl"


def test_a_deleted_file_is_written_again(path, files):
    notes: list[str] = []
    with open_results(path, "s", notes.append) as results:
        add(results, files[0], "an old reading")
        add(results, files[0])
        add(results, files[1])
        path.unlink()
        add(results, files[2])
        assert names(path) == ["a", "b", "c"]
        with pytest.raises(InkError, match="another run is writing"), open_results(path, "s"):
            pass
    assert notes == [f"{path}: this file was deleted, moved or replaced; 2 results were written to it again"]
    assert names(path) == ["a", "b", "c"] and "an old reading" not in path.read_text()


def test_a_file_that_is_deleted_after_the_last_result_is_written_again(path, files):
    with open_results(path, "s") as results:
        add(results, files[0])
        path.unlink()
    assert names(path) == ["a"]


def test_a_file_that_was_moved_gets_no_more_results(path, files, tmp_path):
    moved = tmp_path / "moved.jsonl"
    with open_results(path, "s") as results:
        add(results, files[0])
        path.rename(moved)
        add(results, files[1])
    assert (names(moved), names(path)) == (["a"], ["a", "b"])


def test_a_file_that_an_editor_replaced_keeps_what_was_edited(path, files, tmp_path):
    with open_results(path, "s") as results:
        add(results, files[0])
        add(results, files[1])
        edited = tmp_path / "edited"
        edited.write_text(path.read_text().splitlines(keepends=True)[1].replace("some ink", "corrected"))
        add(results, files[2])
        edited.replace(path)
    assert names(path) == ["b", "a", "c"]
    assert [json.loads(line)["text"] for line in path.read_text().splitlines()] == ["corrected", "some ink", "some ink"]


def test_every_standard_input_is_kept(path, files):
    with open_results(path, "s") as results:
        results.add(record("-", "one"), None)
        results.add(record("-", "two"), None)
        path.unlink()
    assert names(path) == ["-", "-"]


def test_what_another_program_writes_to_the_file_counts(path, files):
    notes: list[str] = []
    with open_results(path, "s", notes.append) as results:
        add(results, files[0])
        add(results, files[1])
        kept = path.read_text().splitlines(keepends=True)[1]
        path.write_text(kept)
        add(results, files[2])
        assert results.missing(files) == 1 and results.earlier(files[0]) is None
    assert notes == [f"{path}: another program has changed this file; the results in it now count"]
    assert names(path) == ["b", "c"]


def test_another_run_or_other_content_ends_the_run(path, files):
    with pytest.raises(InkError, match="another run is writing"), open_results(path, "s") as results:
        add(results, files[0])
        path.unlink()
        with open_results(path, "s"):
            add(results, files[1])
    path.unlink(missing_ok=True)
    with pytest.raises(InkError, match="line 1 is not a result"), open_results(path, "s") as results:
        path.unlink()
        path.write_text("a shopping list\n")
        add(results, files[0])
    assert path.read_text() == "a shopping list\n"
