import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from handwriting.errors import InkError
from handwriting.features import MAX_FEATURE, FeatureConfig, encode
from handwriting.features.points import POINTS_SIZE, encode_points
from handwriting.geometry.resample import resample
from handwriting.ink import Ink

strokes = st.lists(
    st.lists(st.tuples(st.floats(-50, 50), st.floats(-50, 50)), min_size=1, max_size=12), min_size=1, max_size=6
)


def test_resample_spaces_points_evenly_along_the_stroke():
    ink = Ink.from_strokes([[(0, 0), (0.3, 0), (1, 0), (1, 1)]])
    points, origin = resample(ink, 0.1)
    assert len(points) == 21
    assert np.allclose(np.hypot(np.diff(points.x), np.diff(points.y)), 0.1)
    assert origin.tolist() == [0] * 3 + [1] * 7 + [2] * 10 + [3]


def test_resample_keeps_stroke_ends_and_dots():
    ink = Ink.from_strokes([[(0, 0), (1, 0.2)], [(2, 2)], [(3, 3), (3.001, 3)], [(5, 5), (5, 5)]])
    points, origin = resample(ink, 0.3)
    assert len(points.starts) == 4
    assert points.xy[points.starts].tolist() == ink.xy[ink.starts].tolist()
    assert np.allclose(points.xy[points.ends[0] - 1], (1, 0.2))
    assert (points.ends - points.starts).tolist() == [4, 1, 1, 1]
    assert origin[points.starts].tolist() == ink.starts.tolist()


@given(strokes, st.floats(0.5, 5))
def test_resampled_ink_stays_on_the_strokes(strokes, spacing):
    ink = Ink.from_strokes(strokes)
    points, origin = resample(ink, spacing)
    assert (np.diff(origin) >= 0).all()
    assert (ink.stroke_index[origin] == points.stroke_index).all()
    within = np.diff(points.stroke_index) == 0
    step = np.hypot(np.diff(points.x), np.diff(points.y))[within]
    assert (step <= 1.5 * spacing + 1e-6).all()


def test_ink_too_long_to_resample_is_refused():
    with pytest.raises(InkError, match=r"length.*points"):
        resample(Ink.from_strokes([[(0, 0), (1e9, 0)]]), 0.06)


def test_features_are_bounded():
    far = Ink.from_strokes([[(0, 0), (0.1, 0)], [(1e8, 0), (1e8 + 0.1, 0)]])
    for encoding in ("points", "bezier"):
        assert np.abs(encode(far, FeatureConfig(encoding)).steps).max() <= MAX_FEATURE


def test_points_by_hand():
    """A stroke to the right and down, the pen up, and a dot."""
    ink = Ink.from_strokes([[(0, 0), (2, 0), (2, 1)], [(5, 1)]])
    steps, ranges = encode_points(ink, spacing=1.0)
    expected = [
        # dx dy cos-1 sin height first last up-dx up-dy
        [0, 0, 0, 0, 0, 1, 0, 0, 0],
        [1, 0, 0, 0, 0, 0, 0, 0, 0],
        [1, 0, -1, 1, 0, 0, 0, 0, 0],
        [0, 1, 0, 0, 1, 0, 1, 0, 0],
        [0, 0, 0, 0, 1, 1, 1, 3, 0],
    ]
    assert np.allclose(steps, expected, atol=1e-6)
    assert ranges.tolist() == [[0, 1], [0, 1], [1, 2], [2, 3], [3, 4]]


@given(strokes)
def test_points_are_finite_and_ranges_cover_the_ink(strokes):
    ink = Ink.from_strokes(strokes)
    encoded = encode(ink, FeatureConfig("points"))
    assert encoded.steps.shape == (len(encoded.points), POINTS_SIZE)
    assert encoded.steps.dtype == np.float32
    assert np.isfinite(encoded.steps).all()
    covered = np.zeros(len(ink), dtype=bool)
    for first, end in encoded.points:
        covered[first:end] = True
    assert covered.all()


@pytest.mark.parametrize("encoding", ["points", "bezier"])
def test_time_and_pressure_change_nothing(encoding):
    random = np.random.default_rng(0)
    xy = random.normal(0, 5, (40, 2)).cumsum(0)
    plain = Ink(xy[:, 0], xy[:, 1], [0, 10, 25])
    timed = Ink(xy[:, 0], xy[:, 1], [0, 10, 25], random.random(40), random.random(40))
    config = FeatureConfig(encoding)
    assert np.array_equal(encode(plain, config).steps, encode(timed, config).steps)
