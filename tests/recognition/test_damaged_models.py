"""Models that are empty, cut or incomplete, and calibrations that cannot be read."""

from __future__ import annotations

import math
import shutil

import numpy as np
import pytest
from command_line import needs_weights

from handwriting.checkpoint import NPZ_ERRORS, shipped
from handwriting.errors import InkError
from handwriting.recognition.calibration import Calibration
from handwriting.recognition.language.model import LanguageModel


@needs_weights
@pytest.mark.parametrize("keep", [0, 1000])
def test_an_empty_or_cut_language_model_is_refused(tmp_path, keep):
    for name in ("card.json", "lstm.onnx"):
        shutil.copy(shipped("language") / name, tmp_path)
    (tmp_path / "model.npz").write_bytes((shipped("language") / "model.npz").read_bytes()[:keep])
    with pytest.raises(InkError, match=r"model\.npz: not a language model .*copy the folder again"):
        LanguageModel.load(tmp_path)


@needs_weights
def test_a_language_model_without_the_lstm_of_its_card_is_refused(tmp_path):
    for name in ("card.json", "model.npz"):
        shutil.copy(shipped("language") / name, tmp_path)
    with pytest.raises(InkError, match=r"lstm\.onnx: missing; copy the whole folder again"):
        LanguageModel.load(tmp_path)


def test_every_damage_of_an_npz_file_is_known(tmp_path):
    whole = tmp_path / "whole.npz"
    np.savez_compressed(whole, a=np.arange(999))
    data = whole.read_bytes()
    for damaged in (b"", data[:100], data[:60] + bytes(40) + data[100:], b"\x80\x04junk"):
        whole.write_bytes(damaged)
        with pytest.raises(NPZ_ERRORS), np.load(whole, allow_pickle=False) as stored:
            stored["a"]


@pytest.mark.parametrize(
    "stored",
    [None, "x", [], -1, math.nan, {"greedy": "x"}, {"greedy": {"character": None}},
     {"greedy": {"character": [math.nan] * 3, "word": [0.0] * 4, "line": [0.0] * 4}}],
)  # fmt: skip
def test_a_damaged_calibration_is_refused(stored):
    with pytest.raises(InkError, match="the card's calibration for greedy is damaged; run the command 'calibrate'"):
        Calibration.of_card({"calibration": stored}, "greedy")
