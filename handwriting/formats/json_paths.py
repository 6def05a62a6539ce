"""Strokes in JSON that are SVG path data: ``["M1,2L3,4", ...]`` or ``[{"d": "M1,2L3,4", "stroke": "#000"}, ...]``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from handwriting.formats.column_names import plain
from handwriting.formats.json_tools import not_writing
from handwriting.formats.svg_path import Outlines
from handwriting.formats.svg_style import NO_PAINT
from handwriting.ink import Floats
from handwriting.limits import check_shapes
from handwriting.notes import Notes

NAMES = ("d", "path", "pathdata", "svgpath", "svg", "data")
"""Plain names of the property of a stroke that is its path data."""
_DATA = re.compile(r"\s*[Mm][\s,]*[-+.\d]")


def path_data(stroke: Any) -> str | None:
    """Return the path data of a stroke that is path data, or an object that has some; None for any other stroke."""
    if isinstance(stroke, dict):
        stroke = next((value for name, value in stroke.items() if isinstance(value, str) and plain(name) in NAMES), "")
    return stroke if isinstance(stroke, str) and _DATA.match(stroke) else None


def path_curves(strokes: Any, file: str, notes: Notes) -> Iterator[tuple[dict[str, Any], Floats]] | None:
    """Yield the properties of every line and its cubic curves, shape (n, 4, 2); None if these are not path data."""
    if not isinstance(strokes, list) or not strokes or any(path_data(stroke) is None for stroke in strokes):
        return None
    return _curves(strokes, Outlines(file), file, notes)


def _curves(strokes: list[Any], outlines: Outlines, file: str, notes: Notes) -> Iterator[tuple[dict[str, Any], Floats]]:
    check_shapes(len(strokes), file)
    for number, stroke in enumerate(strokes, 1):
        marks = stroke if isinstance(stroke, dict) else {}
        is_filled = marks.get("fill") not in (None, "", *NO_PAINT) and marks.get("stroke") in (None, "", *NO_PAINT)
        if (other := not_writing(marks) or ("filled outline" if is_filled else None)) is not None:
            notes.count(other)
            continue
        with notes.part(f"stroke {number}"):
            yield from [(marks, curves) for curves, _ in outlines.path(path_data(stroke) or "")]
