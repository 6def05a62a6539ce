"""Ink files that the browser reads by itself: the pages that it finds are those that Python finds."""

from __future__ import annotations

import base64
import gzip
import json
import os
import re
from pathlib import Path

import format_seeds
import numpy as np
import pytest
from open_page import PATIENCE, needs_browser
from strangers import LINE, TABLES, canvas, inkml, paths, svg, unipen, xopp, xopp_stroke

from handwriting import formats
from handwriting.rendering.hershey import write
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
    assert sum(int(note.split()[0]) for note in other["notes"]) == left_out(formats.read_document(data).notes)
    assert [one["number"] for one in other["pages"]] == [one["number"] for one in own]
    for a, b in zip(other["pages"], own, strict=True):
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


INKML = {
    "plain": format_seeds.PLAIN_INKML,
    "group": inkml(
        "<definitions><traceGroup xml:id='g'><trace>1 2, 3 4</trace><trace>5 6, 7 8, 9 9</trace></traceGroup>"
        "</definitions>"
        "<traceView traceDataRef='#g' from='1:2' to='2:2'/><traceView traceDataRef='#none'/>"
    ),
    "brushes": inkml(
        '<definitions><brush xml:id="h"><brushProperty name="rasterOp" value="maskPen"/></brush></definitions>'
        '<trace brushRef="#h">0 0, 9 9</trace>'
    ),
    "damaged": inkml("<trace>1 2, 3</trace><trace>1 x</trace>"),
    "digitiser": """<ink><inkSource><traceFormat><channel name="X" type="integer" units="mm"/>
        <channel name="Y" type="integer" units="mm" orientation="-ve"/></traceFormat><sourceProperties/>
        <channelProperties><channelProperty channel="X" name="resolution" value="100" units="1/mm"/>
        <channelProperty channel="Y" name="resolution" value="50" units="1/mm"/></channelProperties></inkSource>
        <trace>100 100, 200 150</trace></ink>""",
    "product": """<ink><definitions><canvasTransform xml:id="t"><mapping type="product">
        <mapping type="affine"><affine>2 0 1, 0 2 1</affine></mapping>
        <mapping type="affine"><affine>0 1 0, 1 0 5</affine></mapping></mapping></canvasTransform></definitions>
        <context canvasTransformRef="#t"/><trace>1 2, 3 7</trace></ink>""",
}
JSON = {
    "canvas": canvas(),
    "seconds": canvas(t=lambda n: 1.7e9 + n / 100),
    "eraser": canvas()[:-1] + ', {"tool": "eraser", "points": [{"x": 0, "y": 0}]}]',
    "damaged": canvas()[:-1] + ', {"points": [{"x": 0, "y": null}]}]',
    "events": json.dumps(
        [{"x": n, "y": n % 7, "type": "move" if n % 5 else "down", "time": 10 * n} for n in range(20)]
    ),
    "lines": "\n".join(json.dumps({"strokes": [{"points": [{"x": n, "y": 1}, {"x": 2, "y": n + 9}]}]}) for n in (1, 2)),
}
DRAWINGS = {
    "curves": svg(
        '<path d="M1 1C4 9 7-3 9 5S20 9 21 4Q25 0 27 8T35 6m-30 9a5 3 30 0110 4A4 4 0 1 0 20 30v3H9l-2-2.5.5.5z"/>'
        '<path d="M3 20"/><path d="m2 35h0"/>'
    ),
    "use": svg(f"<defs><g id='g'>{paths(shift=(-5, -3))}</g></defs>" + '<use href="#g" x="5" y="3"/>'),
    "symbol": svg(
        f"<symbol id='s' viewBox='0 0 80 80'>{paths((2, 2))}</symbol>" + '<use xlink:href="#s" width="40" height="40"/>'
    ),
    "nested": svg(f'<svg x="8" y="4" width="20" height="20" viewBox="0 0 40 40">{paths((2, 2), (-16, -8))}</svg>'),
    "css": svg(f"<g style='transform: translate(5px, 0px) scale(1,-1)'>{paths((1, -1), (-5, 0))}</g>"),
    "turned": svg(f"<g transform='rotate(30 5,5)skewX(10) matrix(1 .1 0 1-2 3)'>{paths()}</g>"),
    "class": svg("<style>.flip { transform: scaleY(-1) }</style>" + f"<g class='flip'>{paths((1, -1))}</g>"),
    "origin": svg(f"<g style='transform: scaleX(-1); transform-origin: 50% top'>{paths((-1, 1), (40, 0))}</g>"),
    "root": svg(paths((1, -1), (0, 40)), root='transform="scale(1 -1)"'),
    "switch": svg(f"<switch><g systemLanguage='de'>{paths(shift=(3, 3))}</g><g>{paths()}</g></switch>"),
    "hidden": svg(
        paths() + "".join(
            f'<path {look} d="M0 0L40 40"/>'
            for look in ('opacity="0"', 'display="none"', 'stroke="rgba(0,0,0,0)"', 'style="stroke-opacity:0%"')
        )
    ),
    "rules": svg(
        "<style>g.off path, svg > g > line { display: none }</style>" + paths()
        + '<g class="off"><g><path d="M0 0L9 9"/></g></g><line x2="50%" y2="9"/>'
    ),
    "highlighter": svg(paths() + '<path d="M0 25L40 26" stroke="#ff0" stroke-width="8" stroke-opacity="0.5"/>'),
    "prefix": svg(paths() + '<inkscape:path sodipodi:nodetypes="cc"/>'),
    "damaged": svg(paths() + '<path d="M0 0L1"/><g transform="spin(3)"><path d="M0 0L1 1"/></g>'),
    "millimetres": '<svg xmlns="http://www.w3.org/2000/svg" width="80mm" height="5cm"><line x1="9" y1="9" x2="40%" '
    'y2="1mm" stroke="#000"/></svg>',
    "rulings": svg("".join(f'<path d="M0 {y}H40"/>' for y in (8, 16, 24)) + paths()),
}  # fmt: skip
NOTEBOOKS = {
    "pages": xopp("", "".join(map(xopp_stroke, LINE)), '<stroke tool="pen" width="1 2 x">1 2 3</stroke>'),
}
UNIPEN = {
    "plain": unipen(),
    "carriage returns": unipen().replace("\n", "\r"),
    "rate": unipen()
    .replace(".COORD", ".POINTS_PER_SECOND 100\n.COORD")
    .replace(".PEN_UP\n.PEN_DOWN", ".PEN_UP\n.DT 50\n.PEN_DOWN"),
    "damaged": unipen() + ".COORD X Y T\n.PEN_DOWN\n1 2 3\n4\n5 6\n7 8 9\n.PEN_DOWN\n1 zwei\n",
}
CASES = Path(os.environ.get("HANDWRITING_CASES", Path(__file__).resolve().parents[2] / ".." / "shared" / "cases"))
FILES = {"inkml": INKML, "json": JSON, "svg": DRAWINGS, "xopp": NOTEBOOKS, "csv": TABLES, "unipen": UNIPEN}
FILES |= {f"{name} of the fuzzer": dict(enumerate(files)) for name, files in format_seeds.seeds().items()}


@pytest.mark.parametrize("files", FILES.values(), ids=FILES)
def test_the_browser_finds_what_python_finds(open_site, files):
    page = open_site()
    for name, data in files.items():
        print(name)
        assert_same(page, data)


def test_our_own_files_and_samples(open_site, tmp_path):
    page = open_site()
    for ending in (".inkml", ".svg", ".json", ".xopp", ".csv"):
        print(ending)
        assert_same(page, saved(tmp_path, ending))
    for encoding in ("utf-8", "utf-16", "iso-8859-1"):
        text = f'<?xml version="1.0" encoding="{encoding}"?>{svg(paths() + "<desc>é</desc>")}'
        assert_same(page, text.encode(encoding))
    assert_same(page, (SAMPLES / "notes.xopp").read_bytes())


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ("<ink><trace>1 2</ink>", "site.damagedFile"),
        ('<!DOCTYPE svg [<!ENTITY a "1"><!ENTITY b "&a;&a;">]><svg><desc>&b;</desc></svg>', "site.damagedFile"),
        ('{"strokes": [', "site.damagedFile"),
        ('{"other": 1}', "site.files"),
        ("<html><body/></html>", "site.files"),
        (b"PK\x03\x04 a package", "site.files"),
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
    api.expect(page.locator("#toast")).to_contain_text("1 thing that no pen wrote was left out")
    page.set_input_files("#open", {"name": "a.pdf", "mimeType": "", "buffer": b"%PDF-1.7"})
    api.expect(page.locator("#toast")).to_contain_text("This file needs the program on your computer")
