"""Schemas of requests with their limits, and replies with recognized text.

Drawings and predictions follow the Web Handwriting Recognition API (WICG): strokes are lists of points with x, y and t
in milliseconds, hints accompany them, and predictions are texts with a segmentation into graphemes.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, NotRequired, TypeVar

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from typing_extensions import TypedDict

from handwriting.composition.best_of import MAX_CANDIDATES
from handwriting.composition.blocks import MAX_TEXT_CHARACTERS
from handwriting.composition.letter import LetterStyle
from handwriting.composition.runs import DEFAULT_BEST_OF
from handwriting.errors import InkError
from handwriting.ink import Ink, Source
from handwriting.limits import MAX_COORDINATE
from handwriting.recognition.pages import ReadLine
from handwriting.rendering.layout import PageLayout
from handwriting.rendering.paper import Paper
from handwriting.rendering.pens import pen
from handwriting.rendering.sheet import Sheet, sheet_size

Model = TypeVar("Model", bound=BaseModel)

MAX_REQUEST_POINTS = 50_000
"""Maximum number of points of a drawing: four times that of the largest page of IAM-OnDB."""

MAX_REQUEST_CHARACTERS = 5_000
"""Maximum length of the text of one page."""

MAX_LETTER_CHARACTERS = MAX_TEXT_CHARACTERS
"""Maximum length of the text of a letter."""

Lively = Annotated[float, Field(ge=0, le=5)]
"""How much words lean and vary in size."""

Number = Annotated[float, Field(ge=-MAX_COORDINATE, le=MAX_COORDINATE)]


class Point(TypedDict):
    """A point of a stroke."""

    x: Number
    y: Number
    """Increasing downward."""
    t: NotRequired[Number | None]
    """Time in milliseconds, from any origin."""
    pressure: NotRequired[float | None]


class RecognitionHints(BaseModel):
    """The hints of the Web Handwriting Recognition API; those without effect are accepted as well."""

    recognitionType: str = "text"
    inputType: str = "unknown"
    textContext: Annotated[str, Field(max_length=500)] = ""
    """The text before the drawing."""
    alternatives: Annotated[int, Field(ge=1, le=10)] = 3


class StrictModel(BaseModel):
    """Base class of all requests, which rejects unknown fields, because a misspelt one would have no effect."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)


class TranscribeRequest(StrictModel):
    """Ink to read: one or more lines."""

    strokes: list[list[Point]]
    hints: RecognitionHints = RecognitionHints()
    reader: Annotated[str, Field(max_length=60)] | None = None
    """Name of an adapted recognizer to read with."""


class SheetRequest(StrictModel):
    """The paper; lengths in millimetres."""

    width: Annotated[float, Field(ge=40, le=1000)] = 210
    height: Annotated[float, Field(ge=0, le=2000)] = 0
    margin: Annotated[float, Field(ge=0, le=200)] = 16
    lineHeight: Annotated[float, Field(ge=4, le=60)] = 12
    paper: Paper = "ruled"
    color: Annotated[str, Field(max_length=40)] = "#1c2f6b"
    stroke: Annotated[float, Field(ge=0.05, le=5)] = 0.45

    def layout(self) -> PageLayout:
        """Return the page layout with these values."""
        return PageLayout(
            self.width, self.height, self.margin, self.lineHeight, "left", self.paper, self.color, self.stroke
        )


class HandRequest(StrictModel):
    """A text to write, and the hand to write it in."""

    text: str
    replace: bool = False
    """Whether to replace characters that cannot be written with the nearest spelling."""
    bias: Annotated[float, Field(ge=0, le=20)] = 1.0
    seed: Annotated[int, Field(ge=0, le=2**53)] = 0
    bestOf: Annotated[int, Field(ge=1, le=MAX_CANDIDATES)] = 4
    size: Annotated[float, Field(ge=0.3, le=2)] = 1.0
    slant: Annotated[float, Field(ge=-45, le=45)] = 0.0
    style: str | dict[str, Any] | None = None
    """Name of a shipped style, or contents of a style file."""


class GenerateRequest(HandRequest):
    """A text to write on one page."""

    sheet: SheetRequest = SheetRequest()
    lively: Lively = 0


class LetterSheetRequest(StrictModel):
    """Sheets of a fixed size; lengths in millimetres."""

    page: Annotated[str, Field(max_length=40)] = "a4"
    """Name of a paper size, or WIDTHxHEIGHT."""
    margins: Annotated[list[float], Field(min_length=4, max_length=4)] = [20, 20, 20, 20]
    """Top, right, bottom and left margin."""
    lineHeight: Annotated[float, Field(ge=4, le=60)] = 10
    paper: Paper = "plain"
    marginLine: bool = False


class LetterRequest(HandRequest):
    """A text to write over as many sheets as it takes."""

    bestOf: Annotated[int, Field(ge=1, le=MAX_CANDIDATES)] = DEFAULT_BEST_OF
    sheet: LetterSheetRequest = LetterSheetRequest()
    align: Literal["left", "center", "right", "justify"] = "left"
    indent: Annotated[float, Field(ge=0, le=200)] = 0
    """Indent of the first line of a paragraph, in millimetres."""
    spacing: Annotated[float, Field(ge=0, le=10)] = 0
    """Extra space between paragraphs, in line heights."""
    header: Annotated[str, Field(max_length=200)] = ""
    lively: Lively = 0
    color: Annotated[str, Field(max_length=40)] = "#1c2f6b"
    pen: Annotated[str, Field(max_length=40)] = "fineliner"
    width: Annotated[float, Field(ge=0.05, le=5)] | None = None
    """Width of the pen's line in millimetres; by default that of the pen."""
    markdown: bool = False
    slips: Annotated[float, Field(ge=0, le=1)] = 0

    def look(self) -> LetterStyle:
        """Return the style of the letter. Raises :class:`InkError` for values that are incompatible."""
        top, right, bottom, left = self.sheet.margins
        sheet = Sheet(
            *sheet_size(self.sheet.page), (top, right, bottom, left), self.sheet.lineHeight, self.sheet.paper,
            self.sheet.marginLine,
        )  # fmt: skip
        style = LetterStyle(
            sheet, self.align, self.indent, self.spacing, self.header, self.lively, self.color,
            markdown=self.markdown, slips=self.slips, replace_unknown=self.replace,
        )  # fmt: skip
        return style.with_pen(pen(self.pen, self.width))


class SpellingRequest(StrictModel):
    """A text that may contain characters that cannot be written."""

    text: str


class ExportRequest(StrictModel):
    """Ink to convert to a file, in millimetres with a sheet, in any unit without one."""

    strokes: list[list[Point]]
    sheet: SheetRequest | None = None
    text: Annotated[str, Field(max_length=MAX_REQUEST_CHARACTERS)] = ""
    lines: list[int] = []
    """Number of strokes of each line, in order; by default all strokes are one line."""


class CopiedLineRequest(StrictModel):
    """A line of ink, and the text that was to be copied."""

    strokes: list[list[Point]]
    text: Annotated[str, Field(max_length=200)]


class CreateStyleRequest(StrictModel):
    """Lines from which to make a style."""

    name: Annotated[str, Field(max_length=60)]
    samples: Annotated[list[CopiedLineRequest], Field(min_length=1, max_length=8)]


def parse(model: type[Model], body: bytes) -> Model:
    """Parse a request. Raises :class:`InkError` with the first validation error as one line."""
    try:
        return model.model_validate_json(body)
    except ValidationError as error:
        fault = error.errors(include_url=False, include_input=False, include_context=False)[0]
        place = ".".join(str(part) for part in fault["loc"])
        message = f"{place or 'the request'}: {fault['msg'][:200]}; see /openapi.json"
        raise InkError(message, key="invalid", place=place) from None


def ink_of(strokes: list[list[Point]], text: str | None = None) -> Ink:
    """Convert strokes to ink; times and pressures are kept if every point has them."""
    flat = [point for stroke in strokes for point in stroke]
    if not flat:
        raise InkError("there is no ink: no stroke has a point; write something first", key="no-ink")
    if len(flat) > MAX_REQUEST_POINTS:
        raise TooLarge(
            f"{len(flat):,} points, and a drawing may have {MAX_REQUEST_POINTS:,}; send it in parts", key="much-ink"
        )
    xy = np.array([(point["x"], point["y"]) for point in flat])
    t = _column(flat, "t")
    pressure = _column(flat, "pressure")
    starts = np.cumsum([0] + [len(stroke) for stroke in strokes if stroke][:-1])
    seconds = None if t is None else (t - t[0]) / 1000
    force = None if pressure is None else np.clip(pressure, 0, 1)
    return Ink(xy[:, 0], xy[:, 1], starts, seconds, force, Source(text=text))


class TooLarge(InkError):
    """A request that is larger than allowed."""


def check_length(text: str, most: int) -> None:
    """Raise :class:`TooLarge` if ``text`` has more than ``most`` characters."""
    if len(text) > most:
        raise TooLarge(
            f"a text of {len(text):,} characters; give at most {most:,} at a time",
            key="long-text", count=len(text), most=most,
        )  # fmt: skip


def transcription(lines: list[ReadLine], alternatives: int, strokes: list[list[Point]]) -> dict[str, Any]:
    """Return the reply for a drawing: predictions as in the API, and lines and words with their boxes."""
    numbers = [i for i, stroke in enumerate(strokes) if stroke]  # the client's indices, which count empty strokes
    return {
        "predictions": [
            {"text": text, "segmentationResult": _segments(lines, readings, numbers)}
            for text, readings in _pages(lines, alternatives)
        ],
        "lines": [_line(line, numbers) for line in lines],
    }


def _line(line: ReadLine, numbers: list[int]) -> dict[str, Any]:
    return {
        "text": line.text,
        "box": line.box,
        "strokes": [numbers[i] for i in line.strokes],
        "alternatives": [{"text": r.text, "logProbability": round(r.log_probability, 3)} for r in line.readings],
        "words": [{"text": w.text, "begin": w.begin, "end": w.end, "box": w.box(line.ink)} for w in line.words],
    }


def _pages(lines: list[ReadLine], alternatives: int) -> list[tuple[str, tuple[int, ...]]]:
    """Return texts of the page, best first, with the readings used; each differs from the best in one line."""
    best = tuple(0 for _ in lines)
    changed = sorted(
        (line.readings[0].log_probability - reading.log_probability, i, k)
        for i, line in enumerate(lines)
        for k, reading in enumerate(line.readings[1:], 1)
    )
    pages = [best] + [(*best[:i], k, *best[i + 1 :]) for _, i, k in changed[: alternatives - 1]]
    return [("\n".join(l.readings[k].text for l, k in zip(lines, page, strict=True)), page) for page in pages]  # noqa: E741


def _segments(lines: list[ReadLine], readings: tuple[int, ...], numbers: list[int]) -> list[dict[str, Any]]:
    segments, at = [], 0
    for line, k in zip(lines, readings, strict=True):
        for character in line.readings[k].characters:
            drawn = [
                {"strokeIndex": numbers[stroke], "beginPointIndex": begin, "endPointIndex": end}
                for stroke, begin, end in line.pieces(character)
            ]
            segments.append(
                {"grapheme": character.text, "beginIndex": at, "endIndex": at + 1, "drawingSegments": drawn}
            )
            at += 1
        at += 1  # the line end
    return segments


def _column(points: list[Point], name: Literal["t", "pressure"]) -> np.ndarray | None:
    values = [point.get(name) for point in points]
    return None if any(value is None for value in values) else np.array(values, dtype=np.float64)
