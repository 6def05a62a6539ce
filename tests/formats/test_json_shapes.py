"""JSON of more programs: what numbers mean, where the pen is in the air, which tool drew, and where strokes are."""

from __future__ import annotations

import json
from itertools import pairwise

import numpy as np
import pytest
from strangers import LINE, SIZES, assert_is_line, notes, read

from handwriting import formats
from handwriting.errors import InkError

POINTS = [[{"x": x, "y": y} for x, y in stroke] for stroke in LINE]
PAIRS = [[list(point) for point in stroke] for stroke in LINE]
OTHER = [{"x": 0, "y": 25}, {"x": 40, "y": 26}]


def strokes(more: dict | None = None, last: dict | None = None) -> list:
    """The strokes of the line with ``more`` properties, and one other stroke with the properties ``last``."""
    found = [{"points": points, **(more or {})} for points in POINTS]
    return found if last is None else [*found, {"points": OTHER, **last}]


@pytest.mark.parametrize(
    ("document", "points"),
    [
        ({"word": "line", "drawing": [[[0, 255], [71, 0]]]}, [[0, 71], [255, 0]]),
        ({"key_id": "5", "drawing": [[[1, 2, 3], [4, 5, 6], [0, 9, 18]]]}, [[1, 4], [2, 5], [3, 6]]),
        ({"requests": [{"writing_guide": {}, "ink": [[[1, 2], [3, 4]]]}]}, [[1, 3], [2, 4]]),
        ([[[1, 2], [3, 4], []]], [[1, 3], [2, 4]]),
        ([[[1, 2], [3, 4]]], [[1, 2], [3, 4]]),
    ],
)
def test_short_columns(document, points):
    assert read(json.dumps(document)).xy.tolist() == points


@pytest.mark.parametrize("names", [("tap", "move"), ("PointType.tap", "PointType.move")])
def test_an_unknown_event_that_begins_strokes(names):
    points = [p | {"type": names[n > 0]} for stroke in POINTS for n, p in enumerate(stroke)]
    assert_is_line(read(json.dumps(points)))
    other = [p | {"type": ["a", "b", "move"][min(n, 2)]} for stroke in POINTS for n, p in enumerate(stroke)]
    assert notes(read(json.dumps(other))) == [
        "the column 'type' was dropped: its values 'a' and 'b' and 1 more are unknown; write down, move and up"
    ]


def zigzag() -> list[list[list[float]]]:
    """Two strokes of a drawing whose offsets can be told from positions."""
    return [[[2 * n + 6 * (n % 2) + 20 * k, 3 * (-1) ** n] for n in range(8)] for k in range(2)]


def test_offsets_of_sketch_rnn():
    points = np.concatenate(zigzag())
    steps = np.diff(points, axis=0, prepend=[[0, 0]]).tolist()
    ends = [int(n in (7, 15)) for n in range(16)]
    five = [[*step, 1 - end, end, 0] for step, end in zip(steps, ends, strict=True)] + [[0, 0, 0, 0, 1]]
    three = [[*step, end] for step, end in zip(steps, ends, strict=True)]
    for document in (five, [five], {"drawing": five}, three, {"strokes": three}):
        ink = read(json.dumps(document))
        assert ink.xy.tolist() == points.tolist()
        assert ink.starts.tolist() == [0, 8]
    pages = formats.read_pages(json.dumps([three, three]).encode())
    assert [page.ink.xy.tolist() for page in pages] == [points.tolist()] * 2


def test_flags_are_no_times():
    ink = read(json.dumps([[[*point, int(n == 0)] for n, point in enumerate(stroke)] for stroke in PAIRS]))
    assert_is_line(ink)
    assert ink.t is None and ink.pressure is None
    assert len(notes(ink)) == 1


@pytest.mark.parametrize("odd", [True, False])
def test_triples_in_a_row(odd):
    whole = [stroke if odd or len(stroke) % 2 == 0 else [*stroke, stroke[-1]] for stroke in PAIRS]
    for kind, third in (("pressure", lambda n: 0.5), ("t", lambda n: 10 * n)):
        rows = [{"points": [v for n, point in enumerate(s) for v in (*point, third(n))]} for s in whole]
        ink = read(json.dumps(rows))
        assert ink.xy.tolist() == [point for stroke in whole for point in stroke]
        assert getattr(ink, kind) is not None
    assert read('[{"points": [10, 10, 20, 20, 30, 30]}]').xy.tolist() == [[10, 10], [20, 20], [30, 30]]


def test_the_pressure_of_points_in_lists():
    ink = read(json.dumps([[[*point, 0.5 + 0.1 * (-1) ** n] for n, point in enumerate(s)] for s in PAIRS]))
    assert_is_line(ink)
    assert ink.t is None and ink.pressure[:2] == pytest.approx([0.6, 0.4])


@pytest.mark.parametrize(
    ("down", "up"), [({"pressure": 0.5}, {"pressure": 0}), ({"pen": 1}, {"pen": 0}), ({"tip": True}, {"tip": False})]
)
def test_points_in_the_air_within_a_stroke(down, up):
    points = [p for stroke in POINTS for p in [*(point | down for point in stroke), {"x": 99, "y": 9, **up}]]
    assert_is_line(read(json.dumps({"strokes": [{"points": points}]})))


def test_strokes_without_pressure():
    drawn = [[point | {"pressure": 0.5} for point in stroke] for stroke in POINTS]
    hover = [point | {"pressure": 0} for point in OTHER]
    ink = read(json.dumps({"strokes": [*drawn, hover]}))
    assert_is_line(ink)
    assert notes(ink) == ["1 stroke without pressure was left out"]
    assert_is_line(read(json.dumps([[point | {"pressure": 0} for point in stroke] for stroke in POINTS])))


@pytest.mark.parametrize("mark", [{"buttons": 32}, {"tool": "eraser"}, {"pointerType": "eraser"}, {"eraser": True}])
def test_points_of_an_eraser(mark):
    drawn = [[point | {"buttons": 1, "tool": "pen"} for point in stroke] for stroke in POINTS]
    ink = read(json.dumps([*drawn, [point | mark for point in OTHER]]))
    assert_is_line(ink)
    assert notes(ink) == ["1 eraser stroke was left out"]


@pytest.mark.parametrize(
    ("pen", "other", "name"),
    [
        ({}, {"attributes": {"tool": "eraser"}}, "eraser"),
        ({}, {"options": {"globalCompositeOperation": "destination-out"}}, "eraser"),
        ({}, {"DrawingAttributes": {"IsHighlighter": True}}, "highlighter"),
        ({"color": "#000000ff"}, {"color": "#00000000"}, "invisible"),
        ({"color": "#000"}, {"color": "rgba(0, 0, 0, 0)"}, "invisible"),
        ({"color": "black", "width": 2}, {"color": "rgba(255,255,0,0.4)", "width": 20}, "highlighter"),
        ({"color": "#000000", "width": 2}, {"color": "#ffff0080", "width": 20}, "highlighter"),
        ({"width": 2}, {"opacity": 0.4, "width": 20}, "highlighter"),
        ({"penColor": "black"}, {"penColor": "white"}, "white"),
        ({"penColor": "rgb(0, 0, 0)"}, {"penColor": "rgb(255, 255, 255)"}, "white"),
    ],
)
def test_strokes_whose_look_gives_them_away(pen, other, name):
    ink = read(json.dumps(strokes(pen, other)))
    assert_is_line(ink)
    assert notes(ink) == [f"1 {name} stroke was left out"]


@pytest.mark.parametrize(
    "look",
    [
        {"globalCompositeOperation": "multiply"},
        {"brush": "marker", "opacity": 0.7},
        {"name": "Rubber Soul notes"},
        {"color": "white"},
        {"color": "#FF000000"},
        {"color": "#ffff0080", "width": 20},
    ],
)
def test_what_all_strokes_look_like_is_writing(look):
    ink = read(json.dumps(strokes(look)))
    assert_is_line(ink)
    assert notes(ink) == []


def test_white_ink_on_a_dark_page_is_writing():
    document = {"background": "#202020", "strokes": strokes({"color": "red"}, {"color": "white"})}
    assert len(read(json.dumps(document)).starts) == 5


SEGMENTS = [(a, b) for stroke in PAIRS for a, b in pairwise(stroke)]


@pytest.mark.parametrize(
    "document",
    [
        {"lines": SEGMENTS},
        [{"x": b[0], "y": b[1], "prevX": a[0], "prevY": a[1]} for a, b in SEGMENTS],
        [{"x0": a[0], "y0": a[1], "x1": b[0], "y1": b[1], "color": "black"} for a, b in SEGMENTS],
        [{"lx": b[0], "ly": b[1], "mx": a[0], "my": a[1]} for a, b in SEGMENTS],
        [{"start": {"x": a[0], "y": a[1]}, "end": {"x": b[0], "y": b[1]}} for a, b in SEGMENTS],
    ],
)
def test_pieces_are_joined(document):
    ink = read(json.dumps(document))
    assert np.diff([*ink.starts, len(ink)]).tolist() == SIZES[:3]
    assert ink.xy.tolist() == [point for stroke in PAIRS[:3] for point in stroke]


def test_strokes_that_touch_now_and_then_stay_apart():
    assert len(read("[[[0, 0], [1, 1]], [[1, 1], [2, 0]], [[5, 0], [6, 1]], [[8, 0], [9, 1]]]").starts) == 4


def renamed(x: str, y: str) -> list:
    return [[{x: p["x"], y: p["y"]} for p in stroke] for stroke in POINTS]


SHAPES = {
    "names of .NET": {"Strokes": [{"Points": stroke} for stroke in renamed("X", "Y")]},
    "WPF": [{"StylusPoints": [p | {"PressureFactor": 0.5} for p in stroke]} for stroke in renamed("X", "Y")],
    "UWP": [{"InkPoints": [{"Position": p, "Pressure": 0.5} for p in stroke]} for stroke in renamed("X", "Y")],
    "Swift": {"strokes": [{"path": [{"location": p, "timeOffset": 0.1} for p in stroke]} for stroke in PAIRS]},
    "points in a path": {"strokes": [{"path": {"points": [{"location": p} for p in stroke]}} for stroke in POINTS]},
    "atrament": [{"segments": [{"point": p, "time": 0} for p in stroke]} for stroke in POINTS],
    "Flutter": renamed("dx", "dy"),
    "null between points of Flutter": [p for stroke in renamed("dx", "dy") for p in [*stroke, None]],
    "events of the DOM": renamed("offsetX", "offsetY"),
    "texts": [{"path": {"color": "#FF000000", "data": [f"{x},{y}" for x, y in stroke]}} for stroke in PAIRS],
    "Firebase": {"strokes": {f"-N{k}": {"points": {f"-P{n}": p for n, p in enumerate(stroke)}}
                             for k, stroke in enumerate(POINTS)}},
    "MyScript 3": {"textInput": {"inputUnits": [{"components": [
        {"type": "stroke", "x": [x for x, _ in s], "y": [y for _, y in s]} for s in PAIRS]}]}},
    "layers": {"layers": [{"strokes": strokes()[:2]}, {"strokes": strokes()[2:]}]},
    "pages of lines": {"pages": [{"lines": strokes()}]},
    "pages of lists": {"pages": [strokes()]},
    "an unknown name": {"shapes": strokes()},
    "a color named ink": {"ink": "#000", "paths": POINTS},
    "a state named drawing": {"drawing": False, "lines": strokes()},
    "an empty list": {"strokes": [], "events": [], "paths": POINTS},
    "a number of strokes": {"strokes": 4, "paths": POINTS},
    "points and null": {"points": [p for stroke in POINTS for p in [*stroke, None]]},
}  # fmt: skip


@pytest.mark.parametrize("document", SHAPES.values(), ids=SHAPES)
def test_shapes_of_programs(document):
    ink = read(json.dumps(document))
    assert_is_line(ink)
    assert notes(ink) == []


@pytest.mark.parametrize(
    "lines",
    [
        [p | {"type": ["down", "move"][n > 0]} for stroke in POINTS for n, p in enumerate(stroke)],
        strokes(),
        PAIRS,
        [{"x": [x for x, _ in stroke], "y": [y for _, y in stroke]} for stroke in PAIRS],
    ],
    ids=["points", "strokes", "lists", "columns"],
)
def test_a_point_or_a_stroke_a_line(lines):
    assert_is_line(read("\n".join(map(json.dumps, lines))))


def test_messages_name_what_there_is():
    with pytest.raises(InkError, match="an object with 'foo', 'bar' is not a stroke"):
        read('{"strokes": [{"foo": 1, "bar": 2}]}')
    with pytest.raises(InkError, match="x=null; it must be a number; the properties of the point are 'y', 'speed'"):
        read('[[{"y": 1, "speed": 2}]]')


def test_polylines_of_fabric():
    line = {"type": "polyline", "stroke": "#000", "strokeWidth": 2, "left": 9, "top": 19, "width": 4, "height": 4}
    line["points"] = [{"x": 10, "y": 20}, {"x": 14, "y": 24}, {"x": 10, "y": 24}]
    assert read(json.dumps({"objects": [line]})).xy == pytest.approx(np.array([[10, 20], [14, 24], [10, 24]]))


def test_utf_16_without_a_mark():
    assert_is_line(read(json.dumps({"strokes": POINTS}, indent=9).encode("utf-16-be")))
    assert len(read(json.dumps(POINTS * 30).encode("utf-16-be")).starts) == 120
