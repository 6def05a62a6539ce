"""Strokes in the order of a plotter's tool, told from the moves of the lifted pen."""

from __future__ import annotations

import numpy as np
import pytest

import handwriting
from handwriting.evaluation.orientation import in_plotter_order
from handwriting.ink import Ink
from handwriting.recognition import tour
from handwriting.recognition.tour import tour_odds
from handwriting.rendering import plotter


@pytest.fixture(scope="module")
def ink():
    return handwriting.generate("the quick brown fox jumps over the lazy dog", seed=1, bias=2)


def greedy(ink: Ink) -> Ink:
    """The strokes in the order in which a tool finds them that goes on to the nearest end."""
    z = ink.x + 1j * ink.y
    order, backward = plotter._nearest(np.column_stack([z[ink.starts], z[ink.ends - 1]]))
    return Ink.from_strokes(
        [ink.strokes[k][::-1] if b else ink.strokes[k] for k, b in zip(order, backward, strict=True)]
    )


def test_people_do_not_write_tours(ink):
    assert tour_odds(ink) < -5  # -7 to -9: what is written differs a little from machine to machine


@pytest.mark.parametrize("tool", [greedy, in_plotter_order])
@pytest.mark.parametrize("rounded", [False, True])
def test_tools_do(ink, tool, rounded):
    sorted_by_tool = tool(ink)
    if rounded:
        sorted_by_tool = sorted_by_tool.moved_to(np.round(sorted_by_tool.x, 2), np.round(sorted_by_tool.y, 2))
    assert tour_odds(sorted_by_tool) > 8
    # Neither the size of the page nor how it lies matters.
    turned = sorted_by_tool.moved_to(-30 * sorted_by_tool.y, 30 * sorted_by_tool.x)
    assert tour_odds(turned) == pytest.approx(tour_odds(sorted_by_tool))


def test_one_stroke_is_no_tour():
    assert tour_odds(Ink.from_strokes([[(0, 0), (3, 5)]])) == 0


def test_moves_are_judged_by_hand():
    """From (1, 0) the end (2, 0) of the third stroke is nearer than (5, 0); then the pen must go back over it."""
    begin, end = np.array([0, 5, 4, 9], complex), np.array([1, 8, 2, 9.5], complex)
    assert tour._nearest(begin, end, 0.1).tolist() == [False, False, True]
    assert tour._kept(begin, end, 0.1).tolist() == [False, True]
    assert tour._kept(np.array([0, 2, 5, 9], complex), np.array([1, 4, 8, 9.5], complex), 0.1).tolist() == [True, True]
