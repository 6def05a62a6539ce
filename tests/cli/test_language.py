"""``language``."""

from __future__ import annotations

import json

from command_line import LINE_SAMPLE, assert_one_line


def test_build_tune_and_read(run, iamondb_dir, tmp_path):
    (tmp_path / "story.txt").write_text("A line of handwriting is ink that a pen has left. " * 20)
    model = tmp_path / "model"
    code, _, err = run("language", "build", "-o", model, "--text", tmp_path / "story.txt", "--terms", "ours")
    assert code == 0
    assert "story: " in err and "MB" in err
    code, out, _ = run("language", "tune", model, "--data", iamondb_dir, "--every", 1, "--rounds", 1)
    assert code == 0
    card = json.loads((model / "card.json").read_text())
    assert f"on {card['tuned']['lines']} lines of testset_v" in out
    assert card["terms"] == "ours"
    code, out, _ = run("transcribe", LINE_SAMPLE, "--language", model, "--context", "This is")
    assert (code, out) == (0, "a line of handwriting\n")


def test_minimum_counts_are_three_numbers(run, tmp_path):
    code, _, err = run("language", "build", "-o", tmp_path / "model", "--text", "any", "--min-counts", "2,1")
    assert_one_line(code, err, "--min-counts '2,1': give three whole numbers, such as 2,1,2")
    assert not (tmp_path / "model").exists()


def test_a_character_lstm_is_trained_measured_and_added(run, iamondb_dir, tmp_path):
    story = tmp_path / "story.txt"
    story.write_text("A line of handwriting is ink that a pen has left. " * 20)
    model, lstm = tmp_path / "model", tmp_path / "lstm"
    source = ("--text", story, "--terms", "ours")
    assert run("language", "build", "-o", model, *source)[0] == 0
    small = ("--hidden-size", 8, "--embedding", 4, "--examples", 16, "--steps", 20, "--epochs", 1, "--loaders", 0)
    code, _, err = run("train", "language", "--out", lstm, *source, "--data", iamondb_dir, *small)
    assert code == 0 and "transcripts of trainset" in err
    tuning = ("--data", iamondb_dir, "--every", 2, "--rounds", 1)
    assert run("language", "tune", model, *tuning, "--lstm", lstm / "best")[0] == 0
    card = json.loads((model / "card.json").read_text())
    assert card["lstm"]["kind"] == "character-lstm" and "IAM" in card["terms"] and (model / "lstm.onnx").is_file()
    before = {**card["weights"], "lstm": None}
    assert run("language", "tune", model, *tuning, "--only", "lstm")[0] == 0
    assert {**json.loads((model / "card.json").read_text())["weights"], "lstm": None} == before
    code, _, err = run("language", "tune", model, *tuning, "--only", "words")
    assert_one_line(code, err, "'words' cannot be tuned; choose from language, character, word, lexicon, lstm")
    code, out, _ = run("language", "measure", model, "--data", iamondb_dir)
    assert code == 0 and [row.split()[0] for row in out.splitlines()[1:]] == ["n-grams", "lstm", "both"]
    assert run("transcribe", LINE_SAMPLE, "--language", model)[0] == 0
    code, _, err = run("language", "tune", model, *tuning, "--lstm", "recognizer")
    assert code == 2 and "a character-lstm is needed" in err
