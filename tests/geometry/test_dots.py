"""Which strokes are dots and bars."""

import numpy as np
import pytest

from handwriting.features import FeatureConfig, encode
from handwriting.geometry.dots import dots_and_bars, undelayed_order
from handwriting.ink import Ink


def bar(x0, y0, x1, y1, n=9):
    return np.column_stack([np.linspace(x0, x1, n), np.linspace(y0, y1, n)])


def ring(x, y, radius):
    angle = np.linspace(0, 2 * np.pi, 20)
    return np.column_stack([x + radius * np.cos(angle), y + radius * np.sin(angle)])


STEM, DOT = bar(0, 40, 0, 100), bar(0, 10, 1, 11, 3)
TALL, CROSS = bar(40, 0, 40, 100), bar(20, 30, 60, 32)
STOP, DASH = bar(95, 98, 96, 99, 3), bar(110, 60, 150, 61)
ROUND = ring(200, 80, 18)
NEXT = bar(230, 0, 230, 100)
APOSTROPHE = bar(245, 2, 243, 18, 4)
LAST = bar(262, 40, 262, 100)


def test_dots_and_bars_and_nothing_else():
    ink = Ink.from_strokes([STEM, DOT, TALL, CROSS, STOP, DASH, ROUND, NEXT, APOSTROPHE, LAST])
    assert np.flatnonzero(dots_and_bars(ink)).tolist() == [1, 3]


@pytest.mark.parametrize("scale", [1e-3, 1, 1e4])
def test_the_unit_does_not_matter(scale):
    ink = Ink.from_strokes([scale * stroke + 7 * scale for stroke in (STEM, DOT, TALL, CROSS, LAST)])
    assert np.flatnonzero(dots_and_bars(ink)).tolist() == [1, 3]


@pytest.mark.parametrize("strokes", [[[(0, 0)]], [[(0, 0)], [(5, 5)]], [[(0, 0), (9, 0)]] * 3])
def test_ink_without_letters_has_none(strokes):
    assert not dots_and_bars(Ink.from_strokes(strokes)).any()


@pytest.mark.parametrize("bar_first", [False, True])
def test_what_came_late_goes_back_to_its_letter(bar_first):
    written = [STEM, DOT, TALL, CROSS, STOP, ROUND, NEXT, LAST]
    late = [STEM, TALL, STOP, ROUND, NEXT, LAST, *([CROSS, DOT] if bar_first else [DOT, CROSS])]
    ink = Ink.from_strokes(late)
    assert [s.tolist() for s in ink.take(undelayed_order(ink)).strokes] == [s.tolist() for s in written]


@pytest.mark.parametrize(("x", "letter"), [(8, 0), (20, 0), (36, 1)])
def test_a_late_dot_may_be_above_the_next_letter(x, letter):
    """Dots drift to the right: at 20 it is nearer to the ring, yet a narrow stroke just before it is its letter."""
    ink = Ink.from_strokes([STEM, ring(45, 80, 18), ring(90, 80, 18), NEXT, bar(x, 15, x + 1, 16, 3)])
    order = undelayed_order(ink).tolist()
    assert order[order.index(4) - 1] == letter


def test_a_dot_is_delayed_only_beyond_a_later_letter():
    ink = Ink.from_strokes([STEM, ring(45, 80, 18), bar(20, 15, 21, 16, 3)])
    assert undelayed_order(ink).tolist() == [0, 1, 2]


def test_what_came_in_time_stays():
    for strokes in ([STEM, DOT, TALL, CROSS, ROUND], [STEM, DOT, CROSS, TALL, ROUND], [DOT, STEM, TALL, CROSS, ROUND]):
        assert undelayed_order(Ink.from_strokes(strokes)).tolist() == [0, 1, 2, 3, 4]


def test_points_of_the_network_are_those_of_the_ink():
    late = Ink.from_strokes([STEM, TALL, ROUND, NEXT, DOT, CROSS])
    encoded = encode(late, FeatureConfig())
    assert encoded.order.tolist() == [0, 4, 1, 5, 2, 3]
    in_time = encode(late.take(encoded.order), FeatureConfig())
    assert np.array_equal(encoded.steps, in_time.steps) and np.array_equal(encoded.points, in_time.points)
    assert late.points_of([4, 0])[:4].tolist() == [int(late.starts[4]) + i for i in range(3)] + [0]
