"""The packets of Microsoft's ink: the compressed values of one property of all points of a stroke.

The first byte names the method. Huffman coding: each value is a second difference, written as a prefix of ones that
selects a size from a table, followed by that many bits. Bit packing: values of a fixed number of bits, either plain or
as second differences.
"""

from __future__ import annotations

import numpy as np

from handwriting.errors import InkError
from handwriting.ink import Floats

TABLES = (
    (0, 1, 2, 4, 6, 8, 12, 16, 24, 32), (0, 1, 1, 2, 4, 8, 12, 16, 24, 32), (0, 1, 1, 1, 2, 4, 8, 14, 22, 32),
    (0, 2, 2, 3, 5, 8, 12, 16, 24, 32), (0, 3, 4, 5, 8, 12, 16, 24, 32), (0, 4, 6, 8, 12, 16, 24, 32),
    (0, 6, 8, 12, 16, 24, 32), (0, 7, 8, 12, 16, 24, 32),
)  # fmt: skip
"""Number of bits of a value for each length of prefix; the same for all files."""
METHOD, HUFFMAN, PACKED = 0xC0, 0x80, 0x00
DIFFERENCES, SIZE = 0x20, 0x1F


class Reader:
    """Reads bytes in turn. Raises :class:`InkError` if there are too few."""

    def __init__(self, data: bytes, file: str) -> None:
        self.data, self.file, self.position = data, file, 0

    @property
    def remaining(self) -> int:
        return len(self.data) - self.position

    def take(self, count: int) -> bytes:
        if count > self.remaining:
            raise InkError(f"{self.file}: it is damaged (cut short); copy or export the file again")
        self.position += count
        return self.data[self.position - count : self.position]

    def block(self, size: int) -> Reader:
        return Reader(self.take(size), self.file)

    def peek(self) -> int:
        return self.data[self.position]

    def number(self) -> int:
        """Read an unsigned number, with seven bits per byte and the lowest bits first."""
        value = shift = 0
        while shift < 70:
            byte = self.take(1)[0]
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                return value
            shift += 7
        raise InkError(f"{self.file}: it is damaged (an endless number); copy or export the file again")

    def signed(self) -> int:
        """Read a number whose lowest bit is its sign."""
        value = self.number()
        return -(value >> 1) if value & 1 else value >> 1


def read_packet(reader: Reader, count: int) -> Floats:
    """Read the values of the next packet, with shape (count,)."""
    method = reader.take(1)[0]
    if method & METHOD == HUFFMAN and method & SIZE < len(TABLES):
        return _from_second_differences(_read_huffman(reader, count, TABLES[method & SIZE]))
    if method & METHOD != PACKED:
        raise InkError(f"{reader.file}: compression method {method:#x} is not supported; export it again")
    bits = method & SIZE or 32
    if not method & DIFFERENCES:
        return _read_bits(reader, count, bits)
    first = [reader.signed() for _ in range(min(count, 2))]
    return _from_second_differences(np.append(first, _read_bits(reader, count - len(first), bits)))


def _from_second_differences(differences: Floats) -> Floats:
    """Return the values that have these second differences."""
    return differences.cumsum().cumsum()


def _read_bits(reader: Reader, count: int, size: int) -> Floats:
    """Read signed numbers of ``size`` bits each, the highest bit first, with shape (count,)."""
    raw = np.unpackbits(np.frombuffer(reader.take((count * size + 7) // 8), np.uint8))[: count * size]
    weights = 2.0 ** np.arange(size - 1, -1, -1)
    weights[0] *= -1
    return raw.reshape(count, size) @ weights


def _read_huffman(reader: Reader, count: int, table: tuple[int, ...]) -> Floats:
    """Read second differences, with shape (count,)."""
    offsets = [0, 1]
    for size in table[1:-1]:
        offsets.append(offsets[-1] + (1 << (size - 1)))
    data = reader.data[reader.position :]
    bits = f"{int.from_bytes(data):0{8 * len(data)}b}" if data else ""
    values = np.empty(count)
    position = 0
    for k in range(count):
        zero = bits.find("0", position, position + len(table) + 1)
        prefix = zero - position
        if zero < 0 or prefix >= len(table):
            raise InkError(f"{reader.file}: it is damaged (no such code in a packet); copy or export the file again")
        position = zero + 1 + table[prefix]
        if position > len(bits):
            raise InkError(f"{reader.file}: it is damaged (cut short); copy or export the file again")
        code = int(bits[zero + 1 : position], 2) if prefix else 0
        magnitude = (code >> 1) + offsets[prefix] if prefix else 0
        values[k] = -magnitude if code & 1 else magnitude
    reader.take((position + 7) // 8)
    return values
