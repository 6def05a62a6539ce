"""Tables of other programs: names of rows, marks of thousands, lines between strokes, and lines before the header."""

from __future__ import annotations

import pytest
from strangers import LINE, assert_is_line, between, notes, read, table

from handwriting import formats
from handwriting.errors import InkError
from handwriting.formats import decimal_marks


def named(head: str, row: str, first: int = 1) -> str:
    """Return a table with a number before each row."""
    points = [(s, x, y) for s, stroke in enumerate(LINE) for x, y in stroke]
    return head + "\n" + "".join(row.format(n=first + n, s=s, x=x, y=y) + "\n" for n, (s, x, y) in enumerate(points))


@pytest.mark.parametrize(
    "text",
    [
        named('"x" "y" "stroke"', '"{n}" {x} {y} {s}'),  # write.table of R
        named("x\ty\tstroke", "{n}\t{x}\t{y}\t{s}"),
        named('"x","y","stroke"', '"{n}",{x},{y},{s}', 1067),
        named("\tx\ty\tstroke", "{n}\t{x}\t{y}\t{s}", 0),  # to_csv of pandas
        named("    x  y  stroke", "{n}   {x}  {y}  {s}", 0),
        named(",x,y,stroke", "{n},{x},{y},{s}", 0),
        named("stroke,x,y", "{n},{s},{x},{y}"),
        named("x,y,stroke", "row {n},{x},{y},{s}"),
    ],
)
def test_names_of_rows(text):
    ink = read(text)
    assert_is_line(ink)
    assert notes(ink) == []


def test_rows_with_a_value_too_many_at_the_end():
    ink = read(named("t,x,y,stroke", "{n},{x},{y},{s},0.5"))
    assert_is_line(ink)
    assert len(ink.t) == 11
    assert notes(ink) == [
        "the last values of the rows were dropped: the first line names 4 columns, and the rows have 5 values"
    ]
    assert notes(read(named("x,y,stroke", "{x},{y},{s},"))) == []


def test_a_header_that_begins_with_a_tab_in_vain():
    assert_is_line(read(table("\tx\ty\tstroke", between("", "{x}\t{y}\t{s}"))))


GROUPED = {
    "German": (";", ["998,0", "1.002,5", "1.234.567,0"], [998, 1002.5, 1234567]),
    "English": (";", ["998.0", "1,002.5", "-1,234,567"], [998, 1002.5, -1234567]),
    "French": (";", ["998,0", "1\u202f002,5", "1\u00a0234\u00a0567"], [998, 1002.5, 1234567]),
    "Swiss": (";", ["998.0", "1'002.5", "1\u2019234"], [998, 1002.5, 1234]),
    "quoted": (",", ["998", '"1,002"', "999", '"1,001"'], [998, 1002, 999, 1001]),
    "German whole numbers": (";", ["998", "1.002", "999", "1.001"], [998, 1002, 999, 1001]),
    "decimals": (";", ["1,5", "1,002", "2", "1,001"], [1.5, 1.002, 2, 1.001]),
    "three decimals": (";", ["12", "12.345", "13", "12.678"], [12, 12.345, 13, 12.678]),
    "three decimals of a comma": (";", ["12", "12,345", "13", "12,678"], [12, 12.345, 13, 12.678]),
    "all with three decimals": (";", ["1,002", "1,003"], [1.002, 1.003]),
}


@pytest.mark.parametrize("name", GROUPED)
def test_marks_of_thousands(name):
    separator, values, numbers = GROUPED[name]
    rows = "".join(f"{value}{separator}5{separator}1\n" for value in values)
    ink = read(f"x{separator}y{separator}stroke\n{rows}")
    assert ink.x.tolist() == numbers
    assert notes(ink) == []


def test_a_mark_of_thousands_holds_for_all_columns():
    assert decimal_marks.normalise([["998", "1.002"], ["5.000", "5.001"], ["0.125", "2"]]) == [
        ["998", "1002"], ["5000", "5001"], ["0.125", "2"],
    ]  # fmt: skip


def test_a_damaged_number_is_shown_as_in_the_file():
    with pytest.raises(InkError, match="x='1,2,3' is not a number"):
        read("x;y\n1,2,3;4\n")


@pytest.mark.parametrize(
    "line",
    ["# stroke", "PENUP", "penup,penup", "---", "Pen Up", "> segment 2", "x,y", "stroke end"],
)
def test_lines_between_strokes(line):
    ink = read(table("x,y", between(f"{line}\n", "{x},{y}")))
    assert_is_line(ink)
    assert notes(ink) == []


def test_an_unknown_word_between_strokes_is_noted():
    ink = read(table("x,y", between("calibrated\n", "{x},{y}")))
    assert_is_line(ink)
    assert notes(ink) == [
        "the line 'calibrated' was dropped: it has no numbers; a new stroke was taken to begin after it"
    ]


def test_comments_do_not_separate_numbered_strokes():
    assert_is_line(read(table("x,y,stroke", lambda s, n, x, y: f"# point {n}\n{x},{y},{s}")))


def test_rows_of_zeros_between_strokes():
    strokes = [[(50 + 9 * s + n, 30 + n % 2) for n in range(8)] for s in range(3)]
    rows = "0,0\n".join("".join(f"{x},{y}\n" for x, y in stroke) for stroke in strokes)
    ink = read("x,y\n" + rows)
    assert [len(stroke) for stroke in ink.strokes] == [8, 8, 8]
    assert notes(ink) == [
        "the 2 (0, 0) points were dropped: they are far from all others, and were taken to separate strokes"
    ]
    assert len(read("x,y\n0,0\n1,1\n2,1\n1,1\n0,0\n1,2\n")) == 6  # the origin of the ink


@pytest.mark.parametrize(
    "head", ["x y time azimuth stroke", "11\nx y time azimuth stroke", "x y time azimuth stroke\n11"]
)
def test_names_between_spaces_of_which_one_is_unknown(head):
    assert_is_line(read(table(head, lambda s, n, x, y: f"{x} {y} {s + n / 100} 1800 {s}")))


def test_lines_before_the_names(tmp_path):
    (tmp_path / "a.csv").write_text(
        "Subject: x, y\nDate,2020-01-01\n\n" + table("x,y,stroke", between("", "{x},{y},{s}"))
    )
    ink = formats.read(tmp_path / "a.csv")
    assert_is_line(ink)
    assert notes(ink, "detail") == ["2 lines of metadata were left out"]


@pytest.mark.parametrize("count", ["", "3\n"])
@pytest.mark.parametrize("name", ["a.svc", "a.txt", "a.csv"])
def test_a_table_of_numbers_alone_is_told_what_it_lacks(tmp_path, name, count):
    (tmp_path / name).write_text(
        count + "403 539 0 1 1800 540 300\n396 530 0 1 1800 540 300\n389 522 10 1 1800 540 300\n1 2"
    )
    with pytest.raises(InkError, match="does not name the columns x and y; add a line of names before it"):
        formats.read(tmp_path / name)
