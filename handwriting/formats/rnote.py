"""Rnote notebooks (``.rnote``) of versions 0.5 to 0.15: gzipped JSON with a snapshot of the program's state.

Brush strokes are ink: a path of lines and Bézier curves with the pressure at their ends. Those of the marker are on the
layer of highlighters and are left out, as are shapes, text and pictures, with a note. Strokes are in the order in which
they were drawn. A document with pages of a fixed size is cut into them; on an infinite canvas all is one page. Lengths
are in pixels of the document's resolution. There is no time.

Source: https://github.com/flxzt/rnote (``rnote-engine/src/fileformats``, ``rnote-compose/src/penpath``)
"""

from __future__ import annotations

from typing import Any

import numpy as np

from handwriting.errors import InkError
from handwriting.formats import json, times
from handwriting.formats.json_shapes import coordinates, shown
from handwriting.formats.strokes import Strokes
from handwriting.ink import Floats, Page, Source
from handwriting.limits import MAX_COORDINATE, MAX_PAGES, MAX_UNPACKED, check_points
from handwriting.notes import Notes

MOST = MAX_UNPACKED
MARKS = (b'"engine_snapshot"', b'"store_snapshot"', b'"stroke_components"')
OTHERS = {"shapestroke": "shape", "textstroke": "text box", "vectorimage": "vector image", "bitmapimage": "image"}
PAGED = ("fixed_size", "fixed-size", "continuous_vertical", "continuous-vertical")
"""Layouts in which pages of one format follow each other from top to bottom."""
STEPS = 8
"""Points that a Bézier curve of a path becomes."""

Row = tuple[float, float, float | None]


def recognises(head: bytes) -> bool:
    start = head[:2000]
    return b'"version"' in start and any(mark in start for mark in MARKS)


def read(data: bytes, file: str, notes: Notes) -> list[Page]:
    """The pages that have ink."""
    document = json.parse(data, file)
    state = document.get("data", document) if isinstance(document, dict) else {}
    snapshot = state.get("engine_snapshot") or state.get("store_snapshot") if isinstance(state, dict) else None
    components = snapshot.get("stroke_components") if isinstance(snapshot, dict) else None
    if not isinstance(snapshot, dict) or not isinstance(components, list):
        raise InkError(f"{file}: an Rnote file without strokes; save it again with a recent Rnote")
    layers = _values(snapshot.get("chrono_components"))
    trash = _values(snapshot.get("trash_components"))
    drawn: list[tuple[int, int, Any]] = []
    for number, value in _values(components).items():
        if trash.get(number, {}).get("trashed") is True:
            continue
        kind = next(iter(value), "")
        if kind != "brushstroke":
            notes.count(OTHERS.get(kind, f"{kind[:30]!r} element"))
        elif layers.get(number, {}).get("layer") in ("highlighter", "Highlighter"):
            notes.count("highlighter stroke")
        else:
            order = layers.get(number, {}).get("t")
            drawn.append((order if isinstance(order, int) else 0, number, value[kind]))
    drawn.sort(key=lambda one: one[:2])
    return _pages([(number, stroke) for _, number, stroke in drawn], _Sheet(snapshot, state), file, notes)


def _values(components: Any) -> dict[int, dict[str, Any]]:
    """The values of a list of components by their number; those that were deleted have none."""
    found = {}
    for number, component in enumerate(components if isinstance(components, list) else ()):
        value = component.get("value") if isinstance(component, dict) else None
        if isinstance(value, dict):
            found[number] = value
    return found


class _Sheet:
    """The format of the document's pages."""

    def __init__(self, snapshot: dict[str, Any], state: dict[str, Any]) -> None:
        document = snapshot.get("document") or state.get("document")
        document = document if isinstance(document, dict) else {}
        config = document.get("config", document)
        config = config if isinstance(config, dict) else {}
        form = config.get("format")
        form = form if isinstance(form, dict) else {}
        self.width, self.height, dpi = (_length(form.get(name)) for name in ("width", "height", "dpi"))
        self.paged = config.get("layout") in PAGED and self.height is not None
        self.unit = "px" if dpi is None or dpi == 96 else f"1/{dpi:.0f} in"


def _pages(strokes: list[tuple[int, Any]], sheet: _Sheet, file: str, notes: Notes) -> list[Page]:
    gathered: dict[int, Strokes] = {}
    total = 0
    for number, stroke in strokes:
        notes.count("stroke color", _is_colored(stroke), "detail")
        with notes.part(f"stroke {number}"):
            rows = _path(stroke.get("path") if isinstance(stroke, dict) else None, file)
            if not rows:
                continue
            xy = coordinates([row[:2] for row in rows], file)
            page = 1
            if sheet.paged and sheet.height is not None:
                page = int(np.clip(np.median(xy[:, 1]) // sheet.height + 1, 1, MAX_PAGES))
                xy = xy - (0, (page - 1) * sheet.height)
            pressure = times.column([row[2] for row in rows], 1.0)
            gathered.setdefault(page, Strokes(file, notes)).add(xy[:, 0], xy[:, 1], None, pressure)
            total += len(rows)
        check_points(max(total, 1), file)
    pages = []
    for page, found in sorted(gathered.items()):
        ink = found.ink(Source(units=sheet.unit, file=file))
        if ink is not None:
            size = (sheet.width, sheet.height) if sheet.paged else (None, None)
            pages.append(Page(ink, *size, page))
    return pages


def _is_colored(stroke: Any) -> bool:
    style = stroke.get("style") if isinstance(stroke, dict) else None
    for look in style.values() if isinstance(style, dict) else ():
        color = look.get("stroke_color") if isinstance(look, dict) else None
        if isinstance(color, dict) and any(color.get(name) not in (None, 0) for name in "rgb"):
            return True
    return False


def _path(path: Any, file: str) -> list[Row]:
    """The points of a path: where its parts end, and points along its curves."""
    parts = path.get("segments") if isinstance(path, dict) else path
    if not isinstance(parts, list):
        raise InkError(f"{file}: {shown(path)} is not a path; save the notebook again with a recent Rnote")
    rows = [_element(path["start"], file)] if isinstance(path, dict) and "start" in path else []
    for part in parts:
        if not isinstance(part, dict) or len(part) != 1 or not isinstance(inside := next(iter(part.values())), dict):
            raise InkError(f"{file}: {shown(part)} is not a part of a path; save the notebook again")
        if not rows and "start" in inside:  # versions before 0.5.9 repeat the start in every part
            rows.append(_element(inside["start"], file))
        end = _element(inside.get("end", inside.get("element")), file)
        controls = [inside[name] for name in ("cp", "cp1", "cp2") if name in inside]
        if controls and rows:
            rows += _curve(rows[-1], controls, end, file)
        if not rows or rows[-1] != end:
            rows.append(end)
    return rows


def _element(element: Any, file: str) -> Row:
    place = element.get("pos") if isinstance(element, dict) else None
    if not isinstance(place, list) or len(place) != 2:
        raise InkError(f"{file}: {shown(element)} is not a point of a path; save the notebook again")
    ((x, y),) = coordinates([place], file)
    pressure = element.get("pressure")
    return float(x), float(y), pressure if isinstance(pressure, int | float) else None


def _curve(start: Row, controls: list[Any], end: Row, file: str) -> list[Row]:
    """Points along a quadratic or cubic Bézier curve, without its ends."""
    corners: Floats = np.vstack([[start[:2]], coordinates(controls, file), [end[:2]]])
    rows = []
    for step in range(1, STEPS):
        points, t = corners, step / STEPS
        while len(points) > 1:  # de Casteljau
            points = (1 - t) * points[:-1] + t * points[1:]
        pressure = None if start[2] is None or end[2] is None else (1 - t) * start[2] + t * end[2]
        rows.append((float(points[0, 0]), float(points[0, 1]), pressure))
    return rows


def _length(value: Any) -> float | None:
    valid = isinstance(value, int | float) and not isinstance(value, bool) and 0 < value <= MAX_COORDINATE
    return float(value) if valid else None
