"""Drawings that web programs store with ``exportJSON`` of the library Paper.js.

Every item is a list of its class and its properties. Ink is in the ``Path`` items, of which each segment is a point,
or a point with its handles, which are relative to it. Layers, groups and compound paths have ``children``; an item that
does not apply its ``matrix`` to its points is moved, turned and scaled by it. Filled outlines, and what is not ink, are
left out with a note.

Source: http://paperjs.org/reference/item/#exportjson (and ``Segment`` and ``Matrix`` there)
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import numpy as np

from handwriting.errors import InkError
from handwriting.formats.json_shapes import coordinates, describe
from handwriting.formats.json_tools import not_writing
from handwriting.ink import Floats
from handwriting.limits import check_shapes
from handwriting.notes import Notes

CONTAINERS = ("Project", "Layer", "Group", "CompoundPath")
CLASSES = (*CONTAINERS, "Path", "Shape", "Raster", "PointText", "SymbolItem", "dictionary")

Curves = tuple[dict[str, Any], Floats]
"""The properties of a path and its cubic curves, with shape (n, 4, 2)."""


def is_item(value: Any) -> bool:
    """Return whether this is an item of Paper.js."""
    return isinstance(value, list) and len(value) == 2 and value[0] in CLASSES and isinstance(value[1], dict | list)


def paper_curves(document: Any, file: str, notes: Notes) -> Iterator[Curves] | None:
    """Yield the properties and the curves of every line of a drawing; None if it is not a drawing of Paper.js."""
    items = [document] if is_item(document) else document
    if not isinstance(items, list) or not items or not all(map(is_item, items)):
        return None
    return _curves(items, file, notes)


def _curves(items: list[Any], file: str, notes: Notes) -> Iterator[Curves]:
    stack = [(item, np.eye(3)) for item in reversed(items)]
    count = 0
    while stack:
        (kind, properties), outer = stack.pop()
        check_shapes(count := count + 1, file)
        if kind == "dictionary":
            continue
        if not isinstance(properties, dict):
            properties = {"children": properties}
        if (other := not_writing(properties)) is not None:
            notes.count(other)
            continue
        with notes.part(f"item {count}"):
            if kind in CONTAINERS:
                children = properties.get("children")
                matrix = outer @ _matrix(properties, file)
                inside = [child for child in children if is_item(child)] if isinstance(children, list) else []
                stack += [(child, matrix) for child in reversed(inside)]
            elif kind != "Path":
                notes.count(f"{kind} item")
            elif not properties.get("strokeColor") and properties.get("fillColor"):
                notes.count("filled outline")
            else:
                matrix = outer @ _matrix(properties, file)
                curves = _path(properties, file)
                yield properties, curves @ matrix[:2, :2].T + matrix[:2, 2]


def _matrix(properties: dict[str, Any], file: str) -> Floats:
    """Return the transform of an item, with shape (3, 3)."""
    values = properties.get("matrix")
    if not isinstance(values, list) or properties.get("applyMatrix") is True:
        return np.eye(3)
    pairs = coordinates([values[i : i + 2] for i in range(0, 6, 2)], file)
    return np.vstack([pairs.T, (0, 0, 1)])


def _path(properties: dict[str, Any], file: str) -> Floats:
    """Return the cubic curves of a path, with shape (n, 4, 2)."""
    segments = properties.get("segments")
    if not isinstance(segments, list) or not segments:
        raise InkError(f"{file}: segments={describe(segments)}; they must be a list of points")
    parts = [part for segment in segments for part in _segment(segment)]
    points, before, after = np.moveaxis(coordinates(parts, file).reshape(-1, 3, 2), 1, 0)
    before, after = points + before, points + after
    order = [*range(len(points)), *([0] if properties.get("closed") is True else [])]
    if len(order) == 1:
        return np.tile(points[0], (1, 4, 1))
    return np.array([[points[a], after[a], before[b], points[b]] for a, b in pairwise(order)])


def _segment(segment: Any) -> list[Any]:
    """Return the point of a segment, the handle of the curve before it and the one of the curve after it."""
    if isinstance(segment, list) and segment and isinstance(segment[0], list):
        return [*segment, [0, 0], [0, 0]][:3]
    return [segment[:2] if isinstance(segment, list) else segment, [0, 0], [0, 0]]
