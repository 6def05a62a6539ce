"""Ink files that the browser reads by itself: the pages that it finds are those that Python finds."""

from __future__ import annotations

import base64
import gzip
import json
import random
import re
from pathlib import Path

import numpy as np
import pytest
from brought_files import FILES, JSON, SEEDS
from format_bombs import SMALL, zipped
from open_page import PATIENCE, needs_browser
from strangers import paths, svg

from handwriting import formats
from handwriting.errors import InkError, TooLargeError
from handwriting.rendering.drawing import fitted
from handwriting.rendering.hershey import write
from handwriting.rendering.plotter import plotter_svg
from handwriting.web import ink_files

api = pytest.importorskip("playwright.sync_api", reason="needs playwright, which drives the browser: make installs it")

pytestmark = needs_browser
SAMPLES = Path(__file__).parents[2] / "datasets" / "samples"
OPEN = """async (data) => {
    const { openInk } = await import("./engine/files/open.js");
    const bytes = Uint8Array.from(atob(data), (character) => character.charCodeAt(0));
    return openInk(new Blob([bytes])).catch(({ message }) => message);
}"""


def saved(tmp_path, ending):
    """Our own file of a format: two words with times and pressure, in millimetres."""
    ink = write("two words", seed=4)
    formats.save(ink, tmp_path / f"own{ending}")
    return (tmp_path / f"own{ending}").read_bytes()


def found(page, data):
    return page.evaluate(OPEN, base64.b64encode(data.encode() if isinstance(data, str) else data).decode())


def assert_same(page, data):
    """The browser finds the pages, points, times and pressures that Python finds, and leaves out as much."""
    data = data.encode() if isinstance(data, str) else data
    own, other = ink_files.pages(data)["pages"], found(page, data)
    assert not isinstance(other, str), other
    notes = formats.read_document(data).notes
    assert sum(int(note.split()[0]) for note in other["notes"] if note[0].isdigit()) == left_out(notes)
    dropped = any(re.match("the (times|pressure) w.* dropped", note.text) for note in notes if note.severity == "noted")
    assert dropped == any(note.startswith("Incomplete") for note in other["notes"])
    assert_same_pages(own, other["pages"])


def assert_same_pages(own, other):
    assert [one["number"] for one in other] == [one["number"] for one in own]
    for a, b in zip(other, own, strict=True):
        assert (a["width"], a["height"]) == pytest.approx((b["width"], b["height"]))
        assert [len(stroke) for stroke in a["strokes"]] == [len(stroke) for stroke in b["strokes"]]
        for one, two in zip(a["strokes"], b["strokes"], strict=True):
            one, two = np.array(one, dtype=float), np.array(two, dtype=float)
            assert np.array_equal(np.isnan(one), np.isnan(two))
            assert (np.nan_to_num(np.abs(one - two)).max(0) < (0.002, 0.002, 0.02, 0.002)).all()  # mm, mm, ms, share


def left_out(notes):
    """The number of things that are not writing and of damaged parts that Python names."""
    counts = [(note, re.match(r"([\d,]+) ", note.text)) for note in notes if note.severity != "detail"]
    return sum(int(count[1].replace(",", "")) if count else note.severity == "lost" for note, count in counts)


ANCHORED = {"deleted0.rmdoc", "late_content.rmdoc", "mac.rmdoc"}
"""Files with ink that a tablet anchored to typed text; only Python places it there."""


@pytest.mark.parametrize("files", FILES.values(), ids=FILES)
def test_the_browser_finds_what_python_finds(open_site, files):
    page = open_site()
    for name, data in files.items():
        print(name)
        if name not in ANCHORED:
            assert_same(page, data)


EXACT = sorted(SEEDS.keys() - {"IAM-OnDB", "InkML", "SVG", "Xournal++", "JSON", "JSON lines", "tldraw"})
"""Formats of which a damaged file has the same ink in the browser, which mends damaged XML and JSON in other ways."""


@pytest.mark.parametrize("name", SEEDS)
def test_damaged_files_are_refused_or_read_in_part(open_site, name):
    page, chance = open_site(), random.Random(name)
    for number in range(60):
        data = bytearray(chance.choice(SEEDS[name]))
        if number % 2:
            del data[chance.randrange(1, len(data)) :]
        for _ in range(chance.choice((1, 1, 4)) if number % 2 == 0 else 0):
            data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
        other = found(page, bytes(data))
        assert not isinstance(other, str) or other.startswith("site."), (number, other)
        if name in EXACT:
            try:
                own = ink_files.pages(bytes(data))["pages"]
            except InkError:
                own = []
            assert_same_pages(own, [] if isinstance(other, str) else other["pages"])


def test_bombs(open_site):
    page = open_site()
    for name, (_, make) in SMALL.items():
        print(name)
        data = make()
        other = found(page, data)
        assert not isinstance(other, str) or other.startswith("site."), other
        try:
            ink_files.pages(data)
        except TooLargeError:
            assert other == "site.tooMuchInk"
        except InkError:
            assert isinstance(other, str) or not other["pages"] or name == "an arc that ends where it begins"


def test_our_own_files_and_samples(open_site, tmp_path):
    page = open_site()
    for ending in (".inkml", ".svg", ".json", ".xopp", ".csv"):
        print(ending)
        assert_same(page, saved(tmp_path, ending))
    for encoding in ("utf-8", "utf-16", "iso-8859-1"):
        text = f'<?xml version="1.0" encoding="{encoding}"?>{svg(paths() + "<desc>é</desc>")}'
        assert_same(page, text.encode(encoding))
    assert_same(page, (SAMPLES / "notes.xopp").read_bytes())
    assert_same(page, plotter_svg(fitted(write("quite a line, not short.", seed=3)))[0].encode())


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ("<ink><trace>1 2</ink>", "site.damagedFile"),
        ('<!DOCTYPE svg [<!ENTITY a "1"><!ENTITY b "&a;&a;">]><svg><desc>&b;</desc></svg>', "site.damagedFile"),
        ('{"strokes": [', "site.damagedFile"),
        ('{"other": 1}', "site.files"),
        ("<html><body/></html>", "site.files"),
        (b"PK\x03\x04 a package", "site.damagedFile"),
        (zipped({"word/document.xml": b"<document/>"}), "site.files"),
        (b"\x1f\x8b damaged", "site.damagedFile"),
        (svg('<path d="M0 0h9v9z"/>', group='fill="red"'), "site.outlines"),
        (json.dumps([[[k, k % 7] for k in range(200_001)]] * 2), "site.tooMuchInk"),
        (gzip.compress(bytes(70 * 2**20)), "site.tooMuchInk"),
        ("<g>" * 300 + "</g>" * 300, "site.files"),
        (svg("<g>" * 250 + "</g>" * 250), "site.damagedFile"),
    ],
)
def test_what_cannot_be_read_is_said(open_site, data, said):
    assert found(open_site(), data) == said


def test_files_become_pages_that_are_read(open_site, tmp_path):
    page = open_site()
    for name, count in (("line.inkml", 2), ("line.svg", 3)):
        formats.save(formats.read(SAMPLES / "line.xml"), tmp_path / name)
        page.set_input_files("#open", tmp_path / name)
        api.expect(page.locator("#page-list > li")).to_have_count(count)
        api.expect(page.locator("#lines .word")).to_have_text(["a", "line", "of", "handwriting"], timeout=PATIENCE)
    page.set_input_files("#open", {"name": "left.json", "mimeType": "", "buffer": JSON["eraser"].encode()})
    api.expect(page.locator("#toast")).to_contain_text("1 element that is not ink was left out")
    page.set_input_files("#open", {"name": "a.pdf", "mimeType": "", "buffer": b"%PDF-1.7"})
    api.expect(page.locator("#toast")).to_contain_text("This file cannot be read. Ink can be InkML, SVG")
