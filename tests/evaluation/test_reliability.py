"""What was right, and whether probabilities say so."""

import numpy as np
import pytest
from tiny import TinyCorpus

from handwriting.evaluation.recognition import evaluate
from handwriting.evaluation.reliability import calibrate, cross_validated, draw, figures, judge, render, right
from handwriting.recognition.recognizer import Reading, Recognizer, Transcription, Word


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


@pytest.fixture(scope="module")
def evaluation():
    return evaluate(Recognizer.load(), TinyCorpus(10), "testset_v", "language", alternatives=3)


def test_every_level_is_judged_and_drawn(evaluation, tmp_path):
    judged = judge(evaluation)
    assert len(judged["line"].right) == 10
    assert len(judged["character"].right) == sum(len(output) for output in evaluation.outputs)
    weights = calibrate(judged)
    result = figures(evaluation, weights)
    assert 0 <= result["character"]["ece"] <= 1
    assert result["alternatives"]["among"] >= result["alternatives"]["first"]
    assert set(cross_validated(judged)) == {"character", "word", "line"}
    assert "3 alternatives" in render(result)
    draw(evaluation, weights, tmp_path / "a.png")
    assert (tmp_path / "a.png").read_bytes().startswith(b"\x89PNG")


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
