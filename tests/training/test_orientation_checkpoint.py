"""The checkpoint with all networks that find how ink lies, and its card."""

from __future__ import annotations

import json

import numpy as np
import pytest

import handwriting
from handwriting.checkpoint import Checkpoint, shipped
from handwriting.corpora import open_corpus
from handwriting.errors import InkError
from handwriting.evaluation.orientation import reversed_strokes
from handwriting.recognition.orientation import ORDERS, OrientationClassifier
from handwriting.recognition.pen_counts import SIZE
from handwriting.recognition.stroke_order import StrokeNetworks
from handwriting.recognition.upright import UprightNetwork
from handwriting.runtime import Graph
from handwriting.training.orientation_checkpoint import OrientationOptions, measured
from handwriting.training.pen_examples import PenExamples

FIGURES = {
    "orientation_found", "direction_right", "order_right", "direction_right_with_lstm", "orientation_found_by_lstm",
}  # fmt: skip


def test_the_command_writes_all_files_and_a_card(run, iamondb_dir, tmp_path):
    arguments = ["--train", "trainset=9", "--develop", "testset_v=2"]
    arguments += ["--hidden", "4", "--updates", "20", "--lstm-updates", "2"]
    code, _, err = run("train", "orientation", "--data", iamondb_dir, "--out", tmp_path / "new", *arguments)
    assert code == 0, err
    card = Checkpoint.load(tmp_path / "new", "orientation").card
    assert [card["network"].pop(name)["hidden_size"] for name in ("upright", "directions")] == [96, 96]
    assert card["network"] == {
        "counts": SIZE, "orientations": len(ORDERS), "hidden": 4, "direction": [128, 48], "order": [48, 24],
    }  # fmt: skip
    assert card["trained_on"] == [{"split": "trainset", "lines": 9}]
    assert card["training"]["command"].endswith(" ".join(["--out", "new", *arguments]))
    figures = json.loads(err.splitlines()[-1])
    assert card["figures"] == {"on": [{"split": "testset_v", "lines": 2}], **figures}
    assert set(figures) == FIGURES
    assert card["terms"] == open_corpus(iamondb_dir).terms
    with np.load(tmp_path / "new" / "model.npz") as stored:
        assert stored["hidden"].shape == (SIZE, 4)
    with np.load(tmp_path / "new" / "strokes.npz") as stored:
        assert StrokeNetworks.of({name: stored[name] for name in stored.files}).counts.shape == (SIZE,)
    network = UprightNetwork(Graph(tmp_path / "new" / "upright.onnx"))
    ink = next(iter(open_corpus(iamondb_dir).lines("trainset"))).ink
    assert np.isfinite(network.odds([ink], 1.0)).all()


def test_the_lstm_of_doubtful_orientations_can_be_trained_by_itself(run, iamondb_dir, tmp_path):
    arguments = ["--train", "trainset=9", "--develop", "testset_v=2", "--lstm-updates", "2", "--only-upright"]
    code, _, err = run("train", "orientation", "--data", iamondb_dir, "--out", tmp_path / "new", *arguments)
    assert code == 0, err
    old, new = Checkpoint.load(None, "orientation"), Checkpoint.load(tmp_path / "new", "orientation")
    assert new.card["trained_on"] == old.card["trained_on"]
    upright = new.card["upright"]
    assert upright["trained_on"] == [{"split": "trainset", "lines": 9}]
    assert upright["training"]["command"].endswith(" ".join(["--out", "new", *arguments]))
    assert upright["figures"] == {"on": [{"split": "testset_v", "lines": 2}], **json.loads(err.splitlines()[-1])}
    assert upright["terms"] == open_corpus(iamondb_dir).terms
    same = {path.name for path in old.folder.iterdir() if path.read_bytes() == (new.folder / path.name).read_bytes()}
    assert same == {"directions.onnx", "model.npz", "strokes.npz"}
    code, _, err = run(
        "train", "orientation", "--data", iamondb_dir, "--out", tmp_path / "other", *arguments, "--hidden", "4"
    )
    assert code == 2
    assert "--hidden" in err


@pytest.mark.parametrize("text", ["trainset", "trainset=", "trainset=0", "=9", "trainset=-1"])
def test_lists_are_splits_with_numbers(text):
    with pytest.raises(InkError, match=r"is not a split with a number of inks; write SPLIT=INKS"):
        OrientationOptions.counted([text])


def test_a_split_with_fewer_inks_is_named(run, iamondb_dir, tmp_path):
    code, _, err = run("train", "orientation", "--data", iamondb_dir, "--out", tmp_path, "--train", "trainset=999")
    assert (code, err) == (2, "error: trainset=999: the split has 12 inks; give a smaller number\n")


def test_figures_are_shares_of_what_is_right():
    """Of ink drawn backward every stroke runs the wrong way, so that the shares of both add up to one."""
    inks = [handwriting.generate(text, seed=k, bias=2) for k, text in enumerate(("a line of ink", "brown foxes"))]
    classifier, networks = OrientationClassifier.load(), StrokeNetworks.load()
    right, wrong = (
        measured(classifier, networks, PenExamples.of(some, None)) for some in (inks, map(reversed_strokes, inks))
    )
    assert (right["orientation_found"], wrong["orientation_found"]) == (1, 0)
    assert right["direction_right"] > 0.9
    assert right["direction_right"] + wrong["direction_right"] == pytest.approx(1, abs=1e-3)


def test_the_shipped_card_has_all_files_and_figures():
    card = Checkpoint.load(None, "orientation").card
    assert {path.name for path in shipped("orientation").iterdir()} == {
        "card.json", "directions.onnx", "model.npz", "strokes.npz", "upright.onnx",
    }  # fmt: skip
    assert "train orientation" in card["training"]["command"]
    assert set(card["figures"]) | set(card["upright"]["figures"]) == FIGURES | {"on"}
