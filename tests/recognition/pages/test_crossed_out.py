"""Straight strokes through letters cross them out; underlines and the rules of the paper do not."""

from itertools import pairwise

import numpy as np
import pytest
from scribbled import scribble

from handwriting.ink import Ink
from handwriting.recognition.pages import find_layout

PITCH = 5.0


def straight(*corners):
    points = np.array(corners, dtype=float)
    return np.concatenate([np.linspace(a, b, 40) for a, b in pairwise(points)])


def descending(rows):
    """Return strokes of ``rows`` lines of small letters, every third of which descends by a letter height."""
    strokes = []
    for row in range(rows):
        for k in range(30):
            x, base = 1.2 * k + (k // 6), PITCH * row
            foot = base + (1.2 if k % 3 == 0 else 0.0)
            strokes.append(
                straight((x, base - 1), (x + 0.1, base), (x + 0.5, base - 1), (x + 0.6, foot), (x + 0.9, base))
            )
    return strokes


@pytest.mark.parametrize("below", [0.1, 0.3])
def test_an_underline_that_cuts_descenders_leaves_the_word(below):
    strokes = descending(4)
    lines = [straight((0, PITCH * row + below), (7.2 + 8 * row, PITCH * row + below)) for row in range(4)]
    layout = find_layout(Ink.from_strokes([*strokes, *lines]))
    assert sorted(k for region in layout.drawings for k in region.strokes.tolist()) == [
        len(strokes) + k for k in range(4)
    ]
    assert {region.kind for region in layout.drawings} <= {"underline", "rule"}
    assert [len(line.strokes) for line in layout.lines] == [30] * 4


def test_a_stroke_through_the_middle_of_the_letters_crosses_them_out():
    strokes = descending(4)
    strike = straight((-0.2, PITCH - 0.45), (6.9, PITCH - 0.45))
    (region,) = find_layout(Ink.from_strokes([*strokes, strike])).drawings
    assert region.kind == "crossed-out"
    assert region.strokes.tolist() == [*range(30, 36), len(strokes)]


@pytest.mark.parametrize("pitch", [2.2, 1.3])
def test_squared_paper_crosses_nothing_out(pitch):
    strokes, line = scribble(5)
    points = np.concatenate(strokes)
    (left, top), (right, bottom) = points.min(axis=0) - 1, points.max(axis=0) + 1
    paper = [straight((left, y), (right, y)) for y in np.arange(top, bottom, pitch)]
    paper += [straight((x, top), (x, bottom)) for x in np.arange(left, right, pitch)]
    layout = find_layout(Ink.from_strokes([*strokes, *paper]))
    assert "crossed-out" not in {region.kind for region in layout.drawings}
    assert [found.strokes.tolist() for found in layout.lines] == [np.flatnonzero(line == k).tolist() for k in range(5)]


def test_an_x_over_a_word_crosses_it_out():
    strokes = descending(4)
    cross = [straight((-0.2, 3.6), (6.9, 5.4)), straight((-0.2, 5.4), (6.9, 3.6))]
    (region,) = find_layout(Ink.from_strokes([*strokes, *cross])).drawings
    assert region.kind == "crossed-out"
    assert region.strokes.tolist() == [*range(30, 36), len(strokes), len(strokes) + 1]


def test_parallel_diagonals_over_a_word_cross_it_out():
    strokes = descending(4)
    diagonals = [straight((0.8 * k - 0.5, PITCH + 0.3), (0.8 * k + 0.5, PITCH - 1.6)) for k in range(9)]
    (region,) = find_layout(Ink.from_strokes([*strokes, *diagonals])).drawings
    assert region.kind == "crossed-out"
    assert region.strokes.tolist() == [*range(30, 36), *range(len(strokes), len(strokes) + 9)]


def test_crosses_and_slashes_beside_letters_stay():
    strokes = descending(3)
    cross = [straight((50, -2.2), (52, 0)), straight((50, 0), (52, -2.2))]
    slashes = [straight((54 + 1.2 * k, 0.2), (55 + 1.2 * k, -2.0)) for k in range(4)]
    assert find_layout(Ink.from_strokes([*strokes, *cross, *slashes])).drawings == []
