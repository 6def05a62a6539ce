"""The width of a pen's line, and the outline that it fills."""

from __future__ import annotations

import numpy as np
import pytest

from handwriting.errors import InkError
from handwriting.rendering.curves import curves
from handwriting.rendering.pens import PENS, Pen, outline, pen, widths


def straight(length: float = 10.0, n: int = 11, angle: float = 0.0) -> np.ndarray:
    along = np.linspace(0, length, n)
    return np.column_stack([along * np.cos(angle), -along * np.sin(angle)])


def area(polygon: np.ndarray) -> float:
    x, y = polygon.T
    return abs(float(np.sum(x * np.roll(y, -1) - y * np.roll(x, -1)))) / 2


def test_a_fineliner_has_one_width():
    assert PENS["fineliner"].uniform and not PENS["fountain"].uniform
    assert widths(straight(), PENS["fineliner"]).tolist() == [0.4] * 11


def test_a_slow_pen_draws_a_wider_line():
    stroke = np.column_stack([np.concatenate([np.linspace(0, 1, 20), np.linspace(1.5, 20, 20)]), np.zeros(40)])
    width = widths(stroke, Pen("p", 1.0, by_speed=0.5))
    assert width[3] > 1.3 and width[-3] < 0.8


def test_pressure_makes_the_line_wider():
    width = widths(straight(), Pen("p", 1.0, by_pressure=0.4), np.linspace(0, 1, 11))
    assert width[0] < 0.75 and width[5] == pytest.approx(1.0) and width[-1] > 1.25


def test_a_broad_nib_is_thin_along_its_edge_and_wide_across_it():
    nib = Pen("p", 1.0, nib_degrees=40.0, thinnest=0.3)
    assert widths(straight(angle=np.radians(40)), nib) == pytest.approx(np.full(11, 0.3))
    assert widths(straight(angle=np.radians(130)), nib) == pytest.approx(np.full(11, 1.0))


def test_the_outline_of_a_straight_line_is_a_rounded_bar():
    stroke = straight()
    shape = outline(curves([stroke])[0], stroke, np.full(11, 2.0))
    assert shape.min(axis=0) == pytest.approx([-1, -1], abs=0.03)
    assert shape.max(axis=0) == pytest.approx([11, 1], abs=0.03)
    assert area(shape) == pytest.approx(20 + np.pi, rel=0.02)


def test_the_outline_of_a_dot_is_a_disc():
    dot = np.array([[3.0, 4.0]])
    shape = outline(curves([dot])[0], dot, np.array([2.0]))
    assert np.hypot(*(shape - (3, 4)).T) == pytest.approx(np.ones(len(shape)))


def test_the_width_follows_the_stroke():
    stroke = straight()
    shape = outline(curves([stroke])[0], stroke, np.linspace(1, 3, 11))
    left, right = shape[shape[:, 0] < 1.0], shape[shape[:, 0] > 9.0]
    assert np.ptp(left[:, 1]) < 1.4 and np.ptp(right[:, 1]) > 2.6


def test_unknown_pens_and_impossible_widths_are_refused():
    assert pen("marker", 3.0).width == 3.0
    with pytest.raises(InkError, match="no pen 'quill'; choose fineliner"):
        pen("quill")
    with pytest.raises(InkError, match="0 mm wide"):
        pen("pencil", 0)
