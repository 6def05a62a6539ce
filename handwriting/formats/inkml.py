"""W3C InkML (https://www.w3.org/TR/InkML/; its section numbers in brackets): traces, which become strokes.

Supported are trace formats with any channels in any order (3.1), wherever they are declared or referenced; units,
resolutions and orientations of X and Y (`inkml_channels.py`); difference prefixes and wildcards (3.2.1, in
`inkml_trace.py`); traces that continue others; trace groups and views (3.2.2, 3.3, in `inkml_collect.py`); contexts
(4.1) with affine canvas transforms (5.1) and time stamps (`inkml_context.py`); and annotations, of which those that say
what is written become the ink's text.

Traces of a pen in the air and of brushes that are highlighters or erasers are left out, as are points at which the
switch of the tip (channel S, 3.1.5) is off, and traces in ``definitions`` that no view refers to if views refer to
others of them. The namespace is optional, because many programs omit it. Coordinates are converted to the first unit of
X, unless a transform maps them to the canvas.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from lxml import etree

from handwriting.errors import InkError
from handwriting.formats import xml
from handwriting.formats.inkml_channels import Channel
from handwriting.formats.inkml_collect import Collector, Trace
from handwriting.formats.inkml_context import SECONDS, Context, Contexts
from handwriting.formats.inkml_trace import parse_traces, ranges_down, tip_switch
from handwriting.formats.numerals import decimal_places, format_values
from handwriting.formats.strokes import Strokes
from handwriting.formats.units import millimetres
from handwriting.formats.xml_damage import Vocabulary
from handwriting.ink import Floats, Page, Source
from handwriting.notes import Notes

ROOT = "ink"
NAMESPACE = "http://www.w3.org/2003/InkML"
VOCABULARY = Vocabulary(
    ("trace", "annotation"), (ROOT, "traceGroup", "definitions", "traceView", "context"), ("annotation",)
)
HOLDS = frozenset({"time", "start time", "pressure", "text", "writer", "units"})


def recognises(head: bytes) -> bool:
    return xml.root_name(head) == ROOT


def read(data: bytes, file: str, notes: Notes) -> list[Page]:
    """Read the ink of a document as one page."""
    root = xml.parse(data, file, notes, VOCABULARY)
    if xml.local_name(root) != ROOT:
        raise InkError(f"{file}: its root is <{xml.local_name(root)[:40]}>, not <{ROOT}>; this is not an InkML file")
    return _Document(root, file, notes).pages()


@dataclass
class _Points:
    """The points of a trace: x and y in the unit of the first channel X, t in seconds, pressure from 0 to 1.

    ``down`` is 0 where the pen is in the air.
    """

    x: Floats
    y: Floats
    t: Floats | None
    pressure: Floats | None
    down: Floats


class _Document:
    def __init__(self, root: etree._Element, file: str, notes: Notes) -> None:
        self.root, self.file, self.notes = root, file, notes
        self.contexts = Contexts(root, file, notes)
        self.collector = Collector(root, self.contexts, file, notes)
        self.units: str | None = None

    def pages(self) -> list[Page]:
        traces = self.collector.collect()
        self._note_look(traces)
        strokes: dict[int, list[_Points]] = {}
        for trace, rows in zip(traces, self._parse_traces(traces), strict=True):
            name = f"trace {trace.stroke + 1}"
            with self.notes.part(name):
                if isinstance(rows, InkError):
                    raise rows
                points = self._convert(trace.context, rows[trace.first : trace.end])
                strokes.setdefault(trace.stroke, []).append(points)
        is_switched = any(part.down.any() for parts in strokes.values() for part in parts)
        gathered = Strokes(self.file, self.notes)
        for stroke, parts in sorted(strokes.items()):
            with self.notes.part(f"trace {stroke + 1}"):
                x, y, t, pressure, down = (
                    _concatenate([getattr(part, name) for part in parts])
                    for name in ("x", "y", "t", "pressure", "down")
                )
                if x is not None and y is not None and down is not None:
                    for begin, end in ranges_down(down if is_switched else np.ones(len(x))):
                        optional = (None if values is None else values[begin:end] for values in (t, pressure))
                        gathered.add(x[begin:end], y[begin:end], *optional)
        text, writer = self.collector.text(), self.collector.writer()
        ink = gathered.ink(Source(self.units, text=text, writer=writer, file=self.file))
        return [] if ink is None else [Page(ink)]

    def _note_look(self, traces: list[Trace]) -> None:
        """Note the brushes, and the channels of the traces that are neither places, times nor pressure."""
        self.notes.count("brush", sum(len(brush) > 0 for brush in self.root.iter("{*}brush")), "detail")
        contexts = {id(trace.context): trace.context for trace in traces}.values()
        names = {channel.name for context in contexts for channel in context.channels}
        self.notes.count("sensor channel", len(names - {"X", "Y", "T", "F"}), "detail")

    def _parse_traces(self, traces: list[Trace]) -> list[Floats | InkError]:
        """Return the values of each trace, with shape (n, channels), or the error that says why it cannot be read.

        Neighbouring traces in the same context are parsed together.
        """
        rows: list[Floats | InkError] = []
        begin = 0
        for end in range(1, len(traces) + 1):
            context = traces[begin].context
            if end == len(traces) or traces[end].context is not context:
                names = [channel.name for channel in context.channels]
                rows += parse_traces(
                    [trace.text for trace in traces[begin:end]], names, context.regular, self.file, self.notes
                )
                begin = end
        return rows

    def _convert(self, context: Context, points: Floats) -> _Points:
        by_name = {c.name: (c, points[:, i]) for i, c in reversed(list(enumerate(context.channels)))}
        if "X" not in by_name or "Y" not in by_name:
            names = ", ".join(name[:20] for name in list(by_name)[:8])
            raise InkError(f"{self.file}: a trace format without X and Y ({names}); this is not ink")
        x, y = self._to_canvas(context, *by_name["X"], *by_name["Y"])
        t = pressure = None
        if "T" in by_name:
            channel, t = by_name["T"]
            offset = self.contexts.start_time(channel.since or context.stamp)
            t = t * SECONDS.get((channel.units or "ms").lower(), 1e-3) + offset
        if "F" in by_name:
            channel, f = by_name["F"]
            low = channel.low or 0.0
            span = 1.0 if channel.high is None or channel.high <= low else channel.high - low
            pressure = (f - low) / span
        down = tip_switch(by_name["S"][1]) if "S" in by_name else np.ones(len(x))
        return _Points(x, y, t, pressure, down)

    def _to_canvas(self, context: Context, x: Channel, xs: Floats, y: Channel, ys: Floats) -> tuple[Floats, Floats]:
        """Return the coordinates on the canvas in the unit of the first X, with y growing downward."""
        if self.units is None:
            self.units = x.units
        if not (np.isfinite(xs).all() and np.isfinite(ys).all()):
            raise InkError(f"{self.file}: a point has no valid X or Y; every point needs both as finite numbers")
        xs, ys = xs * x.scale, ys * y.scale
        x_unit, y_unit = millimetres(x.units), millimetres(y.units)
        if x_unit and y_unit:
            ys = ys * (y_unit / x_unit)
        if context.affine is not None:
            xs, ys = context.affine @ np.stack([xs, ys, np.ones(len(xs))])
        elif x_unit and (canvas_unit := millimetres(self.units)):
            xs, ys = xs * (x_unit / canvas_unit), ys * (x_unit / canvas_unit)
        return xs, ys


def _concatenate(parts: list[Floats | None]) -> Floats | None:
    """Concatenate arrays, or return None if any of them is missing."""
    known = [part for part in parts if part is not None]
    joined: Floats | None = np.concatenate(known) if len(known) == len(parts) else None
    return joined


def write(pages: Sequence[Page]) -> bytes:
    """Encode the ink of one page as a document with the channels X and Y, T in seconds, and F from 0 to 1."""
    ink = pages[0].ink
    source = ink.source
    root = etree.Element("ink", nsmap={None: NAMESPACE})
    for kind, text in (("truth", source.text), ("writer", source.writer)):
        if text:
            etree.SubElement(root, "annotation", type=kind).text = xml.printable(text)
    definitions = etree.SubElement(root, "definitions")
    if source.start_time is not None:
        etree.SubElement(definitions, "timestamp", {xml.ID: "start", "time": repr(source.start_time * 1000)})
    context = etree.SubElement(definitions, "context", {xml.ID: "pen"})
    trace_format = etree.SubElement(context, "traceFormat")
    units = {} if source.units is None else {"units": xml.printable(source.units)}
    digits = decimal_places(ink.x, ink.y)
    columns = [format_values(ink.x, digits), format_values(ink.y, digits)]
    for name in "XY":
        etree.SubElement(trace_format, "channel", {"name": name, "type": "decimal", **units})
    if ink.t is not None:
        since = {} if source.start_time is None else {"respectTo": "#start"}
        etree.SubElement(trace_format, "channel", {"name": "T", "type": "decimal", "units": "s", **since})
        columns.append(format_values(ink.t, 6))
    if ink.pressure is not None:
        etree.SubElement(trace_format, "channel", name="F", type="decimal", min="0", max="1")
        columns.append(format_values(ink.pressure, 4))
    points = list(map(" ".join, zip(*columns, strict=True)))
    for start, end in zip(ink.starts, ink.ends, strict=True):
        etree.SubElement(root, "trace", contextRef="#pen").text = ", ".join(points[start:end])
    result: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)
    return result
