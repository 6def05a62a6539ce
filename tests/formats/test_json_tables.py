"""Tables of points in JSON: columns, and rows below the names of the columns."""

from __future__ import annotations

import json

import numpy as np
import pytest
from strangers import LINE, assert_is_line, notes, read

from handwriting import formats

ROWS = [[x, y, s] for s, stroke in enumerate(LINE) for x, y in stroke]
NAMES = ["x", "y", "stroke"]
COLUMNS = {name: list(values) for name, values in zip(NAMES, zip(*ROWS, strict=True), strict=True)}
POINTS = [dict(zip(NAMES, row, strict=True)) for row in ROWS]
DRAGS = [n > 0 for stroke in LINE for n in range(len(stroke))]
SHAPES = {
    "columns": COLUMNS,
    "columns by row": {name: dict(enumerate(values)) for name, values in COLUMNS.items()},
    "names and rows": {"columns": NAMES, "index": list(range(len(ROWS))), "data": ROWS},
    "header": [NAMES, *ROWS],
    "a sheet": {"range": "A1:C12", "values": [NAMES, *([str(value) for value in row] for row in ROWS)]},
    "points by number": dict(enumerate(POINTS)),
    "one in a list": [COLUMNS],
    "in another object": {"id": 7, "recording": COLUMNS},
    "clicks": {"clickX": COLUMNS["x"], "clickY": COLUMNS["y"], "clickDrag": DRAGS, "clickColor": ["#000"] * len(ROWS)},
}


@pytest.mark.parametrize("shape", SHAPES)
def test_tables(shape):
    ink = read(json.dumps(SHAPES[shape]))
    assert_is_line(ink)
    assert notes(ink) == []


def test_columns_of_one_stroke():
    ink = read('{"x": [1, 2, 3], "y": [4, 5, 6], "t": [0, 10, 20]}')
    assert ink.xy.tolist() == [[1, 4], [2, 5], [3, 6]]
    assert ink.t.tolist() == [0, 0.01, 0.02]


def test_a_drawing_in_a_text():
    strokes = [[{"x": x, "y": y} for x, y in stroke] for stroke in LINE]
    assert_is_line(read(json.dumps({"id": "a", "drawing": json.dumps({"strokes": strokes})})))


def test_offsets_after_a_first_row_that_leads_to_the_drawing():
    points = np.array([(100, 50), (103, 46), (109, 43), (118, 41), (116, 44), (111, 47)])
    steps = np.diff(points, axis=0, prepend=[[0, 0]]).tolist()
    rows = [[*step, int(n == 5)] for n, step in enumerate(steps)]
    assert read(json.dumps(rows)).xy.tolist() == points.tolist()
    rows[0][:2] = [0, 0]
    pages = formats.read_pages(json.dumps([rows, rows]).encode())
    assert [page.ink.xy.tolist() for page in pages] == [(points - points[0]).tolist()] * 2


def test_events_with_a_touch_each():
    events = []
    for stroke in LINE:
        for n, (x, y) in enumerate(stroke):
            touches = [{"identifier": 0, "clientX": x, "clientY": y, "force": 1}]
            events.append({"type": "touchmove" if n else "touchstart", "touches": touches, "changedTouches": touches})
        events.append({"type": "touchend", "touches": [], "changedTouches": []})
    ink = read(json.dumps(events))
    assert_is_line(ink)
    assert notes(ink) == []


@pytest.mark.parametrize("matrix", [[2, 0, 0, -1, 5, 7], {"a": 2, "b": 0, "c": 0, "d": -1, "tx": 5, "ty": 7}])
def test_the_transform_of_a_stroke(matrix):
    strokes = [{"points": [{"x": (x - 5) / 2, "y": 7 - y} for x, y in s], "transform": matrix} for s in LINE]
    assert_is_line(read(json.dumps({"strokes": strokes})))
    strokes = [{"points": [{"x": x, "y": y} for x, y in s], "transform": [1, 0, 0]} for s in LINE]
    ink = read(json.dumps({"strokes": strokes}))
    assert_is_line(ink)
    assert notes(ink) == ["the transform of a stroke was dropped: a list of 3 is not six numbers"]


def test_strokes_of_path_data():
    paths = ["M" + "L".join(f"{x},{y}" for x, y in (s if len(s) > 1 else s * 2)) for s in LINE]
    for document in (
        paths,
        {"paths": paths},
        [{"d": path} for path in paths],
        {"shapes": [{"path": p} for p in paths]},
    ):
        assert_is_line(read(json.dumps(document)))
    ink = read(json.dumps([*({"d": path, "stroke": "#000"} for path in paths), {"d": "M0,0L9,9L9,0Z", "fill": "red"}]))
    assert_is_line(ink)
    assert notes(ink) == ["1 filled outline was left out"]


@pytest.mark.parametrize("names", [("x", "y"), ("left", "top")])
def test_points_relative_to_the_place_of_their_stroke(names):
    strokes = [
        {**dict(zip(names, s[0], strict=True)), "points": [[x - s[0][0], y - s[0][1]] for x, y in s]} for s in LINE
    ]
    assert_is_line(read(json.dumps(strokes)))
    strokes = [{**dict(zip(names, s[0], strict=True)), "points": [list(point) for point in s]} for s in LINE]
    assert_is_line(read(json.dumps(strokes)))


def test_names_of_columns_and_pages():
    assert_is_line(read(json.dumps([{"xs": [x for x, _ in s], "ys": [y for _, y in s]} for s in LINE])))
    strokes = [[list(point) for point in stroke] for stroke in LINE]
    pages = formats.read_pages(json.dumps({"samples": [{"label": "a", "strokes": strokes}] * 2}).encode())
    assert [len(page.ink.starts) for page in pages] == [4, 4]
    lines = [{"points": [{"x": x, "y": y} for x, y in stroke]} for stroke in LINE]
    pages = formats.read_pages(json.dumps([{"lines": lines, "width": 400, "height": 300}] * 2).encode())
    assert [(len(page.ink.starts), page.width) for page in pages] == [(4, 400), (4, 400)]
