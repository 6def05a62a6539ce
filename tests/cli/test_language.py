"""``language``."""

from __future__ import annotations

import json

from command_line import (
    LINE_SAMPLE,
)


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
