"""Files that mean harm: small ones that ask for much, and large ones that ask for the most that the limits allow."""

from __future__ import annotations

import gzip
import io
import struct
import zipfile
import zlib
from collections.abc import Callable

import isf_fixture
import note_app_fixtures as apps
import remarkable_fixture
import uim_fixture
from format_seeds import PLAIN_INKML, XOURNAL, package

from handwriting.limits import MAX_BYTES, MAX_POINTS, MAX_SEGMENTS, MAX_STROKES, MAX_UNPACKED

LAUGHS = '<!ENTITY l0 "ha">' + "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))


def doctype(document: str, declarations: str, root: str) -> bytes:
    return f"<!DOCTYPE {root} [{declarations}]>{document}".encode()


def zipped(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return packed.getvalue()


def forged(data: bytes, size: int) -> bytes:
    """A zip archive that says of every member that it unpacks to ``size`` bytes."""
    for mark, at in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        start = data.find(mark)
        while start >= 0:
            data = data[: start + at] + struct.pack("<I", size) + data[start + at + 4 :]
            start = data.find(mark, start + 4)
    return data


def encrypted(data: bytes) -> bytes:
    """A zip archive that says that its members are."""
    parts = data.split(b"PK\x01\x02")
    return b"PK\x01\x02".join([parts[0]] + [part[:4] + bytes([part[4] | 1]) + part[5:] for part in parts[1:]])


def squeezed(data: bytes, times: int) -> bytes:
    """Gzip of ``data`` many times over, without making it whole."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    return b"".join([packer.compress(data) for _ in range(times)] + [packer.flush()])


SMALL: dict[str, tuple[str, Callable[[], bytes]]] = {
    "billion laughs": (
        "InkML",
        lambda: doctype("<ink><trace>&l11;</trace></ink>", f'<!ENTITY l0 "ha">{LAUGHS}', "ink"),
    ),
    "laughs in a drawing": ("SVG", lambda: doctype("<svg>&l11;</svg>", LAUGHS, "svg")),
    "laughs in a notebook": ("Xournal++", lambda: gzip.compress(doctype(XOURNAL[39:], LAUGHS, "xournal"))),
    "one entity, often": (
        "InkML",
        lambda: doctype(f"<ink><trace>{'&a;' * 9999}</trace></ink>", f'<!ENTITY a "{"1" * 9999}">', "ink"),
    ),
    "a file of the system": (
        "InkML",
        lambda: doctype(PLAIN_INKML, '<!ENTITY e SYSTEM "file:///etc/passwd">', "ink"),
    ),
    "parameter entities": (
        "SVG",
        lambda: doctype("<svg/>", '<!ENTITY % d SYSTEM "http://localhost/x.dtd"> %d;', "svg"),
    ),
    "entity in UTF-16": (
        "InkML",
        lambda: doctype(PLAIN_INKML, '<!ENTITY e "f">', "ink").decode().encode("utf-16"),
    ),
    "entity in UTF-7": (
        "InkML",
        lambda: b'<?xml version="1.0" encoding="UTF-7"?>+ADwAIQ-DOCTYPE ink +AFsAPAAh-ENTITY a "b"+AD4AXQA+-<ink/>',
    ),
    "tags 100,000 deep": ("InkML", lambda: b"<ink>" + b"<traceGroup>" * 100_000),
    "groups 240 deep": (
        "InkML",
        lambda: b"<ink>" + b"<traceGroup>" * 240 + b"<trace>1 1</trace>" + b"</traceGroup>" * 240 + b"</ink>",
    ),
    "contexts that call five others": (
        "InkML",
        lambda: (
            b"<ink>"
            + b"".join(
                b"<context id='c%d' contextRef='#c%d' inkSourceRef='#c%d' traceFormatRef='#c%d' timestampRef='#c%d'/>"
                % (n, n + 1, n + 1, n + 1, n + 1)
                for n in range(19)
            )
            + b"<context id='c19'/><trace>1 1</trace></ink>"
        ),
    ),
    "views of one group, often": (
        "InkML",
        lambda: (
            b"<ink><definitions><traceGroup id='g'>"
            + b"<traceGroup/>" * 9999
            + b"</traceGroup></definitions>"
            + b"<traceView traceDataRef='#g'/>" * 9999
            + b"</ink>"
        ),
    ),
    "nothing, unpacked": ("Xournal++", lambda: squeezed(bytes(2**20), MAX_UNPACKED // 2**20 + 1)),
    "gzip in gzip": ("Xournal++", lambda: gzip.compress(gzip.compress(gzip.compress(XOURNAL.encode())))),
    "ten thousand gzips": ("Xournal++", lambda: gzip.compress(b"<a>") * 10_001),
    "a package of nothing": ("Xournal++", lambda: zipped({"content.xml": bytes(MAX_UNPACKED + 1)})),
    "a package that lies": ("Xournal++", lambda: forged(package("<xournal>" + " " * 2**20), 10)),
    "a package that boasts": ("Xournal++", lambda: forged(package(), 2**32 - 2)),
    "an encrypted package": ("Xournal++", lambda: encrypted(package())),
    "a package in lzma": ("Xournal++", lambda: zipped({"content.xml": bytes(2**24)}, zipfile.ZIP_LZMA)),
    "a package of many": ("Xournal++", lambda: zipped({f"{n}": b"" for n in range(10_001)})),
    "a bundle of nothing": (
        "reMarkable",
        lambda: zipped({"a.content": b'{"pages": ["b", "c"]}', "a/b.rm": bytes(2**25), "a/c.rm": bytes(2**25 + 1)}),
    ),
    "a page named often": (
        "reMarkable",
        lambda: zipped(
            {
                "a.content": b'{"pages": [%s]}' % b",".join([b'"b"'] * 5000),
                "a/b.rm": remarkable_fixture.page([[(0.0, 0.0, 1)] * 20_000]),
            }
        ),
    ),
    "a block of four gigabytes": ("reMarkable", lambda: remarkable_fixture.HEADER + b"\xff" * 4 + b"\0\0\1\5" * 9),
    "an endless number": ("reMarkable", lambda: remarkable_fixture.HEADER + b"\x20\0\0\0\0\0\1\5" + b"\xff" * 32),
    "a million blocks": ("reMarkable", lambda: remarkable_fixture.HEADER + b"\0\0\0\0\0\1\1\x63" * 1_000_000),
    "lists 100,000 deep": ("JSON", lambda: b"[" * 100_000),
    "objects 100,000 deep": ("JSON", lambda: b'{"a":' * 100_000),
    "a number of 4,000 digits": ("JSON", lambda: b'[[{"x": %s, "y": 1}]]' % (b"9" * 4000)),
    "a number of a million digits": ("JSON", lambda: b'[[{"x": %s, "y": 1}]]' % (b"9" * 1_000_000)),
    "infinite": ("JSON", lambda: b'[[{"x": -Infinity, "y": NaN, "t": 1e999}]]'),
    "a lone surrogate": ("JSON", lambda: b'{"text": "\\ud800", "strokes": [[{"x": 1, "y": 1}]]}'),
    "1e308 and back": ("CSV", lambda: b"x,y,t\n1e308,-1e308,1e308\n-1e308,1e308,-1e308\n"),
    "a field without end": ("CSV", lambda: b"x,y\n" + b"1" * 1_000_000 + b",2\n"),
    "a mapping to infinity": (
        "InkML",
        lambda: (
            b"<ink><canvasTransform><mapping type='affine'><affine>1e9 0 0, 0 1e9 0</affine></mapping>"
            b"</canvasTransform><trace>1e200 1e200</trace></ink>"
        ),
    ),
    "scales of scales": ("SVG", lambda: b"<svg>" + b'<g transform="scale(1e9)">' * 60 + b'<path d="M1 1L2 2"/>'),
    "scales to infinity": (
        "SVG",
        lambda: b"<svg>" + b'<g transform="scale(1e99)">' * 9 + b'<path d="M1 1L2 2"/>' + b"</g>" * 9 + b"</svg>",
    ),
    "an arc that ends where it begins": ("SVG", lambda: b'<svg><path stroke="red" d="M0 0A1 1 0 0 0 0 0"/></svg>'),
    "use that uses itself": ("SVG", lambda: b'<svg><g id="a"><use href="#a"/><use href="#a"/></g></svg>'),
    "a message in itself": (
        "Universal Ink Model",
        lambda: uim_fixture.riff((b"HEAD", b"\3\1\0"), (b"INKD", b"\n\xff" * 99)),
    ),
    "shapes that hold each other": (
        "tldraw",
        lambda: apps.tldr(
            [
                {"typeName": "shape", "id": f"shape:{n}", "type": "group", "parentId": f"shape:{(n + 1) % 900}"}
                for n in range(900)
            ]
        ).encode(),
    ),
    "components without points": ("UNIPEN", lambda: b".COORD X Y\n" + b".PEN_DOWN\n.PEN_UP\n" * 9999),
}
"""Bombs that are refused at once, each with the format that it is meant for."""


def _padded(head: bytes, unit: bytes, tail: bytes = b"", count: int | None = None) -> bytes:
    room = (MAX_BYTES - len(head) - len(tail)) // len(unit)
    return head + unit * (room if count is None else min(room, count)) + tail


def _chunked(ink: bytes) -> bytes:
    return uim_fixture.riff((b"HEAD", b"\3\1\0"), (b"INKD", ink))


LARGE: dict[str, tuple[str, Callable[[], bytes]]] = {
    "empty tags": ("InkML", lambda: _padded(b"<ink>", b"<a/>", b"</ink>")),
    "annotations": ("InkML", lambda: _padded(b"<ink>", b"<annotation/>", b"</ink>", 370_000)),
    "attributes": ("InkML", lambda: b"<ink " + b"".join(b"a%d='' " % n for n in range(700_000)) + b"/>"),
    "namespaces": ("InkML", lambda: b"<ink " + b"".join(b"xmlns:a%d='b' " % n for n in range(100_000)) + b"/>"),
    "one long attribute": ("InkML", lambda: b"<ink a='" + b"b" * 9_900_000 + b"'/>"),
    "one long text": ("InkML", lambda: _padded(b"<ink><trace>", b"1 1,", b"1 1</trace></ink>")),
    "as many points as may be": (
        "InkML",
        lambda: _padded(b"<ink><trace>", b"12 1,", b"1 1</trace></ink>", MAX_POINTS - 1),
    ),
    "traces": ("InkML", lambda: _padded(b"<ink>", b"<trace>1 1</trace>", b"</ink>", MAX_STROKES)),
    "damage all over": (
        "InkML",
        lambda: b"<ink>" + (b"<trace>1 1</trace>" * 500 + b"<trace>1 1&</trace>") * 99,
    ),
    "coded points": ("InkML", lambda: _padded(b"<ink><trace>", b"'1\"1,", b"1 1</trace></ink>", MAX_SEGMENTS - 1)),
    "contexts": (
        "InkML",
        lambda: _padded(b"<ink>", b"<context traceFormatRef='#a'/>", b"<traceFormat id='a'/></ink>", 99_999),
    ),
    "points of a board": (
        "IAM-OnDB",
        lambda: _padded(
            b"<WhiteboardCaptureSession><StrokeSet><Stroke>",
            b'<Point x="1" y="2" time="3"/>',
            b"</Stroke></StrokeSet></WhiteboardCaptureSession>",
            299_000,
        ),
    ),
    "strokes of a board": (
        "IAM-OnDB",
        lambda: _padded(
            b"<WhiteboardCaptureSession><StrokeSet>",
            b'<Stroke><Point x="1" y="2"/></Stroke>',
            b"</StrokeSet></WhiteboardCaptureSession>",
            180_000,
        ),
    ),
    "strokes of a notebook": (
        "Xournal++",
        lambda: (
            squeezed(b"", 0)
            and gzip.compress(
                b"<xournal><page>" + b"<stroke>1 1 2 2</stroke>" * MAX_STROKES + b"</page></xournal>", compresslevel=1
            )
        ),
    ),
    "points of a notebook": (
        "Xournal++",
        lambda: gzip.compress(
            b"<xournal><page>" + (b"<stroke>" + b"10 20 " * 1000 + b"</stroke>") * 990 + b"</page></xournal>",
            compresslevel=1,
        ),
    ),
    "pages of a notebook": ("Xournal++", lambda: _padded(b"<xournal>", b"<page/>", b"</xournal>")),
    "curves": ("SVG", lambda: _padded(b'<svg><path stroke="red" d="M0 0c', b"1 2 3 4 5 6 ", b'"/></svg>', 32_000)),
    "arcs": ("SVG", lambda: _padded(b'<svg><path stroke="red" d="M0 0', b"a5 3 9 0 1 7 7 ", b'"/></svg>', 4_999)),
    "subpaths": ("SVG", lambda: _padded(b'<svg><path stroke="red" d="', b"M0 0h1", b'"/></svg>', 30_000)),
    "paths": ("SVG", lambda: _padded(b"<svg>", b'<path d="M1 1h1"/>', b"</svg>", 30_000)),
    "more paths": ("SVG", lambda: _padded(b"<svg>", b'<path d="M1 1h1"/>', b"</svg>", 490_000)),
    "corners": ("SVG", lambda: _padded(b'<svg><polyline points="', b"1 1 ", b'"/></svg>', MAX_SEGMENTS - 1)),
    "digits": ("SVG", lambda: _padded(b'<svg><path d="M', b"1", b'"/></svg>', 9_000_000)),
    "rules": ("SVG", lambda: _padded(b"<svg><style>", b".a{fill:none}", b"</style></svg>", 700_000)),
    "selectors": ("SVG", lambda: _padded(b"<svg><style>", b".a,", b"{fill:none}</style></svg>", 3_000_000)),
    "braces": ("SVG", lambda: _padded(b"<svg><style>", b"a{", b"</style></svg>", 4_900_000)),
    "classes": (
        "SVG",
        lambda: _padded(b'<svg><style>a{}</style><path class="', b"a ", b'" d="M0 0h1"/></svg>', 4_900_000),
    ),
    "transforms": ("SVG", lambda: _padded(b'<svg><g transform="', b"scale(1)", b'"/></svg>', 1_200_000)),
    "groups that turn": ("SVG", lambda: _padded(b"<svg>", b'<g transform="scale(1)"/>', b"</svg>", 400_000)),
    "blocks": ("reMarkable", lambda: _padded(remarkable_fixture.HEADER, b"\0\0\0\0\0\1\1\x63")),
    "lines": ("reMarkable", lambda: remarkable_fixture.page([[(1.0, 2.0, 3)]] * 99_000)),
    "points of a page": ("reMarkable", lambda: remarkable_fixture.page([[(1.0, 2.0, 3)] * 990_000])),
    "empty lists": ("JSON", lambda: _padded(b"[", b"[],", b"[]]")),
    "empty objects": ("JSON", lambda: _padded(b"[", b"{},", b"{}]")),
    "small objects": ("JSON", lambda: _padded(b"[", b'{"":1},', b"{}]")),
    "numbers": ("JSON", lambda: _padded(b"[", b"1e1,", b"1]")),
    "escapes": ("JSON", lambda: _padded(b'{"strokes":"', b"\\u1234", b'"}')),
    "points": ("JSON", lambda: _padded(b"[[", b'{"x":1,"y":2},', b'{"x":1,"y":2}]]', MAX_POINTS - 1)),
    "strokes of a canvas": ("JSON", lambda: _padded(b"[", b'[{"x":1,"y":2}],', b'[{"x":1,"y":2}]]', MAX_STROKES - 1)),
    "columns in JIIX": ("JSON", lambda: _padded(b'{"items":[', b'{"X":[1],"Y":[1]},', b"{}]}")),
    "paths of a notebook": (
        "Rnote",
        lambda: gzip.compress(
            b'{"version":"1","data":{"engine_snapshot":{"stroke_components":['
            + b'{"value":{"brushstroke":{"path":{"segments":[{"lineto":{"end":{"pos":[1,2]}}}]}}}},' * 90_000
            + b"{}]}}}",
            compresslevel=1,
        ),
    ),
    "curves of a notebook": (
        "Rnote",
        lambda: gzip.compress(
            b'{"version":"1","data":{"engine_snapshot":{"stroke_components":[{"value":{"brushstroke":{"path":{"segments":['
            + b'{"c":{"cp1":[1,2],"cp2":[3,4],"end":{"pos":[1,2]}}},' * 120_000
            + b'{"c":{"end":{"pos":[1,2]}}}]}}}}]}}}',
            compresslevel=1,
        ),
    ),
    "points of a whiteboard": (
        "tldraw",
        lambda: apps.tldr(apps.tldraw_records([[(1.0, 2.0)] * 900_000], apps.flat_differences)).encode(),
    ),
    "shapes of a whiteboard": (
        "tldraw",
        lambda: _padded(
            b'{"records":[{"typeName":"shape"}',
            b',{"typeName":"shape","type":"draw","props":{"segments":[{"points":"AAAAAAAA"}]}}',
            b"]}",
        ),
    ),
    "elements of a whiteboard": (
        "Excalidraw",
        lambda: _padded(
            b'{"type":"excalidraw","elements":[',
            b'{"type":"freedraw","x":1,"y":1,"points":[[1,1]],"angle":1},',
            b"{}]}",
        ),
    ),
    "fields of a model": (
        "Universal Ink Model",
        lambda: _chunked(b"\n\0" * 5_000_000),
    ),
    "strokes of a model": (
        "Universal Ink Model",
        lambda: _chunked(
            _padded(b"", uim_fixture.field(1, uim_fixture.field(5, b"\r\0\0\0\0\x15\0\0\0\0")), count=99_000)
        ),
    ),
    "points of a model": (
        "Universal Ink Model",
        lambda: _chunked(uim_fixture.field(1, uim_fixture.field(6, 2 * uim_fixture.field(1, b"\2" * 990_000)))),
    ),
    "packets": (
        "Ink Serialized Format",
        lambda: isf_fixture.document(
            isf_fixture.tagged(10, isf_fixture.number(990_000) + 2 * (b"\x87" + b"\xc0" * 1_200_000))
        ),
    ),
    "zeros": (
        "Ink Serialized Format",
        lambda: isf_fixture.document(
            isf_fixture.tagged(10, isf_fixture.number(990_000) + 2 * (b"\x87" + bytes(123_750)))
        ),
    ),
    "empty tags of ink": ("Ink Serialized Format", lambda: isf_fixture.document(b"\1\0" * 4_000_000)),
    "lines of a table": ("CSV", lambda: _padded(b"x,y,t,stroke\n", b"1,2,3,4\n", b"", MAX_POINTS - 1)),
    "columns of a table": ("CSV", lambda: _padded(b"x,y", b",a", b"\n")),
    "commas": ("CSV", lambda: _padded(b"x,y\n1,2", b",")),
    "empty lines": ("CSV", lambda: _padded(b"x,y\n", b"\n")),
    "strokes of a donor": ("UNIPEN", lambda: _padded(b".COORD X Y\n", b".PEN_DOWN\n1 1\n", b"", 249_000)),
    "points of a donor": ("UNIPEN", lambda: _padded(b".COORD X Y\n.PEN_DOWN\n", b"12 34\n", b"", MAX_POINTS - 1)),
    "keywords": ("UNIPEN", lambda: _padded(b".COORD X Y\n", b".A\n", b"", 249_000)),
    "segments": ("UNIPEN", lambda: _padded(b".COORD X Y\n.PEN_DOWN\n1 1\n", b'.SEGMENT A 0 ? "a"\n')),
}
"""The slowest and largest that each reader can be asked for within the limits; tried by ``make fuzz``."""
