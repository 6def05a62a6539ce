"""Implement the routes: map request bodies to replies or files."""

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
"""Number of threads of a pool; the engine computes each request in one thread."""

CACHED_LETTERS = 4

MIN_LINE_POINTS = 10
"""Minimum number of points of a copied line."""


@dataclass
class Service:
    """The server's models and thread pools."""

    synthesizer: Synthesizer
    recognizer: Recognizer
    reading: Pool = field(default_factory=lambda: Pool("reading", CORES, 12 * CORES))
    writing: Pool = field(default_factory=lambda: Pool("writing", CORES, 2 * CORES))
    drawing: Pool = field(default_factory=lambda: Pool("drawing", 1, 8))
    learning: Pool = field(default_factory=lambda: Pool("learning", 1, 0))
    letters: Recent[bytes, Any] = field(default_factory=lambda: Recent(CACHED_LETTERS))
    """Cache of finished letters by their requests (see ``web/letters.py``), so that the download is what was seen."""
    jobs: Mapping[str, Callable[..., dict[str, Any]]] = field(default_factory=dict)
    """Long jobs that this server offers, by name: ``fit`` and ``adapt`` (see ``web/jobs.py``)."""

    def __post_init__(self) -> None:
        self.reader = IncrementalPageReader(self.recognizer)
        self._readers: dict[str, IncrementalPageReader] = {}
        self.styles = {name: load(name) for name in SHIPPED}

    def close(self) -> None:
        """Wait for running work, and shut the pools down."""
        for pool in (self.reading, self.writing, self.drawing, self.learning):
            pool.close()

    def reader_for(self, name: str | None) -> IncrementalPageReader:
        """Return the reader with the adapted recognizer ``name``, by default that with the shipped one.

        Raises :class:`InkError` if there is no recognizer of that name.
        """
        if name is None:
            return self.reader
        if name not in self._readers:
            if name not in own_names():
                raise InkError(f"there is no adapted recognizer {name[:60]!r}; use the default one", key="no-reader")
            self._readers[name] = IncrementalPageReader(Recognizer.load(own(name)))
        return self._readers[name]

    def forget_reader(self, name: str) -> None:
        """Drop an adapted recognizer, so that its next use reloads it."""
        self._readers.pop(name, None)

    def transcribe(self, body: bytes) -> dict[str, Any]:
        """Read a drawing."""
        request = schemas.parse(schemas.TranscribeRequest, body)
        hints = request.hints
        reader = self.reader_for(request.reader)
        lines = reader.read(schemas.ink_of(request.strokes), hints.alternatives, hints.textContext)
        return schemas.transcription(lines, hints.alternatives, request.strokes)

    def transcribe_file(self, data: bytes, alternatives: int, page: int | None) -> dict[str, Any]:
        """Read an ink file, or one ``page`` of a document; the reply has its upright strokes and its notes."""
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
        """Read a copied line and compare it with the text that was to be copied."""
        request = schemas.parse(schemas.CopiedLineRequest, body)
        ink = schemas.ink_of(request.strokes)
        if len(ink) < MIN_LINE_POINTS:
            raise InkError("there is too little ink; write the whole line", key="little-ink")
        read = self.recognizer.transcribe(ink).text
        return {"read": read, "cer": metrics.cer([(request.text, read)])}

    def create_style(self, body: bytes) -> dict[str, Any]:
        """Make a style from copied lines. Raises :class:`InkError` if the synthesizer cannot write in it."""
        request = schemas.parse(schemas.CreateStyleRequest, body)
        samples = tuple(Sample(line.text, schemas.ink_of(line.strokes)) for line in request.samples)
        style = Style(request.name.strip(), samples)
        if self.synthesizer.codes is not None:
            code = self.synthesizer.code_of([sample.ink for sample in samples], [sample.text for sample in samples])
            style = replace(style, code=code)
        self.synthesizer.primer(style)
        return style.record()

    def characters(self) -> dict[str, str]:
        """Return the characters that can be written, some with marks, and those that are replaced with some of them."""
        known = self.synthesizer.characters
        return {"characters": "".join(sorted(known | drawn_with(known))), "replaced": replaced(known)}

    def nearest_spelling(self, body: bytes) -> dict[str, str]:
        """Return the text of a request with the nearest spelling of characters that cannot be written."""
        request = schemas.parse(schemas.SpellingRequest, body)
        schemas.check_length(request.text, schemas.MAX_LETTER_CHARACTERS)
        return {"text": respelled(request.text, self.synthesizer)}

    def live_page(
        self, body: bytes, show: Callable[[PointsEvent], object], progress: Progress = no_progress
    ) -> LivePage:
        """Prepare the page of a request; iterating over it writes it."""
        request = schemas.parse(schemas.GenerateRequest, body)
        schemas.check_length(request.text, schemas.MAX_REQUEST_CHARACTERS)
        text = respelled(request.text, self.synthesizer) if request.replace else request.text
        recognizer = None if request.bestOf == 1 else self.recognizer  # one drawing leaves no choice
        writer = WordWriter(self.synthesizer, recognizer, request.bestOf)
        return LivePage(writer, text, request.sheet.layout(), self.hand(request), show, progress, request.lively)

    def live_records(self, body: bytes, emit: Callable[[Record], None]) -> Iterator[Record]:
        """Return the events of writing the page of a request; ``emit`` receives points while they are sampled."""
        return records(self.live_page(body, lambda event: emit(points_record(event))))

    def hand(self, request: schemas.HandRequest) -> Hand:
        """Return the hand of a request."""
        return Hand(request.bias, request.seed, self.style(request.style), request.size, request.slant)

    def style(self, given: str | dict[str, Any] | None) -> Style | None:
        """Return the style that a request names or contains. Raises :class:`InkError` for an unknown name."""
        if given is None:
            return None
        if isinstance(given, dict):
            return Style.of(given)
        if given not in self.styles:
            raise InkError(f"there is no style {given[:60]!r}; the styles are {', '.join(self.styles)}")
        return self.styles[given]

    def export(self, body: bytes, ending: str) -> bytes:
        """Convert the ink of a request to a file: on its sheet, or scaled to fit without one."""
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
