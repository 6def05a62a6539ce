"""What a format can hold survives being written and read; what it cannot hold is named."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from format_seeds import INK, PAGE
from hypothesis import given, settings
from hypothesis import strategies as st

import handwriting
from handwriting import formats
from handwriting.errors import InkError
from handwriting.formats.format import lost_properties, properties
from handwriting.ink import Ink, Page, Source

UNITS = ("mm", "pt", "1/226 in", "himetric", "tablet units", None)
"""The last two do not tell how long they are."""
TEXT = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp")), min_size=1, max_size=20)


@st.composite
def pages(draw: st.DrawFn, number: int = 1) -> Page:
    """A page of a few strokes, with any of what a page may have."""
    sizes = draw(st.lists(st.integers(1, 5), min_size=1, max_size=4))
    n = sum(sizes)
    coordinate = st.floats(0, 5000).map(lambda v: round(v, 3))
    column = st.lists(coordinate, min_size=n, max_size=n)
    x, y = draw(column), draw(column)
    steps = draw(st.none() | st.lists(st.integers(0, 400), min_size=n, max_size=n))
    t = None if steps is None else np.cumsum([0, *steps[1:]]) / 1000
    pressure = draw(st.none() | st.lists(st.integers(0, 1000).map(lambda v: v / 1000), min_size=n, max_size=n))
    start = None if t is None else draw(st.none() | st.integers(1, 2_000_000_000_000).map(lambda v: v / 1000))
    text, writer = (draw(st.none() | TEXT.map(str.strip).filter(bool)) for _ in range(2))
    source = Source(draw(st.sampled_from(UNITS)), start, text, writer)
    size = draw(st.none() | st.tuples(st.integers(1, 9000), st.integers(1, 9000)))
    ink = Ink(x, y, np.cumsum([0, *sizes[:-1]]), t, pressure, source)
    return Page(ink, *(size or (None, None)), number)


def without_repeated_dots(ink: Ink) -> Ink:
    """A stroke of two equal points is a dot, and may come back as one point."""
    keep = np.ones(len(ink), dtype=bool)
    for start, end in zip(ink.starts, ink.ends, strict=True):
        if end - start == 2 and (ink.xy[start] == ink.xy[start + 1]).all():
            keep[start + 1] = False
    return ink.keep(keep)


def assert_survives(before: Page, after: Page, format: formats.Format) -> None:
    a, b = without_repeated_dots(before.ink), without_repeated_dots(after.ink)
    gone = lost_properties([before], format)
    assert a.starts.tolist() == b.starts.tolist()
    flat_a, flat_b = ((ink.xy - ink.xy.min(axis=0)) for ink in (a, b))
    extent = max(float(flat_a.max()), 1e-3)
    scale = float(flat_b.max()) / extent if flat_b.max() else 1.0
    if format.unit is not None and "units" not in gone and a.source.units is not None:
        # In the format's own unit: the same length.
        known = formats.units.millimetres(a.source.units) / formats.units.millimetres(b.source.units)
        assert scale == pytest.approx(known, rel=1e-3, abs=2e-3 / extent)
        scale = known
    if format.unit != "pt":
        assert scale == pytest.approx(1.0 if format.unit is None or a.source.units is None else scale, abs=1e-4)
    assert np.abs(flat_b - flat_a * scale).max() <= 2e-4 + 2e-5 * extent * scale
    holds = {name for name in properties([before]) if name not in gone}
    if "time" in holds:
        assert b.t - b.t[0] == pytest.approx(a.t - a.t[0], abs=2e-6)
        assert "start time" not in holds or b.source.start_time == pytest.approx(a.source.start_time, abs=2e-3)
    else:
        assert b.t is None
    if "pressure" in holds:
        last = a.ends - 1 if format.name == "Xournal++" else []  # where it has no place for a last point's pressure
        kept = np.setdiff1d(np.arange(len(a)), last)
        assert b.pressure[kept] == pytest.approx(a.pressure[kept], abs=2e-3)
    for name in ("text", "writer"):
        value = getattr(a.source, name) if name in holds else None
        assert getattr(b.source, name) == value
    if "page size" in holds and (format.unit is None or a.source.units in UNITS[:4]):
        assert (after.width, after.height) == pytest.approx((before.width * scale, before.height * scale), rel=1e-3)
    if "units" in holds and format.unit is None:
        assert b.source.units == a.source.units


@pytest.mark.parametrize("format", formats.writers(), ids=lambda format: format.name)
@settings(max_examples=40, deadline=None)
@given(page=pages())
def test_what_a_format_holds_survives(format, page):
    data = format.write([page])
    assert formats.find(data, "ink").name == format.name
    (after,) = formats.read_pages(data)
    assert_survives(page, after, format)


@settings(max_examples=20, deadline=None)
@given(first=pages(), third=pages(3))
def test_pages_survive_with_their_numbers(first, third):
    (format,) = (known for known in formats.writers() if "pages" in known.holds)
    after = formats.read_pages(format.write([first, third]))
    assert [page.number for page in after] == [1, 3]
    for page, same in zip((first, third), after, strict=True):
        assert len(without_repeated_dots(page.ink)) == len(same.ink)


@pytest.mark.parametrize("format", formats.writers(), ids=lambda format: format.name)
def test_saving_tells_what_is_lost(format, tmp_path: Path):
    path = tmp_path / f"ink{format.extensions[0]}"
    told = handwriting.save(PAGE, path)
    after = formats.read_pages(path)
    assert set(told) == set(properties([PAGE])) - format.holds - ({"units"} if format.unit else set())
    assert_survives(PAGE, after[0], format)
    assert list(tmp_path.iterdir()) == [path]
    bare = Ink(INK.x, INK.y, INK.starts)
    assert handwriting.save(bare, path) == []


def test_place_survives_where_the_sheet_holds_it():
    for format in formats.writers():
        (after,) = formats.read_pages(format.write([PAGE]))
        scale = 1.0 if format.unit != "pt" else 72 / 25.4
        assert after.ink.xy == pytest.approx(PAGE.ink.xy * scale, abs=1e-3)


def test_a_packed_drawing(tmp_path: Path):
    handwriting.save(INK, tmp_path / "ink.svgz")
    assert (tmp_path / "ink.svgz").read_bytes()[:2] == b"\x1f\x8b"
    assert len(formats.read_ink(tmp_path / "ink.svgz")) == len(INK)


def test_what_cannot_be_saved_is_refused(tmp_path: Path):
    with pytest.raises(
        InkError, match=r"\.doc file; give a name with \.svg, \.png, \.pdf, \.inkml, \.xopp, \.json, \.csv, \.gcode"
    ):
        handwriting.save(INK, tmp_path / "ink.doc")
    with pytest.raises(InkError, match=r"cannot write a \.xml file"):
        handwriting.save(INK, tmp_path / "ink.xml")
    with pytest.raises(InkError, match="CSV holds one page, and there are 2"):
        handwriting.save([PAGE, replace(PAGE, number=2)], tmp_path / "ink.csv")
    with pytest.raises(InkError, match="no page to write"):
        handwriting.save([], tmp_path / "ink.csv")
    with pytest.raises(InkError, match="'word' cannot be written"):
        handwriting.save(INK, tmp_path / "ink.csv", "word")
    with pytest.raises(InkError, match="no folder"):
        handwriting.save(INK, tmp_path / "none" / "ink.csv")
    assert list(tmp_path.iterdir()) == []


def test_the_format_may_be_named(tmp_path: Path):
    handwriting.save(INK, tmp_path / "ink.txt", "csv")
    assert len(formats.read_ink(tmp_path / "ink.txt")) == len(INK)
