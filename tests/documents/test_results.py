"""Results are continued only if they were read in the same way, and no other file is taken for results."""

from __future__ import annotations

import errno
import json
import shutil

import pytest
from command_line import assert_one_line, needs_weights

from handwriting.checkpoint import shipped
from handwriting.documents.recognise import TranscribeOptions
from handwriting.documents.results import Results
from handwriting.documents.settings import fingerprint
from handwriting.formats import save
from handwriting.recognition.language.model import Hints
from handwriting.rendering.hershey import write

GREEDY = ("--decoder", "greedy", "--orientation", "as-is")


@pytest.fixture
def mine(tmp_path):
    folder = tmp_path / "anna"
    folder.mkdir()
    for i in (1, 2):
        save(write(f"line {i}", seed=i), folder / f"0{i}.json")
    return folder


def records(path):
    return [json.loads(line) for line in path.read_text().splitlines()]


@needs_weights
def test_other_options_or_models_read_a_file_again(run, mine, tmp_path):
    results = tmp_path / "r.jsonl"
    for options in (GREEDY, ("--decoder", "beam"), ("--decoder", "beam", "--alternatives", "2"), (*GREEDY, "--line")):
        code, out, err = run("transcribe", mine, "-o", results, *options)
        assert code == 0 and "done before" not in out
        assert ("2 of the files were read with other options or models" in err) == (options != GREEDY)
        assert len(records(results)) == 2
        code, out, err = run("transcribe", mine, "-o", results, *options, "--threads", "2")
        assert (code, err) == (0, "") and "2 of them done before" in out


@needs_weights
def test_results_of_earlier_versions_count(run, mine, tmp_path):
    results = tmp_path / "r.jsonl"
    assert run("transcribe", mine, "-o", results, *GREEDY)[0] == 0
    known = records(results)
    assert all(record.pop("settings") for record in known)
    results.write_text("".join(json.dumps(record) + "\n" for record in known))
    code, out, _ = run("transcribe", mine, "-o", results, "--decoder", "beam")
    assert code == 0 and "2 of them done before" in out and records(results) == known


@needs_weights
def test_the_fingerprint_depends_on_what_is_read_with(tmp_path):
    same = fingerprint(TranscribeOptions())
    for name in ("recognizer", "language"):
        shutil.copytree(shipped(name), tmp_path / name)
    copies = TranscribeOptions(tmp_path / "recognizer", tmp_path / "language", threads=2)
    assert fingerprint(copies) == same
    card = json.loads((tmp_path / "language/card.json").read_text())
    others = []
    for changed in ({"terms": "none"}, {"weights": {**card["weights"], "word": -0.5}}):
        (tmp_path / "language/card.json").write_text(json.dumps({**card, **changed}))
        others.append(fingerprint(copies))
    assert others[0] == same
    others = [others[1]]
    others += [
        fingerprint(options)
        for options in (
            TranscribeOptions(decoder="beam"),
            TranscribeOptions(alternatives=2),
            TranscribeOptions(hints=Hints(("Zaxby",))),
            TranscribeOptions(hints=Hints((), "Dear")),
            TranscribeOptions(single_line=True),
            TranscribeOptions(orientation="y-up"),
            TranscribeOptions(shipped("recognizer-open")),
            TranscribeOptions(language=shipped("language-open")),
        )
    ]
    assert len({same, *others}) == 10


OWN = '{"file": "anna/01.json", "text": "by hand"}'


@pytest.mark.parametrize(
    ("content", "number"),
    [
        (f"{OWN}\n", 1),
        (OWN, 1),
        (f"{OWN}\n" + '{"file": "anna/02.json", "text": "by ha', 1),
        ('{"file": "anna/02.json", "text": "by ha', 1),
        ('{"file": "anna/01.json", "text": "by hand", "notes": "good"}\n', 1),
        ('{"file": "anna/01.json", "text": "by hand", "pages": [], "notes": "good"}\n', 1),
        ('{"file": "anna/01.json", "text": "by hand", "pages": [], "notes": ["good"]}\n', 1),
        ('{"file": "anna/01.json", "text": "by hand", "pages": 3}\n', 1),
        ('{"file": "anna/01.json", "text": "by hand", "error": "none"}\n', 1),
        ('{"file": "anna/01.json", "size": 1, "modified": 1.0, "text": "", "pages": []}\n' + OWN, 2),
        ("my diary", 1),
    ],
)
@needs_weights
def test_a_list_of_own_ink_is_refused_and_kept(run, mine, tmp_path, monkeypatch, content, number):
    monkeypatch.chdir(tmp_path)
    corpus = tmp_path / "corpus.jsonl"
    corpus.write_text(content)
    code, _, err = run("transcribe", "anna", "-o", "corpus.jsonl", *GREEDY)
    assert_one_line(code, err, f"line {number} is not a result of transcribe; choose another output file")
    assert corpus.read_text() == content


@needs_weights
def test_a_last_line_that_is_complete_needs_no_line_break(run, mine, tmp_path):
    results = tmp_path / "r.jsonl"
    assert run("transcribe", mine / "01.json", "-o", results, *GREEDY)[0] == 0
    whole = results.read_bytes()
    for content, before in ((whole.rstrip(), 1), (whole[:-9], 0), (whole[:5], 0), (b"", 0)):
        results.write_bytes(content)
        code, out, _ = run("transcribe", mine, "-o", results, *GREEDY)
        assert code == 0 and (f"{before} of them done before" in out) == bool(before)
        assert [record["file"] for record in records(results)] == [str(mine / f"0{i}.json") for i in (1, 2)]


@needs_weights
def test_a_full_disk_is_one_line_and_the_next_run_continues(run, mine, tmp_path, monkeypatch):
    append = Results._append

    def cut(self, record, line):
        self._file.write(line[: len(line) // 2])
        self._file.flush()
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Results, "_append", cut)
    out = tmp_path / "r.jsonl"
    code, _, err = run("transcribe", mine, "-o", out, *GREEDY)
    assert (code, err) == (2, f"error: {out}: cannot be written (No space left on device)\n")
    monkeypatch.setattr(Results, "_append", append)
    assert run("transcribe", mine, "-o", out, *GREEDY)[0] == 0
    assert [one["file"] for one in records(out)] == [str(mine / "01.json"), str(mine / "02.json")]
