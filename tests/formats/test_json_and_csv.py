"""JSON in the shapes of web canvases and recognizers, and tables."""

from __future__ import annotations

import json

import pytest
from format_seeds import CSV, JSON

from handwriting import formats
from handwriting.errors import InkError


def test_the_web_handwriting_recognition_api():
    ink = formats.read_ink(JSON[0].encode())
    assert ink.xy.tolist() == [[1, 2], [3, 4.5], [5, 6]]
    assert ink.starts.tolist() == [0, 2]
    assert ink.t == pytest.approx([0, 0.01, 0.08])
    assert (ink.source.text, ink.source.start_time) == ("hi", 0.01)


@pytest.mark.parametrize("shape", [JSON[1], JSON[2], json.dumps({"ink": {"strokes": json.loads(JSON[1])}})])
def test_plain_lists(shape):
    ink = formats.read_ink(shape.encode())
    assert ink.xy.tolist() == [[1, 2], [3, 4], [5, 6]]
    assert ink.starts.tolist() == [0, 2]
    assert ink.t is None if shape == JSON[2] else ink.t == pytest.approx([0, 0.016, 0.04])


def test_pointer_events():
    ink = formats.read_ink(JSON[3].encode())
    assert ink.pressure.tolist() == [0.5, 1]
    assert ink.t == pytest.approx([0, 0.01])
    assert ink.source.start_time == 1_700_000_000
    other = JSON[3].replace('"stroke"', '"eraser"')
    with pytest.raises(InkError, match="no strokes"):
        formats.read(other.encode())


def test_jiix_draws_a_stroke_once():
    ink = formats.read_ink(JSON[-1].encode())
    assert ink.xy.tolist() == [[1, 3], [2, 4], [5, 6]]
    assert ink.t == pytest.approx([0, 0.01, 0.5])
    assert ink.pressure.tolist() == [0.5, 1, 1]
    assert (ink.source.units, ink.source.text) == ("mm", "hi")
    undated = formats.read_ink(JSON[-1].replace("timestamp", "when").encode())
    assert undated.t is None


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
def test_encodings(encoding):
    assert len(formats.read_ink(JSON[0].encode(encoding))) == 3


WRONG = {
    "cut": (JSON[0][:30], "damaged JSON"),
    "deep": ("[" * 100_000, "damaged JSON .too deep"),
    "no strokes": ("{}", "JSON without strokes"),
    "empty": ("[]", "no strokes"),
    "no y": ('[[{"x": 1}]]', "y=null; it must be a number"),
    "nan": ('[[{"x": NaN, "y": 1}]]', "x=NaN"),
    "huge": ('[[{"x": 1e308, "y": 1}]]', r"x=1e\+308"),
    "endless": ('[[{"x": %s, "y": 1}]]' % ("9" * 4000), "x=9999"),
    "text": ('[[{"x": "one", "y": 1}]]', 'x="one"'),
    "truth": ('[[{"x": true, "y": 1}]]', "x=true"),
    "no point": ("[[1, 2]]", "1 is not a point"),
    "no stroke": ("[1, 2]", "1 is not a stroke"),
    "lists": ('{"strokes": [{"X": [1], "Y": [1, 2]}]}', "lists of x and y of the same length"),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_json_is_said(name):
    text, reason = WRONG[name]
    with pytest.raises(InkError, match=reason) as caught:
        formats.read(text.encode())
    assert len(str(caught.value)) < 250


def test_a_table():
    ink = formats.read_ink(CSV[0].encode())
    assert ink.xy.tolist() == [[1, 2], [3, 4.5], [5, 6]]
    assert ink.starts.tolist() == [0, 2]
    assert ink.t.tolist() == [0, 0.01, 0.2]


def test_columns_in_any_order_with_a_decimal_comma():
    ink = formats.read_ink(CSV[1].encode())
    assert ink.xy.tolist() == [[1, 2.5], [2, 3], [3, 4]]
    assert ink.starts.tolist() == [0, 2]
    assert ink.t == pytest.approx([0, 0.01, 0.02])
    assert ink.pressure.tolist() == [0.5, 1, 0.5]
    assert formats.read_ink(CSV[1].encode("utf-16")) == ink


def test_a_table_of_points_alone():
    ink = formats.read_ink(CSV[2].encode())
    assert ink.xy.tolist() == [[2, 1], [4, 3]]
    assert ink.t is None
    assert len(ink.starts) == 1


@pytest.mark.parametrize("ends", ["\r", "\r\n", "\n\r\n"])
def test_line_ends(ends):
    assert len(formats.read_ink(CSV[0].replace("\n", ends).encode())) == 3


def test_wrong_tables_are_said(tmp_path):
    (tmp_path / "a.csv").write_text("1,2\n3,4\n")
    with pytest.raises(InkError, match="'1,2' does not name the columns x and y"):
        formats.read(tmp_path / "a.csv")
    for text, reason in (
        ("x,y\n1,2\n3\n", "y='' is not a number"),
        ("x,y\n1,zwei\n", "y='zwei' is not a number"),
        ("x,y\n1,nan\n", "y='nan'"),
        ("x,y\n1,-1e308\n", "y='-1e308'"),
        ("x,y\n", "no strokes"),
    ):
        with pytest.raises(InkError, match=reason):
            formats.read(text.encode())
