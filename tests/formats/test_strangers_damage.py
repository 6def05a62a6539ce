"""Documents that are damaged or cut short: what is whole is read, and the damage is named."""

from __future__ import annotations

import gzip
import random
import re

import numpy as np
import pytest
import remarkable_fixture
from strangers import LINE, SIZES, STROKES, assert_is_line, inkml, notes, paths, read, svg, trace, xopp, xopp_stroke
from uim_fixture import uim_3_0, uim_3_1

from handwriting import formats
from handwriting.errors import InkError, TooLargeError
from handwriting.formats import inkml as inkml_format
from handwriting.formats import xml_damage
from handwriting.notes import Notes


def sizes(ink) -> list[int]:
    return np.diff([*ink.starts, len(ink)]).tolist()


def cut_before(text: str, mark: str, number: int) -> str:
    """``text`` up to shortly after the beginning of the ``number``-th ``mark``."""
    at = -1
    for _ in range(number):
        at = text.index(mark, at + 1)
    return text[: at + len(mark) + 6]


CUTS = {
    "Xournal++": (xopp(STROKES), "<stroke", "stroke"),
    "InkML": (inkml(), "<trace", "trace"),
    "SVG": (svg(), "<path", "path"),
}


@pytest.mark.parametrize("name", CUTS)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_the_whole_strokes_of_a_document_that_is_cut_short(name, encoding):
    text, tag, unit = CUTS[name]
    ink = read(cut_before(text, tag, 4).encode(encoding))
    assert sizes(ink) == SIZES[:3]
    assert ink.xy == pytest.approx(np.concatenate(LINE[:3]), abs=1e-6)
    first, second = notes(ink, "lost")
    assert first == f"{unit} 4 of the file was left out: damaged XML: it is cut short or not closed"
    assert second.startswith("the rest of the file was left out: damaged XML: ")


@pytest.mark.parametrize("name", CUTS)
def test_a_cut_between_strokes_loses_none(name):
    text, tag, _ = CUTS[name]
    ink = read(text[: text.rindex("</")])
    assert_is_line(ink)
    assert [note.split(":")[0] for note in notes(ink, "lost")] == ["the rest of the file was left out"]
    with pytest.raises(
        InkError, match=r"nothing in it can be read: .*1 of the file was left out: damaged XML: it is cut short"
    ):
        read(cut_before(text, tag, 1))


def test_a_notebook_that_is_cut_short_keeps_its_pages():
    text = xopp(STROKES, STROKES, STROKES)
    first, second, third = formats.read_pages(cut_before(text, "<stroke", 10).encode())
    assert_is_line(first.ink)
    assert_is_line(second.ink)
    assert (third.number, sizes(third.ink)) == (3, SIZES[:1])
    contents = formats.read_document(cut_before(text, "<stroke", 10).encode())
    assert [page.number for page in contents.extras] == [1, 2, 3]
    assert contents.notes == first.ink.source.notes


def test_a_compressed_notebook_that_is_cut_short():
    """Strokes of random numbers, so that half of the compressed file is half of the notebook."""
    rng = np.random.default_rng(0)
    many = [np.round(rng.uniform(0, 90, (5, 2)), 2) for _ in range(400)]
    data = gzip.compress(xopp("".join(map(xopp_stroke, many))).encode())
    ink = read(data[: len(data) // 2])
    assert 150 < len(ink.starts) < 250
    assert ink.xy == pytest.approx(np.concatenate(many[: len(ink.starts)]))
    assert "the rest of the file was left out: its gzip data is cut short" in notes(ink, "lost")[0]
    with pytest.raises(InkError, match=r"nothing in it can be read: the rest of the file .* gzip data is cut short"):
        read(data[:20])


DAMAGES = {
    "a sign that opens": lambda text: text.replace("22", "2<2", 1),
    "a bare ampersand": lambda text: text.replace("22", "2&2", 1),
    "a control character": lambda text: text.replace("22", "2\x012", 1),
    "no closing tag": lambda text: text.replace("</stroke>", "", 1).replace("</trace>", "", 1).replace("/>", ">", 1),
    "a damaged closing tag": lambda text: text.replace("</stroke>", "</str", 1).replace("</trace>", "</tr", 1),
    "an attribute twice": lambda text: text.replace(" d=", ' d="1" d=', 1).replace("<stroke ", '<stroke a="" a="" ', 1),
}


DAMAGED = {
    f"{name}: {damage}": (change(text), unit)
    for name, (text, _, unit) in CUTS.items()
    for damage, change in DAMAGES.items()
    if change(text) != text
}


@pytest.mark.parametrize("case", DAMAGED)
def test_a_stroke_of_damaged_markup_costs_itself_alone(case):
    """The damage is in the first or second of the strokes; the others keep their numbers."""
    changed, unit = DAMAGED[case]
    ink = read(changed)
    told = notes(ink, "lost")
    assert re.match(
        f"{unit} [12] of the file was left out: damaged XML: it is (not well-formed|cut short or not closed)$", told[0]
    )
    bad = int(told[0].split()[1]) - 1
    left = [stroke for k, stroke in enumerate(LINE) if k != bad]
    assert sizes(ink) == list(map(len, left))
    assert ink.xy == pytest.approx(np.concatenate(left), abs=1e-6)
    assert len(told) == 1


def test_damaged_groups_cost_no_stroke():
    assert_is_line(read(xopp(STROKES).replace("</layer>", "</lay>")))
    assert_is_line(read(xopp(STROKES).replace("</layer>", "")))
    assert_is_line(read(svg(paths()).replace("</g>", "")))
    assert_is_line(read(inkml("<traceGroup>")))


@pytest.mark.parametrize("name", ["notes & lists", "a&b.pdf", "?x=1&y=2", "&unknown;", "&amp; &#38; &"])
def test_an_ampersand_in_side_matter_costs_nothing(name):
    title = f'<title>{name}</title><page width="99" height="99"><background type="pdf" filename="{name}"/>'
    ink = read(xopp(STROKES).replace('<page width="99" height="99">', title))
    assert_is_line(ink)
    assert not notes(ink, "lost")


def test_a_malformed_annotation_costs_no_stroke():
    first = "<trace><annotation>sound</annotation>1 1, 2 3, 3 1</trace>"
    last = "<trace>7 1, 7 3<annotation>a & b</annotation></trace>"
    for outside in ("", "<annotation>c & d</annotation>"):
        ink = read(f'<ink xmlns="http://www.w3.org/2003/InkML">{outside}{first}<trace>5 1, 5 3</trace>{last}</ink>')
        assert sizes(ink) == [3, 2, 2]
        assert not notes(ink, "lost")


@pytest.mark.parametrize("make", [uim_3_0, uim_3_1])
def test_a_file_of_the_universal_ink_model_that_is_cut_short(make):
    two, three = make(LINE[:2]), make(LINE[:3])
    ink = read(three[: len(two) if make is uim_3_0 else three.index(b"app://brush") - 12])
    assert sizes(ink) == SIZES[:2]
    assert ink.xy == pytest.approx(np.concatenate(LINE[:2]), abs=1e-3)
    assert [note.split(" was")[0] for note in notes(ink, "lost")][:2] == ["the rest of the file", "the rest of the ink"]


def test_a_document_of_nothing_but_damage_is_refused():
    many = "".join(trace([(k, "2<2")]) for k in range(xml_damage.MAX_DAMAGED + 1))
    with pytest.raises(InkError, match="damaged XML: "):
        read(f"<ink>{trace([(1, 2)])}{many}</ink>")


@pytest.mark.parametrize("data", [b"<xournal><page", b"<xournal", b"<ink><a></b></ink>", b"<svg><g>"])
def test_a_document_without_any_stroke_is_refused(data):
    with pytest.raises(InkError, match="damaged XML: "):
        formats.read(data)


def test_the_units_that_are_not_sound_are_found():
    units = [xml_damage._Unit(str(k), k, k + 1, True) for k in range(50)]
    bad = set(random.Random(0).sample(range(50), 7))
    calls = []

    def sound(some):
        calls.append(len(some))
        return not any(unit.start in bad for unit in some)

    assert {unit.start for unit in xml_damage._find_malformed(units, sound)} == bad
    assert len(calls) < 2 * 7 * 6
    assert xml_damage._find_malformed([], sound) == []


@pytest.mark.parametrize(
    ("limit", "data"),
    [("remarkable_v6.MAX_LINES", remarkable_fixture.page([[(1.0, 2.0, 3)]] * 4)), ("svg_drawing.MAX_ELEMENTS", svg())],
)
def test_limits_are_not_damage(monkeypatch, limit, data):
    """Both have four strokes; the drawing has a group around them."""
    monkeypatch.setattr(f"handwriting.formats.{limit}", 6)
    assert sum(sizes(read(data))) in (4, 11)
    monkeypatch.setattr(f"handwriting.formats.{limit}", 3)
    with pytest.raises(TooLargeError, match=r"more than 3 (lines|elements); split it"):
        read(data)


def test_nothing_is_mended_for_strict_readers():
    def parse(data, recover):
        raise AssertionError("parsed")

    assert xml_damage.repair(b"<ink>", inkml_format.VOCABULARY, parse, "cut", "a", Notes(strict=True)) is None
