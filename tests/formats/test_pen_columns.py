"""Columns that say where the pen is lifted: marks of single points, names that state their values, and bare tables."""

from __future__ import annotations

import json
from itertools import pairwise

import pytest
from strangers import notes, read

from handwriting.errors import InkError

# A pen that moves by about 1 on the paper, and by 10 and more in the air.
STROKES = [[(20 + 30 * s + n, 15.0 + n % 2) for n in range(6)] for s in range(4)]
AIR = [[(35 + 30 * s, 45.0), (35 + 30 * s, 30.0)] for s in range(4)]


def assert_is_recorded(ink):
    assert [len(stroke) for stroke in ink.strokes] == [6] * 4
    assert ink.xy.tolist() == [list(point) for stroke in STROKES for point in stroke]


def marked(name: str, first: str, then: str, last: str) -> str:
    """Return a table of the strokes with a column that has a value for the first, the last and the other points."""
    rows = [f"{x},{y},{first if n == 0 else last if n == 5 else then}" for s in STROKES for n, (x, y) in enumerate(s)]
    return "\n".join([f"x,y,{name}", *rows]) + "\n"


def recorded(name: str, down: str, air: str) -> str:
    """Return a table of the strokes with two points in the air after each stroke."""
    rows = []
    for stroke, moves in zip(STROKES, AIR, strict=True):
        rows += [f"{x},{y},{down}" for x, y in stroke] + [f"{x},{y},{air}" for x, y in moves]
    return "\n".join([f"x,y,{name}", *rows]) + "\n"


@pytest.mark.parametrize("name", ["dragging", "isDragging", "drag", "click_drag"])
def test_the_mouse_is_not_dragged_at_the_first_point_of_a_stroke(name):
    ink = read(marked(name, "false", "true", "true"))
    assert_is_recorded(ink)
    assert notes(ink) == []
    assert_is_recorded(read(recorded(name, "true", "false")))
    points = [[{"x": x, "y": y, name: n > 0} for n, (x, y) in enumerate(stroke)] for stroke in STROKES]
    assert_is_recorded(read(json.dumps([point for stroke in points for point in stroke])))
    assert_is_recorded(read(json.dumps(points)))


@pytest.mark.parametrize("name", ["pen_startmark", "stroke_start_flag", "stroke_bool", "stroke", "new_stroke"])
def test_marks_of_the_first_point(name):
    for yes, no in (("1", "0"), ("True", "False")):
        ink = read(marked(name, yes, no, no))
        assert_is_recorded(ink)
        assert notes(ink) == []


def test_a_column_of_strokes_that_says_yes_or_no():
    assert_is_recorded(read(marked("stroke", "0", "0", "1")))
    assert_is_recorded(read(recorded("stroke", "1", "0")))
    alternating = [f"{x},{y},{s % 2}" for s, stroke in enumerate(STROKES) for x, y in stroke]
    assert_is_recorded(read("\n".join(["x,y,stroke_bool", *alternating])))


def test_dots_beside_strokes_that_are_numbered_by_letter():
    rows = []
    for letter, stroke in enumerate(STROKES):
        rows += [f"{x},{y},{letter},0" for x, y in stroke] + [f"{stroke[0][0]},0,{letter},1"]
    assert [len(one) for one in read("\n".join(["x,y,letter,stroke", *rows])).strokes] == [6, 1] * 4


def test_the_pen_is_down_only_at_the_first_points():
    ink = read(marked("down", "1", "0", "0"))
    assert_is_recorded(ink)
    assert notes(ink) == [
        "the usual meaning of the column 'down' was dropped: each point at which the pen is down is single, and was "
        "taken to be the first of its stroke"
    ]


@pytest.mark.parametrize("name", ["pen_state_0down", "pen (0=down)", "pen (1=up)", "penDown0Up1"])
def test_a_name_that_says_that_zero_is_down(name):
    ink = read(recorded(name, "0", "1"))
    assert_is_recorded(ink)
    assert notes(ink) == []
    assert_is_recorded(read(recorded("pen (1=down)", "1", "0")))


@pytest.mark.parametrize(
    ("name", "down", "air"),
    [("penState", "PEN_DOWN", "PEN_UP"), ("contact", True, False), ("stift", "ja", "nein"), ("status", 1, -1)],
)
def test_points_of_strokes_in_json_say_it_like_tables(name, down, air):
    points = []
    for stroke, moves in zip(STROKES, AIR, strict=True):
        points += [{"x": x, "y": y, name: down} for x, y in stroke] + [{"x": x, "y": y, name: air} for x, y in moves]
    assert_is_recorded(read(json.dumps(points)))
    assert_is_recorded(read(json.dumps({"strokes": [{"points": points[:16]}, {"points": points[16:]}]})))


def bare(width: int, count: int | None = None, pen: int = 1) -> str:
    rows = []
    for stroke, moves in zip(STROKES, AIR, strict=True):
        for x, y in [*stroke, *moves]:
            row = (int(x), int(y), 10 * len(rows), pen * ((x, y) in stroke), 1800, 600, 300)
            rows.append(" ".join(map(str, row[:width])))
    return "\n".join([str(len(rows) if count is None else count), *rows]) + "\n"


@pytest.mark.parametrize("width", [4, 7])
def test_a_table_without_names_of_a_known_layout(width):
    ink = read(bare(width))
    assert_is_recorded(ink)
    assert ink.t[1] == pytest.approx(0.01)
    assert (ink.pressure is not None) == (width == 7)
    names = "x, y, the time, pen" + (", azimuth, altitude, pressure" if width == 7 else "")
    reason = f"its columns have no names, and were taken to be {names}"
    assert notes(ink) == [f"any other layout of the table was dropped: {reason}"]


@pytest.mark.parametrize("table", [bare(7, count=31), bare(7, pen=2), bare(6), bare(4).replace(" 20 ", " 0 ")])
def test_a_table_without_names_whose_layout_is_not_certain(table):
    with pytest.raises(InkError, match="does not name the columns x and y"):
        read(table)


@pytest.mark.parametrize(
    ("name", "first", "then", "last"),
    [("phase", "0", "1", "3"), ("dotType", "0", "1", "2"), ("action", "0", "2", "1"), ("code", "17", "18", "19")],
)
def test_numbers_of_events(name, first, then, last):
    ink = read(marked(name, first, then, last))
    assert_is_recorded(ink)
    meaning = f"{first!r} and {last!r} were taken to mark the first and the last point of each stroke"
    known = name in ("dotType", "action")
    assert notes(ink) == ([] if known else [f"any other meaning of the column {name!r} was dropped: {meaning}"])


def test_a_column_t_of_types():
    assert_is_recorded(read(marked("t", "M", "L", "L")))


def test_stroke_numbers_in_the_first_row_of_each_stroke():
    rows = [f"{s if n == 0 else ''},{n},{x},{y}" for s, stroke in enumerate(STROKES) for n, (x, y) in enumerate(stroke)]
    ink = read("\n".join(["stroke,point,x,y", *rows]))
    assert_is_recorded(ink)
    assert notes(ink) == []


def test_a_word_before_all_names():
    rows = [f"{int(x)},{int(y)},{n * 10},{n // 6}" for n, (x, y) in enumerate(p for s in STROKES for p in s)]
    ink = read("\n".join(["pkX,pkY,pkTime,pkStroke", *rows]))
    assert_is_recorded(ink)
    assert ink.t is not None


def test_times_of_two_points_each_do_not_number_strokes():
    rows = [f"{x},{y},{n * 10 // 20 * 20}" for n, (x, y) in enumerate(p for s in STROKES for p in s)]
    ink = read("\n".join(["x,y,clock", *rows]))
    assert len(ink.starts) == 1
    assert "the column 'clock' was dropped" in notes(ink)[0]


@pytest.mark.parametrize(
    "names", ["x0,y0,x1,y1", "startX,startY,endX,endY", "prevX,prevY,x,y", "pmouseX,pmouseY,mouseX,mouseY"]
)
def test_lines_from_point_to_point(names):
    rows = [f"{a},{b},{c},{d},red" for stroke in STROKES for (a, b), (c, d) in pairwise(stroke)]
    ink = read("\n".join([f"{names},color", *rows]))
    assert_is_recorded(ink)
    assert notes(ink) == []
    with pytest.raises(InkError, match="does not name the columns x and y"):  # boxes
        read("x1,y1,x2,y2\n" + "\n".join(f"{n},{n},{n + 5},{n + 9}" for n in range(9)))


def test_pauses_separate_strokes_if_nothing_else_does():
    rows = [f"{x},{y},{s + n * 0.01:.2f}" for s, stroke in enumerate(STROKES) for n, (x, y) in enumerate(stroke)]
    ink = read("\n".join(["x,y,t", *rows]))
    assert_is_recorded(ink)
    assert notes(ink) == ["the 3 pauses were dropped: nothing else separates the strokes, and they were taken to do so"]
    still = [f"{n},0,{n // 6 + n * 0.01:.2f}" for n in range(24)]  # the pen goes on where it paused
    assert len(read("\n".join(["x,y,t", *still])).starts) == 1
    assert len(read("\n".join(["x,y,t,stroke", *(f"{row},1" for row in rows)])).starts) == 1


def test_rows_in_another_order():
    rows = [
        (f"{x},{y},{s + n * 0.01:.2f},{s}", n, s) for s, stroke in enumerate(STROKES) for n, (x, y) in enumerate(stroke)
    ]
    shuffled = [rows[7 * n % len(rows)][0] for n in range(len(rows))]
    for other in ([row for row, *_ in rows[::-1]], shuffled):
        ink = read("\n".join(["x,y,t,stroke", *other]))
        assert_is_recorded(ink)
        assert ink.t[1] == pytest.approx(0.01)
        assert notes(ink) == ["the row order was dropped: their times are not in it, and they were sorted by time"]
    by_point = sorted(rows, key=lambda row: row[1:])
    ink = read("\n".join(["x,y,clock,stroke", *(row for row, *_ in by_point)]))
    assert_is_recorded(ink)
    assert notes(ink)[0].endswith("the stroke changes from row to row, and they were sorted by stroke")


def test_times_that_begin_again_with_each_stroke():
    rows = [f"{x},{y},{n / 100},{s}" for s, stroke in enumerate(STROKES) for n, (x, y) in enumerate(stroke)]
    ink = read("\n".join(["x,y,t,stroke", *rows]))
    assert_is_recorded(ink)
    assert notes(ink) == []
