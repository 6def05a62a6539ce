"""Protocol Buffers messages by field number, without their schema: as much of the encoding as ink needs.

A message is a sequence of fields, each with a number and a wire type; repeated numbers are packed into one field.

Source: https://protobuf.dev/programming-guides/encoding/
"""

from __future__ import annotations

import numpy as np

from handwriting.errors import InkError, TooLargeError
from handwriting.ink import Floats
from handwriting.limits import MAX_POINTS, MAX_STROKES
from handwriting.notes import Notes

MAX_FIELDS = 4 * MAX_STROKES
_FIXED = {1: 8, 5: 4}
"""Number of bytes of the wire types of fixed size."""


class Message:
    """The fields of a message. Raises :class:`InkError` if it is damaged or has too many fields.

    With ``notes``, damage is noted instead, and what comes before it is kept, including the available part of the last
    field.
    """

    def __init__(self, data: bytes, file: str, notes: Notes | None = None) -> None:
        self.file = file
        self.fields: dict[int, list[bytes | int]] = {}
        with (notes or Notes(file, strict=True)).part("the rest of the ink"):
            self._parse(data, notes is not None)

    def _parse(self, data: bytes, keep: bool) -> None:
        position = count = 0
        while position < len(data):
            key, position = _read_varint(data, position, self.file)
            number, kind = key >> 3, key & 7
            value: bytes | int
            if kind == 0:
                value, position = _read_varint(data, position, self.file)
            else:
                size = _FIXED.get(kind)
                if kind == 2:
                    size, position = _read_varint(data, position, self.file)
                if size is None or size > len(data) - position:
                    if keep and kind == 2:
                        self.fields.setdefault(number, []).append(data[position:])
                    raise _damage_error(self.file)
                value, position = data[position : position + size], position + size
            self.fields.setdefault(number, []).append(value)
            count += 1
            if count > MAX_FIELDS:
                raise TooLargeError(f"{self.file}: a message of more than {MAX_FIELDS:,} fields; split it into pages")

    def messages(self, number: int) -> list[Message]:
        """Return the messages in a repeated field."""
        return [Message(data, self.file) for data in self.contents(number)]

    def message(self, number: int, notes: Notes | None = None) -> Message:
        """Return the message in a field; an empty one if it is missing."""
        found = self.contents(number)
        return Message(found[-1] if found else b"", self.file, notes)

    def contents(self, number: int) -> list[bytes]:
        """Return the bytes of a field of messages or strings."""
        return [value for value in self.fields.get(number, []) if isinstance(value, bytes)]

    def strings(self, number: int) -> list[str]:
        return [data[:200].decode("utf-8", "replace") for data in self.contents(number)]

    def integer(self, number: int) -> int:
        """Return the last value of an unsigned integer field, or 0 if it is missing."""
        found = [value for value in self.fields.get(number, []) if isinstance(value, int)]
        return found[-1] if found else 0

    def floats(self, number: int) -> Floats:
        """Return the values of a field of 32-bit floats, packed or not, with shape (n,)."""
        data = b"".join(self.contents(number))
        if len(data) % 4:
            raise _damage_error(self.file)
        return np.frombuffer(data, "<f4").astype(np.float64)

    def signed(self, number: int) -> Floats:
        """Return the values of a field of zigzag-encoded integers, packed or not, with shape (n,)."""
        single = [value for value in self.fields.get(number, []) if isinstance(value, int)]
        found = (
            np.array(single, dtype=np.int64) if single else _unpack_varints(b"".join(self.contents(number)), self.file)
        )
        return ((found >> 1) ^ -(found & 1)).astype(np.float64)


def _read_varint(data: bytes, position: int, file: str) -> tuple[int, int]:
    """Read the number at ``position``, with seven bits per byte and the lowest bits first.

    Returns the number and the position after it.
    """
    value = shift = 0
    while position < len(data) and shift < 70:
        byte = data[position]
        position += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value & 0x7FFF_FFFF_FFFF_FFFF, position
        shift += 7
    raise _damage_error(file)


def _unpack_varints(data: bytes, file: str) -> np.ndarray:
    """Read consecutive numbers in that encoding, all at once, with shape (n,)."""
    raw = np.frombuffer(data, np.uint8)
    ends = np.flatnonzero(raw < 0x80)
    if not len(raw):
        return np.empty(0, dtype=np.int64)
    if not len(ends) or ends[-1] != len(raw) - 1:
        raise _damage_error(file)
    if len(ends) > MAX_POINTS:
        raise TooLargeError(f"{file}: {len(ends):,} values of a stroke are too many; split it into lines")
    starts = np.append(0, ends[:-1] + 1)
    place = np.arange(len(raw)) - np.repeat(starts, ends - starts + 1)
    if place.max() > 9:
        raise _damage_error(file)
    bits = (raw & 0x7F).astype(np.uint64) << (7 * place.clip(0, 9)).astype(np.uint64)
    return np.add.reduceat(bits, starts).astype(np.int64)


def _damage_error(file: str) -> InkError:
    return InkError(f"{file}: it is damaged (not a protobuf message); copy or export the file again")
