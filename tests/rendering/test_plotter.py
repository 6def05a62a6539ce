"""Strokes for a plotter, and the way of the lifted pen."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from handwriting.ink import Ink
from handwriting.rendering.drawing import Drawing, fitted
from handwriting.rendering.hershey import write
from handwriting.rendering.layout import PageLayout, compose
from handwriting.rendering.plotter import PLOTTED_DOT_MM, order_strokes, pen_up_travel, plot, plotter_svg
from handwriting.rendering.svg import path_data

places = st.integers(-40, 40).map(float)
stroke_ends = st.lists(st.tuples(places, places, places, places), min_size=1, max_size=25).map(
    lambda rows: np.array(rows)[:, ::2] + 1j * np.array(rows)[:, 1::2]
)


def turned(ends, order, backwards):
    return np.where(backwards[:, None], ends[order][:, ::-1], ends[order])


def paths(text):
    return [path.get("d") for path in etree.fromstring(text.encode()).iter("{*}path")]


def test_travel_hand_checked():
    ends = np.array([[3 + 4j, 3 + 0j], [6 + 4j, 6 + 8j]])
    assert pen_up_travel(ends) == 5 + 5 + 10  # there, between, and back


def test_a_row_drawn_from_both_ends_is_put_in_order():
    """Strokes side by side, given in disorder and in both directions: out along the row, and home."""
    row = np.array([[i + 0j, i + 0.5 + 0j] for i in range(1, 10)])
    shuffled = row[[4, 1, 8, 0, 6, 2, 7, 3, 5]]
    shuffled[::2] = shuffled[::2, ::-1]
    order, backwards = order_strokes(shuffled)
    assert pen_up_travel(turned(shuffled, order, backwards)) == pytest.approx(1 + 8 * 0.5 + 9.5)


@settings(max_examples=60, deadline=None)
@given(stroke_ends)
def test_the_way_is_never_longer_and_no_stroke_is_lost(ends):
    order, backwards = order_strokes(ends)
    assert sorted(order) == list(range(len(ends)))
    after = turned(ends, order, backwards)
    assert pen_up_travel(after) <= pen_up_travel(ends) + 1e-9
    way = pen_up_travel(after)
    for i in range(len(ends)):  # turning no single stroke around, in its place, helps any more
        again = after.copy()
        again[i] = again[i, ::-1]
        assert pen_up_travel(again) >= way - 1e-6


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 100))
def test_the_file_holds_the_drawings_strokes_once_each(seed):
    drawing = fitted(write("quite a line.", seed=seed))
    text, travel = plotter_svg(drawing)
    written = paths(text)
    assert len(written) == len(drawing.curves)
    for curve in drawing.curves:
        assert path_data(curve) in written or path_data(curve[::-1, ::-1]) in written
    ends = np.array([[c[0, 0], c[-1, 3]] for c in drawing.curves]) @ (1, 1j)
    assert travel.before == pytest.approx(pen_up_travel(ends))
    assert travel.after <= travel.before


def test_nothing_but_strokes(tmp_path):
    ink = write("ruled", seed=1)
    ink = ink.moved_to((ink.x - ink.bounds[0]) / 100, (ink.y - ink.bounds[3]) / 100)
    drawing = compose([ink], PageLayout(paper="squared"), title="A title", desc="A description")
    travel = plot(drawing, tmp_path / "plot.svg")
    root = etree.parse(tmp_path / "plot.svg").getroot()
    assert [element.tag.split("}")[1] for element in root.iter()] == ["svg", "g"] + ["path"] * len(ink.starts)
    assert (root.get("width"), root.get("height")) == ("210.00mm", "50.00mm")
    assert 0 < travel.after <= travel.before


def test_dots_keep_a_length():
    text, _ = plotter_svg(Drawing(20, 20, (Ink.from_strokes([[[10, 5]]]),)))
    (data,) = paths(text)
    start, steps = data.split("c")
    assert start == f"M{10 - PLOTTED_DOT_MM / 2:g} 5"
    assert steps.split()[-2:] == [f"{PLOTTED_DOT_MM:g}".removeprefix("0"), "0"]


def test_a_full_page_is_ordered_with_the_same_result_every_time():
    random = np.random.default_rng(0)
    starts = random.uniform(0, 200, 400) + 1j * random.uniform(0, 280, 400)
    ends = np.column_stack([starts, starts + random.normal(0, 3, 400) + 1j * random.normal(0, 3, 400)])
    first, second = order_strokes(ends), order_strokes(ends)
    np.testing.assert_array_equal(first, second)
    assert pen_up_travel(turned(ends, *first)) < 0.1 * pen_up_travel(ends)
