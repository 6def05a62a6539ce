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


def test_a_page_extends_to_the_right_and_below():
    page = formats.read_pages(fixture.page([[(900, 1900, 9)]]))[0]
    assert (page.width, page.height) == (1602, 1900)


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


TYPED = [(16, 0, 0, "Shopping\n\n\nTodo\n")]
"""Text in four lines; the number of a character is 16 and its place in the text."""
BELOW_SHOPPING, BELOW_TODO = (1, 16 + 8), (1, 16 + 15)


@pytest.mark.parametrize("text_comes_first", [True, False])
def test_anchored_lines_are_below_the_line_of_text_that_they_are_anchored_to(text_comes_first):
    text = fixture.text_block(TYPED, -468.0, 234.0, 936.0)
    groups = fixture.anchored_blocks((1, 50), BELOW_SHOPPING, -468.0, [[(0.0, 40.0, 9)]])
    groups += fixture.anchored_blocks((1, 60), BELOW_TODO, -400.0, [[(0.0, 40.0, 9)]])
    data = fixture.page([[(0.0, 10.0, 9)]]) + (text + groups if text_comes_first else groups + text)
    contents = formats.read_document(data)
    # The first baseline is 18 pixels above the place of the text, and lines are 70 pixels apart.
    assert contents.pages[0].ink.xy.tolist() == [[702, 10], [234, 216 + 40], [302, 216 + 3 * 70 + 40]]
    assert contents.notes == ()
    shopping, todo = (text.box for text in contents.extras[0].texts)
    assert shopping[3] < 256 < todo[1] < todo[3] < 466


@pytest.mark.parametrize(
    ("text", "styles", "anchor", "baseline"),
    [
        ("", {0: 2}, 2**48 - 2, 267.6),  # as in a page of rmscene, which the tablet saved with and without anchors
        ("", {0: 2}, 2**48 - 1, 267.6),
        ("", {}, 2**48 - 2, 216),
        ("a\nb", {}, 2**48 - 2, 216),
        ("a\nb", {}, 2**48 - 1, 286),
        ("a\nb", {17: 2}, 2**48 - 1, 216 + 121.6),
        ("x" * 100, {}, 2**48 - 1, 216 + 2 * 70),  # 46 letters of 20 pixels on a line
    ],
)
def test_anchors_above_and_below_the_text(text, styles, anchor, baseline):
    items = [(16, 0, 0, text)] if text else []
    data = fixture.page([]) + fixture.text_block(items, -468.0, 234.0, 936.0, styles)
    ink = formats.read_ink(data + fixture.anchored_blocks((1, 50), (0, anchor), -464.0, [[(-68.0, -181.0, 9)]]))
    assert ink.xy == pytest.approx(np.array([[170, baseline - 181]]))


def test_anchors_within_a_paragraph():
    """A character that is deleted keeps its place, and so does a change of the font, which is an item without text."""
    items = [(16, 0, 20, 3), (20, 18, 21, ""), (21, 20, 0, "x" * 50)]
    data = fixture.page([]) + fixture.text_block(items, -468.0, 234.0, 936.0)
    groups = [((1, 16), 216), ((1, 18), 216), ((1, 21), 216), ((1, 70), 286)]
    for number, (anchor, _) in enumerate(groups):
        data += fixture.anchored_blocks((1, 200 + number), anchor, 0.0, [[(0.0, 0.0, 9)]])
    assert formats.read_ink(data).y.tolist() == [baseline for _, baseline in groups]


@pytest.mark.parametrize("items", [None, TYPED, [(16, 16, 0, "circle")]])
def test_an_anchor_that_is_not_in_the_text(items):
    data = fixture.page([]) + (b"" if items is None else fixture.text_block(items, -468.0, 234.0, 936.0))
    contents = formats.read_document(data + fixture.anchored_blocks((1, 50), (1, 99), -468.0, [[(0.0, 40.0, 9)]]))
    assert contents.pages[0].ink.xy.tolist() == [[234, 256]]
    (note,) = (note for note in contents.notes if "place of some ink" in note.text)
    assert note.severity == "noted"


def test_lines_of_a_deleted_layer_are_not_ink():
    """A layer that is deleted leaves an item without its number, so it is the one that is no other item."""
    kept, deleted = fixture.page(LINES), fixture.anchored_blocks((1, 40), (0, 2**48 - 2), 0.0, [[(0.0, 9.0, 9)]])
    kept += fixture.group_item((0, 1), fixture.LAYER)
    page = formats.read(kept + deleted + fixture.group_item(fixture.LAYER, None))
    assert page.ink.xy.tolist() == formats.read_ink(fixture.page(LINES)).xy.tolist()
    assert "1 stroke on a deleted layer was left out" in [note.text for note in page.ink.source.notes]
    assert len(formats.read_ink(kept + deleted).starts) == 3  # a group without an item, but nothing was deleted
    listed = fixture.group_item(fixture.LAYER, (1, 40)) + fixture.group_item(fixture.LAYER, None)
    assert len(formats.read_ink(kept + deleted + listed).starts) == 3


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
