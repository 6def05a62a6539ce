"""Compress the arrays of one ink losslessly: the format of the lines in a packed corpus.

General-purpose compression of the float64 columns makes files of IAM-OnDB more than twice as large, and packed corpora
exist to be copied to the computers that train.

A column of numbers that are whole multiples of 1, 1/10, 1/100 or 1/1000 is stored as differences of integers, any
other as float64. Bytes of equal weight are stored together ("planes"), because the high bytes of differences hardly
vary. Time stamps are stored as in the source: IAM's are whole hundredths of a second, but the differences of these in
float64 are not.
"""

from __future__ import annotations

import lzma
import struct
import zlib

import numpy as np
from numpy.typing import NDArray

from handwriting.ink import Floats, Ink, Source
from handwriting.limits import MAX_POINTS, check_points

COLUMN = struct.Struct("<BBHI")
"""Bytes per number (0: no such column), order of the differences, steps per unit (0: float64), count."""
SCALES = (1, 10, 100, 1000)
FILTERS = [{"id": lzma.FILTER_LZMA2, "preset": 6, "lc": 0, "lp": 0, "pb": 0, "dict_size": 1 << 20}]
"""Byte planes have no alignment, and a byte says little about the next."""

MAX_RAW = 6 * (COLUMN.size + 8 * MAX_POINTS)
"""Maximum size of the columns of one ink, in bytes; decoding never uses more memory."""


def encode(ink: Ink) -> bytes:
    """Encode x, y, starts, t and pressure of an ink: CRC-32 of the columns, then the compressed columns."""
    check_points(len(ink), "ink")
    starts = ink.starts.astype(np.float64)
    columns = _column(ink.x, 2), _column(ink.y, 2), _column(starts, 1), _times(ink), _column(ink.pressure, 1)
    raw = b"".join(columns)
    return struct.pack("<I", zlib.crc32(raw)) + lzma.compress(raw, lzma.FORMAT_RAW, filters=FILTERS)


def decode(blob: bytes, source: Source) -> Ink:
    """Decode the result of :func:`encode` into ink with ``source``. Raises ``ValueError`` for damaged bytes."""
    try:
        raw = lzma.LZMADecompressor(lzma.FORMAT_RAW, filters=FILTERS).decompress(blob[4:], max_length=MAX_RAW)
        if blob[:4] != struct.pack("<I", zlib.crc32(raw)):
            raise ValueError("its checksum differs")
        columns, position = [], 0
        while position < len(raw):
            size, _, _, count = COLUMN.unpack_from(raw, position)
            end = position + COLUMN.size + size * count
            columns.append(_values(raw[position:end]))
            position = end
    except (lzma.LZMAError, struct.error) as error:
        raise ValueError(str(error)) from None
    x, y, starts, stamps, t, pressure = columns
    if x is None or y is None or starts is None:
        raise ValueError("a column is missing")
    if stamps is not None:
        t = stamps - stamps[0]
    return Ink(x, y, starts.astype(np.int64), t, pressure, source)


def _times(ink: Ink) -> bytes:
    """Return two columns, at most one of them present: time stamps in the source's clock, or ``ink.t`` itself."""
    t, start = ink.t, ink.source.start_time or 0.0
    if t is not None:
        for scale in SCALES:
            steps = _steps(np.rint((t + start) * scale))
            if steps is not None and steps[0] / scale == start and _same(steps / scale - start, t):
                return _differences(steps, scale, 1) + _column(None, 1)
    return _column(None, 1) + _column(t, 1)


def _column(values: Floats | None, order: int) -> bytes:
    """Encode a column; ``order`` is how often differences are taken if the values are whole steps."""
    if values is None:
        return COLUMN.pack(0, 0, 0, 0)
    for scale in SCALES:
        steps = _steps(np.rint(values * scale))
        if steps is not None and _same(steps / scale, values):
            return _differences(steps, scale, order)
    return COLUMN.pack(8, 0, 0, len(values)) + _planes(values.astype("<f8"))


def _differences(steps: NDArray[np.int64], scale: int, order: int) -> bytes:
    differences = steps
    for _ in range(order):
        differences = np.diff(differences, prepend=0)
    zigzag = ((differences << 1) ^ (differences >> 63)).view(np.uint64)  # small of either sign -> small
    size = next(n for n in (1, 2, 4, 8) if n == 8 or int(zigzag.max()) < 1 << 8 * n)
    return COLUMN.pack(size, order, scale, len(steps)) + _planes(zigzag.astype(f"<u{size}"))


def _values(column: bytes) -> Floats | None:
    size, order, scale, count = COLUMN.unpack_from(column)
    if size == 0:
        return None
    planes = np.frombuffer(column, np.uint8, offset=COLUMN.size).reshape(size, count)
    if scale == 0:
        return np.ascontiguousarray(planes.T).view("<f8").ravel()
    zigzag = np.ascontiguousarray(planes.T).view(f"<u{size}").ravel().astype(np.uint64)
    steps = (zigzag >> np.uint64(1)).astype(np.int64) ^ -(zigzag & np.uint64(1)).astype(np.int64)
    for _ in range(order):
        steps = np.cumsum(steps)
    return steps / scale


def _planes(values: NDArray) -> bytes:
    return np.ascontiguousarray(values).view(np.uint8).reshape(len(values), -1).T.tobytes()


def _steps(values: Floats) -> NDArray[np.int64] | None:
    """Convert to integers, or return None if they are too large to be differenced twice without loss."""
    return values.astype(np.int64) if np.abs(values).max() < 2**52 else None


def _same(a: Floats, b: Floats) -> bool:
    """Compare bit for bit, so that -0.0 differs from 0.0."""
    return a.tobytes() == b.tobytes()
