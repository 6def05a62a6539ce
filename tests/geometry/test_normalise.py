import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from handwriting.geometry.normalise import deskew, deslant, normalise, resize, writing_height
from handwriting.ink import Ink


def zigzag(letters: int = 20) -> Ink:
    """Upright strokes of height 1, one unit apart: a line of writing as regular as can be."""
    return Ink.from_strokes([[(i, 0.0), (i, 0.5), (i, 1.0)] for i in range(letters)])


def rotated(ink: Ink, degrees: float) -> Ink:
    a = np.radians(degrees)
    return ink.moved_to(np.cos(a) * ink.x - np.sin(a) * ink.y, np.sin(a) * ink.x + np.cos(a) * ink.y)


@pytest.mark.parametrize("degrees", [-20, -5, 0, 3, 15])
def test_deskew_levels_a_line(degrees):
    level = deskew(rotated(zigzag(), degrees))
    slope = np.polyfit(level.x, level.y, 1)[0]
    assert abs(np.degrees(np.arctan(slope))) < 0.2


def test_deskew_hardly_turns_a_single_character():
    slanted = Ink.from_strokes([[(0, 1), (0.2, 0.5), (0.4, 0)]])
    turned = deskew(slanted)
    angle = np.degrees(np.arctan2(np.ptp(turned.y), np.ptp(turned.x)) - np.arctan2(1, 0.4))
    assert abs(angle) < 12


@pytest.mark.parametrize("shear", [-0.8, -0.2, 0.0, 0.5, 1.0])
def test_deslant_stands_downstrokes_upright(shear):
    ink = zigzag()
    upright = deslant(ink.moved_to(ink.x - shear * ink.y, ink.y))
    assert np.ptp(upright.x[:3]) < 1e-9


def test_resize_gives_height_one_centred_at_zero():
    ink = resize(zigzag())
    assert writing_height(ink) == pytest.approx(1, abs=1e-12)
    assert ink.x.min() == 0
    assert abs(ink.y.min() + ink.y.max()) < 1e-12


def test_no_step_depends_on_the_sampling_rate():
    """A point between two others of a straight stroke adds no ink, so it changes nothing."""
    sparse = Ink.from_strokes([[(i, 0.0), (i + 0.2, 1.0)] for i in range(12)])
    dense = Ink.from_strokes([np.linspace((i, 0.0), (i + 0.2, 1.0), 1001) for i in range(12)])
    ends = np.column_stack([dense.starts, dense.ends - 1]).ravel()
    # Means over points and over length differ by the curvature of y within a segment, hence not to the last digit.
    assert np.allclose(deslant(dense).x[ends], deslant(sparse).x, atol=1e-9)


@given(
    scale=st.floats(1e-3, 1e3),
    x=st.floats(-1e4, 1e4),
    y=st.floats(-1e4, 1e4),
    seed=st.integers(0, 99),
)
def test_normalise_ignores_scale_and_offset(scale, x, y, seed):
    random = np.random.default_rng(seed)
    ink = Ink.from_strokes([random.normal((i, 0), 0.4, (6, 2)) for i in range(8)])
    moved = ink.moved_to(ink.x * scale + x, ink.y * scale + y)
    assert np.allclose(normalise(moved).xy, normalise(ink).xy, atol=1e-5)


@pytest.mark.parametrize(
    "strokes",
    [[[(5, 5)]], [[(5, 5)] * 4], [[(0, 3), (9, 3)]], [[(3, 0), (3, 9)]], [[(0, 0)], [(1, 0)], [(2, 0)]]],
    ids=["dot", "repeated dot", "dash", "bar", "ellipsis"],
)
def test_ink_without_height_or_width_stays_finite(strokes):
    ink = normalise(Ink.from_strokes(strokes))
    assert np.isfinite(ink.xy).all()
    assert np.abs(ink.xy).max() < 50


def test_a_dash_among_dots_is_no_giant():
    ink = Ink.from_strokes([[(0, 0)], [(0, 0)], [(0, 0), (4, 1)]])
    assert np.ptp(normalise(ink).x) < 10
