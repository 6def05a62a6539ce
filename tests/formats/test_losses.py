"""The look of ink that no format stores is named when a file is converted, and only then."""

from __future__ import annotations

import gzip
import json
import struct

import isf_fixture
import note_app_fixtures as apps
import pytest
import remarkable_fixture as tablet
import uim_fixture

from handwriting import formats

LINE = [(10.0, 20.0), (12.0, 24.0), (18.0, 31.0)]


def details(data: bytes | str) -> list[str]:
    (page, *_) = formats.read_pages(data if isinstance(data, bytes) else data.encode())
    return [note.text.removesuffix(" left out") for note in page.ink.source.notes if note.severity == "detail"]


XOPP = """<xournal creator="Xournal++ 1.2.3"><title>{title}</title><page width="99" height="99">
<background type="solid" color="#ffffffff" style="plain"/><layer{layer}>
<stroke tool="pen" ts="{ts}" fn="{fn}" color="#000000ff" width="{width}" capStyle="{cap}"{more}>1 2 3 4 5 6</stroke>
<stroke tool="pen" color="#000000ff" width="{width}">9 2 3 4 5 6</stroke></layer></page></xournal>"""
PLAIN = {"title": "Xournal++ document - see https://xournalpp.github.io", "layer": "", "ts": "0", "fn": ""}
PLAIN |= {"width": "1.41", "cap": "round", "more": ""}


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, []),
        ({"width": "2.26"}, ["2 pen widths were"]),
        ({"more": ' style="dash"'}, ["1 dash pattern was"]),
        ({"more": ' style="plain"'}, []),
        ({"cap": "butt"}, ["1 stroke cap was"]),
        ({"ts": "1200", "fn": "rec.mp3"}, ["1 audio link was"]),
        ({"layer": ' name="Notes"'}, ["1 layer name was"]),
        ({"title": "Lecture"}, ["1 title was"]),
    ],
)
def test_xournalpp(changed, expected):
    assert details(XOPP.format(**PLAIN | changed)) == expected


@pytest.mark.parametrize(
    ("definitions", "expected"),
    [
        ("", []),
        ('<brush xml:id="b"/>', []),
        ('<brush xml:id="b"><brushProperty name="width" value="2"/></brush>', ["1 brush was"]),
        ('<context xml:id="c"><brush><brushProperty name="color" value="red"/></brush></context>', ["1 brush was"]),
    ],
)
def test_inkml(definitions, expected):
    text = f"<ink><definitions>{definitions}</definitions><trace>1 2, 3 4</trace></ink>"
    assert details(text) == expected


def test_channels_of_inkml():
    channels = "".join(f'<channel name="{name}" type="decimal"/>' for name in ("X", "Y", "T", "F", "OTx", "OTy"))
    text = f"<ink><traceFormat>{channels}</traceFormat><trace>1 2 3 0.5 5 6, 3 4 5 0.5 7 8</trace></ink>"
    assert details(text) == ["2 sensor channels were"]


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({}, []),
        ({"strokeColor": "#e03131"}, ["1 stroke color was"]),
        ({"strokeWidth": 1}, ["1 stroke width was"]),
        ({"opacity": 70}, ["1 stroke opacity was"]),
        ({"backgroundColor": "#ffc9c9"}, ["1 stroke fill was"]),
        ({"strokeStyle": "dashed"}, ["1 dash pattern was"]),
        ({"link": "https://example.org"}, ["1 link was"]),
    ],
)
def test_excalidraw(more, expected):
    assert details(apps.excalidraw([LINE], **more)) == expected


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({}, []),
        ({"color": "red", "size": "xl"}, ["1 stroke color was", "1 stroke width was"]),
        ({"dash": "draw", "fill": "none"}, []),
        ({"dash": "dotted", "fill": "solid"}, ["1 dash pattern was", "1 stroke fill was"]),
    ],
)
def test_tldraw(more, expected):
    records = apps.tldraw_records([LINE])
    records[-1]["props"] |= more
    assert details(json.dumps({"tldrawFileFormatVersion": 1, "records": records})) == expected


def test_remarkable():
    points = [(x, y, 128) for x, y in LINE]
    plain = tablet.page([points])
    assert details(plain) == [] == details(tablet.old_page([points], 5))
    assert details(tablet.page([points], tool=14)) == ["1 pen style was"]
    thick = plain.replace(b"\x38" + struct.pack("<d", 2.0), b"\x38" + struct.pack("<d", 3.0))
    assert thick != plain and details(thick) == ["1 pen width was"]
    head = (struct.pack("<IIIf", 17, 0, 0, width) for width in (2.0, 2.125))
    assert details(tablet.old_page([points], 3).replace(*head)) == ["1 pen width was"]


def test_svg():
    path = '<path d="M1 2L3 4L9 9" fill="none" stroke="black" stroke-width="{}"{}/>'
    svg = '<svg xmlns="http://www.w3.org/2000/svg">{}</svg>'
    assert details(svg.format(path.format(1, "") * 2)) == []
    assert details(svg.format(path.format(1, "") * 2 + path.format(2, ""))) == ["1 line width was"]
    assert details(svg.format(path.format(1, ' stroke-dasharray="4 2"'))) == ["1 dash pattern was"]


def test_json():
    stroke = {"points": [{"x": 1, "y": 2}, {"x": 3, "y": 4}]}
    assert details(json.dumps({"strokes": [stroke, stroke | {"color": "#000000"}]})) == []
    looks = [stroke | {"color": "red", "width": 3}, stroke | {"width": 1}]
    assert details(json.dumps({"strokes": looks})) == ["1 stroke color was", "2 stroke widths were"]


def test_ink_serialized_format():
    red_pen = isf_fixture.tagged(3, isf_fixture.number(68) + isf_fixture.number(255))
    assert details(isf_fixture.isf([LINE])) == []
    assert details(isf_fixture.isf([LINE], before=red_pen)) == ["1 pen style was"]


def test_rnote():
    plain = apps.rnote([LINE])
    assert details(plain) == []
    thick = gzip.decompress(plain).replace(b'"stroke_width": 2.0', b'"stroke_width": 5.0')
    assert details(thick) == ["1 stroke width was"]
    assert details(thick.replace(b'"smooth"', b'"textured"')) == ["1 stroke width was", "1 brush texture was"]


def test_universal_ink_model():
    plain = uim_fixture.uim_3_1([LINE])
    sensors = b"INPT" + struct.pack("<I", 2) + b"ab"
    data = plain[:4] + struct.pack("<I", len(plain) + len(sensors) - 8) + plain[8:] + sensors
    assert details(plain) == []
    assert details(data) == ["the sensor data was dropped: only the points of strokes are read"]


def test_only_convert_names_the_look(run, tmp_path):
    source = tmp_path / "a.xopp"
    source.write_text(XOPP.format(**PLAIN | {"width": "2.26", "more": ' style="dash"', "fn": "a.mp3"}))
    names = [
        "2 pen widths were left out",
        "1 dash pattern was left out",
        "1 audio link was left out",
    ]
    for ending in ("xopp", "svg", "inkml", "csv", "json"):
        code, _, err = run("convert", source, tmp_path / f"b.{ending}")
        assert code == 0
        assert [line for line in err.splitlines() if "cannot hold" not in line] == [
            f"note: {source}: {name}" for name in names
        ]
    code, _, err = run("transcribe", source, "--decoder", "greedy")
    assert (code, err) == (0, "")
