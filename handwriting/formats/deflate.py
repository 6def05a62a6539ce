"""Unpack deflated data within a limit, and as far as it is undamaged."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import Any

RAW, ZLIB, GZIP = -zlib.MAX_WBITS, zlib.MAX_WBITS, 16 + zlib.MAX_WBITS
"""Formats of a stream: raw deflate, as in zip archives, or with the header and checksum of zlib or gzip."""
PIECE_SIZE = 65536
"""Number of bytes that are unpacked at a time."""


@dataclass(frozen=True)
class Inflated:
    """The result of unpacking a stream of deflated data."""

    data: bytes
    """The unpacked data; if the stream is damaged, only what precedes the damage."""
    rest: bytes
    """The bytes that follow the stream."""
    damage: str | None
    """A description of the damage (``"cut short"``, ``"damaged (reason)"``), or None."""


def inflate(packed: bytes, kind: int, max_size: int) -> Inflated:
    """Unpack a stream of :data:`RAW`, :data:`ZLIB` or :data:`GZIP` data, stopping after ``max_size`` + 1 bytes."""
    unpacker = zlib.decompressobj(wbits=kind)
    parts: list[bytes] = []
    size = position = 0
    damage = None
    while position < len(packed) and not unpacker.eof and size <= max_size and damage is None:
        piece, before = packed[position : position + PIECE_SIZE], unpacker.copy()
        try:
            part = unpacker.decompress(piece, max_size + 1 - size)
        except zlib.error as error:
            damage = f"damaged ({error})"
            part = _part_before_damage(before, piece, max_size + 1 - size)
        parts.append(part)
        size += len(part)
        position += PIECE_SIZE
    if damage is None and not unpacker.eof and size <= max_size:
        damage = "cut short"
    return Inflated(b"".join(parts), unpacker.unused_data + packed[position:], damage)


def _part_before_damage(unpacker: Any, piece: bytes, max_size: int) -> bytes:
    """Unpack a damaged piece byte by byte and return what precedes the damage."""
    parts: list[bytes] = []
    for position in range(len(piece)):
        try:
            parts.append(unpacker.decompress(piece[position : position + 1], max_size))
        except zlib.error:
            break
        max_size -= len(parts[-1])
        if max_size <= 0:
            break
    return b"".join(parts)
