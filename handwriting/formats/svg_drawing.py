"""Find the lines of pens in an SVG document: walk its tree with transforms, styles, ``use`` and nested ``svg``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from lxml import etree

from handwriting.errors import InkError, TooLargeError
from handwriting.formats import svg_own, svg_path, svg_transform, xml
from handwriting.formats.svg_geometry import (
    BOXES,
    DOTS,
    LINES,
    NOT_RENDERED,
    Geometry,
    corners_of,
    is_rectangle,
    span,
)
from handwriting.formats.svg_own import Layout
from handwriting.formats.svg_paper import RULINGS, without_rulings
from handwriting.formats.svg_pens import Frame, PenLine, strokes_of
from handwriting.formats.svg_style import CssStyle, Styles
from handwriting.formats.svg_switch import choose_child
from handwriting.formats.svg_white import Background, is_light, without_white
from handwriting.ink import Floats
from handwriting.limits import MAX_STROKES
from handwriting.notes import Notes

OTHERS = {
    "text": "text element", "image": "image", "rect": "shape", "foreignObject": "foreign object",
}  # fmt: skip
"""Elements that are drawn, but not by a pen, and what they are called."""
LABELS = ("class", "data-tool", "data-type", "data-name", "{http://www.inkscape.org/namespaces/inkscape}label")
"""Attributes in which programs record the tool with which an element or a layer was drawn."""
_TOOL = re.compile(r"\b(eraser|highlighter)s?\b")
BLACK = ("black", "#000", "#000000", "currentcolor", "rgb(0,0,0)", "rgb(0, 0, 0)")
WRITTEN = "data-written"
"""Attribute of a stroke in our own plotter files: its place in the order of writing, from 1; negative if it is drawn
backward."""
MAX_ELEMENTS = MAX_STROKES
"""Maximum number of elements of a drawing: lines, and the groups around them."""
MAX_SELECTOR_TESTS = 1_000_000
"""Maximum product of the number of elements and the number of style rules for elements inside others."""
MAX_USED_ELEMENTS = 50_000
"""Maximum number of elements that ``use`` draws again."""
MAX_USE_DEPTH = 20
"""Maximum number of nested levels of ``use``."""
MIN_BACKGROUND_SHARE = 0.5
"""Share of the paper's width and height from which a filled rectangle is a background."""
EVERYWHERE = np.array([(-np.inf, -np.inf), (np.inf, np.inf)])


@dataclass
class _PlacedElement:
    """An element and how it is drawn."""

    element: etree._Element
    matrix: Floats
    style: CssStyle
    use_chain: tuple[etree._Element, ...] = ()
    """The elements that ``use`` draws around it, from the outermost to the innermost."""
    is_used: bool = False
    """Whether ``use`` draws it, in which case a symbol is drawn as well."""
    frame: Frame = Frame()
    clip: Floats | None = None
    """Corners of the rectangle outside of which nothing can be seen, shape (2, 2), in the units of the document."""

    def children(self, element: etree._Element | None = None, **changes: Any) -> list[_PlacedElement]:
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


class SvgContent:
    """Finds the lines of a document. ``outline_count`` counts filled outlines, which are not lines of a pen."""

    def __init__(self, root: etree._Element, file: str, notes: Notes, size: list[float | None]) -> None:
        self.root, self.file, self.notes, self.size = root, file, notes, size
        elements = int(root.xpath("count(//*)"))
        if elements > MAX_ELEMENTS:
            raise TooLargeError(f"{file}: more than {MAX_ELEMENTS:,} elements; split it into pages")
        self.styles = Styles(root)
        if len(self.styles.nested_rules) * elements > MAX_SELECTOR_TESTS:
            raise TooLargeError(
                f"{file}: {len(self.styles.nested_rules)} style rules for {elements:,} elements are too many; split it "
                "into pages"
            )
        self.geometry = Geometry(root, self.styles, file, notes, size)
        self.drawn: list[PenLine] = []
        self.backgrounds: list[Background] = []
        self.paper_is_light = True
        self.outline_count = self.outline_curve_count = self.curve_count = self.element_count = self.used_count = 0

    def lines(self, layout: Layout | None) -> list[Floats]:
        """Return every stroke, shape (n, 2), in the user units of the document, which has this ``layout``."""
        for number, placed in enumerate(self._find_elements(layout), 1):
            name = xml.local_name(placed.element)
            with self.notes.part(f"{name} {number}"):
                self.drawn += [self._parse_dot(placed, name)] if name in DOTS else self._parse_lines(placed)
        lines = without_white(self.drawn, self.backgrounds, self.paper_is_light, self.notes)
        strokes = strokes_of(without_rulings(lines, self.notes), layout, self.notes)
        self.curve_count = sum(map(len, strokes))
        return svg_path.flatten(strokes, self.file)

    def _parse_lines(self, placed: _PlacedElement) -> Iterator[PenLine]:
        style = placed.style
        color = BLACK[0] if (stroke := style.values.get("stroke", BLACK[0])) in BLACK else stroke
        written = _integer(placed.element.get(WRITTEN, ""))
        for curves, closed in self.geometry.outlines(placed.element):
            if not style.is_visible or not (style.is_pen(closed) or style.is_filled):
                self.notes.count("invisible line")
                continue
            curves = curves @ placed.matrix[:2, :2].T + placed.matrix[:2, 2]
            width = style.width * svg_transform.scale_of(placed.matrix)
            if not style.is_pen(closed):
                self._count_outline(curves, placed)
            elif placed.is_clipped(curves, width):
                self.notes.count("clipped line")
            else:
                self.notes.count("line color", color != BLACK[0], "detail")
                self.notes.count("dash pattern", style.values.get("stroke-dasharray", "none") != "none", "detail")
                yield PenLine(
                    curves, color, style.alpha, width, style.is_blended, closed, written=written, frame=placed.frame
                )

    def _count_outline(self, curves: Floats, placed: _PlacedElement) -> None:
        """Count a filled outline, or the background that it is if it is a large rectangle."""
        points = curves.reshape(-1, 2)
        self._add_background(points, placed.style)
        sides = np.array([np.inf if side is None else side for side in placed.frame.size])
        if is_rectangle(curves) and (np.ptp(points, axis=0) >= MIN_BACKGROUND_SHARE * sides).all():
            self.notes.count("shape")
            return
        self.outline_count += 1
        self.outline_curve_count += len(curves)

    def _add_background(self, points: Floats, style: CssStyle | None) -> None:
        """Remember the extent of something filled in this style, or of an image."""
        light = style is not None and is_light(style.values.get("fill", BLACK[0]))
        self.backgrounds.append(Background(span(points), light, len(self.drawn)))

    def _skip(self, placed: _PlacedElement, name: str) -> None:
        """Count what no pen has drawn, and remember it as a background."""
        self.notes.count(OTHERS[name])
        if name not in BOXES or (name == "rect" and not placed.style.is_filled):
            return
        try:
            box = self.geometry.bounds(placed.element)
            transform = self.geometry.transform(self.styles.declarations(placed.element), placed.element)
        except TooLargeError:
            raise
        except InkError:
            box, transform = None, None
        matrix = placed.matrix if transform is None else placed.matrix @ transform
        is_sized = box is not None and np.ptp(box, axis=0).all()
        if box is not None and (is_sized or name == "rect"):
            self._add_background(corners_of(box, matrix), placed.style if name == "rect" else None)
        else:
            self._add_background(EVERYWHERE, None)

    def _parse_dot(self, placed: _PlacedElement, name: str) -> PenLine:
        """Return a circle as a line of one point; its width is 0 if it is not filled."""
        element, fill = placed.element, placed.style.values.get("fill", BLACK[0])
        x, y = (self.geometry.coordinate(element, key) for key in ("cx", "cy"))
        radius = min(self.geometry.coordinate(element, key) for key in (("r",) if name == "circle" else ("rx", "ry")))
        width = 2 * radius * svg_transform.scale_of(placed.matrix) if placed.style.is_filled else 0.0
        center = placed.matrix[:2, :2] @ (x, y) + placed.matrix[:2, 2]
        color = BLACK[0] if fill in BLACK else fill
        return PenLine(np.tile(center, (1, 4, 1)), color, 1.0, width, False, is_dot=True)

    def _find_elements(self, layout: Layout | None) -> Iterator[_PlacedElement]:
        """Yield the elements that a pen may have drawn."""
        declared = self.styles.declarations(self.root)
        matrix = self._root_transform(declared)
        style = self.styles.inherit(CssStyle(), declared)
        self.paper_is_light = all(is_light(declared.get(key, "none")) for key in ("background", "background-color"))
        frame = Frame((self.size[0], self.size[1]))
        stack = _PlacedElement(self.root, matrix, style, frame=frame).children()
        while stack:
            placed = stack.pop()
            name = xml.local_name(placed.element)
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
                self._skip(placed, name)
                continue
            if RULINGS in placed.element.get("class", "").split():
                self.notes.count("ruling", _count_lines(placed.element))
                continue
            if tool := _TOOL.search(" ".join(placed.element.get(label, "") for label in LABELS).lower()):
                self.notes.count(f"{tool[1]} stroke", _count_lines(placed.element))
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

    def _children(self, placed: _PlacedElement, name: str) -> list[_PlacedElement]:
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

    def _expand_use(self, placed: _PlacedElement) -> list[_PlacedElement]:
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


def _inner_frame(placed: _PlacedElement, size: list[float | None]) -> Frame:
    """Return the paper of an inner ``svg`` of this size, or the one around it if its size is not given."""
    width, height = size
    if not width or not height:
        return placed.frame
    across, down = np.abs(placed.matrix[:2, :2]) @ (width, height)
    return Frame((float(across), float(down)))


def _count_lines(element: etree._Element) -> int:
    return sum(xml.local_name(inside) in LINES for inside in element.iter())


def _integer(text: str) -> int:
    return int(text) if re.fullmatch(r"-?[0-9]{1,9}", text) else 0
