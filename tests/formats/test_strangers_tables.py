"""CSV and UNIPEN of other programs: where strokes end, line ends, labels."""

from __future__ import annotations

import json
import re

import pytest
from strangers import MORE_TABLES, TABLES, assert_is_line, notes, read, table, unipen

from handwriting import formats
from handwriting.errors import InkError


@pytest.mark.parametrize("text", (TABLES | MORE_TABLES).values(), ids=[*TABLES, *MORE_TABLES])
def test_where_strokes_of_a_table_end(text):
    assert_is_line(read(text))


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-8-sig"])
def test_encodings_of_tables(encoding):
    assert_is_line(read(MORE_TABLES["German"].encode(encoding)))


def test_a_column_of_an_unknown_name_that_might_tell_strokes_apart_is_named():
    ink = read(table("x,y,pen_up_down", lambda s, n, x, y: f"{x},{y},{int(n > 0)}"))
    assert len(ink.starts) == 1
    assert notes(ink)[0].startswith("the column 'pen_up_down' was dropped: its name is unknown; if it numbers")
    assert notes(read("x,y,stroke,tilt\n1,2,1,0\n3,4,1,9\n")) == []


def test_columns_of_times_are_no_marks_of_strokes():
    assert len(read("x,y,start,end\n1,2,0,10\n3,4,10,20\n5,6,20,30\n").starts) == 1


def test_a_column_of_pages():
    text = table("page,x,y,stroke", lambda s, n, x, y: f"7,{x},{y},{s}")
    first, second = formats.read_pages((text + "8,1,2,0\n8,3,4,0\n").encode())
    assert_is_line(first.ink)
    assert (second.number, second.ink.x.tolist()) == (2, [1, 3])


def test_a_sentence_about_x_and_y_is_no_table():
    assert not any(known.name == "CSV" and known.recognises(b"let x and y be\n1 2\n") for known in formats.readers())


def test_a_table_with_one_time_missing():
    ink = read(table("x,y,stroke,t", lambda s, n, x, y: f"{x},{y},{s},{'' if (s, n) == (2, 1) else s + n / 100}"))
    assert_is_line(ink)
    assert ink.t is None
    assert notes(ink) == ["the times were dropped: 10 of 11 points have a valid one"]


def test_a_damaged_row_costs_its_stroke():
    ink = read(table("x,y,stroke", lambda s, n, x, y: f"{x},{y},{s}") + "1,zwei,7\n2,3,7\n")
    assert_is_line(ink)
    assert notes(ink) == ["stroke 5 was left out: y='zwei' is not a number"]


def test_points_at_minus_one_are_points_where_others_are_below_0():
    assert read("x,y\n1,2\n-1,-1\n-3,4\n").xy.tolist() == [[1, 2], [-1, -1], [-3, 4]]


def test_a_line_of_unipen_that_is_cut_short_is_counted():
    ink = read(".COORD X Y T\n.PEN_DOWN\n1 2 3\n4\n5 6 7\n.PEN_UP\n")
    assert ink.x.tolist() == [1, 5]
    assert notes(ink) == ["1 damaged line was left out"]


@pytest.mark.parametrize("end", ["\n", "\r", "\r\n"])
def test_line_ends_of_unipen(end):
    ink = read(unipen().replace("\n", end))
    assert_is_line(ink)
    assert ink.source.text == "a line"


@pytest.mark.parametrize(
    ("label", "text"),
    [("WORD 0-3 OK abc", "abc"), ("WORD 0-3 OK two words", "two words"), ("WORD 0-3 OK", None), ("WORD", None)],
)
def test_labels_without_quotes(label, text):
    ink = read(unipen(f".SEGMENT {label}\n"))
    assert_is_line(ink)
    assert ink.source.text == text


@pytest.mark.parametrize("text", ["1 2 3", "1 2 3 4"])
def test_a_row_without_its_time(text):
    columns = ".COORD X Y T" if text == "1 2 3" else ".COORD X Y T P"
    ink = read(f"{columns}\n.PEN_DOWN\n{text}\n5 6\n{text}\n")
    assert ink.x.tolist() == [1, 5, 1]
    assert ink.t is None and ink.pressure is None
    assert "the times were dropped: 2 of 3 points have a valid one" in notes(ink)


def test_a_damaged_component_costs_itself_alone():
    ink = read(unipen() + ".PEN_DOWN\n1 zwei\n")
    assert_is_line(ink)
    assert notes(ink)[0].startswith("stroke 5 was left out: ")


def test_a_long_name_of_a_missing_file_is_cut():
    with pytest.raises(InkError, match=r"its ink is in a{80}, which is missing") as raised:
        read(f".INCLUDE {'a' * 500}\n")
    assert len(str(raised.value)) < 200


def test_values_of_further_columns_of_unipen_are_ignored():
    ink = read(re.sub(r"(?m)^(\d.*)$", r"\1 7", unipen()))
    assert_is_line(ink)
    assert read(".COORD X Y\n.PEN_DOWN\n1 -2 3 -4\n5 -6 7 -8\n").x.tolist() == [1, 3, 5, 7]  # two points a line


def test_encodings_and_ends_of_unipen():
    assert_is_line(read(unipen().encode("utf-16")))
    ink = read(unipen().replace("X Y", "x y") + "\x1a" + "\0" * 99)
    assert_is_line(ink)
    assert ink.source.text == "a line"


def test_strokes_of_unipen_with_commas_are_no_empty_file():
    with pytest.raises(InkError, match="nothing in it can be read: stroke 1 was left out"):
        read(".COORD X Y\n.PEN_DOWN\n1,-2\n3,-4\n.PEN_UP\n")


@pytest.mark.parametrize("name", ["letters", "an id of words", "samples", "an unknown group"])
def test_stroke_numbers_that_begin_again_in_json(name):
    names, *rows = (line.split(",") for line in MORE_TABLES[name].splitlines())
    assert_is_line(read(json.dumps([dict(zip(names, row, strict=True)) for row in rows])))


def test_stroke_numbers_that_begin_again_with_the_inner_of_two_columns():
    rows = "1,1,0,1,2\n1,1,0,2,2\n1,2,0,5,2\n1,2,1,6,2\n2,1,0,1,9\n2,1,0,2,9\n"
    assert [len(stroke) for stroke in read("line,word,stroke,x,y\n" + rows).strokes] == [2, 1, 1, 2]


@pytest.mark.parametrize(
    "column",
    [
        lambda s, n: n,  # the number of the point
        lambda s, n: n // 3,  # the tilt
        lambda s, n: 9,  # a constant
        lambda s, n: "abcd"[s],  # what the stroke number says too
        lambda s, n: "im"[(s + (n > 2)) % 2],  # letters within a stroke
    ],
)
def test_other_columns_beside_stroke_numbers(column):
    for name in ("char", "value"):
        assert_is_line(read(table(f"x,y,{name},stroke", lambda s, n, x, y: f"{x},{y},{column(s, n)},{s}")))
