"""What the server works with, loaded once: both checkpoints, the shipped styles, and a lane for each kind of work."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from handwriting import formats, metrics
from handwriting.composition.live_page import Begun, Finished, Hands, Live, Sheet
from handwriting.composition.page import Hand
from handwriting.documents.incremental import IncrementalPageReader
from handwriting.errors import InkError
from handwriting.ink import Ink, Page, Source
from handwriting.recognition.pages import ReadLine
from handwriting.recognition.recognizer import Recognizer
from handwriting.rendering import save
from handwriting.rendering.drawing import Drawing, fitted
from handwriting.rendering.page import sheet as sheet_of
from handwriting.synthesis.styles import SHIPPED, Sample, Style, load
from handwriting.synthesis.synthesizer import Synthesizer
from handwriting.web import wire
from handwriting.web.lanes import Lane

CORES = os.cpu_count() or 1
"""Threads of each lane: the engine's work is one thread a request."""


@dataclass
class Desk:
    """One for a server."""

    synthesizer: Synthesizer
    recognizer: Recognizer
    reading: Lane = field(default_factory=lambda: Lane("reading", CORES, 12 * CORES))
    writing: Lane = field(default_factory=lambda: Lane("writing", CORES, 2 * CORES))
    drawing: Lane = field(default_factory=lambda: Lane("drawing", 1, 8))

    def __post_init__(self) -> None:
        self.reader = IncrementalPageReader(self.recognizer)
        self.hands = Hands(self.synthesizer)
        self.styles = {name: load(name) for name in SHIPPED}

    def close(self) -> None:
        """Wait for what runs."""
        for lane in (self.reading, self.writing, self.drawing):
            lane.close()

    def read(self, body: bytes) -> dict[str, Any]:
        """The answer to a drawing."""
        drawing = wire.parsed(wire.Drawing, body)
        hints = drawing.hints
        lines = self.reader.read(wire.ink(drawing.strokes), hints.alternatives, hints.textContext)
        return wire.transcription(lines, drawing.hints.alternatives, drawing.strokes)

    def read_lines(self, ink: Ink, alternatives: int) -> list[ReadLine]:
        return self.reader.read(ink, alternatives)

    def check(self, body: bytes) -> dict[str, Any]:
        """What a copied line says, beside what it should."""
        line = wire.parsed(wire.Line, body)
        ink = wire.ink(line.strokes)
        if len(ink) < 10:
            raise InkError("there is hardly any ink; write the whole line")
        read = self.recognizer.transcribe(ink).text
        return {"read": read, "cer": metrics.cer([(line.text, read)])}

    def new_style(self, body: bytes) -> dict[str, Any]:
        """A style of copied lines, tried as a primer."""
        new = wire.parsed(wire.NewStyle, body)
        samples = tuple(Sample(line.text, wire.ink(line.strokes)) for line in new.samples)
        style = Style(new.name.strip(), samples)
        self.hands.primer(style)
        return style.record()

    def live(self, body: bytes, begun: Callable[[Begun], object]) -> Live:
        """A page about to be written."""
        asked = wire.parsed(wire.Writing, body)
        if len(asked.text) > wire.LONGEST_TEXT:
            raise wire.TooLarge(
                f"a text of {len(asked.text):,} characters; give at most {wire.LONGEST_TEXT:,} at a time"
            )
        self.synthesizer.writable(asked.text)
        style = self._style(asked.style)
        primer = None if style is None else self.hands.primer(style)
        size = asked.size * (style.size if style else 1.0)
        hand = Hand(asked.bias, asked.seed, primer, size, asked.slant)
        return Live(self.synthesizer, self.recognizer, asked.text, asked.sheet.style(), hand, asked.bestOf, begun)

    def _style(self, given: str | dict[str, Any] | None) -> Style | None:
        if given is None:
            return None
        if isinstance(given, dict):
            return Style.of(given)
        if given not in self.styles:
            raise InkError(f"there is no style {given[:60]!r}; the styles are {', '.join(self.styles)}")
        return self.styles[given]


def events(live: Live) -> Iterator[dict[str, Any]]:
    """What happens on a page that is written, as it goes over the wire."""
    unsaid = []
    for event in live:
        if isinstance(event, Sheet):
            yield {
                "type": "sheet", "width": event.width, "height": event.height, "lines": event.lines,
                "rulings": event.rulings,
            }  # fmt: skip
        else:
            if not event.chosen.says:
                unsaid.append(event.line)
            yield finished(event)
    yield {"type": "done", "unsaid": unsaid}


def begun(event: Begun) -> dict[str, Any]:
    return {"type": "points", "line": event.line, "points": np.round(event.points, 2).tolist()}


def finished(event: Finished) -> dict[str, Any]:
    return {
        "type": "line",
        "line": event.line,
        "text": event.chosen.text,
        "read": event.chosen.read,
        "says": event.chosen.says,
        "candidate": event.chosen.candidate,
        "drawn": event.chosen.drawn,
        "same": event.same,
        "strokes": [np.round(stroke, 2).tolist() for stroke in event.strokes],
    }


def drawn(live: Live) -> Drawing:
    """The whole page."""
    sheet, inks = None, []
    for event in live:
        if isinstance(event, Sheet):
            sheet = event
        else:
            inks.append(Ink.from_strokes(event.strokes, Source(units="mm", text=event.chosen.text)))
    assert sheet is not None
    style = live.style
    return Drawing(
        sheet.width, sheet.height, tuple(inks), style.color, style.stroke_mm, sheet.rulings, True,
        inks[0].source.text if inks else None, live.text,
    )  # fmt: skip


def encoded(made: Drawing, kind: str, ink: Ink | None = None) -> bytes:
    """``made`` as a file that ends in ``kind``: drawn, or as ink (``ink``, or its own) where that is what it holds."""
    if kind in save.KINDS:
        return save.encoded(made, kind)
    writer = formats.writer(f"ink{kind}").write
    assert writer is not None
    whole = Ink.from_strokes(made.strokes, Source(units="mm", text=made.desc or made.title))
    page = Page(whole, made.width, made.height) if ink is None else Page(ink)
    return writer([page])


def kinds() -> list[str]:
    """The endings of files that can be made."""
    return [*save.KINDS, *(k for f in formats.writers() if (k := f.extensions[0]) not in save.KINDS)]


def exported(asked: wire.Export, kind: str) -> bytes:
    """The file of ink that a client has: on its sheet, or as large as fits."""
    counts = asked.lines or [len(asked.strokes)]
    if sum(counts) != len(asked.strokes) or min(counts) < 0:
        raise InkError(f"lines of {sum(counts)} strokes, and there are {len(asked.strokes)}; they must be all of them")
    if asked.sheet is None:
        ink = wire.ink(asked.strokes, asked.text or None)
        return encoded(fitted(ink), kind, replace(ink, source=replace(ink.source, units="px")))
    texts = asked.text.split("\n") if asked.text.count("\n") + 1 == len(counts) else [None] * len(counts)
    inks, at = [], 0
    for count, text in zip(counts, texts, strict=True):
        strokes = asked.strokes[at : at + count]
        at += count
        if any(strokes):
            inks.append(wire.ink(strokes, text))
    style = asked.sheet.style()
    _, height, rulings = sheet_of(len(counts), style)
    drawing = Drawing(
        style.width_mm or 0, height, tuple(inks), style.color, style.stroke_mm, rulings, True,
        texts[0], asked.text or None,
    )  # fmt: skip
    return encoded(drawing, kind)


class Gone(Exception):
    """Nobody waits for the answer any more."""


class Watch:
    """Ends work that nobody waits for, or that takes too long."""

    def __init__(self, seconds: float, clock: Callable[[], float]) -> None:
        self.gone = threading.Event()
        self._clock, self._end, self._seconds = clock, clock() + seconds, seconds

    def __call__(self) -> None:
        if self.gone.is_set():
            raise Gone
        if self._clock() > self._end:
            raise InkError(f"it took more than {self._seconds:g} seconds; give a shorter text or a smaller best-of")
