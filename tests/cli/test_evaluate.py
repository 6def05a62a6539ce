"""``evaluate`` and ``calibrate``."""

from __future__ import annotations

import json
import shutil

import pytest
from command_line import (
    assert_one_line,
    line_file,
)
from iamondb_fixture import TEXTS
from scorer import scorer

import handwriting
from handwriting.recognition.recognizer import Recognizer


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


def test_calibrate_replaces_what_an_older_version_left(run, trained, iamondb_dir, tmp_path):
    folder = tmp_path / "old"
    shutil.copytree(trained, folder)
    card = json.loads((folder / "card.json").read_text())
    kept = {"character": [0.0], "word": [0.0], "line": [0.0]}
    (folder / "card.json").write_text(json.dumps({**card, "calibration": {"beam": kept, "greedy": kept}}))
    code, _, err = run("transcribe", line_file(iamondb_dir), "--checkpoint", folder, "--decoder", "greedy")
    assert_one_line(code, err, "greedy", "run 'python app.py calibrate'")
    code, out, err = run("calibrate", folder, "--data", iamondb_dir, "--decoder", "greedy")
    assert code == 0, err
    assert "line" in out
    new = json.loads((folder / "card.json").read_text())["calibration"]
    assert new["beam"] == kept and len(new["greedy"]["line"]) == 7
    Recognizer.load(folder).transcribe(handwriting.read(line_file(iamondb_dir)), "greedy")


def test_what_training_wrote_writes_and_is_measured_alike_by_graph_and_network(
    run, trained_writers, iamondb_dir, tmp_path
):
    code, _, err = run("generate", "a", "-o", tmp_path / "x.svg", "--checkpoint", trained_writers["synthesizer"])
    assert code == 0, err
    assert (tmp_path / "x.svg").is_file()
    evaluate = ["evaluate", "synthesizer", "--data", iamondb_dir, "--split", "testset_v", "--json"]
    results = []
    for option in ([], ["--torch"]):
        code, out, err = run(*evaluate, "--checkpoint", trained_writers["synthesizer"], *option)
        assert code == 0, err
        results.append(json.loads(out))
    graph, network = results
    keys = {"nats_per_point", "nats_per_line", "nats_per_point_raw", "nats_per_line_raw", "sse"}
    assert set(graph) == keys | {"lines", "lines_trained_on", "split", "normalizer", "trained_on"}
    assert graph["lines"] == network["lines"] > 0
    assert graph["nats_per_point"] == pytest.approx(network["nats_per_point"], rel=0.02)
    assert graph["trained_on"]["lists"] == ["trainset"]


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
