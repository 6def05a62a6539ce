"""Curves follow the ink: recovery, tolerance, coverage, degenerate strokes, and features without surprises."""

import time
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handwriting.errors import InkError
from handwriting.features import bezier
from handwriting.features.bezier import BEZIER_FEATURES, BEZIER_SIZE, TOLERANCE_HEIGHTS, encode_bezier, fit_curves
from handwriting.ink import Ink

coordinate = st.floats(-50, 50) | st.integers(-3, 3).map(float)
strokes = st.lists(st.tuples(coordinate, coordinate), min_size=1, max_size=30)
inks = st.lists(strokes, min_size=1, max_size=6).map(Ink.from_strokes)


def column(features, name):
    return features[:, BEZIER_FEATURES.index(name)]


def smooth_stroke(seed, n=200):
    """A random sum of slow waves, moving right: a plausible word."""
    rng = np.random.default_rng(seed)
    s = np.linspace(0, 1, n)
    waves = sum(rng.normal(size=2) / k * np.stack([np.sin(k * 5 * s), np.cos(k * 7 * s)], 1) for k in range(1, 5))
    return 0.4 * waves + np.stack([3 * s, 0 * s], 1)


def cubic(control, u):
    v = 1 - u
    return v**3 * control[0] + 3 * v * v * u * control[1] + 3 * v * u * u * control[2] + u**3 * control[3]


def as_ink(*complex_strokes):
    return Ink.from_strokes([np.stack([z.real, z.imag], 1) for z in complex_strokes])


def distances(ink, curves):
    """Distance of every ink point to the curve that covers it, sampled densely."""
    z = ink.x + 1j * ink.y
    samples = curves.at(np.linspace(0, 1, 401)[:, None])
    return np.concatenate(
        [
            np.abs(z[a : b + 1, None] - samples[None, :, k]).min(1)
            for k, (a, b) in enumerate(zip(curves.first, curves.last, strict=True))
        ]
    )


def check_steps(ink, features, ranges):
    assert features.shape == (len(ranges), BEZIER_SIZE) and features.dtype == np.float32
    assert ranges.dtype == np.int64
    assert np.isfinite(features).all()
    assert np.concatenate([np.arange(a, b) for a, b in ranges]).tolist() == list(range(len(ink)))
    moves = column(features, "pen_up") == 1
    assert moves.sum() == len(ink.starts) - 1
    assert (ranges[moves, 0] == ink.starts[1:]).all() and (np.diff(ranges[moves]) == 0).all()
    assert (np.diff(ranges[~moves]) > 0).all()
    stroke = ink.stroke_index
    assert all(stroke[a] == stroke[b - 1] for a, b in ranges[~moves])


def test_known_parameters_give_back_the_control_points():
    control = np.array([0, 0.4 + 0.9j, 1.1 - 0.7j, 1.5 + 0.2j])
    u = np.linspace(0, 1, 402)[1:-1]
    chord = control[3] - control[0]
    residual = cubic(control, u) - control[0] - u * chord
    owner = np.zeros(400, dtype=np.int64)
    offset1, offset2 = bezier._solve(residual, u, owner[:1], owner)
    assert offset1[0] == pytest.approx(control[1] - chord / 3, abs=2e-5)
    assert offset2[0] == pytest.approx(control[2] - 2 * chord / 3, abs=2e-5)


def test_a_cubic_is_one_curve_that_follows_it():
    control = np.array([0, 0.33 + 0.3j, 0.67 + 0.3j, 1 + 0.1j])
    ink = as_ink(cubic(control, np.linspace(0, 1, 100)))
    curves = fit_curves(ink)
    assert len(curves) == 1
    assert distances(ink, curves).max() < TOLERANCE_HEIGHTS / 2  # not exact: the fit starts from arc length, not from u
    np.testing.assert_allclose([curves.control1[0], curves.control2[0]], control[1:3], atol=0.1)
    assert (curves.start[0], curves.end[0]) == (control[0], control[3])


def test_a_straight_line_is_one_straight_curve():
    features, ranges = encode_bezier(as_ink(np.linspace(0, 2, 50) * (3 + 4j) / 5))
    assert ranges.tolist() == [[0, 50]]
    # dx, dy, arms, start and end along the chord, pen down, height of (0.6, 0.8), straight, direction, length
    expected = [1.2, 1.6, 1 / 3, 1 / 3, 1, 0, 1, 0, 0, -0.8, 1, 0.6, 0.8, 2]
    np.testing.assert_allclose(features[0], expected, atol=1e-3)


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("tolerance", [0.005, TOLERANCE_HEIGHTS, 0.1])
def test_every_point_is_within_tolerance(seed, tolerance):
    ink = Ink.from_strokes([smooth_stroke(seed)])
    curves = fit_curves(ink, tolerance)
    assert distances(ink, curves).max() <= tolerance + 1e-3
    assert len(curves) < len(ink) / 5


@given(inks)
@settings(deadline=None)
def test_any_ink_is_encoded_completely(ink):
    check_steps(ink, *encode_bezier(ink))


@given(inks, st.floats(0.001, 10), st.floats(0.5, 10))
@settings(deadline=None)
def test_any_setting_ends_with_connected_curves(ink, tolerance, max_turn):
    curves = fit_curves(ink, tolerance, max_turn)
    z = ink.x + 1j * ink.y
    np.testing.assert_array_equal(curves.start, z[curves.first])
    np.testing.assert_array_equal(curves.end, z[curves.last])
    joined = curves.last[:-1] == curves.first[1:]
    assert (~joined).sum() == len(ink.starts) - 1


def test_dots_are_short_curves():
    ink = Ink.from_strokes([[[0.0, -1.0]], [[0.5, -0.3]], [[0.1, 0.0], [0.2, 0.0]]])
    features, ranges = encode_bezier(ink)
    check_steps(ink, features, ranges)
    assert column(features, "pen_up").tolist() == [0, 1, 0, 1, 0]
    assert ranges.tolist() == [[0, 1], [1, 1], [1, 2], [2, 2], [2, 4]]
    assert column(features, "height")[0] == 1
    shape = [BEZIER_FEATURES.index(name) for name in BEZIER_FEATURES if name != "height"]
    assert not features[0, shape].any()


def test_equal_points_are_a_dot():
    once, _ = encode_bezier(Ink.from_strokes([[[0.3, -0.4]]]))
    often, ranges = encode_bezier(Ink.from_strokes([np.tile([0.3, -0.4], (7, 1))]))
    np.testing.assert_allclose(often, once, atol=1e-6)
    assert ranges.tolist() == [[0, 7]]


def test_repeated_points_within_a_stroke_do_no_harm():
    stroke = smooth_stroke(3)
    ink = Ink.from_strokes([np.repeat(stroke, 3, axis=0)])
    check_steps(ink, *encode_bezier(ink))
    assert distances(ink, fit_curves(ink)).max() <= TOLERANCE_HEIGHTS + 1e-3


def test_two_points_are_a_straight_curve():
    features, ranges = encode_bezier(Ink.from_strokes([[[0, 0], [0, -1]]]))
    assert ranges.tolist() == [[0, 2]]
    assert column(features, "straightness")[0] == pytest.approx(1, abs=1e-3)
    assert column(features, "dy")[0] == -1


@pytest.mark.parametrize("turns", [1, 2])
def test_closed_loops_are_cut_and_followed(turns):
    ink = as_ink(0.5 * np.exp(2j * np.pi * turns * np.linspace(0, 1, 60 * turns + 1)))
    curves = fit_curves(ink)
    assert 2 * turns <= len(curves) <= 4 * turns
    assert distances(ink, curves).max() <= TOLERANCE_HEIGHTS + 1e-3
    check_steps(ink, *encode_bezier(ink))


def test_a_retraced_stem_keeps_its_tip():
    ink = as_ink(np.concatenate([np.linspace(0, 1j, 30), np.linspace(1j, 0, 30)]))
    curves = fit_curves(ink)
    assert np.abs(curves.end - 1j).min() < 0.05 or curves.at(np.linspace(0, 1, 99)[:, None]).imag.max() > 0.95


def test_a_wide_gap_is_not_bridged_by_a_bulge():
    ink = Ink.from_strokes([[[0.28, 0.37], [0.25, 0.34], [0.26, 0.26], [0.0, -0.38]]])
    curve = fit_curves(ink).at(np.linspace(0, 1, 99)[:, None])
    assert curve.real.max() < 0.28 + 3 * TOLERANCE_HEIGHTS


def test_time_and_pressure_do_not_matter():
    ink = Ink.from_strokes([smooth_stroke(1), smooth_stroke(2) + [4, 0]])
    timed = replace(ink, t=np.linspace(0, 9, len(ink)) ** 2, pressure=np.full(len(ink), 0.5))
    for plain, other in zip(encode_bezier(ink), encode_bezier(timed), strict=True):
        assert plain.tobytes() == other.tobytes()


def test_the_same_ink_gives_the_same_bytes():
    first, second = (encode_bezier(Ink.from_strokes([smooth_stroke(5)])) for _ in range(2))
    assert [a.tobytes() for a in first] == [b.tobytes() for b in second]


def test_sideways_position_does_not_matter_and_height_follows_the_baseline():
    stroke = np.round(smooth_stroke(7) * 256) / 256  # exact in binary, so that shifting changes no difference
    here, ranges = encode_bezier(Ink.from_strokes([stroke]))
    there, same = encode_bezier(Ink.from_strokes([stroke + [8, -2]]))
    assert (ranges == same).all()
    np.testing.assert_allclose(column(there, "height"), column(here, "height") + 2, atol=1e-5)
    others = [k for k, name in enumerate(BEZIER_FEATURES) if name != "height"]
    np.testing.assert_allclose(there[:, others], here[:, others], atol=1e-5)


def test_fitting_commutes_with_affine_maps():
    rng = np.random.default_rng(0)
    u, owner = np.sort(rng.random(40)), np.zeros(40, dtype=np.int64)
    residual = rng.normal(size=40) + 1j * rng.normal(size=40)

    def shear(z):
        return 2 * z.real + 0.7 * z.imag + 1j * (0.5 * z.imag - 0.2 * z.real)

    before = np.array(bezier._solve(residual, u, owner[:1], owner))
    after = np.array(bezier._solve(shear(residual), u, owner[:1], owner))
    np.testing.assert_allclose(after, shear(before), atol=1e-12)


@pytest.mark.parametrize("kind", ["smooth", "noise", "spiral"])
def test_a_very_long_stroke_ends_in_sensible_time(kind):
    s = np.linspace(0, 1, 20_000)
    noise = np.random.default_rng(0).normal(size=(20_000, 2))
    angle = 400 * s
    stroke = {
        "smooth": np.stack([300 * s, np.sin(angle)], 1),
        "noise": noise,
        "spiral": np.stack([2.0 ** (-20 * s) * np.cos(angle), 2.0 ** (-20 * s) * np.sin(angle)], 1),
    }[kind]
    ink = Ink.from_strokes([stroke])
    begin = time.process_time()
    features, ranges = encode_bezier(ink)
    assert time.process_time() - begin < 5
    check_steps(ink, features, ranges)


@pytest.mark.parametrize("setting", [{"tolerance": 0}, {"tolerance": float("nan")}, {"max_turn": -1}])
def test_settings_that_make_no_sense_are_refused(setting):
    with pytest.raises(InkError, match=f"{next(iter(setting))} is .*positive"):
        encode_bezier(Ink.from_strokes([[[0, 0], [1, 1]]]), **setting)
