"""InkML: what the standard's own example and documents in many styles become."""

from __future__ import annotations

import numpy as np
import pytest
from format_seeds import FULL_INKML, PLAIN_INKML

from handwriting import formats
from handwriting.errors import InkError

FORMAT = '<traceFormat><channel name="X"/><channel name="Y"/>{}</traceFormat>'


def read(text: str):
    return formats.read_ink(text.encode())


def test_without_namespace_or_format():
    ink = read(PLAIN_INKML)
    assert ink.xy.tolist() == [[10, 0], [9, 14.5], [8, 28], [7, 42], [130, 155], [144, 159]]
    assert ink.starts.tolist() == [0, 4]
    assert ink.t is None and ink.pressure is None
    assert ink.source.text == "two words"


def test_the_example_of_the_standard():
    """Section 3.2.1: the trace, and the values that its table gives for it."""
    extra = '<intermittentChannels><channel name="B1"/><channel name="B2"/></intermittentChannels>'
    trace = "1125 18432,'23'43,\"7\"-8,3-5,7 -3,6 2,6 8,3 6 T,2 4*T,3 6,3-6 F F"
    ink = read(f"<ink>{FORMAT.format(extra)}<trace>{trace}</trace></ink>")
    x = [1125, 1148, 1178, 1211, 1251, 1297, 1349, 1404, 1461, 1521, 1584]
    y = [18432, 18475, 18510, 18540, 18567, 18596, 18633, 18676, 18723, 18776, 18823]
    assert ink.xy.tolist() == np.column_stack([x, y]).tolist()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_everything_at_once(encoding):
    """Channels F, Y, T, X of other units, a clock, a mapping, differences, pen-ups, a stroke in parts, and a view."""
    ink = formats.read_ink(FULL_INKML.replace("UTF-8", encoding.upper()).encode(encoding))
    # x = 2 * X + 10 and y = 100 - Y in centimetres: Y is given in millimetres.
    assert ink.x == pytest.approx([12, 14, 16, 18, 22, 24])
    assert ink.y == pytest.approx([99, 99, 99, 97, 99.4, 99.3])
    assert ink.starts.tolist() == [0, 4]
    assert ink.source.start_time == pytest.approx(1_130_000_000.1)
    assert ink.t == pytest.approx([0, 0.01, 0.02, 0.05, 0.31, 0.32], abs=1e-6)
    assert ink.pressure == pytest.approx([512 / 1023, 1, 1, 1, 1, 0])
    assert ink.source.units == "cm"
    assert ink.source.text == "two words"


def test_contexts_hold_for_what_follows():
    swapped = '<traceFormat><channel name="Y"/><channel name="X"/></traceFormat>'
    ink = read(f"<ink><trace>1 2</trace><context>{swapped}</context><trace>1 2</trace></ink>")
    assert ink.xy.tolist() == [[1, 2], [2, 1]]


def test_references_to_formats_and_sources():
    form = FORMAT.format('<channel name="T" units="s"/>')
    source = f'<inkSource id="s">{form}</inkSource>'
    ink = read(f'<ink><definitions>{source}<context id="c" inkSourceRef="#s"/></definitions>'
               '<traceGroup contextRef="#c"><trace>1 2 5.5, 3 4 6</trace></traceGroup></ink>')  # fmt: skip
    assert ink.t.tolist() == [0, 0.5]
    assert ink.source.start_time == 5.5


def test_orientation_and_resolution():
    channels = ('<channel name="X" type="integer" units="cm"/>'
                '<channel name="Y" type="integer" units="cm" orientation="-ve"/>')  # fmt: skip
    properties = "".join(
        f'<channelProperty channel="{name}" name="resolution" value="{value}" units="1/cm"/>'
        for name, value in (("X", 100), ("Y", 200))
    )
    source = f"<inkSource><traceFormat>{channels}</traceFormat><channelProperties>{properties}</channelProperties>"
    ink = read(f"<ink>{source}</inkSource><trace>100 100, 200 -200</trace></ink>")
    assert ink.xy.tolist() == [[1, -0.5], [2, 1]]


def test_products_of_mappings_and_identity():
    parts = '<mapping type="affine"><affine>2 0 0, 0 2 0</affine></mapping><mapping type="identity"/>'
    parts += '<mapping type="affine"><affine>1 0 5, 0 1 0</affine></mapping>'
    transform = f'<canvasTransform><mapping type="product">{parts}</mapping></canvasTransform>'
    assert read(f"<ink>{transform}<trace>1 2</trace></ink>").xy.tolist() == [[7, 4]]


@pytest.mark.parametrize(
    ("groups", "text"),
    [
        (["one", "two"], "one two"),
        (["first line", "second line"], "first line\nsecond line"),
    ],
)
def test_annotations_of_groups_are_words_or_lines(groups, text):
    inside = "".join(
        f'<traceGroup><annotation type="truth">{group}</annotation><trace>1 2</trace></traceGroup>' for group in groups
    )
    assert read(f"<ink>{inside}</ink>").source.text == text


def test_views_of_what_is_drawn_only_tell_more():
    ink = read('<ink><trace id="t">1 2</trace><traceView traceDataRef="#t">'
               '<annotation type="label">i</annotation></traceView></ink>')  # fmt: skip
    assert len(ink) == 1
    assert ink.source.text == "i"


def test_a_view_of_a_part_of_a_group():
    group = '<traceGroup id="g"><trace>1 1</trace><trace>2 2, 3 3</trace><trace>4 4, 5 5</trace></traceGroup>'
    ink = read(f'<ink><definitions>{group}</definitions><traceView traceDataRef="#g" from="2:2" to="3:1"/></ink>')
    assert ink.x.tolist() == [3, 4]


def test_unknown_values_of_other_channels_are_left_out():
    form = FORMAT.format('<channel name="F"/>')
    ink = read(f"<ink>{form}<trace>1 2 ?, 3 4 1</trace></ink>")
    assert ink.pressure is None


WRONG = {
    "too few": ("<ink><trace>1, 2</trace></ink>", "does not have a value for each channel"),
    "too many": ("<ink><trace>1 2 3</trace></ink>", "does not have a value for each channel"),
    "no number": ("<ink><trace>1 zwei</trace></ink>", "'z' is not a number"),
    "unknown x": ("<ink><trace>? 2</trace></ink>", "no valid X or Y"),
    "nan": ("<ink><trace>nan 2</trace></ink>", "InkML|not a number|finite"),
    "huge": ("<ink><trace>1e308 2</trace></ink>", "x=1e.308"),
    "no ink": ("<ink><trace type='penUp'>1 2</trace></ink>", "no strokes"),
    "empty": ("<ink><trace/></ink>", "no strokes"),
    "no X": ("<ink><traceFormat><channel name='Y'/></traceFormat><trace>1</trace></ink>", "without X and Y"),
    "lost reference": ("<ink><traceView traceDataRef='#a'/></ink>", "refers to '#a'"),
    "circle": ("<ink><context id='a' contextRef='#a'/><trace>1 2</trace></ink>", "in a loop"),
    "entity": ("<!DOCTYPE ink [<!ENTITY a '&b;'>]><ink><trace>1 &a;</trace></ink>", "entity declaration"),
    "file": ("<!DOCTYPE ink [<!ENTITY a SYSTEM 'b'>]><ink><trace>1 &a;</trace></ink>", "entity declaration"),
    "another root": ("<inkish/>", "not a known kind"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_said(name):
    text, reason = WRONG[name]
    with pytest.raises(InkError, match=reason) as caught:
        read(text)
    assert "\n" not in str(caught.value)


def test_a_bare_document_type_is_no_harm():
    assert len(read(f'<!DOCTYPE ink SYSTEM "inkml.dtd">{PLAIN_INKML}')) == 6
