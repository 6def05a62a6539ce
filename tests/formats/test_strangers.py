"""Ink of other people and programs: what is right for files that are damaged, unusual, or hold more than writing.

Every situation was found in a public file or bug report. The strokes of :data:`LINE` are wrapped in it, and must come
out, with a note of what was left out.
"""

from __future__ import annotations

import gzip
import io
import json
import re
import zipfile

import numpy as np
import pytest
import remarkable_fixture as remarkable

from handwriting import formats
from handwriting.errors import InkError, NoInkError
from handwriting.ink import Ink

LINE = [
    [(10.0, 20.0), (12.5, 24.0), (11.0, 30.0), (14.0, 33.0), (18.0, 31.0)],
    [(20.0, 22.0), (22.0, 27.0)],
    [(25.0, 21.0), (26.0, 25.0), (30.5, 28.0)],
    [(33.0, 20.0)],
]
SIZES = [5, 2, 3, 1]


def read(data: str | bytes) -> Ink:
    pages = formats.read_pages(data.encode() if isinstance(data, str) else data)
    assert len(pages) == 1
    return pages[0].ink


def assert_is_line(ink: Ink, scale: float = 1.0) -> None:
    assert np.diff([*ink.starts, len(ink)]).tolist() == SIZES
    assert ink.xy == pytest.approx(np.concatenate(LINE) * scale, abs=1e-6)


def notes(ink: Ink, *severities: str) -> list[str]:
    return [note.text for note in ink.source.notes if note.severity in (severities or ("lost", "noted"))]


# InkML


def trace(points, **attributes) -> str:
    said = "".join(f' {name.replace("_", ":")}="{value}"' for name, value in attributes.items())
    return f"<trace{said}>{', '.join(f'{x} {y}' for x, y in points)}</trace>"


def inkml(inside: str = "", ids=(None,) * 4) -> str:
    traces = [trace(s, **({} if id is None else {"xml_id": id})) for s, id in zip(LINE, ids, strict=True)]
    return f'<ink xmlns="http://www.w3.org/2003/InkML">{inside}{"".join(traces)}</ink>'


CHANNELS = '<traceFormat><channel name="X" {}/><channel name="Y" {}/></traceFormat>'


@pytest.mark.parametrize(
    "text",
    [
        inkml(ids=("0", "1", "2", "3")),
        inkml(ids=("t", "t", "t", "t")),
        inkml(ids=("a b", "", "<", "ü")).replace('"<"', '"&lt;"'),
        inkml(CHANNELS.format('min="-2147483648" max="2147483647"', 'min="-2.14748E9" max="2.14748E9"')),
        inkml(CHANNELS.format('min="" max=""', 'min="left" max="NaN"')),
        inkml(CHANNELS.format('min="-1e30"', 'resolution="?"')),
        inkml("<unknown><deep/></unknown><annotationXML><a/></annotationXML>"),
        "\n\n" + inkml(),
        re.sub("(</?)trace", r"\1emma:trace", inkml()),
    ],
    ids=["numbers", "twice", "no names", "32 bits", "empty", "large", "unknown", "blank lines", "no namespace"],
)  # fmt: skip
def test_side_matter_of_inkml(text):
    assert_is_line(read(text))


def test_a_reference_that_leads_nowhere_is_named():
    ink = read(inkml().replace("<trace>", '<trace contextRef="#gone" brushRef="#gone">'))
    assert_is_line(ink)
    assert notes(ink) == ["a reference was dropped: '#gone' is not in the file"]


def test_a_damaged_time_stamp_is_dropped():
    form = '<traceFormat><channel name="X"/><channel name="Y"/><channel name="T" respectTo="#ts"/></traceFormat>'
    definitions = f'<definitions><timestamp xml:id="ts" timeString="yesterday"/></definitions>{form}'
    ink = read(f"<ink>{definitions}<trace>1 2 0, 3 4 10</trace></ink>")
    assert ink.t == pytest.approx([0, 0.01])
    assert notes(ink) == ["the start time was dropped: timeString='yesterday' of a timestamp is not a date"]


@pytest.mark.parametrize(
    ("properties", "name"),
    [
        ('<brushProperty name="transparency" value="127"/>', "highlighter"),
        ('<brushProperty name="transparency" value="0.5"/>', "highlighter"),
        ('<brushProperty name="rasterOp" value="maskPen"/>', "highlighter"),
        ('<brushProperty name="tip" value="eraser"/>', "eraser"),
        ('<brushProperty name="transparency" value="255"/>', "invisible"),
    ],
)
@pytest.mark.parametrize("where", ["trace", "group", "context"])
def test_brushes_that_do_not_write(properties, name, where):
    brushes = (
        f'<brush xml:id="b">{properties}</brush><brush xml:id="pen"><brushProperty name="transparency" value="0"/>'
    )
    brushes = f'<definitions>{brushes}</brush><context xml:id="c" brushRef="#b"/></definitions>'
    extra = trace([(0, 25), (90, 26)])
    extra = {
        "trace": extra.replace("<trace", '<trace brushRef="#b"'),
        "group": f'<traceGroup brushRef="#b">{extra}</traceGroup>',
        "context": extra.replace("<trace", '<trace contextRef="#c"'),
    }[where]
    ink = read(inkml(brushes).replace("<trace>", '<trace brushRef="#pen">').replace("</ink>", f"{extra}</ink>"))
    assert_is_line(ink)
    assert notes(ink) == [f"1 {name} stroke was left out"]


def test_a_damaged_trace_costs_itself_alone():
    ink = read(inkml().replace("</ink>", "<trace>1 zwei</trace><trace>1 2 3</trace></ink>"))
    assert_is_line(ink)
    assert [text.split(":")[0] for text in notes(ink, "lost")] == ["trace 5 was left out", "trace 6 was left out"]


# XML


def svg(inside: str | None = None, root: str = "", group: str = 'fill="none" stroke="#000"') -> str:
    inside = paths() if inside is None else inside
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="40" height="40" '
        f'viewBox="0 0 40 40" {root}><g {group}>{inside}</g></svg>'
    )


def paths(scale=(1, 1), shift=(0, 0)) -> str:
    moved = [[(x * scale[0] + shift[0], y * scale[1] + shift[1]) for x, y in stroke] for stroke in LINE]
    lines = ["M" + " L".join(f"{x},{y}" for x, y in (s if len(s) > 1 else s * 2)) for s in moved]
    return "".join(f'<path d="{line}"/>' for line in lines)


ILLUSTRATOR = """<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd" [
 <!ENTITY ns_svg "http://www.w3.org/2000/svg">
 <!-- a comment -->
 <!ENTITY ns_xlink 'http://www.w3.org/1999/xlink'>
 <!ATTLIST svg xmlns:xlink CDATA #FIXED "http://www.w3.org/1999/xlink">
]>"""


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entities_of_illustrator_are_expanded(encoding):
    text = svg().replace("http://www.w3.org/2000/svg", "&ns_svg;").replace("http://www.w3.org/1999/xlink", "&ns_xlink;")
    assert_is_line(read(f'<?xml version="1.0" encoding="{encoding}"?>\n{ILLUSTRATOR}{text}'.encode(encoding)))


@pytest.mark.parametrize(
    "declarations",
    [
        '<!ENTITY a "1"><!ENTITY b "&a;&a;">',
        '<!ENTITY a SYSTEM "file:///etc/passwd">',
        '<!ENTITY % a "b"> %a;',
        '<!ENTITY a "<g/>">',
        f'<!ENTITY a "{"1" * 10_000}">',
    ],
)
def test_other_entities_are_refused(declarations):
    text = f"<!DOCTYPE svg [{declarations}]>{svg(paths() + '<desc>' + '&a;' * 200 + '</desc>')}"
    with pytest.raises(InkError, match="entity declaration that is refused"):
        read(text)


def test_a_prefix_without_a_namespace():
    assert_is_line(read(svg(paths() + '<inkscape:path sodipodi:nodetypes="cc"/>')))


# SVG


USED = "<defs>" + paths().replace("<path", '<path class="p"') + "</defs>"
for number in range(4):
    USED = USED.replace('class="p"', f'id="p{number}"', 1)


@pytest.mark.parametrize(
    "text",
    [
        svg(USED + "".join(f'<use xlink:href="#p{n}"/>' for n in range(4))),
        svg(f"<defs><g id='g'>{paths(shift=(-5, -3))}</g></defs>" + '<use href="#g" x="5" y="3"/>'),
        svg(f"<symbol id='s' viewBox='0 0 80 80'>{paths((2, 2))}</symbol>" + '<use href="#s" width="40" height="40"/>'),
        svg(f'<svg x="8" y="4" width="20" height="20" viewBox="0 0 40 40">{paths((2, 2), (-16, -8))}</svg>'),
        svg(f'<svg x="10" width="30" height="40" viewBox="0 0 30 40">{paths(shift=(-10, 0))}</svg>'),
        svg(f"<g style='transform: translate(5px, 0px) scale(1,-1)'>{paths((1, -1), (-5, 0))}</g>"),
        svg(f"<g transform='rotate(-90)'><g style='transform: rotate(0.25turn)'>{paths()}</g></g>"),
        svg("<style>.flip { transform: scaleY(-1) }</style>" + f"<g class='flip'>{paths((1, -1))}</g>"),
        svg(paths((1, -1), (0, 40)), root='transform="scale(1 -1)"'),
        svg(paths((0.5, 0.5)), root='style="transform: scale(2); transform-origin: 0px 0px"'),
        svg(f"<switch><g>{paths()}</g><g>{paths(shift=(3, 3))}</g></switch>"),
    ],
    ids=["use", "use moved", "symbol", "nested", "nested moved", "css", "turn", "class", "root", "root css", "switch"],
)  # fmt: skip
def test_where_a_drawing_puts_its_lines(text):
    assert_is_line(read(text))


@pytest.mark.parametrize(
    "look",
    [
        'opacity="0"', 'stroke-opacity="0"', 'visibility="hidden"', 'display="none"', 'stroke="none"',
        'stroke="transparent"', 'stroke="rgba(0,0,0,0)"', 'stroke="#0000"', 'stroke-width="0"',
        'style="stroke-opacity:0%"', 'style="visibility: collapse"',
    ],
)  # fmt: skip
@pytest.mark.parametrize("outside", [False, True])
def test_lines_that_cannot_be_seen(look, outside):
    line = f'<path {"" if outside else look} d="M0 0L40 40"/>'
    extra = f"<g {look}>{line}</g>" if outside else line
    assert_is_line(read(svg(paths() + extra)))


def test_highlighters_of_drawings():
    wide = '<path d="M0 25L40 26" stroke="#ff0" stroke-width="{}" {}/>'
    for look in (
        'stroke-opacity="0.5"',
        'opacity="0.4"',
        'stroke="rgb(255 255 0 / 40%)"',
        'style="mix-blend-mode:multiply"',
    ):
        ink = read(
            svg(paths() + wide.format(8, look).replace('stroke="#ff0" ', "" if "rgb" in look else 'stroke="#ff0" '))
        )
        assert_is_line(ink)
        assert notes(ink) == ["1 highlighter stroke was left out"]
    assert len(read(svg(paths() + wide.format(8, ""))).starts) == 5  # a thick opaque pen
    assert len(read(svg(paths() + wide.format(1, 'opacity="0.5"'))).starts) == 5  # a pencil


def test_a_damaged_path_or_transform_costs_itself_alone():
    extra = '<path d="M0 0C1"/><g transform="turn(3)"><path d="M0 0L1 1"/></g><use href="#gone"/>'
    ink = read(svg(paths() + extra))
    assert_is_line(ink)
    assert len(notes(ink, "lost")) == 3
    with pytest.raises(InkError, match="no strokes in it"):
        read("<svg viewBox='a b c d'><g/></svg>")


def test_our_own_long_drawing_comes_back(tmp_path):
    t = np.linspace(0, 400, 60_000)
    ink = Ink(t, 30 * np.sin(t), np.arange(0, 60_000, 200))
    formats.save(ink, tmp_path / "long.svg")
    back = formats.read_ink(tmp_path / "long.svg")
    assert back.starts.tolist() == ink.starts.tolist()
    assert np.abs(back.xy - ink.xy).max() < 1e-3


# JSON


def canvas(t=lambda n: n * 10, **more) -> str:
    n = iter(range(99))
    return json.dumps([{"points": [{"x": x, "y": y, "t": t(next(n))} for x, y in s]} | more for s in LINE])


@pytest.mark.parametrize(
    ("stamp", "start"),
    [
        (lambda n: 10 * n, None),
        (lambda n: n / 100, None),
        (lambda n: 1_700_000_000_000 + 10 * n, 1.7e9),
        (lambda n: 1_700_000_000_000_000 + 10_000 * n, 1.7e9),
        (lambda n: 1_700_000_000_000_000_000 + 10_000_000 * n, 1.7e9),
        (lambda n: 1_700_000_000 + n / 100, 1.7e9),
        (lambda n: f"2023-11-14T22:13:20.{10 * n:03d}Z", 1.7e9),
        (lambda n: 10_000 * n, None),
        (lambda n: 1_700_000_000 + 10 * n, 1.7e6),
    ],
    ids=["ms", "s", "ms of 1970", "us of 1970", "ns of 1970", "s of 1970", "ISO", "us", "ms since the start"],
)
def test_units_of_time(stamp, start):
    ink = read(canvas(stamp))
    assert_is_line(ink)
    assert ink.t == pytest.approx(np.arange(11) / 100, abs=1e-5)
    assert ink.source.start_time == pytest.approx(start)
    assert notes(ink) == []


@pytest.mark.parametrize("bad", [None, "noon", [1], {}, 10**400, True])
def test_one_bad_time_costs_the_times(bad):
    ink = read(canvas(lambda n: bad if n == 3 else 10 * n))
    assert_is_line(ink)
    assert ink.t is None
    assert notes(ink) == ["the times were dropped: 10 of 11 points have a valid one"]


def test_side_matter_of_json():
    document = {"strokes": json.loads(canvas()), "width": "wide", "height": -3, "text": 5, "label": None, "units": []}
    document |= {"start": "soon", "unknown": {"x": 1}}
    for stroke in document["strokes"]:
        for point in stroke["points"]:
            point["p"] = "hard"
    ink = read(json.dumps(document))
    assert_is_line(ink)
    assert ink.pressure is None and ink.t is not None
    assert notes(ink) == [
        'the start time was dropped: "soon" is not a time',
        "the pressure was dropped: 0 of 11 points have a valid one",
        'the page size was dropped: "wide" is not a length',
    ]


@pytest.mark.parametrize(
    ("marks", "name"),
    [
        ({"type": "eraser"}, "eraser"),
        ({"pointerType": "eraser", "pointerId": 1}, "eraser"),
        ({"pointerType": "ERASER"}, "eraser"),
        ({"tool": "Eraser (area)"}, "eraser"),
        ({"compositeOperation": "destination-out"}, "eraser"),
        ({"drawMode": False}, "eraser"),
        ({"isEraser": True}, "eraser"),
        ({"penType": "highlighter"}, "highlighter"),
        ({"brush": "Highlighter"}, "highlighter"),
        ({"opacity": 0}, "invisible"),
    ],
)
@pytest.mark.parametrize("points", ["points", "pointers"])
def test_strokes_that_do_not_write(marks, name, points):
    strokes = json.loads(canvas(pointerType="PEN").replace("points", points))
    strokes.insert(2, {points: [{"x": 0, "y": 25, "t": 0}, {"x": 90, "y": 26, "t": 1}]} | marks)
    ink = read(json.dumps(strokes))
    assert_is_line(ink)
    assert notes(ink) == [f"1 {name} stroke was left out"]


def columns(times: bool = True) -> list:
    n = iter(range(99))
    return [[[x for x, _ in s], [y for _, y in s], *([[10 * next(n) for _ in s]] if times else [])] for s in LINE]


@pytest.mark.parametrize("times", [True, False])
@pytest.mark.parametrize("wrap", [
    lambda ink: ink, lambda ink: {"ink": ink}, lambda ink: {"drawing": ink, "word": "line"},
    lambda ink: {"requests": [{"writing_guide": {}, "ink": ink}], "itc": "en"},
])  # fmt: skip
def test_columns_of_google(times, wrap):
    ink = read(json.dumps(wrap(columns(times))))
    assert_is_line(ink)
    assert (ink.t is not None) == times


def test_points_are_not_taken_for_columns():
    for points in ([[1, 2, 0], [3, 4, 1], [5, 6, 2]], [[1, 2], [3, 4]], [[1, 2, 3]]):
        assert read(json.dumps([points, points])).xy[0].tolist() == [1, 2]


def test_a_drawing_a_line():
    line = json.dumps({"word": "line", "key_id": "1", "drawing": columns()})
    pages = formats.read_pages(f"\ufeff{line}\n{line}\n\n{line}\n".encode())
    assert [page.number for page in pages] == [1, 2, 3]
    for page in pages:
        assert_is_line(page.ink)
    damaged = formats.read_pages(f"{line}\n{line[:40]}\n{line}\n".encode())
    assert [page.number for page in damaged] == [1, 3]
    assert notes(damaged[0].ink, "lost")[0].startswith("page 2 was left out: damaged JSON")


def test_a_damaged_stroke_of_json_costs_itself_alone():
    strokes = json.loads(canvas())
    strokes[1:1] = [{"points": [{"x": "one", "y": 1}]}, 7, {"points": [{"x": 1}]}]
    ink = read(json.dumps(strokes))
    assert_is_line(ink)
    assert len(notes(ink, "lost")) == 3


# CSV


def table(head: str, row) -> str:
    rows = [row(s, n, x, y) for s, stroke in enumerate(LINE) for n, (x, y) in enumerate(stroke)]
    return head + "\n" + "\n".join(rows) + "\n"


def between(extra: str, row: str = "{x},{y},{s},pen"):
    """Rows with ``extra`` lines before each stroke but the first."""
    return lambda s, n, x, y: (extra if s and not n else "") + row.format(x=x, y=y, s=s)


TABLES = {
    "blank": table("x,y", between("\n", "{x},{y}")),
    "blank fields": table("x;y", between(" ; \n", "{x};{y}")),
    "pen": table("x,y,pen_down", between("99,9,0\n98,9,0\n", "{x},{y},1")),
    "truth": table("x,y,pen_down", between("99,9,False\n", "{x},{y},True")),
    "words": table("x,y,pen", between("99,9,up\n", "{x},{y},down")),
    "pressure": table("x,y,pressure", between("99,9,0\n98,9,0.0\n", "{x},{y},0.5")),
    "last point": table("x,y,pen_up", lambda s, n, x, y: f"{x},{y},{int(n == SIZES[s] - 1)}"),
    "air": table("x,y,in_air", between("99,9,1\n98,9,1\n", "{x},{y},0")),
    "a stroke in the air": table("x,y,stroke,pressure", between("99,9,9,0\n98,9,9,0\n", "{x},{y},{s},0.5")),
    "spaced": table("x,y,stroke", between("", "{x},{y},{s}\n")),
    "carriage returns": table("x,y,stroke", between("", "{x},{y},{s}")).replace("\n", "\r"),
    "byte order mark": "\ufeff" + table("x,y,stroke", between("", "{x},{y},{s}")),
    "eraser": table("x,y,stroke,tool", between("0,0,9,eraser\n9,9,9,eraser\n")),
    "highlighter": table("x,y,stroke,tool", between("0,0,9,Highlighter\n")),
}


@pytest.mark.parametrize("text", TABLES.values(), ids=TABLES)
def test_where_strokes_of_a_table_end(text):
    assert_is_line(read(text))


def test_a_table_with_one_time_missing():
    ink = read(table("x,y,stroke,t", lambda s, n, x, y: f"{x},{y},{s},{'' if (s, n) == (2, 1) else s + n / 100}"))
    assert_is_line(ink)
    assert ink.t is None
    assert notes(ink) == ["the times were dropped: 10 of 11 points have a valid one"]


def test_a_damaged_row_costs_its_stroke():
    ink = read(table("x,y,stroke", lambda s, n, x, y: f"{x},{y},{s}") + "1,zwei,7\n2,3,7\n")
    assert_is_line(ink)
    assert notes(ink) == ["stroke 5 was left out: y='zwei' is not a number"]


# UNIPEN


def unipen(labels: str = '.SEGMENT WORD 0-3 OK "a line"\n') -> str:
    strokes = [".PEN_DOWN\n" + "".join(f"{x} {-y}\n" for x, y in stroke) + ".PEN_UP\n" for stroke in LINE]
    return f".VERSION 1.0\n.COORD X Y\n{''.join(strokes)}{labels}"


@pytest.mark.parametrize("end", ["\n", "\r", "\r\n"])
def test_line_ends_of_unipen(end):
    ink = read(unipen().replace("\n", end))
    assert_is_line(ink)
    assert ink.source.text == "a line"


@pytest.mark.parametrize(
    ("label", "text"),
    [("WORD 0-3 OK abc", "abc"), ("WORD 0-3 OK two words", "two words"), ("WORD 0-3 OK", None), ("WORD", None)],
)
def test_labels_without_quotes(label, text):
    ink = read(unipen(f".SEGMENT {label}\n"))
    assert_is_line(ink)
    assert ink.source.text == text


def test_a_damaged_component_costs_itself_alone():
    ink = read(unipen() + ".PEN_DOWN\n1 zwei\n")
    assert_is_line(ink)
    assert notes(ink)[0].startswith("stroke 5 was left out: ")


# Documents


def xopp(*pages: str) -> str:
    sheets = "".join(f'<page width="99" height="99"><layer>{page}</layer></page>' for page in pages)
    return f"<xournal>{sheets}</xournal>"


def xopp_stroke(points) -> str:
    words = " ".join(f"{x} {y}" for x, y in (points if len(points) > 1 else points * 2))
    return f'<stroke tool="pen" color="#000000ff" width="1.41">{words}</stroke>'


STROKES = "".join(map(xopp_stroke, LINE))


def test_a_damaged_stroke_costs_its_page_nothing_else():
    pages = formats.read_pages(xopp(STROKES, STROKES + "<stroke>1 2 3</stroke>", STROKES).encode())
    for page in pages:
        assert_is_line(page.ink)
    assert notes(pages[0].ink) == ["stroke 5 on page 2 was left out: 3 numbers, which cannot be pairs of x and y"]


def test_what_a_notebook_has_beside_ink():
    others = '<stroke tool="highlighter">0 25 90 26</stroke><stroke tool="eraser">0 25 90 26</stroke>'
    others += '<text x="1" y="2">typed</text><image left="1">iVBORw0KGgo=</image><teximage/>'
    text = xopp(STROKES + others, STROKES).replace("<layer>", '<background type="pdf" pageno="1"/><layer>', 1)
    first, _ = formats.read_pages(text.encode())
    assert_is_line(first.ink)
    assert sorted(notes(first.ink)) == [
        "1 PDF background was left out", "1 eraser stroke was left out", "1 formula was left out",
        "1 highlighter stroke was left out", "1 image was left out", "1 text box was left out",
    ]  # fmt: skip


def test_the_look_of_ink_is_a_detail():
    ink = read(xopp(STROKES.replace("#000000ff", "#ff0000ff")).replace("<layer>", '<background style="lined"/><layer>'))
    assert notes(ink) == []
    assert notes(ink, "detail") == ["1 paper style was left out", "4 stroke colors were left out"]


RM = [[(x * 10 - 702, y * 10, 128) for x, y in stroke] for stroke in LINE]


def zipped(members: dict[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return packed.getvalue()


def content(*pages: dict) -> bytes:
    return json.dumps({"cPages": {"pages": pages}}).encode()


BIG = bytes(30_000)


DELETED = {"timestamp": "1:9", "value": 1}
RESTORED = DELETED | {"value": 0}
PAGE = remarkable.page(RM)
BUNDLES = {
    "late": {"d/1.rm": PAGE, "d/thumbnail": BIG, "d.content": content({"id": "1"})},
    "macOS": {"__MACOSX/._d.content": b"\0\5\x16\7", "d.content": content({"id": "1"}), "d/1.rm": PAGE},
    "restored": {"d.content": content({"id": "1", "deleted": RESTORED}), "d/1.rm": PAGE},
    "deleted": {"d.content": content({"id": "1"}, {"id": "2", "deleted": DELETED}), "d/1.rm": PAGE, "d/2.rm": PAGE},
    "in a folder": {"a/d.content": content({"id": "1"}), "a/d/1.rm": PAGE},
    "no content": {"d/0.rm": PAGE},
    "no pages": {"d.content": b'{"pageCount": 1}', "d/0.rm": remarkable.old_page(RM, 5)},
}


@pytest.mark.parametrize("members", BUNDLES.values(), ids=BUNDLES)
def test_bundles(members):
    data = zipped(members)
    assert formats.find(data, "stdin").name == "reMarkable"
    assert_is_line(read(data), 10)


@pytest.mark.parametrize("version", [3, 5])
def test_pages_of_older_tablets(version):
    page = formats.read(remarkable.old_page(RM, version))
    assert (page.width, page.height) == (1404, 1872)
    assert_is_line(page.ink, 10)
    assert page.ink.pressure == pytest.approx([128 / 255] * 11)
    assert page.ink.xy == pytest.approx(formats.read_ink(remarkable.page(RM)).xy)
    with pytest.raises(NoInkError, match="4 highlighter strokes were left out"):
        formats.read(remarkable.old_page(RM, version, tool=remarkable.HIGHLIGHTER))


@pytest.mark.parametrize("version", [3, 5])
def test_the_whole_strokes_of_a_page_that_is_cut_short(version):
    ink = read(remarkable.old_page(RM, version)[:-30])
    assert len(ink.starts) == 3
    assert notes(ink, "lost")[0].startswith("the rest of page 1 was left out: it is damaged (cut short)")


def test_a_damaged_page_costs_itself_alone():
    bundle = remarkable.bundle([b"junk", remarkable.page(RM), remarkable.HEADER.replace(b"6", b"9")])
    (page,) = formats.read_pages(bundle)
    assert page.number == 2
    assert_is_line(page.ink, 10)
    assert [text.split(":")[0] for text in notes(page.ink)] == ["page 1 was left out", "page 3 was left out"]


def test_lines_of_tools_that_do_not_write():
    data = remarkable.page(RM) + remarkable.line_blocks([[(0, 0, 1), (9, 9, 1)]], remarkable.HIGHLIGHTER)
    ink = read(data + remarkable.line_blocks([[(0, 0, 1)]], remarkable.ERASER))
    assert_is_line(ink, 10)
    assert sorted(notes(ink)) == ["1 eraser stroke was left out", "1 highlighter stroke was left out"]


# Compression


@pytest.mark.parametrize(
    "text", [inkml(), svg(), canvas(), unipen(), xopp(STROKES)], ids=["InkML", "SVG", "JSON", "UNIPEN", "Xournal"]
)
def test_gzip_around_any_format(text):
    assert_is_line(read(gzip.compress(text.encode())))


# All of it


def test_a_file_of_nothing_but_damage_says_why():
    with pytest.raises(InkError, match='nothing in it can be read: stroke 1 was left out: x="one"'):
        read('[[{"x": "one", "y": 1}]]')


def test_many_damaged_strokes_are_counted():
    strokes = json.loads(canvas()) + [{"points": [{"x": None, "y": 1}]}] * 500
    told = notes(read(json.dumps(strokes)), "lost")
    assert len(told) == 11 and told[-1] == "490 more parts were left out"
