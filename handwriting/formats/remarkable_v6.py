"""Read pages of reMarkable tablets since 2022: version 6 of the ``.rm`` file.

A page is a header and a sequence of blocks, each with its length. A block holds values, each with a tag that says which
value it is and how long. Lines belong to a tree of groups, which may be hidden. The tablet measures x from the middle
of the paper. Typed text is left out; lines that the tablet moves along with the text are placed where it begins.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator

import numpy as np

from handwriting.errors import InkError, TooLargeError
from handwriting.formats.remarkable_page import PAPER, Paper, RecordedStroke
from handwriting.limits import MAX_DEPTH, MAX_STROKES
from handwriting.notes import Notes

POINT = {
    1: np.dtype(
        [("x", "<f4"), ("y", "<f4"), ("speed", "<f4"), ("direction", "<f4"), ("width", "<f4"), ("pressure", "<f4")]
    ),
    2: np.dtype(
        [("x", "<f4"), ("y", "<f4"), ("speed", "<u2"), ("width", "<u2"), ("direction", "u1"), ("pressure", "u1")]
    ),
}
"""Layout of a point of a line, by the version of its block."""

ID, LENGTH, BYTE8, BYTE4, BYTE1 = 0xF, 0xC, 0x8, 0x4, 0x1
_SIZES = {BYTE8: 8, BYTE4: 4, BYTE1: 1}
TREE, NODE, GLYPHS, LINE, TEXT, SCENE = 0x01, 0x02, 0x03, 0x05, 0x07, 0x0D
"""Types of blocks: a group's place in the tree, a group, a highlighted passage, a line, typed text, the scene."""

_ID = rb".[\x80-\xff]*[\x00-\x7f]"
_ITEM_HEADER = re.compile(rb"\x2f" + _ID + rb"\x3f" + _ID + rb"\x4f" + _ID + rb"\x54.{4}", re.DOTALL)
"""Values 2 to 5 of an item of a group: its identifier, those of its neighbours, and how much was deleted."""
_LINE_HEADER = re.compile(rb"\x14(.{4})\x24(.{4})\x38(.{8})\x44.{4}\x5c(.{4})", re.DOTALL)
"""Values 1 to 5 of a line: tool, color, scale of the thickness, first length, and the size of its points."""

Identifier = tuple[int, int]
MAX_LINES = MAX_STROKES // 2
"""Maximum number of lines of a page; a full page of writing has about a thousand."""


def lines(data: bytes, page_name: str, file: str, notes: Notes) -> tuple[list[RecordedStroke], Paper]:
    """Return the lines on a page and the size of its paper. ``page_name`` is for messages (``"page 3"``)."""
    parents: dict[Identifier, Identifier] = {}
    hidden: set[Identifier] = set()
    found: list[tuple[Identifier, RecordedStroke]] = []
    paper = PAPER
    number = 0
    with notes.part(f"the rest of {page_name}"):
        for kind, revision, block in blocks(data, file):
            number += kind == LINE
            if number > MAX_LINES:
                raise TooLargeError(f"{file}: {page_name} has more than {MAX_LINES:,} lines; split it")
            with notes.part(f"stroke {number} on {page_name}" if kind == LINE else f"a part of {page_name}"):
                try:
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
                    elif kind == TEXT:
                        notes.count("typed text", _has_text(block))
                    elif kind == GLYPHS:
                        notes.count("highlighted passage", _has_value(block))
                    elif kind == LINE and (new := _read_line(block, revision)) is not None:
                        found.append(new)
                except (ValueError, struct.error) as error:
                    raise InkError(f"{file}: it is damaged ({error}); copy or export the file again") from None
    kept = [line for layer, line in found if not _is_hidden(layer, parents, hidden)]
    notes.count("stroke on a hidden layer", len(found) - len(kept))
    for line in kept:
        line.x = line.x + paper[0] / 2
    return kept, paper


def _has_text(block: Block) -> bool:
    """Return whether the block of typed text, which most pages have, has any text."""
    block.id(1)
    return block.inner(2).inner(1).inner(1).number() > 0


def _has_value(block: Block) -> bool:
    """Return whether an item of a group has a value; an item that was deleted keeps its place without one."""
    block.id(1)
    block.skip(_ITEM_HEADER)
    return block.has(6, LENGTH)


def _read_line(block: Block, revision: int) -> tuple[Identifier, RecordedStroke] | None:
    """Return the layer and the line of a block, or None if the line was erased or has no points."""
    layer = block.id(1)
    block.skip(_ITEM_HEADER)
    if not block.has(6, LENGTH):
        return None
    value = block.inner(6)
    if value.take(1) != b"\x03":
        return None
    tool, color, width, size = struct.unpack("<IIdI", b"".join(value.skip(_LINE_HEADER)))
    raw = value.take(size)
    kind = POINT.get(revision)
    if kind is None or len(raw) % kind.itemsize:
        raise ValueError(f"a line of {len(raw)} bytes in version {revision}")
    points = np.frombuffer(raw, kind)
    if not len(points):
        return None
    x, y, pressure = (points[name].astype(np.float64) for name in ("x", "y", "pressure"))
    return layer, RecordedStroke(tool, color, width, x, y, pressure.clip(0, 1) if revision == 1 else pressure / 255.0)


def _is_hidden(group: Identifier, parents: dict[Identifier, Identifier], hidden: set[Identifier]) -> bool:
    for _ in range(MAX_DEPTH):
        if group in hidden:
            return True
        if group not in parents:
            break
        group = parents[group]
    return False


def blocks(data: bytes, file: str) -> Iterator[tuple[int, int, Block]]:
    """Yield the type, the version and the contents of every block after the header of 43 bytes."""
    position, remaining = 43, 2 * MAX_STROKES
    while position < len(data):
        remaining -= 1
        if remaining < 0:
            raise TooLargeError(f"{file}: more than {2 * MAX_STROKES:,} blocks; split it into pages")
        if position + 8 > len(data):
            raise InkError(f"{file}: it is damaged (cut short); copy or export the file again")
        length, _, _, revision, kind = struct.unpack_from("<IBBBB", data, position)
        position += 8
        if length > len(data) - position:
            raise InkError(f"{file}: it is damaged (cut short); copy or export the file again")
        yield kind, revision, Block(data, position, position + length)
        position += length


class Block:
    """Reads the tagged values from ``position`` to ``end`` in turn. Raises ValueError for a missing value."""

    def __init__(self, data: bytes, position: int, end: int) -> None:
        self.data, self.position, self.end = data, position, end

    def take(self, count: int) -> bytes:
        if count > self.end - self.position:
            raise ValueError("a value is cut short")
        self.position += count
        return self.data[self.position - count : self.position]

    def skip(self, values: re.Pattern[bytes]) -> tuple[bytes, ...]:
        """Read several values at once, faster than one after the other, and return the groups of the pattern."""
        found = values.match(self.data, self.position, self.end)
        if found is None:
            raise ValueError("a value is missing")
        self.position = found.end()
        return found.groups()

    def number(self) -> int:
        """Read a number with seven bits per byte, the lowest first; the highest bit of a byte says that more follow."""
        if self.position < self.end and (byte := self.data[self.position]) < 0x80:  # nearly always
            self.position += 1
            return byte
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
        """Return whether the value ``index``, below 8, comes next."""
        return self.position < self.end and self.data[self.position] == index << 4 | kind

    def check_tag(self, index: int, kind: int) -> None:
        if not self.has(index, kind):
            raise ValueError(f"value {index} is not where it should be")
        self.position += 1

    def id(self, index: int) -> Identifier:
        self.check_tag(index, ID)
        return self.take(1)[0], self.number()

    def value(self, index: int, kind: int) -> bytes:
        self.check_tag(index, kind)
        return self.take(_SIZES[kind])

    def inner(self, index: int) -> Block:
        """Return the block that is the value ``index`` of this one."""
        self.check_tag(index, LENGTH)
        (length,) = struct.unpack("<I", self.take(4))
        self.take(length)
        return Block(self.data, self.position - length, self.position)

    def paper(self) -> tuple[int, int] | None:
        """Return the size of the paper from the block of the scene, or None if it is not given."""
        for index in (1, 2, 3):
            if self.has(index, LENGTH):
                self.inner(index)
        if not self.has(5, LENGTH):
            return None
        width, height = struct.unpack("<II", self.inner(5).take(8))
        return (width, height) if 0 < width < 100_000 and 0 < height < 100_000 else None
