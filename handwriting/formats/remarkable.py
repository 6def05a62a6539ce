"""reMarkable notebooks: pages (``.rm``, version 6 of the tablet's lines) and bundles of them (``.rmdoc``).

A page is a header and a sequence of blocks, each with its length; a block holds values with a tag that says which value
it is and how long. Read are the lines of pens (highlighters, shaders and erasers are left out) in layers that are
shown, with their pressure, and the paper's size. The tablet counts x from the middle of the paper; here it counts
from the left edge as everywhere. Lengths are in 1/226 inch, the pixels of its screen. There is no time. Typed text is
left out, and lines that the tablet moves along with it stand where its beginning is.

A bundle is a zip archive of pages, with a ``.content`` file that tells their order.

The package rmscene, which the tests compare with, knows more of the format. It is not used because it asks for a
version of packaging older than that of common test and build tools, so that both cannot be installed together.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from handwriting.errors import InkError
from handwriting.formats import packed
from handwriting.ink import Floats, Ink, Page, Source
from handwriting.limits import MAX_COORDINATE, MAX_DEPTH, MAX_PAGES, MAX_STROKES, check_points

HEADER = b"reMarkable .lines file, version="
UNIT = "1/226 in"
PAPER = (1404, 1872)
"""Width and height of the first tablets' screen, which every older file means."""
NOT_PENS = frozenset({5, 6, 8, 18, 23})
"""Highlighters (5, 18), erasers (6, 8), the shader (23)."""
POINT = {
    1: np.dtype(
        [("x", "<f4"), ("y", "<f4"), ("speed", "<f4"), ("direction", "<f4"), ("width", "<f4"), ("pressure", "<f4")]
    ),
    2: np.dtype(
        [("x", "<f4"), ("y", "<f4"), ("speed", "<u2"), ("width", "<u2"), ("direction", "u1"), ("pressure", "u1")]
    ),
}
"""A point of a line, by the version of its block."""

ID, LENGTH, BYTE8, BYTE4, BYTE1 = 0xF, 0xC, 0x8, 0x4, 0x1
_SIZES = {BYTE8: 8, BYTE4: 4, BYTE1: 1}
TREE, NODE, LINE, SCENE = 0x01, 0x02, 0x05, 0x0D
"""Types of block: where a group is in the tree, what a group is, a line, the scene."""

Identifier = tuple[int, int]


def recognises(head: bytes) -> bool:
    return head.startswith(HEADER) or (head.startswith(packed.ZIP) and b".content" in head)


def read(data: bytes, file: str) -> list[Page]:
    """The pages that have ink; raises :class:`InkError` with one line when there are none or the file is damaged."""
    if not data.startswith(packed.ZIP):
        page = _page(data, file, 1)
        check_points(0 if page is None else len(page.ink), file)
        return [] if page is None else [page]
    archive = packed.Archive(data, file)
    points, pages = 0, []
    for sheet, name in enumerate(_order(archive, file), 1):
        page = _page(archive.read(name), file, sheet) if name in archive.names else None
        if page is not None:
            points += len(page.ink)
            check_points(points, file)
            pages.append(page)
    check_points(points, file)
    return pages


def _order(archive: packed.Archive, file: str) -> list[str]:
    """The members that hold the pages, in the document's order; some may not be there: they were never drawn on."""
    contents = [name for name in archive.names if name.endswith(".content")]
    if len(contents) != 1:
        raise InkError(f"{file}: an archive with {len(contents)} .content files; a reMarkable bundle has one")
    folder = contents[0].removesuffix(".content")
    try:
        content: Any = json.loads(archive.read(contents[0]))
    except (ValueError, RecursionError):
        raise InkError(f"{file}: its .content file is damaged; export the document again") from None
    sheets = content.get("cPages", content) if isinstance(content, dict) else {}
    sheets = sheets.get("pages") if isinstance(sheets, dict) else None
    if not isinstance(sheets, list):
        raise InkError(f"{file}: its .content file names no pages; export the document again")
    if len(sheets) > MAX_PAGES:
        raise InkError(f"{file}: {len(sheets):,} pages, and a notebook may have {MAX_PAGES:,} at most; split it")
    kept = [s for s in sheets if not (isinstance(s, dict) and "deleted" in s)]
    return [f"{folder}/{s.get('id') if isinstance(s, dict) else s}.rm" for s in kept]


@dataclass
class _Line:
    layer: Identifier
    points: Any
    pressure: Floats


def _page(data: bytes, file: str, sheet: int) -> Page | None:
    """A page, or None when no pen drew on it."""
    version = data[len(HEADER) : len(HEADER) + 1]
    if not data.startswith(HEADER) or version != b"6":
        told = f"version {version.decode('latin-1')!r}" if data.startswith(HEADER) else "no lines"
        raise InkError(f"{file}: page {sheet} holds {told} and not version 6; open and change it on an updated tablet")
    parents: dict[Identifier, Identifier] = {}
    hidden: set[Identifier] = set()
    lines: list[_Line] = []
    paper = PAPER
    total = 0
    try:
        for kind, revision, block in _blocks(data):
            if kind == TREE:
                group = block.id(1)
                block.id(2)
                block.value(3, BYTE1)
                parents[group] = block.inner(4).id(1)
            elif kind == NODE:
                group = block.id(1)
                block.inner(2)
                shown = block.inner(3)
                shown.id(1)
                if shown.value(2, BYTE1) == b"\0":
                    hidden.add(group)
            elif kind == SCENE:
                paper = block.paper() or paper
            elif kind == LINE and (line := _line(block, revision)) is not None:
                total += len(line.points)
                check_points(max(total, 1), file, len(lines))
                lines.append(line)
    except (ValueError, struct.error) as error:
        if isinstance(error, InkError):
            raise
        raise InkError(f"{file}: page {sheet} is damaged ({error}); copy or export the file again") from None
    lines = [line for line in lines if not _is_hidden(line.layer, parents, hidden)]
    if not lines:
        return None
    x, y = (np.concatenate([line.points[name] for line in lines]).astype(np.float64) for name in "xy")
    x = x + paper[0] / 2
    for name, values in (("x", x), ("y", y)):
        if not (np.abs(values) <= MAX_COORDINATE).all():
            raise InkError(f"{file}: {name} of a point on page {sheet} is not finite and at most {MAX_COORDINATE:g}")
    pressure = np.concatenate([line.pressure for line in lines])
    starts = np.cumsum([0] + [len(line.points) for line in lines[:-1]])
    known = np.nan_to_num(pressure.astype(np.float64)).clip(0, 1)
    ink = Ink(x, y, starts, None, known, Source(units=UNIT, file=file))
    # A page may be scrolled down beyond its screen.
    return Page(ink, float(paper[0]), max(float(paper[1]), float(y.max())), sheet)


def _line(block: _Block, revision: int) -> _Line | None:
    """The line of a block; None when it was erased, no pen drew it, or it has no points."""
    layer = block.id(1)
    for index in (2, 3, 4):
        block.id(index)
    block.value(5, BYTE4)
    if not block.has(6, LENGTH):
        return None
    value = block.inner(6)
    if value.take(1) != b"\x03":
        return None
    tool = int.from_bytes(value.value(1, BYTE4), "little")
    value.value(2, BYTE4)
    value.value(3, BYTE8)
    value.value(4, BYTE4)
    raw = value.inner(5).rest()
    kind = POINT.get(revision)
    if kind is None or len(raw) % kind.itemsize:
        raise ValueError(f"a line of {len(raw)} bytes in version {revision}")
    points = np.frombuffer(raw, kind)
    if tool in NOT_PENS or not len(points):
        return None
    return _Line(layer, points, points["pressure"] / (1.0 if revision == 1 else 255.0))


def _is_hidden(group: Identifier, parents: dict[Identifier, Identifier], hidden: set[Identifier]) -> bool:
    for _ in range(MAX_DEPTH):
        if group in hidden:
            return True
        if group not in parents:
            break
        group = parents[group]
    return False


def _blocks(data: bytes) -> Iterator[tuple[int, int, _Block]]:
    """Type, version and contents of every block after the header of 43 bytes."""
    at, left = 43, 2 * MAX_STROKES
    while at < len(data):
        left -= 1
        if left < 0:
            raise ValueError(f"more than {2 * MAX_STROKES:,} blocks")
        length, _, _, revision, kind = struct.unpack_from("<IBBBB", data, at)
        at += 8
        if length > len(data) - at:
            raise ValueError("it is cut short")
        yield kind, revision, _Block(data, at, at + length)
        at += length


class _Block:
    """The bytes from ``at`` to ``end``: values with tags, read in turn. ValueError for what is not there."""

    def __init__(self, data: bytes, at: int, end: int) -> None:
        self.data, self.at, self.end = data, at, end

    def take(self, count: int) -> bytes:
        if count > self.end - self.at:
            raise ValueError("a value is cut short")
        self.at += count
        return self.data[self.at - count : self.at]

    def rest(self) -> bytes:
        return self.take(self.end - self.at)

    def number(self) -> int:
        """Seven bits a byte, the lowest first; the highest bit says that more follow."""
        value = shift = 0
        while True:
            byte = self.take(1)[0]
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value
            if shift > 70:
                raise ValueError("an endless number")

    def has(self, index: int, kind: int) -> bool:
        before = self.at
        try:
            return self.number() == index << 4 | kind
        except ValueError:
            return False
        finally:
            self.at = before

    def tag(self, index: int, kind: int) -> None:
        if not self.has(index, kind):
            raise ValueError(f"value {index} is not where it should be")
        self.number()

    def id(self, index: int) -> Identifier:
        self.tag(index, ID)
        return self.take(1)[0], self.number()

    def value(self, index: int, kind: int) -> bytes:
        self.tag(index, kind)
        return self.take(_SIZES[kind])

    def inner(self, index: int) -> _Block:
        """The block within this one that is the value ``index``."""
        self.tag(index, LENGTH)
        (length,) = struct.unpack("<I", self.take(4))
        self.take(length)
        return _Block(self.data, self.at - length, self.at)

    def paper(self) -> tuple[int, int] | None:
        """The paper's size out of the scene's block, where it says."""
        for index in (1, 2, 3):
            if self.has(index, LENGTH):
                self.inner(index)
        if not self.has(5, LENGTH):
            return None
        width, height = struct.unpack("<II", self.inner(5).take(8))
        return (width, height) if 0 < width < 100_000 and 0 < height < 100_000 else None
