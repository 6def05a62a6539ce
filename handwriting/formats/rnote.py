"""Rnote notebooks (``.rnote``) of versions 0.5 to 0.15: gzipped JSON with a snapshot of the program's state.

Brush strokes are ink: a path of lines and Bézier curves with the pressure at their ends. Strokes of the marker, which
are on the layer of highlighters, are left out, as are shapes, text and pictures, with a note. Strokes are in the order
in which they were drawn. A document with pages of a fixed size is divided into these; everything on an infinite canvas
is one page. Lengths are in pixels of the document's resolution. There is no time.

Source: https://github.com/flxzt/rnote (``rnote-engine/src/fileformats``, ``rnote-compose/src/penpath``)
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from handwriting.errors import InkError
from handwriting.formats import json, times
from handwriting.formats.json_shapes import coordinates, describe
from handwriting.formats.strokes import Strokes
from handwriting.ink import Floats, Page, Source
from handwriting.limits import MAX_COORDINATE, MAX_PAGES, MAX_UNPACKED, check_points, check_shapes
from handwriting.notes import Notes

MAX_SIZE = MAX_UNPACKED
MARKS = (b'"engine_snapshot"', b'"store_snapshot"', b'"stroke_components"')
OTHERS = {"shapestroke": "shape", "textstroke": "text box", "vectorimage": "vector image", "bitmapimage": "image"}
PAGED_LAYOUTS = ("fixed_size", "fixed-size", "continuous_vertical", "continuous-vertical")
"""Layouts in which pages of the same size follow each other from top to bottom."""
WIDTH = 2.0
"""Width of the program's usual brush."""
CURVE_POINTS = 8
"""Number of points into which a Bézier curve of a path is divided."""


def recognises(head: bytes) -> bool:
    start = json.normalise_head(head)[:2000]
    return b'"version"' in start and any(mark in start for mark in MARKS)


def read(data: bytes, file: str, notes: Notes) -> list[Page]:
    """Read the pages that have ink."""
    notebook = Notebook.parse(data, file, notes)
    drawn: list[tuple[int, int, Any]] = []
    for number, kind, stroke in notebook.strokes():
        chrono = notebook.chrono.get(number, {})
        if kind != "brushstroke":
            notes.count(OTHERS.get(kind, f"{kind[:30]!r} element"))
        elif chrono.get("layer") in ("highlighter", "Highlighter"):
            notes.count("highlighter stroke")
        elif _is_invisible(stroke):
            notes.count("invisible stroke")
        else:
            order = chrono.get("t")
            drawn.append((order if isinstance(order, int) else 0, number, stroke))
    check_shapes(len(drawn), file)
    drawn.sort(key=lambda one: one[:2])
    return _pages([(number, stroke) for _, number, stroke in drawn], notebook.sheet, file, notes)


@dataclass(frozen=True)
class Notebook:
    """A parsed notebook: its components by number, and the size of its pages."""

    components: dict[int, dict[str, Any]]
    chrono: dict[int, dict[str, Any]]
    """Order and layer of each component."""
    trash: dict[int, dict[str, Any]]
    sheet: Sheet

    @classmethod
    def parse(cls, data: bytes, file: str, notes: Notes) -> Notebook:
        document = json.parse(data, file, notes)
        state = document.get("data", document) if isinstance(document, dict) else {}
        snapshot = state.get("engine_snapshot") or state.get("store_snapshot") if isinstance(state, dict) else None
        if not isinstance(snapshot, dict) or not isinstance(snapshot.get("stroke_components"), list):
            raise InkError(f"{file}: an Rnote file without strokes; save it again with a recent Rnote")
        strokes, chrono, trash = (_values(snapshot.get(f"{name}_components")) for name in ("stroke", "chrono", "trash"))
        return cls(strokes, chrono, trash, Sheet(snapshot, state))

    def strokes(self) -> Iterator[tuple[int, str, Any]]:
        """Yield number, kind and content of each component that was not deleted: ink, shapes, text and pictures."""
        for number, value in self.components.items():
            if self.trash.get(number, {}).get("trashed") is not True:
                kind = next(iter(value), "")
                yield number, kind, value.get(kind)


def _values(components: Any) -> dict[int, dict[str, Any]]:
    """Return the values in a list of components, by their number; components that were deleted have none."""
    found = {}
    for number, component in enumerate(components if isinstance(components, list) else ()):
        value = component.get("value") if isinstance(component, dict) else None
        if isinstance(value, dict):
            found[number] = value
    return found


class Sheet:
    """The size of the document's pages, and its unit of length."""

    def __init__(self, snapshot: dict[str, Any], state: dict[str, Any]) -> None:
        document = snapshot.get("document") or state.get("document")
        document = document if isinstance(document, dict) else {}
        config = document.get("config", document)
        config = config if isinstance(config, dict) else {}
        page_format = config.get("format")
        page_format = page_format if isinstance(page_format, dict) else {}
        self.width, self.height, dpi = (_length(page_format.get(name)) for name in ("width", "height", "dpi"))
        self.is_paged = config.get("layout") in PAGED_LAYOUTS and self.height is not None
        self.unit = "px" if dpi is None or dpi == 96 else f"1/{dpi:.0f} in"

    def page_of(self, y: Floats) -> tuple[int, float]:
        """Return the number of the page on which most of ``y``, shape (n,), lies, and where that page begins.

        Pages are counted from 1.
        """
        if not self.is_paged or self.height is None:
            return 1, 0.0
        page = int(np.clip(np.median(y) // self.height + 1, 1, MAX_PAGES))
        return page, (page - 1) * self.height


def _pages(strokes: list[tuple[int, Any]], sheet: Sheet, file: str, notes: Notes) -> list[Page]:
    gathered: dict[int, Strokes] = {}
    total = 0
    for number, stroke in strokes:
        _note_look(stroke, notes)
        with notes.part(f"stroke {number}"):
            rows = _parse_path(stroke.get("path") if isinstance(stroke, dict) else None, file)
            if not len(rows):
                continue
            x, y, pressure = rows.T
            page, top = sheet.page_of(y)
            known = pressure if np.isfinite(pressure).any() else None
            gathered.setdefault(page, Strokes(file, notes)).add(x, y - top, None, known)
            total += len(rows)
        check_points(max(total, 1), file)
    pages = []
    for page, found in sorted(gathered.items()):
        ink = found.ink(Source(units=sheet.unit, file=file))
        if ink is not None:
            size = (sheet.width, sheet.height) if sheet.is_paged else (None, None)
            pages.append(Page(ink, *size, page))
    return pages


def _note_look(stroke: Any, notes: Notes) -> None:
    colored = any(color.get(name) not in (None, 0) for color in _colors(stroke) for name in "rgb")
    notes.count("stroke color", colored, "detail")
    looks = _looks(stroke)
    notes.count("stroke width", any(look.get("stroke_width", WIDTH) != WIDTH for look in looks.values()), "detail")
    notes.count("brush texture", "textured" in looks, "detail")


def _is_invisible(stroke: Any) -> bool:
    return any(color.get("a") == 0 for color in _colors(stroke))


def _looks(stroke: Any) -> dict[str, dict[str, Any]]:
    """Return the styles of a stroke by their kind; there is one in a file that is not damaged."""
    style = stroke.get("style") if isinstance(stroke, dict) else None
    return {kind: look for kind, look in style.items() if isinstance(look, dict)} if isinstance(style, dict) else {}


def _colors(stroke: Any) -> list[dict[str, Any]]:
    looks = _looks(stroke).values()
    return [color for look in looks if isinstance(color := look.get("stroke_color"), dict)]


def _parse_path(path: Any, file: str) -> Floats:
    """Return x, y and pressure at the ends of the parts of a path and along its curves, with shape (n, 3)."""
    parts = path.get("segments") if isinstance(path, dict) else path
    if not isinstance(parts, list):
        raise InkError(f"{file}: {describe(path)} is not a path; save the notebook again with a recent Rnote")
    previous: Any = path.get("start") if isinstance(path, dict) else None
    corners: list[Any] = []
    """The start, two control points and the end of each part."""
    pressures: list[Any] = []
    controls: list[int] = []
    """Number of control points of each part."""
    for part in parts:
        if not isinstance(part, dict) or len(part) != 1 or not isinstance(inside := next(iter(part.values())), dict):
            raise InkError(f"{file}: {describe(part)} is not a part of a path; save the notebook again")
        end: Any = inside.get("end", inside.get("element"))
        # Versions before 0.5.9 repeat the start in every part.
        previous = inside.get("start", end) if previous is None else previous
        control_points = [inside[name] for name in ("cp", "cp1", "cp2") if name in inside][:2]
        start, stop = _position(previous, file), _position(end, file)
        corners += [start, *(control_points * (2 // len(control_points)) if control_points else (start, stop)), stop]
        pressures += [element.get("pressure") for element in (previous, end)]
        controls.append(len(control_points))
        previous = end
    if not controls:
        return np.empty((0, 3))
    points = coordinates(corners, file).reshape(-1, 4, 2)
    return _sample(points, times.parse_column(pressures, 1.0).reshape(-1, 2), np.array(controls))


def _position(element: Any, file: str) -> Any:
    place = element.get("pos") if isinstance(element, dict) else None
    if not isinstance(place, list) or len(place) != 2:
        raise InkError(f"{file}: {describe(element)} is not a point of a path; save the notebook again")
    return place


def _sample(points: Floats, pressure: Floats, controls: NDArray[np.int64]) -> Floats:
    """Return the first point, and points along the parts of a path, with shape (n, 3).

    ``points`` has shape (parts, 4, 2). ``pressure`` has shape (parts, 2), for the two ends of each part. ``controls``
    is 0 for a line, 1 for a quadratic Bézier curve, whose control point is repeated, and 2 for a cubic one.
    """
    a, b, c, d = points.transpose(1, 0, 2)
    quadratic = (controls == 1)[:, None]
    b, c = np.where(quadratic, (a + 2 * b) / 3, b), np.where(quadratic, (d + 2 * c) / 3, c)
    counts = np.where(controls > 0, CURVE_POINTS, 1)
    index = np.repeat(np.arange(len(points)), counts)
    t = ((np.arange(len(index)) - np.repeat(counts.cumsum() - counts, counts) + 1) / counts[index])[:, None]
    xy = (1 - t) ** 3 * a[index] + 3 * t * (1 - t) ** 2 * b[index] + 3 * t**2 * (1 - t) * c[index] + t**3 * d[index]
    rows = np.column_stack([xy, (1 - t) * pressure[index, :1] + t * pressure[index, 1:]])
    rows = np.vstack([[*a[0], pressure[0, 0]], rows])
    repeated = (np.diff(np.nan_to_num(rows), axis=0) == 0).all(axis=1)
    return rows[np.append(True, ~repeated)]


def _length(value: Any) -> float | None:
    valid = isinstance(value, int | float) and not isinstance(value, bool) and 0 < value <= MAX_COORDINATE
    return float(value) if valid else None
