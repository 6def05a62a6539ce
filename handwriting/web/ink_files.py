"""Read ink files for the page: every page with ink, in millimetres."""

from __future__ import annotations

from typing import Any

import numpy as np

from handwriting import formats
from handwriting.errors import InkError
from handwriting.ink import Page
from handwriting.rendering.placed import placement
from handwriting.web import schemas

MAX_FILE_POINTS = 400_000
"""Maximum number of points of a file: a few dozen pages of writing."""


def pages(data: bytes) -> dict[str, Any]:
    """Return the pages of an ink file: size in millimetres, and strokes of points [x, y, milliseconds, pressure].

    Unknown times and pressures are null. ``notes`` say what was omitted. Raises :class:`InkError` if ``data`` is
    not an ink file or has too much ink.
    """
    try:
        contents = formats.read_document(data)
    except InkError as error:
        error.key = error.key or "damaged-file"
        raise
    found = contents.pages
    points = sum(len(page.ink) for page in found)
    if points > MAX_FILE_POINTS:
        raise schemas.TooLarge(
            f"{points:,} points, and a file may have {MAX_FILE_POINTS:,}; split the file", key="large-file"
        )
    notes = [note.text for note in contents.notes if note.severity != "detail"]
    return {"pages": [_page(page) for page in found], "notes": notes}


def _page(page: Page) -> dict[str, Any]:
    left, top, right, bottom = page.ink.bounds
    sized = page.width is not None and page.height is not None
    if page.width is not None and page.height is not None:
        left, top, right, bottom = min(left, 0.0), min(top, 0.0), max(right, page.width), max(bottom, page.height)
    sheet = placement((left, top, right, bottom), page.ink.source.units, sized=sized)
    ink = sheet.place(page.ink)
    columns: list[list[float | None]] = [
        np.round(ink.x, 3).tolist(),
        np.round(ink.y, 3).tolist(),
        [None] * len(ink) if ink.t is None else np.round(ink.t * 1000, 2).tolist(),
        [None] * len(ink) if ink.pressure is None else np.round(ink.pressure, 3).tolist(),
    ]
    points = [list(point) for point in zip(*columns, strict=True)]
    strokes = [points[begin:end] for begin, end in zip(ink.starts, ink.ends, strict=True)]
    return {"number": page.number, "width": sheet.width, "height": sheet.height, "strokes": strokes}
