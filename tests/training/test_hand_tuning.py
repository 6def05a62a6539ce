"""Tuned hands: written lines become more like real ones, and the network stays as it is."""

from __future__ import annotations

import json

import numpy as np
import pytest
from tiny import synthesizer

from handwriting.checkpoint import Checkpoint
from handwriting.synthesis.codes import HandCodes
from handwriting.synthesis.synthesizer import Synthesizer
from handwriting.training.hand_tuning import Drawn, compared, correction

FEW = ("--lines", 8, "--hands", 3, "--rounds", 1, "--real", 5)


@pytest.fixture(scope="module")
def untuned(tmp_path_factory):
    return synthesizer(tmp_path_factory.mktemp("hands"), code=6, writers=9, controls=2).folder


def drawn(mean: np.ndarray, bad: np.ndarray) -> Drawn:
    """Lines whose three measurements are linear in four numbers of a code; those along ``bad`` are misread."""
    random = np.random.default_rng(0)
    codes = mean + random.normal(size=(2000, 4))
    rows = codes @ SLOPES + random.normal(0, 0.5, (2000, 3))
    errors = np.clip(0.1 + 0.02 * codes @ bad, 0, 1)
    return Drawn(codes, rows, np.column_stack([errors, errors]), 200)


SLOPES = np.array([[1.0, 0, 0], [0, 1.0, 0], [0, 0, 1.0], [0, 0, 0]])


def test_the_correction_brings_written_lines_to_the_measurements_of_real_ones():
    real = np.random.default_rng(1).normal((0.8, -0.5, 0.0), 1, (500, 3))
    written = drawn(np.zeros(4), np.zeros(4))
    by = correction(written, real, np.ones(4), np.zeros(4))
    assert by[:3] == pytest.approx([0.8, -0.5, 0.0], abs=0.3) and abs(by[3]) < 0.1
    assert by[0] > 0.4 and by[1] < -0.25
    difference = compared(written.measures, real)[0]
    moved = compared(drawn(by, np.zeros(4)).measures, real)[0]
    assert np.abs(moved).max() < np.abs(difference).max() / 2


def test_the_correction_avoids_hands_that_are_misread():
    real = np.random.default_rng(1).normal(0, 1, (500, 3))
    by = correction(drawn(np.zeros(4), np.array([0, 0, 0, 1.0])), real, np.ones(4), np.zeros(4))
    assert by[3] < -0.5 and np.abs(by[:3]).max() < 0.2


def test_errors_are_those_beyond_what_the_text_causes():
    errors = np.array([[0.0, 0.5], [0.2, 0.1], [0.1, 0.7], [0.1, 0.1]])  # the first string is hard in all hands
    excess = Drawn(np.zeros((4, 1)), np.zeros((4, 1)), errors, 2).excess()
    assert excess[:, 1] * np.array([1, 1, -1, 1]) == pytest.approx([-excess[2, 1], 0, -excess[2, 1], 0])
    assert excess[:, 0] == pytest.approx((errors[:, 0] - 0.1) / errors[:, 0].std())


def test_the_command_writes_a_checkpoint_with_the_same_network_and_other_hands(run, untuned, iamondb_dir, tmp_path):
    code, _, err = run("train", "hands", "--data", iamondb_dir, "--init", untuned, "--out", tmp_path / "new", *FEW)
    assert code == 0, err
    before, after = HandCodes.load(untuned), HandCodes.load(tmp_path / "new")
    assert np.array_equal(before.basis, after.basis) and np.array_equal(before.codes, after.codes)
    assert not np.allclose(before.mean, after.mean) and not np.allclose(before.regression, after.regression)
    for name in ("weights.safetensors", "model.onnx"):
        assert (untuned / name).read_bytes() == (tmp_path / "new" / name).read_bytes()
    card = Checkpoint.load(tmp_path / "new", "synthesizer").card
    figures = json.loads(err.splitlines()[-1])
    assert {"before": card["hands"]["before"], "after": card["hands"]["after"]} == figures
    assert set(figures["after"]) == {"distance", "sentences", "strings"}
    assert (card["hands"]["lines"], card["hands"]["seed"]) == (8, 10_000) and "train hands" in card["hands"]["command"]
    assert Synthesizer.load(tmp_path / "new").random_style(3) is not None

    code, _, err = run("train", "hands", "--data", iamondb_dir, "--init", tmp_path / "new", "--out", tmp_path / "again")
    assert code == 2 and "are tuned already; give the one before" in err


def test_a_checkpoint_is_not_replaced_by_its_own_tuning(run, untuned, iamondb_dir):
    code, _, err = run("train", "hands", "--data", iamondb_dir, "--init", untuned, "--out", untuned)
    assert code == 2 and "is the checkpoint to start from; give another folder" in err


def test_a_synthesizer_without_hand_codes_is_refused(run, iamondb_dir, tmp_path):
    plain = synthesizer(tmp_path / "plain").folder
    code, _, err = run("train", "hands", "--data", iamondb_dir, "--init", plain, "--out", tmp_path / "new")
    assert code == 2 and "has no hand codes; train it with --unipen" in err and not (tmp_path / "new").exists()
