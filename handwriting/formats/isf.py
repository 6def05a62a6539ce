"""Microsoft's Ink Serialized Format (``.isf``), as saved by Windows' tablet programs and WPF.

A file is a sequence of tags, most of which have a size. A stroke has a number of points and, for x, y and other
properties, packets that are compressed as described in ``isf_packets.py``. Tables before the strokes define their
properties, transforms and pens. Lengths are in 1/100 mm (HIMETRIC) after the transform. Strokes of highlighters are
left out, with a note. There is no time. Programs that store ink as text encode the file in base64, and those that also
want to show it store it in an extension of a GIF picture ("fortified GIF").

Sources: "Ink Serialized Format (ISF) Specification" in Microsoft's Open Specification Promise; the serializer of WPF,
https://github.com/dotnet/wpf (``MS/internal/Ink/InkSerializedFormat``)
"""

from __future__ import annotations

import base64
import math
import struct
from collections.abc import Iterator

import numpy as np

from handwriting.errors import InkError, TooLargeError
from handwriting.formats import gif
from handwriting.formats.isf_packets import Reader, read_packet
from handwriting.formats.strokes import Strokes
from handwriting.ink import Floats, Page, Source
from handwriting.limits import MAX_POINTS, check_points
from handwriting.notes import Notes

UNIT = "himetric"
BASE64 = b"base64:"
"""What Microsoft's ink library puts before the text."""
RECTANGLE, PENS, PEN, DESCRIPTORS, DESCRIPTOR, NO_X, NO_Y, STROKE, TRANSFORMS = 0, 2, 3, 4, 5, 7, 8, 10, 15
PEN_INDEX, DESCRIPTOR_INDEX, TRANSFORM_INDEX, METRIC_INDEX = 9, 13, 23, 26
EXTENDED_TRANSFORMS, LAST_TAG = 31, 31
TRANSFORM, ISOTROPIC, ANISOTROPIC, ROTATE, TRANSLATE, SCALE_AND_TRANSLATE = 16, 17, 18, 19, 20, 21
FLOAT_COUNTS = {TRANSFORM: 6, ISOTROPIC: 1, ANISOTROPIC: 2, TRANSLATE: 2, SCALE_AND_TRANSLATE: 4}
"""Number of floats of each kind of transform."""
MAX_TAGS = 100_000
"""Maximum number of tags in a file: strokes, tables, and changes of pen."""
FIRST_PROPERTY = 50
"""First of the tags that are properties of points and pens."""
PRESSURE, STYLUS_WIDTH, STYLUS_HEIGHT, TRANSPARENCY, RASTER_OPERATION = 56, 69, 70, 80, 87
MANTISSA = 27
MASK_PEN = 9
TRANSLUCENT, INVISIBLE = 64, 250
"""Transparency, from 0 to 255, from which a pen is a highlighter, and from which its lines cannot be seen."""


def recognises(head: bytes) -> bool:
    """Return whether ``head`` begins like an ISF file: with a zero, the size of what follows, and a tag.

    A GIF picture is recognised if an ISF file is stored in its first bytes.
    """
    if head.startswith(gif.SIGNATURES):
        return in_gif(head) is not None
    if head[:1] != b"\0" or len(head) < 4:
        return False
    reader = Reader(head[:16], "ink")
    try:
        reader.number()
        size = reader.number()
        end = reader.position + size
        is_long = len(head) > 4096 and size >= 128
        whole = is_long or (end <= len(head) and not head[end:].strip(b"\0"))
        return whole and size >= 2 and reader.number() <= LAST_TAG
    except InkError:
        return False


def in_gif(data: bytes) -> bytes | None:
    """Return the ISF file, encoded in base64 or not, that is stored in a GIF picture; None if there is none."""
    return next((decoded for content in gif.contents(data) if recognises(decoded := _decode(content))), None)


def read(data: bytes, file: str, notes: Notes) -> list[Page]:
    """Read the ink as one page."""
    if data.startswith(gif.SIGNATURES):
        found = in_gif(data)
        if found is None:
            raise InkError(
                f"{file}: no ink is stored in this GIF picture; export it as ink from the program that made it"
            )
        data = found
    return _Document(_decode(data), file, notes).pages()


def _decode(data: bytes) -> bytes:
    """Return the bytes of a file that is encoded in base64, and any others as they are."""
    text = b"".join(data.strip(b"\0").removeprefix(BASE64).split())
    try:
        decoded = base64.b64decode(text, validate=True)
    except ValueError:
        return data
    return decoded if recognises(decoded[:16384]) else data


class _Document:
    """The state of reading: the settings from the tags so far, and the strokes."""

    def __init__(self, data: bytes, file: str, notes: Notes) -> None:
        self.reader, self.file, self.notes = Reader(data, file), file, notes
        self.pens: list[str | None] = []
        """For each pen, what it is called if it does not write, or None if it does."""
        self.descriptors: list[list[int]] = []
        self.transforms: list[Floats] = []
        self.index = {PEN_INDEX: 0, DESCRIPTOR_INDEX: 0, TRANSFORM_INDEX: 0, METRIC_INDEX: 0}
        self.strokes = Strokes(file, notes)

    def pages(self) -> list[Page]:
        if self.reader.number() != 0:
            raise InkError(f"{self.file}: not an ISF file (wrong header); export it again")
        end = self.reader.number() + self.reader.position
        if not self.reader.data[end:].strip(b"\0"):
            self.reader.data = self.reader.data[:end]  # zero bytes may fill the rest of a block
        number = tags = 0
        with self.notes.part("the rest of the ink"):
            while self.reader.remaining:
                tag = self.reader.number()
                tags += 1
                if tags > MAX_TAGS:
                    raise TooLargeError(f"{self.file}: more than {MAX_TAGS:,} tags; split it into pages")
                if tag in self.index:
                    self.index[tag] = self.reader.number()
                elif tag == RECTANGLE:
                    for _ in range(4):
                        self.reader.number()
                elif tag in FLOAT_COUNTS or tag == ROTATE:
                    self.transforms = [_read_transform(self.reader, tag, "f")]
                else:
                    block = self.reader.block(self.reader.number() + (tag > LAST_TAG))
                    number += tag == STROKE
                    with self.notes.part(f"stroke {number}" if tag == STROKE else "a table"):
                        self._read_block(tag, block)
        ink = self.strokes.ink(Source(units=UNIT, file=self.file), max_pressure=None)
        return [] if ink is None else [Page(ink)]

    def _read_block(self, tag: int, block: Reader) -> None:
        if tag == STROKE:
            self._read_stroke(block)
        elif tag == PENS:
            self.pens = [self._read_pen(one) for one in _read_blocks(block)]
        elif tag == PEN:
            self.pens.append(self._read_pen(block))
        elif tag == DESCRIPTORS:
            self.descriptors = [_read_numbers(one) for one in _read_blocks(block)]
        elif tag == DESCRIPTOR:
            self.descriptors = [_read_numbers(block)]
        elif tag in (TRANSFORMS, EXTENDED_TRANSFORMS):
            self.transforms = []
            while block.remaining:
                self.transforms.append(_read_transform(block, block.number(), "f" if tag == TRANSFORMS else "d"))

    def _read_pen(self, block: Reader) -> str | None:
        self.notes.count("pen style", block.remaining > 0, "detail")
        return _read_pen(block)

    def _read_stroke(self, block: Reader) -> None:
        pen, descriptor, transform = (self.index[table] for table in (PEN_INDEX, DESCRIPTOR_INDEX, TRANSFORM_INDEX))
        if pen < len(self.pens) and self.pens[pen] is not None:
            self.notes.count(f"{self.pens[pen]} stroke")
            return
        tags = self.descriptors[descriptor] if descriptor < len(self.descriptors) else []
        if NO_X in tags or NO_Y in tags:
            raise InkError(f"{self.file}: a stroke lacks x or y; export it again")
        count = block.number()
        if count > MAX_POINTS:
            check_points(count, self.file)
        if not count:
            return
        x, y = read_packet(block, count), read_packet(block, count)
        pressure = None
        others = tags[: next((k for k, tag in enumerate(tags) if tag < FIRST_PROPERTY), len(tags))]
        if PRESSURE in others:
            for _ in range(others.index(PRESSURE) + 1):
                pressure = read_packet(block, count)
        if transform < len(self.transforms):
            x, y = self.transforms[transform] @ np.stack([x, y, np.ones(count)])
        self.strokes.add(x, y, None, pressure)


def _read_blocks(reader: Reader) -> Iterator[Reader]:
    """Yield the blocks of a table, each of which is preceded by its size."""
    while reader.remaining:
        yield reader.block(reader.number())


def _read_numbers(reader: Reader) -> list[int]:
    found = []
    while reader.remaining:
        found.append(reader.number())
    return found


def _read_pen(block: Reader) -> str | None:
    """Return what a pen is called if its drawing attributes show that it does not write, or None if it does."""
    while block.remaining:
        tag = block.number()
        if tag == RASTER_OPERATION:
            if block.take(4)[0] == MASK_PEN:
                return "highlighter"
        elif tag in (STYLUS_WIDTH, STYLUS_HEIGHT):
            block.number()
            if block.remaining and block.peek() == MANTISSA:
                block.number()
                block.block(block.number() + 1)
        elif tag == TRANSPARENCY:
            if (value := block.number()) >= TRANSLUCENT:
                return "highlighter" if value < INVISIBLE else "invisible"
        elif FIRST_PROPERTY <= tag < 2 * FIRST_PROPERTY:
            block.number()
        else:  # a custom property of some program
            block.block(block.number() + 1)
    return None


def _read_transform(reader: Reader, tag: int, kind: str) -> Floats:
    """Read a transform of x and y, with shape (2, 3)."""
    if tag == ROTATE:
        angle = math.radians(reader.number() / 100)
        return np.array([[math.cos(angle), -math.sin(angle), 0], [math.sin(angle), math.cos(angle), 0]])
    size = FLOAT_COUNTS.get(tag)
    if size is None:
        raise InkError(f"{reader.file}: transform {tag} is unknown; export it again")
    values = struct.unpack(f"<{size}{kind}", reader.take(size * struct.calcsize(kind)))
    if tag == TRANSLATE:
        return np.array([[1, 0, values[0]], [0, 1, values[1]]])
    if tag == TRANSFORM:
        a, b, c, d, e, f = values
        return np.array([[a, c, e], [b, d, f]])
    scale_x, scale_y, move_x, move_y = [*values, values[0], 0, 0][:4] if tag == ISOTROPIC else [*values, 0, 0][:4]
    return np.array([[scale_x, 0, move_x], [0, scale_y, move_y]])
