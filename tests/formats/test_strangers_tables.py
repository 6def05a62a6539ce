"""CSV and UNIPEN of other programs: where strokes end, line ends, labels."""

from __future__ import annotations

import pytest
from strangers import (
    LINE,
    SIZES,
    assert_is_line,
    notes,
    read,
    unipen,
)

from handwriting.errors import InkError


def table(head: str, row) -> str:
    rows = [row(s, n, x, y) for s, stroke in enumerate(LINE) for n, (x, y) in enumerate(stroke)]
    return head + "\n" + "\n".join(rows) + "\n"


def between(extra: str, row: str = "{x},{y},{s},pen"):
    """Rows with ``extra`` lines before each stroke but the first."""
    return lambda s, n, x, y: (extra if s and not n else "") + row.format(x=x, y=y, s=s)


TABLES = {
    "blank": table("x,y", between("\n", "{x},{y}")),
    "blank fields": table("x;y", between(" ; \n", "{x};{y}")),
    "pen": table("x,y,pen_down", between("99,9,0\n98,9,0\n", "{x},{y},1")),
    "truth": table("x,y,pen_down", between("99,9,False\n", "{x},{y},True")),
    "words": table("x,y,pen", between("99,9,up\n", "{x},{y},down")),
    "pressure": table("x,y,pressure", between("99,9,0\n98,9,0.0\n", "{x},{y},0.5")),
    "state": table("x,y,state", between("99,9,hover\n98,9,hover\n", "{x},{y},move")),
    "no number": table("x,y,stroke", between("99,9,-1\n98,9,-1\n", "{x},{y},{s}")),
    "not a number": table("x,y", between("nan,nan\n", "{x},{y}")),
    "missing": table("x,y,t", between(",,9\n", "{x},{y},")),
    "last point": table("x,y,pen_up", lambda s, n, x, y: f"{x},{y},{int(n == SIZES[s] - 1)}"),
    "air": table("x,y,in_air", between("99,9,1\n98,9,1\n", "{x},{y},0")),
    "a stroke in the air": table("x,y,stroke,pressure", between("99,9,9,0\n98,9,9,0\n", "{x},{y},{s},0.5")),
    "spaced": table("x,y,stroke", between("", "{x},{y},{s}\n")),
    "carriage returns": table("x,y,stroke", between("", "{x},{y},{s}")).replace("\n", "\r"),
    "byte order mark": "\ufeff" + table("x,y,stroke", between("", "{x},{y},{s}")),
    "eraser": table("x,y,stroke,tool", between("0,0,9,eraser\n9,9,9,eraser\n")),
    "eraser flag": table("x,y,is_eraser", between("NaN,NaN,0\n0,0,1\n9,9,1\n", "{x},{y},0")),
    "minus one": table("x,y", between("-1,-1\n", "{x},{y}")),
    "event": table("X (mm);y [px];Event", lambda s, n, x, y: f"{x};{y};{'move' if n else 'down'}"),
    "highlighter": table("x,y,stroke,tool", between("0,0,9,Highlighter\n")),
}


@pytest.mark.parametrize("text", TABLES.values(), ids=TABLES)
def test_where_strokes_of_a_table_end(text):
    assert_is_line(read(text))


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
