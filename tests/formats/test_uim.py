"""The Universal Ink Model: both versions, plain and packed, and what does not write."""

from __future__ import annotations

import numpy as np
import pytest
import uim_fixture as uim
from strangers import LINE, assert_is_line, notes, read

from handwriting import formats
from handwriting.errors import InkError, NoInkError
from handwriting.formats.protobuf import Message

FILES = {"3.1 packed": uim.uim_3_1(LINE), "3.1 plain": uim.uim_3_1(LINE, packed=False), "3.0": uim.uim_3_0(LINE)}


@pytest.mark.parametrize("data", FILES.values(), ids=FILES)
def test_strokes_of_all_versions(data):
    assert formats.find(data, "stdin").name == "Universal Ink Model"
    ink = read(data)
    assert_is_line(ink)
    assert ink.t is None and ink.pressure is None
    assert notes(ink) == []


@pytest.mark.parametrize("make", [uim.uim_3_0, uim.uim_3_1])
def test_the_transform_of_a_file(make):
    """Twice as wide, mirrored in y, and moved."""
    ink = read(make(LINE, transform=(2, 0, 1, 0, -1, 50)))
    points = np.concatenate(LINE)
    assert ink.x == pytest.approx(2 * points[:, 0] + 1)
    assert ink.y == pytest.approx(50 - points[:, 1])


def test_strokes_that_do_not_write():
    with pytest.raises(NoInkError, match="4 eraser strokes were left out"):
        read(uim.uim_3_1(LINE, mode="DestinationOut"))
    with pytest.raises(NoInkError, match="4 highlighter strokes were left out"):
        read(uim.uim_3_1(LINE, mode="Min"))
    with pytest.raises(NoInkError, match="4 highlighter strokes were left out"):
        read(uim.uim_3_0(LINE, brush="app://brush/Highlighter"))


def test_a_damaged_stroke_costs_itself_alone():
    bad = [uim.field(1, uim.field(5, uim.floats(1, [1, 2, 3]) + uim.floats(2, [1]))), uim.field(1, b"\xff")]
    bad += [uim.field(1, uim.field(5, uim.floats(1, [float("nan")]) + uim.floats(2, [1])))]
    bad += [uim.field(1, uim.field(6, uim.field(1, b"\x80") + uim.field(2, b"\x80")))]
    strokes = b"".join(
        uim.field(1, uim.field(5, uim.floats(1, x) + uim.floats(2, y)))
        for x, y in (zip(*uim.with_tangents(stroke), strict=True) for stroke in LINE)
    )
    ink = read(uim.riff((b"HEAD", bytes([3, 1, 0])), (b"INKD", strokes + b"".join(bad))))
    assert_is_line(ink)
    assert [text.split(":")[0] for text in notes(ink, "lost")] == [f"stroke {k} was left out" for k in (5, 6, 7, 8)]


def test_what_is_wrong_is_said():
    with pytest.raises(InkError, match=r"version '2.0.0' .* is not supported"):
        read(uim.riff((b"HEAD", bytes([2, 0, 0]))))
    cut = read(FILES["3.1 packed"][:-9])
    assert_is_line(cut)
    assert notes(cut, "lost")[0].startswith("the rest of the file was left out: it is damaged (cut short)")
    with pytest.raises(NoInkError):
        read(uim.riff((b"HEAD", bytes([3, 1, 0]))))


def test_signed_numbers_of_any_size():
    values = [0, 1, -1, 63, -64, 64, 2**31 - 1, -(2**31)]
    message = Message(uim.field(3, b"".join(map(uim.zigzag, values))), "ink")
    assert message.signed(3).tolist() == values
    assert Message(uim.integer(3, 7), "ink").signed(3).tolist() == [-4]
