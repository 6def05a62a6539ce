"""JSON of other programs: times, tools, columns, a drawing a line."""

from __future__ import annotations

import json

import numpy as np
import pytest
from strangers import (
    LINE,
    SIZES,
    assert_is_line,
    canvas,
    notes,
    read,
)

from handwriting import formats
from handwriting.errors import InkError, TooLargeError


@pytest.mark.parametrize(
    ("stamp", "start"),
    [
        (lambda n: 10 * n, None),
        (lambda n: n / 100, None),
        (lambda n: 1_700_000_000_000 + 10 * n, 1.7e9),
        (lambda n: 1_700_000_000_000_000 + 10_000 * n, 1.7e9),
        (lambda n: 1_700_000_000_000_000_000 + 10_000_000 * n, 1.7e9),
        (lambda n: 1_700_000_000 + n / 100, 1.7e9),
        (lambda n: f"2023-11-14T22:13:20.{10 * n:03d}Z", 1.7e9),
        (lambda n: 10_000 * n, None),
        (lambda n: 1_700_000_000 + 10 * n, 1.7e6),
    ],
    ids=["ms", "s", "ms of 1970", "us of 1970", "ns of 1970", "s of 1970", "ISO", "us", "ms since the start"],
)
def test_units_of_time(stamp, start):
    ink = read(canvas(stamp))
    assert_is_line(ink)
    assert ink.t == pytest.approx(np.arange(11) / 100, abs=1e-5)
    assert ink.source.start_time == pytest.approx(start)
    assert notes(ink) == []


@pytest.mark.parametrize("bad", [None, "noon", [1], {}, 10**400, True])
def test_one_bad_time_costs_the_times(bad):
    ink = read(canvas(lambda n: bad if n == 3 else 10 * n))
    assert_is_line(ink)
    assert ink.t is None
    assert notes(ink) == ["the times were dropped: 10 of 11 points have a valid one"]


def test_side_matter_of_json():
    document = {"strokes": json.loads(canvas()), "width": "wide", "height": -3, "text": 5, "label": None, "units": []}
    document |= {"start": "soon", "unknown": {"x": 1}}
    for stroke in document["strokes"]:
        for point in stroke["points"]:
            point["p"] = "hard"
    ink = read(json.dumps(document))
    assert_is_line(ink)
    assert ink.pressure is None and ink.t is not None
    assert notes(ink) == [
        'the start time was dropped: "soon" is not a time',
        "the pressure was dropped: 0 of 11 points have a valid one",
        'the page size was dropped: "wide" is not a length',
    ]


@pytest.mark.parametrize(
    ("marks", "name"),
    [
        ({"type": "eraser"}, "eraser"),
        ({"pointerType": "eraser", "pointerId": 1}, "eraser"),
        ({"pointerType": "ERASER"}, "eraser"),
        ({"tool": "Eraser (area)"}, "eraser"),
        ({"compositeOperation": "destination-out"}, "eraser"),
        ({"drawMode": False}, "eraser"),
        ({"isEraser": True}, "eraser"),
        ({"penType": "highlighter"}, "highlighter"),
        ({"brush": "Highlighter"}, "highlighter"),
        ({"opacity": 0}, "invisible"),
        ({"eraser": 1}, "eraser"),
        ({"strokeType": "eraser"}, "eraser"),
        ({"style": {"tool": "Rubber"}}, "eraser"),
        ({"isDeleted": True}, "deleted"),
        ({"removed": True}, "deleted"),
        ({"ink": {"inkType": "com.apple.ink.highlighter"}}, "highlighter"),
        ({"tool": "marker", "opacity": 0.3}, "highlighter"),
        ({"visible": 0}, "invisible"),
        ({"color": "transparent"}, "invisible"),
    ],
)
@pytest.mark.parametrize("points", ["points", "pointers"])
def test_strokes_that_do_not_write(marks, name, points):
    strokes = json.loads(canvas(pointerType="PEN").replace("points", points))
    strokes.insert(2, {points: [{"x": 0, "y": 25, "t": 0}, {"x": 90, "y": 26, "t": 1}]} | marks)
    ink = read(json.dumps(strokes))
    assert_is_line(ink)
    assert notes(ink) == [f"1 {name} stroke was left out"]


@pytest.mark.parametrize(
    "names", [("type", "down", "move", "up"), ("event", "pointerdown", "pointermove", "pointerup")]
)
def test_a_flat_list_of_events(names):
    key, *events = names
    points = []
    for stroke in LINE:
        points += [{"x": x, "y": y, "t": 10 * n, key: events[min(n, 1)]} for n, (x, y) in enumerate(stroke)]
        points += [{"x": stroke[-1][0], "y": stroke[-1][1], "t": 99, key: events[2]}, {"x": 0, "y": 0, key: events[1]}]
    ink = read(json.dumps(points))
    assert len(ink.starts) == 4
    assert [len(stroke) - 1 for stroke in ink.strokes] == SIZES  # the pen is lifted where it was
    assert read(json.dumps([{"x": 1, "y": 2}, {"x": 3, "y": 4}])).starts.tolist() == [0]


def columns(times: bool = True) -> list:
    n = iter(range(99))
    return [[[x for x, _ in s], [y for _, y in s], *([[10 * next(n) for _ in s]] if times else [])] for s in LINE]


@pytest.mark.parametrize("times", [True, False])
@pytest.mark.parametrize("wrap", [
    lambda ink: ink, lambda ink: {"ink": ink}, lambda ink: {"drawing": ink, "word": "line"},
    lambda ink: {"requests": [{"writing_guide": {}, "ink": ink}], "itc": "en"},
])  # fmt: skip
def test_columns_of_google(times, wrap):
    ink = read(json.dumps(wrap(columns(times))))
    assert_is_line(ink)
    assert (ink.t is not None) == times


def test_points_are_not_taken_for_columns():
    for points in ([[1, 2, 0], [3, 4, 1], [5, 6, 2]], [[1, 2], [3, 4]], [[1, 2, 3]]):
        assert read(json.dumps([points, points])).xy[0].tolist() == [1, 2]


def test_a_drawing_a_line():
    line = json.dumps({"word": "line", "key_id": "1", "drawing": columns()})
    pages = formats.read_pages(f"\ufeff{line}\n{line}\n\n{line}\n".encode())
    assert [page.number for page in pages] == [1, 2, 3]
    for page in pages:
        assert_is_line(page.ink)
    damaged = formats.read_pages(f"{line}\n{line[:40]}\n{line}\n".encode())
    assert [page.number for page in damaged] == [1, 3]
    assert notes(damaged[0].ink, "lost")[0].startswith("page 2 was left out: damaged JSON")
    assert [page.number for page in formats.read_pages(f"{line[:40]}\n{line}\n".encode(), "JSON lines")] == [2]


POINTS = [[{"x": x, "y": y} for x, y in stroke] for stroke in LINE]
STROKES = [{"points": stroke} for stroke in POINTS]


@pytest.mark.parametrize(
    "document",
    [
        {"Strokes": STROKES},
        {"data": {"strokes": STROKES}},
        {"strokes": {f"stroke {k}": stroke for k, stroke in enumerate(STROKES)}},
        {"lines": [{"points": stroke, "brushRadius": 2} for stroke in POINTS], "width": 40},
        {"paths": POINTS},
        {"drawing": {"lines": STROKES}},
        {"pages": [{"strokes": STROKES}]},
        {"strokes": [None, *STROKES, {}, []]},
        {"strokes": [stroke | {"type": "pencil"} for stroke in STROKES]},
        [{"type": "path", "path": [{"location": point, "force": 1} for point in stroke]} for stroke in POINTS],
        [[[x, y, 0.5, 9, 0, 0] for x, y in stroke] for stroke in LINE],
        [{"X": x, "Y": y, "strokeId": k} for k, stroke in enumerate(LINE) for x, y in stroke],
    ],
)
def test_where_documents_have_their_strokes(document):
    ink = read(json.dumps(document))
    assert_is_line(ink)
    assert notes(ink) == []


@pytest.mark.parametrize(
    "document", [{"pages": [{"strokes": STROKES}] * 2}, [{"strokes": STROKES}] * 2, [{"drawing": columns()}] * 2]
)
def test_documents_of_several_pages(document):
    pages = formats.read_pages(json.dumps(document).encode())
    assert [page.number for page in pages] == [1, 2]
    for page in pages:
        assert_is_line(page.ink)


def test_commas_after_the_last_element():
    points = [[f'{{"x": {x}, "y": {y},}}' for x, y in stroke] for stroke in LINE]
    lists = "".join(f"[{', '.join(stroke)},\n], " for stroke in points)
    ink = read(f'{{"text": "a,] \\",}}", "strokes": [{lists}], }}')
    assert_is_line(ink)
    assert ink.source.text == 'a,] ",}'
    assert notes(ink) == []


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-32"])
def test_encodings_of_json(encoding):
    line = json.dumps({"drawing": columns()})
    for page in formats.read_pages(f"{line}\n{line}\n".encode(encoding)):
        assert_is_line(page.ink)


def test_too_many_strokes_are_refused_at_once():
    with pytest.raises(TooLargeError, match="strokes"):
        read("[" + "1," * 200_000 + "1]")


def test_lines_are_told_from_a_document_over_several_lines():
    assert formats.find(b'{"drawing": []}\n{"drawing": []}\n', "stdin").name == "JSON lines"
    for text in ('{"strokes": [\n{"points": []}\n]}', '{"strokes": []}\n', "[\n[1,\n2]]", '[{"x": 1}\n,{"x": 2}]'):
        assert formats.find(text.encode(), "stdin").name == "JSON"


def test_a_damaged_stroke_of_json_costs_itself_alone():
    strokes = json.loads(canvas())
    strokes[1:1] = [{"points": [{"x": "one", "y": 1}]}, 7, {"points": [{"x": 1}]}]
    ink = read(json.dumps(strokes))
    assert_is_line(ink)
    assert len(notes(ink, "lost")) == 3


def test_too_many_lines_are_refused_alone():
    """Not in the wake of the error that says that all lines together are no document."""
    with pytest.raises(InkError, match="5,001 pages") as raised:
        formats.read_pages(b'{"strokes": [[[1, 2]]]}\n' * 5001, "JSON lines")
    assert raised.value.__context__ is None
