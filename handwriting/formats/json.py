"""Ink as JSON, in the shapes that web canvases and recognizers use; times are in milliseconds.

- the Web Handwriting Recognition API: ``{"strokes": [{"points": [{"x", "y", "t"}]}]}``, also as a bare list of strokes
  and with a stroke as the list of its points; this is what is written, with ``"p"`` for pressure (0 to 1) and, where
  they are known, ``"text"``, ``"writer"``, ``"units"``, ``"start"`` (ms), ``"width"`` and ``"height"`` of the page;
- plain ``[[{"x", "y", "t"}, ...], ...]`` and ``[[[x, y, t], ...], ...]``;
- columns, as in Google's input tools and Quick, Draw!: ``{"ink": [[[x, ...], [y, ...], [t, ...]], ...]}``;
- MyScript's pointer events: ``[{"type": "stroke", "pointers": [{"x", "y", "t", "p"}]}]``;
- JIIX, MyScript's exchange format: strokes with ``"X"``, ``"Y"``, ``"T"``, ``"F"`` anywhere in the document, in
  millimetres, with the ``"label"`` of the outermost element as text;
- ``{"points": [x, y, x, y, ...]}``, and points in a row with ``null`` between strokes;
- tables, as columns or as rows below the names of the columns (see :mod:`~handwriting.formats.json_tables`);
- signatures of jSignature (see :mod:`~handwriting.formats.jsignature`);
- drawings of the canvas libraries Konva, Fabric.js and Paper.js (see :mod:`~handwriting.formats.json_canvas`).

A file of several documents, one per line (``.ndjson``), has one page per line. Strokes of erasers and highlighters are
left out, with a note.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from handwriting.formats import jsignature, times
from handwriting.formats.json_damage import is_framed
from handwriting.formats.json_document import join_lines, read_strokes, split_pages
from handwriting.formats.json_rows import third_of
from handwriting.formats.json_segments import join_pieces
from handwriting.formats.json_shapes import describe, is_jiix, parse_points
from handwriting.formats.json_strokes import STROKE_KEYS
from handwriting.formats.json_text import is_document, parse, parse_all
from handwriting.formats.json_transforms import transform
from handwriting.formats.numerals import decimal_places, round_values
from handwriting.formats.point_table import PointTable
from handwriting.formats.strokes import Strokes
from handwriting.ink import Page, Source
from handwriting.limits import MAX_COORDINATE, check_pages, check_points
from handwriting.notes import Notes

__all__ = [
    "HOLDS",
    "normalise_head",
    "page_of",
    "parse",
    "parse_all",
    "read",
    "recognises",
    "recognises_lines",
    "write",
]

HOLDS = frozenset({"time", "start time", "pressure", "text", "writer", "units", "page size"})
MILLISECOND = 1e-3


def recognises(head: bytes) -> bool:
    return normalise_head(head)[:1] in (b"{", b"[") or is_framed(head) or jsignature.recognises(head)


def normalise_head(head: bytes) -> bytes:
    """Return the first bytes of a document without byte order marks and spaces.

    They are ASCII characters even if the document is in UTF-16 or UTF-32.
    """
    return head.replace(b"\0", b"").removeprefix(b"\xef\xbb\xbf").lstrip(b"\xff\xfe \t\r\n")


def recognises_lines(head: bytes) -> bool:
    """Return whether each of the first two lines is a document, as far as ``head`` shows the second one."""
    first, _, second = normalise_head(head).partition(b"\n")
    return second.lstrip()[:1] in (b"{", b"[") and is_document(first)


def read(data: bytes, file: str, notes: Notes) -> list[Page]:
    """Read the ink as one page, or as several if there are several documents or the document has pages."""
    signature = jsignature.parse(data)
    documents = join_lines(list(parse_all(data, file, notes))) if signature is None else [(1, signature)]
    sheets = [sheet for document in documents for sheet in split_pages(*document)]
    check_pages(len(sheets), file)
    if len(sheets) == 1:
        if notes.first_loss is None:
            return page_of(sheets[0][1], file, notes, sheets[0][0])
        with notes.part("the file"):  # the damage is the first loss, and a message about it says more
            return page_of(sheets[0][1], file, notes, sheets[0][0])
        return []
    pages, total = [], 0
    for number, document in sheets:
        with notes.part(f"page {number}"):
            for page in page_of(document, file, notes, number):
                total += len(page.ink)
                check_points(total, file)
                pages.append(page)
    return pages


def page_of(document: Any, file: str, notes: Notes, number: int = 1) -> list[Page]:
    """Return the page of a document as parsed by :func:`parse`, in any of the shapes above; no page if there are no
    strokes.

    A flat list of points with a column of page numbers can have several pages.
    """
    head: dict[str, Any] = document if isinstance(document, dict) else {}
    source = Source(
        "mm" if is_jiix(document, STROKE_KEYS) else _first_string(head, "units"),
        text=_first_string(head, "text", "label"),
        writer=_first_string(head, "writer"),
        file=file,
    )
    found = read_strokes(document, file, notes)
    if isinstance(found, PointTable):
        width, height = (_page_side(head.get(name), notes) for name in ("width", "height"))
        return [
            Page(replace(ink, source=replace(source, start_time=ink.source.start_time)), width, height, k)
            for k, ink in enumerate(found.inks(notes, MILLISECOND), number)
        ]
    place = f" on page {number}" if number > 1 else ""
    third, rows = third_of(found, notes), []
    for count, stroke in enumerate(found, 1):
        check_points(1, file, count)
        with notes.part(f"stroke {count}{place}"):
            if callable(stroke.shape):
                rows.append(stroke.shape())
            else:
                rows.append(transform(parse_points(stroke.shape, file, third), stroke.marks, notes))
    strokes = Strokes(file, notes)
    for one in join_pieces([one for one in rows if len(one[0])]):
        strokes.add(*one)
    start = 0.0
    if head.get("start") is not None:
        stamps = times.parse_column([head["start"]], MILLISECOND)
        if np.isfinite(stamps).all():
            start = float(stamps[0]) * times.unit_of(stamps, MILLISECOND)
        else:
            notes.drop("the start time", f"{describe(head['start'])} is not a time")
    ink = strokes.ink(source, MILLISECOND, start)
    width, height = (_page_side(head.get(name), notes) for name in ("width", "height"))
    return [] if ink is None else [Page(ink, width, height, number)]


def _page_side(value: Any, notes: Notes) -> float | None:
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 < value <= MAX_COORDINATE:
        return float(value)
    if value is not None and value != 0:
        notes.drop("the page size", f"{describe(value)} is not a length")
    return None


def write(pages: Sequence[Page]) -> bytes:
    """Encode one page as an object with ``strokes``, one stroke per line."""
    page = pages[0]
    ink, source = page.ink, page.ink.source
    digits = decimal_places(ink.x, ink.y)
    lists: dict[str, list[float | int]] = {"x": round_values(ink.x, digits), "y": round_values(ink.y, digits)}
    if ink.t is not None:
        lists["t"] = round_values(ink.t * 1000, 3)
    if ink.pressure is not None:
        lists["p"] = round_values(ink.pressure, 4)
    start = None if source.start_time is None else source.start_time * 1000
    about = {"text": source.text, "writer": source.writer, "units": source.units, "start": start}
    about |= {"width": page.width, "height": page.height}
    head = "".join(
        f"{json.dumps(k)}: {json.dumps(v, ensure_ascii=False)},\n" for k, v in about.items() if v is not None
    )
    rows = [dict(zip(lists, values, strict=True)) for values in zip(*lists.values(), strict=True)]
    strokes = [{"points": rows[start:end]} for start, end in zip(ink.starts, ink.ends, strict=True)]
    lines = ",\n".join(json.dumps(stroke, separators=(",", ":")) for stroke in strokes)
    return f'{{{head}"strokes": [\n{lines}\n]}}\n'.encode(errors="replace")


def _first_string(head: dict[str, Any], *names: str) -> str | None:
    return next((head[name] for name in names if isinstance(head.get(name), str) and head[name]), None)
