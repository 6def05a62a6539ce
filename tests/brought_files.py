"""Ink files of all kinds that people bring to the page, for comparing what the browser finds in them with Python."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import format_seeds
import isf_fixture as isf
import note_app_fixtures as apps
import remarkable_fixture as remarkable
import uim_fixture as uim
from own_svg import OF_THE_PAGE, TOUCHING
from strangers import LINE, MORE_TABLES, TABLES, canvas, inkml, paths, svg, unipen, xopp, xopp_stroke

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
    "channels": re.sub(r"(\d)(,|</)", r"\1 7 0\2", inkml("<trace>8 8</trace>")),
    "erasers": inkml(
        '<brush xml:id="e"><annotation type="name">Eraser</annotation></brush><trace brushRef="#e">1 1, 2 2</trace>'
        '<trace type="erase">1 1</trace><trace type="PENUP">1 1</trace><trace type="hover">3 3</trace>'
        "<trace>1 1, <annotation>2</annotation>3 4</trace><canvasTransform><mapping type='mathml'/></canvasTransform>"
    ),
    "damaged annotation": inkml("<annotation type='truth'>a & b</annotation>") + "\0" * 512,
    "lower case": inkml('<traceFormat><channel name="x"/><channel name=" y "/></traceFormat>'),
    "units": inkml(
        "<context><traceFormat><channel name='X' units='cm'/><channel name='Y' units='mm'/></traceFormat></context>"
        "<trace>3 1, 4 2</trace><context><traceFormat><channel name='X' units='mm'/><channel name='Y' units='mm'/>"
        "</traceFormat></context><trace>3 1, 40 20</trace>"
    ),
    "tip switch": """<ink><traceFormat><channel name="X"/><channel name="Y"/><channel name="S" type="boolean"/>
        </traceFormat><trace>1 2 ?,2 3 T,5 5 F,6 5 ?,9 9 T,10 10 T</trace><trace>1 2 F</trace></ink>""",
    "tip switch that is off": """<ink><traceFormat><channel name="X"/><channel name="Y"/><channel name="S"/>
        </traceFormat><trace>1 2 0,2 3 0</trace></ink>""",
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
POINTS = [[{"x": x, "y": y} for x, y in stroke] for stroke in LINE]
STROKES = [{"points": stroke} for stroke in POINTS]
OTHER_STROKES = [
    {"isDeleted": True}, {"eraser": 1}, {"style": {"tool": "Rubber"}}, {"ink": {"inkType": "com.a.highlighter"}},
    {"tool": "marker", "opacity": 0.3}, {"visible": 0}, {"color": "transparent"}, {"type": "rectangle"},
    {"drawMode": False}, {"compositeOperation": "multiply"}, {"pointerType": "ERASER"}, {"undone": True},
]  # fmt: skip
DOCUMENTS = [
    {"Strokes": STROKES},
    {"data": {"strokes": STROKES}},
    {"strokes": {f"stroke {k}": stroke for k, stroke in enumerate(STROKES)}},
    {"lines": [{"points": stroke, "brushRadius": 2} for stroke in POINTS], "width": 40},
    {"drawing": {"lines": STROKES}},
    {"pages": [{"strokes": STROKES}]},
    {"pages": [{"strokes": STROKES}, {"strokes": []}, {"ink": 1}, {"strokes": STROKES[1:], "width": 90, "height": 99}]},
    [{"strokes": STROKES}] * 2,
    {"strokes": [None, *STROKES, {}, [], 7, {"points": [{"x": "one", "y": 1}]}]},
    {"strokes": [stroke | {"type": "pencil"} for stroke in STROKES]},
    [{"type": "path", "path": [{"location": point, "force": 1} for point in stroke]} for stroke in POINTS],
    [[[x, y, 0.5, 9, 0, 0] for x, y in stroke] for stroke in LINE],
    [{"X": x, "Y": y, "strokeId": k} for k, stroke in enumerate(LINE) for x, y in stroke],
    [{"x": x, "y": y, "s": k, "page": k // 2} for k, stroke in enumerate(LINE) for x, y in stroke],
    [{"x": x, "y": y, "who": {"id": k}} for k, stroke in enumerate(LINE) for x, y in stroke],
    STROKES + [{"points": POINTS[0]} | other for other in OTHER_STROKES] + [{"type": "group"}],
    [{"tool": tool, "points": [v for p in stroke for v in p]} for tool in ("pen", "eraser") for stroke in LINE],
    [[v for p in stroke for v in p] for stroke in LINE],
    [point for stroke in POINTS for point in [*stroke, None]],
    [point for stroke in LINE for point in [None, *stroke]],
    {"requests": [{"writing_guide": {}, "ink": [list(map(list, zip(*stroke, strict=True))) for stroke in LINE]}]},
]
JSON |= {f"document {number}": json.dumps(document) for number, document in enumerate(DOCUMENTS)}
JSON |= {
    "last commas": '{"text": "a,] \\",}", "strokes": ' + json.dumps(LINE).replace("]", ",\n]") + ", }",
    "damaged lines": "\n".join(f'{{"drawing": {line}}}' for line in (json.dumps(LINE), "[1", "[[[1, 2], [3, 9]]]")),
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
    "style sheets": svg(
        "<style>@charset 'utf-8'; @import url('a.css;b'); @media print { path { display: none } }"
        "@media screen { .a { display: none } } @font-face { src: url(data:;base64,AAAA) } .b.x { display: none }"
        "g.c > path, svg > path { display: none } [data-d='1'], g[data-e] { stroke: none } &lt;!-- .f { opacity: 0 } "
        "--&gt; .g { display: none !important } /* } */ .b.y { stroke: none }</style>" + paths()
        + "".join(
            f"<g {look}><path d='M0 0L9 9'/></g>"
            for look in (
                "class='a'", "class='b x'", "class='c'", "data-d='1'", "class='f'", "class='g' style='display:block'",
            )
        )
    ),
    "closed": svg(
        "".join(f'<path d="M1 {y}L5 {y + 5}L3 {y + 9}Z" {fill}/>' for y, fill in enumerate(
            ('fill="rgba(0,0,0,0)"', 'fill="#0000"', 'fill="#000" fill-opacity="0"', 'fill="RED"')
        ))
    ),
    "use in itself": svg(
        f"<g id='k'>{paths()}<use href='#k'/><g id='a'><use href='#b'/></g></g>"
        "<defs><g id='b'><use href='#a'/></g></defs>"
    ),
    "tools": svg(
        paths() + "".join(
            f'<g {label}><path d="M0 0L9 9"/><g><line x2="9"/></g></g>' for label in (
                'class="pen eraser"', 'data-tool="Eraser"', 'data-name="highlighter 2"', 'class="erasers-not"',
                'xmlns:inkscape="http://www.inkscape.org/namespaces/inkscape" inkscape:label="Highlighters"',
            )
        ) + '<path class="highlighter" d="M0 0L9 9"/><svg width="0" height="0"><path d="M0 0L9 9"/></svg>'
        f'<svg viewBox="0 0 nan 5">{paths()}</svg>'
    ),
    "highlighter": svg(paths() + '<path d="M0 25L40 26" stroke="#ff0" stroke-width="8" stroke-opacity="0.5"/>'),
    "prefix": svg(paths() + '<inkscape:path sodipodi:nodetypes="cc"/>'),
    "damaged": svg(paths() + '<path d="M0 0L1"/><g transform="spin(3)"><path d="M0 0L1 1"/></g>'),
    "millimetres": '<svg xmlns="http://www.w3.org/2000/svg" width="80mm" height="5cm"><line x1="9" y1="9" x2="40%" '
    'y2="1mm" stroke="#000"/></svg>',
    "rulings": svg("".join(f'<path d="M0 {y}H40"/>' for y in (8, 16, 24)) + paths()),
    "pieces": svg(
        "".join(f'<line x1="{x}" y1="{x % 3}" x2="{x + 1}" y2="{(x + 1) % 3}"/>' for x in (1, 2, 3, 4, 10, 11, 12, 30))
        + '<circle cx="33" cy="50%" r=".9" fill="#000"/><ellipse cx="9" cy="9" rx="9" ry="3" fill="#000"/>'
    ),
    "strokes that touch": svg(paths() + '<path d="M33 20L36 22"/><path d="M36 22L38 20"/>'),
    "switch of extensions": svg(
        f'<switch><foreignObject/><g requiredExtensions="urn:a"/><g systemLanguage="de">{paths()}</g></switch>'
    ),
    "percentages of nothing": '<svg xmlns="http://www.w3.org/2000/svg" width="100%"><line x2="9%" y2="9%" '
    'stroke="red"/></svg>',
    "our own pieces": OF_THE_PAGE.format(name="Page 1", text="two words"),
    "our own ink": TOUCHING,
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


def turned_group():
    """A stroke in a group that is turned, on the first of two pages, beside a shape and a marker."""
    records = apps.tldraw_records(LINE[:1])
    group = {"typeName": "shape", "id": "shape:g", "type": "group", "x": 10, "y": 20, "rotation": 1.2}
    records[-1] |= {"parentId": "shape:g", "rotation": -0.3}
    records[-1]["props"] |= {"scaleX": 2, "scaleY": 0.5}
    marker = apps.tldraw_records(LINE[1:2], kind="highlight")[-1] | {"id": "shape:h", "parentId": "page:q"}
    other = marker | {"type": "geo", "id": "shape:x"}
    drawn = apps.tldraw_records(LINE[2:3])[-1] | {"id": "shape:z", "parentId": "page:q"}
    return apps.tldr([*records, group | {"parentId": "page:p"}, marker, other, drawn])


def pages_out_of_order():
    """The record of the second page comes first."""
    records = apps.tldraw_records(LINE)
    page = {"typeName": "page", "id": "page:z", "name": "Page 2", "index": "a2"}
    return apps.tldr([page, *records, apps.tldraw_records(LINE[:1])[2] | {"id": "shape:z", "parentId": "page:z"}])


def damaged_shapes():
    segments = [{"path": "AAAA"}, {"path": "?"}, {"points": "AAA="}, {"points": [1]}, {"points": [{"x": 1}]}, {}, 5]
    records = apps.tldraw_records([*LINE, *([LINE[0]] * len(segments))])
    for record, segment in zip(records[2:], segments, strict=False):
        record["props"]["segments"] = [segment]
    return apps.tldr(records)


def curved():
    """An Rnote stroke of a line and two curves, with pressure that changes along them."""
    ends = [{"end": {"pos": [9 * n, n % 2], "pressure": n / 4}} for n in range(1, 4)]
    parts = [{"lineto": ends[0]}, {"quadbezto": {"cp": [12, 7], **ends[1]}}]
    parts.append({"cubbezto": {"cp1": [20, 1], "cp2": [22, 9], **ends[2]}})
    path = {"start": {"pos": [0, 0], "pressure": 0}, "segments": parts}
    return apps.rnote(LINE, extra=[{"brushstroke": {"path": path}}, {"shapestroke": {}}, {"brushstroke": 5}])


NOTE_APPS = {
    "excalidraw": apps.excalidraw(
        LINE,
        [
            {"type": "rectangle"}, {"type": "text", "x": 1, "y": 2, "text": "typed"}, None,
            *(apps.freedraw([(0, 0), (9, 9)], **more) for more in (
                {"isDeleted": True}, {"opacity": 30, "strokeWidth": 20}, {"opacity": 0}, {"x": "left"},
                {"points": [[0]]}, {"customData": {"strokeOptions": {"highlighter": True}}}, {"simulatePressure": True},
            )),
        ],
    ),
    "turned": apps.excalidraw(LINE, angle=0.7),
    "tldraw": turned_group(),
    "tldraw pages": pages_out_of_order(),
    "damaged shapes": damaged_shapes(),
    "snapshot": json.dumps(apps.tldraw_snapshot(apps.tldraw_records(LINE))),
    "obsidian": apps.obsidian_svg("tldraw", apps.tldraw_snapshot(apps.tldraw_records(LINE))),
    **{f"rnote {version}": apps.rnote(LINE, version) for version in ("0.5.5", "0.5.13", "0.9.4", "0.15.0")},
    "rnote pages": apps.rnote([*LINE, [(1, 160), (2, 165)]], layout="continuous_vertical"),
    "curves": curved(),
}  # fmt: skip
LINES = [[(-100.0, 10.0, 255), (-60.5, 12.25, 128), (0.0, 20.0, 0)], [(100.0, 3000.0, 51)]]
PAGE = remarkable.page(LINES)
BROKEN = remarkable.HEADER.replace(b"=6", b"=4")
REMARKABLE = {
    "paper": remarkable.page(LINES, paper=(1620, 2160)),
    "not pens": PAGE + b"".join(remarkable.line_blocks(LINES, tool) for tool in (5, 6, 8, 18, 23)),
    "hidden": remarkable.bundle([remarkable.page(LINES, shown=False), remarkable.page(LINES, erased=True), PAGE]),
    "typed": PAGE + remarkable.text_block([(16, 0, 0, "typed")], -500, 100, 800),
    "damaged": remarkable.page([*LINES, [(float("nan"), 0, 1)]]),
    "old": remarkable.bundle([None, remarkable.old_page(LINES, 3), BROKEN, remarkable.old_page(LINES, 5)], new=False),
    "without its directory": (bundle := remarkable.bundle([PAGE, None, PAGE]))[: bundle.index(b"PK\x01\x02")],
    "a wrong byte": bundle[:200] + b"?" + bundle[201:],
}
PENS = [(b"pen", b""), (b"Eraser", b""), (b"a:Highlighter", b""), (b"pen", b"x/DestinationOut"), (b"pen", b"x/Min")]


def drawn_by(tool):
    """A stroke of the Universal Ink Model 3.0 that was drawn by a brush in a mode."""
    brush, mode = tool
    style = uim.field(22, uim.field(2, brush) + uim.field(4, mode))
    return uim.field(1, uim.floats(4, [1, 2, 3, 4]) + uim.floats(5, [5, 6, 5, 6]) + style)


UIM = {
    **{f"moved {n}": make(LINE, transform=(2, 0, 1, 0, -1, 50)) for n, make in enumerate((uim.uim_3_0, uim.uim_3_1))},
    "tools": uim.riff((b"HEAD", bytes([3, 0, 0])), (b"DATA", uim.field(2, b"".join(map(drawn_by, PENS))))),
    "cut": uim.uim_3_1(LINE)[:-9],
}
HIGHLIGHTER = isf.number(69) + isf.number(50) + isf.number(87) + b"\x09\0\0\0"
DESCRIPTORS = isf.tagged(4, bytes([0, 3, 52, 56, 57])) + isf.number(13) + isf.number(1)
ISF = {
    **{name: isf.isf(LINE, packet) for name, packet in isf.PACKETS.items()},
    "turned": isf.document(isf.number(19) + isf.number(1234), *(isf.stroke(stroke) for stroke in LINE)),
    "pressure": isf.document(
        DESCRIPTORS, isf.tagged(10, isf.number(3) + b"".join(isf.huffman([k, 9, 7 * k]) for k in range(5)))
    ),
    "highlighter": isf.isf(
        LINE, before=isf.tagged(2, isf.number(0) + isf.tagged(len(HIGHLIGHTER), b"")[:1] + HIGHLIGHTER)
        + isf.number(9) + isf.number(1) + isf.stroke([(0, 25), (90, 26)]) + isf.number(9) + isf.number(0)
    ),
    "damaged": isf.isf(LINE, before=isf.tagged(10, isf.number(9) + isf.huffman([1, 2]))),
}  # fmt: skip
CASES = Path(os.environ.get("HANDWRITING_CASES", Path(__file__).resolve().parents[1] / ".." / "shared" / "cases"))
SEEDS = format_seeds.seeds()
FILES = {"inkml": INKML, "json": JSON, "svg": DRAWINGS, "xopp": NOTEBOOKS, "csv": TABLES, "unipen": UNIPEN}
FILES |= {"more csv": MORE_TABLES, "note apps": NOTE_APPS, "remarkable": REMARKABLE, "uim": UIM, "isf": ISF}
FILES |= {f"{name} of the fuzzer": dict(enumerate(files)) for name, files in SEEDS.items()}
FILES |= {"cases": {path.name: path.read_bytes() for path in sorted(CASES.glob("*")) if path.name != "README.md"}}
