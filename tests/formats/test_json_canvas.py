"""The JSON of web canvases: points in a row, null between strokes, Konva, Fabric.js, Paper.js."""

from __future__ import annotations

import json

import numpy as np
import pytest
from strangers import LINE, assert_is_line, notes, read

from handwriting import formats
from handwriting.errors import InkError, NoInkError

DOTTED = [stroke if len(stroke) > 1 else stroke * 2 for stroke in LINE]


def flat(points) -> list[float]:
    return [value for point in points for value in point]


def konva(strokes, shift=(0, 0), **attrs):
    """Nodes ``Line`` with the attributes that Konva stores: only those that differ from its defaults."""
    return [
        {"attrs": {"points": flat([(x - shift[0], y - shift[1]) for x, y in stroke]), **attrs}, "className": "Line"}
        for stroke in strokes
    ]


def stage(*children, **attrs):
    layer = {"attrs": {}, "className": "Layer", "children": list(children)}
    return {"attrs": {"width": 600, **attrs}, "className": "Stage", "children": [layer]}


def fabric(points, **more):
    """A path as Fabric.js stores it: ``left`` and ``top`` are the corner of its box with the width of its pen."""
    low, high = np.min(points, axis=0).tolist(), np.max(points, axis=0).tolist()
    path = [["ML"[n > 0], *point] for n, point in enumerate(points)]
    box = {"left": low[0] - 2, "top": low[1] - 2, "width": high[0] - low[0], "height": high[1] - low[1]}
    return {"type": "path", "fill": None, "stroke": "#000", "strokeWidth": 4, "path": path, **box, **more}


def paper(strokes, **more):
    """Paths as ``exportJSON`` of Paper.js writes them."""
    return [
        ["Path", {"segments": [list(point) for point in stroke], "strokeColor": [0, 0, 0], **more}]
        for stroke in strokes
    ]


LINES = [{"tool": "pen", "points": flat(stroke)} for stroke in LINE]
SHAPES = {
    "react-konva": LINES,
    "under a name": {"lines": LINES},
    "rows of different lengths": [flat(stroke) for stroke in LINE],
    "null between points": [p for stroke in LINE for p in [*({"x": x, "y": y} for x, y in stroke), None]],
    "null between pairs": [p for stroke in LINE for p in [*map(list, stroke), None]],
    "stage": stage(*konva(LINE)),
    "layer": stage(*konva(LINE))["children"],
    "nodes": konva(LINE),
    "within another object": {"canvas": stage(*konva(LINE))},
    "moved": stage(*konva(LINE, (5, 7), x=5, y=7)),
    "offset": stage(*konva(LINE, (-5, -7), offsetX=5, offsetY=7)),
    "group": stage({"className": "Group", "attrs": {"x": 3}, "children": konva(LINE, (4, 0), x=1)}),
    "scaled": stage(*konva([[(x / 2, -y) for x, y in stroke] for stroke in LINE], scaleX=2, scaleY=-1)),
    "turned": stage(*konva([[(y, -x) for x, y in stroke] for stroke in LINE], rotation=90)),
    "fabric": {"version": "5.3.0", "objects": [fabric(stroke) for stroke in DOTTED]},
    "objects of fabric": [fabric(stroke) for stroke in DOTTED],
    "paper": [["Layer", {"applyMatrix": True, "children": paper(LINE)}]],
    "paper with a dictionary": [["dictionary", {"#1": ["Gradient", {}]}], ["Layer", {"children": paper(LINE)}]],
    "moved paper": [
        "Group",
        {
            "children": paper([[(x - 5, y / 2) for x, y in s] for s in LINE]),
            "applyMatrix": False,
            "matrix": [1, 0, 0, 2, 5, 0],
        },
    ],
    "straight handles": paper([[[p, [0, 0], [0, 0]] for p in s] for s in LINE]),
}


@pytest.mark.parametrize("document", SHAPES.values(), ids=SHAPES)
def test_every_shape(document):
    ink = read(json.dumps(document))
    assert_is_line(ink) if "objects" not in document else np.testing.assert_allclose(ink.xy, np.concatenate(LINE))
    assert notes(ink) == []


def test_erasers_and_shapes_are_no_ink():
    ink = read(json.dumps([*LINES, {"tool": "eraser", "points": [1, 2, 3, 4]}]))
    assert_is_line(ink)
    assert notes(ink) == ["1 eraser stroke was left out"]
    others = [
        *konva(LINE[:1], globalCompositeOperation="destination-out"),
        *konva(LINE[:1], closed=True),
        {"className": "Group", "attrs": {"visible": False}, "children": konva(LINE)},
        {"className": "Text", "attrs": {"text": "typed"}},
    ]
    ink = read(json.dumps(stage(*konva(LINE), *others)))
    assert_is_line(ink)
    assert notes(ink) == [
        "1 eraser stroke was left out",
        "1 Line shape was left out",
        "1 invisible stroke was left out",
        "1 Text shape was left out",
    ]


def test_a_damaged_node_costs_itself():
    bad = [*konva(LINE[:1], x="left"), *konva([[(1, 2)]]), {"className": "Line"}]
    bad[1]["attrs"]["points"] = [1, 2, 3]
    ink = read(json.dumps(stage(*konva(LINE), *bad)))
    assert_is_line(ink)
    assert len(notes(ink, "lost")) == 3


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"scaleX": 2, "left": 6}, [(10, 20), (18, 24), (10, 24)]),
        ({"angle": 90, "left": 12, "top": 17}, [(10, 19), (6, 23), (6, 19)]),
        ({"originX": "center", "originY": "center", "left": 12, "top": 22}, [(10, 20), (14, 24), (10, 24)]),
        ({"flipX": True}, [(14, 20), (10, 24), (14, 24)]),
        ({"strokeWidth": 2, "left": 9, "top": 19}, [(10, 20), (14, 24), (10, 24)]),
        ({"scaleX": 2, "strokeUniform": True}, [(10, 20), (18, 24), (10, 24)]),
    ],
)
def test_placement_of_a_path_of_fabric(more, expected):
    """A triangle without its last side: the box is 4 by 4, and 8 by 8 with the pen."""
    stroke = [(10, 20), (14, 24), (10, 24)]
    (line,) = read(json.dumps({"objects": [fabric(stroke, **more)]})).strokes
    assert line == pytest.approx(np.array(expected))


def test_groups_and_curves_of_fabric():
    """The objects of a group are relative to its center, (50, 60)."""
    curve = {"type": "Path", "stroke": "red", "strokeWidth": 0, "path": [["M", 0, 0], ["Q", 1, 0, 2, 2]]}
    group = {"type": "Group", "left": 40, "top": 50, "width": 20, "height": 20, "strokeWidth": 0}
    filled = fabric(LINE[0], stroke=None, fill="black")
    group["objects"] = [curve | {"left": -10, "top": -10, "width": 2, "height": 2}, filled, {"type": "i-text"}]
    ink = read(json.dumps({"objects": [group]}))
    assert (ink.xy[0], ink.xy[-1]) == (pytest.approx([40, 50]), pytest.approx([42, 52]))
    assert notes(ink) == ["1 filled outline was left out", "1 'i-text' element was left out"]


def test_numbers_in_a_row_that_may_be_points():
    with pytest.raises(InkError, match=r"10 is not a point; .* x, y, x, y in a row must be called 'points'"):
        formats.read_pages(b"[[10, 10, 20, 20], [50, 10, 60, 20]]")
    assert read('[{"points": [10, 10, 20, 20]}]').xy.tolist() == [[10, 10], [20, 20]]


def test_a_stage_without_lines():
    with pytest.raises(NoInkError):
        formats.read_pages(json.dumps(stage()).encode())


def test_several_canvases_are_pages():
    for canvas in (stage(*konva(LINE)), {"objects": [fabric(stroke) for stroke in DOTTED]}):
        pages = formats.read_pages(json.dumps([canvas, canvas]).encode())
        assert [page.number for page in pages] == [1, 2]
        assert [len(page.ink.starts) for page in pages] == [4, 4]


def test_curves_and_other_items_of_paper():
    curve = [[[0, 0], [0, 0], [0, 40]], [[100, 0], [0, 40], [0, 0]]]
    items = [*paper([curve]), ["PointText", {"content": "a"}], ["Path", {"segments": [[0, 0]], "fillColor": [0, 0, 0]}]]
    ink = read(json.dumps([["Layer", {"children": items}]]))
    assert ink.bounds == pytest.approx((0, 0, 100, 30), abs=0.01)
    assert notes(ink) == ["1 PointText item was left out", "1 filled outline was left out"]


@pytest.mark.parametrize("segments", [None, [[1, "a"]], [1, 2], [[]]])
def test_damaged_paths_of_paper(segments):
    items = [*paper(LINE), ["Path", {"segments": segments, "strokeColor": [0]}]]
    ink = read(json.dumps(items))
    assert_is_line(ink)
    assert len(notes(ink, "lost")) == 1
