"""Strokes in many pieces, dots as circles, and drawings that are mostly filled outlines."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from strangers import LINE, SIZES, assert_is_line, notes, paths, read, svg

from handwriting import formats
from handwriting.formats import svg as svg_format
from handwriting.ink import Ink, Page

LONG = [[(x, 20 + (7 * x) % 5) for x in range(left, left + 6)] for left in (0, 10, 20)]
"""Three strokes of six points."""
PEN = 'fill="none" stroke="#000"'


def pieces(shape: str, strokes=LONG, looks=("", 'stroke-width="1.5"')) -> str:
    """Every step of every stroke as an element of its own, in widths that vary."""
    steps = [(a, b) for stroke in strokes for a, b in pairwise(stroke)]
    return "".join(
        shape.format(
            look=looks[k % len(looks)], a=f"{a[0]},{a[1]}", b=f"{b[0]},{b[1]}", ax=a[0], ay=a[1], bx=b[0], by=b[1]
        )
        for k, (a, b) in enumerate(steps)
    )


SHAPES = {
    "signature_pad": '<path d="M {a} C {a} {b} {b}" {look} fill="none" stroke="black" stroke-linecap="round"></path>',
    "cairo": '<path fill="none" stroke-linejoin="round" {look} stroke="rgb(0%, 0%, 0%)" d="M {a} L {b} "/>\n',
    "rmc": '<!-- --><polyline {look} style="fill:none; stroke:black; opacity:1" points="{a} {b} "/>',
    "p5.js": '<line x1="{ax}" y1="{ay}" x2="{bx}" y2="{by}" stroke="#000"/>',
    "moved": '<g transform="translate(1,-3) rotate(30)"><path d="M{a}L{b}" {look} fill="none" stroke="#000"/></g>',
    "one path": '<path d="M{a}L{b}M{b}L{b}" fill="none" stroke="#000" {look}/>',
}


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_pieces_are_joined(shape):
    """One element for each step of a stroke, whose width varies."""
    ink = read(svg(pieces(shape)))
    assert len(ink.starts) == 3
    joins = np.abs(np.diff(ink.xy, axis=0)).sum(axis=1)
    assert np.delete(joins, ink.starts[1:] - 1).max() < 10
    if shape in (SHAPES["rmc"], SHAPES["cairo"]):
        assert [stroke.tolist() for stroke in ink.strokes] == [[list(p) for p in stroke] for stroke in LONG]


def test_pieces_of_another_color_begin_a_stroke():
    """The second half of a stroke is red."""
    half = SHAPES["p5.js"].replace("#000", "red")
    ink = read(svg(pieces(SHAPES["p5.js"], [LONG[0][:4]]) + pieces(half, [LONG[0][3:]])))
    assert np.diff([*ink.starts, len(ink)]).tolist() == [4, 3]


def test_strokes_that_touch_are_not_joined():
    """A letter of three strokes, each beginning where the last ended; and one such pair among other strokes."""
    letter = [[(0, 0), (3, 0)], [(3, 0), (0, 5)], [(0, 5), (3, 5)]]
    assert len(read(svg(pieces(SHAPES["p5.js"], letter))).starts) == 3
    pair = '<path d="M33 20L36 22"/><path d="M36 22L38 20"/>'
    assert len(read(svg(paths() + pair)).starts) == 6


def test_hatching_is_not_joined():
    """Parallel lines, drawn in turn from either side."""
    lines = "".join(f'<line x1="{9 * (k % 2)}" y1="{k}" x2="{9 - 9 * (k % 2)}" y2="{k}"/>' for k in range(9))
    assert len(read(svg(lines)).starts) == 9


def test_our_own_strokes_stay_apart():
    """Ink whose strokes all touch, in a file of ours; and in a plotter's file, which records their order."""
    steps = [LONG[0][k : k + 2] for k in range(5)]
    written = svg_format.write([Page(Ink.from_strokes(steps))])
    assert len(formats.read_ink(written).starts) == 5
    numbered = "".join(f'<path data-written="{k}" d="M{k} 0L{k + 1} 0"/>' for k in range(1, 9))
    assert len(read(svg(numbered)).starts) == 8


def test_dots_as_circles():
    """signature_pad writes a tap as a filled circle about as wide as the pen."""
    body = paths().rsplit("<path", 1)[0]
    for dot in (
        '<circle r="0.9" cx="33" cy="20" fill="black"></circle>',
        '<ellipse rx="0.5" ry="0.6" cx="33" cy="20" fill="#000"/>',
        '<g transform="translate(3 0) scale(2)"><circle r=".3" cx="15" cy="10" fill="black"/></g>',
    ):  # fmt: skip
        ink = read(svg(body + dot))
        assert_is_line(ink)
        assert notes(ink) == []


@pytest.mark.parametrize(
    "circle",
    [
        '<circle r="5" cx="9" cy="9" fill="#000"/>', '<circle r="0.5" cx="9" cy="9" stroke="#000"/>',
        '<circle r="0.5" cx="9" cy="9" fill="#ccc"/>', '<circle r="0.01" cx="9" cy="9" fill="#000"/>',
        '<circle r="0.5" cx="9" cy="9" fill="#000" opacity="0"/>',
    ],
)  # fmt: skip
def test_other_circles_are_shapes(circle):
    ink = read(svg(paths() + circle))
    assert_is_line(ink)
    assert notes(ink) == ["1 shape was left out"]


def test_dotted_paper_is_not_writing():
    """More dots than strokes, in the color of the pen."""
    ink = read(svg("".join(f'<circle r=".5" cx="{x}" cy="9" fill="#000"/>' for x in range(9)) + paths()))
    assert_is_line(ink)
    assert notes(ink) == ["9 shapes were left out"]


OUTLINE = '<path fill="#1e1e1e" stroke="none" d="M{x} 0Q1 2 3 4T4 5 6 7 8 9Z"/>'


def test_writing_as_filled_outlines_is_lost():
    """Freehand lines that were exported as outlines, beside few lines that were not."""
    ink = read(svg('<path d="M0 30L40 30"/>' + "".join(OUTLINE.format(x=x) for x in range(12))))
    assert len(ink.starts) == 1
    assert notes(ink, "lost") == ["12 filled outlines were left out"]
    ink = read(svg(paths() + '<path fill="#000" d="M0 0Q{}Z"/>'.format(" 1 2 3 4" * 30)))
    assert notes(ink, "lost") == ["1 filled outline was left out"]  # a single outline, of much more than the four lines
    ink = read(svg(paths() + OUTLINE.format(x=9)))
    assert notes(ink, "lost") == [] and notes(ink) == ["1 filled outline was left out"]


def test_a_background_is_not_writing():
    ink = read(svg('<path fill="#fff" d="M0 0H40V40H0z"/>' + paths()))
    assert notes(ink, "lost") == []
    assert np.diff([*ink.starts, len(ink)]).tolist() == SIZES and len(LINE) == 4
