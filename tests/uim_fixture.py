"""Files of the Universal Ink Model of our own making, encoded by hand."""

from __future__ import annotations

import struct
from collections.abc import Sequence

Points = Sequence[tuple[float, float]]


def varint(value: int) -> bytes:
    digits = []
    while value >= 0x80:
        digits.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*digits, value])


def zigzag(value: int) -> bytes:
    return varint(2 * value if value >= 0 else -2 * value - 1)


def field(number: int, data: bytes) -> bytes:
    return varint(number << 3 | 2) + varint(len(data)) + data


def integer(number: int, value: int) -> bytes:
    return varint(number << 3) + varint(value)


def floats(number: int, values: Sequence[float]) -> bytes:
    return field(number, struct.pack(f"<{len(values)}f", *values))


def single(number: int, value: float) -> bytes:
    return varint(number << 3 | 5) + struct.pack("<f", value)


def differences(number: int, values: Sequence[float], digits: int) -> bytes:
    whole = [round(value * 10**digits) for value in values]
    return field(number, b"".join(zigzag(b - a) for a, b in zip([0, *whole], whole, strict=False)))


def with_tangents(stroke: Points) -> Points:
    """Control points: the ends stand there twice."""
    return [stroke[0], *stroke, stroke[-1]]


def matrix(number: int, values: Sequence[float]) -> bytes:
    return field(
        number, b"".join(single(k, v) for k, v in zip((1, 2, 4, 5, 6, 8, 11, 16), [*values, 1, 1], strict=True))
    )


def riff(*chunks: tuple[bytes, bytes]) -> bytes:
    body = b"".join(name + struct.pack("<I", len(data)) + data + bytes(len(data) % 2) for name, data in chunks)
    return b"RIFF" + struct.pack("<I", 4 + len(body)) + b"UINK" + body


def uim_3_1(
    strokes: Sequence[Points], *, packed: bool = True, mode: str = "SourceOver", transform: Sequence[float] = ()
) -> bytes:
    """Version 3.1.0, with coordinates as plain floats or ``packed`` as differences."""
    messages = b""
    for stroke in strokes:
        x, y = zip(*with_tangents(stroke), strict=True)
        if packed:
            spline = field(6, differences(1, x, 2) + differences(2, y, 2))
        else:
            spline = field(5, floats(1, x) + floats(2, y))
        messages += field(1, field(1, bytes(16)) + varint(2 << 3) + zigzag(2) + spline + integer(11, 1))
    messages += matrix(3, transform) if transform else b""
    messages += field(4, b"app://brush/pen") + field(5, f"will://rasterization/3.0/blend-mode/{mode}".encode())
    head = bytes([3, 1, 0, 0]) + bytes([3, 1, 0, 1, 0, 0, 0, 0]) * 2
    return riff((b"HEAD", head), (b"PRPS", field(1, field(1, b"a") + field(2, b"b"))), (b"INKD", messages))


def uim_3_0(strokes: Sequence[Points], *, brush: str = "app://brush/pen", transform: Sequence[float] = ()) -> bytes:
    """Version 3.0.0: everything in one message."""
    messages = b""
    for stroke in strokes:
        x, y = zip(*with_tangents(stroke), strict=True)
        messages += field(1, field(1, b"id") + floats(4, x) + floats(5, y) + field(22, field(2, brush.encode())))
    document = field(2, messages) + (matrix(7, transform) if transform else b"")
    return riff((b"HEAD", bytes([3, 0, 0])), (b"DATA", document))
