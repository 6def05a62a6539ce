"""Microsoft's ink of our own making, encoded by hand."""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence

from handwriting.formats.isf_packets import TABLES

Points = Sequence[tuple[float, float]]


def number(value: int) -> bytes:
    digits = []
    while value >= 0x80:
        digits.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*digits, value])


def signed(value: int) -> bytes:
    return number(2 * abs(value) + (value < 0))


def tagged(tag: int, data: bytes) -> bytes:
    return number(tag) + number(len(data)) + data


def _differences(values: Sequence[int]) -> list[int]:
    before = [0, 0, *values]
    return [c - 2 * b + a for a, b, c in zip(before, before[1:], before[2:], strict=False)]


def _bytes(bits: str) -> bytes:
    bits += "0" * (-len(bits) % 8)
    return bytes(int(bits[k : k + 8], 2) for k in range(0, len(bits), 8))


def huffman(values: Sequence[int], table: int = 3) -> bytes:
    """Prefixes of ones that choose a size, a zero, and the value with its sign last."""
    sizes = TABLES[table]
    lows = [0, 1]
    for size in sizes[1:-1]:
        lows.append(lows[-1] + (1 << (size - 1)))
    bits = ""
    for value in _differences(values):
        prefix = max(k for k, low in enumerate(lows[: len(sizes)]) if abs(value) >= low)
        bits += "1" * prefix + "0"
        if prefix:
            bits += f"{(abs(value) - lows[prefix]) << 1 | (value < 0):0{sizes[prefix]}b}"
    return bytes([0x80 | table]) + _bytes(bits)


def packed(values: Sequence[int], size: int = 17) -> bytes:
    """Two's complements of one size."""
    return bytes([size]) + _bytes("".join(f"{value & ((1 << size) - 1):0{size}b}" for value in values))


def packed_differences(values: Sequence[int], size: int = 17) -> bytes:
    differences = _differences(values)
    first = b"".join(map(signed, differences[:2]))
    bits = "".join(f"{value & ((1 << size) - 1):0{size}b}" for value in differences[2:])
    return bytes([0x20 | size]) + first + _bytes(bits)


Packet = Callable[[Sequence[int]], bytes]
PACKETS: dict[str, Packet] = {
    **{f"huffman {table}": lambda values, table=table: huffman(values, table) for table in range(len(TABLES))},
    "packed": packed, "whole": lambda values: b"\0" + struct.pack(f">{len(values)}i", *values),
    "packed differences": packed_differences,
}  # fmt: skip


def stroke(points: Points, packet: Packet = huffman, pressure: Sequence[int] = ()) -> bytes:
    """A stroke in 1/100 of a unit."""
    x, y = ([round(100 * point[k]) for point in points] for k in (0, 1))
    return tagged(10, number(len(points)) + packet(x) + packet(y) + (packet(pressure) if pressure else b""))


def document(*parts: bytes) -> bytes:
    body = tagged(29, signed(900) + signed(500)) + b"".join(parts)
    return b"\0" + number(len(body)) + body


def isf(strokes: Sequence[Points], packet: Packet = huffman, before: bytes = b"") -> bytes:
    """Strokes with a transform to 1/100 of their numbers, so that they come out as they are."""
    scale = number(17) + struct.pack("<f", 0.01)
    return document(scale, before, *(stroke(points, packet) for points in strokes))
