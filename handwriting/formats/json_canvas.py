"""Drawings that web programs store as the JSON of a canvas library: Konva, Fabric.js and Paper.js.

- A Konva node has a ``className``, ``attrs`` and ``children``. Ink is in the nodes ``Line``, with ``points`` as a row
  of x, y, x, y. Every node is moved, turned and scaled within its parent.
- A Fabric.js canvas has ``objects``. Ink is in those of type ``path``, with ``path`` as a list of SVG path commands. An
  object stores where its box is placed, to which the box of its path is moved.
- For Paper.js, see :mod:`~handwriting.formats.json_paper`.

What is not ink, and lines that erase, are left out with a note.

Sources: https://konvajs.org/api/Konva.Node.html, http://fabricjs.com/docs (``Object.calcTransformMatrix``)
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np

from handwriting.errors import InkError
from handwriting.formats.json_paper import Curves, paper_curves
from handwriting.formats.json_paths import path_curves
from handwriting.formats.json_shapes import Rows, coordinates, describe, pair_up
from handwriting.formats.json_strokes import Stroke
from handwriting.formats.json_tools import not_writing
from handwriting.formats.svg_path import Outlines, flatten
from handwriting.ink import Floats
from handwriting.limits import check_shapes
from handwriting.notes import Notes

Node = dict[str, Any]
KONVA_CONTAINERS = ("Stage", "Layer", "FastLayer", "Group", "")
FABRIC_CONTAINERS = ("group", "activeselection", "layer", "")
FABRIC_LINES = ("path", "polyline")
ORIGINS = {"left": 0.5, "top": 0.5, "center": 0.0, "right": -0.5, "bottom": -0.5}
"""Position of the center of an object relative to its origin, in units of its size."""


def is_canvas(node: dict[str, Any]) -> bool:
    """Return whether an object is a whole canvas of Konva or Fabric.js, and not only a part of one."""
    return node.get("className") == "Stage" or _is_fabric(node.get("objects"))


def canvas_strokes(document: Any, file: str, notes: Notes) -> list[Stroke] | None:
    """Return the lines of a drawing of a canvas library, or of path data; None for any other document."""
    nodes = document if isinstance(document, list) else [document]
    if nodes and all(isinstance(node, dict) and isinstance(node.get("className"), str) for node in nodes):
        if not any("attrs" in node or "children" in node for node in nodes):
            return None
        return [Stroke(attrs, partial(_rows, line)) for attrs, line in _konva_lines({"children": nodes}, file, notes)]
    if isinstance(document, list) and _are_fabric_objects(document):
        document = {"objects": document}
    if isinstance(document, dict) and _is_fabric(document.get("objects")):
        found: Iterator[Curves] | None = _fabric_curves(document, Outlines(file), file, notes)
    else:
        found = paper_curves(document, file, notes) or path_curves(document, file, notes)
    if found is None:
        return None
    drawn = list(found)
    lines = flatten([curves for _, curves in drawn], file)
    return [Stroke(node, partial(_rows, line)) for (node, _), line in zip(drawn, lines, strict=True)]


def _rows(line: Floats) -> Rows:
    return line[:, 0], line[:, 1], None, None


def _is_fabric(objects: Any) -> bool:
    return isinstance(objects, list) and any(_fabric_kind(one) in (*FABRIC_LINES, "group") for one in objects)


def _are_fabric_objects(nodes: list[Any]) -> bool:
    """Return whether a list is what is on a canvas of Fabric.js: objects with a type, also paths of commands."""
    paths = [node.get("path") for node in nodes if _fabric_kind(node) == "path"]
    return all(_fabric_kind(node) not in ("", "?") for node in nodes) and any(
        isinstance(path, list) and path and isinstance(path[0], list) and path[0] and isinstance(path[0][0], str)
        for path in paths
    )


def _fabric_kind(node: Any) -> str:
    return str(node.get("type", "")).lower() if isinstance(node, dict) else "?"


def _konva_lines(root: Node, file: str, notes: Notes) -> Iterator[tuple[Node, Floats]]:
    """Yield the attributes of every line and its points, with shape (n, 2)."""
    stack = [(root, np.eye(3))]
    count = 0
    while stack:
        node, outer = stack.pop()
        check_shapes(count := count + 1, file)
        attrs = node["attrs"] if isinstance(node.get("attrs"), dict) else {}
        kind = str(node.get("className", ""))[:30]
        if (other := not_writing(attrs)) is not None:
            notes.count(other)
        elif kind == "Line" and attrs.get("closed") is not True:
            with notes.part(f"node {count}"):
                pairs = pair_up(attrs.get("points"))
                if not isinstance(pairs, list):
                    raise InkError(f"{file}: points={describe(pairs)}; they must be a list of x, y, x, y")
                yield attrs, _apply(outer @ _konva_matrix(attrs, file), coordinates(pairs, file))
        elif kind in KONVA_CONTAINERS:
            with notes.part(f"node {count}"):
                matrix = outer @ _konva_matrix(attrs, file)
                stack += [(child, matrix) for child in _children(node, "children")]
        else:
            notes.count(f"{kind} shape")


def _fabric_curves(root: Node, outlines: Outlines, file: str, notes: Notes) -> Iterator[tuple[Node, Floats]]:
    """Yield the object of every line and its cubic curves, with shape (n, 4, 2)."""
    stack = [(root, np.eye(3))]
    count = 0
    while stack:
        node, outer = stack.pop()
        check_shapes(count := count + 1, file)
        kind = _fabric_kind(node)
        if node is root:
            stack += [(child, outer) for child in _children(node, "objects")]
        elif (other := not_writing(node)) is not None:
            notes.count(other)
        elif kind in FABRIC_LINES and not node.get("stroke"):
            notes.count("filled outline")
        elif kind in FABRIC_LINES:
            with notes.part(f"object {count - 1}"):
                parts = [curves for curves, _ in outlines.path(_path_data(node, kind, file))]
                points = np.concatenate(
                    [line for part in parts for line in flatten([part], file)] or [np.zeros((1, 2))]
                )
                low, high = points.min(axis=0), points.max(axis=0)
                matrix = outer @ _fabric_matrix(node, high - low, file)
                yield from ((node, _apply(matrix, part - (low + high) / 2)) for part in parts)
        elif kind in FABRIC_CONTAINERS:
            with notes.part(f"object {count - 1}"):
                matrix = outer @ _fabric_matrix(node, np.zeros(2), file)
                stack += [(child, matrix) for child in _children(node, "objects")]
        else:
            notes.count(f"{kind[:30]!r} element")


def _children(node: Node, key: str) -> list[Node]:
    """Return the nodes inside a node, the last one first, as a stack needs them."""
    inside = node.get(key)
    return [child for child in reversed(inside) if isinstance(child, dict)] if isinstance(inside, list) else []


def _path_data(node: Node, kind: str, file: str) -> str:
    """Return the SVG path commands of a path, such as ``[["M", 1, 2], ["L", 3, 4]]``, or of a polyline, as text."""
    if kind == "polyline":
        points = node.get("points")
        if not isinstance(points, list) or not all(isinstance(point, dict) for point in points):
            raise InkError(f"{file}: points={describe(points)}; they must be a list of points; export it again")
        pairs = coordinates([[point.get("x"), point.get("y")] for point in points], file).tolist()
        return " ".join(f"{'L' if number else 'M'} {x!r} {y!r}" for number, (x, y) in enumerate(pairs))
    commands = node.get("path")
    if not isinstance(commands, list) or not all(isinstance(command, list) and command for command in commands):
        raise InkError(f"{file}: path={describe(commands)}; it must be a list of path commands; export it again")
    return " ".join(str(word)[:40] for command in commands for word in command)


def _konva_matrix(attrs: Node, file: str) -> Floats:
    """Return the transform from a node to its parent, with shape (3, 3)."""
    position, scale, offset, (degrees, _) = coordinates(
        [
            [attrs.get("x", 0), attrs.get("y", 0)],
            [attrs.get("scaleX", 1), attrs.get("scaleY", 1)],
            [attrs.get("offsetX", 0), attrs.get("offsetY", 0)],
            [attrs.get("rotation", 0), 0],
        ],
        file,
    )
    matrix = _placement(position, float(degrees), scale)
    matrix[:2, 2] -= matrix[:2, :2] @ offset
    return matrix


def _fabric_matrix(node: Node, size: Floats, file: str) -> Floats:
    """Return the transform from the center of an object to its parent, with shape (3, 3).

    ``size`` is the size of its path, which is used if the object does not state its own.
    """
    corner, scale, stated, (degrees, pen) = coordinates(
        [
            [node.get("left", 0), node.get("top", 0)],
            [node.get("scaleX", 1), node.get("scaleY", 1)],
            [node.get("width", size[0]), node.get("height", size[1])],
            [node.get("angle", 0), node.get("strokeWidth", 1)],
        ],
        file,
    )
    box = stated * scale + pen if node.get("strokeUniform") is True else (stated + pen) * scale
    origin = [ORIGINS.get(str(node.get(key)), 0.5) for key in ("originX", "originY")]
    flips = [-1 if node.get(key) is True else 1 for key in ("flipX", "flipY")]
    matrix = _placement(corner, float(degrees), scale * flips)
    matrix[:2, 2] += _placement(corner, float(degrees), np.ones(2))[:2, :2] @ (box * origin)
    return matrix


def _placement(position: Floats, degrees: float, scale: Floats) -> Floats:
    """Return the transform that scales, turns and moves, with shape (3, 3)."""
    cosine, sine = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    matrix = np.eye(3)
    matrix[:2, :2] = np.array([[cosine, -sine], [sine, cosine]]) * scale
    matrix[:2, 2] = position
    return matrix


def _apply(matrix: Floats, points: Floats) -> Floats:
    """Return points, with shape (..., 2), transformed."""
    moved: Floats = points @ matrix[:2, :2].T + matrix[:2, 2]
    return moved
