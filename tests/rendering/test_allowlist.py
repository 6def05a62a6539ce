"""What SVG files may hold: every kind that is written has these elements and attributes only, whatever is asked."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from handwriting.errors import InkError
from handwriting.ink import Ink, Source
from handwriting.rendering.animation import animated_svg
from handwriting.rendering.drawing import fitted
from handwriting.rendering.layout import PageLayout, compose
from handwriting.rendering.plotter import plotter_svg
from handwriting.rendering.svg import markup

SVG = "{http://www.w3.org/2000/svg}"
NUMBER = r"-?(?:\d+\.?\d*|\.\d+)"
COLOR = r"[a-z]+|#[0-9a-f]{3}|#[0-9a-f]{6}"
SECONDS = r"\d+\.\d\ds"
ID = r"(title|desc|ink)-[0-9a-f]{8}"
PEN = {
    "fill": "none",
    "stroke": COLOR,
    "stroke-width": NUMBER,
    "stroke-linecap": "round",
    "stroke-linejoin": "round",
}
PLAIN = {
    "svg": {
        "width": rf"{NUMBER}mm",
        "height": rf"{NUMBER}mm",
        "viewBox": rf"0 0 {NUMBER} {NUMBER}",
        "version": r"1\.1",
        "baseProfile": "full",
    },
    "g": PEN,
    "path": {"d": r"[Mch\d .-]+"},
}
SAID = {"role": "img", "aria-labelledby": ID, "aria-describedby": ID}
SHOWN = PLAIN | {
    "svg": PLAIN["svg"] | SAID,
    "title": {"id": ID},
    "desc": {"id": ID},
    "rect": {"x": "0", "y": "0", "width": "100%", "height": "100%", "fill": "white"},
    "path": {"d": r"[MLch\d .-]+", "fill": "none", "stroke": COLOR, "stroke-width": NUMBER, "class": "paper"},
}
PLOTTED = PLAIN | {"path": PLAIN["path"] | {"data-written": "-?[1-9][0-9]*"}}
MOVING = SHOWN | {
    "g": PEN | {"id": ID},
    "path": SHOWN["path"] | {"pathLength": "1"},
    "style": {"type": "text/css"},
    "set": {"attributeName": "visibility", "to": "hidden", "dur": SECONDS},
    "animate": {
        "attributeName": "stroke-dasharray",
        "values": rf"{NUMBER} 2(;{NUMBER} 2)+",
        "keyTimes": rf"{NUMBER}(;{NUMBER})+",
        "begin": SECONDS,
        "dur": SECONDS,
    },
}


def check(document, allowed):
    """Nothing but ``allowed``: elements, each with its attributes, each with the pattern of its value."""
    root = etree.fromstring(document.encode())
    assert etree.tostring(root.getroottree(), encoding="unicode").startswith("<svg"), "no DTD and no instructions"
    for element in root.iter():
        assert isinstance(element.tag, str), "no comments and no instructions"
        name = element.tag.removeprefix(SVG)
        assert name in allowed, element.tag
        for attribute, value in element.attrib.items():
            assert attribute in allowed[name], f"{attribute} of {name}"
            assert re.fullmatch(allowed[name][attribute], value), f"{attribute}={value!r} of {name}"
        if name == "style":
            assert re.fullmatch(
                rf"@media\(prefers-reduced-motion:reduce\)\{{#{ID} path"
                r"\{visibility:visible!important;stroke-dasharray:none!important\}\}",
                element.text,
            )
        elif name not in ("title", "desc"):
            assert not (element.text or "").strip()
        else:
            assert len(element) == 0
        assert not (element.tail or "").strip()


def line(text=None):
    return Ink.from_strokes([[[0, 0], [3, -4], [9, 1], [20, 0]], [[5, -8]]], Source(text=text))


HOSTILE = [
    '</title><script>alert("x")</script>',
    '"><image href="http://example.org/x.png" onload="alert(1)"/>',
    "]]><!DOCTYPE svg [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>&x;",
    "<?xml-stylesheet href='x.css'?>",
    "\x00\ud800\uffff\x1b[31m",
    "",
]
DRAWINGS = {
    "line": lambda **said: fitted(line(), **said),
    "tight": lambda **said: compose([line()], PageLayout(width_mm=None, color="rgb(1, 2, 3)"), **said),
    "plain": lambda **said: compose([line("one"), None, line("two")], **said),
    "ruled": lambda **said: compose([line()], PageLayout(paper="ruled", color="#AbC"), **said),
    "squared": lambda **said: compose([line()], PageLayout(paper="squared", color="Navy", align="right"), **said),
}
KINDS = {
    "svg": (markup, SHOWN),
    "animated": (animated_svg, MOVING),
    "plotter": (lambda drawing: plotter_svg(drawing)[0], PLOTTED),
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("drawing", DRAWINGS)
@pytest.mark.parametrize("text", HOSTILE)
def test_every_kind_of_every_drawing(kind, drawing, text):
    write, allowed = KINDS[kind]
    check(write(DRAWINGS[drawing](title=text, desc=text)), allowed)


@settings(max_examples=40, deadline=None)
@given(st.text(), st.text(), st.sampled_from(list(KINDS)))
def test_any_title_and_description(title, desc, kind):
    write, allowed = KINDS[kind]
    document = write(DRAWINGS["ruled"](title=title, desc=desc))
    check(document, allowed)
    if kind == "svg" and title.isprintable() and title.strip():
        assert etree.fromstring(document.encode()).findtext(f"{SVG}title") == title


@settings(max_examples=60, deadline=None)
@given(st.text() | st.from_regex(r"\A(#|rgb\()?[0-9a-fA-F, %]{3,9}\)?\Z") | st.sampled_from(["red", "Teal ", "none"]))
def test_any_colour_is_refused_or_harmless(color):
    try:
        drawing = fitted(line(), color=color)
    except InkError:
        return
    check(markup(drawing), SHOWN)


@pytest.mark.parametrize(
    "bad",
    [
        "<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>",
        "<svg xmlns='http://www.w3.org/2000/svg' onload='x()'/>",
        "<svg xmlns='http://www.w3.org/2000/svg'><g stroke='url(http://example.org)'/></svg>",
        "<svg xmlns='http://www.w3.org/2000/svg'><style>@import 'x.css'</style></svg>",
        "<svg xmlns='http://www.w3.org/2000/svg'><!-- x --></svg>",
    ],
)
def test_the_check_itself_finds_what_is_not_allowed(bad):
    with pytest.raises((AssertionError, TypeError)):
        check(bad, MOVING)
