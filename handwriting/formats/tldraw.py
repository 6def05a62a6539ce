"""tldraw drawings (``.tldr``) and Obsidian Ink (``.writing``, ``.drawing``, and SVG with the ink in its metadata).

A tldraw document is a store of records; shapes of type ``draw`` are ink. A shape has a position, a rotation and a
parent, which may be a page or another shape. Its segments have points relative to it, in one of three forms: objects
with x, y and z (the pressure); ``points`` as base64 of three half-precision floats each; or ``path`` as base64 of a
first point in single precision and half-precision differences from point to point, with three values or, if ``dim`` is
2, with two. There is no time; pages and shapes are in the order of their ``index``, a text. Shapes that were copied
are a list without pages. Files of tldraw 1 have a list of points per shape, which is rotated about the center of its
box.

Newer versions of Obsidian Ink store plain strokes of [x, y, pressure] with an offset.

Sources: https://tldraw.dev, https://github.com/tldraw/tldraw (``TLDrawShape``, ``b64Vecs``),
https://github.com/daledesilva/obsidian_ink
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from lxml import etree

from handwriting.errors import InkError
from handwriting.formats import json, times, xml
from handwriting.formats.json_shapes import coordinates, describe
from handwriting.formats.strokes import Strokes
from handwriting.ink import Floats, Page, Source
from handwriting.limits import MAX_COORDINATE, check_shapes
from handwriting.notes import Notes

MARKS = (b'"tldrawFileFormatVersion"', b'"tldraw"', b'"tldrawVersion"', b'"application/tldraw"')
RECORD_MARKS = (b'"document:document"', b'"typeName":"shape"')
"""Parts of records, which may come after a long schema."""
WRAPPERS = ("tldraw", "document", "store", "records", "data", "shapes")
"""Keys under which the records are found, from the outermost to the innermost."""
METADATA_ELEMENTS = ("tldraw", "ink-canvas")
"""Elements of an SVG's metadata in which Obsidian Ink stores a drawing."""
PAPER_SHAPES = ("writing-lines", "writing-container", "handwriting-lines", "handwriting-container")
"""Shapes with which Obsidian Ink draws its paper."""
CONTAINERS = ("group", "frame")
MAX_DEPTH = 100

Shape = dict[str, Any]


def recognises(head: bytes) -> bool:
    start = b"".join(json.normalise_head(head).split())
    if start[:1] != b"{" and start[:2] != b"[{":
        return False
    if any(mark in start for mark in RECORD_MARKS):
        return True
    start = start[:2000]
    first = b'"document":{"id":' in start and b'"version":15' in start
    return start[:1] == b"{" and (first or any(mark in start for mark in MARKS))


def read(data: bytes, file: str, notes: Notes) -> list[Page]:
    """Read the pages of a document that have ink, in pixels."""
    return pages_of(json.parse(data, file, notes), file, notes)


def read_embedded(root: etree._Element, file: str, notes: Notes) -> list[Page] | None:
    """Read the ink in the metadata of an SVG drawing; return None if there is none."""
    for element in root.iterfind("{*}metadata/{*}*"):
        if xml.local_name(element) in METADATA_ELEMENTS and (text := (element.text or "").strip()):
            return pages_of(json.parse(text.encode(), file), file, notes)
    return None


def pages_of(document: Any, file: str, notes: Notes) -> list[Page]:
    """Return the pages of a parsed document in any of the layouts above."""
    document = _unwrap(document)
    if isinstance(document, dict) and isinstance(document.get("strokes"), list):
        return _page(
            [(number, _plain_points(s, file)) for number, s in enumerate(document["strokes"], 1)], file, notes, 1
        )
    pages: list[Page] = []
    for number, shapes in enumerate(shapes_of(document, file), 1):
        strokes = [(k, _drawn_points(shape, file)) for k, shape in enumerate(shapes, 1) if _is_ink(shape, notes)]
        pages += _page(strokes, file, notes, number)
    return pages


def shapes_of(document: Any, file: str) -> list[list[Shape]]:
    """Return the shapes of each page of a parsed document, in order.

    ``chain`` is added to each of them: the shape itself and the shapes around it.
    """
    document = _unwrap(document)
    if isinstance(document, dict) and isinstance(document.get("pages"), dict):
        sheets = [page for page in document["pages"].values() if isinstance(page, dict)]
        return [_version_1_shapes(page) for page in sorted(sheets, key=_child_index)]
    records = list(document.values()) if isinstance(document, dict) else document
    if not isinstance(records, list):
        raise InkError(f"{file}: a tldraw file without records; export the drawing again")
    shapes = [one for one in records if isinstance(one, dict) and one.get("typeName") == "shape"]
    check_shapes(len(shapes), file)
    by_id = {str(shape.get("id")): shape for shape in shapes}
    sheets = [one for one in records if isinstance(one, dict) and one.get("typeName") == "page"]
    found: dict[str, list[Shape]] = {str(sheet.get("id")): [] for sheet in sorted(sheets, key=_index)}
    for shape in sorted(shapes, key=_index):
        page, chain = _chain(shape, by_id)
        found.setdefault(page, []).append(shape | {"chain": chain})
    return list(found.values())


def _index(record: dict[str, Any]) -> str:
    return str(record.get("index", ""))


def corner(shape: Shape, file: str) -> tuple[float, float]:
    """Return the position, on its page, of the upper left corner of a shape of :func:`shapes_of`."""
    if "chain" not in shape:
        ((x, y),) = coordinates([shape.get("point", [None, None])], file)
        return float(x), float(y)
    point = np.zeros((1, 2))
    for one in shape["chain"]:
        point = _to_parent(point, one, file)
    return float(point[0, 0]), float(point[0, 1])


def _unwrap(document: Any) -> Any:
    for _ in range(4):  # {"tldraw": {"document": {"store": ...}}}
        if isinstance(document, dict):
            document = next((document[key] for key in WRAPPERS if key in document), document)
    return document


def _page(strokes: Sequence[tuple[int, Iterator[Floats]]], file: str, notes: Notes, number: int) -> list[Page]:
    """Return the strokes as a list of one page, or an empty list without ink.

    Each stroke is its number and an iterator of at most one array of x, y and pressure, with shape (n, 3).
    """
    gathered = Strokes(file, notes)
    for k, stroke in strokes:
        with notes.part(f"stroke {k} on page {number}"):
            for points in stroke:
                x, y, pressure = points.T
                gathered.add(x, y, None, pressure if np.isfinite(pressure).any() else None)
    ink = gathered.ink(Source(units="px", file=file))
    return [] if ink is None else [Page(ink, number=number)]


def _is_ink(shape: Shape, notes: Notes) -> bool:
    kind = str(shape.get("type"))[:30]
    visible = all(one.get("opacity") != 0 for one in shape.get("chain", [shape]))
    if kind == "draw" and visible:
        props = shape.get("props")
        props = props if isinstance(props, dict) else {}
        sides = {"rotation": shape.get("rotation"), "scale": props.get("scaleX"), "vertical scale": props.get("scaleY")}
        for name, value in sides.items():
            if value is not None and _optional_number(value) is None:
                notes.drop(f"the {name}", f"{describe(value)} is not a number")
        _note_look(props if "props" in shape else shape.get("style"), notes)
        return True
    if kind == "highlight":
        notes.count("highlighter stroke")
    elif kind == "draw":
        notes.count("invisible stroke")
    elif kind not in PAPER_SHAPES and kind not in CONTAINERS:
        notes.count(f"{kind} shape")
    return False


def _note_look(style: Any, notes: Notes) -> None:
    """Note the look of a shape where it differs from what either version draws by default."""
    style = style if isinstance(style, dict) else {}
    notes.count("stroke color", style.get("color", "black") != "black", "detail")
    notes.count("stroke width", style.get("size", "m") not in ("m", "small"), "detail")
    notes.count("dash pattern", style.get("dash") in ("dashed", "dotted"), "detail")
    notes.count("stroke fill", style.get("fill", "none") != "none" or style.get("isFilled") is True, "detail")


def _chain(shape: Shape, by_id: dict[str, Shape]) -> tuple[str, list[Shape]]:
    """Return the page of a shape, and the shape with the ones around it, the innermost first."""
    chain = [shape]
    while (parent := str(chain[-1].get("parentId"))) in by_id and len(chain) < MAX_DEPTH:
        chain.append(by_id[parent])
    return parent, chain


def _drawn_points(shape: Shape, file: str) -> Iterator[Floats]:
    """Yield the points of a drawn shape; one of tldraw 1 has no chain of shapes around it."""
    if "chain" not in shape:
        rotation = _optional_number(shape.get("rotation")) or 0.0
        for points in _plain_points(shape | {"offset": shape.get("point")}, file):
            xy = points[:, :2]
            center = (xy.min(axis=0) + xy.max(axis=0)) / 2
            points[:, :2] = _rotate(xy - center, rotation) + center
            yield points
        return
    props = shape.get("props")
    segments = props.get("segments") if isinstance(props, dict) else None
    if not isinstance(props, dict) or not isinstance(segments, list):
        raise InkError(f"{file}: a drawn shape without segments; export the drawing again")
    parts = [part for segment in segments if len(part := _parse_segment(segment, file))]
    if not parts:
        return
    points = np.concatenate(parts)
    points[:, :2] *= [
        1.0 if (scale := _optional_number(props.get(name))) is None else scale for name in ("scaleX", "scaleY")
    ]
    for one in shape["chain"]:
        points[:, :2] = _to_parent(points[:, :2], one, file)
    yield points


def _to_parent(points: Floats, shape: Shape, file: str) -> Floats:
    """Transform points of a shape to the coordinates of its parent: rotate them about its corner and move them."""
    ((x, y),) = coordinates([[shape.get("x", 0), shape.get("y", 0)]], file)
    return _rotate(points, _optional_number(shape.get("rotation")) or 0.0) + (x, y)


def _rotate(points: Floats, angle: float) -> Floats:
    """Rotate points with shape (n, 2) about the origin by an angle in radians."""
    cosine, sine = np.cos(angle), np.sin(angle)
    rotated: Floats = points @ np.array([[cosine, sine], [-sine, cosine]])
    return rotated


def _optional_number(value: Any) -> float | None:
    """Return an optional number, or None if it is missing or invalid."""
    valid = isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= MAX_COORDINATE
    return float(value) if valid else None


def _parse_segment(segment: Any, file: str) -> Floats:
    """Return x, y and pressure of a segment, with shape (n, 3)."""
    path, points = (segment.get(name) for name in ("path", "points")) if isinstance(segment, dict) else (None, None)
    if isinstance(path, str):
        size = 2 if segment.get("dim") == 2 else 3
        raw = _decode(path, file)
        if not raw:
            return np.empty((0, 3))
        if len(raw) < 4 * size or (len(raw) - 4 * size) % (2 * size):
            raise InkError(f"{file}: a path of {len(raw)} bytes, which ends within a point; export the drawing again")
        first = np.frombuffer(raw, "<f4", size).astype(np.float64)
        steps = np.frombuffer(raw, "<f2", offset=4 * size).astype(np.float64).reshape(-1, size)
        values = np.vstack([first, steps]).cumsum(axis=0)
        return values if size == 3 else np.column_stack([values, np.full(len(values), np.nan)])
    if isinstance(points, str):
        raw = _decode(points, file)
        if len(raw) % 6:
            raise InkError(f"{file}: points of {len(raw)} bytes, which end within a point; export the drawing again")
        return np.frombuffer(raw, "<f2").astype(np.float64).reshape(-1, 3)
    if isinstance(points, list) and all(isinstance(point, dict) for point in points):
        xy = coordinates([[point.get("x"), point.get("y")] for point in points], file)
        return np.column_stack([xy, times.parse_column([point.get("z") for point in points], 1.0)])
    raise InkError(f"{file}: {describe(segment)} is not a segment with points; export the drawing again")


def _decode(text: str, file: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise InkError(f"{file}: points {text[:20]!r} are not base64 ({error}); export the drawing again") from None


def _plain_points(stroke: Any, file: str) -> Iterator[Floats]:
    """Yield the points of a stroke of the newer Obsidian Ink."""
    points = stroke.get("points") if isinstance(stroke, dict) else None
    if not isinstance(points, list) or not all(isinstance(point, list) and len(point) >= 2 for point in points):
        raise InkError(f"{file}: {describe(stroke)} is not a stroke with points; export the drawing again")
    if points:
        yield _with_pressure(points, stroke.get("offset"), file)


def _with_pressure(points: list[Any], offset: Any, file: str) -> Floats:
    start = [offset.get("x", 0), offset.get("y", 0)] if isinstance(offset, dict) else offset or [0, 0]
    xy = coordinates([point[:2] for point in points], file) + coordinates([start], file)
    return np.column_stack([xy, times.parse_column([point[2] if len(point) > 2 else None for point in points], 1.0)])


def _version_1_shapes(page: dict[str, Any]) -> list[Shape]:
    """Return the shapes of a page of tldraw 1."""
    shapes = page.get("shapes")
    found = [shape for shape in shapes.values() if isinstance(shape, dict)] if isinstance(shapes, dict) else []
    return sorted(found, key=_child_index)


def _child_index(shape: Shape) -> float:
    index = shape.get("childIndex", 0)
    return float(index) if isinstance(index, int | float) else 0.0
