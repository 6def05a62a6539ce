"""``generate`` and ``demo``."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from command_line import (
    ROOT,
    assert_one_line,
    needs_weights,
    path_elements,
)
from lxml import etree
from tiny import synthesizer

from handwriting import formats
from handwriting.checkpoint import shipped
from handwriting.cli import options
from handwriting.composition.best_of import MAX_CANDIDATES
from handwriting.composition.generate import MAX_TEXT_CHARACTERS
from handwriting.composition.runs import DEFAULT_BEST_OF


@pytest.mark.parametrize("ending", [".svg", ".png", ".pdf"])
def test_the_same_command_gives_the_same_bytes(run, scribbler, tmp_path, ending):
    files = [tmp_path / f"{name}{ending}" for name in "ab"]
    for file in files:
        code, out, err = run(
            "generate", "some ink", "-o", file, "--best-of", "1", "--checkpoint", scribbler, "--seed", "4"
        )
        assert (code, err) == (0, "")
        assert f"{file}: 1 line" in out
    assert files[0].read_bytes() == files[1].read_bytes()
    code, _, _ = run("generate", "some ink", "-o", files[1], "--best-of", "1", "--checkpoint", scribbler, "--seed", "5")
    assert code == 0
    assert files[0].read_bytes() != files[1].read_bytes()


def test_text_comes_from_an_argument_a_file_or_stdin(run, scribbler, tmp_path):
    text = "two lines\nof ink"
    (tmp_path / "text.txt").write_text(text, encoding="utf-8")
    ways = [([text], b""), (["-"], text.encode()), (["--file", tmp_path / "text.txt"], b"")]
    for number, (way, stdin) in enumerate(ways):
        target = tmp_path / f"{number}.svg"
        code, out, _ = run("generate", *way, "-o", target, "--best-of", "1", "--checkpoint", scribbler, stdin=stdin)
        assert code == 0
        assert "2 lines" in out
    assert len({(tmp_path / f"{number}.svg").read_bytes() for number in range(3)}) == 1


def test_a_page_has_its_width_its_rulings_and_all_lines(run, scribbler, tmp_path):
    page = tmp_path / "page.svg"
    text = "word " * 40
    arguments = ["--paper", "ruled", "--page-width", "120", "--margin", "12", "--color", "navy", "--width", "0.5"]
    code, out, _ = run("generate", text, "-o", page, "--best-of", "1", "--checkpoint", scribbler, *arguments)
    assert code == 0
    assert "120 x" in out
    root = etree.parse(page).getroot()
    assert root.get("width") == "120.00mm"
    assert root.findall(".//{*}line") or root.findall(".//{*}path")
    assert "navy" in page.read_text()
    assert "word word" in root.findtext("{*}title")


def test_animated_and_plotted_are_svgs_of_the_same_strokes(run, scribbler, tmp_path):
    plain, moving, plotted = (tmp_path / f"{name}.svg" for name in ("plain", "moving", "plotted"))
    for file, option in ((plain, []), (moving, ["--animate"]), (plotted, ["--plotter"])):
        assert run("generate", "ink", "-o", file, "--best-of", "1", "--checkpoint", scribbler, *option)[0] == 0
    assert "<animate" in moving.read_text()
    assert path_elements(plain) == path_elements(moving) == path_elements(plotted)
    assert {etree.QName(e).localname for e in etree.parse(plotted).iter()} <= {"svg", "g", "path"}


def test_writing_goes_on_in_the_hand_of_a_file(run, scribbler, tmp_path):
    sample = next((ROOT / "datasets" / "samples").glob("*.xml"))
    target = tmp_path / "mine.svg"
    arguments = ["generate", "my hand", "-o", target, "--best-of", "1", "--checkpoint", scribbler, "--prime", sample]
    code, _, err = run(*arguments)
    assert_one_line(code, err, "has no transcript of its ink", "--prime-text")
    assert run(*arguments, "--prime-text", "some words")[0] == 0
    primed = target.read_bytes()
    assert run("generate", "my hand", "-o", target, "--best-of", "1", "--checkpoint", scribbler)[0] == 0
    assert target.read_bytes() != primed


def test_what_a_primed_file_loses_is_said(run, scribbler, tmp_path):
    sample = formats.read_ink(next((ROOT / "datasets" / "samples").glob("*.xml")))
    drawn = [{"type": "freedraw", "x": 0, "y": 0, "points": stroke.tolist()} for stroke in sample.strokes]
    drawing = tmp_path / "mine.excalidraw"
    drawing.write_text(json.dumps({"type": "excalidraw", "elements": [*drawn, {"type": "rectangle"}]}))
    target = tmp_path / "mine.svg"
    code, _, err = run(
        "generate", "hand", "-o", target, "--checkpoint", scribbler, "--prime", drawing, "--prime-text", "some words"
    )
    assert (code, err.splitlines()[0]) == (0, f"note: {drawing}: 1 rectangle element was left out")
    code, _, err = run("style", "create", "me", drawing, "-o", tmp_path / "me.json", "--checkpoint", scribbler,
                       "--text", "some words")  # fmt: skip
    assert (code, err.splitlines()[0]) == (0, f"note: {drawing}: 1 rectangle element was left out")


@pytest.mark.parametrize(
    ("arguments", "parts"),
    [
        (["-o", "x.svg"], ["nothing to write", "stdin", "--file"]),
        (["text", "--file", "t.txt", "-o", "x.svg"], ["use one of them"]),
        (["-", "-o", "x.svg"], ["nothing to write"]),
        (["text", "-o", "x.jpg"], ["x.jpg", ".svg, .png, .pdf, .inkml"]),
        (["text", "-o", "nowhere/x.svg"], ["nowhere"]),
        (["text", "-o", "x.png", "--animate"], ["only an SVG"]),
        (["text", "-o", "x.pdf", "--plotter"], ["only an SVG"]),
        (["text", "-o", "x.svg", "--plotter", "--animate"], ["give one of them"]),
        (["a café, 100 €", "-o", "x.svg"], ["€ -> euro", "write instead: a cafe"]),
        (["text", "-o", "x.svg", "--checkpoint", "nowhere"], ["nowhere", "no checkpoint here"]),
        (["text", "-o", "x.svg", "--checkpoint", str(shipped("recognizer"))], ["a recognizer", "a synthesizer"]),
        (["text", "-o", "x.svg", "--color", "url(x)"], ["url(x)", "colour"]),
        (["text", "-o", "x.svg", "--width", "0"], ["0", "mm"]),
        (["text", "-o", "x.svg", "--page-width", "10", "--margin", "6"], ["margin"]),
        (["text", "-o", "x.svg", "--line-height", "nan"], ["nan"]),
        (["text", "-o", "x.svg", "--prime", "no.xml"], ["no.xml"]),
        (["--file", "no.txt", "-o", "x.svg"], ["no.txt"]),
        (["--file", "latin.txt", "-o", "x.svg"], ["latin.txt", "byte 4", "UTF-8"]),
        (["--file", "huge.txt", "-o", "x.svg"], [f"{MAX_TEXT_CHARACTERS}"]),
        (["--file", "empty.txt", "-o", "x.svg"], ["nothing to write"]),
    ],
)
def test_bad_requests_are_one_line_and_leave_nothing(run, scribbler, tmp_path, monkeypatch, arguments, parts):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "t.txt").write_text("text")
    (tmp_path / "latin.txt").write_bytes(b"caf\xe9 au lait")
    (tmp_path / "huge.txt").write_text("word " * MAX_TEXT_CHARACTERS)
    (tmp_path / "empty.txt").touch()
    before = sorted(tmp_path.iterdir())
    checkpoint = [] if "--checkpoint" in arguments else ["--best-of", "1", "--checkpoint", scribbler]
    code, out, err = run("generate", *arguments, *checkpoint)
    assert_one_line(code, err, *parts)
    assert out == ""
    assert sorted(tmp_path.iterdir()) == before


def test_a_truncated_checkpoint_is_one_line(run, tmp_path):
    folder = synthesizer(tmp_path / "cut").folder
    (folder / "model.onnx").write_bytes((folder / "model.onnx").read_bytes()[:200])
    code, _, err = run("generate", "ink", "-o", tmp_path / "x.svg", "--checkpoint", folder)
    assert_one_line(code, err, "model.onnx", "copy the checkpoint again")
    assert not (tmp_path / "x.svg").exists()


def test_generate_never_imports_torch(scribbler, tmp_path):
    arguments = ["app.py", "generate", "ink", "-o", str(tmp_path / "x.svg"), "--checkpoint", str(scribbler)]
    watch = "print(sorted(m for m in sys.modules if m in ('torch', 'onnx', 'matplotlib')))"
    script = "import atexit, sys; from handwriting.cli.main import main"
    script += f"; atexit.register(lambda: {watch}); sys.argv = {arguments}; main()"
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


@needs_weights
def test_demo_writes_and_reads_back(run, tmp_path):
    code, out, _ = run("demo", "-o", tmp_path / "demo.svg")
    assert code == 0
    written, read, rate, where = out.splitlines()
    assert written.startswith("written  ")
    assert read.startswith("read     ")
    assert rate.startswith("CER ")
    assert where == str(tmp_path / "demo.svg")
    assert path_elements(tmp_path / "demo.svg") > 5


def test_the_command_line_has_the_limits_of_the_package():
    assert options.DEFAULT_BEST_OF == DEFAULT_BEST_OF == MAX_CANDIDATES
