"""reMarkable files of our own making: the blocks of version 6, with lines that tests choose."""

from __future__ import annotations

import io
import json
import struct
import zipfile
from collections.abc import Sequence

HEADER = b"reMarkable .lines file, version=6          "
LAYER = (0, 11)
FINELINER, HIGHLIGHTER, ERASER = 17, 18, 6

Point = tuple[float, float, int]
"""x from the middle of the paper, y, pressure from 0 to 255."""


def page(
    lines: Sequence[Sequence[Point]],
    *,
    tool: int = FINELINER,
    shown: bool = True,
    erased: bool = False,
    revision: int = 2,
    paper: tuple[int, int] | None = None,
) -> bytes:
    """A page with one layer."""
    blocks = [_block(0x00, _id(1, (1, 1)) + _byte(2, 1))]  # migration: to be passed over
    scene = _inner(1, _id(1, (0, 1)) + _id(2, LAYER))
    scene += b"" if paper is None else _inner(5, struct.pack("<II", *paper))
    blocks.append(_block(0x0D, scene))
    blocks.append(_block(0x01, _id(1, LAYER) + _id(2, (0, 0)) + _byte(3, 1) + _inner(4, _id(1, (0, 1)))))
    label = _inner(2, _id(1, (0, 12)) + _inner(2, b"\x07\x01Layer 1"))
    blocks.append(_block(0x02, _id(1, LAYER) + label + _inner(3, _id(1, (0, 0)) + _byte(2, shown))))
    return HEADER + b"".join(blocks) + line_blocks(lines, tool, erased=erased, revision=revision)


def line_blocks(
    lines: Sequence[Sequence[Point]],
    tool: int = FINELINER,
    *,
    erased: bool = False,
    revision: int = 2,
    group: tuple[int, int] = LAYER,
) -> bytes:
    """Blocks of lines, to be appended to a page."""
    blocks = []
    for number, line in enumerate(lines):
        head = _id(1, group) + _id(2, (1, 300 + number)) + _id(3, (0, 0)) + _id(4, (0, 0)) + _four(5, int(erased))
        blocks.append(_block(0x05, head + (b"" if erased else _inner(6, _line(line, tool, revision))), revision))
    return b"".join(blocks)


def anchored_blocks(
    group: tuple[int, int], anchor: tuple[int, int], x: float, lines: Sequence[Sequence[Point]]
) -> bytes:
    """Blocks of a group of lines in the layer that is anchored to a character, to be appended to a page."""
    data = _id(1, group) + _inner(2, _id(1, (0, 12)) + _inner(2, b"\0\1")) + _inner(3, _id(1, (0, 0)) + _byte(2, 1))
    data += _inner(7, _id(1, (1, 90)) + _id(2, anchor)) + _inner(8, _id(1, (1, 90)) + _byte(2, 2))
    data += _inner(9, _id(1, (1, 90)) + _float(2, 35.75)) + _inner(10, _id(1, (1, 90)) + _float(2, x))
    place = _id(1, group) + _id(2, (0, 0)) + _byte(3, 1) + _inner(4, _id(1, LAYER))
    return _block(0x01, place) + _block(0x02, data) + line_blocks(lines, group=group)


def group_item(parent: tuple[int, int], group: tuple[int, int] | None) -> bytes:
    """A block that puts a group in another one; None is a group that was deleted."""
    head = _id(1, parent) + _id(2, (1, 200)) + _id(3, (0, 0)) + _id(4, (0, 0)) + _four(5, int(group is None))
    return _block(0x04, head + (b"" if group is None else _inner(6, b"\2" + _id(2, group))))


def text_block(
    items: Sequence[tuple[int, int, int, str | int]],
    x: float,
    y: float,
    width: float,
    styles: dict[int, int] | None = None,
) -> bytes:
    """A block of typed text, to be appended to a page. An item has its number, those of the characters to its left and
    right (0 is the end of the text), and its text or the number of its deleted characters. ``styles`` are the numbers
    of the styles of paragraphs, by the number of the newline before them (0 is the beginning of the text)."""
    parts = b""
    for number, left, right, text in items:
        ids = _id(2, (1, number)) + _id(3, (bool(left), left)) + _id(4, (bool(right), right))
        value = text.encode() if isinstance(text, str) else b""
        part = ids + _four(5, 0 if isinstance(text, str) else text)
        part += _inner(6, _number(len(value)) + b"\1" + value) if isinstance(text, str) else b""
        parts += _inner(0, part)
    text_items = _inner(1, _inner(1, _number(len(items)) + parts))
    written = b"".join(
        bytes([bool(newline)]) + _number(newline) + _id(1, (1, 99)) + _inner(2, bytes([17, style]))
        for newline, style in (styles or {}).items()
    )
    styles_of_paragraphs = _inner(2, _inner(1, _number(len(styles or {})) + written))
    place = _inner(3, struct.pack("<dd", x, y)) + _tag(4, 0x4) + struct.pack("<f", width)
    return _block(0x07, _id(1, (0, 0)) + _inner(2, text_items + styles_of_paragraphs) + place)


def old_page(lines: Sequence[Sequence[Point]], version: int, *, tool: int = FINELINER) -> bytes:
    """A page of version 3 or 5 with one layer; its x counts from the left edge."""
    strokes = b""
    for line in lines:
        strokes += struct.pack("<IIIf", tool, 0, 0, 2.0) + (b"" if version == 3 else bytes(4))
        strokes += struct.pack("<I", len(line))
        strokes += b"".join(struct.pack("<6f", x + 702, y, 0, 0, 2, p / 255) for x, y, p in line)
    return HEADER.replace(b"=6", b"=%d" % version) + struct.pack("<II", 1, len(lines)) + strokes


def bundle(
    pages: Sequence[bytes | None], *, new: bool = True, pdf: bytes | None = None, under: Sequence[int | None] = ()
) -> bytes:
    """A document of pages; None is a page that was never drawn on. ``new``: with the content file of today.

    ``pdf`` lies under the pages, of each the page with the number in ``under``.
    """
    names = [f"page-{number}" for number in range(len(pages))]
    sheets: list[dict[str, object]] = [{"id": name} for name in names]
    for sheet, index in zip(sheets, under, strict=False):
        sheet |= {} if index is None else {"redir": {"timestamp": "1:1", "value": index}}
    old = {"pages": names, "redirectionPageMap": [-1 if index is None else index for index in under]}
    content = {"cPages": {"pages": sheets}} if new else old if under else {"pages": names}
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("doc.content", json.dumps(content))
        archive.writestr("doc.metadata", "{}")
        if pdf is not None:
            archive.writestr("doc.pdf", pdf)
        for name, data in reversed(list(zip(names, pages, strict=True))):
            if data is not None:
                archive.writestr(f"doc/{name}.rm", data)
    return packed.getvalue()


def _line(points: Sequence[Point], tool: int, revision: int) -> bytes:
    if revision == 1:
        raw = b"".join(struct.pack("<6f", x, y, 0, 0, 2, p / 255) for x, y, p in points)
    else:
        raw = b"".join(struct.pack("<ffHHBB", x, y, 10, 16, 0, p) for x, y, p in points)
    values = _four(1, tool) + _four(2, 0) + _tag(3, 0x8) + struct.pack("<d", 2.0) + _tag(4, 0x4) + struct.pack("<f", 0)
    return b"\x03" + values + _inner(5, raw) + _id(6, (0, 1))


def _block(kind: int, data: bytes, revision: int = 1) -> bytes:
    return struct.pack("<IBBBB", len(data), 0, min(revision, 1), revision, kind) + data


def _number(value: int) -> bytes:
    digits = []
    while value >= 0x80:
        digits.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*digits, value])


def _tag(index: int, kind: int) -> bytes:
    return _number(index << 4 | kind)


def _id(index: int, value: tuple[int, int]) -> bytes:
    return _tag(index, 0xF) + bytes([value[0]]) + _number(value[1])


def _byte(index: int, value: int) -> bytes:
    return _tag(index, 0x1) + bytes([value])


def _four(index: int, value: int) -> bytes:
    return _tag(index, 0x4) + struct.pack("<I", value)


def _float(index: int, value: float) -> bytes:
    return _tag(index, 0x4) + struct.pack("<f", value)


def _inner(index: int, data: bytes) -> bytes:
    return _tag(index, 0xC) + struct.pack("<I", len(data)) + data
