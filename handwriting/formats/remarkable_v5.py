"""Read pages of reMarkable tablets before 2022: versions 3 and 5 of the ``.rm`` file.

After the header, a page is a plain sequence of little-endian numbers: the number of layers; for each layer the number
of lines; for each line its tool, color, a reserved value, its width, in version 5 another reserved value, and the
number of points; and for each point x, y, speed, direction, width and pressure, with x and y from the upper left
corner.
"""

from __future__ import annotations

import struct

import numpy as np

from handwriting.errors import InkError, TooLargeError
from handwriting.formats.remarkable_page import HEADER_SIZE, PAPER, Paper, RecordedStroke
from handwriting.limits import MAX_STROKES
from handwriting.notes import Notes

LINE_HEADER = {3: struct.Struct("<IIIfI"), 5: struct.Struct("<IIIfII")}
"""Header of a line, by version; the tool is first and the number of points last."""
POINT_SIZE = 24
MAX_LAYERS = 1000


def lines(data: bytes, version: int, page_name: str, file: str, notes: Notes) -> tuple[list[RecordedStroke], Paper]:
    """Return the lines on a page of this version and its size. ``page_name`` is for messages (``"page 3"``)."""
    found: list[RecordedStroke] = []
    with notes.part(f"the rest of {page_name}"):
        try:
            _read(data, LINE_HEADER[version], found, file)
        except struct.error:
            raise InkError(f"{file}: it is damaged (cut short); copy or export the file again") from None
    return found, PAPER


def _read(data: bytes, head: struct.Struct, found: list[RecordedStroke], file: str) -> None:
    (layers,) = struct.unpack_from("<I", data, HEADER_SIZE)
    position = HEADER_SIZE + 4
    if layers > MAX_LAYERS:
        raise InkError(f"{file}: it is damaged ({layers:,} layers); copy or export the file again")
    for _ in range(layers):
        (count,) = struct.unpack_from("<I", data, position)
        position += 4
        if count > MAX_STROKES:
            raise TooLargeError(f"{file}: {count:,} strokes, and a page may have {MAX_STROKES:,} at most; split it")
        for _ in range(count):
            tool, color, _, width, *_, points = head.unpack_from(data, position)
            position += head.size
            size = points * POINT_SIZE
            if size > len(data) - position:
                raise InkError(f"{file}: it is damaged (cut short); copy or export the file again")
            values = np.frombuffer(data, "<f4", points * 6, position).reshape(-1, 6).astype(np.float64)
            position += size
            if points:
                found.append(RecordedStroke(tool, color, width, values[:, 0], values[:, 1], values[:, 5].clip(0, 1)))
