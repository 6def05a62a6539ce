"""Excalidraw drawings (``.excalidraw``): JSON with a list of elements, of which those of type ``freedraw`` are ink.

Until 2021, this type was called ``draw`` and had no pressure. The browser's storage has the list of elements alone. The
points of an element are relative to its ``x`` and ``y`` and are rotated with it about the center of its box. There
is no time. Deleted elements stay in the file and are marked as deleted. A library (``.excalidrawlib``) has several
lists of elements, each of which becomes a page. Other files may embed a drawing, see
:mod:`~handwriting.formats.excalidraw_scene`.

Source: https://docs.excalidraw.com/docs/codebase/json-schema
"""

from __future__ import annotations

from typing import Any

import numpy as np

from handwriting.errors import InkError
from handwriting.formats import excalidraw_scene, json, times
from handwriting.formats.json_shapes import coordinates, describe
from handwriting.formats.strokes import Strokes
from handwriting.ink import Floats, Page, Source
from handwriting.limits import check_pages, check_shapes
from handwriting.notes import Notes

INK = ("freedraw", "draw")
LIBRARY_KEYS = ("libraryItems", "library")
"""Keys of the list of drawings of a library; those of the first version are lists of elements."""
BLACK = ("#1e1e1e", "#000000", "#000", "black")
WIDTH = 2
"""Width of the program's usual pen."""
MAX_HIGHLIGHTER_OPACITY = 60
"""Opacity in percent below which a line of at least :data:`MIN_HIGHLIGHTER_WIDTH` pixels was drawn by a highlighter."""
MIN_HIGHLIGHTER_WIDTH = 8.0


def recognises(head: bytes) -> bool:
    if excalidraw_scene.recognises(head):
        return True
    start = b"".join(json.normalise_head(head).split())
    if start[:1] == b"[":
        return start[:2] == b"[{" and b'"versionNonce":' in start and b'"strokeColor":' in start
    if start[:1] != b"{":
        return False
    has_ink = b'"type":"freedraw"' in start or (b'"type":"draw"' in start and b'"versionNonce":' in start)
    return b'"type":"excalidraw' in start[:400] or (b'"elements":[' in start and has_ink)


def read(data: bytes, file: str, notes: Notes) -> list[Page]:
    """Read a drawing as one page, and a library as a page for each of its drawings, in pixels."""
    found = drawings(excalidraw_scene.find_scene(data, file, notes), file, notes)
    pages = (_page(elements, file, notes, number) for number, elements in enumerate(found, 1))
    return [page for page in pages if page is not None]


def read_embedded(data: bytes, file: str, notes: Notes) -> list[Page] | None:
    """Read the drawing that Excalidraw embedded in an SVG file; return None if there is none."""
    scene = excalidraw_scene.find_scene_in_svg(data, file, notes)
    return None if scene is None else read(scene, file, notes)


def drawings(scene: bytes, file: str, notes: Notes) -> list[list[Any]]:
    """Return the elements of each drawing in a scene or a library, parsed from JSON."""
    document = json.parse(scene, file, notes)
    head: dict[str, Any] = document if isinstance(document, dict) else {"elements": document}
    items = next((head[key] for key in LIBRARY_KEYS if isinstance(head.get(key), list)), [head])
    check_pages(len(items), file)
    found: list[list[Any]] = []
    for number, item in enumerate(items, 1):
        elements = item.get("elements") if isinstance(item, dict) else item
        with notes.part(f"drawing {number}"):
            found.append(elements if isinstance(elements, list) else [])
            if not isinstance(elements, list):
                raise InkError(f"{file}: an Excalidraw file without a list of elements; export the drawing again")
    return found


def _page(elements: list[Any], file: str, notes: Notes, number: int) -> Page | None:
    check_shapes(sum(isinstance(one, dict) and one.get("type") in INK for one in elements), file)
    strokes = Strokes(file, notes)
    place = f" on page {number}" if number > 1 else ""
    for count, element in enumerate(elements, 1):
        kind = element.get("type") if isinstance(element, dict) else None
        if not isinstance(element, dict) or element.get("isDeleted") is True:
            continue
        if kind not in INK:
            notes.count(f"{str(kind)[:30]} element")
        elif _is_highlighter(element):
            notes.count("highlighter stroke")
        elif element.get("opacity") == 0 or element.get("strokeColor") == "transparent":
            notes.count("invisible stroke")
        else:
            with notes.part(f"element {count}{place}"):
                points = _points(element, file, notes)
                pressures = element.get("pressures")
                complete = isinstance(pressures, list) and len(pressures) == len(points)
                real = complete and element.get("simulatePressure") is not True
                strokes.add(
                    points[:, 0], points[:, 1], None, times.parse_column(pressures or (), 1.0) if real else None
                )
            notes.count("stroke color", element.get("strokeColor", BLACK[0]) not in BLACK, "detail")
            notes.count("stroke width", element.get("strokeWidth", WIDTH) != WIDTH, "detail")
            notes.count("stroke opacity", element.get("opacity", 100) != 100, "detail")
            notes.count("stroke fill", element.get("backgroundColor", "transparent") != "transparent", "detail")
            notes.count("dash pattern", element.get("strokeStyle", "solid") != "solid", "detail")
            notes.count("link", bool(element.get("link")), "detail")
    ink = strokes.ink(Source(units="px", file=file))
    return None if ink is None else Page(ink, number=number)


def _points(element: dict[str, Any], file: str, notes: Notes) -> Floats:
    """Return the points of an element on the canvas, with shape (n, 2)."""
    found = element.get("points")
    if not isinstance(found, list) or not all(isinstance(point, list) and len(point) >= 2 for point in found):
        raise InkError(f"{file}: points={describe(found)}; they must be a list of x and y")
    points = coordinates([point[:2] for point in found], file)
    points = points + coordinates([[element.get("x"), element.get("y")]], file)
    angle = element.get("angle") or 0.0
    (radians,) = times.parse_column([angle], 1.0)
    if not np.isfinite(radians):
        notes.drop("the angle", f"{describe(angle)} is not a number")
    elif radians and len(points):
        center = (points.min(axis=0) + points.max(axis=0)) / 2
        cosine, sine = np.cos(radians), np.sin(radians)
        points = (points - center) @ np.array([[cosine, sine], [-sine, cosine]]) + center
    return points


def _is_highlighter(element: dict[str, Any]) -> bool:
    custom = element.get("customData")
    options = custom.get("strokeOptions") if isinstance(custom, dict) else None
    if isinstance(options, dict) and options.get("highlighter") is True:
        return True
    opacity, width = element.get("opacity", 100), element.get("strokeWidth", 1)
    numeric = isinstance(opacity, int | float) and isinstance(width, int | float)
    return numeric and 0 < opacity < MAX_HIGHLIGHTER_OPACITY and width >= MIN_HIGHLIGHTER_WIDTH
