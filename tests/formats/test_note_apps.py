"""Excalidraw, tldraw, Obsidian Ink and Rnote: the same strokes in the layouts of each."""

from __future__ import annotations

import gzip
import json
import math

import note_app_fixtures as apps
import numpy as np
import pytest

from handwriting import formats
from handwriting.errors import InkError, NoInkError
from handwriting.ink import Ink

LINE = [
    [(10.0, 20.0), (12.5, 24.0), (11.0, 30.0), (14.0, 33.0), (18.0, 31.0)],
    [(20.0, 22.0), (22.0, 27.0)],
    [(25.0, 21.0), (26.0, 25.0), (30.5, 28.0)],
    [(33.0, 20.0)],
]
SIZES = [5, 2, 3, 1]
PRESSURE = [apps.pressure(n) for size in SIZES for n in range(size)]


def read(data: str | bytes) -> Ink:
    (page,) = formats.read_pages(data.encode() if isinstance(data, str) else data)
    return page.ink


def assert_is_line(ink: Ink, pressure: bool = True) -> None:
    assert np.diff([*ink.starts, len(ink)]).tolist() == SIZES
    assert ink.xy == pytest.approx(np.concatenate(LINE), abs=1e-6)
    assert ink.t is None
    assert ink.pressure is None if not pressure else ink.pressure == pytest.approx(PRESSURE)


def notes(ink: Ink, severity: str = "noted") -> list[str]:
    return sorted(note.text for note in ink.source.notes if note.severity == severity)


FILES = {
    "excalidraw": ("Excalidraw", apps.excalidraw(LINE)),
    **{name: ("tldraw", apps.tldr(apps.tldraw_records(LINE, segment))) for name, segment in apps.SEGMENTS.items()},
    "snapshot": ("tldraw", json.dumps(apps.tldraw_snapshot(apps.tldraw_records(LINE)))),
    "store": ("tldraw", json.dumps(apps.tldraw_snapshot(apps.tldraw_records(LINE))["document"])),
    "tldraw 1": ("tldraw", apps.tldraw_1(LINE)),
    "obsidian ink": ("tldraw", apps.obsidian_ink(apps.tldraw_records(LINE))),
    "obsidian svg": ("SVG", apps.obsidian_svg("tldraw", apps.tldraw_snapshot(apps.tldraw_records(LINE)))),
    "ink canvas": ("SVG", apps.obsidian_svg("ink-canvas", apps.ink_canvas(LINE))),
    **{f"rnote {v}": ("Rnote", apps.rnote(LINE, v)) for v in ("0.5.5", "0.5.13", "0.9.4", "0.15.0")},
}


@pytest.mark.parametrize("name", FILES)
def test_every_layout(name):
    format, data = FILES[name]
    data = data.encode() if isinstance(data, str) else data
    assert formats.find(data, "stdin").name == format
    ink = read(data)
    assert_is_line(ink, pressure=name != "flat differences")
    assert ink.source.units == "px"
    assert notes(ink) == []


# Excalidraw


def test_what_else_an_excalidraw_has():
    extra = [
        {"type": "rectangle", "x": 1, "y": 1, "width": 9, "height": 9}, {"type": "text", "text": "typed"},
        apps.freedraw([(0, 0), (9, 9)], isDeleted=True), apps.freedraw([(0, 25), (90, 26)], opacity=30, strokeWidth=20),
        apps.freedraw([(0, 0), (9, 9)], opacity=0),
        apps.freedraw([(0, 0), (9, 9)], customData={"strokeOptions": {"highlighter": True}}), None,
    ]  # fmt: skip
    ink = read(apps.excalidraw(LINE, extra))
    assert_is_line(ink)
    assert notes(ink) == [
        "1 invisible stroke was left out", "1 rectangle element was left out", "1 text element was left out",
        "2 highlighter strokes were left out",
    ]  # fmt: skip


def test_an_element_that_was_turned():
    """By a quarter about the center of its box, (1, 0): the points on the x axis come to lie on x = 1."""
    ink = read(apps.excalidraw([[(0, 0), (2, 0)]], angle=math.pi / 2))
    assert ink.xy == pytest.approx(np.array([[1, -1], [1, 1]]))


def test_simulated_pressure_is_none():
    assert_is_line(read(apps.excalidraw(LINE, simulatePressure=True)), pressure=False)
    assert_is_line(read(apps.excalidraw(LINE, pressures=[])), pressure=False)


def test_a_damaged_element_costs_itself_alone():
    extra = [apps.freedraw([(0, 0), (1, 1)], x="left"), apps.freedraw([(0, 0)], points=[[0]])]
    ink = read(apps.excalidraw(LINE, extra))
    assert_is_line(ink)
    assert [text.split(":")[0] for text in notes(ink, "lost")] == ["element 5 was left out", "element 6 was left out"]


def test_elements_without_a_drawing_around_them():
    """Excalidraw stores them like this in the browser."""
    elements = [
        {"id": "r", "type": "rectangle", "x": 1, "y": 1, "strokeColor": "#000", "versionNonce": 7},
        *json.loads(apps.excalidraw(LINE))["elements"],
    ]
    data = json.dumps(elements)
    assert formats.find(data.encode(), "elements.json").name == "Excalidraw"
    ink = read(data)
    assert_is_line(ink)
    assert notes(ink) == ["1 rectangle element was left out"]


def test_ink_of_older_versions():
    """Freehand lines had the type "draw" and neither pressure nor a mark that simulates it."""
    drawing = json.loads(apps.excalidraw(LINE, type="draw", versionNonce=7))
    for element in drawing["elements"]:
        del element["pressures"], element["simulatePressure"]
    ink = read(json.dumps(drawing))
    assert_is_line(ink, pressure=False)
    assert notes(ink) == []
    del drawing["type"]  # the elements alone show what it is
    assert_is_line(read(json.dumps(drawing)), pressure=False)


# tldraw


@pytest.mark.parametrize("wrapped", ["clipboard", "content", "records"])
def test_shapes_without_a_document(wrapped):
    """Shapes that were copied have no page, and the name of their page is the only trace of it."""
    shapes = apps.tldraw_records(LINE)[2:]
    content = {"shapes": shapes, "rootShapeIds": [shape["id"] for shape in shapes], "schema": {"schemaVersion": 2}}
    clip = {"type": "application/tldraw", "kind": "content", "data": content}
    data = json.dumps({"clipboard": clip, "content": content, "records": shapes}[wrapped])
    assert formats.find(data.encode(), "shapes.json").name == "tldraw"
    ink = read(data)
    assert_is_line(ink)
    assert notes(ink) == []


def test_a_shape_of_tldraw_1_that_was_turned():
    """By a quarter about the center of its box, (11, 20): a stroke along x comes to lie on x = 11."""
    drawing = json.loads(apps.tldraw_1([[(10.0, 20.0), (12.0, 20.0)]]))
    (shape,) = drawing["document"]["pages"]["page"]["shapes"].values()
    shape["rotation"] = math.pi / 2
    assert read(json.dumps(drawing)).xy == pytest.approx(np.array([[11, 19], [11, 21]]))


def test_shapes_in_turned_groups():
    """A stroke along x in a group that is turned by a quarter, at (10, 20): it runs along y."""
    records = apps.tldraw_records([[(0.0, 0.0), (2.0, 0.0)]])
    group = {"typeName": "shape", "id": "shape:g", "type": "group", "x": 10, "y": 20, "rotation": math.pi / 2}
    records[-1] |= {"parentId": "shape:g", "x": 5.0, "y": 0.0}
    records[-1]["props"] |= {"scaleX": 2, "scaleY": 1}
    ink = read(apps.tldr([*records, group | {"parentId": "page:p", "index": "a9", "props": {}}]))
    assert ink.xy == pytest.approx(np.array([[10, 25], [10, 29]]))


def test_what_else_a_tldraw_has():
    other = {"typeName": "shape", "type": "geo", "id": "shape:x", "parentId": "page:p", "index": "b1", "props": {}}
    lines = other | {"type": "writing-lines", "id": "shape:y"}
    marker = apps.tldraw_records([[(0.0, 25.0), (90.0, 26.0)]], kind="highlight")[-1] | {"id": "shape:h", "index": "a0"}
    ink = read(apps.tldr([*apps.tldraw_records(LINE), other, lines, marker]))
    assert_is_line(ink)
    assert notes(ink) == ["1 geo shape was left out", "1 highlighter stroke was left out"]
    with pytest.raises(NoInkError, match="4 highlighter strokes were left out"):
        read(apps.tldr(apps.tldraw_records(LINE, kind="highlight")))


def test_pages_of_a_tldraw():
    first, second = apps.tldraw_records(LINE), apps.tldraw_records(LINE[:1])
    for record in second[1:]:
        record["id"] += "2"
        record["parentId"] = "page:p2"
    pages = formats.read_pages(apps.tldr([*first, *second[1:]]).encode())
    assert [(page.number, len(page.ink.starts)) for page in pages] == [(1, 4), (2, 1)]


def test_pages_of_a_tldraw_are_in_the_order_of_their_index():
    """The record of the page with the index ``a0V`` comes after that of ``a1``, but as a text it comes first."""
    first, second = apps.tldraw_records(LINE), apps.tldraw_records(LINE[:1])
    second[1] |= {"id": "page:p2", "index": "a0V"}
    second[2] |= {"id": "shape:other", "parentId": "page:p2"}
    pages = formats.read_pages(apps.tldr([*first, *second[1:]]).encode())
    assert [(page.number, len(page.ink.starts)) for page in pages] == [(1, 1), (2, 4)]


@pytest.mark.parametrize(
    "segment",
    [
        {"path": "AAAA"},
        {"path": "?"},
        {"points": "AAA="},
        {"points": [1]},
        {"points": [{"x": 1}]},
        {},
        5,
        {"path": "\xe4"},
    ],
)
def test_a_damaged_shape_costs_itself_alone(segment):
    records = apps.tldraw_records([*LINE, [(1.0, 2.0), (3.0, 4.0)]])
    records[2]["props"]["segments"] = [segment]
    ink = read(apps.tldr(records))
    assert_is_line(ink)
    assert notes(ink, "lost")[0].startswith("stroke 5 on page 1 was left out: ")


# Rnote


def test_pages_of_an_rnote():
    below = [(1.0, 60.0), (2.0, 65.0)]
    pages = formats.read_pages(apps.rnote([*LINE, below], layout="continuous_vertical"))
    assert [(page.number, page.width, page.height) for page in pages] == [(1, 100, 50), (2, 100, 50)]
    assert_is_line(pages[0].ink)
    assert pages[1].ink.xy.tolist() == [[1, 10], [2, 15]]


def test_what_else_an_rnote_has():
    extra = [{"shapestroke": {}}, {"textstroke": {"text": "typed"}}, {"bitmapimage": {}}, {"vectorimage": {}}]
    ink = read(apps.rnote(LINE, extra=extra))
    assert_is_line(ink)
    assert notes(ink) == [
        "1 image was left out", "1 shape was left out", "1 text box was left out", "1 vector image was left out",
    ]  # fmt: skip
    with pytest.raises(NoInkError, match="4 highlighter strokes were left out"):
        read(apps.rnote(LINE, layer="highlighter"))


def test_curves_of_an_rnote():
    """A quadratic curve from (0, 0) by (1, 2) to (2, 0) has its top at (1, 1); the pressure is 0 to 1 along it."""
    start, end = {"pos": [0, 0], "pressure": 0}, {"pos": [2, 0], "pressure": 1}
    document = json.loads(gzip.decompress(apps.rnote([[(0, 0), (1, 1)]])))
    components = document["data"]["engine_snapshot"]["stroke_components"]
    path = {"start": start, "segments": [{"quadbezto": {"cp": [1, 2], "end": end}}]}
    components[1]["value"]["brushstroke"]["path"] = path
    ink = read(gzip.compress(json.dumps(document).encode()))
    assert len(ink) == 9
    assert ink.xy[[0, 4, 8]].tolist() == [[0, 0], [1, 1], [2, 0]]
    assert ink.pressure[[0, 4, 8]].tolist() == [0, 0.5, 1]
    path["segments"] = [{"cubbezto": {"cp1": [0, 1], "cp2": [2, 1], "end": end}}]
    assert read(gzip.compress(json.dumps(document).encode())).xy[4].tolist() == [1, 0.75]


def test_trash_of_an_old_rnote():
    document = json.loads(gzip.decompress(apps.rnote([*LINE, [(1, 1), (2, 2)]], "0.5.5")))
    trash = document["data"]["store_snapshot"]["trash_components"]
    trash[1] = {"value": {"trashed": True}, "version": 1}
    assert_is_line(read(gzip.compress(json.dumps(document).encode())))


def test_a_damaged_stroke_of_an_rnote_costs_itself_alone():
    extra = [{"brushstroke": {"path": {"segments": [{"lineto": {"end": {"pos": [1]}}}]}}}, {"brushstroke": 5}]
    ink = read(apps.rnote(LINE, extra=extra))
    assert_is_line(ink)
    assert [text.split(":")[0] for text in notes(ink, "lost")] == ["stroke 5 was left out", "stroke 6 was left out"]


@pytest.mark.parametrize("data", ['{"type": "excalidraw"}', '{"version": "1", "engine_snapshot": 1}'])
def test_documents_without_their_lists(data):
    with pytest.raises(InkError, match="without"):
        read(data)


def changed(data: str, **more) -> str:
    """A file of Excalidraw or tldraw with other properties of its strokes."""
    document = json.loads(data)
    for one in document.get("elements", document.get("records")):
        if one.get("typeName", "shape") == "shape":
            one.get("props", {}).update({key: more[key] for key in more if key.startswith("scale")})
            one.update({key: more[key] for key in more if not key.startswith("scale")})
    return json.dumps(document)


DRAWING, BOARD = apps.excalidraw(LINE), apps.tldr(apps.tldraw_records(LINE))


@pytest.mark.parametrize(
    ("data", "note"),
    [
        (changed(DRAWING, angle="turned"), 'the angle was dropped: "turned" is not a number'),
        (changed(DRAWING, angle=float("nan")), "the angle was dropped: NaN is not a number"),
        (changed(BOARD, rotation="turned"), 'the rotation was dropped: "turned" is not a number'),
        (changed(BOARD, scaleX="wide"), 'the scale was dropped: "wide" is not a number'),
    ],
)
def test_damaged_side_matter_of_boards_costs_no_ink(data, note):
    ink = read(data)
    assert_is_line(ink)
    assert notes(ink) == [note]
    assert_is_line(read(changed(BOARD, rotation=None, scaleX=None, scaleY=None)))


def test_strokes_of_boards_that_cannot_be_seen():
    clear = apps.freedraw([(1, 1), (9, 9)], strokeColor="transparent")
    assert_is_line(read(apps.excalidraw(LINE, [clear])))
    records = apps.tldraw_records(LINE)
    group = {"typeName": "shape", "id": "shape:g", "type": "group", "x": 0, "y": 0, "opacity": 0, "parentId": "page:p"}
    hidden = next(one for one in records if one["typeName"] == "shape") | {"id": "shape:h", "parentId": "shape:g"}
    ink = read(apps.tldr([*records, group, hidden]))
    assert_is_line(ink)
    assert notes(ink) == ["1 invisible stroke was left out"]
    notebook = json.loads(gzip.decompress(apps.rnote([*LINE, [(1, 1), (9, 9)]])))
    components = notebook["data"]["engine_snapshot"]["stroke_components"]
    components[1]["value"]["brushstroke"]["style"]["smooth"]["stroke_color"]["a"] = 0.0  # the last one comes first
    ink = read(json.dumps(notebook))
    assert_is_line(ink)
    assert notes(ink) == ["1 invisible stroke was left out"]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-8-sig"])
def test_boards_in_other_encodings(encoding):
    document = json.loads(DRAWING)
    late = json.dumps({"elements": document.pop("elements"), **document})  # its type comes last
    for data in (DRAWING, BOARD, late):
        assert_is_line(read(data.encode(encoding)))
