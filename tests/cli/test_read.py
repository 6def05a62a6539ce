"""``transcribe``, ``convert`` and ``formats``."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys

import pytest
from command_line import (
    LINE_SAMPLE,
    ROOT,
    assert_one_line,
    line_file,
    needs_weights,
)

from handwriting.metrics import cer
from handwriting.recognition.recognizer import Recognizer


def test_transcribe_prints_a_line_for_each_file(run, trained, iamondb_dir):
    files = (line_file(iamondb_dir), iamondb_dir / "lineStrokes")  # scribbles, which lie no way
    code, out, err = run("transcribe", *files, "--checkpoint", trained, "--orientation", "as-is")
    assert (code, err) == (0, "")
    assert out.count("\n") == 1 + len(list((iamondb_dir / "lineStrokes").rglob("*.xml")))


def test_transcribe_reads_stdin_and_prints_json(run, trained, iamondb_dir):
    data = line_file(iamondb_dir).read_bytes()
    code, out, _ = run(
        "transcribe",
        "-",
        "--checkpoint",
        trained,
        "--format",
        "json",
        "--alternatives",
        "3",
        "--decoder",
        "beam",
        stdin=data,
    )
    record = json.loads(out)
    assert code == 0
    assert record["file"] == "-"
    (page,) = record["pages"]
    for line in page["lines"]:
        assert len(line["alternatives"]) == 2
        assert " ".join(word["text"] for word in line["words"]) == line["text"].strip()
        assert all(line["log_probability"] >= other["log_probability"] for other in line["alternatives"])


def test_a_bad_file_is_named_and_the_rest_is_done(run, trained, iamondb_dir, tmp_path):
    (tmp_path / "empty.xml").touch()
    (tmp_path / "cut.xml").write_bytes(line_file(iamondb_dir).read_bytes()[:300])
    good = line_file(iamondb_dir)
    code, out, err = run(
        "transcribe", good, tmp_path / "empty.xml", tmp_path / "cut.xml", good, "--checkpoint", trained
    )
    assert code == 1
    assert out.count("\n") == 2
    assert [line.startswith("error: ") for line in err.splitlines()] == [True, True]
    assert "empty.xml" in err
    assert "cut.xml" in err
    code, out, err = run("transcribe", tmp_path / "cut.xml", "--checkpoint", trained, "--format", "json")
    assert_one_line(code, err, "cut.xml")
    assert json.loads(out)["error"] in err


def test_a_folder_without_ink_does_not_stop_the_others(run, trained, iamondb_dir, tmp_path):
    code, out, err = run("transcribe", tmp_path, line_file(iamondb_dir), "--checkpoint", trained)
    assert code == 1
    assert out.count("\n") == 1
    assert "no ink files in this folder" in err


def test_the_ending_tells_what_is_written(run, iamondb_dir, tmp_path):
    line = line_file(iamondb_dir)
    for ending, begin in (("txt", b""), ("json", b'{"file"'), ("hocr", b"<?xml"), ("html", b"<?xml"), ("pdf", b"%PDF")):
        code, out, _ = run("transcribe", line, "-o", tmp_path / f"a.{ending}")
        assert code == 0 and out.startswith(str(tmp_path / f"a.{ending}: 1 file"))
        assert (tmp_path / f"a.{ending}").read_bytes().startswith(begin)
    code, out, _ = run("transcribe", line, "--format", "hocr")
    assert code == 0 and out == (tmp_path / "a.hocr").read_text()


@pytest.mark.parametrize(
    ("options", "part"),
    [
        (["-o", "a.docx"], "the extension does not determine the format"),
        (["--format", "pdf"], "give an output file, such as NAME.pdf"),
        (["--alternatives", "3"], "choose the format json"),
        (["--alternatives", "3", "-o", "a.hocr"], "hocr cannot contain them"),
        (["--dask", "tcp://nowhere:1", "-o", "a.json"], "such as NAME.jsonl"),
        (["-o", "missing/a.txt"], "create it first"),
    ],
)
def test_what_cannot_be_written_is_refused(run, iamondb_dir, tmp_path, monkeypatch, options, part):
    monkeypatch.chdir(tmp_path)
    code, _, err = run("transcribe", line_file(iamondb_dir), *options)
    assert_one_line(code, err, part)
    assert not list(tmp_path.iterdir())


def test_a_pipe_is_read(trained, iamondb_dir, tmp_path):
    os.mkfifo(tmp_path / "pipe")
    command = [sys.executable, ROOT / "app.py", "transcribe", tmp_path / "pipe", "--checkpoint", trained]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        (tmp_path / "pipe").write_bytes(line_file(iamondb_dir).read_bytes())
        process.communicate(timeout=60)
    assert process.returncode == 0


@pytest.mark.parametrize(
    ("change", "part"),
    [
        ({"alphabet": 3}, "damaged"),
        ({"alphabet": "abc"}, "do not fit"),
        ({"features": {"encoding": "foo"}}, "foo"),
        ({"features": {"encoding": "points"}}, "do not fit"),
        ({"features": {"new": 1}}, "damaged"),
        ({"network": {}}, "damaged"),
    ],
)
def test_a_card_that_does_not_fit_is_refused(run, trained, iamondb_dir, tmp_path, change, part):
    shutil.copytree(trained, tmp_path / "copy")
    card = json.loads((tmp_path / "copy" / "card.json").read_text())
    (tmp_path / "copy" / "card.json").write_text(json.dumps(card | change))
    code, _, err = run("transcribe", line_file(iamondb_dir), "--checkpoint", tmp_path / "copy")
    assert_one_line(code, err, "card.json", part, "copy the checkpoint again")


@needs_weights
def test_the_open_recognizer_reads_a_line_with_its_own_language_model(run):
    code, out, _ = run("transcribe", ROOT / "datasets" / "samples" / "line.xml", "--checkpoint", "recognizer-open")
    assert code == 0
    assert cer([("a line of handwriting", out.strip())]) < 0.1
    assert "IAM" not in Recognizer.load("recognizer-open").language.card["terms"]


@needs_weights
def test_transcribe_never_imports_torch():
    sample = next((ROOT / "datasets" / "samples").glob("*.xml"))
    arguments = ["app.py", "transcribe", str(sample)]
    script = f"import sys; from handwriting.cli.main import main; sys.argv = {arguments}; main()"
    watch = "print(sorted(m for m in sys.modules if m in ('torch', 'onnx', 'matplotlib', 'svgwrite')))"
    check = f"import atexit, sys; atexit.register(lambda: {watch})"
    done = subprocess.run(
        [sys.executable, "-c", f"{check}\n{script}"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    text, modules = done.stdout.splitlines()
    assert text
    assert modules == "[]"


def test_words_are_expected(run, tmp_path):
    (tmp_path / "names.txt").write_text("Zaxby Quorn\n")
    assert run("transcribe", LINE_SAMPLE, "--words", tmp_path / "names.txt") == (0, "a line of handwriting\n", "")
    code, _, err = run("transcribe", LINE_SAMPLE, "--words", tmp_path / "nothing.txt")
    assert code == 2 and "nothing.txt" in err and "give a UTF-8 text file" in err
    code, _, err = run("transcribe", LINE_SAMPLE, "--context", "This is", "--decoder", "greedy")
    assert code == 2 and "--context has no effect without --decoder language" in err


def test_a_language_model_is_no_recognizer(run):
    code, _, err = run("transcribe", LINE_SAMPLE, "--language", "checkpoints/recognizer")
    assert code == 2 and "a language is needed" in err
