"""Cutting and joining, with a fit that is easy to check by hand: a piece fits when its sum stays within a limit."""

from __future__ import annotations

import numpy as np
import pytest

from handwriting import piecewise
from handwriting.piecewise import cut, join

COSTS = np.array([0, 1, 1, 5, 1, 1, 1, 1])
"""Of the step to each of 8 points."""


def fit(limit):
    def fitted(first, last):
        totals = np.array([COSTS[a + 1 : b + 1].sum() for a, b in zip(first, last, strict=True)])
        worst = np.array([a + 1 + COSTS[a + 1 : b].argmax() for a, b in zip(first, last, strict=True)])
        return totals.astype(float), -totals.astype(float), totals <= limit, worst

    return fitted


def trivial(first, last):
    return np.zeros(len(first)), np.zeros(len(first))


def spans(pieces):
    return list(zip(pieces[0].tolist(), pieces[1].tolist(), strict=True))


def test_pieces_are_cut_at_their_worst_point_until_they_fit():
    pieces = cut(fit(4), trivial, np.array([0]), np.array([7]))
    assert spans(pieces) == [(0, 1), (1, 2), (2, 3), (3, 7)]  # 11 is too much; of 0-3, 7; of 1-3, 6
    assert pieces[2].tolist() == [0, 0, 0, 4]
    assert pieces[3].tolist() == [0, 0, 0, -4]


def test_after_the_free_levels_pieces_are_halved(monkeypatch):
    assert spans(cut(fit(3), trivial, np.array([0]), np.array([7])))[3:] == [(3, 4), (4, 7)]
    monkeypatch.setattr(piecewise, "FREE_LEVELS", 0)
    assert spans(cut(fit(3), trivial, np.array([0]), np.array([7]))) == [(0, 1), (1, 2), (2, 3), (3, 5), (5, 7)]


def test_neighbours_that_fit_as_one_are_joined_in_rounds():
    pieces = (np.array([0, 1, 2, 3, 5]), np.array([1, 2, 3, 5, 7]), np.zeros(5), np.zeros(5))
    once = join(fit(4), pieces, parities=(0,))
    assert spans(once) == [(0, 2), (2, 3), (3, 5), (5, 7)]  # 2-5 would cost 7
    twice = join(fit(4), tuple(column.copy() for column in once), parities=(1, 0))
    assert spans(twice) == [(0, 2), (2, 3), (3, 7)]
    assert twice[2].tolist() == [2, 0, 4]


def test_nothing_is_joined_across_a_gap_or_a_fixed_point():
    gap = (np.array([0, 2]), np.array([1, 3]), np.zeros(2), np.zeros(2))
    assert spans(join(fit(99), gap, parities=(0, 1))) == [(0, 1), (2, 3)]
    fixed = np.zeros(8, bool)
    fixed[1] = True
    pieces = (np.array([0, 1]), np.array([1, 2]), np.zeros(2), np.zeros(2))
    assert spans(join(fit(99), tuple(c.copy() for c in pieces), parities=(0,), fixed=fixed)) == [(0, 1), (1, 2)]
    assert spans(join(fit(99), tuple(c.copy() for c in pieces), parities=(0,))) == [(0, 2)]


@pytest.mark.parametrize("points", [0, 1, 2])
def test_short_pieces_are_not_fitted(points):
    first = np.zeros(min(points, 1), np.int64)
    pieces = cut(None, trivial, first, first + max(0, points - 1))
    assert len(pieces[0]) == min(points, 1)
