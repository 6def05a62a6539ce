import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest

from handwriting import Ink, InkError, Page
from handwriting.ink import Source

STROKES = [[(0, 0, 10.0), (3, 4, 10.5)], [(9, 9, 11.0)]]


def test_from_strokes_counts_time_from_the_first_point():
    ink = Ink.from_strokes(STROKES, Source(units="mm", text="hi"))
    assert ink.xy.tolist() == [[0, 0], [3, 4], [9, 9]]
    assert ink.t.tolist() == [0, 0.5, 1.0]
    assert ink.source.start_time == 10
    assert ink.starts.tolist() == [0, 2]
    assert ink.ends.tolist() == [2, 3]
    assert ink.stroke_index.tolist() == [0, 0, 1]
    assert [len(s) for s in ink.strokes] == [2, 1]
    assert ink.bounds == (0, 0, 9, 9)
    assert len(ink) == 3


def test_points_are_counted_and_strokes_are_looped_over_by_name():
    """``len`` and an iterator would disagree."""
    ink = Ink.from_strokes(STROKES)
    assert len(ink) == len(ink.x) == 3
    assert len(ink.strokes) == len(ink.starts) == 2
    with pytest.raises(TypeError, match="not iterable"):
        iter(ink)


def test_times_keep_their_hundredths():
    """Clocks near 1.5e7 s lose them in float32."""
    ink = Ink.from_strokes([[(0, 0, 14_946_131.02), (1, 1, 14_946_131.03)]])
    assert ink.t[1] == pytest.approx(0.01, abs=1e-8)


def test_ink_is_immutable_and_owns_its_points():
    points = np.zeros((3, 2))
    ink = Ink.from_strokes([points])
    points[0, 0] = 7
    assert ink.x[0] == 0
    with pytest.raises(ValueError):
        ink.x[0] = 1
    with pytest.raises(AttributeError):
        ink.x = points[:, 0]


def test_equality_is_by_value():
    assert Ink.from_strokes(STROKES) == Ink.from_strokes(STROKES)
    assert Ink.from_strokes(STROKES) != Ink.from_strokes(STROKES[:1])
    assert Ink.from_strokes(STROKES) != Ink.from_strokes([[p[:2] for p in s] for s in STROKES])
    assert Ink.from_strokes(STROKES) != "ink"


@pytest.mark.parametrize(
    ("strokes", "reason"),
    [
        ([], "no points"),
        ([[]], "no points"),
        ([[(0, 0), (np.nan, 1)]], "x of point 1 is nan"),
        ([[(0, np.inf)]], "y of point 0 is inf"),
        ([[(0, 0)], [(1, 1, 1)]], "shape"),
        ([[(0,)]], "shape"),
    ],
)
def test_what_is_no_ink_is_refused(strokes, reason):
    with pytest.raises(InkError, match=reason):
        Ink.from_strokes(strokes)


@pytest.mark.parametrize("starts", [[], [1], [0, 0], [0, 3], [0, 2, 1]])
def test_stroke_starts_must_rise_from_zero(starts):
    with pytest.raises(InkError, match="starts"):
        Ink([0, 1, 2], [0, 1, 2], starts)


def test_lengths_must_agree():
    with pytest.raises(InkError, match="y has shape"):
        Ink([0, 1], [0], [0])


def test_keep_drops_points_and_empty_strokes():
    ink = Ink.from_strokes(STROKES)
    kept = ink.keep([False, True, True])
    assert kept.xy.tolist() == [[3, 4], [9, 9]]
    assert kept.t.tolist() == [0.5, 1.0]
    assert ink.keep([True, True, False]).starts.tolist() == [0]
    with pytest.raises(InkError, match="no points"):
        ink.keep([False] * 3)


def test_shows_itself_in_a_notebook():
    svg = ElementTree.fromstring(Ink.from_strokes(STROKES)._repr_svg_())
    (path,) = svg
    assert path.get("d").count("M") == 2
    assert float(svg.get("height")) <= 90
    assert "hi" in repr(Ink.from_strokes(STROKES, Source(text="hi")))


def test_an_error_is_one_line():
    assert str(InkError("two\n  lines")) == "two lines"


def test_a_page_has_a_size_that_can_be():
    page = Page(Ink.from_strokes(STROKES), 210, 297)
    assert page == Page(Ink.from_strokes(STROKES), 210.0, 297.0, 1)
    assert page != Page(Ink.from_strokes(STROKES), 210, 297, 2)
    assert "<svg" in page._repr_svg_()
    for size in (0, -1, np.nan, np.inf):
        with pytest.raises(InkError, match="page 1: its height"):
            Page(page.ink, None, size)
    with pytest.raises(InkError, match="from 1"):
        Page(page.ink, number=0)


def test_boxes_are_the_bounds_of_each_stroke():
    ink = Ink.from_strokes([[(3, 1), (1, 4), (2, 2)], [(5, 5)]])
    assert ink.boxes.tolist() == [[1, 5], [1, 5], [3, 5], [4, 5]]
