"""The command line as someone meets it who wants handwriting."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from command_line import assert_one_line
from lxml import etree
from tiny import synthesizer

import handwriting
from handwriting.checkpoint import shipped
from handwriting.composition.generate import MAX_TEXT_CHARACTERS

ROOT = Path(__file__).parents[1]
SMALL = ["--hidden-size", "8", "--layers", "2", "--mixtures", "2", "--components", "2", "--train", "trainset"]
SMALL += ["--epochs", "2", "--batch-size", "4", "--loaders", "0"]

needs_weights = pytest.mark.skipif(
    not (shipped("synthesizer") / "card.json").is_file(), reason="no shipped synthesizer here"
)


@pytest.fixture(scope="module")
def scribbler(tmp_path_factory) -> Path:
    return synthesizer(tmp_path_factory.mktemp("scribbler")).folder


@pytest.fixture(scope="module")
def trained(iamondb_dir, tmp_path_factory) -> dict[str, Path]:
    """Checkpoints of both kinds, by the commands that make real ones."""
    folders = {}
    for kind in ("synthesizer", "prediction"):
        run = tmp_path_factory.mktemp("app") / kind
        command = [sys.executable, ROOT / "app.py", "train", kind, "--data", iamondb_dir, "--out", run, *SMALL]
        subprocess.run(command, check=True, capture_output=True, timeout=300)
        folders[kind] = run / "best"
    return folders


def paths(file: Path) -> int:
    return len(etree.parse(file).findall(".//{*}path"))


@pytest.mark.parametrize("ending", [".svg", ".png", ".pdf"])
def test_the_same_command_gives_the_same_bytes(run, scribbler, tmp_path, ending):
    files = [tmp_path / f"{name}{ending}" for name in "ab"]
    for file in files:
        code, out, err = run("generate", "some ink", "-o", file, "--checkpoint", scribbler, "--seed", "4")
        assert (code, err) == (0, "")
        assert f"{file}: 1 line" in out
    assert files[0].read_bytes() == files[1].read_bytes()
    code, _, _ = run("generate", "some ink", "-o", files[1], "--checkpoint", scribbler, "--seed", "5")
    assert code == 0
    assert files[0].read_bytes() != files[1].read_bytes()


def test_text_comes_from_an_argument_a_file_or_stdin(run, scribbler, tmp_path):
    text = "two lines\nof ink"
    (tmp_path / "text.txt").write_text(text, encoding="utf-8")
    ways = [([text], b""), (["-"], text.encode()), (["--file", tmp_path / "text.txt"], b"")]
    for number, (way, stdin) in enumerate(ways):
        target = tmp_path / f"{number}.svg"
        code, out, _ = run("generate", *way, "-o", target, "--checkpoint", scribbler, stdin=stdin)
        assert code == 0
        assert "2 lines" in out
    assert len({(tmp_path / f"{number}.svg").read_bytes() for number in range(3)}) == 1


def test_a_page_has_its_width_its_rulings_and_all_lines(run, scribbler, tmp_path):
    page = tmp_path / "page.svg"
    text = "word " * 40
    arguments = ["--paper", "ruled", "--page-width", "120", "--margin", "12", "--color", "navy", "--width", "0.5"]
    code, out, _ = run("generate", text, "-o", page, "--checkpoint", scribbler, *arguments)
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
        assert run("generate", "ink", "-o", file, "--checkpoint", scribbler, *option)[0] == 0
    assert "<animate" in moving.read_text()
    assert paths(plain) == paths(moving) == paths(plotted)
    assert {etree.QName(e).localname for e in etree.parse(plotted).iter()} <= {"svg", "g", "path"}


def test_writing_goes_on_in_the_hand_of_a_file(run, scribbler, tmp_path):
    sample = next((ROOT / "datasets" / "samples").glob("*.xml"))
    target = tmp_path / "mine.svg"
    arguments = ["generate", "my hand", "-o", target, "--checkpoint", scribbler, "--prime", sample]
    code, _, err = run(*arguments)
    assert_one_line(code, err, "does not tell what its ink says", "--prime-text")
    assert run(*arguments, "--prime-text", "some words")[0] == 0
    primed = target.read_bytes()
    assert run("generate", "my hand", "-o", target, "--checkpoint", scribbler)[0] == 0
    assert target.read_bytes() != primed


@pytest.mark.parametrize(
    ("arguments", "parts"),
    [
        (["-o", "x.svg"], ["nothing to write", "stdin", "--file"]),
        (["text", "--file", "t.txt", "-o", "x.svg"], ["give one of them"]),
        (["-", "-o", "x.svg"], ["nothing to write"]),
        (["text", "-o", "x.jpg"], ["x.jpg", ".svg, .png or .pdf"]),
        (["text", "-o", "nowhere/x.svg"], ["nowhere"]),
        (["text", "-o", "x.png", "--animate"], ["only an SVG"]),
        (["text", "-o", "x.pdf", "--plotter"], ["only an SVG"]),
        (["text", "-o", "x.svg", "--plotter", "--animate"], ["give one of them"]),
        (["a café, 100 €", "-o", "x.svg"], ["é -> e", "€ -> euro", "write instead: a cafe"]),
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
    checkpoint = [] if "--checkpoint" in arguments else ["--checkpoint", scribbler]
    code, out, err = run("generate", *arguments, *checkpoint)
    assert_one_line(code, err, *parts)
    assert out == ""
    assert sorted(tmp_path.iterdir()) == before


def test_a_truncated_checkpoint_is_one_line(run, tmp_path):
    folder = synthesizer(tmp_path / "cut").folder
    (folder / "model.onnx").write_bytes((folder / "model.onnx").read_bytes()[:200])
    code, _, err = run("generate", "ink", "-o", tmp_path / "x.svg", "--checkpoint", folder)
    assert_one_line(code, err, "model.onnx", "copy the checkpoint anew")
    assert not (tmp_path / "x.svg").exists()


def test_what_training_wrote_writes_and_is_measured_alike_by_graph_and_network(run, trained, iamondb_dir, tmp_path):
    code, _, err = run("generate", "a", "-o", tmp_path / "x.svg", "--checkpoint", trained["synthesizer"])
    assert code in (0, 2)  # the tiny corpus may lack the letter
    assert code == 0 or "seen fewer than 20 times" in err
    evaluate = ["evaluate", "synthesizer", "--data", iamondb_dir, "--split", "testset_v", "--json"]
    results = []
    for option in ([], ["--torch"]):
        code, out, err = run(*evaluate, "--checkpoint", trained["synthesizer"], *option)
        assert code == 0, err
        results.append(json.loads(out))
    graph, network = results
    keys = {"nats_per_point", "nats_per_line", "nats_per_point_raw", "nats_per_line_raw", "sse"}
    assert set(graph) == keys | {"lines", "lines_trained_on", "split", "normalizer", "trained_on"}
    assert graph["lines"] == network["lines"] > 0
    assert graph["nats_per_point"] == pytest.approx(network["nats_per_point"], rel=0.02)
    assert graph["trained_on"]["lists"] == ["trainset"]


def test_both_kinds_export_and_only_the_synthesizer_writes(run, trained, iamondb_dir, tmp_path):
    for kind, folder in trained.items():
        target = tmp_path / kind
        data = ["--data", iamondb_dir] if kind == "synthesizer" else []
        code, _, err = run("export", folder, "-o", target, *data)
        assert code == 0, err
        assert {p.name for p in target.iterdir()} == {"card.json", "model.onnx", "weights.safetensors"}
    card = json.loads((tmp_path / "synthesizer" / "card.json").read_text())
    assert card["figures"]["testset_v"]["lines"] > 0
    code, _, err = run("generate", "ink", "-o", tmp_path / "x.svg", "--checkpoint", tmp_path / "prediction")
    assert_one_line(code, err, "a checkpoint of a prediction", "a synthesizer is needed")


def test_training_starts_from_another_checkpoint(run, trained, iamondb_dir, tmp_path):
    more = ["train", "synthesizer", "--data", iamondb_dir, "--out", tmp_path / "more", *SMALL]
    code, _, err = run(*more, "--init", trained["synthesizer"])
    assert code == 0, err
    assert "weights from" in err
    code, _, err = run(*more[:5], tmp_path / "other", *SMALL, "--init", trained["prediction"])
    assert code == 2
    assert "prediction" in err


def test_legibility_is_measured_beside_real_lines(run, scribbler, tmp_path):
    (tmp_path / "texts.txt").write_text("# ours\nsome words\n\nother words, again\n")
    arguments = ["evaluate", "legibility", "--texts", tmp_path / "texts.txt", "-n", "3", "--bias", "1"]
    code, out, err = run(*arguments, "--checkpoint", scribbler, "--json")
    assert code == 0, err
    record = json.loads(out)
    assert record["cer"] > 0.5  # scribbles
    assert record["failed"] == 1
    code, out, _ = run(*arguments, "--checkpoint", scribbler, "--rows", "5")
    assert code == 0
    assert "3 lines of 2 sentences, bias 1, seed 0" in out
    (tmp_path / "texts.txt").write_text("fine\nna\u00efve\n")
    code, _, err = run(*arguments, "--checkpoint", scribbler)
    assert_one_line(code, err, "texts.txt:2", "\u00ef")


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
    assert paths(tmp_path / "demo.svg") > 5


@needs_weights
def test_generate_from_python_gives_ink_that_says_its_text():
    ink = handwriting.generate("Some ink.", seed=1)
    assert ink.source.text == "Some ink."
    assert handwriting.generate("Some ink.", seed=1) == ink
    assert os.path.isdir(shipped("synthesizer"))
