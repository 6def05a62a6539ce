"""Good files of every format, made by ourselves: what readers are tested with, and what fuzzing begins with."""

from __future__ import annotations

import gzip
import io
import zipfile

import isf_fixture
import note_app_fixtures as apps
import remarkable_fixture
import uim_fixture
from iamondb_fixture import form_xml, line_strokes, line_xml

from handwriting import formats
from handwriting.ink import Ink, Page, Source

PLAIN_INKML = """<ink><annotation type="truth">two words</annotation>
<trace id="1">10 0, 9 14.5, 8 28, 7 42</trace><trace>130 155, 144 159</trace></ink>"""

FULL_INKML = """<?xml version="1.0" encoding="UTF-8"?>
<inkml:ink xmlns:inkml="http://www.w3.org/2003/InkML">
  <inkml:definitions>
    <inkml:timestamp xml:id="ts" time="1130000000000"/>
    <inkml:canvasTransform xml:id="flip">
      <inkml:mapping type="affine"><inkml:affine>2 0 10, 0 -1 100</inkml:affine></inkml:mapping>
    </inkml:canvasTransform>
    <inkml:context xml:id="pen" canvasTransformRef="#flip">
      <inkml:inkSource xml:id="tablet">
        <inkml:traceFormat>
          <inkml:channel name="F" type="integer" max="1023"/>
          <inkml:channel name="Y" type="decimal" units="mm"/>
          <inkml:channel name="T" type="integer" units="ms" respectTo="#ts"/>
          <inkml:channel name="X" type="decimal" units="cm"/>
          <inkml:intermittentChannels><inkml:channel name="B" type="boolean" default="F"/></inkml:intermittentChannels>
        </inkml:traceFormat>
      </inkml:inkSource>
    </inkml:context>
    <inkml:trace xml:id="late" contextRef="#pen">0 5 400 5, 1023 6 410 6, 0 7 420 7</inkml:trace>
  </inkml:definitions>
  <inkml:traceGroup contextRef="#pen">
    <inkml:annotation type="transcription">two</inkml:annotation>
    <inkml:trace xml:id="a" continuation="begin">512 10 100 1, 1023 '0 '10 '1, !1023 "0 "0 "0 T</inkml:trace>
    <inkml:trace type="penUp">0 0 130 0</inkml:trace>
    <inkml:trace continuation="end" priorRef="#a">1023 30 150 4</inkml:trace>
  </inkml:traceGroup>
  <inkml:traceView traceDataRef="#late" from="2" to="3">
    <inkml:annotation type="transcription">words</inkml:annotation>
  </inkml:traceView>
</inkml:ink>"""

XOURNAL = """<?xml version="1.0" standalone="no"?>
<xournal creator="Xournal++ 1.2.0" fileversion="4">
<title>Xournal++ document</title><preview>aGk=</preview>
<page width="595.27" height="841.89"><background type="solid" color="#ffffffff" style="lined"/>
<layer name="one"><stroke tool="pen" color="#000000ff" width="1.41 0.7 1.41">10 20 11.5 22 13 25</stroke>
<stroke tool="highlighter" width="8" color="#ffff007f">0 0 100 100</stroke><text x="1" y="2">typed</text></layer>
<layer><stroke tool="pen" color="blue" width="1.41 0.35">30 40 31 41</stroke></layer></page>
<page width="595.27" height="841.89"><background type="pdf"/><layer/></page>
<page width="400" height="300"><layer><stroke tool="pen" color="black" width="2">5 6 5 6</stroke></layer></page>
</xournal>"""

SVG = """<?xml version="1.0"?>
<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">
<svg xmlns="http://www.w3.org/2000/svg" width="100mm" height="50mm" viewBox="0 0 200 100"
 aria-labelledby="title-0a1b2c3d"><title id="title-0a1b2c3d">two words</title>
<style>.pen { fill: none; stroke: #000 } rect { fill: white }</style>
<rect width="100%" height="100%"/><path class="paper" stroke="#b4cbe2" fill="none" d="M0 30h200M0 60h200"/>
<g class="pen" transform="translate(10,5) scale(2)"><path d="M0 0L1 2l1-2m5 5h3v4"/><polyline points="1,1 2,3 4-5"/></g>
<g stroke="black" fill="none"><path d="M10 10c1 2 3 4 5 6s7 8 9 10q1 1 2 3t5 5a5 3 20 0 1 6 2M50 50h0"/>
<path d="M1 1L2 2" style="display:none"/></g><path fill="red" d="M0 0h9v9z"/></svg>"""

JSON = [
    """{"strokes": [{"points": [{"x": 1, "y": 2, "t": 10}, {"x": 3, "y": 4.5, "t": 20}]},
                    {"points": [{"x": 5, "y": 6, "t": 90}]}], "text": "hi", "recognitionType": "text"}""",
    '[[{"x": 1, "y": 2, "t": 0}, {"x": 3, "y": 4, "t": 16}], [{"x": 5, "y": 6, "t": 40}]]',
    "[[[1, 2], [3, 4]], [[5, 6]]]",
    """[{"type": "stroke", "pointers": [{"x": 1, "y": 2, "t": 1700000000000, "p": 0.5},
                                        {"x": 3, "y": 4, "t": 1700000000010, "p": 1}]}]""",
    '{"ink": [[[1, 3, 5], [2, 4, 6], [0, 10, 20]], [[7], [8], [90]]]}',
    """[{"pointerType": "PEN", "points": [{"x": 1, "y": 2, "time": "2024-01-01T10:00:00.5Z"}]},
        {"pointerType": "eraser", "points": [{"x": 1, "y": 2}]}]""",
    """{"version": "3", "type": "Text", "label": "hi", "words": [{"label": "hi", "candidates": ["hi", "hr"], "items": [
        {"type": "stroke", "id": "a", "timestamp": "2024-01-01 10:00:00.500", "X": [1, 2], "Y": [3, 4],
         "F": [0.5, 1], "T": [0, 10]},
        {"type": "stroke", "id": "b", "timestamp": "2024-01-01 10:00:01", "X": [5], "Y": [6], "F": [1], "T": [0]}]}],
        "chars": [{"label": "h", "items": [{"type": "stroke", "id": "a", "X": [1, 2], "Y": [3, 4]}]}]}""",
]

DRAWINGS = """{"word": "a", "drawing": [[[1, 3], [2, 4]]]}
{"word": "b", "drawing": [[[1, 3, 9], [2, 4, 9]], [[5], [6]]]}
"""

CSV = [
    "x,y,t,stroke\n1,2,0.0,1\n3,4.5,0.01,1\n5,6,0.2,2\n",
    "pressure;stroke;T_ms;Y;X;device\r\n0,5;a;10;2,5;1;pen\r\n1,0;a;20;3;2;pen\r\n0,5;b;30;4;3;pen\r\n",
    "y\tx\n1\t2\n3\t4\n",
    "x,y,pen_down,tool\n1,2,1,pen\n9,9,0,pen\n3,4,1,pen\n\n5,6,1,eraser\n7,8,1,pen\n",
]

UNIPEN = """.VERSION 1.0
.DATA_SOURCE ourselves
.COORD X Y T P
.X_POINTS_PER_INCH 400
.Y_POINTS_PER_INCH 200
.HIERARCHY TEXT WORD
.WRITER_ID someone
.SEGMENT TEXT 0-3 ? "two words"
.SEGMENT WORD 0 ? "two"
.PEN_DOWN
10 20 0 1
11 22 10 5
.PEN_UP
11 22 20 0
.PEN_DOWN
13 25 30 3
.PEN_UP
.DT 100
.PEN_DOWN
30 40 140 2
31 41 150 4
"""


SVG_TREE = """<!DOCTYPE svg [<!ENTITY ns "http://www.w3.org/2000/svg">]>
<svg xmlns="&ns;" viewBox="0 0 90 90" style="transform: scale(1, -1)"><defs><path id="p" d="M1 2L3 4 5 6"/></defs>
<symbol id="s" viewBox="0 0 9 9"><path d="M1 1C2 3 4 5 6 7"/></symbol><g fill="none" stroke="#00f8" opacity="0.9">
<use href="#p" x="3"/><use href="#s" width="30" height="20" transform="rotate(10)"/>
<svg x="10" y="10" width="20" height="20" viewBox="0 0 40 40" preserveAspectRatio="xMinYMax slice"><path d="M0 0l9 9"/>
</svg><g style="transform: translate(5px, 1mm) rotate(.1turn); transform-origin: 3px 4px"><line x2="5" y2="6"/></g>
<path d="M0 0L90 90" stroke-opacity="0"/><path d="M0 9L90 9" stroke-width="20" opacity=".5"/></g></svg>"""
POINTS = [[(10.0, 20.0), (12.5, 24.0), (11.0, 30.0)], [(20.0, 22.0)]]


def package(document: str = XOURNAL) -> bytes:
    """Xournal++'s newer package."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/xournal++", zipfile.ZIP_STORED)
        archive.writestr("META-INF/version", "current=1\nmin=1\n")
        archive.writestr("content.xml", document)
    return packed.getvalue()


def seeds() -> dict[str, list[bytes]]:
    """Good files by the name of their format: hand-made ones, and one by the format's own writer."""
    lines = [[(-100.0, 10.0, 255), (-60.5, 12.25, 128), (0.0, 20.0, 0)], [(100.0, 30.0, 51)]]
    page = remarkable_fixture.page(lines)
    found: dict[str, list[bytes]] = {
        "IAM-OnDB": [
            line_xml(line_strokes("tea")).encode(),
            form_xml("a01-000u", "10017", ["a tea", "two"], line_strokes("te")).encode(),
        ],
        "InkML": [PLAIN_INKML.encode(), FULL_INKML.encode(), FULL_INKML.encode("utf-16")],
        "Xournal++": [XOURNAL.encode(), gzip.compress(XOURNAL.encode()), package()],
        "SVG": [
            SVG.encode(),
            SVG_TREE.encode(),
            apps.obsidian_svg("ink-canvas", apps.ink_canvas(POINTS)).encode(),
        ],
        "UNIPEN": [UNIPEN.encode(), UNIPEN.replace(" T P", "").replace("\n", "\r\n").encode()],
        "reMarkable": [
            page,
            remarkable_fixture.page(lines, revision=1),
            remarkable_fixture.old_page(lines, 3),
            remarkable_fixture.old_page(lines, 5),
            remarkable_fixture.bundle([page, None, page]),
        ],
        "Excalidraw": [apps.excalidraw(POINTS, [{"type": "text"}], angle=0.5).encode()],
        "tldraw": [
            *(apps.tldr(apps.tldraw_records(POINTS, segment)).encode() for segment in apps.SEGMENTS.values()),
            apps.obsidian_ink(apps.tldraw_records(POINTS)).encode(),
            apps.tldraw_1(POINTS).encode(),
        ],
        "Ink Serialized Format": [
            isf_fixture.isf(POINTS, packet, isf_fixture.tagged(3, bytes([69, 50, 27, 2, 0, 1, 2, 80, 0])))
            for packet in (isf_fixture.huffman, isf_fixture.packed, isf_fixture.packed_differences)
        ],
        "Universal Ink Model": [
            uim_fixture.uim_3_1(POINTS, transform=(1, 0, 2, 0, 1, 3)),
            uim_fixture.uim_3_1(POINTS, packed=False),
            uim_fixture.uim_3_0(POINTS),
        ],
        "Rnote": [apps.rnote(POINTS, version, layout="fixed_size") for version in ("0.5.5", "0.9.4", "0.15.0")],
        "JSON lines": [DRAWINGS.encode()],
        "JSON": [document.encode() for document in JSON],
        "CSV": [table.encode() for table in CSV],
    }
    for known in formats.writers():
        assert known.write is not None
        found.setdefault(known.name, []).append(known.write([PAGE]))
    return found


INK = Ink(
    [10.0, 11.5, 13.25, 40.0, 41.0],
    [20.0, 22.0, 25.5, 30.0, 28.0],
    [0, 3],
    [0.0, 0.01, 0.02, 0.5, 0.52],
    [0.25, 0.5, 1.0, 0.75, 0.5],
    Source("mm", 1_130_000_000.25, "two words", "someone", None),
)
PAGE = Page(INK, 210.0, 297.0)
