"""A document as JSON: pages, lines, words and characters, each with its box and how probable it is.

Boxes are left, top, right, bottom, in the units of the ink, y growing downward. Probabilities are those that what was
read is what was written. Strokes are counted from 0 on their page, as they stand in the file.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from handwriting.documents.task import Document
from handwriting.recognition.pages import ReadLine, ReadPage
from handwriting.recognition.transcription import Box, Word


def record(document: Document) -> dict[str, Any]:
    """Plain values; of an input that was not read its name and the ``error``."""
    if document.error is not None:
        return {"file": document.path, "error": document.error}
    return {"file": document.path, "text": document.text, "pages": [_page(page) for page in document.pages]}


def json_lines(records: Iterable[dict[str, Any]]) -> bytes:
    """An object a line, UTF-8."""
    return "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in records).encode()


def _page(read: ReadPage) -> dict[str, Any]:
    return {
        "number": read.page.number,
        "width": read.page.width,
        "height": read.page.height,
        "units": read.page.ink.source.units,
        "text": read.text,
        "lines": [_line(line) for line in read.lines],
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
