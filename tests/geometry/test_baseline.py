"""The baseline: where letters stand, however the line runs."""

from __future__ import annotations

import numpy as np
import pytest

from handwriting.geometry.baseline import baseline, level
from handwriting.geometry.normalise import writing_height
from handwriting.ink import Ink
from handwriting.rendering.hershey import write


def turned(ink: Ink, degrees: float) -> Ink:
    a = np.radians(degrees)
    return ink.moved_to(np.cos(a) * ink.x - np.sin(a) * ink.y, np.sin(a) * ink.x + np.cos(a) * ink.y)


def test_of_arches_it_runs_through_their_feet():
    arches = [[[10 * i, 0], [10 * i + 2, 10 + 0.1 * i], [10 * i + 5, 0]] for i in range(12)]  # feet at y = 10 + 0.01 x
    slope, height = baseline(Ink.from_strokes(arches))
    assert slope == pytest.approx(0.01, abs=0.003)
    assert height == pytest.approx(10, abs=0.1)


@pytest.mark.parametrize("degrees", [-9, 0, 7])
def test_descenders_dots_and_slopes_do_not_move_it(degrees):
    text = "many happy jugglers, quietly"
    flat = write(text, jitter=0)
    feet = baseline(flat)[1]
    plain = baseline(write("maxim uvw none", jitter=0))[1]
    assert feet == pytest.approx(plain, abs=0.6)  # of a capital's height of 21
    slope, _ = baseline(turned(flat, degrees))
    assert np.degrees(np.arctan(slope)) == pytest.approx(degrees, abs=0.5)


def test_level_ink_stands_on_zero_and_begins_there():
    ink = level(turned(write("some words here", jitter=0), 6))
    slope, height = baseline(ink)
    assert slope == pytest.approx(0, abs=0.01)
    assert height + slope * np.median(ink.x) == pytest.approx(0, abs=0.02 * writing_height(ink))
    assert ink.x.min() == 0


@pytest.mark.parametrize("strokes", [[[[5, 5]]], [[[0, 0], [0, 9]]], [[[0, 0], [9, 0]]], [[[1, 1]], [[2, 2]]]])
def test_ink_that_is_hardly_any_gives_a_level_line(strokes):
    slope, height = baseline(Ink.from_strokes(strokes))
    assert slope == 0
    assert np.isfinite(height)


def test_writing_that_wanders_off_in_a_bow_is_straightened():
    ink = write("a rather long line of writing that is to wander", jitter=0)
    height, width = writing_height(ink), np.ptp(ink.x)
    bow = 0.6 * height * np.sin(np.pi * (ink.x - ink.x.min()) / width)
    feet = level(ink.moved_to(ink.x, ink.y + bow)), level(ink)
    assert np.abs(feet[0].y - feet[1].y).max() < 0.2 * height
