"""Microsoft's Ink Serialized Format: packets of all kinds, tables, and pens that do not write."""

from __future__ import annotations

import base64
import struct

import isf_fixture as isf
import numpy as np
import pytest
from strangers import LINE, SIZES, notes, read

from handwriting import formats
from handwriting.errors import InkError, NoInkError
from handwriting.formats.isf_packets import Reader, read_packet

FAR = [0, 1, -1, 2, 7, -30, 500, -4000, 65_000, -65_000, 1_000_000, 3]


@pytest.mark.parametrize("make", isf.PACKETS.values(), ids=isf.PACKETS)
def test_packets_of_all_kinds(make):
    data = make([7, 8, 10, 9, -300, 5])
    reader = Reader(data + b"rest", "ink")
    assert read_packet(reader, 6).tolist() == [7, 8, 10, 9, -300, 5]
    assert reader.take(reader.remaining) == b"rest"
    ink = read(isf.isf(LINE, make))
    np.testing.assert_allclose(ink.xy, np.concatenate(LINE), atol=1e-5)
    assert np.diff([*ink.starts, len(ink)]).tolist() == SIZES


@pytest.mark.parametrize("table", range(8))
def test_values_of_all_sizes(table):
    assert read_packet(Reader(isf.huffman(FAR, table), "ink"), len(FAR)).tolist() == FAR


@pytest.mark.parametrize("tail", [b"\0", bytes(500)])
def test_zero_bytes_after_the_end(tail):
    data = isf.isf(LINE) + tail
    assert formats.find(data, "stdin").name == "Ink Serialized Format"
    ink = read(data)
    assert np.diff([*ink.starts, len(ink)]).tolist() == SIZES
    assert notes(ink) == []


@pytest.mark.parametrize("before", [b"", b"base64:"])
@pytest.mark.parametrize("after", [b"", b"\r\n", b"\0"])
def test_a_file_in_base64(before, after):
    data = before + base64.encodebytes(isf.isf(LINE)).strip() + after
    ink = formats.read_ink(data, "Ink Serialized Format")
    assert np.diff([*ink.starts, len(ink)]).tolist() == SIZES
    with pytest.raises(InkError, match="wrong header"):
        formats.read_ink(base64.b64encode(b"not a file of ink"), "Ink Serialized Format")


def test_a_code_by_hand():
    """With table 0, 11 0 1 0: two ones choose 2 bits, 10 is 1 above the second size's lowest value, 2: plus 3."""
    assert read_packet(Reader(bytes([0x80, 0b11010000]), "ink"), 1).tolist() == [3]


def test_a_file_by_hand():
    data = isf.isf(LINE)
    assert formats.find(data, "stdin").name == "Ink Serialized Format"
    ink = read(data)
    assert ink.source.units == "himetric"
    assert ink.t is None and ink.pressure is None
    assert notes(ink) == []


def test_transforms_of_all_kinds():
    def moved(*parts: bytes) -> list[list[float]]:
        return read(isf.document(*parts, isf.stroke([(1, 2), (3, 4)]))).xy.tolist()

    assert moved() == [[100, 200], [300, 400]]
    assert moved(isf.number(18) + struct.pack("<2f", 2, -1)) == [[200, -200], [600, -400]]
    assert moved(isf.number(20) + struct.pack("<2f", 5, 6)) == [[105, 206], [305, 406]]
    assert moved(isf.number(21) + struct.pack("<4f", 2, 3, 5, 6)) == [[205, 606], [605, 1206]]
    assert moved(isf.number(16) + struct.pack("<6f", 0, 1, 2, 0, 5, 6)) == [[405, 106], [805, 306]]
    assert np.round(moved(isf.number(19) + isf.number(9000)), 6).tolist() == [[-200, 100], [-400, 300]]
    table = isf.tagged(31, isf.number(17) + struct.pack("<d", 1) + isf.number(17) + struct.pack("<d", 3))
    assert moved(table, isf.number(23) + isf.number(1)) == [[300, 600], [900, 1200]]


def test_pressure_by_the_descriptor_of_a_stroke():
    descriptors = isf.tagged(4, isf.number(0) + isf.number(3) + isf.number(52) + isf.number(56) + isf.number(57))
    points = [(1, 2), (3, 4), (5, 6)]
    x, y = ([100 * p[k] for p in points] for k in (0, 1))
    other, pressure = [9, 9, 9], [0, 512, 1024]
    body = isf.number(3) + b"".join(map(isf.huffman, (x, y, other, pressure, other)))
    ink = read(isf.document(descriptors, isf.number(13) + isf.number(1), isf.tagged(10, body)))
    assert ink.pressure.tolist() == [0, 0.5, 1]


HIGHLIGHTERS = {
    "mask pen": isf.number(69) + isf.number(50) + isf.number(87) + struct.pack("<I", 9),
    "transparency": isf.number(68) + isf.number(255) + isf.number(80) + isf.number(127),
    "after a mantissa": bytes([70, 50, 27, 2]) + b"\0ab" + bytes([80, 99]),
}


@pytest.mark.parametrize("pen", HIGHLIGHTERS.values(), ids=HIGHLIGHTERS)
def test_highlighters(pen):
    plain = isf.number(67) + isf.number(0)
    pens = isf.tagged(2, isf.number(len(plain)) + plain + isf.number(len(pen)) + pen)
    marked = isf.number(9) + isf.number(1) + isf.stroke([(0, 25), (90, 26)])
    ink = read(isf.isf(LINE, before=pens + marked + isf.number(9) + isf.number(0)))
    np.testing.assert_allclose(ink.xy, np.concatenate(LINE), atol=1e-5)
    assert notes(ink) == ["1 highlighter stroke was left out"]
    with pytest.raises(NoInkError, match="4 highlighter strokes were left out"):
        read(isf.isf(LINE, before=isf.tagged(3, pen)))


def test_a_damaged_stroke_costs_itself_alone():
    bad = isf.tagged(10, isf.number(9) + isf.huffman([1, 2])) + isf.tagged(10, isf.number(2) + b"\xff\0\0\0")
    ink = read(isf.isf(LINE, before=bad + isf.tagged(10, isf.number(3) + b"\x80\xff\xff")))
    assert np.diff([*ink.starts, len(ink)]).tolist() == SIZES
    assert [text.split(":")[0] for text in notes(ink, "lost")] == [f"stroke {k} was left out" for k in (1, 2, 3)]


def test_what_is_wrong_is_said():
    cut = formats.read_ink(isf.isf(LINE)[:-5], "Ink Serialized Format")
    assert len(cut.starts) == 3
    assert notes(cut, "lost")[0].startswith("the rest of the ink was left out: it is damaged (cut short)")
    with pytest.raises(InkError, match="not an ISF file"):
        formats.read(b"\1\2\3\4", "Ink Serialized Format")


def picture(*extensions: bytes, size: int = 9) -> bytes:
    """A GIF of ``size`` bytes of compressed pixels, between the first extension and the others."""

    def blocks(data: bytes) -> bytes:
        parts = [data[n : n + 255] for n in range(0, len(data), 255)]
        return b"".join(bytes([len(part)]) + part for part in parts) + b"\0"

    before, *after = [b"\x21" + extension[:1] + blocks(extension[1:]) for extension in extensions] or [b""]
    image = b"\x2c" + bytes(8) + b"\x80" + bytes(6) + b"\x02" + blocks(b"\x55" * size)
    return b"GIF89a" + struct.pack("<HHBBB", 9, 9, 0x80, 0, 0) + bytes(6) + before + image + b"".join(after) + b"\x3b"


@pytest.mark.parametrize("size", [9, 40_000])
def test_ink_in_a_gif_picture(size):
    data = isf.isf(LINE)
    control = b"\xf9" + bytes(4)
    for ink in (data, b"base64:" + base64.b64encode(data)):
        for gif in (picture(b"\xfe" + ink, size=size), picture(control, b"\xfea comment", b"\xfe" + ink, size=size)):
            assert formats.find(gif, "ink.gif").name == "Ink Serialized Format"
            np.testing.assert_allclose(read(gif).xy, np.concatenate(LINE), atol=1e-5)
    with pytest.raises(InkError, match="a GIF picture in which no ink is stored"):
        formats.read(picture(control, b"\xfea comment"))
    with pytest.raises(InkError, match="no ink is stored in this GIF picture"):
        formats.read(picture(), "Ink Serialized Format")


def test_ink_in_the_extension_of_an_application():
    name = b"\x0bMSFTINK 1.0"
    data = isf.isf(LINE)
    assert len(data) < 255
    extension = b"\x21\xff" + name + bytes([len(data)]) + data + b"\0"
    np.testing.assert_allclose(read(picture()[:-1] + extension + b"\x3b").xy, np.concatenate(LINE), atol=1e-5)
