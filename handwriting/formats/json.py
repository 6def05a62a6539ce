"""Ink as JSON, in the shapes that web canvases and recognizers use; times are milliseconds.

- the Web Handwriting Recognition API: ``{"strokes": [{"points": [{"x", "y", "t"}]}]}``, also as a bare list of strokes
  and with a stroke as the list of its points; this is what is written, with ``"p"`` for pressure (0 to 1) and, where
  they are known, ``"text"``, ``"writer"``, ``"units"``, ``"start"`` (ms), ``"width"`` and ``"height"`` of the page;
- plain ``[[{"x", "y", "t"}, ...], ...]`` and ``[[[x, y, t], ...], ...]``;
- MyScript's pointer events: ``[{"type": "stroke", "pointers": [{"x", "y", "t", "p"}]}]``;
- JIIX, MyScript's exchange format: strokes with ``"X"``, ``"Y"``, ``"T"``, ``"F"`` anywhere in the document, in
  millimetres, with the ``"label"`` of the outermost element as text.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

import numpy as np

from handwriting.errors import InkError
from handwriting.formats.numerals import places, rounded
from handwriting.ink import Floats, Ink, Page, Source
from handwriting.limits import MAX_COORDINATE, MAX_MILLISECONDS, MAX_POINTS, check_points

HOLDS = frozenset({"time", "start time", "pressure", "text", "writer", "units", "page size"})
LISTS = ("points", "pointers")
"""What a stroke calls its points."""
STROKES = ("strokes", "strokeGroups", "events", "ink")
"""What a document calls its strokes."""
KEYS = {"x": ("x", "X"), "y": ("y", "Y"), "t": ("t", "T", "time", "timestamp"), "p": ("p", "pressure", "force", "F")}

Row = tuple[float, float, float | None, float | None]
"""x, y, t in milliseconds, pressure."""


def recognises(head: bytes) -> bool:
    return head.replace(b"\0", b"").removeprefix(b"\xef\xbb\xbf").lstrip(b"\xff\xfe \t\r\n")[:1] in (b"{", b"[")


def read(data: bytes, file: str) -> list[Page]:
    """The ink as one page; raises :class:`InkError` with one line when there are no strokes or a value is wrong."""
    return [page_of(parse(data, file), file)]


def parse(data: bytes, file: str) -> Any:
    """What JSON says, after a look at how much it is; :class:`InkError` when it is damaged or too deep."""
    values = data.count(b"[") + data.count(b"{")
    if values > 2 * MAX_POINTS:
        raise InkError(f"{file}: {values:,} lists and objects, and ink has {2 * MAX_POINTS:,} at most; split it")
    try:
        return json.loads(data)
    except (ValueError, RecursionError) as error:  # a UnicodeDecodeError is a ValueError
        reason = "too deep" if isinstance(error, RecursionError) else str(error)[:100]
        raise InkError(f"{file}: damaged JSON ({reason}); copy or export the file again") from None


def page_of(document: Any, file: str) -> Page:
    """Ink in any of the shapes above, as :func:`parse` returns it; raises as :func:`read`."""
    reader = _Reader(file)
    head: dict[str, Any] = document if isinstance(document, dict) else {}
    strokes = list(reader.jiix(document)) if _is_jiix(document) else list(reader.strokes(document))
    rows = [row for stroke in strokes for row in stroke]
    check_points(len(rows), file, len(strokes))
    x, y = (np.array([row[i] for row in rows], dtype=np.float64) for i in (0, 1))
    t, pressure = (_column([row[i] for row in rows]) for i in (2, 3))
    if pressure is not None:
        pressure = pressure.clip(0) / max(1.0, float(pressure.max()))
    starts = np.cumsum([0] + [len(stroke) for stroke in strokes[:-1]])
    start = None
    if t is not None:
        start = ((float(t[0]) + reader.number(head.get("start", 0), "start", MAX_MILLISECONDS)) / 1000) or None
        t = (t - t[0]) / 1000
    units = "mm" if reader.is_jiix else _string(head, "units")
    source = Source(units, start, _string(head, "text", "label"), _string(head, "writer"), file)
    width, height = (reader.size(head.get(name), name) for name in ("width", "height"))
    return Page(Ink(x, y, starts, t, pressure, source), width, height)


class _Reader:
    def __init__(self, file: str) -> None:
        self.file = file
        self.is_jiix = False

    def strokes(self, document: Any) -> Iterator[list[Row]]:
        """The strokes of a document in any shape but JIIX; those without points are left out."""
        for _ in range(3):  # {"ink": {"strokes": [...]}}
            if isinstance(document, dict):
                document = next((document[key] for key in STROKES if key in document), document)
        if not isinstance(document, list):
            raise InkError(f"{self.file}: JSON without strokes; ink is a list of strokes, or an object with 'strokes'")
        if document and all(isinstance(p, dict) and "x" in p for p in document):
            document = [document]  # one stroke
        for stroke in document:
            if isinstance(stroke, dict):
                if str(stroke.get("type", "stroke")).lower() not in ("stroke", "pen", "pendown", "mouse", "touch"):
                    continue
                stroke = next((stroke[key] for key in LISTS if key in stroke), stroke)
            points = self.points(stroke)
            if points:
                yield points

    def points(self, stroke: Any) -> list[Row]:
        if isinstance(stroke, dict):
            return self.columns(stroke)
        if not isinstance(stroke, list):
            raise InkError(f"{self.file}: {_shown(stroke)} is no stroke; a stroke is a list of points")
        return [self.point(point) for point in stroke]

    def point(self, point: Any) -> Row:
        if isinstance(point, list) and 2 <= len(point) <= 4:
            values = [*point, None, None][:4]
        elif isinstance(point, dict):
            values = [next((point[key] for key in keys if key in point), None) for keys in KEYS.values()]
        else:
            raise InkError(
                f"{self.file}: {_shown(point)} is no point; a point is {{'x': 1, 'y': 2}}, with 't' or without"
            )
        return self.row(*values)

    def row(self, x: Any, y: Any, t: Any, p: Any) -> Row:
        return (
            self.number(x, "x"),
            self.number(y, "y"),
            None if t is None else self.number(t, "t", MAX_MILLISECONDS),
            None if p is None else self.number(p, "p"),
        )

    def columns(self, stroke: dict[str, Any], offset: float | None = 0.0) -> list[Row]:
        """A stroke as one list for each coordinate; ``offset`` (ms) is added to its times, None drops them."""
        lists = [next((stroke[key] for key in keys if key in stroke), None) for keys in KEYS.values()]
        x, y, t, p = lists
        if not isinstance(x, list) or not isinstance(y, list) or len(x) != len(y):
            raise InkError(f"{self.file}: {_shown(stroke)} is no stroke; it needs lists of x and y of the same length")
        blank = [None] * len(x)
        t = t if isinstance(t, list) and len(t) == len(x) and offset is not None else blank
        p = p if isinstance(p, list) and len(p) == len(x) else blank
        rows = [self.row(*values) for values in zip(x, y, t, p, strict=True)]
        return [(a, b, None if c is None else c + (offset or 0), d) for a, b, c, d in rows]

    def jiix(self, document: Any) -> Iterator[list[Row]]:
        """Every stroke of a JIIX document once: words and their characters may list the same one."""
        self.is_jiix = True
        strokes: list[dict[str, Any]] = []
        seen: set[str] = set()
        for item in _objects(document):
            name = item.get("id")
            again = isinstance(name, str) and name in seen
            if isinstance(item.get("X"), list) and item.get("type", "stroke") == "stroke" and not again:
                strokes.append(item)
                seen |= {name} if isinstance(name, str) else set()
        begins = [_milliseconds(stroke.get("timestamp")) for stroke in strokes]
        # Times count from their stroke's begin: without it nothing is known of the time between strokes.
        dated = all(begin is not None for begin in begins)
        for stroke, begin in zip(strokes, begins, strict=True):
            points = self.columns(stroke, begin if dated else (0.0 if len(strokes) == 1 else None))
            if points:
                yield points

    def number(self, value: Any, name: str, limit: float = MAX_COORDINATE) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) <= limit:
            raise InkError(f"{self.file}: {name}={_shown(value)}; it must be a number and at most {limit:g}")
        return float(value)

    def size(self, value: Any, name: str) -> float | None:
        return None if value is None or (size := self.number(value, name)) <= 0 else size


def write(pages: Sequence[Page]) -> bytes:
    """One page as an object with ``strokes``, a stroke to a line."""
    page = pages[0]
    ink, source = page.ink, page.ink.source
    digits = places(ink.x, ink.y)
    columns: dict[str, list[float | int]] = {"x": rounded(ink.x, digits), "y": rounded(ink.y, digits)}
    if ink.t is not None:
        columns["t"] = rounded(ink.t * 1000, 3)
    if ink.pressure is not None:
        columns["p"] = rounded(ink.pressure, 4)
    start = None if source.start_time is None else source.start_time * 1000
    about = {"text": source.text, "writer": source.writer, "units": source.units, "start": start}
    about |= {"width": page.width, "height": page.height}
    head = "".join(
        f"{json.dumps(k)}: {json.dumps(v, ensure_ascii=False)},\n" for k, v in about.items() if v is not None
    )
    points = [dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)]
    strokes = [{"points": points[start:end]} for start, end in zip(ink.starts, ink.ends, strict=True)]
    lines = ",\n".join(json.dumps(stroke, separators=(",", ":")) for stroke in strokes)
    return f'{{{head}"strokes": [\n{lines}\n]}}\n'.encode(errors="replace")


def _is_jiix(document: Any) -> bool:
    """Whether strokes lie somewhere below elements with their coordinates as lists named X and Y."""
    if not isinstance(document, dict) or any(key in document for key in STROKES):
        return False
    return any(isinstance(item.get("X"), list) and isinstance(item.get("Y"), list) for item in _objects(document))


def _objects(document: Any) -> Iterator[dict[str, Any]]:
    """Every object of a document, outer ones first, in their order."""
    stack = [document]
    while stack:
        item = stack.pop()
        if isinstance(item, dict):
            yield item
            stack += [v for v in reversed(item.values()) if isinstance(v, dict | list)]
        elif isinstance(item, list):
            stack += [v for v in reversed(item) if isinstance(v, dict | list)]


def _shown(value: Any) -> str:
    """A value for a message, short whatever it is."""
    if isinstance(value, list | dict):
        return f"a list of {len(value)}" if isinstance(value, list) else f"an object of {len(value)}"
    return json.dumps(value[:40] if isinstance(value, str) else value)[:60]


def _milliseconds(text: Any) -> float | None:
    """A date as milliseconds since 1970 (UTC unless it says otherwise)."""
    try:
        date = datetime.fromisoformat(str(text).strip()[:40])
        return (date if date.tzinfo else date.replace(tzinfo=UTC)).timestamp() * 1000
    except (ValueError, OverflowError, OSError):
        return None


def _column(values: list[float | None]) -> Floats | None:
    """None unless every point has it."""
    known = [value for value in values if value is not None]
    return np.array(known) if len(known) == len(values) else None


def _string(head: dict[str, Any], *names: str) -> str | None:
    return next((head[name] for name in names if isinstance(head.get(name), str) and head[name]), None)
