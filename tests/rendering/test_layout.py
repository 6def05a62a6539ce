"""Lines on paper."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handwriting.errors import InkError
from handwriting.ink import Ink, Source
from handwriting.rendering.layout import PageLayout, compose


def rulings(drawing):
    return tuple(line for group in drawing.printed for line in group.lines)


def line(width=40.0, text=None, top=-5.0, bottom=3.0):
    """Writing from 0 to ``width`` on y = 0, with a tall and a deep letter."""
    return Ink.from_strokes([[[0, 0], [0, top], [width / 2, bottom], [width, 0]]], Source(text=text))


def test_a_page_hand_checked():
    drawing = compose([line(text="one"), None, line(text="two")], PageLayout(paper="ruled"))
    assert (drawing.width, drawing.height) == (210, 70)  # two margins of 20 and three lines of 10
    first, second = drawing.inks
    assert first.bounds == (20, 22, 60, 30)
    assert second.bounds == (20, 42, 60, 50)
    assert rulings(drawing) == ((0, 27, 210, 27), (0, 37, 210, 37), (0, 47, 210, 47))
    assert (drawing.title, drawing.desc) == ("one", "one\ntwo")
    assert drawing.sheet


def test_alignment_hand_checked():
    left, center, right = (
        [ink.bounds[0] for ink in compose([line(40), line(150)], PageLayout(align=align)).inks]
        for align in ("left", "center", "right")
    )
    assert left == [20, 20]
    assert center == [85, 30]
    assert right == [150, 40]


def test_squares_hand_checked():
    drawing = compose([line()], PageLayout(paper="squared", width_mm=60, margin_mm=10))
    rows = [y for x1, y, x2, _ in rulings(drawing) if x1 != x2]
    columns = [x for x, _, x2, _ in rulings(drawing) if x == x2]
    assert rows == [2, 7, 12, 17, 22, 27]  # 5 mm apart, with the writing line, 17, among them; 30 high
    assert columns == [5, 10, 15, 20, 25, 30, 35, 40, 45, 50, 55]


def test_a_line_alone_has_a_tight_box():
    drawing = compose([line(text="alone")], PageLayout(width_mm=None, margin_mm=2, stroke_mm=0.4))
    assert (drawing.width, drawing.height) == pytest.approx((44.4, 12.4))  # ink, stroke and margins
    np.testing.assert_allclose(drawing.inks[0].bounds, (2.2, 2.2, 42.2, 10.2))
    assert not drawing.sheet and drawing.desc is None and drawing.title == "alone"
    lines = compose([line(40), line(20)], PageLayout(width_mm=None, margin_mm=0, align="right", stroke_mm=0.4))
    np.testing.assert_allclose([ink.bounds[2] for ink in lines.inks], 40.2)
    assert lines.height == pytest.approx(18.4)


def test_a_page_is_at_least_so_high_and_ruled_to_its_end():
    drawing = compose([line()], PageLayout(height_mm=297, paper="ruled"))
    assert drawing.height == 297
    assert rulings(drawing)[-1][1] == 267  # the next would lie on the margin, without room for tails
    assert len(rulings(drawing)) == 25
    assert compose([line()] * 40, PageLayout(height_mm=297)).height == 440


def test_titles_are_the_writers_own_when_given():
    drawing = compose([line(text="one"), line(text="two")], title="A page", desc="")
    assert (drawing.title, drawing.desc) == ("A page", "")
    bare = compose([line(), line()])
    assert bare.title is None and bare.desc is None


styles = st.builds(
    PageLayout,
    width_mm=st.floats(100, 300),
    height_mm=st.sampled_from([0.0, 297.0]),
    margin_mm=st.floats(6, 20),
    line_height_mm=st.floats(4, 20),
    align=st.sampled_from(["left", "center", "right"]),
    paper=st.sampled_from(["plain", "ruled", "squared"]),
)
writing = st.lists(st.none() | st.floats(1, 60).map(line), min_size=1, max_size=8).filter(any)


@settings(max_examples=60, deadline=None)
@given(writing, styles)
def test_lines_stand_on_rulings_between_the_margins_in_order(lines, style):
    drawing = compose(lines, style)
    given_inks = [ink for ink in lines if ink is not None]
    rows = np.array([y for x1, y, x2, _ in rulings(drawing) if x1 != x2])
    baselines = []
    for ink, placed in zip(given_inks, drawing.inks, strict=True):
        left, _, right, _ = placed.bounds
        assert left >= style.margin_mm - 1e-6 and right <= drawing.width - style.margin_mm + 1e-6
        np.testing.assert_allclose(placed.xy - placed.xy[0], ink.xy - ink.xy[0], atol=1e-9)  # moved, not changed
        baselines.append(placed.y[0])
        if style.paper != "plain":
            assert np.abs(rows - placed.y[0]).min() < 1e-5
    numbers = [i for i, ink in enumerate(lines) if ink is not None]
    np.testing.assert_allclose(np.diff(baselines), np.diff(numbers) * style.line_height_mm)
    for x1, y1, x2, y2 in rulings(drawing):
        across = y1 == y2 and 0 < y1 < drawing.height and (x1, x2) == (0, drawing.width)
        down = x1 == x2 and 0 < x1 < drawing.width and (y1, y2) == (0, drawing.height)
        assert across or down


@pytest.mark.parametrize(
    ("style", "message"),
    [
        ({"width_mm": -1}, "page -1 mm wide"),
        ({"width_mm": math.nan}, "width_mm is nan"),
        ({"width_mm": 1e9}, "at most 5000"),
        ({"height_mm": -1}, "page -1 mm high"),
        ({"margin_mm": 105}, "margins of 105 mm leave no room on a page 210 mm wide; stay below 105"),
        ({"margin_mm": -1}, "margin of -1 mm"),
        ({"margin_mm": math.inf}, "margin_mm is inf"),
        ({"line_height_mm": 0}, "line height of 0 mm"),
        ({"line_height_mm": -8}, "line height of -8 mm"),
        ({"stroke_mm": 0}, "stroke of 0 mm"),
        ({"align": "justify"}, "no alignment 'justify'; choose left, center or right"),
        ({"paper": "papyrus"}, "no paper 'papyrus'; choose plain, ruled, squared, dotted or seyes"),
        ({"color": "#12345"}, "'#12345' is not a colour"),
    ],
)
def test_no_such_page(style, message):
    with pytest.raises(InkError, match=message):
        PageLayout(**style)


def test_what_does_not_fit_is_refused():
    with pytest.raises(InkError, match="no line has ink"):
        compose([None, None])
    with pytest.raises(InkError, match="no line has ink"):
        compose([])
    with pytest.raises(InkError, match=r"line 2 is 170\.1 mm wide, and the margins leave 170\.0; break it earlier"):
        compose([line(170), line(170.1)])
    with pytest.raises(InkError, match=r"line 1 would extend 3\.2 mm beyond the edge of the sheet; give wider margins"):
        compose([line(top=-30)])
    with pytest.raises(InkError, match="would make a page 5040 mm high"):
        compose([line()] * 500)
