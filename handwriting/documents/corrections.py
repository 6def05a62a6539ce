"""Collect lines of ink with corrected texts, from which a recognizer can learn.

They can be in any of these forms:

- What ``transcribe -o NAME.json`` or ``NAME.jsonl`` wrote, with the ``"text"`` of lines corrected by hand. Every line
  counts, so lines that are still wrong must be corrected or removed. The ink is in the files that it names.
- A page that was exported from the notebook as JSON. Only its corrected lines count.
- A folder or a JSONL file of one's own ink (``corpora/own.py``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from handwriting.corpora import Line
from handwriting.corpora.own import OwnCorpus, has_pairs
from handwriting.errors import InkError
from handwriting.formats import json, load, read_pages
from handwriting.ink import Ink, Page
from handwriting.notes import Notes
from handwriting.recognition.orientation import Orientation
from handwriting.text import natural


@dataclass(frozen=True)
class Corrections:
    """Lines of ink with their texts."""

    lines: list[Line] = field(default_factory=list)
    left_out: dict[str, str] = field(default_factory=dict)
    """Lines that cannot be used, by file and number, with the reason."""

    def add(self, id: str, ink: Ink, text: str) -> None:
        """Add a line with its text in ordinary typography."""
        self.lines.append(Line(id, ink, natural(text, error_mark=""), None, id))


def read_corrections(paths: Sequence[Path]) -> Corrections:
    """Read the corrected lines in files and folders.

    Raises :class:`InkError` for a file that has none of the forms above.
    """
    found = Corrections()
    for path in paths:
        if path.is_dir():
            if not has_pairs(path):
                raise InkError(f"{path}: no corrected lines here; put a .txt of the same name beside each ink file")
            _add_corpus(found, path)
        else:
            _add_file(found, path)
    return found


def _add_file(found: Corrections, path: Path) -> None:
    documents = [document for _, document in json.parse_all(load(path), str(path), Notes(str(path), strict=True))]
    if len(documents) == 1 and isinstance(documents[0], list):
        documents = documents[0]
    kinds = {_kind(document) for document in documents}
    if kinds == {"transcript"}:
        for document in documents:
            _add_transcript(found, path, document)
    elif kinds == {"page"}:
        for number, document in enumerate(documents, 1):
            _add_page(found, str(path) if len(documents) == 1 else f"{path} page {number}", document)
    elif kinds == {"notebook"}:
        raise InkError(f"{path}: a whole notebook, which does not contain the readings; export its pages as JSON")
    else:
        _add_corpus(found, path)


def _kind(document: Any) -> str:
    if not isinstance(document, dict):
        return "other"
    if document.get("format") == "handwriting-notebook":
        return "notebook"
    if isinstance(document.get("file"), str) and ("pages" in document or "error" in document):
        return "transcript"
    return "page" if isinstance(document.get("lines"), list) and "strokes" in document else "other"


def _add_corpus(found: Corrections, path: Path) -> None:
    corpus = OwnCorpus(path)
    for split in corpus.splits:
        for line in corpus.lines(split):
            found.add(f"{path}: {line.id}", line.ink, line.text)
    found.left_out.update({f"{path}: {id}": reason for id, reason in corpus.problems().items()})


def _add_page(found: Corrections, name: str, document: Mapping[str, Any]) -> None:
    """Add the corrected lines of a page of the notebook."""
    page = next(iter(json.page_of(document, name, Notes(name, strict=True)) or ()), None)
    corrected = [line for line in document["lines"] if isinstance(line, dict) and line.get("corrected")]
    if page is None or not corrected:
        raise InkError(f"{name}: no line of this page was corrected; click words on the page to correct them")
    for number, line in enumerate(corrected, 1):
        _add_line(found, f"{name}, corrected line {number}", page, Orientation(), line)


def _add_transcript(found: Corrections, path: Path, document: Mapping[str, Any]) -> None:
    """Add the lines of a file that was transcribed."""
    name = document["file"]
    try:
        if "error" in document:
            raise InkError(f"{name}: it could not be read")
        pages = {page.number: page for page in _read_ink_file(path, name)}
    except InkError as error:
        found.left_out[name] = str(error).removeprefix(f"{name}: ")
        return
    for number, line_number, orientation, line in _transcript_lines(document):
        id = f"{name} page {number}, line {line_number}"
        if line.get("typed"):
            continue
        if number not in pages:
            found.left_out[id] = "the file has no such page any more"
        else:
            _add_line(found, id, pages[number], orientation, line)


def _transcript_lines(document: Mapping[str, Any]) -> Iterator[tuple[int, int, Orientation | None, dict[str, Any]]]:
    """Yield the page number, line number, orientation (None if it is ambiguous) and contents of each line."""
    for page in document["pages"]:
        orientation_record = page.get("orientation", {})
        strokes = orientation_record.get("strokes", "forward")
        orientation = Orientation.named(orientation_record.get("name", "upright"))
        known = None if strokes == "mixed" else Orientation(orientation.turns, orientation.mirrored, strokes)
        for line_number, line in enumerate(page.get("lines", ()), 1):
            yield page["number"], line_number, known, line


def _add_line(
    found: Corrections, id: str, page: Page, orientation: Orientation | None, line: Mapping[str, Any]
) -> None:
    """Add a line of a page, or the reason why it cannot be used."""
    text, strokes = line.get("text"), line.get("strokes")
    count = len(page.ink.starts)
    if not isinstance(text, str) or not text.strip():
        found.left_out[id] = "it has no text"
    elif not isinstance(strokes, list) or not strokes or not all(_is_stroke_index(k, count) for k in strokes):
        found.left_out[id] = f"its strokes are not numbers from 0 to {count - 1}"
    elif orientation is None:
        found.left_out[id] = "its strokes were drawn both ways"
    else:
        ink = page.ink.take(list(dict.fromkeys(strokes)))
        found.add(id, orientation.upright(ink)[0], text)


def _is_stroke_index(value: Any, count: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < count


def _read_ink_file(path: Path, name: str) -> list[Page]:
    """Read the pages of the ink file ``name``, relative to the working folder or to the folder of ``path``."""
    beside = path.parent / name
    return read_pages(beside if not Path(name).is_file() and beside.is_file() else name)
