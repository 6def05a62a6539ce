"""Typed text of Excalidraw, tldraw and Rnote, and where it stands."""

from __future__ import annotations

import json
import math

import note_app_fixtures as apps
import pytest

from handwriting.errors import InkError
from handwriting.formats import read_document

LINE = [[(0.0, 10.0), (3.0, 2.0), (5.0, 11.0)], [(9.0, 2.0), (10.0, 12.0)]]


def document(data):
    return read_document(data if isinstance(data, bytes) else data.encode())


def texts(data):
    return [(page.number, line.text, line.box) for page in document(data).extras for line in page.texts]


def said(data):
    return [note.text for note in document(data).notes if note.severity != "detail"]


def text_shape(props, **more):
    shape = {
        "typeName": "shape",
        "type": "text",
        "id": "shape:t",
        "parentId": "page:p",
        "index": "b1",
        "x": 40,
        "y": 50,
    }
    return apps.tldr([*apps.tldraw_records(LINE), shape | {"props": props} | more])


def test_text_of_an_excalidraw():
    typed = {"type": "text", "x": 30, "y": 40, "fontSize": 10, "text": "first\nsecond line"}
    gone = typed | {"isDeleted": True, "text": "gone"}
    drawing = apps.excalidraw(LINE, [typed, gone])
    assert texts(drawing) == [(1, "first", (30, 40, 55, 52)), (1, "second line", (30, 52, 85, 64))]
    assert said(drawing) == []
    assert texts(apps.excalidraw([], [typed])) == texts(drawing)  # without any ink


def test_damaged_text_costs_itself_alone():
    drawing = apps.excalidraw(LINE, [{"type": "text", "text": "nowhere"}, {"type": "text", "x": 1, "y": 2, "text": 7}])
    assert texts(drawing) == []
    assert said(drawing) == ["1 damaged text was left out"]
    assert len(document(drawing).pages) == 1


@pytest.mark.parametrize(
    "props",
    [
        {"text": "one\ntwo", "size": "s"},
        {"richText": {"type": "doc", "content": [
            {"type": "paragraph", "content": [{"type": "text", "text": "o"}, {"type": "text", "text": "ne"}]},
            {"type": "paragraph", "content": [{"type": "text", "text": "two"}]}]}, "size": "m", "scale": 0.75},
        {"richText": {"type": "doc", "content": [{"type": "paragraph", "content": [
            {"type": "text", "text": "one"}, {"type": "hardBreak"}, {"type": "text", "text": "two"}]}]}, "size": "s"},
    ],
    ids=["plain", "rich", "break"],
)  # fmt: skip
def test_text_of_a_tldraw(props):
    drawing = text_shape(props)
    assert texts(drawing) == [
        (1, "one", (40, 50, 67, pytest.approx(71.6))),
        (1, "two", (40, pytest.approx(71.6), 67, pytest.approx(93.2))),
    ]
    assert said(drawing) == []


def test_text_in_a_turned_group():
    """By a quarter: what lies 10 to the right in the group lies 10 below its corner."""
    group = {"typeName": "shape", "id": "shape:g", "type": "group", "x": 100, "y": 200, "rotation": math.pi / 2}
    shape = {
        "typeName": "shape",
        "type": "note",
        "id": "shape:t",
        "parentId": "shape:g",
        "index": "b1",
        "x": 10,
        "y": 0,
    }
    drawing = apps.tldr(
        [*apps.tldraw_records(LINE), group | {"parentId": "page:p", "props": {}}, shape | {"props": {"text": "note"}}]
    )
    ((number, text, box),) = texts(drawing)
    assert (number, text) == (1, "note")
    assert box[:2] == pytest.approx((100, 210))


@pytest.mark.parametrize("props", [None, {}, {"text": 5}, {"richText": []}, {"richText": {"content": [5, None]}}])
def test_a_tldraw_text_without_text(props):
    assert texts(text_shape(props)) == []


def test_text_of_the_first_tldraw():
    drawing = json.loads(apps.tldraw_1(LINE))
    (page,) = drawing["document"]["pages"].values()
    page["shapes"]["t"] = {"id": "t", "type": "text", "point": [7, 8], "text": "typed", "style": {"size": "small"}}
    assert texts(json.dumps(drawing)) == [(1, "typed", (7, 8, 77, pytest.approx(41.6)))]


def text_stroke(text, x, y):
    return {"textstroke": {"text": text, "transform": {"affine": [1, 0, 0, 0, 1, 0, x, y, 1]},
                           "text_style": {"font_size": 10.0}}}  # fmt: skip


def test_text_of_an_rnote_is_on_its_page():
    extra = [text_stroke("on the first", 5, 30), text_stroke("on the second", 5, 70), {"textstroke": None}]
    notebook = apps.rnote(LINE, layout="fixed_size", extra=extra)
    assert texts(notebook) == [(1, "on the first", (5, 30, 65, 42)), (2, "on the second", (5, 20, 70, 32))]
    assert [(page.width, page.height) for page in document(notebook).extras] == [(100, 50), (100, 50)]
    assert said(notebook) == []
    flat = {"textstroke": {"text": "since 0.15", "affine": [1, 0, 0, 1, 5, 30], "text_style": {"font_size": 10.0}}}
    assert texts(apps.rnote(LINE, extra=[flat])) == [(1, "since 0.15", (5, 30, 55, 42))]
    with pytest.raises(InkError):
        read_document(json.dumps({"version": "0.15.0", "data": {"engine_snapshot": {}}}).encode())
