"""Find ink in GIF pictures, in which Microsoft's programs store it beside the picture ("fortified GIF").

A GIF is a sequence of blocks. Extensions hold data in sub-blocks of up to 255 bytes, each preceded by its size and the
last one empty; in an application extension, the first one is the name of the application. Microsoft does not document
which extension holds the ink, so comments and application extensions are both searched for it.

Source: https://www.w3.org/Graphics/GIF/spec-gif89a.txt
"""

from __future__ import annotations

from collections.abc import Iterator

SIGNATURES = (b"GIF87a", b"GIF89a")
HEADER_SIZE = 13
"""Size of the signature and the logical screen descriptor."""
PICTURE, EXTENSION = 0x2C, 0x21
COMMENT, APPLICATION = 0xFE, 0xFF
HAS_COLORS, COLOR_BITS = 0x80, 0x07
"""Bits of the flags that say whether a table of colors follows, and how many colors it has."""


def contents(data: bytes) -> Iterator[bytes]:
    """Yield the data of every comment and application extension of a GIF, as far as it is intact."""
    position = HEADER_SIZE + _colors_size(data[10:11])
    while position + 2 <= len(data):
        kind, label = data[position], data[position + 1]
        if kind == EXTENSION:
            parts, position = _sub_blocks(data, position + 2)
            if label in (COMMENT, APPLICATION):
                yield b"".join(parts[label == APPLICATION :])
        elif kind == PICTURE:
            begin = position + 10 + _colors_size(data[position + 9 : position + 10])
            _, position = _sub_blocks(data, begin + 1)  # after the size of the codes
        else:
            return


def _colors_size(flags: bytes) -> int:
    """Return the size of the table of colors that follows the byte ``flags``."""
    return 3 << ((flags[0] & COLOR_BITS) + 1) if flags and flags[0] & HAS_COLORS else 0


def _sub_blocks(data: bytes, position: int) -> tuple[list[bytes], int]:
    """Return the sub-blocks that begin at a position, and the position after the empty one at their end."""
    parts = []
    while position < len(data) and data[position]:
        parts.append(data[position + 1 : position + 1 + data[position]])
        position += 1 + data[position]
    return parts, position + 1
