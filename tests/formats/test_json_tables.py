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
