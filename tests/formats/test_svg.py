"""SVG: pen lines out of paths, polylines and transforms; filled outlines are refused."""

from __future__ import annotations

import re

import numpy as np
import pytest
from format_seeds import SVG

from handwriting import formats
from handwriting.errors import InkError
from handwriting.formats import svg
from handwriting.ink import Ink, Page
from handwriting.rendering.drawing import fitted
from handwriting.rendering.hershey import write
from handwriting.rendering.plotter import plotter_svg
from handwriting.rendering.svg import markup


def read(body: str, root: str = "<svg>") -> Ink:
    return formats.read_ink(f"{root}{body}</svg>".encode())


def test_everything_at_once():
    (page,) = formats.read_pages(SVG.encode())
    assert (page.width, page.height) == (100, 50)
    assert page.ink.source.units == "mm"
    assert page.ink.source.text == "two words"
    strokes = page.ink.strokes
    # The rectangle, the ruling, the hidden and the filled path are not ink; half a millimetre to the user unit.
    assert len(strokes) == 5
    assert strokes[0].tolist() == [[5, 2.5], [6, 4.5], [7, 2.5]]
    assert strokes[1].tolist() == [[12, 7.5], [15, 7.5], [15, 11.5]]
    assert strokes[2].tolist() == [[6, 3.5], [7, 5.5], [9, -2.5]]
    assert strokes[3][0].tolist() == [5, 5]
    assert strokes[4].tolist() == [[25, 25]]


def test_a_curve_is_followed():
    """A circle of four arcs: all points are on it, and no chord leaves it by more than a 20,000th."""
    ink = read('<path fill="none" stroke="red" d="M0 100A100 100 0 0 1 200 100 100 100 0 1 1 0 100"/>')
    radius = np.hypot(ink.x - 100, ink.y - 100)
    assert radius == pytest.approx(100, abs=0.03)
    middles = (ink.xy[1:] + ink.xy[:-1]) / 2
    assert np.hypot(*(middles - 100).T).min() > 100 - 0.05
    assert 50 < len(ink) < 500


def test_our_own_drawings_come_back():
    ink = Ink.from_strokes([np.column_stack([np.linspace(0, 50, 60), 5 * np.sin(np.linspace(0, 9, 60))]), [(60, 0)]])
    drawing = fitted(ink, title="waves")
    (page,) = formats.read_pages(markup(drawing).encode())
    assert (page.width, page.height) == pytest.approx((drawing.width, drawing.height), abs=0.01)
    assert page.ink.source.text == "waves"
    assert len(page.ink.starts) == 2
    for mine, theirs in zip(drawing.strokes, page.ink.strokes, strict=True):
        steps = np.linspace(0, len(theirs) - 1, 5000)
        line = np.column_stack([np.interp(steps, range(len(theirs)), theirs[:, k]) for k in (0, 1)])
        gaps = np.hypot(*(mine[:, None] - line[None]).transpose(2, 0, 1)).min(axis=1)
        assert gaps.max() < 0.05


def test_a_plotter_file_of_our_own_is_read_as_it_was_written():
    drawing = fitted(write("quite a line, not short.", seed=3))
    plotted, _ = plotter_svg(drawing)
    (page,), (sorted_page,) = formats.read_pages(plotted.encode()), formats.read_pages(without_places(plotted))
    assert len(page.ink.starts) == len(drawing.curves)
    for curve, stroke in zip(drawing.curves, page.ink.strokes, strict=True):
        assert stroke[[0, -1]] == pytest.approx(curve[[0, -1], [0, 3]], abs=0.06)  # dots are lengthened
    assert not np.array_equal(page.ink.x, sorted_page.ink.x)


@pytest.mark.parametrize("place", ["", "0", "1", "x", "1e3", "99999999999"])
def test_incomplete_places_change_nothing(place):
    lines = "".join(f'<path data-written="{n}" d="M{y} {y}H9"/>' for y, n in enumerate(("2", "-1", place)))
    drawn = f'<svg xmlns="http://www.w3.org/2000/svg" fill="none" stroke="black">{lines}</svg>'
    (page,), (same,) = formats.read_pages(drawn.encode()), formats.read_pages(without_places(drawn))
    assert np.array_equal(page.ink.x, same.ink.x) and np.array_equal(page.ink.y, same.ink.y)


def without_places(text):
    return re.sub(r' data-written="[^"]*"', "", text).encode()


def test_rulings_of_others_are_left_out():
    ruled = "".join(f'<line x1="0" x2="100" y1="{y}" y2="{y}" stroke="blue"/>' for y in (10, 20, 30))
    pen = '<path fill="none" stroke="black" d="M10 10L20 20"/>'
    assert len(read(ruled + pen, '<svg viewBox="0 0 100 50">').starts) == 1
    assert len(read(ruled[: len(ruled) // 3] + pen, '<svg viewBox="0 0 100 50">').starts) == 2


def test_styles_are_inherited_and_rules_apply():
    rule = "<style>path.pen{fill:none;stroke:black} #gone{display:none}</style>"
    ink = read(rule + '<path class="pen" d="M0 0L1 1z"/><path id="gone" class="pen" d="M5 5L6 6"/>')
    assert ink.x.tolist() == [0, 1, 0]
    assert len(read('<g style="fill:none;stroke:#123"><g><path d="M0 0h3"/></g></g>')) == 2
    assert len(read('<polyline points="0,0 1,1"/><path d="M0 0L9 9"/>')) == 4  # says nothing, and is open


def test_relative_subpaths_begin_where_the_last_ended():
    assert read('<path stroke="red" fill="none" d="m1 1 2 0z m5 5 1 1 m1 1h2M9 9m1 1h1"/>').xy.tolist() == [
        [1, 1], [3, 1], [1, 1], [6, 6], [7, 7], [8, 8], [10, 8], [10, 10], [11, 10],
    ]  # fmt: skip


def test_filled_outlines_are_refused():
    with pytest.raises(InkError, match="2 paths are filled outlines"):
        read('<path d="M0 0L1 1 2 0z"/><path fill="black" d="M0 0L5 5 6 6z"/>')
    with pytest.raises(InkError, match="filled outlines"):
        read('<path fill="blue" stroke="none" d="M0 0C1 1 2 2 3 3z"/>')
    with pytest.raises(InkError, match="no strokes"):
        read("<rect width='5' height='5'/>")


def test_sizes_without_a_view_box():
    page = formats.read_pages(b'<svg width="1in" height="2in"><line x2="96" y2="48" stroke="red"/></svg>')[0]
    assert (page.width, page.height) == pytest.approx((25.4, 50.8))
    assert page.ink.xy[1] == pytest.approx([25.4, 12.7])
    assert formats.read_pages(b'<svg width="10" height="9"><line x2="9" y2="8" stroke="red"/></svg>')[0].width is None


WRONG = {
    "path": ('<path stroke="red" d="M0 0L1"/>', "path data 'M0 0L1'"),
    "transform": ('<path transform="turn(3)" d="M0 0L1 1"/>', "transform='turn"),
    "nan": ('<polyline stroke="red" points="nan nan"/>', "no strokes"),
    "huge": ('<path stroke="red" d="M0 0L1e308 1e308"/>', "x=1e.308 of point 2"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_said(name):
    body, reason = WRONG[name]
    with pytest.raises(InkError, match=reason):
        read(body)


def test_what_is_written_is_short_and_exact():
    ink = Ink([0, 10, 5], [0.5, 20.25, 7], [0, 2])
    text = svg.write([Page(ink)]).decode()
    assert 'd="M0 0.5L10 20.25"' in text
    assert 'd="M5 7L5 7"' in text
