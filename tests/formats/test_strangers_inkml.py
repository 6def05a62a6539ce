"""InkML of other programs."""

from __future__ import annotations

import re

import numpy as np
import pytest
from strangers import (
    LINE,
    assert_is_line,
    inkml,
    notes,
    read,
    trace,
)

from handwriting.errors import InkError

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


@pytest.mark.parametrize(
    "text",
    [
        inkml('<brush><annotation type="name">pen</annotation></brush>').replace("<trace>", "<trace><annotation/>", 1),
        inkml(CHANNELS.format("", "").replace('"X"', '"x"').replace('"Y"', '" y "')),
        inkml().replace("</ink>", '<trace type="PENUP">1 1, 2 2</trace><trace type="hover">3 3</trace></ink>'),
        inkml() + "\0" * 512,
        '<?xml version="1.1" encoding="utf-8" standalone="maybe"?>' + inkml(),
    ],
    ids=["an annotation in a trace", "lower case", "points in the air", "zero bytes at the end", "declaration"],
)
def test_trifles_of_inkml(text):
    ink = read(text)
    assert_is_line(ink)
    assert notes(ink) == []


@pytest.mark.parametrize(
    ("declared", "encoding"),
    [("utf-16", "utf-8"), ("utf-16", "cp1252"), ("utf-8", "cp1252"), ("cp1252", "cp1252"), ("x-user", "utf-8")],
)
def test_a_wrong_encoding_costs_no_ink(declared, encoding):
    text = f'<?xml version="1.0" encoding="{declared}"?>' + inkml('<annotation type="writer">José</annotation>')
    ink = read(text.encode(encoding))
    assert_is_line(ink)
    assert ink.source.writer == "José"
    assert [note.split(":")[0] for note in notes(ink)] == ["the encoding was dropped"]
    assert_is_line(read(text.replace(declared, "utf-8").encode("utf-16")))


@pytest.mark.parametrize("said", ["a & b", "a&other;b", "\x0b", "&#11;"])
def test_a_damaged_annotation_costs_no_ink(said):
    ink = read(inkml(f'<annotation type="truth">{said}</annotation>'))
    assert_is_line(ink)
    assert notes(ink, "lost") == []
    assert notes(ink) == ["annotation 1 of the file was dropped: damaged XML: it is not well-formed"]


def test_an_entity_of_html_is_expanded():
    ink = read(inkml('<annotation type="truth">a&eacute;b</annotation>'))
    assert_is_line(ink)
    assert ink.source.text == "aéb" and notes(ink) == []


def test_more_values_than_channels():
    ink = read(re.sub(r"(\d)(,|</)", r"\1 7 0\2", inkml()))
    assert_is_line(ink)
    assert notes(ink) == ["the values of additional channels were dropped: the trace format does not name them"]


@pytest.mark.parametrize(
    ("mapping", "reason"),
    [
        ('<mapping type="mathml"/>', "mapping type 'mathml' is not supported"),
        ('<mapping type="affine"><affine>1 2</affine></mapping>', "'1 2' does not have 2 rows of 3"),
        ('<mapping mappingRef="#gone"/>', "refers to '#gone'"),
    ],
)
def test_a_damaged_transform_is_dropped(mapping, reason):
    ink = read(inkml(f"<canvasTransform>{mapping}</canvasTransform>"))
    assert_is_line(ink)
    assert len(notes(ink)) == 1 and notes(ink)[0].startswith("the canvas transform was dropped: ")
    assert reason in notes(ink)[0]


@pytest.mark.parametrize(
    "eraser",
    [
        '<trace type="erase">1 1, 2 2</trace>',
        '<brush xml:id="e"><annotation type="name">Eraser</annotation></brush><trace brushRef="#e">1 1, 2 2</trace>',
    ],
)
def test_erasers_of_inkml(eraser):
    ink = read(inkml().replace("</ink>", f"{eraser}</ink>"))
    assert_is_line(ink)
    assert notes(ink) == ["1 eraser stroke was left out"]


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


def test_a_point_without_its_time_costs_the_times():
    form = '<traceFormat><channel name="X"/><channel name="Y"/><channel name="T"/><channel name="F"/></traceFormat>'
    ink = read(f"<ink>{form}<trace>1 2 0 9, 3 4, 5 6 20 8</trace><trace>7 8 30 9</trace></ink>")
    assert ink.xy.tolist() == [[1, 2], [3, 4], [5, 6], [7, 8]]
    assert ink.t is None and ink.pressure is None
    assert sorted(notes(ink)) == [
        "the pressure was dropped: 3 of 4 points have a valid one",
        "the times were dropped: 3 of 4 points have a valid one",
    ]
    late = form.replace('<channel name="Y"/>', "").replace("</traceFormat>", '<channel name="Y"/></traceFormat>')
    with pytest.raises(InkError, match="does not have a value for each channel"):
        read(f"<ink>{late}<trace>1 2 3</trace></ink>")


def test_a_damaged_trace_costs_itself_alone():
    ink = read(inkml().replace("</ink>", "<trace>1 zwei</trace><trace>1 2 3</trace></ink>"))
    assert_is_line(ink)
    assert [text.split(":")[0] for text in notes(ink, "lost")] == ["trace 5 was left out", "trace 6 was left out"]


def context(name: str, unit: str, inside: str = "") -> str:
    channels = CHANNELS.format(f'units="{unit}"', f'units="{unit}"')
    return f'<context xml:id="{name}">{channels}{inside}</context>'


def test_contexts_in_different_units():
    """20 mm in one context and 3 cm in the other are 20 and 30."""
    inside = context("a", "mm") + context("b", "cm") + context("c", "pixels")
    traces = (
        '<trace contextRef="#a">10 10,20 20</trace><trace contextRef="#b">3 1</trace><trace contextRef="#c">7 8</trace>'
    )
    ink = read(f"<ink><definitions>{inside}</definitions>{traces}</ink>")
    assert ink.source.units == "mm"
    assert ink.xy == pytest.approx(np.array([(10, 10), (20, 20), (30, 10), (7, 8)]))


def test_a_transform_to_the_canvas_also_converts_the_unit():
    """The context in centimetres has a transform of 10 and a shift of 1."""
    affine = '<canvasTransform><mapping type="affine"><affine>10 0 1, 0 10 1</affine></mapping></canvasTransform>'
    inside = context("a", "mm") + context("b", "cm", affine)
    traces = '<trace contextRef="#a">10 10</trace><trace contextRef="#b">3 1</trace>'
    assert read(f"<ink><definitions>{inside}</definitions>{traces}</ink>").xy.tolist() == [[10, 10], [31, 11]]


@pytest.mark.parametrize(
    ("points", "strokes"),
    [
        ("1 2 T,2 3 T,5 5 F,9 9 T,10 10 T", [[[1, 2], [2, 3]], [[9, 9], [10, 10]]]),
        ("1 2 1,2 3 1,5 5 0", [[[1, 2], [2, 3]]]),
        ("1 2 F,2 3 F", [[[1, 2], [2, 3]]]),  # a switch that is never on says nothing
        ("1 2 ?,2 3 F,3 4 ?,4 5 T,5 6 ?", [[[1, 2]], [[4, 5], [5, 6]]]),
    ],
)
def test_a_tip_switch(points, strokes):
    """The channel S of the standard is true where the tip touches the paper."""
    form = '<traceFormat><channel name="X"/><channel name="Y"/><channel name="S" type="boolean"/></traceFormat>'
    ink = read(f"<ink>{form}<trace>{points}</trace></ink>")
    assert [stroke.tolist() for stroke in ink.strokes] == strokes


def digitiser(x: str, y: str, x_resolution: str | None, y_resolution: str | None) -> str:
    """The line in counts of a hundredth of a unit."""
    properties = "".join(
        f'<channelProperty channel="{name}" name="resolution" value="{value}" units="1/cm"/>'
        for name, value in (("X", x_resolution), ("Y", y_resolution))
        if value is not None
    )
    channels = CHANNELS.format(x, y)
    source = f"<inkSource>{channels}<channelProperties>{properties}</channelProperties></inkSource>"
    return inkml(f"<context>{source}</context>")


COUNTS = 'type="integer" units="cm"'


@pytest.mark.parametrize(
    "text",
    [
        digitiser(COUNTS, COUNTS, "100", ""),
        digitiser(COUNTS, COUNTS, "100", "0"),
        digitiser(COUNTS, COUNTS, "100", None),
        digitiser(COUNTS, 'type="integer" units="centimeer"', "100", "100"),
        digitiser(COUNTS, 'type="integer"', "100", "100"),
        digitiser(COUNTS, 'type="decimal" units="cm"', "100", "100"),
        digitiser(COUNTS, 'units="mm"', "100", None),
    ],
    ids=["empty", "zero", "missing", "unknown unit", "no unit", "decimal", "another unit"],
)
def test_a_resolution_applies_to_both_axes(text):
    ink = read(text)
    assert_is_line(ink, 0.01)
    assert ink.source.units == "cm"
    said = "its unit, type or resolution does not match that of X, so Y is scaled like X"
    assert f"the scale of Y was dropped: {said}" in notes(ink)
    ink = read(text.replace('"X"', '"Z"').replace('"Y"', '"X"').replace('"Z"', '"Y"'))
    assert ink.xy == pytest.approx(np.concatenate(LINE)[:, ::-1] * 0.01)


@pytest.mark.parametrize(
    ("x", "y", "said"),
    [
        ('units="cm"', 'units="centimeters"', []),
        ('units="cm"', "", []),
        ('units="mm"', 'units="?"', ["the scale of Y was dropped"]),
        ('units="?"', 'units="mm"', ["the scale of X was dropped"]),
        ('units="dev"', 'units="device"', []),
    ],
)
def test_a_unit_applies_to_both_axes(x, y, said):
    ink = read(inkml(CHANNELS.format(x, y)))
    assert_is_line(ink)
    assert [note.split(":")[0] for note in notes(ink)] == said


@pytest.mark.parametrize("channel", ["F", "T", "B1", "OTx"])
@pytest.mark.parametrize("word", ["undefined", "null", "NULL", "10:20:30", "2020-01-01T00:00:00Z", "-", "0.5.5"])
def test_a_value_of_another_channel_that_is_not_a_number_costs_itself_alone(channel, word):
    form = f'<traceFormat><channel name="X"/><channel name="Y"/><channel name="{channel}"/></traceFormat>'
    text = re.sub(r"(\d)(,|</)", r"\1 7\2", inkml(form))
    ink = read(text.replace(" 7", f" {word}", 2))
    assert_is_line(ink)
    assert f"a value of channel {channel} was dropped: {word!r} is not a number" in notes(ink)
    with pytest.raises(InkError, match=r"is not a number|does not have a value"):
        read(f"<ink>{form}<trace>1 {word} 7</trace></ink>")


def test_truth_values_in_words():
    form = '<traceFormat><channel name="S"/><channel name="X"/><channel name="Y"/></traceFormat>'
    ink = read(f"<ink>{form}<trace>true 1 2,True 2 3,false 5 5,TRUE 9 9</trace></ink>")
    assert [stroke.tolist() for stroke in ink.strokes] == [[[1, 2], [2, 3]], [[9, 9]]]
    assert notes(ink) == []


@pytest.mark.parametrize("change", [(", ", ",, ", 7), (", ", " , , ", 7), ("<trace>", "<trace>, ", 4)])
def test_empty_points_are_skipped(change):
    old, new, number = change
    ink = read(inkml().replace(old, new))
    assert_is_line(ink)
    assert notes(ink) == [f"{number} empty points were left out"]


CLOCK = '<traceFormat xml:id="f"><channel name="T" units="s"/><channel name="X"/><channel name="Y"/></traceFormat>'


def with_clock(inside: str) -> str:
    return re.sub(r"(<trace>|, )", r"\g<1>5 ", inkml(f"<definitions>{inside}</definitions>"))


@pytest.mark.parametrize(
    "inside",
    [
        CLOCK,
        f'<context xml:id="c"><inkSource>{CLOCK}</inkSource></context>',
        f"<inkSource>{CLOCK}</inkSource><brush/>",
        CLOCK.replace("</", '<intermittentChannels><channel name="B1"/></intermittentChannels></'),
    ],
)
def test_a_format_in_definitions_that_nothing_refers_to(inside):
    ink = read(with_clock(inside))
    assert_is_line(ink)
    assert ink.t.tolist() == [0] * 11 and ink.source.start_time == 5
    names = "T, X, Y, B1" if "B1" in inside else "T, X, Y"
    assert notes(ink) == [
        "the trace format of the standard was dropped: "
        f"points have 3 values, so the only format of the file is used ({names})"
    ]


@pytest.mark.parametrize(
    "text",
    [
        with_clock(CLOCK + CLOCK.replace('"f"', '"g"')),
        with_clock(CLOCK.replace("</", '<channel name="F"/></')),
    ],
    ids=["two formats", "four channels"],
)
def test_a_format_that_does_not_fit_is_not_assumed(text):
    assert notes(read(text)) == ["the values of additional channels were dropped: the trace format does not name them"]


def test_the_standard_format_is_kept_for_two_values():
    swapped = '<traceFormat><channel name="Y"/><channel name="X"/></traceFormat>'
    ink = read(inkml(f"<definitions>{swapped}</definitions>"))
    assert_is_line(ink)
    assert notes(ink) == []


@pytest.mark.parametrize(
    ("text", "count"),
    [
        (inkml("<definitions>").replace("</ink>", "</definitions></ink>"), 4),
        (inkml("<definitions><traceGroup>").replace("</ink>", "</traceGroup></definitions></ink>"), 4),
        (inkml("<definitions>").replace("</trace>", "</trace></definitions>", 1), 1),
    ],
    ids=["all", "a group", "the first"],
)
def test_traces_in_definitions_are_read_if_there_is_no_view(text, count):
    ink = read(text)
    assert_is_line(ink)
    assert notes(ink) == [
        "the rule not to draw <definitions> was dropped: "
        f"no view refers to any of the traces in it, so they are read ({count})"
    ]


def test_traces_in_definitions_that_no_view_refers_to_are_counted():
    text = inkml('<definitions><trace>0 0</trace><traceGroup xml:id="g">', ids=("a", None, None, None))
    views = '</traceGroup><trace>9 9</trace></definitions><traceView traceDataRef="#g"/></ink>'
    ink = read(text.replace("</ink>", views))
    assert_is_line(ink)
    assert notes(ink) == ["2 traces of <definitions> without a view were left out"]


def test_a_view_of_a_missing_trace_costs_no_ink():
    view = '<traceView traceDataRef="77"><annotation type="truth">said</annotation></traceView>'
    ink = read(inkml().replace("</ink>", f"<traceGroup>{view}</traceGroup></ink>"))
    assert_is_line(ink)
    assert ink.source.text == "said"
    assert notes(ink, "lost") == []
    assert notes(ink) == ["a trace view was dropped: it refers to '77', which is not in the file; export it again"]


def test_a_mapping_without_a_type():
    mapping = "<canvasTransform><mapping><affine>1 0 5, 0 -1 40</affine></mapping></canvasTransform>"
    assert read(f"<ink>{mapping}<trace>1 2, 3 4</trace></ink>").xy.tolist() == [[6, 38], [8, 36]]
