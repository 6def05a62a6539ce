"""Fifty files of all formats, whole and damaged, in one run: every one is read, or named with the reason."""

from __future__ import annotations

import json
from collections import Counter

import pytest
from command_line import LINE_SAMPLE
from mixed_folder import TEXT, fill

from handwriting import formats


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    folder = tmp_path_factory.mktemp("mixed")
    return folder, fill(folder, formats.read_ink(LINE_SAMPLE))


def test_every_format_is_there(filled):
    _, made = filled
    assert len(made) == 50
    found = {formats.find(data, name).name for name, (data, outcome) in made.items() if outcome == "read"}
    assert found == {known.name for known in formats.readers()} - {"IAM-OnDB"}  # of a corpus, no program saves it


def test_a_folder_of_fifty_mixed_files(run, filled, tmp_path):
    folder, made = filled
    results = tmp_path / "results.jsonl"
    code, out, err = run("transcribe", folder, "-o", results)
    assert code == 1
    assert "50 files, 4 could not be read, 5 only in part" in out
    records = {r["file"].removeprefix(f"{folder}/"): r for r in map(json.loads, results.read_text().splitlines())}
    assert set(records) == set(made)
    for name, (_, outcome) in made.items():
        record = records[name]
        lost = [note for note in record.get("notes", ()) if note["severity"] == "lost"]
        assert ("error" in record) == (outcome == "failed"), name
        assert bool(lost) == (outcome == "part"), name
        if outcome == "read":
            assert record["text"] == TEXT, name
        elif outcome == "part":
            assert record["text"].startswith("a line of hand"), name
        elif outcome == "nothing":
            assert record["text"] == "", name
        if outcome in ("part", "failed"):
            assert f"error: {folder}/{name}: " in err
    assert Counter(outcome for _, outcome in made.values()) == {"read": 39, "part": 5, "failed": 4, "nothing": 2}
    code, out, _ = run("transcribe", folder, "-o", results)
    assert (code, "50 of them done before, 4 could not be read, 5 only in part" in out) == (1, True)
