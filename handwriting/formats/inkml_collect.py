"""Collect what is to be drawn of an InkML document: traces, each with its context, and annotations.

Traces, groups and views (sections 3.2 and 3.3 of the standard) are walked in order. Traces of a pen in the air and of
tools that do not write are left out, as are traces in ``definitions`` that no view refers to; but if no view refers to
any of them, they are read, because some programs keep all ink there.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from lxml import etree

from handwriting.errors import InkError
from handwriting.formats import xml
from handwriting.formats.inkml_channels import DEFAULT_CHANNELS
from handwriting.formats.inkml_context import Context, Contexts
from handwriting.formats.inkml_trace import values_per_point
from handwriting.limits import MAX_DEPTH, MAX_POINTS, MAX_STROKES, check_points
from handwriting.notes import Notes

TEXT_TYPES = ("truth", "text", "transcription", "transcript", "label", "groundtruth", "unicode")
"""Types of the annotations that say what is written, in lower case."""
WRITER_TYPES = ("writer", "writerid")
_DRAWN = ("trace", "traceGroup")


@dataclass
class Trace:
    """A trace to be drawn: its text, of which only the points from ``first`` up to ``end`` are used."""

    text: str
    context: Context
    stroke: int
    """Number of the stroke that it begins or continues."""
    first: int
    end: int | None


class Collector:
    """Collects the traces and the annotations of one document."""

    def __init__(self, root: etree._Element, contexts: Contexts, file: str, notes: Notes) -> None:
        self.root, self.contexts, self.file, self.notes = root, contexts, file, notes
        self.traces: list[Trace] = []
        self.stroke_by_id: dict[str, int] = {}
        """The stroke of each trace that has an id."""
        self.stroke_count = 0
        self.annotations: list[tuple[int, str, str]] = []
        """Depth, type and text of every annotation of the document, its groups and its views."""
        self.point_count = 0
        self.context_cache: dict[tuple[str, str, int], tuple[Context, Context]] = {}
        self.reads_definitions = False
        self.missing: InkError | None = None
        """The error of the first view that refers to something that is not in the file."""

    def collect(self) -> list[Trace]:
        """Return the traces to be drawn, in order."""
        self._check_definitions()
        self._collect(self.root, Context(), 0)
        if self.missing and self.traces:
            self.notes.drop("a trace view", str(self.missing).removeprefix(f"{self.file}: "))
        elif self.missing:
            with self.notes.part("a trace view"):
                raise self.missing
        with self.notes.part("the trace format"):
            self._assume_format()
        return self.traces

    def _check_definitions(self) -> None:
        """Decide whether traces in ``definitions`` are drawn without a view, and note those that are not."""
        references = {view.get("traceDataRef", "") for view in self.root.iter("{*}traceView")}
        viewed = {self.contexts.elements.get(name.strip().removeprefix("#")) for name in references if name}
        stored = [trace for part in self.root.iter("{*}definitions") for trace in part.iter("{*}trace")]
        unviewed = sum(viewed.isdisjoint((trace, *trace.iterancestors())) for trace in stored)
        self.reads_definitions = unviewed == len(stored) > 0
        if self.reads_definitions:
            reason = f"no view refers to any of the traces in it, so they are read ({unviewed:,})"
            self.notes.drop("the rule not to draw <definitions>", reason)
        else:
            self.notes.count("trace of <definitions> without a view", unviewed)

    def _assume_format(self) -> None:
        """Use the only trace format of the file for traces without one, if they have its number of values."""
        traces_by_context: dict[int, list[Trace]] = {}
        for trace in self.traces:
            if trace.context.channels is DEFAULT_CHANNELS:
                traces_by_context.setdefault(id(trace.context), []).append(trace)
        for traces in traces_by_context.values():
            width = values_per_point([trace.text for trace in traces], len(DEFAULT_CHANNELS))
            context = self.contexts.with_only_format(traces[0].context, width)
            for trace in traces:
                trace.context = context

    def text(self) -> str | None:
        """Return the text of the outermost annotations, or None if there is none.

        They are joined as lines if any of them has several words, and as words otherwise.
        """
        candidates = [(depth, text) for depth, kind, text in self.annotations if kind in TEXT_TYPES and text]
        if not candidates:
            return None
        top = min(depth for depth, _ in candidates)
        parts = [text for depth, text in candidates if depth == top]
        return ("\n" if any(" " in part for part in parts) else " ").join(parts if top else parts[:1])

    def writer(self) -> str | None:
        return next((text for _, kind, text in self.annotations if kind in WRITER_TYPES and text), None)

    def _collect(self, elements: Iterable[etree._Element], context: Context, depth: int) -> None:
        """Collect the traces in ``elements``, in order. A context applies to what follows it."""
        if depth > MAX_DEPTH:
            raise InkError(f"{self.file}: groups are nested more than {MAX_DEPTH} levels deep; export it again")
        for child in elements:
            name = xml.local_name(child)
            if name == "trace":
                with self.notes.part(f"trace {self.stroke_count + 1}"):
                    self._add_trace(child, self._context_of(child, context))
            elif name in ("context", "traceFormat", "inkSource", "canvasTransform"):
                context = self.contexts.apply(child, context)
            elif name == "traceGroup":
                with self.notes.part("a group of traces"):
                    self._collect(child, self._context_of(child, context), depth + 1)
            elif name == "definitions" and self.reads_definitions:
                self._collect([part for part in child if xml.local_name(part) in _DRAWN], context, depth + 1)
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
        target = self._target(view)
        if target is not None and any(xml.local_name(above) == "definitions" for above in target.iterancestors()):
            self._draw(target, _index_path(view, "from", self.file), _index_path(view, "to", self.file), context)
        self._collect(view, context, depth)

    def _target(self, view: etree._Element) -> etree._Element | None:
        """Return what a view refers to, or None if it refers to nothing or to something that is not in the file."""
        try:
            reference = view.get("traceDataRef")
            return None if reference is None else self.contexts.find_element(reference)
        except InkError as error:
            self.missing = self.missing or error
            return None

    def _draw(self, target: etree._Element, first: list[int], last: list[int], context: Context) -> None:
        """Draw a trace or a group in ``definitions``, between two index paths, which count from 1 (3.3.2)."""
        self.contexts.count_step(0)
        context = self._context_of(target, context)
        if xml.local_name(target) == "trace":
            self._add_trace(target, context, (first or [1])[0] - 1, last[0] if last else None)
            return
        parts = [child for child in target if xml.local_name(child) in _DRAWN]
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
        self.traces.append(Trace(text, context, stroke, first, end))


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
