"""A document as plain JSON values: pages, lines, words and characters, with their boxes and probabilities.

A box is left, top, right, bottom in the units of the ink, with y growing downward. A probability is that of the reading
being what was written. Strokes are numbered from 0 on their page, in the order of the file.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from handwriting.documents.document import Document
from handwriting.recognition.pages import ReadLine, ReadPage
from handwriting.recognition.recognizer import Box, Word

Record = dict[str, Any]
"""The result for one file: ``file``, ``text`` and ``pages`` or ``error``, and ``notes`` if something was left out."""


def record(document: Document) -> Record:
    """The record of ``document``."""
    if document.error is not None:
        return {"file": document.name, "error": document.error}
    found = {"file": document.name, "text": document.text, "pages": [_page(page) for page in document.pages]}
    if document.notes:
        found["notes"] = [{"severity": note.severity, "text": note.text} for note in document.notes]
    return found


def json_lines(records: Iterable[Record]) -> bytes:
    """One JSON object a line, in UTF-8."""
    return "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records).encode()


def _page(read: ReadPage) -> dict[str, Any]:
    return {
        "number": read.page.number,
        "width": read.page.width,
        "height": read.page.height,
        "units": read.page.ink.source.units,
        "text": read.text,
        "orientation": {"name": read.orientation.name, "strokes": read.orientation.strokes},
        "lines": [_line(line) for line in read.lines],
        "drawings": [
            {
                "kind": region.kind,
                "box": _rounded(read.page.ink.take(region.strokes).bounds),
                "strokes": region.strokes.tolist(),
            }
            for region in read.drawings
        ],
    }


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
