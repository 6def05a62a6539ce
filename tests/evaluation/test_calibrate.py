"""Fitting probabilities to outcomes."""

import json

import numpy as np
import pytest
from tiny import TinyCorpus

from handwriting.checkpoint import Checkpoint, save_card
from handwriting.evaluation.calibrate import HARDER, READINGS, calibrate, cross_validated, fit, fit_levels
from handwriting.evaluation.reliability import Outcomes, expected_calibration_error
from handwriting.recognition.calibration import EVIDENCE_COLUMNS, EVIDENCE_LEVELS, Calibration, logistic

TRUE = (0.5, 1.0, -2.0, 0.0, 0.25)
"""A constant, a weight for each of two columns and one for the square of each."""


def made_up(lines: int = 20000) -> Outcomes:
    """Outcomes drawn from a logistic model with the weights ``TRUE``."""
    random = np.random.default_rng(0)
    evidence = random.normal(size=(lines, 2))
    right = random.random(lines) < logistic(evidence, TRUE)
    return Outcomes(evidence, right, np.full(lines, np.nan), np.arange(lines) // 10)


def test_the_fit_finds_the_weights_that_made_the_data():
    data = made_up()
    weights = fit(data.evidence, data.right)
    assert weights == pytest.approx(TRUE, abs=0.1)
    assert expected_calibration_error(logistic(data.evidence, weights), data.right) < 0.02


def test_columns_without_information_do_no_harm():
    """The evidence of best-path decoding has a constant column: there are no rivals."""
    data = made_up()
    constant = np.column_stack([np.full(len(data.right), 7.0), data.evidence])
    p, q = (logistic(x, fit(x, data.right)) for x in (constant, data.evidence))
    assert p == pytest.approx(q, abs=1e-3)


def test_every_level_is_fitted_and_cross_validated():
    data = made_up(2000)
    found = dict.fromkeys(EVIDENCE_LEVELS, data)
    assert fit_levels(found) == Calibration(*[fit(data.evidence, data.right)] * 3)
    errors = cross_validated(found)
    assert list(errors) == list(EVIDENCE_LEVELS)
    assert 0 < errors["line"] < 0.06  # chance alone makes 2 to 3 % for a thousand


def test_a_recognizer_is_calibrated_for_one_decoder_and_keeps_the_others(tmp_path):
    shipped = Checkpoint.load(None, "recognizer")
    told = []
    report = calibrate(shipped, TinyCorpus(10), "testset_v", "greedy", progress=lambda *at: told.append(at))
    assert told[-1] == (10 * (1 + len(HARDER)), 10 * (1 + len(HARDER)))
    assert [len(weights) for weights in report.calibration.record().values()] == [1 + 2 * n for n in EVIDENCE_COLUMNS]
    assert report.render().count("each form judged by a fit on others") == 3
    json.dumps(report.figures(), allow_nan=False)
    save_card(tmp_path, {"kind": "recognizer", "calibration": {"beam": {"line": [1]}}})
    report.save(Checkpoint.load(tmp_path, "recognizer"))
    stored = Checkpoint.load(tmp_path, "recognizer").card["calibration"]
    assert stored["beam"] == {"line": [1]}
    assert stored["greedy"] == {**report.calibration.record(), "split": "testset_v"}


def test_a_beam_is_calibrated_for_one_reading_and_for_five():
    told = []
    calibrate(
        Checkpoint.load(None, "recognizer"), TinyCorpus(4), "testset_v", "beam", progress=lambda *at: told.append(at)
    )
    passes = len(READINGS) + len(HARDER)
    assert told == [(4 * (k + 1), 4 * passes) for k in range(passes)]
