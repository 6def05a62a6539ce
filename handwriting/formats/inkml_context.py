"""The contexts of an InkML document: what the numbers of its traces mean (sections 3.1, 4 and 5 of the standard)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np
from lxml import etree

from handwriting.errors import InkError
from handwriting.formats import xml
from handwriting.formats.units import millimetres
from handwriting.ink import Floats
from handwriting.limits import number

SECONDS = {"s": 1.0, "ms": 1e-3, "us": 1e-6, "ns": 1e-9, "min": 60.0}
_CHANNELS = 64
_DEEPEST = 20
"""References to references; real files have one or two."""
_STEPS = 100_000
"""Contexts and mappings that are looked at; few elements that refer to few others could ask for any number."""


@dataclass(frozen=True)
class Channel:
    """One channel of a trace format."""

    name: str
    units: str | None = None
    scale: float = 1.0
    """What a value is to be multiplied by to be in ``units``, with its sign for a reversed orientation."""
    low: float | None = None
    high: float | None = None
    since: str | None = None
    """Id of the time stamp that values count from (``respectTo``)."""


@dataclass(frozen=True)
class Context:
    """How a trace is to be read."""

    channels: tuple[Channel, ...] = (Channel("X"), Channel("Y"))
    regular: int = 2
    """How many of the channels every point has."""
    affine: Floats | None = None
    """Shape (2, 3): maps (x, y, 1) to the canvas."""
    stamp: str | None = None
    """Id of the time stamp that T counts from when the channel does not say."""


class Contexts:
    """Resolves the contexts of one document; every reference that leads nowhere is an :class:`InkError`."""

    def __init__(self, root: etree._Element, file: str) -> None:
        self.file = file
        self.steps = 0
        self.formats: dict[tuple[etree._Element, etree._Element | None], tuple[tuple[Channel, ...], int]] = {}
        self.resolutions: dict[etree._Element, dict[str, float]] = {}
        self.elements: dict[str, etree._Element] = {}
        for element in root.xpath("//*[@*[local-name() = 'id']]"):
            name = element.get(xml.ID) or element.get("id")
            if name is not None:
                self.elements.setdefault(name, element)

    def find(self, reference: str) -> etree._Element:
        """The element that ``#id`` refers to."""
        found = self.elements.get(reference.strip().removeprefix("#"))
        if found is None:
            raise InkError(f"{self.file}: it refers to {reference[:40]!r}, which is not in it; export the file again")
        return found

    def of(self, element: etree._Element, base: Context, depth: int = 0) -> Context:
        """What a ``context`` element (or a format, an ink source, a transform by itself) makes of ``base``."""
        self.step(depth)
        match xml.local(element):
            case "traceFormat":
                return self._with_format(element, base, None)
            case "canvasTransform":
                return replace(base, affine=self._affine(element))
            case "timestamp":
                return replace(base, stamp=element.get(xml.ID) or element.get("id"))
            case "inkSource":
                formats = [child for child in element if xml.local(child) == "traceFormat"]
                return self._with_format(formats[0], base, element) if formats else base
            case "context":
                names = ("contextRef", "inkSourceRef", "traceFormatRef", "canvasTransformRef", "timestampRef")
                # "#DefaultContext" and its like are defined by the standard and need not be in the file.
                refs = [ref for name in names if (ref := element.get(name)) and not ref.startswith("#Default")]
                for part in [*map(self.find, refs), *element]:
                    base = self.of(part, base, depth + 1)
        return base

    def time(self, stamp: str | None, depth: int = 0) -> float:
        """Seconds since 1970 of a time stamp; 0 for None."""
        if stamp is None:
            return 0.0
        element = self.find(stamp)
        seconds = number(element.get("timeOffset", "0"), "timeOffset", self.file) / 1000
        if (time := element.get("time")) is not None:
            try:
                return seconds + float(time[:40]) / 1000
            except ValueError:
                raise InkError(f"{self.file}: time={time[:40]!r} of a timestamp is not a number") from None
        if (text := element.get("timeString")) is not None:
            try:
                return seconds + datetime.fromisoformat(text.strip()).timestamp()
            except (ValueError, OverflowError, OSError):
                raise InkError(f"{self.file}: timeString={text[:40]!r} of a timestamp is no date") from None
        reference = element.get("timestampRef")
        if reference is None or depth > _DEEPEST:
            return seconds
        return seconds + self.time(reference, depth + 1)

    def step(self, depth: int) -> None:
        """To be called wherever a reference is followed."""
        self.steps += 1
        if depth > _DEEPEST or self.steps > _STEPS:
            raise InkError(f"{self.file}: its contexts or mappings refer to each other without end; export it again")

    def _with_format(self, element: etree._Element, base: Context, source: etree._Element | None) -> Context:
        if (element, source) not in self.formats:
            self.formats[element, source] = self._format(element, source)
        channels, regular = self.formats[element, source]
        return replace(base, channels=channels, regular=regular) if channels else base

    def _format(self, element: etree._Element, source: etree._Element | None) -> tuple[tuple[Channel, ...], int]:
        regular = [child for child in element if xml.local(child) == "channel"]
        inner = [child for child in element if xml.local(child) in ("regularChannels", "intermittentChannels")]
        for group in inner:
            if xml.local(group) == "regularChannels":
                regular += [child for child in group if xml.local(child) == "channel"]
        extra = [c for g in inner if xml.local(g) == "intermittentChannels" for c in g if xml.local(c) == "channel"]
        if not regular:
            return (), 0
        if len(regular + extra) > _CHANNELS:
            raise InkError(f"{self.file}: a trace format of {len(regular + extra)} channels; {_CHANNELS} are enough")
        channels = tuple(self._channel(child, source) for child in regular + extra)
        names = [channel.name for channel in channels]
        if "X" not in names or "Y" not in names:
            shown = ", ".join(name[:20] for name in names[:8])
            raise InkError(f"{self.file}: a trace format without X and Y ({shown}); this is no ink")
        return channels, len(regular)

    def _channel(self, element: etree._Element, source: etree._Element | None) -> Channel:
        name, units = element.get("name", "").strip(), element.get("units")
        scale = -1.0 if element.get("orientation") == "-ve" else 1.0
        bounds = [None if (b := element.get(k)) is None else number(b, k, self.file) for k in ("min", "max")]
        resolution = None if source is None else self._resolution(source, name)
        if resolution and name in "XY" and element.get("type") == "integer" and millimetres(units):
            # Counts of a digitiser, so many a unit; decimals are in the unit itself.
            scale /= resolution
        return Channel(name, units, scale, bounds[0], bounds[1], element.get("respectTo"))

    def _resolution(self, source: etree._Element, name: str) -> float | None:
        """Counts a unit of a channel, where the ink source tells."""
        if source not in self.resolutions:
            found: dict[str, float] = {}
            for element in source.iter("{*}channelProperty"):
                resolved = element.get("name") == "resolution"
                if resolved and element.get("units", "").startswith("1/"):
                    value = number(element.get("value"), "resolution", self.file)
                    found.setdefault(element.get("channel", ""), value)
            self.resolutions[source] = found
        value = self.resolutions[source].get(name, 0.0)
        return value if value > 0 else None

    def _affine(self, element: etree._Element) -> Floats | None:
        mappings = [child for child in element if xml.local(child) == "mapping"]
        return self._mapping(mappings[0]) if mappings else None

    def _mapping(self, element: etree._Element, depth: int = 0) -> Floats | None:
        self.step(depth)
        reference = element.get("mappingRef")
        if reference:
            return self._mapping(self.find(reference), depth + 1)
        kind = element.get("type", "unknown")
        if kind in ("identity", "unknown"):
            return None
        if kind == "product":
            result = np.eye(3)
            for child in element:
                if xml.local(child) == "mapping" and (matrix := self._mapping(child, depth + 1)) is not None:
                    result = np.vstack([matrix, [0, 0, 1]]) @ result
            return result[:2]
        affine = next((child for child in element if xml.local(child) == "affine"), None)
        if kind != "affine" or affine is None:
            raise InkError(f"{self.file}: a mapping of type {kind[:40]!r} is not known here; export with an affine one")
        rows = [row.split() for row in (affine.text or "").split(",")]
        if len(rows) < 2 or any(len(row) != 3 for row in rows[:2]):
            raise InkError(f"{self.file}: the affine mapping {(affine.text or '')[:40]!r} does not have 2 rows of 3")
        return np.array([[number(value, "affine", self.file) for value in row] for row in rows[:2]])
