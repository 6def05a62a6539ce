"""Nothing that people have is destroyed, and no file stops the others."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from command_line import assert_one_line

from handwriting import formats
from handwriting.documents import recognise as recognising
from handwriting.documents.inputs import find_files
from handwriting.documents.results import open_results
from handwriting.errors import InkError
from handwriting.formats import save
from handwriting.rendering.hershey import write

ROOT = Path(__file__).parents[2]
GREEDY = ("--decoder", "greedy")


@pytest.fixture
def mine(tmp_path):
    path = tmp_path / "mine.json"
    save(write("my only copy", seed=1), path)
    return path


def records(path):
    return [json.loads(line) for line in path.read_bytes().splitlines()]


@pytest.mark.parametrize(
    "command",
    [
        ["transcribe", "mine.json", "-o", "mine.json"],
        ["transcribe", ".", "-o", "mine.json"],
        ["transcribe", "mine.json", "-o", "link.json"],
        ["transcribe", "link.json", "-o", "hard.json", "--format", "jsonl"],
        ["convert", "mine.json", "mine.json"],
        ["convert", "mine.json", "hard.json"],
        ["style", "create", "mine", "mine.json"],
        ["style", "create", "other", "mine.json", "-o", "link.json"],
        ["generate", "text", "--prime", "mine.json", "-o", "mine.json"],
        ["generate", "text", "--style", "mine.json", "-o", "hard.json"],
        ["generate", "--file", "mine.json", "-o", "mine.json"],
    ],
)
def test_an_output_that_is_an_input_is_refused(run, mine, monkeypatch, command):
    monkeypatch.chdir(mine.parent)
    before = mine.read_bytes()
    os.symlink("mine.json", "link.json")
    os.link("mine.json", "hard.json")
    code, _, err = run(*command)
    assert_one_line(code, err, "would be overwritten", "choose another output file")
    assert mine.read_bytes() == before


def test_what_lies_under_the_ink_is_not_overwritten(run, tmp_path):
    stroke = '<stroke tool="pen">10 10 20 20 30 10</stroke>'
    background = '<background type="pdf" domain="absolute" filename="/gone/mine.pdf" pageno="1"/>'
    (tmp_path / "mine.xopp").write_text(f"<xournal><page>{background}<layer>{stroke}</layer></page></xournal>")
    (tmp_path / "mine.pdf").write_bytes(b"my only copy")
    code, _, err = run("transcribe", tmp_path / "mine.xopp", "-o", tmp_path / "mine.pdf", *GREEDY)
    assert_one_line(code, err.splitlines()[-1] + "\n", "would be overwritten")
    assert (tmp_path / "mine.pdf").read_bytes() == b"my only copy"


def test_the_list_of_words_is_not_overwritten(run, mine, tmp_path):
    (tmp_path / "words.txt").write_text("names\n")
    code, _, err = run("transcribe", mine, "--words", tmp_path / "words.txt", "-o", tmp_path / "words.txt")
    assert_one_line(code, err, "would be overwritten")
    assert (tmp_path / "words.txt").read_text() == "names\n"


@pytest.mark.parametrize(
    "command", [["transcribe", "-", "-o"], ["convert", "-"], ["generate", "-", "-o"], ["letter", "-", "-o"]]
)
def test_the_standard_input_is_an_input_too(mine, command):
    before = mine.read_bytes()
    with mine.open("rb") as file:
        done = subprocess.run(
            [sys.executable, ROOT / "app.py", *command, mine], stdin=file, capture_output=True, text=True
        )
    assert_one_line(done.returncode, done.stderr, "would be overwritten")
    assert mine.read_bytes() == before


@pytest.mark.parametrize(
    "command",
    [
        ["style", "create", "anna", "ink.xml", "--text", "a line of handwriting"],
        ["style", "create", "other", "ink.xml", "--text", "a line of handwriting", "-o", "anna.json"],
        ["demo"],
        ["evaluate", "recognizer", "--data", ".", "--split", "all", "--worst", "2"],
        ["prepare", "corpus.jsonl", "-o", "corpus.jsonl"],
        ["evaluate", "recognizer", "--data", "corpus.jsonl", "--split", "all", "--outputs", "corpus.jsonl"],
        ["style", "create", "anna", "ink.xml", "--texts", "texts.txt", "-o", "texts.txt"],
    ],
)
def test_files_of_other_kinds_are_not_overwritten(run, tmp_path, monkeypatch, command):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "ink.xml").write_bytes((ROOT / "datasets/samples/line.xml").read_bytes())
    save(write("my only copy", seed=1), "anna.json")
    for name in ("demo.svg", "worst.png", "texts.txt"):
        (tmp_path / name).write_bytes(b"my only copy")
    (tmp_path / "corpus.jsonl").write_text(json.dumps({"file": "ink.xml", "text": "a line of handwriting"}) + "\n")
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}
    code, _, err = run(*command)
    assert_one_line(code, err, "would be overwritten", "choose another output file")
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_files_of_the_same_kind_are_replaced(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "ink.xml").write_bytes((ROOT / "datasets/samples/line.xml").read_bytes())
    corpus = tmp_path / "corpus.jsonl"
    corpus.write_text("".join(json.dumps({"file": "ink.xml", "text": "a line", "id": name}) + "\n" for name in "ab"))
    (tmp_path / "a.pack").touch()
    for _ in range(2):
        for command in (
            ["style", "create", "anna", "ink.xml", "--text", "a line of handwriting"],
            ["demo"],
            ["prepare", "corpus.jsonl", "-o", "a.pack"],
            ["evaluate", "recognizer", "--data", "corpus.jsonl", "--split", "all", "--worst", "2", *GREEDY],
        ):
            code, _, err = run(*command)
            assert code == 0, err


def test_a_closed_standard_input_is_refused():
    done = subprocess.run(
        f"{sys.executable} {ROOT / 'app.py'} transcribe - <&-", shell=True, capture_output=True, text=True
    )
    assert_one_line(done.returncode, done.stderr, "standard input is closed")


def test_a_style_asks_nobody_if_standard_input_is_closed(tmp_path):
    ink = ROOT / "datasets" / "samples" / "line.xml"
    done = subprocess.run(
        f"{sys.executable} {ROOT / 'app.py'} style create me {ink} -o {tmp_path / 'me.json'} <&-",
        shell=True,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 2 and done.stderr.splitlines()[-1].startswith("error: standard input is not a terminal")


def test_results_are_not_written_over_other_files(run, mine, tmp_path):
    before = mine.read_bytes().rstrip(b"\n")  # an incomplete line is cut off in results, but this is none of them
    mine.write_bytes(before)
    save(write("other", seed=2), tmp_path / "other.csv")
    code, _, err = run("transcribe", tmp_path / "other.csv", "-o", mine, "--format", "jsonl", *GREEDY)
    assert_one_line(code, err, "line 1 is not a result")
    assert mine.read_bytes() == before


def test_a_device_or_a_pipe_takes_the_transcript_and_nothing_else(mine):
    outputs = []
    for kind in ("text", "json", "jsonl"):
        command = [sys.executable, ROOT / "app.py", "transcribe", mine, "--format", kind, *GREEDY]
        shown = subprocess.run(command, check=True, capture_output=True).stdout
        piped = subprocess.run([*command, "-o", "/dev/stdout"], check=True, capture_output=True).stdout
        assert piped == shown
        outputs.append(shown)
    assert outputs[1] == outputs[2] and json.loads(outputs[1])["text"] == outputs[0].decode().strip()


def test_two_runs_on_one_results_file(run, mine, tmp_path):
    results = tmp_path / "r.jsonl"
    with open_results(results, "settings"):
        code, _, err = run("transcribe", mine, "-o", results, *GREEDY)
        assert_one_line(code, err, "another run is writing to this file")
        assert results.read_bytes() == b""
    assert run("transcribe", mine, "-o", results, *GREEDY)[0] == 0
    assert [one["file"] for one in records(results)] == [str(mine)]


NAMES = [
    b"\xff\xfe.json",
    b"two\nlines.json",
    b"\x1b]0;title\x07.json",
    "日本.json".encode(),
    b'"quoted".json',
    b"-.json",
]


def test_file_names_may_have_any_bytes(run, mine, tmp_path):
    folder = tmp_path / "ink"
    folder.mkdir()
    for name in NAMES:
        (folder / os.fsdecode(name)).write_bytes(mine.read_bytes())
        (folder / os.fsdecode(name.replace(b".json", b".inkml"))).write_bytes(b"damaged")
    expected = sorted(os.listdir(folder))
    for ending in ("jsonl", "json", "txt", "hocr", "pdf"):
        code, out, err = run("transcribe", folder, "-o", tmp_path / f"r.{ending}", *GREEDY)
        assert code == 1 and "12 files, 6 could not be read" in out
        assert len(err.splitlines()) == 6 and err.replace("\n", "").isprintable()
    for ending in ("jsonl", "json"):
        assert sorted(os.path.basename(one["file"]) for one in records(tmp_path / f"r.{ending}")) == expected
    code, out, _ = run("transcribe", folder, "-o", tmp_path / "r.jsonl", *GREEDY)
    assert code == 1 and "12 of them done before" in out
    code, out, _ = run("transcribe", mine, "-o", tmp_path / os.fsdecode(b"\xff.txt"), *GREEDY)
    assert code == 0 and r"\xff.txt: 1 file" in out


@pytest.mark.parametrize("error", [ValueError("odd"), RecursionError(), MemoryError(), InkError("no points")])
def test_an_exception_in_one_file_costs_that_file(run, folder, tmp_path, monkeypatch, error):
    def read_document(source):
        if str(source).endswith("4.json"):
            raise error
        return real_load(source)

    def recognise(read, pages, **options):
        if any(page.ink.source.text == "number 5" for page in pages):
            raise error
        return real_recognise(read, pages, **options)

    real_load, real_recognise = formats.read_document, recognising.read_pages
    monkeypatch.setattr(formats, "read_document", read_document)
    monkeypatch.setattr(recognising, "read_pages", recognise)
    code, out, err = run("transcribe", folder, "-o", tmp_path / "r.jsonl", *GREEDY)
    assert code == 1 and "12 files, 4 could not be read" in out and len(err.splitlines()) == 4
    failed = [Path(one["file"]).name for one in records(tmp_path / "r.jsonl") if "error" in one]
    assert failed == ["3b.json", "4.json", "5.json", "7b.inkml"]
    assert ("please report it" in err) == (not isinstance(error, InkError))


def test_a_file_that_has_changed_is_read_again(run, folder, tmp_path):
    results = tmp_path / "r.jsonl"
    run("transcribe", folder, "-o", results, *GREEDY)
    save(write("mended", seed=1), folder / "3b.json")
    save(write("written anew", seed=1), folder / "5.json")
    code, out, err = run("transcribe", folder, "-o", results, *GREEDY)
    assert code == 1 and "10 of them done before, 1 could not be read" in out and "7b.inkml" in err
    texts = {Path(one["file"]).name: one.get("text") for one in records(results)}
    assert len(texts) == len(records(results)) == 12
    assert texts["3b.json"] and texts["5.json"] and not texts["5.json"].startswith("number")
    (folder / "7b.inkml").unlink()
    code, out, err = run("transcribe", folder, "-o", results, *GREEDY)
    assert (code, err) == (0, "") and "11 files, 11 of them done before" in out


def test_every_standard_input_is_another_file(run, mine, tmp_path):
    for _ in range(2):
        assert run("transcribe", "-", "-o", tmp_path / "r.jsonl", *GREEDY, stdin=mine.read_bytes())[0] == 0
    assert [one["file"] for one in records(tmp_path / "r.jsonl")] == ["-", "-"]


def test_what_is_no_input_in_a_folder_is_skipped_and_named(run, mine, tmp_path):
    folder = tmp_path / "notes"
    (folder / ".trash").mkdir(parents=True)
    skipped = [
        ".hidden.json",
        ".~lock.a.xopp#",
        ".a.autosave.xopp",
        "b.json~",
        "c.json.bak",
        "~d.json",
        ".trash/e.json",
    ]
    for name in (*skipped, "a.json", "readme.txt"):
        (folder / name).write_bytes(mine.read_bytes())
    assert run("transcribe", folder, "-o", folder / "r.json", *GREEDY)[0] == 0
    run("transcribe", folder / "a.json", "-o", folder / "r.csv", "--format", "json", *GREEDY)
    notes: list[str] = []
    files = find_files([str(folder)], notes.append)
    assert [file.name for file in files] == [str(folder / "a.json"), str(folder / "r.csv")]
    assert notes == [
        f"{folder}: skipped 1 autosaved copy: .a.autosave.xopp",
        f"{folder}: skipped 3 backups: b.json~, c.json.bak, ~d.json",
        f"{folder}: skipped 2 hidden files: .hidden.json, .~lock.a.xopp#",
        f"{folder}: skipped 1 hidden folder: .trash",
        f"{folder}: skipped 1 result of an earlier run: r.json",
    ]
    assert [file.name for file in find_files([str(folder / "b.json~")])] == [str(folder / "b.json~")]


def test_a_document_without_ink_is_an_empty_result(run, tmp_path):
    (tmp_path / "empty.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg"><text>typed</text></svg>')
    code, out, err = run("transcribe", tmp_path / "empty.svg", "--format", "json", *GREEDY)
    assert code == 0 and err.startswith("note: ") and "no strokes" in err
    assert json.loads(out)["text"] == "" and json.loads(out)["pages"] == []
    assert "no strokes" in json.loads(out)["notes"][0]["text"]
    for ending in ("txt", "json", "jsonl", "hocr"):
        assert run("transcribe", tmp_path / "empty.svg", "-o", tmp_path / f"r.{ending}", *GREEDY)[0] == 0
