"""What is printed on the paper of a drawing or cannot be seen on it: rulings, invisible fills, white lines."""

from __future__ import annotations

from dataclasses import replace

import pytest
from own_svg import OF_THE_PAGE
from strangers import LINE, assert_is_line, notes, paths, read, svg

from handwriting import formats
from handwriting.ink import Ink
from handwriting.rendering.drawing import fitted
from handwriting.rendering.svg import markup

WRITE = """<svg id="write-document" xmlns="http://www.w3.org/2000/svg">
<rect id="write-doc-background" width="100%" height="100%" fill="#808080"/>
<svg class="write-page" x="10" y="10" width="40px" height="40px"><g class="write-content write-v3" yruling="10">
<g class="{rulings}" fill="none" stroke="#0000FF" stroke-opacity="0.624">
<rect class="pagerect" fill="#FFFFFF" stroke="none" width="40" height="40"/>
<path d="M0 10L40 10"/><path d="M0 20L40 20"/><path d="M0 30L40 30"/><path class="leftmargin" d="M5 0L5 40"/></g>
<g fill="none" stroke="#000" stroke-width="1.6">{lines}</g></g></svg></svg>"""
"""A ruled page of Stylus Labs Write, whose outermost element has no size."""


@pytest.mark.parametrize("rulings", ["ruleline write-std-ruling write-scale-down", "lines"])
def test_the_rulings_of_a_page_inside_a_document(rulings):
    """They are known by their class, or because they go from edge to edge of the inner drawing."""
    ink = read(WRITE.format(rulings=rulings, lines=paths(shift=(-10, -10))))
    assert_is_line(ink)
    assert "4 rulings were left out" in notes(ink)


def ruled(places=(10, 20, 30), left=4, right=36, shape='<line x1="{a}" y1="{y}" x2="{b}" y2="{y}" stroke="#ccc"/>'):
    return "".join(shape.format(a=left, b=right, y=y) for y in places)


@pytest.mark.parametrize(
    "shape", ['<path d="M{a} {y}H{b}"/>', '<path d="M{b} {y}L{a} {y}"/>', '<path d="M{y} {a}V{b}"/>']
)
def test_rulings_that_stop_at_the_margins(shape):
    ink = read(svg(ruled(shape=shape) + paths()))
    assert_is_line(ink)
    assert notes(ink) == ["3 rulings were left out"]


@pytest.mark.parametrize(
    "lines",
    [
        ruled((10, 20)),
        ruled((10, 20, 31)),
        ruled(left=10, right=30),
        ruled((10, 20)) + ruled((30,), left=5),
        ruled((10, 20)) + ruled((30,)).replace("#ccc", "#000"),
    ],
    ids=["two", "uneven", "short", "unequal", "two colors"],
)
def test_other_straight_lines_are_writing(lines):
    assert len(read(svg(lines + paths())).starts) == 4 + lines.count("<line")


def test_a_drawing_of_nothing_but_even_lines_is_kept():
    assert len(read(svg(ruled())).starts) == 3


def test_lines_in_viewports_of_their_own_are_no_rulings():
    """Each stroke is an inner drawing that fits it closely."""
    boxes = "".join(f'<svg x="9" y="{y}" width="9" height="1"><path d="M0 0H9"/></svg>' for y in (3, 6, 9))
    assert len(read(svg(boxes + paths())).starts) == 7


def test_the_class_paper_in_drawings_of_others():
    assert_is_line(read(svg(f'<g class="paper">{paths()}</g>')))
    assert_is_line(read(svg(paths().replace("<path", '<path class="paper"'))))


@pytest.mark.parametrize("title", [None, "waves"])
def test_rulings_of_our_own_drawings(title):
    lines = [(2.0, 10.0, 8.0, 10.0), (2.0, 20.0, 8.0, 20.0)]
    drawn = fitted(Ink.from_strokes([[(0, 0), (5, 5)], [(7, 1), (9, 4)]]), title=title)
    printed = replace(drawn, printed=((lines, "#b4cbe2", 0.2),))
    assert len(read(markup(printed)).starts) == 2
    dotted = OF_THE_PAGE.format(name="Page 1", text="").replace('d=""', 'd="M5 5h0M9 5h0"')
    assert len(read(dotted).starts) == 2


@pytest.mark.parametrize(
    "fill", ['fill="none"', 'fill="#000" fill-opacity="0.0"', 'fill="transparent"', 'fill="#0000"']
)
def test_fills_that_cannot_be_seen_are_no_outlines(fill):
    """Google Drawings and Penpot write every line a second time, with a fill that cannot be seen."""
    twice = "".join(f'<g {fill}>{line}/></g><g stroke="#000">{line}/></g>' for line in paths().split("/>")[:-1])
    ink = read(svg(twice, group='fill="none" stroke="none"'))
    assert_is_line(ink)
    assert notes(ink) == ["4 invisible lines were left out"]


@pytest.mark.parametrize("size", ['width="80mm" height="40mm"', 'width="80" height="40"', 'width="80px" height="40"'])
def test_a_view_box_that_is_stretched(size):
    text = svg(paths((0.5, 1)), root='preserveAspectRatio="none"').replace('width="40" height="40"', size)
    (page,) = formats.read_pages(text.encode())
    assert_is_line(page.ink)
    assert (page.width, page.height) == (80, 40)


def test_a_view_box_that_keeps_its_shape():
    """The scale is the smaller one, or the larger one if the drawing is cut off; pixels are user units."""
    sized = svg().replace('width="40" height="40"', 'width="80mm" height="40mm"')
    assert_is_line(read(sized))
    assert_is_line(read(sized.replace("><g", ' preserveAspectRatio="xMinYMin slice"><g', 1)), 2)
    assert_is_line(read(sized.replace("mm", "")))
    assert_is_line(read(svg(root='preserveAspectRatio="none"').replace('="40"', '="80"')))
    assert len(LINE) == 4


ERASER = '<path stroke="{}" stroke-width="9" d="M0 25H35"/>'


@pytest.mark.parametrize(
    "white", ["white", "#fff", "#ffffffff", "#FEFEFE", "rgb(255,255,255)", "rgb(100% 100% 100%)", "hsl(0, 0%, 100%)"]
)
@pytest.mark.parametrize(
    "under", ["", '<rect width="100%" height="100%" fill="#fafafa"/>', '<path d="M0 0H40V40H0z" fill="#fff"/>']
)
def test_white_lines_on_white_paper(white, under):
    ink = read(svg(under + paths() + ERASER.format(white)))
    assert_is_line(ink)
    assert "1 white line was left out" in notes(ink)


def test_casings_under_lines():
    """Each line is drawn over a wider white one."""
    ink = read(svg(f'<g stroke="#fff" stroke-width="6">{paths()}</g>{paths()}'))
    assert_is_line(ink)
    assert notes(ink) == ["4 white lines were left out"]


DARK = {
    "rectangle": '<rect x="-1" y="20" width="99" height="20" fill="#123"/>',
    "black by default": '<g fill="black"><rect width="40" height="40"/></g>',
    "path": '<path d="M0 0H40V40H0z" fill="#005"/>',
    "image": '<image width="40" height="40" href="a.png"/>',
    "image without a size": '<image href="a.png"/>',
    "yellow": '<rect width="40" height="40" fill="rgb(255 235 59)"/>',
    "gradient": '<rect width="100%" height="100%" fill="url(#a)"/>',
    "over white": '<rect width="40" height="40" fill="#fff"/><rect width="40" height="40" fill="#235"/>',
}


@pytest.mark.parametrize("under", DARK.values(), ids=DARK)
def test_white_lines_on_a_background_are_kept(under):
    assert len(read(svg(under + paths() + ERASER.format("#fff"))).starts) == 5
    assert len(read(svg(f'{under}<g stroke="white">{paths()}</g>')).starts) == 4


@pytest.mark.parametrize("root", ['style="background: #222"', 'style="background-color: rgb(0, 0, 0)"'])
def test_white_lines_on_dark_paper_are_kept(root):
    assert len(read(svg(paths() + ERASER.format("#fff"), root=root)).starts) == 5


def test_white_lines_are_kept_unless_the_others_are_dark():
    for look in ('stroke="#fff"', 'stroke="#ff0"', 'stroke="var(--pen)"'):
        assert len(read(svg(f"<g {look}>{paths()}</g>" + ERASER.format("#fff"))).starts) == 5
    assert len(read(svg(f'<g stroke="#fff">{paths()}</g><path d="M0 0L9 9"/>')).starts) == 5
    over = paths() + '<rect width="40" height="40" fill="#000"/>' + ERASER.format("white")
    assert len(read(svg(over)).starts) == 5


CLIPS = {
    "rectangle": '<rect width="40" height="40"/>',
    "path": '<path d="m0 0l40 0l0 40l-40 0l0 -40z" clip-rule="nonzero"/>',
    "moved": '<rect width="20" height="20" transform="translate(-1) scale(3)"/>',
}
OUTSIDE = '<path d="M90 0L60 25V9"/>'


@pytest.mark.parametrize("shape", CLIPS.values(), ids=CLIPS)
def test_lines_outside_a_clip_path_are_not_drawn(shape):
    ink = read(svg(f'<clipPath id="C.0">{shape}</clipPath><g clip-path="url(#C.0)">{paths()}{OUTSIDE}</g>'))
    assert_is_line(ink)
    assert notes(ink) == ["1 clipped line was left out"]
    style = """style="opacity: 1; clip-path: url('#C.0')\""""
    assert_is_line(read(svg(f'<clipPath id="C.0">{shape}</clipPath><g {style}>{paths()}{OUTSIDE}</g>')))


@pytest.mark.parametrize(
    "shape",
    [
        '<circle r="40"/>', '<rect width="40" height="40"/><rect width="99" height="40"/>',
        '<path d="M0 0L1 1H-9z"/>', '<path d="M0 0C"/>', '<rect/>', "",
        '<rect width="30" height="30" transform="rotate(9)"/>', '<rect width="wide" height="9"/>',
    ],
)  # fmt: skip
def test_other_clip_paths_hide_nothing(shape):
    ink = read(svg(f'<clipPath id="c">{shape}</clipPath><g clip-path="url(#c)">{paths()}{OUTSIDE}</g>'))
    assert len(ink.starts) == 5
    assert notes(ink) == []


def test_lines_that_reach_into_a_clip_path_are_whole():
    clip = "".join(f'<clipPath id="{k}"><rect width="{n}" height="{n}"/></clipPath>' for k, n in (("a", 40), ("b", 9)))
    crossing = '<path clip-path="url(#b)" d="M5 5H90"/><path clip-path="url(#b)" d="M10 12H90"/>'
    ink = read(svg(f'{clip}<g clip-path="url(#a)">{paths()}{crossing}</g>'))
    assert ink.strokes[4].tolist() == [[5, 5], [90, 5]]
    assert notes(ink) == ["1 clipped line was left out"]
