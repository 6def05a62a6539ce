"""The command line as a user meets it."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from command_line import assert_one_line
from iamondb_fixture import TEXTS
from safetensors.numpy import load_file
from scorer import scorer
from typer.main import get_command

import handwriting
from handwriting.checkpoint import Checkpoint, shipped
from handwriting.cli.main import app
from handwriting.corpora import open_corpus
from handwriting.metrics import cer
from handwriting.recognition.recognizer import Recognizer

ROOT = Path(__file__).parents[1]
SMALL = ["--hidden-size", "8", "--layers", "1", "--encoding", "bezier", "--channels", "8", "--strides", "1"]
SMALL += ["--epochs", "2", "--batch-size", "4", "--loaders", "0"]


needs_weights = pytest.mark.skipif(
    not (shipped("recognizer") / "card.json").is_file(), reason="no shipped recognizer here"
)


@pytest.fixture(scope="module")
def trained(iamondb_dir, tmp_path_factory) -> Path:
    """A checkpoint of a network too small to be right, by the command that makes real ones."""
    run = tmp_path_factory.mktemp("app") / "run"
    command = [sys.executable, ROOT / "app.py", "train", "recognizer", "--data", iamondb_dir, "--out", run, *SMALL]
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    return run / "best"


def line_file(root: Path, id: str = "d05-021u-01") -> Path:
    return root / "lineStrokes" / id[:3] / id[:7] / f"{id}.xml"


def test_packed_and_folder_train_the_same(run, trained, iamondb_dir, tmp_path):
    code, out, _ = run("prepare", iamondb_dir, "-o", tmp_path / "tiny.pack")
    assert code == 0
    assert "tiny.pack" in out
    code, _, err = run("train", "recognizer", "--data", tmp_path / "tiny.pack", "--out", tmp_path / "run", *SMALL)
    assert code == 0, err
    ours, theirs = (load_file(folder / "weights.safetensors") for folder in (tmp_path / "run" / "best", trained))
    assert ours.keys() == theirs.keys()
    assert all((ours[name] == theirs[name]).all() for name in ours)


def test_transcribe_prints_a_line_for_each_file(run, trained, iamondb_dir):
    code, out, err = run("transcribe", line_file(iamondb_dir), iamondb_dir / "lineStrokes", "--checkpoint", trained)
    assert (code, err) == (0, "")
    files = len(list((iamondb_dir / "lineStrokes").rglob("*.xml")))
    assert out.count("\n") == 1 + files


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
        assert len(line["alternatives"]) <= 2
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
        (["-o", "a.docx"], "the extension does not tell"),
        (["--format", "pdf"], "give an output file, like NAME.pdf"),
        (["--alternatives", "3"], "choose the format json"),
        (["--alternatives", "3", "-o", "a.hocr"], "hocr has no room"),
        (["--dask", "tcp://nowhere:1", "-o", "a.json"], "give one like NAME.jsonl"),
        (["-o", "missing/a.txt"], "make it first"),
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


def test_nothing_is_packed_without_a_list(run, iamondb_dir, tmp_path):
    shutil.copytree(iamondb_dir, tmp_path / "copy", ignore=shutil.ignore_patterns("*.txt"))
    (tmp_path / "copy" / "ascii").mkdir(exist_ok=True)
    code, _, err = run("prepare", tmp_path / "copy", "-o", tmp_path / "x.pack")
    assert_one_line(code, err, "no split list", "--list")
    assert not (tmp_path / "x.pack").exists()


def test_an_out_that_is_a_file_is_refused(run, trained, iamondb_dir, tmp_path):
    (tmp_path / "file").touch()
    code, _, err = run("train", "recognizer", "--data", iamondb_dir, "--out", tmp_path / "file", *SMALL)
    assert_one_line(code, err, "file", "no folder can be made there")
    code, _, err = run("export", trained, "-o", tmp_path / "file")
    assert_one_line(code, err, "no folder can be made there")


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
    assert_one_line(code, err, "card.json", part, "copy the checkpoint anew")


def test_two_processes_train_and_resume_with_batches_smaller_than_they_are_many(run, iamondb_dir, tmp_path):
    """9 training lines in batches of 4: the last batch has one line for two processes."""
    launch = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2", ROOT / "app.py"]
    command = [*launch, "train", "recognizer", "--data", iamondb_dir, "--out", tmp_path / "run", *SMALL]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    for extra in (["--max-minutes", "0"], []):
        done = subprocess.run([*command, *extra], env=environment, capture_output=True, text=True, timeout=300)
        assert done.returncode == 0, done.stderr
    assert "resumes at step 1 of" in done.stderr
    assert done.stderr.count("lines to train on") == 1
    assert run("transcribe", line_file(iamondb_dir), "--checkpoint", tmp_path / "run" / "best")[0] == 0


@pytest.mark.parametrize(
    ("arguments", "parts"),
    [
        (["transcribe", "x.xml", "--checkpoint", "nowhere"], ["nowhere", "no checkpoint here", "give the folder"]),
        (["transcribe", "x.xml", "--alternatives", "3"], ["alternatives 3", "choose the format json"]),
        (["corpus", ".", "--list", "mine.txt"], ["no IAM-OnDB here"]),
        (["corpus", "."], ["no IAM-OnDB here", "give the folder"]),
        (["corpus", "nowhere"], ["nowhere", "no such file"]),
        (["prepare", ".", "-o", "x.pack"], ["no IAM-OnDB here"]),
        (["train", "recognizer", "--data", ".", "--out", "run"], ["no IAM-OnDB here"]),
        (["train", "recognizer", "--data", ".", "--out", "run", "--strides", "2,two"], ["--strides", "2,two"]),
        (["evaluate", "recognizer", "--data", ".", "--split", "testset_v", "--checkpoint", "x"], ["no checkpoint"]),
    ],
)
def test_bad_input_is_one_line_and_exit_code_2(run, tmp_path, monkeypatch, arguments, parts):
    monkeypatch.chdir(tmp_path)
    code, out, err = run(*arguments)
    assert_one_line(code, err, *parts)
    assert out == ""
    assert list(tmp_path.iterdir()) == []


def test_missing_split_and_list_are_named(run, trained, iamondb_dir, tmp_path):
    evaluate = ["evaluate", "recognizer", "--data", iamondb_dir, "--checkpoint", trained, "--split"]
    code, _, err = run(*evaluate, "testset_f")
    assert_one_line(code, err, "testset_f")
    code, _, err = run(*evaluate, "mine", "--list", tmp_path / "mine.txt")
    assert_one_line(code, err, "mine.txt")
    (tmp_path / "mine.txt").write_text(" z99-999z\n")
    code, _, err = run(*evaluate, "mine", "--list", tmp_path / "mine.txt")
    assert_one_line(code, err, "z99-999z")


def test_evaluate_agrees_with_the_independent_scorer(run, trained, iamondb_dir, tmp_path):
    code, out, _ = run(
        "evaluate", "recognizer", "--data", iamondb_dir, "--split", "testset_v", "--checkpoint", trained, "--json",
        "--outputs", tmp_path / "out.tsv", "--worst", "2", "--worst-png", tmp_path / "worst.png",
    )  # fmt: skip
    figures = json.loads(out)
    assert code == 0
    assert figures["lines"] == 3
    assert {"cer", "wer", "cer_raw", "wer_raw", "cer_ci95", "seconds_per_line"} <= figures.keys()
    assert figures["cer_ci95"][0] <= figures["cer"] <= figures["cer_ci95"][1]
    assert (tmp_path / "worst.png").read_bytes().startswith(b"\x89PNG")
    references = {f"{form}-{n:02d}": t for form in ("d05-021u", "d05-024z") for n, t in enumerate(TEXTS[form], 1)}
    theirs = scorer().score(references, scorer().read(str(tmp_path / "out.tsv")))
    for name in ("cer", "wer", "cer_raw", "wer_raw"):
        assert figures[name] == pytest.approx(theirs[name], abs=1e-12)


def test_evaluate_prints_figures_for_people(run, trained, iamondb_dir):
    for extra in ([], ["--torch"], ["--decoder", "beam"]):
        code, out, _ = run(
            "evaluate", "recognizer", "--data", iamondb_dir, "--split", "testset_v", "--checkpoint", trained, *extra
        )
        assert code == 0
        assert "CER" in out
        assert "confusions" in out


def test_export_writes_a_checkpoint_that_runs(run, trained, iamondb_dir, tmp_path):
    code, _, _ = run("export", trained, "-o", tmp_path / "new", "--float32", "--data", iamondb_dir)
    assert code == 0
    assert {p.name for p in (tmp_path / "new").iterdir()} == {"card.json", "model.onnx", "weights.safetensors"}
    card = json.loads((tmp_path / "new" / "card.json").read_text())
    assert card["figures"]["testset_v"]["lines"] == 3
    assert "non-commercial" in card["terms"]
    assert run("transcribe", line_file(iamondb_dir), "--checkpoint", tmp_path / "new")[0] == 0


@needs_weights
def test_export_names_the_language_model_on_the_card(run, trained, tmp_path):
    code, _, _ = run("export", trained, "-o", tmp_path / "new", "--float32", "--language", "language-open")
    assert code == 0
    recognizer = Recognizer.load(tmp_path / "new")
    assert "IAM" not in recognizer.language.card["terms"]
    assert "IAM" in Recognizer.load(trained).language.card["terms"]
    for name in ("lingua", shipped("language")):
        code, _, err = run("export", trained, "-o", tmp_path / "other", "--language", name)
        assert_one_line(code, err, str(name), "no language model is shipped by that name")
    assert not (tmp_path / "other").exists()
    code, _, err = run("export", shipped("synthesizer"), "-o", tmp_path / "other", "--language", "language")
    assert_one_line(code, err, "--language language", "no recognizer")


def test_calibrate_replaces_what_an_older_version_left(run, trained, iamondb_dir, tmp_path):
    folder = tmp_path / "old"
    shutil.copytree(trained, folder)
    card = json.loads((folder / "card.json").read_text())
    kept = {"character": [0.0], "word": [0.0], "line": [0.0]}
    (folder / "card.json").write_text(json.dumps({**card, "calibration": {"beam": kept, "greedy": kept}}))
    code, _, err = run("transcribe", line_file(iamondb_dir), "--checkpoint", folder, "--decoder", "greedy")
    assert_one_line(code, err, "greedy", "the command 'calibrate'")
    code, out, err = run("calibrate", folder, "--data", iamondb_dir, "--decoder", "greedy")
    assert code == 0, err
    assert "line" in out
    new = json.loads((folder / "card.json").read_text())["calibration"]
    assert new["beam"] == kept and len(new["greedy"]["line"]) == 4
    Recognizer.load(folder).transcribe(handwriting.read(line_file(iamondb_dir)), "greedy")


@needs_weights
def test_the_open_recognizer_reads_a_line_with_its_own_language_model(run):
    code, out, _ = run("transcribe", ROOT / "datasets" / "samples" / "line.xml", "--checkpoint", "recognizer-open")
    assert code == 0
    assert cer([("a line of handwriting", out.strip())]) < 0.1
    assert "IAM" not in Recognizer.load("recognizer-open").language.card["terms"]


@needs_weights
def test_a_shipped_checkpoint_goes_by_its_name_unless_a_folder_here_has_it(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert Checkpoint.load("recognizer", "recognizer").folder == shipped("recognizer")
    (tmp_path / "recognizer").mkdir()
    with pytest.raises(handwriting.InkError, match="no checkpoint here"):
        Checkpoint.load("recognizer", "recognizer")
    with pytest.raises(handwriting.InkError, match="no checkpoint here"):
        Checkpoint.load("elsewhere/synthesizer", "synthesizer")


def test_corpus_prints_what_was_found(run, iamondb_dir):
    code, out, _ = run("corpus", iamondb_dir)
    assert code == 0
    assert "trainset" in out
    assert "problems" in out


def test_every_command_and_option_has_help(run):
    def commands(command, path=()):
        yield path, command
        for name, child in getattr(command, "commands", {}).items():
            yield from commands(child, (*path, name))

    documents = "".join(p.read_text() for p in [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))])
    for path, command in commands(get_command(app)):
        assert command.help, path
        if path and not getattr(command, "commands", None):
            assert f"handwriting {' '.join(path)}" in documents, path
        for parameter in command.params:
            assert getattr(parameter, "help", None) or parameter.name == "help", (path, parameter.name)


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


@needs_weights
def test_one_odd_ink_does_not_blur_its_neighbours():
    """int8 has one activation scale a call: three dots a page apart must not take it all."""
    recognizer = Recognizer.load()
    samples = [handwriting.read(path) for path in sorted((ROOT / "datasets" / "samples").glob("*.xml"))]
    odd = [handwriting.Ink.from_strokes([[(3000.0 * i, 0.0)] for i in range(3)])]
    odd.append(handwriting.Ink.from_strokes([[(0, 0), (9, 0)], [(50_000, 0), (50_009, 0)]]))
    alone = [recognizer.transcribe(ink).text for ink in samples]
    together = [t.text for t in recognizer.transcribe_all([*samples, *odd])]
    assert together[: len(samples)] == alone


@needs_weights
def test_int8_costs_little_accuracy(real_iamondb):
    from handwriting.training.recognizer_checkpoint import torch_network

    lines = list(open_corpus(real_iamondb).lines("testset_v"))[::12]
    inks = [line.ink for line in lines]
    folder = Checkpoint.load(None, "recognizer")
    rates = []
    for recognizer in (Recognizer(folder), Recognizer(folder, network=torch_network(folder))):
        outputs = [t.text for t in recognizer.transcribe_all(inks)]
        rates.append(cer((line.text, output) for line, output in zip(lines, outputs, strict=True)))
    int8, float32 = rates
    assert len(lines) == 120
    assert int8 < 0.12
    assert int8 - float32 < 0.003  # over the whole split it is to be 0.0015 at most: benchmarks/recognition.py
