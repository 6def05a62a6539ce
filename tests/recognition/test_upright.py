"""The LSTM that scores whether ink looks upright."""

import numpy as np
import pytest

import handwriting
from handwriting.ink import Ink
from handwriting.recognition.orientation import ALL
from handwriting.recognition.pen_counts import letter_size, stepped
from handwriting.recognition.upright import FEATURES, MAX_FIRST_STROKE, MAX_POINTS, UprightNetwork, upright_features
from handwriting.runtime import pad

WORDS = ("quick", "brown", "handful", "Tables")


def views(ink):
    scale = letter_size(ink)
    points = stepped(ink, scale)[0]
    return [orientation.upright(points)[0] for orientation in ALL], scale


@pytest.mark.parametrize("word", WORDS)
def test_a_word_as_written_scores_highest(word):
    odds = UprightNetwork.load().odds(*views(handwriting.generate(word, seed=1, bias=2)))
    assert odds.argmax() == 0
    assert odds[0] - np.sort(odds)[-2] > 2


def test_the_score_of_an_ink_does_not_depend_on_the_others():
    inks, scale = views(handwriting.generate("alone", seed=2, bias=2))
    network = UprightNetwork.load()
    longer = handwriting.generate("together", seed=2, bias=2)
    together = network.odds([stepped(longer, letter_size(longer))[0], *inks], scale)[1:]
    assert together == pytest.approx([network.odds([ink], scale)[0] for ink in inks], abs=0.3)  # int8


def test_features_of_an_ell_and_a_dot():
    ink = Ink.from_strokes([[(0, 0), (0, 2), (2, 2)], [(4, 1)]])
    steps = upright_features(ink, 2.0)
    assert steps.shape == (4, FEATURES)
    assert steps[:, :2].tolist() == [[0, 0], [0, 4], [4, 0], [0, 0]]
    assert steps[:3, 2:4].tolist() == [[0, 0]] * 3
    assert steps[3, 2:4] == pytest.approx(np.arcsinh([1, -0.5]))
    assert steps[:, 4:6].tolist() == [[1, 0], [0, 0], [0, 1], [1, 1]]
    assert steps[:, 6] == pytest.approx(np.arcsinh([-0.5, 0.5, 0.5, 0]))
    assert steps[:, 7:] == pytest.approx(np.tile(np.arcsinh([1, 2]), (4, 1)))


def test_only_the_first_strokes_of_a_long_ink_count():
    stroke = np.column_stack([np.arange(90.0), np.zeros(90)])
    ink = Ink.from_strokes([stroke + (100 * k, 0) for k in range(5)])
    assert len(upright_features(ink, 1.0)) == 180
    assert len(upright_features(Ink.from_strokes([np.zeros((2 * MAX_POINTS, 2))]), 1.0)) == 2 * MAX_POINTS
    cut = upright_features(Ink.from_strokes([np.zeros((2 * MAX_FIRST_STROKE, 2))]), 1.0)
    assert len(cut) == MAX_FIRST_STROKE and cut[-1, 5] == 1


def test_sequences_are_padded_with_zeros():
    together, lengths = pad([np.ones((2, 3), np.float32), np.ones((4, 3), np.float32)])
    assert together.shape == (4, 2, 3)
    assert lengths.tolist() == [2, 4]
    assert together[:, 0].sum() == 6 and not together[2:, 0].any()
