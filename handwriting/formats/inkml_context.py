"""The contexts of an InkML document: the meaning of the numbers in its traces (sections 4 and 5 of the standard).

Damaged information about X and Y is an error. Damaged information that affects only time, pressure or looks is dropped
with a note. So is a reference to an id that does not exist; the traces then keep the context around them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from lxml import etree

from handwriting.errors import InkError
from handwriting.formats import times, xml
from handwriting.formats.inkml_channels import DEFAULT_CHANNELS, Channel, parse_format
from handwriting.ink import Floats
from handwriting.limits import number, number_or_none
from handwriting.notes import Notes

SECONDS = {"s": 1.0, "ms": 1e-3, "us": 1e-6, "ns": 1e-9, "min": 60.0}
_MAX_DEPTH = 20
"""Maximum depth of references; real files have one or two levels."""
_MAX_STEPS = 100_000
"""Maximum number of contexts and mappings to resolve; a few elements that refer to each other could ask for any
number."""
TRANSLUCENT = 0.25
"""Transparency, from 0 to 1, from which a brush is a highlighter."""
INVISIBLE = 0.98
MAX_TIME = 1e19


@dataclass(frozen=True)
class Context:
    """The information that is needed to read a trace."""

    channels: tuple[Channel, ...] = DEFAULT_CHANNELS
    regular: int = 2
    """Number of channels that every point has a value for."""
    affine: Floats | None = None
    """Shape (2, 3): maps (x, y, 1) to the canvas."""
    stamp: str | None = None
    """Id of the time stamp that T is relative to if the channel does not name one."""
    tool: str | None = None
    """Name of the brush's tool if it does not write (``"highlighter"``)."""


class Contexts:
    """Resolves the contexts of one document."""

    def __init__(self, root: etree._Element, file: str, notes: Notes) -> None:
        self.file, self.notes = file, notes
        self.steps = 0
        self.formats: dict[tuple[etree._Element, etree._Element | None], tuple[tuple[Channel, ...], int]] = {}
        self.elements: dict[str, etree._Element] = {}
        self.format_elements = [element for element in root.iter("{*}traceFormat") if len(element)]
        for element in root.xpath("//*[@*[local-name() = 'id']]"):
            name = element.get(xml.ID) or element.get("id")
            if name is not None:
                self.elements.setdefault(name, element)

    def find_element(self, reference: str) -> etree._Element:
        """Return the element that ``#id`` refers to. Raises :class:`InkError` if there is none."""
        found = self.elements.get(reference.strip().removeprefix("#"))
        if found is None:
            raise InkError(f"{self.file}: it refers to {reference[:40]!r}, which is not in the file; export it again")
        return found

    def apply_references(self, references: Sequence[str], base: Context, depth: int = 0) -> Context:
        """Return ``base`` changed by the elements with these ids.

        Empty references and the defaults of the standard change nothing.
        """
        for reference in references:
            # "#DefaultContext" and the like are defined by the standard and need not be in the file.
            if not reference or reference.startswith("#Default"):
                continue
            if reference.strip().removeprefix("#") not in self.elements:
                self.notes.drop("a reference", f"{reference[:40]!r} is not in the file")
                continue
            base = self.apply(self.find_element(reference), base, depth)
        return base

    def apply(self, element: etree._Element, base: Context, depth: int = 0) -> Context:
        """Return ``base`` changed by a ``context`` element, or by a format, an ink source, a transform or a brush."""
        self.count_step(depth)
        match xml.local_name(element):
            case "brush":
                return replace(base, tool=self._brush_tool(element))
            case "traceFormat":
                return self._with_format(element, base, None)
            case "canvasTransform":
                return replace(base, affine=self._canvas_transform(element))
            case "timestamp":
                return replace(base, stamp=element.get(xml.ID) or element.get("id"))
            case "inkSource":
                formats = [child for child in element if xml.local_name(child) == "traceFormat"]
                return self._with_format(formats[0], base, element) if formats else base
            case "context":
                names = (
                    "contextRef",
                    "inkSourceRef",
                    "traceFormatRef",
                    "canvasTransformRef",
                    "timestampRef",
                    "brushRef",
                )
                base = self.apply_references([element.get(name, "") for name in names], base, depth + 1)
                for part in element:
                    base = self.apply(part, base, depth + 1)
        return base

    def with_only_format(self, base: Context, width: int) -> Context:
        """Return ``base`` with the only trace format of the document and the context around it.

        It is unchanged if there are several formats, or if points of this format do not have ``width`` values, or if
        X and Y alone explain these.
        """
        if len(self.format_elements) != 1 or width == len(base.channels):
            return base
        element = self.format_elements[0]
        while xml.local_name(above := element.getparent()) in ("inkSource", "context"):
            element = above
        context = self.apply(element, base)
        if not context.regular <= width <= len(context.channels):
            return base
        names = ", ".join(channel.name[:20] for channel in context.channels[:8])
        reason = f"points have {width} values, so the only format of the file is used ({names})"
        self.notes.drop("the trace format of the standard", reason)
        return context

    def start_time(self, stamp: str | None) -> float:
        """Return a time stamp as seconds since 1970: 0 for None, and also, with a note, for a damaged one."""
        try:
            return 0.0 if stamp is None else self._start_time(stamp, 0)
        except InkError as error:
            self.notes.drop("the start time", str(error).removeprefix(f"{self.file}: "))
            return 0.0

    def _start_time(self, stamp: str, depth: int) -> float:
        element = self.find_element(stamp)
        seconds = number(element.get("timeOffset", "0"), "timeOffset", self.file) / 1000
        if (time := element.get("time")) is not None:
            if (value := number_or_none(time, MAX_TIME)) is None:
                raise InkError(f"{self.file}: time={time[:40]!r} of a timestamp is not a number")
            return seconds + value * times.unit_of(np.array([value]), 1e-3)
        if (text := element.get("timeString")) is not None:
            if (date := times.parse_date(text)) is None:
                raise InkError(f"{self.file}: timeString={text[:40]!r} of a timestamp is not a date")
            return seconds + date
        reference = element.get("timestampRef")
        if reference is None or depth > _MAX_DEPTH:
            return seconds
        return seconds + self._start_time(reference, depth + 1)

    def count_step(self, depth: int) -> None:
        """Count a reference that is followed. Raises :class:`InkError` if there are too many."""
        self.steps += 1
        if depth > _MAX_DEPTH or self.steps > _MAX_STEPS:
            raise InkError(f"{self.file}: its contexts or mappings refer to each other in a loop; export it again")

    def _with_format(self, element: etree._Element, base: Context, source: etree._Element | None) -> Context:
        if (element, source) not in self.formats:
            self.formats[element, source] = parse_format(element, source, self.file, self.notes)
        channels, regular = self.formats[element, source]
        return replace(base, channels=channels, regular=regular) if channels else base

    def _brush_tool(self, element: etree._Element) -> str | None:
        """Return the name of a brush's tool if it does not write, or None if it does."""
        name = f"{element.get(xml.ID) or element.get('id') or ''} {element.get('name', '')}".lower()
        properties = {p.get("name", "").lower(): p.get("value", "").strip().lower() for p in element.iter("{*}*")}
        name += " ".join(part.text or "" for part in element.iter("{*}annotation")).lower()
        name = f"{name} {properties.get('tip', '')} {properties.get('name', '')} {properties.get('tool', '')}"
        transparency = number_or_none(properties.get("transparency")) or 0.0
        transparency = transparency / 255 if transparency >= 1 else transparency
        if "eras" in name or properties.get("erasermode") == "true":
            return "eraser"
        if "highlight" in name or properties.get("rasterop") == "maskpen" or TRANSLUCENT <= transparency < INVISIBLE:
            return "highlighter"
        return "invisible" if transparency >= INVISIBLE else None

    def _canvas_transform(self, element: etree._Element) -> Floats | None:
        """Return the transform of a canvas. One that is damaged or not affine is dropped with a note."""
        mappings = [child for child in element if xml.local_name(child) == "mapping"]
        try:
            return self._parse_mapping(mappings[0]) if mappings else None
        except InkError as error:
            self.notes.drop("the canvas transform", str(error).removeprefix(f"{self.file}: "))
            return None

    def _parse_mapping(self, element: etree._Element, depth: int = 0) -> Floats | None:
        self.count_step(depth)
        reference = element.get("mappingRef")
        if reference:
            return self._parse_mapping(self.find_element(reference), depth + 1)
        affine = next((child for child in element if xml.local_name(child) == "affine"), None)
        kind = element.get("type", "unknown" if affine is None else "affine")
        if kind in ("identity", "unknown"):
            return None
        if kind == "product":
            result = np.eye(3)
            for child in element:
                if xml.local_name(child) == "mapping" and (matrix := self._parse_mapping(child, depth + 1)) is not None:
                    result = np.vstack([matrix, [0, 0, 1]]) @ result
            return result[:2]
        if kind != "affine" or affine is None:
            raise InkError(f"{self.file}: mapping type {kind[:40]!r} is not supported; export with an affine mapping")
        rows = [row.split() for row in (affine.text or "").split(",")]
        if len(rows) < 2 or any(len(row) != 3 for row in rows[:2]):
            raise InkError(f"{self.file}: the affine mapping {(affine.text or '')[:40]!r} does not have 2 rows of 3")
        return np.array([[number(value, "affine", self.file) for value in row] for row in rows[:2]])
