"""Drawings of other programs: entities, references, transforms, what cannot be seen."""

from __future__ import annotations

import numpy as np
import pytest
from strangers import (
    assert_is_line,
    notes,
    paths,
    read,
    svg,
)

from handwriting import formats
from handwriting.errors import InkError, TooLargeError
from handwriting.ink import Ink

ILLUSTRATOR = """<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd" [
 <!ENTITY ns_svg "http://www.w3.org/2000/svg">
 <!-- a comment -->
 <!ENTITY ns_xlink 'http://www.w3.org/1999/xlink'>
 <!ATTLIST svg xmlns:xlink CDATA #FIXED "http://www.w3.org/1999/xlink">
]>"""


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entities_of_illustrator_are_expanded(encoding):
    text = svg().replace("http://www.w3.org/2000/svg", "&ns_svg;").replace("http://www.w3.org/1999/xlink", "&ns_xlink;")
    assert_is_line(read(f'<?xml version="1.0" encoding="{encoding}"?>\n{ILLUSTRATOR}{text}'.encode(encoding)))


def test_entities_of_html_are_expanded():
    """A non-breaking space in typed text, which neither SVG nor its document type defines."""
    text = svg("<text>a&nbsp;b&copy;</text>" + paths())
    for declared in ("", ILLUSTRATOR.partition(" [")[0] + ">", ILLUSTRATOR):
        ink = read(declared + text)
        assert_is_line(ink)
        assert notes(ink) == ["1 text element was left out"]


@pytest.mark.parametrize(
    "declarations",
    [
        '<!ENTITY a "1"><!ENTITY b "&a;&a;">',
        '<!ENTITY a SYSTEM "file:///etc/passwd">',
        '<!ENTITY % a "b"> %a;',
        '<!ENTITY a "<g/>">',
        f'<!ENTITY a "{"1" * 10_000}">',
    ],
)
def test_other_entities_are_refused(declarations):
    text = f"<!DOCTYPE svg [{declarations}]>{svg(paths() + '<desc>' + '&a;' * 200 + '</desc>')}"
    with pytest.raises(InkError, match="entity declaration that is refused"):
        read(text)


def test_a_prefix_without_a_namespace():
    assert_is_line(read(svg(paths() + '<inkscape:path sodipodi:nodetypes="cc"/>')))


USED = "<defs>" + paths().replace("<path", '<path class="p"') + "</defs>"
for number in range(4):
    USED = USED.replace('class="p"', f'id="p{number}"', 1)


PLACED = {
    "use": svg(USED + "".join(f'<use xlink:href="#p{n}"/>' for n in range(4))),
    "use moved": svg(f"<defs><g id='g'>{paths(shift=(-5, -3))}</g></defs>" + '<use href="#g" x="5" y="3"/>'),
    "symbol": svg(
        f"<symbol id='s' viewBox='0 0 80 80'>{paths((2, 2))}</symbol>" + '<use href="#s" width="40" height="40"/>'
    ),
    "nested": svg(f'<svg x="8" y="4" width="20" height="20" viewBox="0 0 40 40">{paths((2, 2), (-16, -8))}</svg>'),
    "nested moved": svg(f'<svg x="10" width="30" height="40" viewBox="0 0 30 40">{paths(shift=(-10, 0))}</svg>'),
    "css": svg(f"<g style='transform: translate(5px, 0px) scale(1,-1)'>{paths((1, -1), (-5, 0))}</g>"),
    "turn": svg(f"<g transform='rotate(-90)'><g style='transform: rotate(0.25turn)'>{paths()}</g></g>"),
    "class": svg("<style>.flip { transform: scaleY(-1) }</style>" + f"<g class='flip'>{paths((1, -1))}</g>"),
    "own properties": svg(f"<g style='translate: 5px 2px; scale: 1 -1; rotate: 0deg'>{paths((1, -1), (-5, 2))}</g>"),
    "origin": svg(f"<g style='transform: scaleX(-1); transform-origin: 50% top'>{paths((-1, 1), (40, 0))}</g>"),
    "root": svg(paths((1, -1), (0, 40)), root='transform="scale(1 -1)"'),
    "root css": svg(paths((0.5, 0.5)), root='style="transform: scale(2); transform-origin: 0px 0px"'),
    "languages": svg(f"<switch><g systemLanguage='de'>{paths(shift=(3, 3))}</g><g>{paths()}</g></switch>"),
    "switch": svg(f"<switch><g>{paths()}</g><g>{paths(shift=(3, 3))}</g></switch>"),
    "switch of Illustrator": svg(
        '<switch><foreignObject requiredExtensions="http://ns.adobe.com/AdobeIllustrator/10.0/" width="1" height="1">'
        f'<i:aipgfRef/></foreignObject><g i:extraneous="self">{paths()}</g></switch><i:aipgf>eJzsvW</i:aipgf>'
    ),
    "switch of extensions": svg(
        f'<switch><g requiredExtensions="urn:a">{paths(shift=(3, 3))}</g><foreignObject/><x:g xmlns:x="urn:x"/>'
        f'<g requiredFeatures="http://www.w3.org/TR/SVG11/feature#Shape">{paths()}</g></switch>'
    ),
    "switch without a default": svg(f"<switch><g systemLanguage='de'>{paths()}</g></switch>"),
}


@pytest.mark.parametrize("text", PLACED.values(), ids=PLACED)
def test_where_a_drawing_puts_its_lines(text):
    assert_is_line(read(text))


@pytest.mark.parametrize(
    "look",
    [
        'opacity="0"', 'opacity="1e-9"', 'stroke-opacity="0"', 'visibility="hidden"', 'display="none"', 'stroke="none"',
        'stroke="transparent"', 'stroke="rgba(0,0,0,0)"', 'stroke="#0000"', 'stroke-width="0"',
        'style="stroke-opacity:0%"', 'style="visibility: collapse"',
    ],
)  # fmt: skip
@pytest.mark.parametrize("outside", [False, True])
def test_lines_that_cannot_be_seen(look, outside):
    line = f'<path {"" if outside else look} d="M0 0L40 40"/>'
    extra = f"<g {look}>{line}</g>" if outside else line
    assert_is_line(read(svg(paths() + extra)))


def test_rules_for_elements_inside_of_others():
    sheet = "<style>g.off path, svg > g > line { display: none } .off.x path { stroke: none }</style>"
    extra = '<g class="on"><g class="off"><g><path d="M0 0L9 9"/></g></g></g><line x2="50%" y2="9"/>'
    assert_is_line(read(svg(sheet + paths() + extra)))
    assert read(svg('<line x1="25%" x2="50%" y2="9"/>')).x.tolist() == [10, 20]


SHEETS = {
    "printing": "@media print { .off { stroke: #000 } path { display: none } } .off { display: none }",
    "screen": "@media screen { .off { display: none } }",
    "statements": "@charset 'utf-8'; @import url('a.css;b'); .off { display: none }",
    "font": "@font-face { font-family: a; src: url(data:;base64,AAAA) } .off { display: none }",
    "hidden from old browsers": "&lt;!-- .off { display: none } --&gt;",
    "two classes": ".off.x { display: none } .off.y, .on.x { stroke: none }",
    "child": "g.off > path { display: none } svg > path { stroke: none }",
    "attribute": "[data-a='1'] { display: none } g[data-b] { stroke: none }",
    "important": ".off { display: none !important } g { display: inline }",
}


@pytest.mark.parametrize("sheet", SHEETS.values(), ids=SHEETS)
def test_sheets_of_style(sheet):
    extra = "<g class='off x' data-a='1' style='display: block'><path d='M0 0L9 9'/></g>"
    if "important" not in sheet:
        extra = extra.replace("style='display: block'", "")
    ink = read(svg(f"<style>{sheet}</style>{paths()}{extra}"))
    assert_is_line(ink)
    assert notes(ink) == ["1 hidden element was left out"]


def test_too_many_rules_for_too_many_elements():
    sheet = "".join(f".a .b{k} {{ fill: none }}" for k in range(100))
    with pytest.raises(TooLargeError, match="100 style rules for 12,"):
        read(svg(f"<style>{sheet}</style>" + '<path d="M0 0L1 1"/>' * 12_000))


@pytest.mark.parametrize("fill", ['fill="rgba(0,0,0,0)"', 'fill="#0000"', 'fill="#000" fill-opacity="0"'])
def test_closed_lines_that_are_filled_with_nothing_are_pen_lines(fill):
    ink = read(svg('<path d="M1 1L5 5L3 9Z"/>', group=f'stroke="#000" {fill}'))
    assert ink.x.tolist() == [1, 5, 3, 1]
    assert notes(ink) == []


def test_a_use_inside_of_itself_is_not_drawn():
    for extra in ('<use href="#k"/>', '<g id="a"><use href="#b"/></g><defs><g id="b"><use href="#a"/></g></defs>'):
        ink = read(svg(f"<g id='k'>{paths()}{extra}</g>"))
        assert_is_line(ink)
        assert "inside itself" in notes(ink, "lost")[0]


def test_an_inner_drawing_without_size_or_with_a_damaged_view_box():
    ink = read(svg(paths() + '<svg width="0" height="0"><path d="M0 0L9 9"/></svg>'))
    assert_is_line(ink)
    ink = read(svg(f'<svg viewBox="0 0 nan 5">{paths()}</svg>'))
    assert_is_line(ink)
    assert notes(ink) == ["a view box was dropped: '0 0 nan 5' is not four numbers"]


@pytest.mark.parametrize(
    "label",
    [
        'class="pen eraser"', 'data-tool="Eraser"', 'data-name="highlighter 2"',
        'xmlns:inkscape="http://www.inkscape.org/namespaces/inkscape" inkscape:label="Highlighters"',
    ],
)  # fmt: skip
def test_lines_of_tools_by_name(label):
    ink = read(svg(f'{paths()}<g {label}><path d="M0 0L9 9"/><path d="M0 0L9 9"/></g>'))
    assert_is_line(ink)
    assert notes(ink) == [f"2 {'eraser' if 'raser' in label else 'highlighter'} strokes were left out"]


def test_an_origin_that_is_not_understood_is_named():
    turned = (
        "<g style='transform: scale(-1); transform-box: stroke-box; transform-origin: center'><path d='M0 0L1 1'/></g>"
    )
    ink = read(svg(paths() + turned))
    assert_is_line(ink)
    assert "transform-box='stroke-box' is not supported" in notes(ink, "lost")[0]


def test_highlighters_of_drawings():
    wide = '<path d="M0 25L40 26" stroke="#ff0" stroke-width="{}" {}/>'
    for look in (
        'stroke-opacity="0.5"',
        'opacity="0.4"',
        'stroke="rgb(255 255 0 / 40%)"',
        'style="mix-blend-mode:multiply"',
    ):
        ink = read(
            svg(paths() + wide.format(8, look).replace('stroke="#ff0" ', "" if "rgb" in look else 'stroke="#ff0" '))
        )
        assert_is_line(ink)
        assert notes(ink) == ["1 highlighter stroke was left out"]
    assert len(read(svg(paths() + wide.format(8, ""))).starts) == 5  # a thick opaque pen
    assert len(read(svg(paths() + wide.format(1, 'opacity="0.5"'))).starts) == 5  # a pencil


def test_a_damaged_path_or_transform_costs_itself_alone():
    extra = '<path d="M0 0C1"/><g transform="turn(3)"><path d="M0 0L1 1"/></g><use href="#gone"/>'
    ink = read(svg(paths() + extra))
    assert_is_line(ink)
    assert len(notes(ink, "lost")) == 3
    with pytest.raises(InkError, match="no strokes in it"):
        read("<svg viewBox='a b c d'><g/></svg>")


def test_our_own_long_drawing_comes_back(tmp_path):
    t = np.linspace(0, 400, 60_000)
    ink = Ink(t, 30 * np.sin(t), np.arange(0, 60_000, 200))
    formats.save(ink, tmp_path / "long.svg")
    back = formats.read_ink(tmp_path / "long.svg")
    assert back.starts.tolist() == ink.starts.tolist()
    assert np.abs(back.xy - ink.xy).max() < 1e-3


@pytest.mark.parametrize(
    ("size", "line", "end"),
    [
        ('width="40" height="20"', 'x2="100%" y2="50%"', (40, 10)),
        ('width="40px" height="20px"', 'x2="25%" y2="100%"', (10, 20)),
        ("", 'x2="1in" y2="48px"', (96, 48)),
        ("", 'x2="12pt" y2="1pc"', (16, 16)),
        ('width="100%" height="100%"', 'x2="10%" y2="10%"', (30, 15)),
    ],
)
def test_lengths_of_lines(size, line, end):
    ink = read(f'<svg xmlns="http://www.w3.org/2000/svg" {size}><line {line} stroke="#000"/></svg>')
    assert ink.xy == pytest.approx(np.array([(0, 0), end]))


def test_a_line_without_a_valid_end_costs_itself_alone():
    ink = read(svg(paths() + '<line x1="1" y1="1" x2="wide" y2="2"/>'))
    assert_is_line(ink)
    assert "x2='wide' is not a length" in notes(ink, "lost")[0]


def test_a_turn_without_end_costs_its_element():
    ink = read(svg(paths() + '<path d="M0 0L1 1" transform="rotate(1e999)"/>'))
    assert_is_line(ink)
    assert len(notes(ink, "lost")) == 1


def test_attributes_of_frameworks_are_ignored():
    """Elements that were copied from a page that uses Alpine or Vue; the names of some attributes are not XML."""
    lines = paths().replace("<path ", '<path :d="path" @click.prevent="() => { a > 1 && b < 2 }" v-on:click=\'x\' ')
    ink = read(svg(lines, root='@mousedown="start" x-data="{}"'))
    assert_is_line(ink)
    assert notes(ink) == []


def test_an_embedded_image_larger_than_xml_allows():
    image = f'<image width="9" height="9" xlink:href="data:image/png;base64,{"A" * 10_100_000}"/>'
    ink = read(svg(image + paths()))
    assert_is_line(ink)
    assert notes(ink) == ["1 image was left out"]
