"""Tables of other programs: what their values mean, which no name or number says in the usual way."""

from __future__ import annotations

import pytest
from strangers import LINE, SIZES, assert_is_line, between, notes, read, table

from handwriting import formats
from handwriting.errors import InkError

# A pen that moves by about 1 on the paper, and by 10 and more in the air.
STROKES = [[(20 + 30 * s + n, 15.0 + n % 2) for n in range(6)] for s in range(4)]


def recorded(name: str, down: str, air: str) -> str:
    """Return a table with four strokes of six points, and two points in the air after each stroke."""
    rows = []
    for s, stroke in enumerate(STROKES):
        rows += [f"{x},{y},{down}" for x, y in stroke]
        rows += [f"{35 + 30 * s},{45 - 15 * n},{air}" for n in range(2)]
    return "\n".join([f"x,y,{name}", *rows]) + "\n"


def assert_is_recorded(ink):
    assert [len(stroke) for stroke in ink.strokes] == [6] * 4
    assert ink.xy.tolist() == [list(point) for stroke in STROKES for point in stroke]


@pytest.mark.parametrize(
    ("down", "air"),
    [
        ("Pen-Down", "Pen-Up"), ("WAHR", "FALSCH"), ("VRAI", "FAUX"), ("VERDADERO", "FALSO"), ("ja", "nein"),
        ("Tip Down", "Tip Up"), ("D", "U"), ("Touching", "Hovering"), ("InContact", "InRange"), ("Touch", "NoTouch"),
        ("on-paper", "in-air"), ("draw", "move"), ("1", "-1"), ("0x1", "0x0"), ("1", ""),
    ],
)  # fmt: skip
def test_values_of_a_pen_column(down, air):
    for name in ("pen", "state", "isDrawing", "leftButton"):
        ink = read(recorded(name, down, air))
        assert_is_recorded(ink)
        assert notes(ink) == []


@pytest.mark.parametrize(("down", "air"), [("1", "2"), ("2", "1"), ("S", "A"), ("ok", "jump")])
@pytest.mark.parametrize("name", ["state", "something"])
def test_unknown_values_are_inferred_from_the_moves_of_the_pen(name, down, air):
    ink = read(recorded(name, down, air))
    assert_is_recorded(ink)
    reason = f"{air!r} in the column {name!r} was taken to mean in the air, because the pen moves further there"
    assert notes(ink) == [f"the 8 in-air points were dropped: {reason}"]


def test_unknown_values_are_not_inferred_where_the_pen_does_not_move_further():
    rows = [f"{n},{n % 2},{'ab'[n // 5 % 2]}" for n in range(40)]
    ink = read("x,y,state\n" + "\n".join(rows))
    assert [len(stroke) for stroke in ink.strokes] == [40]
    remedy = "write 1 where the pen is down, and 0 in the air"
    assert notes(ink) == [f"the column 'state' was dropped: its values 'a' and 'b' are unknown; {remedy}"]


def test_an_unknown_state_beside_stroke_numbers_is_noted():
    ink = read(table("x,y,stroke,state", lambda s, n, x, y: f"{x},{y},{s},{'good' if n else 'bad'}"))
    assert_is_line(ink)
    assert notes(ink)[0].startswith("the column 'state' was dropped: its values 'bad' and 'good' are unknown")
    assert notes(read("x,y,stroke,pen\n1,2,1,pencil\n3,4,1,marker\n")) == []
    assert notes(read("x,y,stroke,buttons\n1,2,1,1\n3,4,1,2\n")) == []


@pytest.mark.parametrize(
    ("first", "then"), [("moveTo", "lineTo"), ("PointType.tap", "PointType.move"), ("M", "L"), ("first", "next")]
)
@pytest.mark.parametrize("name", ["event", "type"])
def test_words_for_the_first_point(name, first, then):
    ink = read(table(f"x,y,{name}", lambda s, n, x, y: f"{x},{y},{then if n else first}"))
    assert_is_line(ink)
    assert notes(ink) == []


@pytest.mark.parametrize(
    ("first", "then", "last", "which"), [("dot", "line", "line", "first"), ("in", "in", "final", "last")]
)
def test_an_unknown_rare_word_marks_the_first_or_last_points(first, then, last, which):
    def word(s, n):
        return last if n == 5 else then if n else first

    ink = read(
        "x,y,event\n"
        + "".join(f"{x},{y},{word(s, n)}\n" for s, st in enumerate(STROKES) for n, (x, y) in enumerate(st))
    )
    assert_is_recorded(ink)
    rare = first if which == "first" else last
    reason = f"it was taken to mark the {which} point of each stroke"
    assert notes(ink) == [f"any other meaning of {rare!r} in the column 'event' was dropped: {reason}"]


def test_taps_at_both_ends_of_a_stroke():
    rows = [f"{x},{y},{'move' if 0 < n < 5 else 'tap'}" for stroke in STROKES for n, (x, y) in enumerate(stroke)]
    assert_is_recorded(read("x,y,type\n" + "\n".join(rows)))


def test_unknown_events_that_mark_nothing_are_noted():
    ink = read("x,y,event\n1,2,a\n3,4,b\n5,6,c\n7,8,a\n")
    assert [len(stroke) for stroke in ink.strokes] == [4]
    assert notes(ink) == [
        "the column 'event' was dropped: its values 'a' and 'b' and 1 more are unknown; write down, move and up"
    ]


def test_a_pen_column_that_marks_the_last_points():
    ink = read(table("x,y,pen", lambda s, n, x, y: f"{x},{y},{int(n == SIZES[s] - 1)}"))
    assert_is_line(ink)
    assert notes(ink)[0].startswith("the usual meaning of the column 'pen' was dropped: each point at which")


@pytest.mark.parametrize("missing", ["", "NaN"])
def test_a_pressure_that_is_missing_in_the_air(missing):
    ink = read(recorded("pressure", "0.5", missing))
    assert_is_recorded(ink)
    assert ink.pressure.tolist() == [0.5] * 24
    assert notes(ink)[0].startswith("the 8 in-air points were dropped: no value in the column 'pressure'")


@pytest.mark.parametrize(
    "name", ["NormalPressure", "Normalized Pressure", "pressure_raw", "rawPressure", "Pressure_N", "Stiftdruck"]
)
def test_names_of_the_pressure(name):
    ink = read(recorded(name, "0.5", "0"))
    assert_is_recorded(ink)
    assert ink.pressure.tolist() == [0.5] * 24


@pytest.mark.parametrize(
    ("x", "y"),
    [
        ("pen_x", "pen_y"),
        ("mouseX", "mouseY"),
        ("x_raw", "y_raw"),
        ("x_cm", "y_cm"),
        ("х", "у"),
        ("X-Achse", "Y-Achse"),
    ],
)
def test_names_of_the_coordinates(x, y):
    assert_is_line(read(table(f"{x},{y},stroke", between("", "{x},{y},{s}"))))


def test_differences_and_ends_of_lines_are_no_coordinates(tmp_path):
    for names in ("dx,dy", "x1,y1,x2,y2", "tiltX,tiltY"):
        (tmp_path / "a.csv").write_text(f"{names}\n1,2\n")
        with pytest.raises(InkError, match="does not name the columns x and y"):
            formats.read(tmp_path / "a.csv")


ERASERS = {
    "buttons": ("pointerType,buttons", "pen,1", "pen,32"),
    "Android": ("action,toolType", "2,2", "2,4"),
}


@pytest.mark.parametrize("name", ERASERS)
def test_erasers_by_number(name):
    names, pen, eraser = ERASERS[name]
    rows = "".join(f"{x},{y},{s},{pen}\n" for s, stroke in enumerate(LINE) for x, y in stroke)
    ink = read(f"x,y,stroke,{names}\n{rows}1,2,9,{eraser}\n3,4,9,{eraser}\n")
    assert_is_line(ink)
    assert notes(ink) == ["1 eraser stroke was left out"]


def test_white_lines_among_dark_ink():
    rows = table("x,y,stroke,color", between("", "{x},{y},{s},#003"))
    ink = read(rows + "1,2,9,#FFFFFF\n3,4,9,#FFFFFF\n")
    assert_is_line(ink)
    assert notes(ink) == ["1 white stroke was left out"]
    assert len(read(rows.replace("#003", "yellow") + "1,2,9,white\n").starts) == 5  # on a dark ground
    assert_is_line(read(rows.replace("#003", "white")))


def test_a_Japanese_table_in_its_own_encoding():
    assert_is_recorded(read(recorded("筆圧", "0.5", "0").encode("cp932")))
    assert_is_line(read(table("x,y,штрих", between("", "{x},{y},{s}")).encode("cp1251")))
