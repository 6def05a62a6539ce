"""Wacom's Universal Ink Model (``.uim``), versions 3.0.0 and 3.1.0: the strokes of its ink data.

A file is RIFF: chunks with a name and a size. Version 3.0 has one chunk with everything as one Protocol Buffers
message, 3.1 a chunk for each kind of data. A stroke is a Catmull-Rom spline, whose control points are points of the
ink, except for the first and the last one, which only determine the tangents at its ends. Coordinates are plain or, in
3.1, decimal differences from point to point. Strokes that erase, or that darken what is under them, are left out, with
a note. Data of sensors (time, pressure), brushes and the meaning of strokes are not read.

Wacom's own package universal-ink-library is not used because it requires a version of protobuf that is older than that
of ONNX, so that both cannot be installed together.

Sources: https://developer-docs.wacom.com/docs/specifications/uim/,
https://github.com/Wacom-Developer/universal-ink-library (its schemas)
"""

from __future__ import annotations

import struct
from collections.abc import Sequence

import numpy as np

from handwriting.errors import InkError
from handwriting.formats.protobuf import Message
from handwriting.formats.strokes import Strokes
from handwriting.ink import Floats, Page, Source
from handwriting.limits import check_shapes
from handwriting.notes import Notes

RIFF = b"RIFF"
UINK = b"UINK"
MATRIX = (1, 2, 4, 5, 6, 8)
"""Fields of a matrix that concern x and y: m00, m01, m03, m10, m11, m13."""

UNUSED_CHUNKS = {b"INPT": "the sensor data", b"BRSH": "the brushes", b"KNWG": "the meaning of strokes"}


def recognises(head: bytes) -> bool:
    return head[:4] == RIFF and head[8:12] == UINK


def read(data: bytes, file: str, notes: Notes) -> list[Page]:
    """Read the ink as one page."""
    chunks = _read_chunks(data, file, notes)
    version = ".".join(map(str, chunks.get(b"HEAD", b"")[:3]))
    if version == "3.0.0":
        everything = Message(chunks.get(b"DATA", b""), file, notes)
        ink, transform = everything.message(2, notes), everything.contents(7)
    elif version == "3.1.0":
        ink = Message(chunks.get(b"INKD", b""), file, notes)
        transform = ink.contents(3)
    else:
        raise InkError(
            f"{file}: version {version!r} of the Universal Ink Model is not supported; save it as 3.0.0 or 3.1.0"
        )
    for name, what in UNUSED_CHUNKS.items():
        if chunks.get(name):
            notes.drop(what, "only the points of strokes are read", "detail")
    matrix = np.eye(3)[:2]
    with notes.part("the transform"):
        matrix = _read_matrix(Message(b"".join(transform[-1:]), file))
    brushes, modes = ink.strings(4), ink.strings(5)
    check_shapes(len(ink.contents(1)), file)
    strokes = Strokes(file, notes)
    for number, content in enumerate(ink.contents(1), 1):
        with notes.part(f"stroke {number}"):
            stroke = Message(content, file)
            if version == "3.0.0":
                style = stroke.message(22)
                tool = _tool(style.strings(2), style.strings(4))
                x, y = stroke.floats(4), stroke.floats(5)
            else:
                tool = _tool(_resolve_name(stroke, 9, brushes), _resolve_name(stroke, 11, modes))
                x, y = _control_points(stroke)
            if tool is not None:
                notes.count(f"{tool} stroke")
                continue
            if len(x) != len(y):
                raise InkError(f"{file}: {len(x)} values of x and {len(y)} of y; save the ink again")
            if len(x) > 2:  # the curve runs from the second point to the last but one
                x, y = x[1:-1], y[1:-1]
            strokes.add(*(matrix @ np.stack([x, y, np.ones(len(x))])))
    found = strokes.ink(Source(file=file))
    return [] if found is None else [Page(found)]


def _read_chunks(data: bytes, file: str, notes: Notes) -> dict[bytes, bytes]:
    """Return the chunks of a RIFF file by name; of a chunk that is cut short, the part that is there."""
    found: dict[bytes, bytes] = {}
    position = 12
    while position + 8 <= len(data):
        name, (size,) = data[position : position + 4], struct.unpack_from("<I", data, position + 4)
        position += 8
        if size > len(data) - position:
            with notes.part("the rest of the file"):
                raise InkError(f"{file}: it is damaged (cut short); copy or export the file again")
        found.setdefault(name, data[position : position + size])
        position += size + size % 2
    return found


def _control_points(stroke: Message) -> tuple[Floats, Floats]:
    """Return x and y of the control points of a stroke of version 3.1."""
    plain, packed = stroke.message(5), stroke.message(6)
    if plain.fields:
        return plain.floats(1), plain.floats(2)
    precisions = int(stroke.signed(2)[-1]) if 2 in stroke.fields else 0
    scale = 10.0 ** (precisions & 0xF)
    return packed.signed(1).cumsum() / scale, packed.signed(2).cumsum() / scale


def _resolve_name(stroke: Message, field: int, names: Sequence[str]) -> list[str]:
    """Return a name that a stroke refers to by its index, from 1, or that is in the next field."""
    index = stroke.integer(field)
    return [names[index - 1]] if 0 < index <= len(names) else stroke.strings(field + 1)


def _tool(brush: Sequence[str], mode: Sequence[str]) -> str | None:
    """Return what a stroke is called if it does not write, or None if it does.

    This is determined by its brush and its blend mode.
    """
    name, blend = "".join(brush).lower(), "".join(mode).lower()
    if "eras" in name or "destinationout" in blend or "destination-out" in blend:
        return "eraser"
    return "highlighter" if "highlight" in name or blend.endswith(("/min", "/multiply")) else None


def _read_matrix(message: Message) -> Floats:
    """Return the transform of x and y, with shape (2, 3); the identity if none is given."""
    values = [float(found[-1]) if len(found := message.floats(field)) else 0.0 for field in MATRIX]
    return np.array(values).reshape(2, 3) if any(values) else np.eye(3)[:2]
