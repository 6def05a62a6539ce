"""``train`` and ``export``."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest
from command_line import (
    ROOT,
    SMALL_RECOGNIZER,
    SMALL_SYNTHESIZER,
    assert_one_line,
    line_file,
    needs_weights,
)
from safetensors.numpy import load_file

from handwriting.alphabet import Alphabet
from handwriting.checkpoint import Checkpoint, shipped
from handwriting.recognition.recognizer import Recognizer
from handwriting.training import recognizer_checkpoint


def test_packed_and_folder_train_the_same(run, trained, iamondb_dir, tmp_path):
    code, out, _ = run("prepare", iamondb_dir, "-o", tmp_path / "tiny.pack")
    assert code == 0
    assert "tiny.pack" in out
    code, _, err = run(
        "train", "recognizer", "--data", tmp_path / "tiny.pack", "--out", tmp_path / "run", *SMALL_RECOGNIZER
    )
    assert code == 0, err
    ours, theirs = (load_file(folder / "weights.safetensors") for folder in (tmp_path / "run" / "best", trained))
    assert ours.keys() == theirs.keys()
    assert all((ours[name] == theirs[name]).all() for name in ours)


def test_an_out_that_is_a_file_is_refused(run, trained, iamondb_dir, tmp_path):
    (tmp_path / "file").touch()
    code, _, err = run("train", "recognizer", "--data", iamondb_dir, "--out", tmp_path / "file", *SMALL_RECOGNIZER)
    assert_one_line(code, err, "file", "the folder cannot be created")
    code, _, err = run("export", trained, "-o", tmp_path / "file")
    assert_one_line(code, err, "the folder cannot be created")


def test_two_processes_train_and_resume_with_batches_smaller_than_they_are_many(run, iamondb_dir, tmp_path):
    """9 training lines in batches of 4: the last batch has one line for two processes."""
    launch = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2", ROOT / "app.py"]
    command = [*launch, "train", "recognizer", "--data", iamondb_dir, "--out", tmp_path / "run", *SMALL_RECOGNIZER]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    for extra in (["--max-minutes", "0"], []):
        done = subprocess.run([*command, *extra], env=environment, capture_output=True, text=True, timeout=300)
        assert done.returncode == 0, done.stderr
    assert "resumes at step 1 of" in done.stderr
    assert done.stderr.count("lines to train on") == 1
    assert run("transcribe", line_file(iamondb_dir), "--checkpoint", tmp_path / "run" / "best")[0] == 0


def test_export_writes_a_checkpoint_that_runs(run, trained, iamondb_dir, tmp_path):
    code, _, _ = run("export", trained, "-o", tmp_path / "new", "--float32", "--data", iamondb_dir)
    assert code == 0
    assert {p.name for p in (tmp_path / "new").iterdir()} == {"card.json", "model.onnx", "weights.safetensors"}
    card = json.loads((tmp_path / "new" / "card.json").read_text())
    assert card["figures"]["testset_v"]["lines"] == 3
    assert "non-commercial" in card["terms"]
    assert run("transcribe", line_file(iamondb_dir), "--checkpoint", tmp_path / "new")[0] == 0


def test_export_adjusts_characters_and_takes_some_alone(run, trained, tmp_path):
    """Between the trained checkpoint and one with other weights, which stands for the start of its training."""
    end = Checkpoint.load(trained, "recognizer")
    card, weights = end.card, end.weights()
    alphabet = Alphabet(card["alphabet"])
    recognizer_checkpoint.write(tmp_path / "start", card, {name: value + 0.25 for name, value in weights.items()})
    start = Checkpoint.load(tmp_path / "start", "recognizer").weights()
    character = alphabet.characters[2]
    command = ("export", trained, "--start", tmp_path / "start", "--characters", character, "--share", "1")
    code, _, _ = run(*command, "--adjust", f"{character}=2", "--adjust", "blank=-1", "-o", tmp_path / "new")
    assert code == 0
    made = Checkpoint.load(tmp_path / "new", "recognizer")
    assert made.card["training"]["adjusted"] == {character: 2.0, "blank": -1.0}
    command = card["training"]["command"]
    assert made.card["training"]["interpolated"] == [{"share": 1.0, "start": command, "characters": character}]
    row = alphabet.encode(character)[0]
    for name, value in made.weights().items():
        expected = start[name].copy()
        if name.startswith("output."):
            expected[row] = weights[name][row] + (2 if name == "output.bias" else 0)
            expected[0] -= name == "output.bias"
        assert value == pytest.approx(expected, abs=2e-3)  # float16
    for option, message in (
        ("--adjust=§=2", "no such character"),
        ("--adjust=a=b", "give a character and a number"),
        ("--adjust==2", "give a character and a number"),
        ("--adjust=ab=2", "no such character"),
    ):
        code, _, err = run("export", trained, "-o", tmp_path / "other", option)
        assert_one_line(code, err, message)
    code, _, err = run("export", trained, "-o", tmp_path / "other", "--characters", "a")
    assert_one_line(code, err, "--characters", "--start")
    assert not (tmp_path / "other").exists()


@needs_weights
def test_export_names_the_language_model_on_the_card(run, trained, tmp_path):
    code, _, _ = run("export", trained, "-o", tmp_path / "new", "--float32", "--language", "language-open")
    assert code == 0
    recognizer = Recognizer.load(tmp_path / "new")
    assert "IAM" not in recognizer.language.card["terms"]
    assert "IAM" in Recognizer.load(trained).language.card["terms"]
    for name in ("lingua", shipped("language")):
        code, _, err = run("export", trained, "-o", tmp_path / "other", "--language", name)
        assert_one_line(code, err, str(name), "no language model of this name is shipped")
    assert not (tmp_path / "other").exists()
    code, _, err = run("export", shipped("synthesizer"), "-o", tmp_path / "other", "--language", "language")
    assert_one_line(code, err, "--language language", "not a recognizer")


def test_both_kinds_export_and_only_the_synthesizer_writes(run, trained_writers, iamondb_dir, tmp_path):
    for kind, folder in trained_writers.items():
        target = tmp_path / kind
        data = ["--data", iamondb_dir] if kind == "synthesizer" else []
        code, _, err = run("export", folder, "-o", target, *data)
        assert code == 0, err
        assert {p.name for p in target.iterdir()} == {"card.json", "model.onnx", "weights.safetensors"}
    card = json.loads((tmp_path / "synthesizer" / "card.json").read_text())
    assert card["figures"]["testset_v"]["lines"] > 0
    code, _, err = run("generate", "ink", "-o", tmp_path / "x.svg", "--checkpoint", tmp_path / "prediction")
    assert_one_line(code, err, "a checkpoint of a prediction", "a synthesizer is needed")


def test_training_starts_from_another_checkpoint(run, trained_writers, iamondb_dir, tmp_path):
    more = ["train", "synthesizer", "--data", iamondb_dir, "--out", tmp_path / "more", *SMALL_SYNTHESIZER]
    code, _, err = run(*more, "--init", trained_writers["synthesizer"])
    assert code == 0, err
    assert "weights from" in err
    code, _, err = run(*more[:5], tmp_path / "other", *SMALL_SYNTHESIZER, "--init", trained_writers["prediction"])
    assert code == 2
    assert "prediction" in err
