"""Decimation, curves and fitting."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from handwriting.errors import InkError
from handwriting.ink import Ink
from handwriting.rendering.splines import beziers, decimate, distance_to_segment, distinct, fit, sample

polylines = st.integers(1, 30).flatmap(lambda n: arrays(np.float64, (n, 2), elements=st.integers(-50, 50)))


def test_distance_to_segment_hand_checked():
    points = np.array([[0.0, 1.0], [5.0, 2.0], [12.0, 0.0], [-3.0, 4.0]])
    np.testing.assert_allclose(distance_to_segment(points, np.zeros(2), np.array([10.0, 0.0])), [1, 2, 2, 5])
    np.testing.assert_allclose(distance_to_segment(points[:1], np.zeros(2), np.zeros(2)), [1])


def test_decimate_keeps_what_carries_the_shape():
    line = np.array([[0.0, 0.0], [1.0, 0.01], [2.0, 0.0], [3.0, 1.0], [4.0, 2.0]])
    np.testing.assert_array_equal(decimate(line, 0.05), line[[0, 2, 4]])
    np.testing.assert_array_equal(decimate(line[:1], 0.05), line[:1])


@given(polylines, st.floats(0.1, 10))
def test_no_point_is_farther_from_the_decimated_line_than_the_tolerance(points, tolerance):
    kept = decimate(points, tolerance)
    np.testing.assert_array_equal(kept[[0, -1]], points[[0, -1]])
    pairs = list(pairwise(kept)) or [(kept[0], kept[0])]
    distance = np.min([distance_to_segment(points, a, b) for a, b in pairs], axis=0)
    assert distance.max() <= tolerance + 1e-9


@given(polylines)
def test_the_curve_passes_through_every_point_and_stays_near(points):
    points = distinct(points)
    segments = beziers(points)
    assert segments.shape == (len(points) - 1, 4, 2)
    assert np.isfinite(segments).all()
    np.testing.assert_array_equal(segments[:, 0], points[:-1])
    np.testing.assert_array_equal(segments[:, 3], points[1:])
    if len(points) > 1:
        chords = np.hypot(*np.diff(points, axis=0).T)
        reach = np.hypot(*(segments[:, 1] - segments[:, 0]).T)
        assert (reach <= 1.0001 * chords).all()  # no handle longer than its chord, hence no loops


def test_the_curve_is_smooth_where_the_pen_bends_and_keeps_corners():
    angle = np.linspace(0, np.pi, 9)
    arc = beziers(np.column_stack([np.cos(angle), np.sin(angle)]))
    arriving, leaving = arc[:-1, 3] - arc[:-1, 2], arc[1:, 1] - arc[1:, 0]
    np.testing.assert_allclose(arriving, leaving, atol=1e-12)
    np.testing.assert_allclose(np.hypot(*sample(arc, 8).T), 1.0, atol=0.01)
    corner = beziers(np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0]]))
    np.testing.assert_allclose(sample(corner, 4)[:5, 1], 0.0, atol=1e-12)


def test_sample_hand_checked():
    line = np.array([[[0.0, 0.0], [1.0, 0.0], [2.0, 0.0], [3.0, 0.0]]])
    np.testing.assert_allclose(sample(line, 2), [[0, 0], [1.5, 0], [3, 0]])


@given(polylines, st.floats(20, 500), st.floats(20, 500))
def test_fitted_ink_touches_its_margins(points, width, height):
    place = fit(Ink.from_strokes([points]), width, height, 5.0)
    drawn = place(points)
    assert place.width <= width + 1e-9 and place.height <= height + 1e-9
    np.testing.assert_allclose(drawn.min(axis=0), [5, 5], atol=1e-9)
    np.testing.assert_allclose(drawn.max(axis=0), [place.width - 5, place.height - 5], atol=1e-9)


def test_no_room_and_too_large_are_refused():
    ink = Ink.from_strokes([[[0, 0], [1, 1]]])
    with pytest.raises(InkError, match="no room inside margins of 5"):
        fit(ink, 10, 100, 5)
    with pytest.raises(InkError, match="too large to draw"):
        fit(Ink.from_strokes([[[-1e308, 0], [1e308, 1]]]), 100, 100, 5)
