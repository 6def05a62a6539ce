"""How probable it is that something was read rightly."""

import numpy as np
import pytest

from handwriting.alphabet import Alphabet
from handwriting.errors import InkError
from handwriting.recognition.beam import BeamSearchDecoder
from handwriting.recognition.calibration import (
    Calibration,
    Probabilities,
    _agreement,
    evidence,
    logistic,
)
from handwriting.recognition.decode import Hypothesis

ALPHABET = Alphabet(" abc")
MEAN = Calibration((0.0, 0.5, 0.5), (0.0, 0.5, 0.25, 0.25), (0.0, 0.5, 0.5, 0.0))
"""The plain mean of the evidence."""


def said(*rows):
    """What a search finds in frames that give each index of ``-, space, a, b, c`` so much."""
    frames = np.log(np.array(rows, dtype=float) + 1e-6)
    frames -= np.logaddexp.reduce(frames, axis=1, keepdims=True)
    search = BeamSearchDecoder(ALPHABET, threshold=-9.0, margin=np.inf)
    found = search.search(frames)
    best = search.aligned(frames, found[:1])[0]
    return evidence(best, found[0].labels, [(one.text, one.score) for one in found], frames)


def test_the_doubtful_character_is_the_less_probable():
    one = said([0, 0, 1, 0, 0], [0, 0, 0, 0.6, 0.4], [0, 1, 0, 0, 0], [0, 0, 0, 0, 1])  # "ab c"
    stated = MEAN.probabilities(one, [0.0])
    characters, words, (line,) = stated.characters, stated.words, stated.readings
    assert one.spans == ((0, 2), (3, 4))
    assert np.argmin(characters) == 1
    assert words[0] < 0.75 < 0.9 < words[1]
    assert line < 0.75


def test_a_line_is_judged_by_its_rivals_the_network_and_the_language_model():
    frames = np.log(np.full((3, 5), 0.2))
    best = Hypothesis("ab", -1.5, ((0, 1), (2, 3)), 0.5)
    one = evidence(best, ALPHABET.encode("ab").tolist(), [("ab", 0.5), ("ac", 0.5 - 2 * np.log(3))], frames)
    assert one.line == pytest.approx(np.array([[np.log(3), -np.log(2.5), 1.0]]))


def test_a_clear_line_is_probable():
    stated = MEAN.probabilities(said([0, 0, 1, 0, 0], [1, 0, 0, 0, 0], [0, 0, 0, 1, 0]), [0.0])
    assert min(*stated.characters, *stated.words, *stated.readings) > 0.95


def test_no_text_has_a_probability_too():
    stated = MEAN.probabilities(said([1, 0, 0, 0, 0]), [0.0])
    assert len(stated.characters) == len(stated.words) == 0
    assert 0 < stated.readings[0] < 1


def test_without_a_calibration_nothing_is_stated():
    one = said([0, 0, 1, 0, 0], [0, 0, 0, 0.6, 0.4], [0, 1, 0, 0, 0], [0, 0, 0, 0, 1])  # "ab c"
    assert Probabilities.unknown(one, 2) == Probabilities([None] * 4, [None] * 2, [None] * 2)


def test_readings_share_what_the_best_one_leaves():
    one = said([0, 0, 1, 0, 0])
    certain = Calibration((0.0,) * 3, (0.0,) * 4, (np.log(3.0), 0.0, 0.0, 0.0))  # 3/4 for the best line
    scores = [5.0, 5.0 - 2 * np.log(2), 5.0 - 2 * np.log(6)]  # exp(score / TEMPERATURE) as 1 to 1/2 to 1/6
    assert certain.probabilities(one, scores).readings == pytest.approx([0.75, 0.25 * 0.75, 0.25 * 0.25])
    doubtful = Calibration((0.0,) * 3, (0.0,) * 4, (-np.log(3.0), 0.0, 0.0, 0.0))  # 1/4: no other has more
    assert doubtful.probabilities(one, scores).readings == pytest.approx([0.25, 0.25, 0.75 * 0.25])


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [("abc", "abc", (3, 0)), ("abc", "axc", (1, 1)), ("aa", "aaa", (2, 0)), ("", "ab", (0, 0)), ("ab", "cd", (0, 0))],
)
def test_agreement_at_both_ends(a, b, expected):
    assert _agreement(a, b) == expected


LINEAR = Calibration((1.0, 2.0, 3.0), (1.0, 2.0, 3.0, 4.0), (0.5, 0.0, 0.0, 0.0))
SQUARES = Calibration((1.0,) * 5, (2.0,) * 7, (0.5,) * 7)


@pytest.mark.parametrize("calibration", [LINEAR, SQUARES])
def test_a_card_keeps_it(calibration):
    assert Calibration.of_card({"calibration": {"beam": calibration.record()}}, "beam") == calibration
    assert Calibration.of_card({"calibration": {"beam": calibration.record()}}, "greedy") is None


def test_weights_of_squares_may_be_missing():
    features = np.array([[2.0, -1.0], [0.5, 3.0]])
    assert logistic(features, (1.0, 0.5, 0.25)) == pytest.approx(logistic(features, (1.0, 0.5, 0.25, 0.0, 0.0)))
    assert logistic(features, (1.0, 0.5, 0.25, -1.0, 0.1)) == pytest.approx(1 / (1 + np.exp([2.15, -2.65])), abs=1e-12)


def test_a_calibration_of_another_version_is_refused():
    stored = {"word": [0.0, 0.5, 0.25, 0.25], "line": [0.0, 0.5, 0.25, 0.25, 0.0]}
    with pytest.raises(InkError, match="for beam is of another version; run the command 'calibrate'"):
        Calibration.of_card({"calibration": {"beam": stored}}, "beam")
