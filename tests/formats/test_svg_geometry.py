"""Transforms in space, about the box of an element, and those that do nothing; stretched drawings and clip paths."""

from __future__ import annotations

import pytest
from strangers import assert_is_line, notes, paths, read, svg

from handwriting.errors import InkError

TURNED = "transform-box: fill-box; transform-origin: 50% 50%"
"""As Boxy SVG writes it at every element that it has moved or turned."""
TRANSFORMS = {
    "compositing": ("translateZ(0)", paths()),
    "will change": ("translate3d(5px, 3px, 0)", paths(shift=(-5, -3))),
    "matrix3d": ("matrix3d(1,0,0,0,0,1,0,0,0,0,1,0,5,3,0,1)", paths(shift=(-5, -3))),
    "matrix3d, larger": ("matrix3d(1,0,0,0,0,1,0,0,0,0,1,0,0,0,0,.5)", paths((0.5, 0.5))),
    "mirrored": ("rotateY(180deg)", paths((-1, 1))),
    "upside down": ("rotateX(.5turn)", paths((1, -1))),
    "twice": ("rotateX(90deg) rotateX(-90deg)", paths()),
    "about z": ("rotate3d(0, 0, 2, 180deg)", paths((-1, -1))),
    "perspective": ("perspective(100px) translateZ(50px)", paths((0.5, 0.5))),
    "depth": ("scale3d(2, 2, 9) scaleZ(3)", paths((0.5, 0.5))),
    "unset": ("unset", paths()),
    "initial": ("initial !important", paths()),
    "revert": ("revert", paths()),
}


@pytest.mark.parametrize(("transform", "lines"), TRANSFORMS.values(), ids=TRANSFORMS)
def test_transforms_in_space_are_projected(transform, lines):
    ink = read(svg(f"<g style='transform: {transform}'>{lines}</g>"))
    assert_is_line(ink)
    assert notes(ink) == []


def test_own_properties_in_space():
    moved = paths(shift=(-5, -3))
    assert_is_line(read(svg(f"<g style='translate: 5px 3px 9px; rotate: 0 0 1 0deg; scale: 1 1 2'>{moved}</g>")))


@pytest.mark.parametrize("transform", ["perspective(9px) rotateY(30deg)", "matrix3d(1,2)", "rotate3d(0,0,0,9deg)"])
def test_other_transforms_are_named(transform):
    ink = read(svg(paths() + f"<g style='transform: {transform}'><path d='M0 0L1 1'/></g>"))
    assert_is_line(ink)
    assert f"transform='{transform[:9].lower()}" in notes(ink, "lost")[0]


def test_the_transform_of_the_whole_drawing():
    """All lines are read without it, so none is lost."""
    ink = read(svg(root="style='transform: translateZ(0px); will-change: transform'"))
    assert_is_line(ink)
    assert notes(ink) == []
    ink = read(svg(root="style='transform: turn(3)'"))
    assert_is_line(ink)
    (note,) = notes(ink, "noted")
    assert note.startswith("the transform of the drawing was dropped: transform='turn(3)' is not supported")
    assert notes(ink, "lost") == []


def test_the_box_of_an_element_is_the_reference_of_its_origin():
    """The lines span 10 to 33 by 20 to 33, and their center is (21.5, 26.5)."""
    assert_is_line(read(svg(f"<g style='{TURNED}' transform='matrix(1,0,0,1,5,3)'>{paths(shift=(-5, -3))}</g>")))
    half_turn = paths((-1, -1), (43, 53))
    for style in (
        TURNED,
        "transform-box: content-box; transform-origin: center",
        TURNED.replace("50% 50%", "11.5px 6.5px"),
    ):
        assert_is_line(read(svg(f"<g style='{style}' transform='matrix(-1,0,0,-1,0,0)'>{half_turn}</g>")))
    assert_is_line(
        read(svg(f"<g style='transform-box: fill-box' transform='scale(-1)'>{paths((-1, -1), (66, 66))}</g>"))
    )
    each = "".join(
        f"<path style='{TURNED}' transform='rotate(180)' d='M{b} L{a}'/>"
        for a, b in (("10,20", "12,24"), ("20,22", "22,27"))
    )
    assert [stroke.tolist() for stroke in read(svg(each)).strokes] == [
        [pytest.approx((10, 20)), pytest.approx((12, 24))],
        [pytest.approx((20, 22)), pytest.approx((22, 27))],
    ]


def test_the_box_of_a_group_contains_shapes_and_groups():
    """The box is that of the rectangle, from (0, 0) to (40, 40); what is hidden or only defined is not in it."""
    inside = (
        "<rect width='40' height='40' fill='none'/><g style='display:none'><path d='M0 0H90'/></g>"
        f"<defs><path d='M0 0H90'/></defs><g transform='translate(1)'>{paths((-1, -1), (39, 40))}</g>"
    )
    assert_is_line(read(svg(f"<g style='{TURNED}; rotate: 180deg'><a>{inside}</a></g>")))
    circle = "<circle cx='20' cy='20' r='20' fill='none'/>"
    assert_is_line(read(svg(f"<g style='{TURNED}; scale: -1'>{circle}{paths((-1, -1), (40, 40))}</g>")))
    assert read(svg(f"<g style='{TURNED}; scale: 2'/>" + paths())).x[0] == 10
    with pytest.raises(InkError, match="fill-box around a <text> element"):
        read(svg(f"<g style='{TURNED}; scale: 2'>{paths()}<text>a</text></g>"))


def test_nested_boxes_are_measured_once():
    """Every level turns about its own box, which contains all levels inside it."""
    text = paths()
    for _ in range(60):
        text = f"<g style='{TURNED}; rotate: 180deg'>{text}</g>"
    assert_is_line(read(svg(text)))
