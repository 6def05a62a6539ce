"""Convert a document to plain JSON values: pages, lines, words and characters, with their boxes and probabilities.

A box is left, top, right, bottom in the units of the ink, with y growing downward. A probability is the probability
that the reading is what was written. Strokes are numbered from 0 on their page, in the order of the file. A line of
typed text is marked with ``"typed": true``; its box is estimated, and it has neither strokes nor words.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any

from handwriting.documents.document import Document, DocumentPage
from handwriting.formats.extras import TypedText
from handwriting.recognition.pages import ReadLine, ReadPage
from handwriting.recognition.transcription import Box, Word

Record = dict[str, Any]
"""The result for one file: ``file`` and either ``error`` or ``text``, ``pages`` and, if there are any, ``notes``.

``retry`` beside an ``error`` means that the file may not be at fault, and that the next run tries it again.
"""
RESULT = re.compile(
    rb'\{"file": "(?:[^"\\]|\\.)*", (?:"size": \d+, "modified": [-\d.e]+, (?:"settings": "\w+", )?)?"(?:text|error)": '
)
"""The beginning of a record in a file."""


def record(document: Document) -> Record:
    """Return the record of ``document``."""
    if document.error is not None:
        return {"file": document.name, "error": document.error}
    result = {"file": document.name, "text": document.text, "pages": [_page(page) for page in document.written_pages]}
    if document.notes:
        result["notes"] = [{"severity": note.severity, "text": note.text} for note in document.notes]
    return result


def json_lines(records: Iterable[Record]) -> bytes:
    """Encode records in UTF-8, with one JSON object per line.

    A byte of a file name that is not UTF-8 is written as a JSON escape.
    """
    lines = "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records)
    return lines.encode("utf-8", "backslashreplace")


def _page(page: DocumentPage) -> dict[str, Any]:
    return {
        "number": page.number,
        "width": page.width,
        "height": page.height,
        "units": page.units,
        "text": page.text,
        "lines": [_typed_line(line) if isinstance(line, TypedText) else _line(line) for line in page.lines],
        **({} if page.read is None else _layout(page.read)),
    }


def _layout(read: ReadPage) -> dict[str, Any]:
    """Return the orientation of the ink on a page, and the drawings on it."""
    return {
        "orientation": {"name": read.orientation.name, "strokes": read.orientation.strokes},
        "drawings": [
            {
                "kind": region.kind,
                "box": _rounded(read.page.ink.take(region.strokes).bounds),
                "strokes": region.strokes.tolist(),
            }
            for region in read.drawings
        ],
    }


def _typed_line(line: TypedText) -> dict[str, Any]:
    """Return a line with the same keys as a handwritten one."""
    nothing: dict[str, Any] = {"probability": None, "log_probability": None, "strokes": [], "alternatives": []}
    return {"text": line.text, "typed": True, "box": _rounded(line.box), **nothing, "words": []}


def _line(line: ReadLine) -> dict[str, Any]:
    best, *others = line.readings
    return {
        "text": line.text,
        "box": _rounded(line.box),
        "probability": _probability(best.probability),
        "log_probability": round(best.log_probability, 4),
        "strokes": line.strokes,
        "alternatives": [
            {
                "text": other.text,
                "probability": _probability(other.probability),
                "log_probability": round(other.log_probability, 4),
            }
            for other in others
        ],
        "words": [_word(line, word) for word in line.words],
    }


def _word(line: ReadLine, word: Word) -> dict[str, Any]:
    return {
        "text": word.text,
        "box": _rounded(word.box(line.ink)),
        "probability": _probability(word.probability),
        "characters": [
            {
                "text": character.text,
                "box": _rounded(character.box(line.ink)),
                "probability": _probability(character.probability),
                "points": [{"stroke": stroke, "begin": a, "end": b} for stroke, a, b in line.pieces(character)],
            }
            for character in line.readings[0].characters[word.begin : word.end]
        ],
    }


def _rounded(box: Box | None) -> list[float] | None:
    return None if box is None else [float(f"{value:.7g}") for value in box]


def _probability(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
