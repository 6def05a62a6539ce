"""Offsets: cleaning by hand, there and back, statistics."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handwriting.errors import InkError
from handwriting.features.offsets import JUMP_UNITS, Normalizer, clean, clean_at_rate, from_offsets, offsets
from handwriting.geometry.baseline import baseline
from handwriting.geometry.normalise import writing_height
from handwriting.ink import Ink
from handwriting.rendering.hershey import write

strokes = st.lists(
    st.lists(st.tuples(st.integers(-3000, 3000), st.integers(-3000, 3000)), min_size=1, max_size=12),
    min_size=1,
    max_size=6,
)


def test_a_jump_within_a_stroke_is_dropped_and_the_way_back_is_not():
    ink = Ink.from_strokes([[(0, 0), (10, 0), (5000, 0), (20, 0)], [(3000, 0), (3010, 0)]])
    assert [s.tolist() for s in clean(ink).strokes] == [[[0, 0], [10, 0], [20, 0]], [[3000, 0], [3010, 0]]]


def test_exactly_600_units_stay():
    assert len(clean(Ink.from_strokes([[(0, 0), (600, 0)]]))) == 2
    assert len(clean(Ink.from_strokes([[(0, 0), (600, 1)]]))) == 1


@settings(deadline=None)
@given(strokes)
def test_cleaned_ink_has_no_jump_and_all_strokes(strokes):
    ink = Ink.from_strokes(strokes)
    cleaned = clean(ink)
    assert len(cleaned.starts) == len(ink.starts)
    for stroke in cleaned.strokes:
        assert (np.hypot(*np.diff(stroke, axis=0).T) <= JUMP_UNITS).all()
    assert clean(cleaned) is cleaned


def test_offsets_by_hand():
    ink = Ink.from_strokes([[(5, 5), (7, 4)], [(9, 9)]])
    assert offsets(ink).tolist() == [[0, 0, 0], [2, -1, 1], [2, 5, 1]]


@settings(deadline=None)
@given(strokes)
def test_offsets_there_and_back(strokes):
    ink = Ink.from_strokes(strokes)
    again = from_offsets(offsets(ink), ink.x[0], ink.y[0])
    assert np.array_equal(again.xy, ink.xy)
    assert again.starts.tolist() == ink.starts.tolist()


def test_normalised_offsets_have_mean_0_and_sd_1_and_come_back():
    random = np.random.default_rng(0)
    lines = [offsets(Ink.from_strokes(random.normal(0, (30, 5), (2, n, 2)).cumsum(1))) for n in (10, 50, 200)]
    normalizer = Normalizer.of(lines)
    moves = np.concatenate([normalizer(line)[1:, :2] for line in lines])
    assert np.allclose(moves.mean(0), 0, atol=1e-6)
    assert np.allclose(moves.std(0), 1, atol=1e-6)
    for line in lines:
        assert normalizer(line).dtype == np.float32
        assert normalizer(line)[0, :2].tolist() == [0, 0]
        assert np.allclose(normalizer.inverse(normalizer(line)), line, atol=1e-4)


def test_floor_and_raw_nats_follow_from_the_sd():
    normalizer = Normalizer((1.0, 2.0), (30.0, 60.0))
    assert normalizer.sigma_floor == (0.01, 0.005)
    assert normalizer.raw_nats == pytest.approx(math.log(1800))


def test_too_little_to_normalise_is_refused():
    with pytest.raises(InkError, match="too few to normalise"):
        Normalizer.of([])
    with pytest.raises(InkError, match="at least one point"):
        from_offsets(np.empty((0, 3)))


def test_a_line_at_a_pace_is_level_on_its_baseline_and_has_so_many_points_a_second():
    drawn = write("a level line of ink", seed=1)
    steep = drawn.moved_to(20 * drawn.x, 20 * (drawn.y + 0.1 * drawn.x))
    timed = replace(steep, t=np.arange(len(drawn)) / 66)
    slow = clean_at_rate(timed, 33)
    assert len(slow) == pytest.approx(len(drawn) / 2 + len(drawn.starts) / 2, rel=0.05)
    assert abs(baseline(slow)[0]) < 0.01 and abs(baseline(slow)[1]) < 0.1 * writing_height(slow)
    untimed = clean_at_rate(replace(steep, t=None), 33)
    assert len(untimed) == pytest.approx(len(slow), abs=3)
