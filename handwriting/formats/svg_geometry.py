"""The geometry of the elements of an SVG drawing: lengths, outlines, transforms, viewports, bounding and clip boxes.

Nothing here depends on how an element is painted.
"""

from __future__ import annotations

import re

import numpy as np
from lxml import etree

from handwriting.errors import InkError, TooLargeError
from handwriting.formats import svg_path, svg_transform, xml
from handwriting.formats.svg_path import Outline, Outlines
from handwriting.formats.svg_style import Styles
from handwriting.formats.units import millimetres
from handwriting.ink import Floats
from handwriting.limits import number_or_none
from handwriting.notes import Notes

LINES = ("path", "polyline", "polygon", "line")
DOTS = ("circle", "ellipse")
BOXES = ("rect", "image", "foreignObject")
"""Elements that have a position, a width and a height."""
NOT_RENDERED = {
    "defs", "symbol", "clipPath", "mask", "marker", "pattern", "metadata", "script", "style", "title", "desc",
}  # fmt: skip
"""Elements whose contents are not drawn where they are defined."""
MAX_FUNCTIONS = 20_000
"""Maximum number of functions in all transforms."""
DEFAULT_SIZE = (300.0, 150.0)
"""Size to which percentages refer in a drawing that does not state its own, as in CSS."""
FILL_BOXES = ("fill-box", "content-box")
"""Values of ``transform-box`` for which the origin of a transform refers to the bounding box of the element."""
_CLIP = re.compile(r"(?:^|;\s*clip-path\s*:)\s*url\(\s*[\"']?#([^)\"']{1,200}?)[\"']?\s*\)\s*")


class Geometry:
    """Resolves the geometry of the elements of one drawing, whose ``size`` is given in user units if it is known."""

    def __init__(self, root: etree._Element, styles: Styles, file: str, notes: Notes, size: list[float | None]) -> None:
        self.root, self.styles, self.file, self.notes, self.size = root, styles, file, notes, size
        self.parser = Outlines(file)
        self.function_count = 0
        self._by_id: dict[str, etree._Element] | None = None
        self._boxes: dict[etree._Element, Floats | None] = {}
        self._clips: dict[etree._Element, tuple[Floats, Floats] | None] = {}

    def find_element(self, name: str) -> etree._Element | None:
        """Return the first element with this id."""
        if self._by_id is None:
            self._by_id = {}
            for element in self.root.xpath("//*[@id]"):
                self._by_id.setdefault(element.get("id"), element)
        return self._by_id.get(name)

    def length(self, element: etree._Element, name: str) -> float | None:
        """Return a length in user units; a percentage refers to the whole drawing."""
        text = (element.get(name) or "").strip()
        if text.endswith("%"):
            axis = name.removeprefix("c")[0] in "yh"
            share, whole = number_or_none(text[:-1]), self.size[axis]
            if whole is None:
                whole = number_or_none(self.root.get("height" if axis else "width", "").removesuffix("px"))
            return None if share is None else share / 100 * (DEFAULT_SIZE[axis] if whole is None else whole)
        unit = text[-2:] if millimetres(text[-2:]) else ""
        value = number_or_none(text.removesuffix(unit))
        return value if value is None or not unit else value * (millimetres(unit) or 1) / (millimetres("px") or 1)

    def coordinate(self, element: etree._Element, name: str) -> float:
        """Return a length that is 0 unless it is given.

        Raises :class:`InkError` for one that cannot be resolved.
        """
        length = self.length(element, name)
        if length is None and element.get(name, "").strip():
            raise InkError(f"{self.file}: {name}={element.get(name, '')[:40]!r} is not a length; give a number")
        return length or 0.0

    def outlines(self, element: etree._Element) -> list[Outline]:
        """Return the outlines of one of :data:`LINES`."""
        name = xml.local_name(element)
        if name == "path":
            return list(self.parser.path(element.get("d", "")))
        if name == "line":
            words = [str(self.coordinate(element, key)) for key in ("x1", "y1", "x2", "y2")]
        else:
            words = svg_path.NUMBER.findall(element.get("points", ""))
        return self.parser.polyline(words, name == "polygon")

    def viewport_size(self, element: etree._Element, sized: etree._Element) -> list[float | None]:
        """Return the width and height of an inner ``svg`` or a symbol, as far as they are given.

        ``sized`` is the element that has its width and height.
        """
        return [self.length(sized, name) or self.length(element, name) for name in ("width", "height")]

    def viewport(self, element: etree._Element, sized: etree._Element) -> Floats:
        """Return the transform of an inner ``svg`` or a symbol to the coordinates around it, with shape (3, 3)."""
        own = element is sized
        x, y = (self.length(element, name) or 0.0 if own else 0.0 for name in "xy")
        words = element.get("viewBox", "").replace(",", " ").split()
        frame = svg_transform.translation(x, y)
        sides = [side for word in words if (side := number_or_none(word)) is not None]
        if len(sides) != 4:
            if words:
                self.notes.drop("a view box", f"{element.get('viewBox', '')[:40]!r} is not four numbers")
            return frame
        box = np.array(sides)
        given = self.viewport_size(element, sized)
        lengths = [one or whole or share for one, whole, share in zip(given, self.size, box[2:], strict=True)]
        if not (box[2:] > 0).all():
            return frame
        return svg_transform.fit_view_box(box, np.array([x, y, *lengths]), element.get("preserveAspectRatio", ""))

    def transform(
        self,
        declared: dict[str, str],
        element: etree._Element | None = None,
        origin: tuple[float, float] = (0.0, 0.0),
    ) -> Floats | None:
        """Return the transform that the style of ``element`` declares, shape (3, 3); None if it declares none.

        The outermost element is given as None, and ``origin`` is the point about which it turns unless it states one.
        """
        text = svg_transform.combine(declared)
        if not text:
            return None
        self.function_count += text.count("(")
        if self.function_count > MAX_FUNCTIONS:
            raise TooLargeError(f"{self.file}: more than {MAX_FUNCTIONS:,} transforms; split it into pages or lines")
        found = svg_transform.parse_transform(text, self.file)
        if (found[:2, :2] == np.eye(2)).all():
            return found  # a translation, which has no origin
        given, kind = declared.get("transform-origin"), declared.get("transform-box", "view-box")
        if element is not None and kind in FILL_BOXES:
            box = self.bounds(element)
            (left, top), (width, height) = (box[0], np.ptp(box, axis=0)) if box is not None else np.zeros((2, 2))
            x, y = svg_transform.parse_origin(given or "0 0", [float(width), float(height)], self.file)
            origin = float(left) + x, float(top) + y
        elif element is not None and kind != "view-box":
            raise InkError(f"{self.file}: transform-box={kind[:40]!r} is not supported; export it again")
        elif given is not None:
            origin = svg_transform.parse_origin(given, self.size, self.file)
        return svg_transform.translation(*origin) @ found @ svg_transform.translation(-origin[0], -origin[1])

    def bounds(self, element: etree._Element) -> Floats | None:
        """Return the corners of the bounding box of an element in its own coordinates, with shape (2, 2).

        It is None if nothing is in it. Raises :class:`InkError` for contents whose size is not known, such as text.
        """
        if element not in self._boxes:
            name = xml.local_name(element)
            if name in ("g", "a"):
                points = []
                for child in element:
                    box = None if self._is_hidden(child) else self.bounds(child)
                    if box is not None:
                        matrix = self.transform(self.styles.declarations(child), child)
                        points.append(corners_of(box, np.eye(3) if matrix is None else matrix))
            else:
                points = self._shape_points(element, name)
            found = np.concatenate([np.empty((0, 2)), *points])
            self._boxes[element] = np.array([found.min(axis=0), found.max(axis=0)]) if len(found) else None
        return self._boxes[element]

    def _is_hidden(self, element: etree._Element) -> bool:
        name = xml.local_name(element)
        return not name or name in NOT_RENDERED or self.styles.declarations(element).get("display") == "none"

    def _shape_points(self, element: etree._Element, name: str) -> list[Floats]:
        """Return points whose bounding box is that of a shape."""
        if name in LINES:
            return svg_path.flatten([curves for curves, _ in self.outlines(element)], self.file)
        if name in DOTS:
            center = np.array([self.coordinate(element, key) for key in ("cx", "cy")])
            radii = np.array(
                [self.coordinate(element, key) for key in (("r", "r") if name == "circle" else ("rx", "ry"))]
            )
            return [np.array([center - radii, center + radii])]
        if name in BOXES:
            x, y, width, height = (self.coordinate(element, key) for key in ("x", "y", "width", "height"))
            return [np.array([(x, y), (x + width, y + height)])]
        raise InkError(
            f"{self.file}: transform-box=fill-box around a <{name[:20]}> element is not supported; export it again"
        )

    def clip_box(self, element: etree._Element, matrix: Floats) -> Floats | None:
        """Return the rectangle to which an element is clipped, shape (2, 2), in the user units of the document.

        ``matrix`` is the transform of the element to them. It is None if the element is not clipped, or to another
        shape than an upright rectangle.
        """
        match = _CLIP.search(f"{element.get('clip-path', '')};{element.get('style', '')}")
        target = None if match is None else self.find_element(match[1])
        if target is None:
            return None
        if target not in self._clips:
            try:
                self._clips[target] = self._clip_shape(target)
            except TooLargeError:
                raise
            except InkError:
                self._clips[target] = None  # without the clip path, everything is read
        found = self._clips[target]
        if found is None:
            return None
        box, inner = found
        matrix = matrix @ inner
        return span(corners_of(box, matrix)) if (matrix[:2, :2] != 0).sum() == 2 else None  # otherwise it is turned

    def _clip_shape(self, target: etree._Element) -> tuple[Floats, Floats] | None:
        """Return the rectangle of a clip path, shape (2, 2), and its transform; None for any other clip path."""
        if xml.local_name(target) != "clipPath" or target.get("clipPathUnits") == "objectBoundingBox":
            return None
        shapes = [child for child in target if xml.local_name(child)]
        if len(shapes) != 1 or self._is_hidden(shapes[0]) or "clip-path" in shapes[0].attrib:
            return None
        name = xml.local_name(shapes[0])
        if name == "path":
            outlines = self.outlines(shapes[0])
            if len(outlines) != 1 or not is_rectangle(outlines[0][0]):
                return None
        box = self.bounds(shapes[0]) if name in ("rect", "path") else None
        if box is None or not (np.ptp(box, axis=0) > 0).all():
            return None
        matrix = np.eye(3)
        for one in (target, shapes[0]):
            inner = self.transform(self.styles.declarations(one), one)
            matrix = matrix if inner is None else matrix @ inner
        return box, matrix


def is_rectangle(curves: Floats) -> bool:
    """Return whether an outline, shape (n, 4, 2), is a rectangle whose sides are parallel to the axes."""
    straight = (curves[:, 0] == curves[:, 1]).all() and (curves[:, 2] == curves[:, 3]).all()
    if not straight or len(curves) not in (3, 4, 5):
        return False
    corners = np.unique(curves[:, [0, 3]].reshape(-1, 2).round(9), axis=0)
    steps = np.abs(curves[:, 3] - curves[:, 0])
    upright = (steps.min(axis=1) <= 1e-9 * np.abs(curves).max()).all()
    return bool(upright and len(corners) == 4)


def corners_of(box: Floats, matrix: Floats) -> Floats:
    """Return the four corners of a box, shape (2, 2), after a transform, with shape (4, 2)."""
    (left, top), (right, bottom) = box
    corners = np.array([(left, top), (right, top), (right, bottom), (left, bottom)])
    return np.asarray(corners @ matrix[:2, :2].T + matrix[:2, 2])


def span(points: Floats) -> Floats:
    """Return the corners of the bounding box of points, shape (n, 2), with shape (2, 2)."""
    return np.array([points.min(axis=0), points.max(axis=0)])
