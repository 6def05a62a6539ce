"""Parse the text of a JSON file, including what JSON forbids and programs write all the same.

Comments, commas after the last element, unquoted names, ``undefined``, ``nan``, ``.5``, ``1.``, control characters in
strings and invalid escapes in them are accepted, and so is what frames a document: ``)]}'``, a code fence, the name of
a variable or of a callback, a semicolon and zero bytes. A file that is not in UTF-8 is read as Windows-1252, with a
note.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from handwriting.errors import InkError, TooLargeError
from handwriting.formats.json_damage import parse_before_damage, repair
from handwriting.limits import MAX_POINTS, check_pages
from handwriting.notes import Notes

_LINE_END = re.compile("\r\n?|\n")


def parse(data: bytes, file: str, notes: Notes | None = None) -> Any:
    """Parse a JSON document.

    Raises :class:`InkError` if it is damaged; with ``notes``, the damage is noted instead, and what comes before it is
    returned. Also raises :class:`InkError` if the document is nested too deeply or too large.
    """
    _check_values(data.count(b"[") + data.count(b"{"), file)
    return _parse(_decode(data, notes), file, notes)


def parse_all(data: bytes, file: str, notes: Notes) -> Iterator[tuple[int, Any]]:
    """Yield the documents of a file with their numbers from 1: either a single one, or one per line."""
    _check_values(data.count(b"[") + data.count(b"{"), file)
    text = _decode(data, notes)
    lines = [line for line in _LINE_END.split(text) if line.strip()]
    try:
        yield 1, _parse(text, file, None)
        return
    except InkError:
        # If a single document extends over several lines, none of them is a complete document.
        if len(lines) < 2 or not any(map(is_document, lines[:3])):
            yield 1, _parse(text, file, notes)
            return
    check_pages(len(lines), file)
    for number, line in enumerate(lines, 1):
        with notes.part(f"page {number}"):
            yield number, _parse(line, file, None)


def is_document(line: bytes | str) -> bool:
    """Return whether this is a list or an object that is complete."""
    try:
        return isinstance(json.loads(line), dict | list)
    except (ValueError, RecursionError):
        return False


def _check_values(values: int, file: str) -> None:
    if values > 2 * MAX_POINTS:
        raise TooLargeError(f"{file}: {values:,} lists and objects, and ink has {2 * MAX_POINTS:,} at most; split it")


def _decode(data: bytes, notes: Notes | None) -> str:
    """Return the text of a document; if its last character is cut off, without that."""
    encoding = json.detect_encoding(data)
    try:
        return data.decode(encoding, "surrogatepass")
    except UnicodeDecodeError as error:
        if not encoding.startswith("utf-8") or error.reason == "unexpected end of data":
            return data[: error.start].decode(encoding, "ignore")
    if notes is not None:
        notes.drop("the encoding", "the file is read as Windows-1252, because it is not in UTF-8")
    return data.decode("cp1252", "replace")


def _parse(text: str, file: str, notes: Notes | None) -> Any:
    try:
        with suppress(ValueError):
            return json.loads(text, strict=False)
        text = repair(text)
        return json.loads(text, strict=False)
    except RecursionError:
        raise InkError(f"{file}: damaged JSON (too deep); copy or export the file again") from None
    except ValueError as error:
        damage = InkError(f"{file}: damaged JSON ({str(error)[:100]}); copy or export the file again")
    if notes is None or notes.strict:
        raise damage
    with notes.part("the rest of the file"):
        raise damage
    return parse_before_damage(text.encode(errors="surrogatepass"))
