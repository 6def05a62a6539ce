"""Deflated data, unpacked within a limit and as far as it is sound."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import Any

RAW, GZIP = -zlib.MAX_WBITS, 16 + zlib.MAX_WBITS
"""Kinds of streams: as in zip archives, and with the header and checksum of gzip."""
PIECE = 65536
"""Bytes that are unpacked at once."""


@dataclass(frozen=True)
class Inflated:
    """What a stream of deflated data holds."""

    data: bytes
    """What was unpacked before the damage, if there is any."""
    rest: bytes
    """What follows the stream."""
    damage: str | None
    """None, or what it is: cut short, or damaged with the reason."""


def inflate(packed: bytes, kind: int, most: int) -> Inflated:
    """Unpack a stream of :data:`RAW` or :data:`GZIP` data, but stop after ``most`` + 1 bytes."""
    unpacker = zlib.decompressobj(wbits=kind)
    parts: list[bytes] = []
    size = at = 0
    damage = None
    while at < len(packed) and not unpacker.eof and size <= most and damage is None:
        piece, before = packed[at : at + PIECE], unpacker.copy()
        try:
            part = unpacker.decompress(piece, most + 1 - size)
        except zlib.error as error:
            damage = f"damaged ({error})"
            part = _sound(before, piece, most + 1 - size)
        parts.append(part)
        size += len(part)
        at += PIECE
    if damage is None and not unpacker.eof and size <= most:
        damage = "cut short"
    return Inflated(b"".join(parts), unpacker.unused_data + packed[at:], damage)


def _sound(unpacker: Any, piece: bytes, most: int) -> bytes:
    """What a damaged piece holds before the damage, found byte by byte."""
    parts: list[bytes] = []
    for at in range(len(piece)):
        try:
            parts.append(unpacker.decompress(piece[at : at + 1], most))
        except zlib.error:
            break
        most -= len(parts[-1])
        if most <= 0:
            break
    return b"".join(parts)
