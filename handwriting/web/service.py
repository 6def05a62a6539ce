"""The work behind the routes: request bodies in, replies or files out."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from handwriting import formats, metrics
from handwriting.checkpoint import own, own_names
from handwriting.composition import export
from handwriting.composition.blocks import respelled
from handwriting.composition.live_page import LivePage, PointsEvent
from handwriting.composition.marks import drawn_with
from handwriting.composition.runs import WordWriter
from handwriting.documents.incremental import IncrementalPageReader
from handwriting.errors import InkError
from handwriting.ink import Page
from handwriting.progress import Progress, no_progress
from handwriting.recognition.pages import orienter
from handwriting.recognition.recognizer import Recognizer
from handwriting.rendering import save as pictures
from handwriting.rendering.drawing import fitted
from handwriting.rendering.layout import on_sheet
from handwriting.synthesis.characters import replaced
from handwriting.synthesis.hand import Hand
from handwriting.synthesis.styles import SHIPPED, Sample, Style, load
from handwriting.synthesis.synthesizer import Synthesizer
from handwriting.web import schemas
from handwriting.web.pool import Pool
from handwriting.web.recent import Recent
from handwriting.web.stream import Record, points_record, records

CORES = os.cpu_count() or 1
"""Threads of a pool: the engine computes each request in one thread."""

KEPT_LETTERS = 4

MIN_LINE_POINTS = 10
"""A copied line with fewer points is not worth reading."""


@dataclass
class Service:
    """The server's models and thread pools."""

    synthesizer: Synthesizer
    recognizer: Recognizer
    reading: Pool = field(default_factory=lambda: Pool("reading", CORES, 12 * CORES))
    writing: Pool = field(default_factory=lambda: Pool("writing", CORES, 2 * CORES))
    drawing: Pool = field(default_factory=lambda: Pool("drawing", 1, 8))
    learning: Pool = field(default_factory=lambda: Pool("learning", 1, 0))
    letters: Recent[bytes, Any] = field(default_factory=lambda: Recent(KEPT_LETTERS))
    """Finished letters by their requests (see ``web/letters.py``): the download is what was seen."""
    jobs: Mapping[str, Callable[..., dict[str, Any]]] = field(default_factory=dict)
    """Long work that this server offers, by name: ``fit`` and ``adapt`` (see ``web/jobs.py``)."""

    def __post_init__(self) -> None:
        self.reader = IncrementalPageReader(self.recognizer)
        self._readers: dict[str, IncrementalPageReader] = {}
        self.styles = {name: load(name) for name in SHIPPED}

    def close(self) -> None:
        """Wait for running work."""
        for pool in (self.reading, self.writing, self.drawing, self.learning):
            pool.close()

    def reader_for(self, name: str | None) -> IncrementalPageReader:
        """The reader with an adapted recognizer, by its name, or the default one.

        Raises :class:`InkError` when there is none of that name.
        """
        if name is None:
            return self.reader
        if name not in self._readers:
            if name not in own_names():
                raise InkError(f"there is no adapted recognizer {name[:60]!r}; use the default one", key="no-reader")
            self._readers[name] = IncrementalPageReader(Recognizer.load(own(name)))
        return self._readers[name]

    def forget_reader(self, name: str) -> None:
        """Load an adapted recognizer anew when it is next asked for."""
        self._readers.pop(name, None)

    def transcribe(self, body: bytes) -> dict[str, Any]:
        """Read a drawing."""
        request = schemas.parse(schemas.TranscribeRequest, body)
        hints = request.hints
        reader = self.reader_for(request.reader)
        lines = reader.read(schemas.ink_of(request.strokes), hints.alternatives, hints.textContext)
        return schemas.transcription(lines, hints.alternatives, request.strokes)

    def transcribe_file(self, data: bytes, alternatives: int, page: int | None) -> dict[str, Any]:
        """Read an ink file, or one ``page`` of a document; the reply holds its strokes, upright, and notes on it."""
        ink = formats.read_ink(data, page=page)
        notes = [note.text for note in ink.source.notes if note.severity != "detail"]
        if len(ink) > schemas.MAX_REQUEST_POINTS:
            raise schemas.TooLarge(
                f"{len(ink):,} points, and a drawing may have {schemas.MAX_REQUEST_POINTS:,}; split the file"
            )
        orientation, backward = orienter(self.recognizer)(ink)
        ink, _ = orientation.upright(ink, backward)
        strokes: list[list[schemas.Point]] = [[{"x": x, "y": y} for x, y in s.tolist()] for s in ink.strokes]
        lines = self.reader.read(ink, alternatives)
        return {"strokes": strokes, "notes": notes} | schemas.transcription(lines, alternatives, strokes)

    def check_line(self, body: bytes) -> dict[str, Any]:
        """Read a copied line, and compare it with the text that was to be copied."""
        request = schemas.parse(schemas.CopiedLineRequest, body)
        ink = schemas.ink_of(request.strokes)
        if len(ink) < MIN_LINE_POINTS:
            raise InkError("there is too little ink; write the whole line", key="little-ink")
        read = self.recognizer.transcribe(ink).text
        return {"read": read, "cer": metrics.cer([(request.text, read)])}

    def create_style(self, body: bytes) -> dict[str, Any]:
        """Make a style of copied lines; it is refused if the synthesizer cannot write in it."""
        request = schemas.parse(schemas.CreateStyleRequest, body)
        samples = tuple(Sample(line.text, schemas.ink_of(line.strokes)) for line in request.samples)
        style = Style(request.name.strip(), samples)
        if self.synthesizer.codes is not None:
            code = self.synthesizer.code_of([sample.ink for sample in samples], [sample.text for sample in samples])
            style = replace(style, code=code)
        self.synthesizer.primer(style)
        return style.record()

    def characters(self) -> dict[str, str]:
        """The characters that can be written, if need be with a mark, and those that are replaced by some of them."""
        known = self.synthesizer.characters
        return {"characters": "".join(sorted(known | drawn_with(known))), "replaced": replaced(known)}

    def nearest_spelling(self, body: bytes) -> dict[str, str]:
        """The text of a request with the nearest spelling of what cannot be written."""
        request = schemas.parse(schemas.SpellingRequest, body)
        schemas.check_length(request.text, schemas.MAX_LETTER_CHARACTERS)
        return {"text": respelled(request.text, self.synthesizer)}

    def live_page(
        self, body: bytes, show: Callable[[PointsEvent], object], progress: Progress = no_progress
    ) -> LivePage:
        """Prepare the page that a request asks for; it is written when it is iterated over."""
        request = schemas.parse(schemas.GenerateRequest, body)
        schemas.check_length(request.text, schemas.MAX_REQUEST_CHARACTERS)
        text = respelled(request.text, self.synthesizer) if request.replace else request.text
        reads = None if request.bestOf == 1 else self.recognizer  # with one drawing there is nothing to choose from
        writer = WordWriter(self.synthesizer, reads, request.bestOf)
        return LivePage(writer, text, request.sheet.layout(), self.hand(request), show, progress, request.lively)

    def live_records(self, body: bytes, emit: Callable[[Record], None]) -> Iterator[Record]:
        """The events of the page that a request asks for; ``emit`` is given the points that are drawn between them."""
        return records(self.live_page(body, lambda event: emit(points_record(event))))

    def hand(self, request: schemas.HandRequest) -> Hand:
        """The hand that a request asks for."""
        return Hand(request.bias, request.seed, self.style(request.style), request.size, request.slant)

    def style(self, given: str | dict[str, Any] | None) -> Style | None:
        """The style that a request names or contains. Raises :class:`InkError` when there is none of that name."""
        if given is None:
            return None
        if isinstance(given, dict):
            return Style.of(given)
        if given not in self.styles:
            raise InkError(f"there is no style {given[:60]!r}; the styles are {', '.join(self.styles)}")
        return self.styles[given]

    def export(self, body: bytes, ending: str) -> bytes:
        """A file of the ink that the client has: on its sheet, or without one as large as fits."""
        request = schemas.parse(schemas.ExportRequest, body)
        counts = request.lines or [len(request.strokes)]
        if sum(counts) != len(request.strokes) or min(counts) < 0:
            raise InkError(f"the lines have {sum(counts)} strokes, but the ink has {len(request.strokes)}; send all")
        if request.sheet is None:
            ink = schemas.ink_of(request.strokes, request.text or None)
            if ending in pictures.ENDINGS:
                return export.encode(fitted(ink), ending)
            return export.encode_pages([Page(replace(ink, source=replace(ink.source, units="px")))], ending)
        texts = request.text.split("\n") if request.text.count("\n") + 1 == len(counts) else [None] * len(counts)
        inks, start = [], 0
        for count, text in zip(counts, texts, strict=True):
            strokes = request.strokes[start : start + count]
            start += count
            if any(strokes):
                inks.append(schemas.ink_of(strokes, text))
        drawing = on_sheet(inks, len(counts), request.sheet.layout(), title=texts[0], desc=request.text or None)
        return export.encode(drawing, ending, text=drawing.desc or drawing.title)
