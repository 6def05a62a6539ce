"""Which way ink lies: counts that symmetries permute, and lines that are found whichever way they lie."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

import handwriting
from handwriting.documents.document import Document, DocumentPage
from handwriting.documents.record import record
from handwriting.errors import InkError
from handwriting.evaluation.orientation import apply_orientation, in_plotter_order
from handwriting.ink import Ink, Page
from handwriting.recognition.orientation import ALL, NAMES, Orientation, OrientationClassifier
from handwriting.recognition.pages import orienter, read_pages, reader
from handwriting.recognition.pen_counts import permutation, sector, stroke_counts
from handwriting.recognition.recognizer import Recognizer

TEXT = "a line of handwriting"


@pytest.fixture(scope="module")
def recognizer():
    return Recognizer.load()


@pytest.fixture(scope="module")
def ink():
    return handwriting.generate(TEXT, seed=3, bias=2)


def read(recognizer, ink, orientation="auto", **page):
    orient = orienter(recognizer, orientation)
    return read_pages(reader(recognizer), [Page(ink, **page)], orient=orient)[0]


def test_sectors_turn_clockwise():
    assert sector(np.array([1.0, 0, -1, 0]), np.array([0, 1.0, 0, -1])).tolist() == [0, 4, 8, 12]


@pytest.mark.parametrize("orientation", ALL, ids=lambda o: f"{o.name}-{o.strokes}")
def test_counts_of_changed_ink_are_permuted(orientation):
    # No step is on the border of two sectors, where rounding would decide.
    rng = np.random.default_rng(0)
    directions = 2 * np.pi / 16 * rng.integers(0, 16, (6, 12))
    strokes = [np.cumsum(np.stack([np.cos(d), np.sin(d)], axis=1), axis=0) + rng.uniform(0, 40, 2) for d in directions]
    ink = Ink.from_strokes(strokes)
    before, moves = stroke_counts(ink)
    after, moved = stroke_counts(apply_orientation(ink, orientation))
    order = permutation(orientation.turns, orientation.mirrored, orientation.strokes == "backward")
    assert after[:, order] == pytest.approx(before)
    assert moved[order] == pytest.approx(moves)


@pytest.mark.parametrize("orientation", ALL, ids=lambda o: f"{o.name}-{o.strokes}")
def test_a_line_is_read_whichever_way_it_lies(recognizer, ink, orientation):
    lies = apply_orientation(ink, orientation)
    page = read(recognizer, lies)
    assert page.text == TEXT
    assert page.orientation == orientation
    back, points = orientation.upright(lies)
    assert back.xy == pytest.approx(ink.xy)
    assert lies.xy[points] == pytest.approx(apply_orientation(ink, replace(orientation, strokes="forward")).xy)


def test_boxes_and_points_are_those_of_the_file(recognizer, ink):
    lies = apply_orientation(ink, Orientation(1, True, "backward"))
    page = read(recognizer, lies)
    left, top, right, bottom = lies.bounds
    for word in page.lines[0].words:
        a, b, c, d = word.box(page.lines[0].ink)
        assert left <= a < c <= right and top <= b < d <= bottom
    owned = np.zeros(len(lies), dtype=int)
    for character in page.lines[0].readings[0].characters:
        for stroke, begin, end in page.lines[0].pieces(character):
            owned[lies.starts[stroke] + begin : lies.starts[stroke] + end] += 1
    assert (owned == 1).all()
    (said,) = record(Document("x", (DocumentPage.of(page, None),)))["pages"]
    assert said["orientation"] == {"name": "mirrored-90", "strokes": "backward"}
    assert said["drawings"] == []


def test_a_page_is_turned_upright_on_its_sheet(recognizer, ink):
    left, top, right, bottom = ink.bounds
    width, height = right + 50, bottom + 90
    page = read(recognizer, ink.moved_to(ink.x, height - ink.y), width=width, height=height)
    assert page.orientation.name == "y-up"
    assert page.page.ink.y == pytest.approx(height - ink.y)
    upright = page.upright
    assert (upright.page.width, upright.page.height) == pytest.approx((width, height))
    assert upright.page.ink.bounds == pytest.approx((left, top, right, bottom))
    turned = read(recognizer, ink.moved_to(height - ink.y, ink.x), width=height, height=width).upright
    assert (turned.page.width, turned.page.height) == pytest.approx((width, height))
    assert turned.page.ink.bounds == pytest.approx((left, top, right, bottom))
    assert turned.lines[0].box == pytest.approx((left, top, right, bottom))


def test_an_orientation_that_is_known_is_not_looked_for(recognizer, ink):
    flipped = apply_orientation(ink, Orientation.named("y-up"))
    assert read(recognizer, flipped, "y-up").text == TEXT
    assert read(recognizer, flipped, "as-is").text != TEXT
    assert read(recognizer, flipped, "as-is").orientation.as_is
    with pytest.raises(InkError, match=r"orientation 'up' is unknown; choose auto, as-is or one of upright"):
        orienter(recognizer, "up")


def test_a_plotters_strokes_run_both_ways(recognizer, ink):
    page = read(recognizer, in_plotter_order(ink))
    assert page.orientation == Orientation(strokes="mixed")
    assert page.text == TEXT


def test_a_sorted_word_is_not_taken_for_a_turned_one(recognizer, monkeypatch):
    """The counts alone find this word turned; restored, it looks upright."""
    word = in_plotter_order(handwriting.generate("index", seed=29, bias=0.3))
    page = read(recognizer, word)
    assert page.orientation == Orientation(strokes="mixed")
    assert page.text == "index"
    monkeypatch.setattr(OrientationClassifier, "_sorted_not_turned", lambda *_: None)
    assert read(recognizer, word).orientation.name != "upright"


def test_clear_ink_is_not_read_twice(ink):
    def never(inks):
        raise AssertionError("asked")

    orientation, backward = OrientationClassifier.load().find(ink, never)
    assert orientation.as_is and not backward.any()


@pytest.mark.parametrize("strokes", [[[(0, 0)]], [[(0, 0), (9, 0)]], [[(0, 0), (0, 9)]], [[(5, 0), (0, 9)]]])
def test_a_single_mark_is_left_as_it_is(recognizer, strokes):
    orientation, _ = orienter(recognizer)(Ink.from_strokes(strokes))
    assert orientation.as_is


def test_names_are_found_again():
    assert [Orientation.named(name).name for name in NAMES.values()] == list(NAMES.values())


def test_the_python_api_turns_lines_and_pages(ink):
    flipped = apply_orientation(ink, Orientation(2, True, "backward"))
    said = handwriting.transcribe(flipped)
    assert said.text == TEXT
    spans = sorted(span for c in said.characters for span in c.points)
    assert sum(b - a for a, b in spans) == len(ink)
    assert handwriting.transcribe(Page(flipped)).text == TEXT
    assert handwriting.transcribe(flipped, orientation="as-is").text != TEXT


@pytest.mark.parametrize("where", ["first", "last"])
def test_a_line_of_the_python_api_is_freed_of_its_box(ink, where):
    left, top, right, bottom = ink.bounds
    edge = 0.3 * (bottom - top)
    a, b, c, d = left - edge, top - edge, right + edge, bottom + edge
    box = np.array([(a, b), (c, b), (c, d), (a, d), (a, b)])
    box = np.concatenate([np.linspace(p, q, 100) for p, q in pairwise(box)])
    strokes = [box, *ink.strokes] if where == "first" else [*ink.strokes, box]
    said = handwriting.transcribe(Ink.from_strokes(strokes))
    assert said.text == TEXT
    begin = len(box) if where == "first" else 0
    owned = sorted(i for c in said.characters for span in c.points for i in range(*span))
    assert owned == list(range(begin, begin + len(ink)))
