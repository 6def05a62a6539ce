"""SVG drawings: the lines of pens, out of paths, polylines and lines with their transforms.

What counts as a pen's line is what is drawn with a stroke and not filled; in a style sheet, in a ``style``, in
attributes or inherited from a group. Many programs export ink as filled outlines instead, whose middle line is lost:
a drawing of nothing else is refused as such. Printed rulings, shapes, text and pictures are left out. Curves become
points so close that no chord leaves its curve by more than a 20,000th of the drawing's size. There is no time and no
pressure.

Path data and transforms are parsed by svgpathtools, the document by ourselves and within our limits.
"""

from __future__ import annotations

import cmath
import importlib.util
import math
import re
import warnings
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from lxml import etree
from numpy.typing import NDArray

from handwriting.errors import InkError
from handwriting.formats import xml
from handwriting.formats.numerals import places, texts
from handwriting.formats.svg_style import Styles
from handwriting.formats.units import millimetres
from handwriting.ink import Floats, Ink, Page, Source
from handwriting.limits import MAX_COORDINATE, MAX_SEGMENTS, check_points, number, numbers

ROOT = "svg"
HOLDS = frozenset({"text", "page size"})
HIDDEN = {"defs", "symbol", "clipPath", "mask", "marker", "pattern", "metadata", "script", "style", "text", "image"}
"""Elements whose insides are not drawn, or not by a pen."""
PAPER = "paper"
"""Class of the rulings in our own drawings."""
RULINGS = 3
"""So many lines from edge to edge are the paper's in the drawings of others."""
MAX_ARCS = 5_000
"""Arcs of circles, each of which costs as much as a hundred other curves."""
MAX_TRANSFORMS = 20_000
FLATNESS = 1 / 20_000
_NUMBER = re.compile(r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?")
_LENGTH = re.compile(r"\s*([0-9.eE+-]{1,40})\s*(mm|cm|in|pt|pc|q)\s*", re.IGNORECASE)


def recognises(head: bytes) -> bool:
    return xml.root_name(head) == ROOT


def read(data: bytes, file: str) -> list[Page]:
    """The drawing as one page; raises :class:`InkError` with one line when no pen drew it.

    In millimetres where the drawing's own size is in a unit of length, else in its user units.
    """
    root = xml.parse(data, file, doctype=True)
    if xml.local(root) != ROOT:
        raise InkError(f"{file}: its root is <{xml.local(root)[:40]}>, not <{ROOT}>; this is no SVG drawing")
    if importlib.util.find_spec("svgpathtools") is None:
        raise InkError(f"{file}: reading SVG needs svgpathtools; install it: pip install 'handwriting[svg]'")
    sheet = _Sheet(root, file)
    drawing = _Drawing(root, file)
    lines = sheet.without_rulings(drawing.lines())
    if not lines and drawing.outlines:
        raise InkError(
            f"{file}: its {drawing.outlines:,} paths are filled outlines, and not the lines of a pen; "
            "export it as strokes, or in the note app's own format"
        )
    check_points(sum(map(len, lines)), file, len(lines))
    x, y = sheet.scale * np.concatenate(lines).T
    if not (np.abs([x, y]) <= MAX_COORDINATE).all():
        raise InkError(f"{file}: a point beyond {MAX_COORDINATE:g}; every coordinate must be finite and smaller")
    starts = np.cumsum([0] + [len(line) for line in lines[:-1]])
    said = {xml.local(child): (child.text or "").strip() for child in root if xml.local(child) in ("title", "desc")}
    text = said.get("desc") or said.get("title") or None
    ink = Ink(x, y, starts, source=Source(sheet.units, text=text, file=file))
    return [Page(ink, sheet.width, sheet.height) if sheet.at_corner else Page(ink)]


class _Sheet:
    """The size of the drawing, and how long its user unit is."""

    def __init__(self, root: etree._Element, file: str) -> None:
        self.units: str | None = None
        self.scale = 1.0
        lengths = [_length(root.get(name, ""), file) for name in ("width", "height")]
        box = root.get("viewBox", "").replace(",", " ").split()
        view = numbers(box, "viewBox", file).tolist() if len(box) == 4 else [0.0, 0.0, 0.0, 0.0]
        size: list[float | None] = [value if value > 0 else None for value in view[2:]]
        if lengths[0] and lengths[1]:
            self.units = "mm"
            shares = [length / value for length, value in zip(lengths, size, strict=True) if length and value]
            self.scale = min(shares) if len(shares) == 2 else millimetres("px") or 1.0
            size = [length / self.scale for length in lengths if length]
        self.user = size
        """Width and height in user units."""
        self.width, self.height = (None if value is None else value * self.scale for value in size)
        self.at_corner = view[:2] == [0, 0]

    def without_rulings(self, lines: list[Floats]) -> list[Floats]:
        """Lines of shape (n, 2) but for those printed on the paper: straight along an axis, from edge to edge."""
        width, height = self.user
        if width is None or height is None:
            return lines
        printed = set()
        for i, line in enumerate(lines):
            across, down = np.abs(line[-1] - line[0])
            if len(line) == 2 and (
                (down < 1e-6 and across > 0.995 * width) or (across < 1e-6 and down > 0.995 * height)
            ):
                printed.add(i)
        # One or two may be somebody's underlining.
        return [line for i, line in enumerate(lines) if i not in printed] if len(printed) >= RULINGS else lines


class _Drawing:
    def __init__(self, root: etree._Element, file: str) -> None:
        self.root, self.file = root, file
        self.styles = Styles(root)
        self.outlines = self.segments = self.arcs = 0

    def lines(self) -> list[Floats]:
        """Every pen line, shape (n, 2), in the drawing's user units."""
        curves = [piece for element, matrix in self._drawn() for piece in self._pieces(element, matrix)]
        if not curves:
            return []
        every = np.concatenate(curves)
        flat, counts = _flat(every, self.file)
        lines = []
        at = first = 0
        for part in curves:
            end = at + int(counts[first : first + len(part)].sum())
            first += len(part)
            dot = len(part) == 1 and (part[0, 0] == part[0, 3]).all()
            lines.append(part[0, :1] if dot else np.concatenate([part[0, :1], flat[at:end]]))
            at = end
        return lines

    def _drawn(self) -> Iterator[tuple[etree._Element, Floats]]:
        """The elements that a pen may have drawn, with the matrix of each, shape (3, 3)."""
        stack: list[tuple[etree._Element, Floats]] = [(child, np.eye(3)) for child in reversed(self.root)]
        while stack:
            element, matrix = stack.pop()
            name = xml.local(element)
            if not name or name in HIDDEN or element.get("class") == PAPER:
                continue
            if transform := element.get("transform"):
                matrix = matrix @ self._transform(transform)
            if name not in ("path", "polyline", "polygon", "line"):
                stack += [(child, matrix) for child in reversed(element)]
            elif self.styles.visible(element):
                yield element, matrix

    def _transform(self, text: str) -> Floats:
        from svgpathtools.parser import parse_transform

        self._count(MAX_SEGMENTS // MAX_TRANSFORMS * text.count("("), 0)
        try:
            matrix: Floats = parse_transform(text, strict=True)
        except ValueError:
            raise InkError(
                f"{self.file}: transform={text[:60]!r} is not understood; export the drawing again"
            ) from None
        return matrix

    def _pieces(self, element: etree._Element, matrix: Floats) -> list[Floats]:
        """The lines of one element, each as cubic curves, shape (n, 4, 2)."""
        path = xml.local(element) == "path"
        found = list(self._path(element.get("d", ""))) if path else self._corners(element)
        kept = []
        for points, closed in found:
            if self.styles.is_pen(element, closed):
                kept.append(points @ matrix[:2, :2].T + matrix[:2, 2])
            else:
                self.outlines += 1
        return kept

    def _corners(self, element: etree._Element) -> list[tuple[Floats, bool]]:
        closed = xml.local(element) == "polygon"
        if xml.local(element) == "line":
            words = [element.get(key, "0") for key in ("x1", "y1", "x2", "y2")]
        else:
            words = _NUMBER.findall(element.get("points", ""))
        self._count(len(words) // 2, 0)
        values = numbers(words, "points", self.file)
        corners = values[: len(values) // 2 * 2].reshape(-1, 2)  # an odd one is ignored, says the standard
        if not len(corners):
            return []
        ends = np.vstack([corners[1:], corners[:1]]) if closed or len(corners) == 1 else corners[1:]
        return [(np.stack([corners[: len(ends)], corners[: len(ends)], ends, ends], axis=1), closed)]

    def _path(self, data: str) -> Iterator[tuple[Floats, bool]]:
        """The subpaths of path data: their curves, and whether each is closed."""
        from svgpathtools import parse_path

        self._count(len(_NUMBER.findall(data)) // 2 + len(re.findall("[a-zA-Z]", data)), len(re.findall("[aA]", data)))
        position = 0j
        # One subpath at a time: the library joins those of which one begins where the last has ended.
        for part in re.findall(r"[Mm][^Mm]*", data):
            closed = "z" in part.lower()
            try:
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    path: Any = parse_path(part, position) if part[0] == "m" else parse_path(part)
                rows = [row for curve in path for row in _cubics(curve)]
            except (ValueError, IndexError, ZeroDivisionError, TypeError, AssertionError, OverflowError):
                raise InkError(f"{self.file}: path data {part[:40]!r} is not understood; export it again") from None
            if not rows:
                x, y = numbers([*_NUMBER.findall(part)[:2], "0", "0"][:2], "path", self.file)
                position = complex(x, y) + (position if part[0] == "m" else 0)
                if not closed:
                    continue  # the pen was moved and not put down
                rows = [(position,) * 4]
            position = rows[-1][3]
            yield np.array(rows).view(np.float64).reshape(-1, 4, 2), closed

    def _count(self, segments: int, arcs: int) -> None:
        self.segments += segments
        self.arcs += arcs
        if self.segments > MAX_SEGMENTS or self.arcs > MAX_ARCS:
            raise InkError(
                f"{self.file}: more than {MAX_SEGMENTS:,} curves or {MAX_ARCS:,} arcs; split it into pages or lines"
            )


def _cubics(curve: Any) -> list[tuple[complex, ...]]:
    """A curve of svgpathtools as cubic ones, each by its four control points."""
    if hasattr(curve, "control1"):
        return [(curve.start, curve.control1, curve.control2, curve.end)]
    if hasattr(curve, "control"):
        a, b, c = curve.start, curve.control, curve.end
        return [(a, a + 2 / 3 * (b - a), c + 2 / 3 * (b - c), c)]
    if not hasattr(curve, "radius"):
        return [(curve.start, curve.start, curve.end, curve.end)]
    # A quarter of an ellipse at most is as good as a cubic curve.
    pieces = max(1, math.ceil(abs(curve.delta) / 90))
    turn = cmath.exp(1j * math.radians(curve.rotation))
    angles = [math.radians(curve.theta + curve.delta * k / pieces) for k in range(pieces + 1)]
    handle = 4 / 3 * math.tan(math.radians(curve.delta) / pieces / 4)

    def place(unit: complex) -> complex:
        stretched = complex(unit.real * curve.radius.real, unit.imag * curve.radius.imag)
        return complex(curve.center + turn * stretched)

    rows: list[tuple[complex, ...]] = []
    for a, b in pairwise(map(cmath.rect, [1.0] * len(angles), angles)):
        rows.append((place(a), place(a + handle * 1j * a), place(b - handle * 1j * b), place(b)))
    return rows


def _flat(curves: Floats, file: str) -> tuple[Floats, NDArray[np.int64]]:
    """Points along cubic curves, shape (n, 4, 2), without the first of each; and how many each curve has."""
    extent = float(np.hypot(*np.ptp(curves.reshape(-1, 2), axis=0)))
    straight = (curves[:, 0] == curves[:, 1]).all(axis=1) & (curves[:, 2] == curves[:, 3]).all(axis=1)
    bend = np.abs(np.diff(curves, n=2, axis=1)).sum(axis=2).max(axis=1)
    # The distance of a cubic curve from a chord of 1/n of it is at most 6/8 of its second difference / n^2.
    wanted = np.ceil(np.sqrt(0.75 * bend / max(extent * FLATNESS, 1e-12)))
    counts = np.where(straight, 1, np.nan_to_num(wanted, nan=1).clip(1, 200)).astype(np.int64)
    check_points(int(counts.sum()), file)
    of = np.repeat(np.arange(len(curves)), counts)
    step = np.arange(len(of)) - np.repeat(np.cumsum(counts) - counts, counts) + 1
    t = (step / counts[of])[:, None]
    a, b, c, d = (curves[of, k] for k in range(4))
    points = (1 - t) ** 3 * a + 3 * t * (1 - t) ** 2 * b + 3 * t**2 * (1 - t) * c + t**3 * d
    return np.where(t == 1, d, points), counts


def _length(text: str, file: str) -> float | None:
    """A length with a unit, in millimetres."""
    match = _LENGTH.fullmatch(text)
    if match is None:
        return None
    value = number(match[1], "width", file) * (millimetres(match[2]) or 0)
    return value if value > 0 else None


def write(pages: Sequence[Page]) -> bytes:
    """One page: a path through the points of each stroke, in the ink's own unit."""
    import svgwrite
    import svgwrite.base

    page = pages[0]
    ink, unit = page.ink, millimetres(page.ink.source.units)
    left, top, right, bottom = ink.bounds
    pen = 0.002 * (right - left) + 0.01 * (bottom - top) or 1.0
    if page.width is not None and page.height is not None:
        box = (0.0, 0.0, page.width, page.height)
    else:
        box = (left - 2 * pen, top - 2 * pen, right - left + 4 * pen, bottom - top + 4 * pen)
    digits = places(ink.x, ink.y)
    size = [f"{length * (unit or 1):.6g}{'mm' if unit else ''}" for length in box[2:]]
    view = " ".join(texts(box, digits + 1))
    document = svgwrite.Drawing(size=tuple(size), viewBox=view, debug=False)
    document.elements.clear()  # an empty <defs>
    if text := ink.source.text:
        kind = svgwrite.base.Desc if "\n" in text else svgwrite.base.Title
        document.add(kind(xml.printable(text)))
    group = document.g(
        fill="none", stroke="black", stroke_width=f"{pen:.3g}", stroke_linecap="round", stroke_linejoin="round"
    )
    words = [" ".join(pair) for pair in zip(texts(ink.x, digits), texts(ink.y, digits), strict=True)]
    for start, end in zip(ink.starts, ink.ends, strict=True):
        points = words[start:end] if end - start > 1 else words[start:end] * 2
        group.add(document.path("M" + "L".join(points)))
    document.add(group)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{document.tostring()}\n'.encode()
