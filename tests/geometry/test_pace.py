"""Ink sampled as another pen would: the same shape, the other pen's pace."""

from __future__ import annotations

import numpy as np
import pytest

from handwriting.geometry.pace import TOLERANCE, match_pace, mean_step, point_rate, thin
from handwriting.ink import Ink
from handwriting.rendering.hershey import write

STEP = 0.02
"""Distance between the points of :func:`timed` at 60 Hz, in writing heights."""


def timed(rate: float) -> Ink:
    """A second of a circle, then a dot, then half a second of a line, ``rate`` points a second."""
    t = np.arange(0, 1 + 1e-9, 1 / rate)
    circle = np.column_stack([np.cos(t), np.sin(t), 100 + t])
    line = np.column_stack([t[t <= 0.5], 2 * t[t <= 0.5], 103 + t[t <= 0.5]])
    return Ink.from_strokes([circle, [[5, 5, 102]], line])


def test_a_fast_tablet_s_ink_gets_the_rate_asked_for_and_keeps_its_shape():
    ink = match_pace(timed(300), 60, STEP)
    assert point_rate(ink) == pytest.approx(60, rel=0.02)
    assert [len(stroke) for stroke in ink.strokes] == [61, 1, 31]
    circle = ink.strokes[0]
    assert np.abs(np.hypot(*circle.T) - 1).max() < 1e-4
    assert ink.t[-1] == pytest.approx(3.5)
    assert ink.bounds == pytest.approx(timed(300).bounds, abs=1e-4)


@pytest.mark.parametrize("rate", [50, 60, 80])
def test_a_pace_that_is_near_stays_untouched(rate):
    ink = timed(rate)
    assert match_pace(ink, 60, STEP) is ink


def test_without_times_points_are_set_at_even_distances():
    ink = write("some words", seed=1)
    plain = Ink(ink.x, ink.y, ink.starts)
    step = mean_step(plain)
    assert match_pace(plain, 60, step * 1.2) is plain
    wide = match_pace(plain, 60, step * 4)
    assert len(wide) < len(plain) / 3
    assert mean_step(wide) == pytest.approx(step * 4, rel=0.25)
    assert match_pace(plain, 60, step / 4).bounds == pytest.approx(plain.bounds, abs=0.5)


def test_times_that_stand_still_count_as_none():
    ink = write("ink", seed=1)
    frozen = Ink(ink.x, ink.y, ink.starts, np.zeros(len(ink)))
    assert point_rate(frozen) == 0
    assert len(match_pace(frozen, 60, mean_step(ink) * 5)) < len(ink) / 3


@pytest.mark.parametrize("factor", [1e-3, 0.02, 50, 1e6])
def test_implausible_times_count_as_none(factor):
    """The page of a test sends all points at once; other programs mistake milliseconds for seconds."""
    ink = write("ink", seed=1)
    plain = Ink(ink.x, ink.y, ink.starts)
    at_60 = np.arange(len(ink)) / 60
    odd = Ink(ink.x, ink.y, ink.starts, at_60 * factor)
    assert match_pace(odd, 60, mean_step(ink)) is odd
    assert len(match_pace(odd, 60, mean_step(ink) * 5)) == len(match_pace(plain, 60, mean_step(ink) * 5)) < len(ink) / 3


def test_dots_alone_stay():
    dots = Ink.from_strokes([[[0, 0]], [[5, 5]]])
    assert match_pace(dots, 60, 0.05) is dots
    assert TOLERANCE > 1


def test_thinning_keeps_the_ends_of_strokes_and_dots():
    x = np.array([0.0, 1, 2, 3, 4, 10, 20, 21])
    ink = Ink(x, 2 * x, [0, 5, 6])
    thinner = thin(ink, 2)
    assert thinner.x.tolist() == [0, 2, 4, 10, 20, 21] and thinner.y.tolist() == (2 * thinner.x).tolist()
    assert thinner.starts.tolist() == [0, 3, 4] and thinner.t is None
