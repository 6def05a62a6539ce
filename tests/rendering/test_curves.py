"""Smooth curves along a pen's points."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from handwriting.rendering.curves import TOLERANCE_MM, curves
from handwriting.rendering.hershey import write
from handwriting.rendering.splines import distinct, sample

grid = st.integers(1, 40).flatmap(lambda n: arrays(np.float64, (n, 2), elements=st.integers(-20, 20)))
drawings = st.lists(grid.map(lambda points: points * 0.1), min_size=1, max_size=4)


def distances(points, line):
    """Shape (points,): from each of ``points`` (points, 2) to the nearest place of the polyline ``line`` (n, 2)."""
    start, along = line[:-1], np.diff(line, axis=0)
    offset = points[:, None] - start  # (points, n-1, 2)
    length2 = np.maximum((along**2).sum(axis=-1), 1e-300)
    share = np.clip((offset * along).sum(axis=-1) / length2, 0, 1)
    return np.hypot(*np.moveaxis(offset - share[..., None] * along, -1, 0)).min(axis=1)


def directions(curve):
    """Unit vectors along a fine polyline of the curve, without steps too short to have one."""
    steps = np.diff(sample(curve, 20), axis=0)
    steps = steps[np.hypot(*steps.T) > 1e-6]
    return steps @ (1, 1j) / np.hypot(*steps.T)


def turning(vectors):
    """Radians by which the directions turn in all, whichever way."""
    return float(np.abs(np.angle(vectors[1:] / vectors[:-1])).sum())


@settings(max_examples=40, deadline=None)
@given(drawings)
def test_every_point_lies_near_its_curve(strokes):
    found = curves(strokes)
    assert len(found) == len(strokes)
    for points, curve in zip(strokes, found, strict=True):
        assert np.isfinite(curve).all()
        np.testing.assert_allclose(curve[0, 0], points[0], atol=1e-12)
        np.testing.assert_allclose(curve[-1, 3], points[-1], atol=1e-12)
        np.testing.assert_array_equal(curve[1:, 0], curve[:-1, 3])
        assert distances(points, sample(curve, 40)).max() < TOLERANCE_MM + 0.01  # its polyline cuts the bends a little
        assert len(curve) <= max(1, len(distinct(points)) - 1)


@settings(max_examples=40, deadline=None)
@given(drawings)
def test_no_curve_strays_from_the_pens_way(strokes):
    for points, curve in zip(strokes, curves(strokes), strict=True):
        way = np.vstack([points, points[-1:]])
        longest = np.hypot(*np.diff(way, axis=0).T).max()
        assert distances(sample(curve, 8), way).max() <= 0.25 * longest + 2 * TOLERANCE_MM


def test_a_stroke_is_the_same_alone_and_among_others():
    strokes = write("among others", seed=4).strokes
    strokes = [stroke / 100 for stroke in strokes]
    for stroke, curve in zip(strokes, curves(strokes), strict=True):
        (alone,) = curves([stroke])
        np.testing.assert_allclose(curve, alone, atol=1e-9)


@pytest.mark.parametrize("step", [0.02, 0.1, 0.3])
def test_jitter_of_the_grid_does_not_show(step):
    """A circle of 3 mm, as a pen at three speeds puts it on a grid of a thirtieth of a millimetre."""
    angle = np.arange(0, 2 * np.pi, step / 1.5)
    circle = 1.5 * np.column_stack([np.cos(angle), np.sin(angle)])
    points = distinct((circle * 30).round() / 30)
    (curve,) = curves([points])
    assert turning(directions(curve)) < 1.1 * 2 * np.pi
    np.testing.assert_allclose(np.hypot(*sample(curve, 20).T), 1.5, atol=TOLERANCE_MM + 0.03)
    assert len(curve) <= 12


def test_the_grid_shows_in_the_points_themselves():
    """What the test above would measure without the fit."""
    angle = np.arange(0, 2 * np.pi, 0.02 / 1.5)
    points = distinct((45 * np.column_stack([np.cos(angle), np.sin(angle)])).round() / 30)
    steps = np.diff(points, axis=0) @ (1, 1j)
    assert turning(steps) > 5 * 2 * np.pi


def test_handwriting_has_no_corners_at_the_pens_rate():
    """Loops of 2 mm, nine points to each: joined by straight lines they turn by up to 70 degrees."""
    angle = np.linspace(0, 6 * np.pi, 3 * 9 + 1)
    loops = np.column_stack([0.6 * angle / np.pi + np.sin(angle), -np.cos(angle)])
    (curve,) = curves([loops])
    arriving, leaving = (v @ (1, 1j) for v in (curve[:-1, 3] - curve[:-1, 2], curve[1:, 1] - curve[1:, 0]))
    np.testing.assert_allclose(np.angle(leaving / arriving), 0, atol=1e-9)
    assert len(leaving) >= 3
    assert turning(directions(curve)) == pytest.approx(6 * np.pi, rel=0.1)


def test_corners_stay_sharp_and_straight_lines_straight():
    square = np.array([[0, 0], [10, 0], [10, 10], [0, 10], [0, 0]], dtype=float)
    (curve,) = curves([square])
    np.testing.assert_array_equal(curve[:, 0], square[:-1])
    np.testing.assert_allclose(curve[:, 1], square[:-1] + np.diff(square, axis=0) / 3, atol=1e-9)
    side = np.linspace(0, 10, 80)
    dense = np.vstack([np.column_stack([side, 0 * side]), np.column_stack([0 * side + 10, side])[1:]])
    (curve,) = curves([dense])
    np.testing.assert_allclose(curve[:, [0, 3]], [[[0, 0], [10, 0]], [[10, 0], [10, 10]]], atol=1e-12)


def test_a_pen_that_turns_back_makes_a_tip():
    down = np.column_stack([np.zeros(30), np.linspace(0, 5, 30)])
    (curve,) = curves([np.vstack([down, down[-2::-1] + (0.01, 0)])])
    assert np.abs(sample(curve, 20)[:, 0]).max() < 0.01 + TOLERANCE_MM
    assert sample(curve, 20)[:, 1].max() == pytest.approx(5, abs=TOLERANCE_MM)


def test_a_long_line_beside_a_short_step_does_not_bulge():
    box = np.array([[0, 0], [8, 0], [8, 0.05], [0, 0.05]], dtype=float)
    (curve,) = curves([box])
    assert np.abs(sample(curve, 50)[:, 1]).max() < 0.08


def test_dots_and_nothing():
    one, still = curves([np.array([[3.0, 4.0]]), np.array([[1.0, 1.0], [1.0, 1.0]])])
    np.testing.assert_array_equal(one, np.full((1, 4, 2), (3, 4)))
    np.testing.assert_array_equal(still, np.ones((1, 4, 2)))
    assert curves([]) == []


def test_hostile_strokes_end():
    random = np.random.default_rng(1)
    points = np.cumsum(random.normal(size=(20_000, 2)), axis=0)
    (curve,) = curves([points])
    assert distances(points[:100], sample(curve[:200], 10)).max() < TOLERANCE_MM + 0.05
