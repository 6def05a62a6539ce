"""Walk the tree of an SVG document: which elements are drawn, where and in which style.

Transforms, styles, ``use``, ``switch`` and nested ``svg`` elements are followed. What is hidden, rulings and the lines
of erasers and highlighters are left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from lxml import etree

from handwriting.errors import InkError, TooLargeError
from handwriting.formats import svg_own, svg_transform, xml
from handwriting.formats.svg_geometry import DOTS, LINES, NOT_RENDERED, Geometry, span
from handwriting.formats.svg_own import Layout
from handwriting.formats.svg_paper import RULINGS
from handwriting.formats.svg_pens import Frame
from handwriting.formats.svg_style import CssStyle, Styles
from handwriting.formats.svg_switch import choose_child
from handwriting.ink import Floats
from handwriting.notes import Notes

OTHERS = {
    "text": "text element", "image": "image", "rect": "shape", "foreignObject": "foreign object",
}  # fmt: skip
"""Elements that are drawn, but not by a pen, and what they are called."""
LABELS = ("class", "data-tool", "data-type", "data-name", "{http://www.inkscape.org/namespaces/inkscape}label")
"""Attributes in which programs record the tool with which an element or a layer was drawn."""
_TOOL = re.compile(r"\b(eraser|highlighter)s?\b")
MAX_USED_ELEMENTS = 50_000
"""Maximum number of elements that ``use`` draws again."""
MAX_USE_DEPTH = 20
"""Maximum number of nested levels of ``use``."""


@dataclass
class PlacedElement:
    """An element and how it is drawn."""

    element: etree._Element
    matrix: Floats
    style: CssStyle
    name: str = ""
    """Local name of the element."""
    use_chain: tuple[etree._Element, ...] = ()
    """The elements that ``use`` draws around it, from the outermost to the innermost."""
    is_used: bool = False
    """Whether ``use`` draws it, in which case a symbol is drawn as well."""
    frame: Frame = Frame()
    clip: Floats | None = None
    """Corners of the rectangle outside of which nothing can be seen, shape (2, 2), in the units of the document."""

    def children(self, element: etree._Element | None = None, **changes: Any) -> list[PlacedElement]:
        """Return what is inside it, or inside another ``element``, the last one first."""
        placed = replace(self, is_used=False, **changes)
        return [replace(placed, element=child) for child in reversed(self.element if element is None else element)]

    def clip_to(self, box: Floats | None) -> None:
        """Clip it to a rectangle, shape (2, 2), in addition to those around it."""
        if box is not None and self.clip is not None:
            box = np.array([np.maximum(box[0], self.clip[0]), np.minimum(box[1], self.clip[1])])
        self.clip = self.clip if box is None else box

    def is_clipped(self, curves: Floats, width: float) -> bool:
        """Return whether a line, shape (n, 4, 2), lies wholly outside of the rectangle to which it is clipped."""
        if self.clip is None:
            return False
        low, high = span(curves.reshape(-1, 2)) + np.array([[-width / 2], [width / 2]])
        return bool((high < self.clip[0]).any() or (low > self.clip[1]).any())


class SvgTree:
    """The elements of the document of which ``geometry`` knows the shapes, and ``styles`` the style sheets."""

    def __init__(self, geometry: Geometry, styles: Styles, file: str, notes: Notes) -> None:
        self.geometry, self.styles, self.file, self.notes = geometry, styles, file, notes
        self.root, self.size = geometry.root, geometry.size
        self.element_count = self.used_count = 0

    def elements(self, layout: Layout | None) -> Iterator[PlacedElement]:
        """Yield the lines and dots that a pen may have drawn, and the elements of :data:`OTHERS`, in drawing order.

        The latter have the transform of what is around them. The document has this ``layout``.
        """
        declared = self.styles.declarations(self.root)
        matrix = self._root_transform(declared)
        style = self.styles.inherit(CssStyle(), declared)
        frame = Frame((self.size[0], self.size[1]))
        stack = PlacedElement(self.root, matrix, style, frame=frame).children()
        while stack:
            placed = stack.pop()
            placed.name = name = xml.local_name(placed.element)
            self.element_count += 1
            self.used_count += len(placed.use_chain) > 0
            if self.used_count > MAX_USED_ELEMENTS:
                raise TooLargeError(
                    f"{self.file}: <use> draws more than {MAX_USED_ELEMENTS:,} elements; split it into pages"
                )
            if not name or (name in NOT_RENDERED and not placed.is_used):
                continue
            if svg_own.is_paper(placed.element, self.root, layout):
                continue
            declared = self.styles.declarations(placed.element)
            placed.style = self.styles.inherit(placed.style, declared)
            if not placed.style.is_displayed:
                self.notes.count("hidden element")
                continue
            if name in OTHERS:
                yield placed
                continue
            if (other := _not_writing(placed.element)) is not None:
                self.notes.count(other, _count_lines(placed.element))
                continue
            with self.notes.part(f"<{name[:20]}> element {self.element_count}"):
                transform = self.geometry.transform(declared, placed.element)
                placed.matrix = placed.matrix if transform is None else placed.matrix @ transform
                placed.clip_to(self.geometry.clip_box(placed.element, placed.matrix))
                if name in LINES or name in DOTS:
                    yield placed
                else:
                    stack += self._children(placed, name)

    def _root_transform(self, declared: dict[str, str]) -> Floats:
        """Return the transform of the outermost element, which rotates about its center like a CSS box."""
        width, height = self.size
        center = (width / 2, height / 2) if width and height else (0.0, 0.0)
        try:
            found = self.geometry.transform(declared, origin=center)
        except TooLargeError:
            raise
        except InkError as error:  # the lines are legible without it
            self.notes.drop("the transform of the drawing", str(error).removeprefix(f"{self.file}: "))
            found = None
        return np.eye(3) if found is None else found

    def _children(self, placed: PlacedElement, name: str) -> list[PlacedElement]:
        """Return the elements that a container draws, the last one first."""
        if name == "use":
            return self._expand_use(placed)
        if name == "switch":
            chosen = choose_child(placed.element)
            return [] if chosen is None else [replace(placed, element=chosen, is_used=False)]
        if name not in ("svg", "symbol"):
            return placed.children()
        size = self.geometry.viewport_size(placed.element, placed.element)
        if name == "svg" and 0.0 in (self.geometry.length(placed.element, side) for side in ("width", "height")):
            self.notes.count("hidden element")
            return []
        frame = _inner_frame(placed, size)
        return placed.children(
            matrix=placed.matrix @ self.geometry.viewport(placed.element, placed.element), frame=frame
        )

    def _expand_use(self, placed: PlacedElement) -> list[PlacedElement]:
        element = placed.element
        keys = [
            key for key in element.attrib if isinstance(key, str) and key.rpartition("}")[2] in ("href", "xlink:href")
        ]
        reference = str(element.get(keys[0], "")) if keys else ""
        target = self.geometry.find_element(reference.strip().removeprefix("#"))
        if target is None:
            raise InkError(
                f"{self.file}: <use> refers to {reference[:40]!r}, which is not in the file; export it again"
            )
        if target in placed.use_chain or target in element.iterancestors():
            raise InkError(f"{self.file}: <use> draws {reference[:40]!r} inside itself; export it again")
        if len(placed.use_chain) >= MAX_USE_DEPTH:
            raise InkError(f"{self.file}: <use> is nested more than {MAX_USE_DEPTH} levels deep; export it again")
        x, y = (self.geometry.length(element, name) or 0.0 for name in "xy")
        matrix = placed.matrix @ svg_transform.translation(x, y)
        chain = (*placed.use_chain, target)
        if xml.local_name(target) not in ("symbol", "svg"):
            return [replace(placed, element=target, matrix=matrix, use_chain=chain, is_used=True)]
        style = self.styles.inherit(placed.style, self.styles.declarations(target))
        matrix = matrix @ self.geometry.viewport(target, element)
        return placed.children(target, matrix=matrix, style=style, use_chain=chain)


def _inner_frame(placed: PlacedElement, size: list[float | None]) -> Frame:
    """Return the paper of an inner ``svg`` of this size, or the one around it if its size is not given."""
    width, height = size
    if not width or not height:
        return placed.frame
    across, down = np.abs(placed.matrix[:2, :2]) @ (width, height)
    return Frame((float(across), float(down)))


def _not_writing(element: etree._Element) -> str | None:
    """Return a name for the lines of an element that says that it is not writing; None for others."""
    labels = [value for name, value in element.items() if name in LABELS]
    if not labels:
        return None
    if RULINGS in element.get("class", "").split():
        return "ruling"
    tool = _TOOL.search(" ".join(labels).lower())
    return None if tool is None else f"{tool[1]} stroke"


def _count_lines(element: etree._Element) -> int:
    return sum(xml.local_name(inside) in LINES for inside in element.iter())
