"""UNIPEN files: components and their numbers, columns, included files, partial components, times."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from unipen_fixture import make_unipen

from handwriting.errors import InkError
from handwriting.formats import find, read, read_pages, unipen, unipen_document

PEN = b""".COORD T Y X
.X_POINTS_PER_INCH 100
.Y_POINTS_PER_INCH 200
.PEN_DOWN
1000 10 1
1010 11 2
1020 12 3
.PEN_UP
.PEN_UP
1500 0 0
.PEN_DOWN
.PEN_DOWN
2000 20 4
2010 21 5
"""


def test_columns_stand_in_any_order_and_y_is_turned_downward():
    ink = read(PEN, "UNIPEN")
    assert [s.tolist() for s in ink.strokes] == [[[2, -10], [4, -11], [6, -12]], [[8, -20], [10, -21]]]
    assert ink.t.tolist() == pytest.approx([0, 0.01, 0.02, 1, 1.01])
    assert ink.source.units == "1/200 in"  # x, of half the resolution, was brought to that of y


def test_components_without_points_have_no_number():
    document = unipen.parse(PEN, "x.dat")
    assert [(c.is_down, len(c.rows)) for c in document.components] == [(True, 3), (False, 1), (True, 2)]
    assert document.ink(unipen_document.Segment("WORD", "2", "OK", "a")).x.tolist() == [8, 10]


@pytest.mark.parametrize(
    ("delineation", "x"),
    [
        ("0", [2, 4, 6]),
        ("0-2", [2, 4, 6, 8, 10]),
        ("0:1-2:0", [4, 6, 8]),
        ("0:2,2:1-2:1", [6, 10]),
        ("0:0-0:1", [2, 4]),
    ],
)
def test_ranges_cut_components_and_include_both_ends(delineation, x):
    assert unipen.parse(PEN, "x.dat").ink(unipen_document.Segment("WORD", delineation, "OK", "a")).x.tolist() == x


@pytest.mark.parametrize("delineation", ["1", "0-3", "7", "2-0", "a-b", "0:9-0:12"])
def test_a_segment_without_ink_is_refused_and_says_so(delineation):
    document = unipen.parse(PEN, "x.dat")
    segment = unipen_document.Segment("WORD", delineation, "OK", "a")
    assert document.problem(segment)
    with pytest.raises(InkError, match=r"x\.dat: "):
        document.ink(segment)


def test_segments_have_level_quality_and_unescaped_text():
    text = rb""".SEGMENT WORD 0-3 BAD "a \"b\" \\ c"
.SEGMENT TEXT 4 ? "two
lines"
.SEGMENT WORD 5
"""
    found = unipen.parse(text, "x.dat").segments
    assert found == [
        unipen_document.Segment("WORD", "0-3", "BAD", 'a "b" \\ c'),
        unipen_document.Segment("TEXT", "4", "?", "two\nlines"),
        unipen_document.Segment("WORD", "5", "", None),
    ]


def test_times_come_from_the_rate_unless_the_pen_was_up_for_an_untold_time():
    head = b".POINTS_PER_SECOND 50\n.PEN_DOWN\n0 0\n1 1\n"
    assert read(head + b".PEN_UP\n3 3\n.PEN_DOWN\n4 4\n").t.tolist() == pytest.approx([0, 0.02, 0.06])
    assert read(head + b".PEN_UP\n.DT 500\n.PEN_DOWN\n4 4\n").t.tolist() == pytest.approx([0, 0.02, 0.54])
    assert read(head + b".PEN_UP\n.PEN_DOWN\n4 4\n").t is None


def test_pressure_is_a_share_of_the_largest():
    assert read(b".COORD X Y P\n.PEN_DOWN\n0 0 5\n1 1 20\n").pressure.tolist() == [0.25, 1]


def test_a_damaged_row_costs_itself_alone():
    assert read(b".COORD X Y\n.PEN_DOWN\n1 1\n2 2 2\n3 3\n").x.tolist() == [1, 3]


def test_included_files_are_found_above_and_their_settings_last(tmp_path):
    root = make_unipen(tmp_path)
    ink = read(root / "data" / "7" / "sta" / "one.dat")
    assert ink.source.writer == "sta0"
    assert ink.source.text == "ten net tame can zz gone"
    assert len(ink.starts) > 8


def test_a_missing_include_is_named(tmp_path):
    path = make_unipen(tmp_path) / "data" / "7" / "lost" / "two.dat"
    with pytest.raises(InkError, match=r"lost/data/two\.dat, which is missing"):
        read(path)


@pytest.mark.parametrize("name", ["/etc/passwd", "../../secret.dat", "self.dat"])
def test_an_include_leads_neither_out_nor_in_circles(tmp_path, name):
    (tmp_path / "secret.dat").write_text(".PEN_DOWN\n1 1\n")
    folder = tmp_path / "a" / "b"
    folder.mkdir(parents=True)
    (folder / "self.dat").write_text(f'.INCLUDE {name}\n.SEGMENT WORD 0 OK "x"\n')
    with pytest.raises(InkError, match="is missing" if name != "self.dat" else "levels"):
        read(folder / "self.dat")


@pytest.mark.parametrize("name", ['"sub/ink.dat"', "'sub/ink.dat'", "sub\\ink.dat", ".\\SUB\\Ink.DAT", "Sub/INK.dat"])
def test_an_include_as_it_is_written_on_windows(tmp_path, name):
    (tmp_path / "include" / "sub").mkdir(parents=True)
    (tmp_path / "include" / "sub" / "ink.dat").write_bytes(PEN)
    (tmp_path / "labels.dat").write_text(f".VERSION 1.0\n.INCLUDE {name}\n")
    assert read(tmp_path / "labels.dat").xy.tolist() == read(PEN).xy.tolist()


@pytest.mark.parametrize(
    "name", ["..\\secret.dat", "C:\\secret.dat", "C:secret.dat", '"../secret.dat"', "\\secret.dat"]
)
def test_an_include_of_windows_does_not_lead_out(tmp_path, name):
    (tmp_path / "secret.dat").write_bytes(PEN)
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "labels.dat").write_text(f".VERSION 1.0\n.INCLUDE {name}\n")
    with pytest.raises(InkError, match="is missing"):
        read(tmp_path / "a" / "labels.dat")


def test_an_include_of_another_case_must_be_the_only_one(tmp_path):
    for name in ("ink.dat", "INK.dat"):
        (tmp_path / name).write_bytes(PEN)
    if len(list(tmp_path.iterdir())) < 2:
        pytest.skip("the file system does not distinguish upper case from lower case")
    (tmp_path / "labels.dat").write_text(".VERSION 1.0\n.INCLUDE Ink.dat\n")
    with pytest.raises(InkError, match="is missing"):
        read(tmp_path / "labels.dat")


def test_keywords_in_lower_case(tmp_path):
    lower = PEN.lower() + b'.segment word 0-2 ok "a"\n'
    assert find(lower, "nothing").name == "UNIPEN"
    assert read(lower).xy.tolist() == read(PEN).xy.tolist()
    (tmp_path / "ink.dat").write_bytes(PEN.lower())
    (tmp_path / "labels.dat").write_text(".version 1.0\n.include ink.dat\n")
    assert read(tmp_path / "labels.dat").xy.tolist() == read(PEN).xy.tolist()


def test_words_in_lower_case_are_no_keywords_beside_others(tmp_path):
    (tmp_path / "ours.doc").write_text("what is meant by\n.coord and\n.pen_down\n")
    text = PEN.decode() + '.SEGMENT WORD 0-2 OK "one\n.pen_down"\n.INCLUDE ours.doc\n'
    (tmp_path / "ink.dat").write_text(text)
    ink = read(tmp_path / "ink.dat")
    assert ink.source.text == "one\n.pen_down"
    assert ink.xy.tolist() == read(PEN).xy.tolist()
    assert not unipen.recognises(b".version 1\n.include <bsd.own.mk>\n")


@pytest.mark.parametrize("encoding", ["utf-8", "latin-1"])
def test_labels_and_writers_are_utf_8_or_latin_1(encoding):
    text = PEN.decode() + '.WRITER_ID José\n.SEGMENT TEXT 0-2 OK "Grüße"\n'
    source = read(text.encode(encoding)).source
    assert (source.text, source.writer) == ("Grüße", "José")


def test_it_is_recognised_by_its_keywords():
    assert find(PEN, "nothing").name == "UNIPEN"
    assert not unipen.recognises(b"<xml/>")
    assert not unipen.recognises(b"x,y,t\n1,2,3\n")


@pytest.mark.parametrize(
    "text",
    [".PEN_DOWN\n1 x", ".PEN_DOWN\n1 nan", ".PEN_DOWN\n1 1e300", ".COORD X", ".COORD X Y X", ".SEGMENT", ".PEN_DOWN"],
)
def test_damage_is_one_line(text):
    with pytest.raises(InkError) as error:
        read(text.encode(), "UNIPEN")
    assert "\n" not in str(error.value)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_mutations_raise_nothing_but_ink_errors(data):
    bytes_ = bytearray(PEN + b'.SEGMENT WORD 0:1-2 OK "a"\n')
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(bytes_) - 1))
        if data.draw(st.booleans()):
            bytes_[at] = data.draw(st.integers(0, 255))
        else:
            del bytes_[at : at + data.draw(st.integers(1, 30))]
            if not bytes_:
                return
    try:
        ink = read(bytes(bytes_), "UNIPEN")
    except InkError as error:
        assert "\n" not in str(error)
    else:
        assert np.isfinite(ink.x).all()


def samples(*places):
    """Return a file of labelled strokes, each a square of 10 by 10 that begins at this x, and one without a label."""
    squares = [f".PEN_DOWN\n{x} 0\n{x + 10} 0\n{x + 10} 10\n.PEN_UP\n5 5\n" for x in places]
    labels = [f'.SEGMENT WORD {2 * n} OK "{"abcd"[n]}"\n' for n in range(len(places))]
    return "".join([".COORD X Y\n", *labels, *squares, ".PEN_DOWN\n1 1\n2 2\n"]).encode()


def test_samples_that_were_written_over_each_other_are_pages():
    pages = read_pages(samples(0, 2, 1), "UNIPEN")
    assert [page.ink.source.text for page in pages] == ["a", "b", "c", None]
    assert [page.ink.x.tolist() for page in pages] == [[0, 10, 10], [2, 12, 12], [1, 11, 11], [1, 2]]


@pytest.mark.parametrize("places", [(0, 11, 22), (0, 6, 12), (0, 1), (0,)])
def test_samples_beside_each_other_are_a_page(places):
    (page,) = read_pages(samples(*places), "UNIPEN")
    assert page.ink.source.text == " ".join("abcd"[: len(places)])
    assert len(page.ink.strokes) == len(places) + 1


def test_labels_that_share_a_stroke_are_of_a_page():
    assert len(read_pages(samples(0, 2, 1).replace(b"WORD 2 ", b"WORD 0-2 "), "UNIPEN")) == 1
    assert len(read_pages(samples(0, 2, 1).replace(b"WORD 2 ", b"WORD 90 "), "UNIPEN")) == 1


def test_a_label_of_an_unknown_range():
    ink = read(b'.COORD X Y\n.SEGMENT CHARACTER ? ? "E"\n.PEN_DOWN\n1 2\n3 4\n', "UNIPEN")
    assert (ink.source.text, ink.source.notes) == ("E", ())
