"""A drawing: ink on a sheet, and what no drawing can be."""

import math

import numpy as np
import pytest

from handwriting.errors import InkError
from handwriting.ink import Ink, Source
from handwriting.rendering.color import parse
from handwriting.rendering.drawing import Drawing, fitted

INK = Ink.from_strokes([[[0, 0], [30, 10]]], Source(text="a line"))


def test_fitted_hand_checked():
    drawing = fitted(INK, width_mm=70, margin_mm=5)
    assert (drawing.width, drawing.height) == (70, 30)
    np.testing.assert_allclose(drawing.strokes, [[[5, 5], [65, 25]]])
    assert drawing.title == "a line"
    assert not drawing.sheet and not drawing.printed


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"width": 0}, "a width of 0 mm; give more than 0 and at most 5000"),
        ({"width": -3}, "a width of -3 mm"),
        ({"height": math.nan}, "a height of nan mm"),
        ({"height": 6000}, "at most 5000"),
        ({"stroke": 0}, "0 mm would be invisible"),
        ({"stroke": math.inf}, "inf mm would be invisible"),
        ({"color": "mauvish"}, "'mauvish' is not a colour; give a name"),
        ({"inks": ()}, "nothing to draw"),
    ],
)
def test_no_such_drawing(change, message):
    with pytest.raises(InkError, match=message):
        Drawing(**{"width": 40, "height": 20, "inks": (INK,)} | change)


@pytest.mark.parametrize(
    ("given", "parsed"),
    [("navy", "navy"), (" Navy", "navy"), ("#ABC", "#abc"), ("#01aBfF", "#01abff"), ("rgb(0, 128,255)", "#0080ff")],
)
def test_colours_hand_checked(given, parsed):
    assert parse(given) == parsed


@pytest.mark.parametrize(
    "color", ["", "none", "currentColor", "#abcd", "#12", "#ggg", "rgb(0,0,256)", "rgb(-1,0,0)", "rgb(1,2)", "red;}"]
)
def test_other_colours_are_refused(color):
    with pytest.raises(InkError, match="is not a colour; give a name"):
        parse(color)


def test_every_name_is_known_to_matplotlib_as_well():
    from matplotlib.colors import is_color_like
    from svgwrite.data.colors import colornames

    assert len(colornames) == 147
    assert all(is_color_like(parse(name)) for name in colornames)
