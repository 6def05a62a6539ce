"""What was right, and whether probabilities say so."""

import numpy as np
import pytest
from tiny import TinyCorpus

from handwriting.errors import InkError
from handwriting.evaluation import reliability
from handwriting.evaluation.recognition import evaluate
from handwriting.evaluation.reliability import expected_calibration_error, outcomes, reliability_curve, right
from handwriting.recognition.recognizer import Recognizer
from handwriting.recognition.transcription import Reading, Transcription, Word


def said(text, *spans):
    words = tuple(Word(text[a:b], a, b, (), 0.5) for a, b in spans)
    return Transcription((Reading(text, 0.0, ()),), words)


def test_characters_and_words_that_are_right():
    characters, words = right("the old man", said("the eld man", (0, 3), (4, 7), (8, 11)))
    assert words == [True, False, True]
    assert characters == [True] * 4 + [False] + [True] * 6


def test_a_word_that_should_be_two_is_wrong_though_its_characters_are_right():
    characters, words = right("in deed", said("indeed", (0, 6)))
    assert (all(characters), words) == (True, [False])
    characters, words = right("indeed", said("in deed", (0, 2), (3, 7)))
    assert (characters[2], words) == (False, [False, False])


def test_references_are_in_natural_typography():
    assert right("Mr . Foot", said("Mr. Foot", (0, 3), (4, 8)))[1] == [True, True]


def test_calibration_error_and_curve_by_hand():
    p, correct = np.array([0.9, 0.9, 0.1, 0.1]), np.array([True, False, False, False])
    assert expected_calibration_error(p, correct) == pytest.approx(0.5 * 0.4 + 0.5 * 0.1)
    assert reliability_curve(p, correct) == [(pytest.approx(0.1), 0.0, 0.5), (pytest.approx(0.9), 0.5, 0.5)]


@pytest.fixture(scope="module")
def evaluation():
    return evaluate(Recognizer.load(), TinyCorpus(10), "testset_v", "language", alternatives=3, with_reliability=True)


def test_every_level_is_judged_and_drawn(evaluation, tmp_path):
    found = outcomes(evaluation.lines, evaluation.transcriptions)
    assert len(found["line"].right) == 10
    assert len(found["character"].right) == sum(len(output) for output in evaluation.outputs)
    assert found["line"].probability.tolist() == [t.readings[0].probability for t in evaluation.transcriptions]
    report = evaluation.reliability
    line = report.levels["line"]
    assert line.ece == expected_calibration_error(found["line"].probability, found["line"].right)
    assert (line.probability, line.right) == (found["line"].probability.mean(), found["line"].right.mean())
    assert report.first == line.right <= report.among
    assert evaluation.figures()["calibration"] == report.figures()
    assert evaluation.render().endswith(report.render())
    assert "one of 3 alternatives" in report.render()
    evaluation.write(reliability_png=tmp_path / "a.png")
    assert (tmp_path / "a.png").read_bytes().startswith(b"\x89PNG")


def test_reliability_needs_a_calibration():
    line = next(TinyCorpus(1).lines("testset_v"))
    with pytest.raises(InkError, match="no calibration for this decoder; fit one with the command 'calibrate'"):
        reliability.evaluate([line], [said(line.text)])


def test_readings_words_and_characters_have_probabilities(evaluation):
    for line, transcription in zip(evaluation.lines, evaluation.transcriptions, strict=True):
        p = [r.probability for r in transcription.readings]
        assert p == sorted(p, reverse=True)
        assert sum(p) <= 1 + 1e-9
        assert all(0 <= c.probability <= 1 for c in transcription.characters)
        assert [w.text for w in transcription.words] == transcription.text.split()
        whole = [w.box(line.ink) for w in transcription.words]
        assert np.min(whole, axis=0)[:2] == pytest.approx(line.ink.bounds[:2])
        assert np.max(whole, axis=0)[2:] == pytest.approx(line.ink.bounds[2:])
