"""reMarkable pages and bundles; what is read agrees with rmscene where that is installed."""

from __future__ import annotations

import io

import numpy as np
import pytest
import remarkable_fixture as fixture

from handwriting import formats
from handwriting.errors import InkError
from handwriting.ink import Page

LINES = [[(-702.0, 10.0, 255), (-600.5, 12.25, 128), (0.0, 20.0, 0)], [(100.0, 30.0, 51)]]


def test_a_page_by_hand():
    page = formats.read(fixture.page(LINES))
    assert isinstance(page, Page)
    assert (page.width, page.height, page.number) == (1404, 1872, 1)
    assert page.ink.xy.tolist() == [[0, 10], [101.5, 12.25], [702, 20], [802, 30]]
    assert page.ink.starts.tolist() == [0, 3]
    assert page.ink.pressure == pytest.approx([1, 128 / 255, 0, 0.2])
    assert page.ink.t is None
    assert page.ink.source.units == "1/226 in"


def test_the_older_point_has_floats():
    old, new = formats.read_ink(fixture.page(LINES, revision=1)), formats.read_ink(fixture.page(LINES))
    assert (old.xy == new.xy).all()
    assert old.pressure == pytest.approx(new.pressure)


def test_the_paper_of_a_newer_tablet():
    page = formats.read_pages(fixture.page([[(0, 3000, 9)]], paper=(1620, 2160)))[0]
    assert (page.width, page.height) == (1620, 3000)
    assert page.ink.x[0] == 810


@pytest.mark.parametrize(
    "left_out", [{"tool": fixture.HIGHLIGHTER}, {"tool": fixture.ERASER}, {"shown": False}, {"erased": True}]
)
def test_only_pens_that_are_seen(left_out):
    with pytest.raises(InkError, match="no strokes"):
        formats.read(fixture.page(LINES, **left_out))


@pytest.mark.parametrize("new", [True, False])
def test_a_bundle_keeps_the_order_of_its_pages(new):
    first, third = fixture.page([[(0, 1, 9)]]), fixture.page([[(0, 3, 9)]])
    data = fixture.bundle([first, None, third], new=new)
    assert [(page.number, page.ink.y[0]) for page in formats.read_pages(data)] == [(1, 1), (3, 3)]
    with pytest.raises(InkError, match="2 pages"):
        formats.read(data)


def test_what_is_refused():
    with pytest.raises(InkError, match="version '4'"):
        formats.read(fixture.HEADER.replace(b"=6", b"=4"))
    with pytest.raises(InkError, match=r"damaged \(cut short"):
        formats.read(fixture.page(LINES[:1])[:-3])
    with pytest.raises(InkError, match="x=nan"):
        formats.read(fixture.page([[(float("nan"), 0, 1)]]))


def test_rmscene_agrees():
    rmscene = pytest.importorskip("rmscene", reason="rmscene, which asks for an older packaging, is not installed")
    lines = [list(zip(*np.random.default_rng(n).normal(0, 300, (2, 9)), range(9), strict=True)) for n in range(5)]
    data = fixture.page(lines)
    theirs = list(rmscene.read_tree(io.BytesIO(data)).walk()) or [
        block.item.value for block in rmscene.read_blocks(io.BytesIO(data)) if hasattr(block, "item")
    ]
    ours = formats.read_ink(data)
    points = [point for line in theirs for point in line.points]
    assert ours.xy.tolist() == [[point.x + 702, point.y] for point in points]
    assert ours.pressure == pytest.approx([point.pressure / 255 for point in points])
    assert ours.starts.tolist() == np.cumsum([0, *(len(line.points) for line in theirs[:-1])]).tolist()
