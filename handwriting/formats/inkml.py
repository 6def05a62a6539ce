"""W3C InkML (https://www.w3.org/TR/InkML/; its section numbers in brackets): traces, which become strokes.

Supported are trace formats with any channels in any order (3.1), wherever they are declared or referenced; units,
resolutions and orientations of X and Y (`inkml_channels.py`); difference prefixes and wildcards (3.2.1, in
`inkml_trace.py`); traces that continue others; trace groups and views (3.2.2, 3.3); contexts (4.1) with affine canvas
transforms (5.1) and time stamps (`inkml_context.py`); and annotations, of which those that say what is written become
the ink's text.

Traces of a pen in the air and of brushes that are highlighters or erasers are left out, as are points at which the
switch of the tip (channel S, 3.1.5) is off, and traces in ``definitions`` that no view refers to. The namespace is
optional, because many programs omit it. Coordinates are converted to the first unit of X, unless a transform maps them
to the canvas.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from lxml import etree

from handwriting.errors import InkError
from handwriting.formats import xml
from handwriting.formats.inkml_channels import Channel
from handwriting.formats.inkml_context import SECONDS, Context, Contexts
from handwriting.formats.inkml_trace import parse_traces, ranges_down, tip_switch
from handwriting.formats.numerals import decimal_places, format_values
from handwriting.formats.strokes import Strokes
from handwriting.formats.units import millimetres
from handwriting.formats.xml_damage import Vocabulary
from handwriting.ink import Floats, Page, Source
from handwriting.limits import MAX_DEPTH, MAX_POINTS, MAX_STROKES, check_points
from handwriting.notes import Notes

ROOT = "ink"
NAMESPACE = "http://www.w3.org/2003/InkML"
TEXT_TYPES = ("truth", "text", "transcription", "transcript", "label", "groundtruth", "unicode")
"""Types of the annotations that say what is written, in lower case."""
WRITER_TYPES = ("writer", "writerid")
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
class _Trace:
    """A trace to be drawn: its text, of which only the points from ``first`` up to ``end`` are used."""

    text: str
    context: Context
    stroke: int
    """Number of the stroke that it begins or continues."""
    first: int
    end: int | None


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
        self.traces: list[_Trace] = []
        self.stroke_by_id: dict[str, int] = {}
        """The stroke of each trace that has an id."""
        self.stroke_count = 0
        self.annotations: list[tuple[int, str, str]] = []
        """Depth, type and text of every annotation of the document, its groups and its views."""
        self.units: str | None = None
        self.point_count = 0
        self.context_cache: dict[tuple[str, str, int], tuple[Context, Context]] = {}

    def pages(self) -> list[Page]:
        self._collect(self.root, Context(), 0)
        self._note_look()
        strokes: dict[int, list[_Points]] = {}
        for trace, rows in zip(self.traces, self._parse_traces(), strict=True):
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
        ink = gathered.ink(Source(self.units, text=self._text(), writer=self._writer(), file=self.file))
        return [] if ink is None else [Page(ink)]

    def _note_look(self) -> None:
        """Note the brushes, and the channels of the traces that are neither places, times nor pressure."""
        self.notes.count("brush", sum(len(brush) > 0 for brush in self.root.iter("{*}brush")), "detail")
        contexts = {id(trace.context): trace.context for trace in self.traces}.values()
        names = {channel.name for context in contexts for channel in context.channels}
        self.notes.count("sensor channel", len(names - {"X", "Y", "T", "F"}), "detail")

    def _collect(self, element: etree._Element, context: Context, depth: int) -> None:
        """Collect the traces below ``element``, in order. A context applies to what follows it."""
        if depth > MAX_DEPTH:
            raise InkError(f"{self.file}: groups are nested more than {MAX_DEPTH} levels deep; export it again")
        for child in element:
            name = xml.local_name(child)
            if name == "trace":
                with self.notes.part(f"trace {self.stroke_count + 1}"):
                    self._add_trace(child, self._context_of(child, context))
            elif name in ("context", "traceFormat", "inkSource", "canvasTransform"):
                context = self.contexts.apply(child, context)
            elif name == "traceGroup":
                with self.notes.part("a group of traces"):
                    self._collect(child, self._context_of(child, context), depth + 1)
            elif name == "traceView":
                with self.notes.part("a view of traces"):
                    self._draw_view(child, context, depth + 1)
            elif name == "annotation":
                kind = child.get("type", "").lower()
                self.annotations.append((depth, kind, (child.text or "").strip()))
                self.notes.count("annotation", kind not in (*TEXT_TYPES, *WRITER_TYPES), "detail")

    def _draw_view(self, view: etree._Element, context: Context, depth: int) -> None:
        """Draw what a view refers to in ``definitions``.

        A view of other traces only annotates them, because they are drawn anyway.
        """
        reference = view.get("traceDataRef")
        if reference is not None:
            target = self.contexts.find_element(reference)
            if any(xml.local_name(above) == "definitions" for above in target.iterancestors()):
                self._draw(target, _index_path(view, "from", self.file), _index_path(view, "to", self.file), context)
        self._collect(view, context, depth)

    def _draw(self, target: etree._Element, first: list[int], last: list[int], context: Context) -> None:
        """Draw a trace or a group in ``definitions``, between two index paths, which count from 1 (3.3.2)."""
        self.contexts.count_step(0)
        context = self._context_of(target, context)
        if xml.local_name(target) == "trace":
            self._add_trace(target, context, (first or [1])[0] - 1, last[0] if last else None)
            return
        parts = [child for child in target if xml.local_name(child) in ("trace", "traceGroup")]
        low, high = (first or [1])[0], last[0] if last else len(parts)
        for number, part in enumerate(parts[low - 1 : high], low):
            self._draw(part, first[1:] if number == low else [], last[1:] if number == high else [], context)

    def _context_of(self, element: etree._Element, context: Context) -> Context:
        """Return the context, including the brush, that an element refers to."""
        key = element.get("contextRef", ""), element.get("brushRef", ""), id(context)
        if not key[0] and not key[1]:
            return context
        if key not in self.context_cache:
            # Keep the base context alive, so that its id cannot be reused for another object.
            self.context_cache[key] = context, self.contexts.apply_references(key[:2], context)
        return self.context_cache[key][1]

    def _add_trace(self, trace: etree._Element, context: Context, first: int = 0, end: int | None = None) -> None:
        kind = trace.get("type", "penDown").lower()
        if kind in ("penup", "hover"):
            return
        if "eras" in kind:
            self.notes.count("eraser stroke")
            return
        if context.tool is not None:
            self.notes.count(f"{context.tool} stroke")
            return
        # Annotations may interrupt the points.
        text = (trace.text or "") + " ".join(part.tail or "" for part in trace)
        self.point_count += text.count(",") + 1
        stroke = None
        if trace.get("continuation") in ("middle", "end"):
            prior = (trace.get("priorRef") or "").strip().removeprefix("#")
            stroke = self.stroke_by_id.get(prior, self.stroke_count - 1 if self.stroke_count else None)
        if stroke is None:
            stroke = self.stroke_count
            self.stroke_count += 1
        if self.point_count > MAX_POINTS or self.stroke_count > MAX_STROKES:
            check_points(self.point_count, self.file, self.stroke_count)
        if name := trace.get(xml.ID) or trace.get("id"):
            self.stroke_by_id[name] = stroke
        self.traces.append(_Trace(text, context, stroke, first, end))

    def _parse_traces(self) -> list[Floats | InkError]:
        """Return the values of each trace, with shape (n, channels), or the error that says why it cannot be read.

        Neighbouring traces in the same context are parsed together.
        """
        rows: list[Floats | InkError] = []
        begin = 0
        for end in range(1, len(self.traces) + 1):
            context = self.traces[begin].context
            if end == len(self.traces) or self.traces[end].context is not context:
                names = [channel.name for channel in context.channels]
                rows += parse_traces(
                    [trace.text for trace in self.traces[begin:end]], names, context.regular, self.file, self.notes
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

    def _text(self) -> str | None:
        """Return the text of the outermost annotations, or None if there is none.

        They are joined as lines if any of them has several words, and as words otherwise.
        """
        candidates = [(depth, text) for depth, kind, text in self.annotations if kind in TEXT_TYPES and text]
        if not candidates:
            return None
        top = min(depth for depth, _ in candidates)
        parts = [text for depth, text in candidates if depth == top]
        return ("\n" if any(" " in part for part in parts) else " ").join(parts if top else parts[:1])

    def _writer(self) -> str | None:
        return next((text for _, kind, text in self.annotations if kind in WRITER_TYPES and text), None)


def _concatenate(parts: list[Floats | None]) -> Floats | None:
    """Concatenate arrays, or return None if any of them is missing."""
    known = [part for part in parts if part is not None]
    joined: Floats | None = np.concatenate(known) if len(known) == len(parts) else None
    return joined


def _index_path(view: etree._Element, name: str, file: str) -> list[int]:
    text = view.get(name)
    if text is None:
        return []
    parts = text.split(":")
    if len(parts) > 20 or not all(p.strip().isascii() and p.strip().isdigit() and len(p) < 10 for p in parts):
        raise InkError(
            f"{file}: {name}={text[:40]!r} of a trace view is invalid; it must be numbers separated by colons"
        )
    return [max(1, int(part)) for part in parts]


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
