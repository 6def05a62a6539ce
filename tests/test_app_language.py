"""The language model from the command line."""

import json
from pathlib import Path

SAMPLE = Path(__file__).parents[1] / "datasets" / "samples" / "line.xml"


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
    code, out, _ = run("transcribe", SAMPLE, "--language", model, "--context", "This is")
    assert (code, out) == (0, "a line of handwriting\n")


def test_words_are_expected(run, tmp_path):
    (tmp_path / "names.txt").write_text("Zaxby Quorn\n")
    assert run("transcribe", SAMPLE, "--words", tmp_path / "names.txt") == (0, "a line of handwriting\n", "")
    code, _, err = run("transcribe", SAMPLE, "--words", tmp_path / "nothing.txt")
    assert code == 2 and "nothing.txt" in err and "give a text file" in err
    code, _, err = run("transcribe", SAMPLE, "--context", "This is", "--decoder", "greedy")
    assert code == 2 and "choose the decoder language" in err


def test_a_language_model_is_no_recognizer(run):
    code, _, err = run("transcribe", SAMPLE, "--language", "checkpoints/recognizer")
    assert code == 2 and "a language is needed" in err
