"""The blocks of version 6 of the ``.rm`` file of reMarkable tablets.

A page is a header and a sequence of blocks, each with its length. A block holds values, each with a tag that says which
value it is and how long.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from functools import cache

from handwriting.errors import InkError, TooLargeError
from handwriting.formats.remarkable_page import HEADER_SIZE
from handwriting.limits import MAX_STROKES

ID, LENGTH, BYTE8, BYTE4, BYTE1 = 0xF, 0xC, 0x8, 0x4, 0x1
_SIZES = {BYTE8: 8, BYTE4: 4, BYTE1: 1}
TREE, NODE, GLYPHS, GROUP, LINE, TEXT, SCENE = 0x01, 0x02, 0x03, 0x04, 0x05, 0x07, 0x0D
"""Types of blocks: a group's place in the tree, a group, a highlighted passage, a group and a line as items of a group,
typed text, the scene."""

Identifier = tuple[int, int]


def blocks(data: bytes, file: str) -> Iterator[tuple[int, int, Block]]:
    """Yield the type, the version and the contents of every block after the page's header."""
    position, remaining = HEADER_SIZE, 2 * MAX_STROKES
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
        """Return whether the value ``index`` comes next."""
        return self.data.startswith(_tag(index, kind), self.position, self.end)

    def check_tag(self, index: int, kind: int) -> None:
        if not self.has(index, kind):
            raise ValueError(f"value {index} is not where it should be")
        self.position += len(_tag(index, kind))

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

    def copy(self) -> Block:
        """Return a block that can be read from here on without moving this one."""
        return Block(self.data, self.position, self.end)

    def paper(self) -> tuple[int, int] | None:
        """Return the size of the paper from the block of the scene, or None if it is not given."""
        for index in (1, 2, 3):
            if self.has(index, LENGTH):
                self.inner(index)
        if not self.has(5, LENGTH):
            return None
        width, height = struct.unpack("<II", self.inner(5).take(8))
        return (width, height) if 0 < width < 100_000 and 0 < height < 100_000 else None


@cache
def _tag(index: int, kind: int) -> bytes:
    """Return the tag of a value, a number with seven bits per byte."""
    tag = index << 4 | kind
    return bytes([tag]) if tag < 0x80 else bytes([tag & 0x7F | 0x80, tag >> 7])
