"""Find the lines of pens among the elements of an SVG document (see :mod:`~handwriting.formats.svg_tree`)."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
from lxml import etree

from handwriting.errors import InkError, TooLargeError
from handwriting.formats import svg_path, svg_transform
from handwriting.formats.svg_geometry import BOXES, DOTS, Geometry, corners_of, is_rectangle, span
from handwriting.formats.svg_own import Layout
from handwriting.formats.svg_paper import without_rulings
from handwriting.formats.svg_pens import PenLine, strokes_of
from handwriting.formats.svg_style import CssStyle, Styles
from handwriting.formats.svg_tree import OTHERS, PlacedElement, SvgTree
from handwriting.formats.svg_white import Background, is_light, without_white
from handwriting.ink import Floats
from handwriting.limits import MAX_STROKES
from handwriting.notes import Notes

BLACK = ("black", "#000", "#000000", "currentcolor", "rgb(0,0,0)", "rgb(0, 0, 0)")
WRITTEN = "data-written"
"""Attribute of a stroke in our own plotter files: its place in the order of writing, from 1; negative if it is drawn
backward."""
MAX_ELEMENTS = MAX_STROKES
"""Maximum number of elements of a drawing: lines, and the groups around them."""
MAX_SELECTOR_TESTS = 1_000_000
"""Maximum product of the number of elements and the number of style rules for elements inside others."""
MIN_BACKGROUND_SHARE = 0.5
"""Share of the paper's width and height from which a filled rectangle is a background."""
EVERYWHERE = np.array([(-np.inf, -np.inf), (np.inf, np.inf)])


class SvgContent:
    """Finds the lines of a document. ``outline_count`` counts filled outlines, which are not lines of a pen."""

    def __init__(self, root: etree._Element, file: str, notes: Notes, size: list[float | None]) -> None:
        self.root, self.file, self.notes = root, file, notes
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
        declared = self.styles.declarations(root)
        self.paper_is_light = all(is_light(declared.get(key, "none")) for key in ("background", "background-color"))
        self.outline_count = self.outline_curve_count = self.curve_count = 0

    def lines(self, layout: Layout | None) -> list[Floats]:
        """Return every stroke, shape (n, 2), in the user units of the document, which has this ``layout``."""
        number = 0
        for placed in SvgTree(self.geometry, self.styles, self.file, self.notes).elements(layout):
            if placed.name in OTHERS:
                self._skip(placed)
                continue
            number += 1
            with self.notes.part(f"{placed.name} {number}"):
                self.drawn += [self._parse_dot(placed)] if placed.name in DOTS else self._parse_lines(placed)
        lines = without_white(self.drawn, self.backgrounds, self.paper_is_light, self.notes)
        strokes = strokes_of(without_rulings(lines, self.notes), layout, self.notes)
        self.curve_count = sum(map(len, strokes))
        return svg_path.flatten(strokes, self.file)

    def _parse_lines(self, placed: PlacedElement) -> Iterator[PenLine]:
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

    def _count_outline(self, curves: Floats, placed: PlacedElement) -> None:
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

    def _skip(self, placed: PlacedElement) -> None:
        """Count what no pen has drawn, and remember it as a background."""
        name = placed.name
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

    def _parse_dot(self, placed: PlacedElement) -> PenLine:
        """Return a circle as a line of one point; its width is 0 if it is not filled."""
        element, fill = placed.element, placed.style.values.get("fill", BLACK[0])
        x, y = (self.geometry.coordinate(element, key) for key in ("cx", "cy"))
        radius = min(
            self.geometry.coordinate(element, key) for key in (("r",) if placed.name == "circle" else ("rx", "ry"))
        )
        width = 2 * radius * svg_transform.scale_of(placed.matrix) if placed.style.is_filled else 0.0
        center = placed.matrix[:2, :2] @ (x, y) + placed.matrix[:2, 2]
        color = BLACK[0] if fill in BLACK else fill
        return PenLine(np.tile(center, (1, 4, 1)), color, 1.0, width, False, is_dot=True)


def _integer(text: str) -> int:
    return int(text) if re.fullmatch(r"-?[0-9]{1,9}", text) else 0
