"""Find the pages and the strokes of a JSON document, whatever its shape, and leave out what is not writing."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import chain, islice
from typing import Any

import numpy as np

from handwriting.errors import InkError
from handwriting.formats import jsignature
from handwriting.formats.column_names import plain
from handwriting.formats.json_canvas import canvas_strokes, is_canvas
from handwriting.formats.json_lifts import separate_air
from handwriting.formats.json_offsets import are_offsets, sketches
from handwriting.formats.json_points import is_point, point_keys, point_values
from handwriting.formats.json_rows import unroll
from handwriting.formats.json_segments import segment
from handwriting.formats.json_shapes import has_columns, is_jiix, jiix_strokes, separate
from handwriting.formats.json_strokes import (
    CONTAINER_KEYS,
    MAX_DEPTH,
    STROKE_KEYS,
    Stroke,
    find_strokes,
    holds_strokes,
    points_of,
    strokes_in,
    without_strokes,
)
from handwriting.formats.json_tables import table_points
from handwriting.formats.json_tools import left_out
from handwriting.formats.json_transforms import place
from handwriting.formats.point_table import PointTable
from handwriting.limits import MAX_STROKES, check_points
from handwriting.notes import Notes

PAGES = ("pages", "sheets", "slides", "samples", "drawings", "documents")
"""Plain names of the property of a document that holds its pages."""
BLACK = ("#000000", "#000", "black", "")
MAX_COLUMNS = 40
"""Maximum number of properties of a point that are considered in a flat list of points."""


def join_lines(documents: list[tuple[int, Any]]) -> list[tuple[int, Any]]:
    """Return the documents of the lines of a file, or a single document if each line is only a point or a stroke."""
    lines = [document for _, document in documents]
    if len(lines) < 2:
        return documents
    are_points = all(map(_is_flat_point, lines))
    are_lists = all(
        isinstance(line, list) and line and isinstance(line[0], list) and is_point(line[0]) for line in lines
    )
    are_strokes = all(
        isinstance(line, dict)
        and not {plain(name) for name in line} & {*CONTAINER_KEYS, "text", "label", "word"}
        and points_of(line) is not None
        for line in lines
    )
    return [(1, lines)] if are_points or are_lists or are_strokes else documents


def split_pages(number: int, document: Any) -> Iterator[tuple[int, Any]]:
    """Yield the pages of a document, each of which is a document itself, numbered from the number of the document."""
    if isinstance(document, dict):
        inside = next((document[name] for name in document if plain(name) in PAGES), None)
        sheets = inside if isinstance(inside, list) else []
        are_pages = any(isinstance(sheet, dict | list) and holds_strokes(sheet) for sheet in sheets)
    elif isinstance(document, list) and len(drawings := sketches(document) or []) > 1:
        sheets = [{"strokes": [stroke.tolist() for stroke in drawing]} for drawing in drawings]
        are_pages = True
    else:
        sheets = document if isinstance(document, list) else []
        keys = ("strokes", "drawing", "ink")
        are_pages = len(sheets) > 1 and all(
            isinstance(sheet, dict)
            and (is_canvas(sheet) or _is_sheet(sheet) or any(isinstance(sheet.get(key), list) for key in keys))
            for sheet in sheets
        )
    yield from enumerate(sheets, number) if are_pages else [(number, document)]


def _is_sheet(drawing: dict[str, Any]) -> bool:
    """Return whether an object of strokes has the width and the height of a page."""
    has_size = all(isinstance(drawing.get(name), int | float) for name in ("width", "height"))
    return has_size and points_of(drawing) is None and bool(strokes_in(drawing))


def read_strokes(document: Any, file: str, notes: Notes) -> list[Stroke] | PointTable:
    """Return the strokes of a document in any shape, without those that are not writing; or its points, as a table.

    Raises :class:`InkError` if there are none.
    """
    if (signature := jsignature.strokes(document, file)) is not None:
        return [Stroke({}, stroke) for stroke in signature]
    if (points := table_points(document)) is not None:
        check_points(len(points), file)
        return _point_table(points, file)
    if is_jiix(document, STROKE_KEYS):
        return [Stroke({}, rows) for rows in jiix_strokes(document, file)]
    columns = False
    outer: list[Any] = []
    for _ in range(MAX_DEPTH):  # {"requests": [{"ink": {"strokes": [...]}}]}
        container = document[0] if isinstance(document, list) and len(document) == 1 else document
        if (drawn := canvas_strokes(container, file, notes)) is not None:
            return _without_others(drawn, [*outer, container], notes)
        found = strokes_in(container) if isinstance(container, dict) else None
        if found is None:
            break
        if (
            isinstance(found, list) and found and found[0] is container
        ):  # the document is a single stroke, or the points of several
            points = points_of(container)
            is_flat = container is document and isinstance(points, list) and any(map(_is_flat_point, points))
            document = points if is_flat else [container]
            break
        columns |= _is_google(container)
        outer.append(container)
        document = found
    if not isinstance(document, list):
        if (inside := _document_in_text(document)) is not None:
            return read_strokes(inside, file, notes)
        raise without_strokes(document, file)
    points = [point for point in document if point is not None]
    if points and all(pieces := [segment(point) for point in points]):
        return [Stroke({}, piece) for piece in pieces]
    if points and all(map(_is_flat_point, points)):
        _check_positions(points, file)
        return _point_table(document, file)
    if (drawings := sketches(document)) is not None:
        if len(drawings) > 1:
            raise InkError(f"{file}: {len(drawings)} drawings of offsets inside an object; write a list of drawings")
        return [Stroke({}, points.tolist()) for points in drawings[0]]
    if has_columns(document, columns):
        return [Stroke({}, dict(zip("xytp", stroke, strict=False))) for stroke in document]
    strokes = list(islice(find_strokes(separate(document), notes), MAX_STROKES + 1))
    check_points(1, file, len(strokes))
    _check_positions(list(chain.from_iterable(stroke.points for stroke in strokes)), file)
    strokes = _without_others(strokes, outer, notes)
    _count_looks(strokes, notes)
    return place(separate_air(unroll(strokes), notes))


def _without_others(strokes: Sequence[Stroke], outer: Sequence[Any], notes: Notes) -> list[Stroke]:
    """Return the strokes that are writing; the others are counted in ``notes``."""
    others = left_out([stroke.marks for stroke in strokes], [one for one in outer if isinstance(one, dict)])
    for other in others:
        if other is not None:
            notes.count(other)
    return [stroke for stroke, other in zip(strokes, others, strict=True) if other is None]


def _count_looks(strokes: Sequence[Stroke], notes: Notes) -> None:
    for stroke in strokes:
        color = stroke.marks.get("color")
        notes.count("stroke color", isinstance(color, str) and color not in BLACK, "detail")
        notes.count("stroke width", stroke.marks.get("width") is not None, "detail")


def _document_in_text(document: Any) -> Any:
    """Return the document in the only text of an object that is JSON itself; None if there is none."""
    texts = [value for value in document.values() if isinstance(value, str)] if isinstance(document, dict) else []
    found = []
    for text in texts:
        if text.lstrip()[:1] in ("{", "["):
            with suppress(ValueError, RecursionError):
                found.append(json.loads(text))
    return found[0] if len(found) == 1 else None


def _is_google(container: dict[str, Any]) -> bool:
    """Return whether this is a drawing of Quick, Draw! or a request of Google's input tools: both have columns only."""
    is_drawing = isinstance(container.get("drawing"), list) and ("word" in container or "key_id" in container)
    return is_drawing or (isinstance(container.get("ink"), list) and "writing_guide" in container)


def _check_positions(points: list[Any], file: str) -> None:
    """Raise :class:`InkError` if points with ``dx`` and ``dy`` are steps, and not positions as Flutter has them."""
    named = [point_values(point)[:2] for point in points if isinstance(point, dict) and "dx" in point]
    are_numeric = bool(named) and set(map(type, chain.from_iterable(named))) <= {int, float}
    if are_numeric and are_offsets([np.array(named, dtype=np.float64)]):
        raise InkError(f"{file}: dx and dy are steps from point to point; ink needs positions: add them up")


def _is_flat_point(point: Any) -> bool:
    """Return whether this is a point, of which a flat list is a table, and not a stroke."""
    if not isinstance(point, dict):
        return False
    x, y = point_values(point)[:2]
    return not isinstance(x, list | dict | None) and not isinstance(y, list | dict | None) and points_of(point) is None


def _point_table(document: Sequence[dict[str, Any] | None], file: str) -> PointTable:
    """Return a flat list of points, in which events, numbers or None separate the strokes, as a table."""
    document = [point if point is None else _flatten(point) for point in document]
    points = [point for point in document if point is not None]
    gaps = np.cumsum([point is None for point in document])[[point is not None for point in document]]
    names = list(dict.fromkeys(name for point in points for name in point))[:MAX_COLUMNS]
    rows = [["" if point.get(name) is None else str(point[name])[:60] for name in names] for point in points]
    return PointTable(names, rows, gaps.tolist(), file)


def _flatten(point: dict[str, Any]) -> dict[str, Any]:
    """Return a point with its coordinates under the names x and y, if they have other names or are in an object."""
    keys = point_keys(tuple(point))
    if keys.x is not None and keys.y is not None and not {keys.x, keys.y} & {"dx", "dy"}:
        return point
    x, y, t, p = point_values(point)
    found = {"x": x, "y": y, "t": t, "pressure": p}
    return {name: value for name, value in found.items() if value is not None} | {
        name: value for name, value in point.items() if not isinstance(value, list | dict) and name not in keys
    }
