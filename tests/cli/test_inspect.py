"""The command ``inspect``."""

from __future__ import annotations

import json

import numpy as np
from command_line import LINE_SAMPLE, assert_one_line, needs_weights
from lxml import etree

from handwriting.checkpoint import Checkpoint


@needs_weights
def test_a_line_is_looked_into(run, tmp_path):
    folder = tmp_path / "inside"
    code, out, _ = run("inspect", LINE_SAMPLE, "-o", folder, "--unit", "2:backward:7", "--letter", "n")
    assert code == 0
    assert out.startswith("a line of handwriting\n")
    named = {"ctc", "gates", "gates-on-ink", "unit-2-backward-7"}
    assert {p.stem for p in folder.glob("*.png")} == {p.stem for p in folder.glob("*.svg")} == named
    about = json.loads((folder / "inspection.json").read_text())
    data = np.load(folder / "inspection.npz")
    assert set(about["arrays"]) == set(data.files)
    for name, array in about["arrays"].items():
        assert tuple(array["shape"]) == data[name].shape
        assert len(array["dimensions"]) == data[name].ndim, name
    T = len(data["log_probs"])
    sizes = Checkpoint.load(None, "recognizer").card["network"]
    assert data["input"].shape == (sizes["num_layers"], 2, T, sizes["hidden_size"])
    assert np.allclose(np.exp(data["log_probs"]).sum(1), 1, atol=1e-4)
    path = "".join(
        about["classes"][index] for i, index in enumerate(data["path"]) if index and data["path"][i - 1] != index
    )
    assert path == about["text"] == "a line of handwriting"
    assert set(about["events"]) == {"pen-up", "word gap", "loop", "letter n"}
    assert len(about["events"]["word gap"]) == 3
    svg = etree.parse(folder / "ctc.svg")
    assert "decided" in "".join(svg.getroot().itertext())  # text stays text, and the description is in the file


def test_a_text_is_looked_into(run, tmp_path, scribbler):
    folder = tmp_path / "inside"
    code, _, err = run("inspect", "--text", "ab", "-o", folder, "--checkpoint", scribbler, "--pictures", "svg")
    assert (code, err) == (0, "")
    assert {p.name for p in folder.iterdir()} >= {"writing.svg", "end-of-stroke.svg", "inspection.npz"}
    assert not list(folder.glob("*.png"))
    data = np.load(folder / "inspection.npz")
    T = len(data["end_of_stroke"])
    assert data["window"].shape == (T, 3)
    assert data["mixture_mean"].shape == (T, 3, 2)
    assert data["hidden"].shape == (3, 1, T, 12)


def test_what_cannot_be_looked_into_is_refused(run, tmp_path, scribbler):
    folder = tmp_path / "inside"
    for arguments, part in (
        ((), "give either INK or --text"),
        ((LINE_SAMPLE, "--text", "a"), "give one"),
        ((LINE_SAMPLE, "--seed", "3"), "--seed"),
        (("--text", "a", "--line", "2"), "--line"),
        (("--text", "a", "--unit", "1"), "LAYER:DIRECTION:NUMBER"),
        (("--text", "a", "--letter", "ab"), "--letter"),
        (("--text", "\u4e2d", "--checkpoint", scribbler), "\u4e2d"),
        (("--text", "a", "--checkpoint", scribbler, "--unit", "1:backward:0"), "there is no unit"),
        ((tmp_path / "missing.xml",), "missing.xml"),
    ):
        code, out, err = run("inspect", *arguments, "-o", folder)
        assert_one_line(code, err, part)
        assert out == ""
    assert not folder.exists() or not list(folder.iterdir())


@needs_weights
def test_a_line_that_is_not_there_is_refused(run, tmp_path):
    code, _, err = run("inspect", LINE_SAMPLE, "--line", "2", "-o", tmp_path / "inside")
    assert_one_line(code, err, "there is no line 2")
