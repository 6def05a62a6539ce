"""Drawings beside scribbled letters: set aside, and the letters stay on their lines."""

from itertools import pairwise

import numpy as np
import pytest
from scribbled import scribble

from handwriting.evaluation.sketches import DRAWINGS, Canvas
from handwriting.ink import Ink
from handwriting.recognition.pages import find_layout
from handwriting.recognition.pages.drawings import find_drawings
from handwriting.recognition.pages.marks import Marks
from handwriting.recognition.pages.shapes import Shapes, distances, inside


def box_of(strokes):
    points = np.concatenate(strokes)
    return (*points.min(axis=0).tolist(), *points.max(axis=0).tolist())


def canvas(strokes, line, seed=0):
    rows = [[s for s, k in zip(strokes, line, strict=True) if k == row] for row in range(line.max() + 1)]
    words = [[s for s in row if s[:, 0].max() < 3.2] or row[:2] for row in rows]
    boxes = [box_of(row) for row in rows]
    longest = [box_of(word) for word in words]
    return Canvas(
        np.random.default_rng(seed), 1.0, box_of(strokes), boxes, [b[3] for b in boxes], longest, longest, words
    )


def straight(*corners):
    points = np.array(corners, dtype=float)
    return np.concatenate([np.linspace(a, b, 40)[:-1] for a, b in pairwise(points)] + [points[-1:]])


@pytest.mark.parametrize(
    "kind",
    ["underlined-line", "box", "box-of-four", "rule", "arrow", "margin-bracket", "hatching", "zigzag", "grid", "face",
     "graph"],
)  # fmt: skip
@pytest.mark.parametrize("scale", [1.0, 200.0])
def test_what_is_drawn_is_set_aside_and_writing_is_not(kind, scale):
    strokes, line = scribble(5)
    drawn = DRAWINGS[kind](canvas(strokes, line))
    layout = find_layout(Ink.from_strokes([scale * s for s in [*strokes, *drawn]]))
    aside = np.concatenate([region.strokes for region in layout.drawings])
    assert sorted(aside.tolist()) == list(range(len(strokes), len(strokes) + len(drawn)))
    assert [sorted(found.strokes.tolist()) for found in layout.lines] == [
        np.flatnonzero(line == k).tolist() for k in range(5)
    ]


@pytest.mark.parametrize(
    ("kind", "named"),
    [("underlined-line", "underline"), ("rule", "rule"), ("box", "box"), ("box-of-four", "box"), ("grid", "table"),
     ("hatching", "hatching"), ("arrow", "arrow")],
)  # fmt: skip
def test_drawings_are_named(kind, named):
    strokes, line = scribble(4)
    ink = Ink.from_strokes([*strokes, *DRAWINGS[kind](canvas(strokes, line))])
    assert [region.kind for region in find_drawings(Marks(ink))] == [named]


def test_a_word_that_is_scribbled_over_goes_with_its_scribble():
    strokes, _ = scribble(3)
    word = [s + (40, 0) for s in scribble(1, words=1, seed=3)[0]]
    left, top, right, bottom = box_of(word)
    n = 12
    zigzag = [(left + (right - left) * k / n, top if k % 2 else bottom) for k in range(n + 1)]
    ink = Ink.from_strokes([*strokes, *word, straight(*zigzag)])
    (region,) = find_drawings(Marks(ink))
    assert region.kind == "crossed-out"
    assert region.strokes.tolist() == list(range(len(strokes), len(ink.starts)))


@pytest.mark.parametrize("last", [5.7, 6.8])
def test_hatching_of_strokes_just_as_long_as_no_letter_is_whole(last):
    """A straight stroke of more than 5.6 letter heights is drawn in any case."""
    strokes, _ = scribble(9)
    sizes = [6.8, 6.7, 5.7, 6.8, 6.9, 5.6, 6.7, last]
    h = Marks(Ink.from_strokes(strokes)).height
    hatching = [
        straight((0.9 * h * k, 25), (0.9 * h * k + 0.5 * h * size, 25 - 0.86 * h * size))
        for k, size in enumerate(sizes)
    ]
    (region,) = find_drawings(Marks(Ink.from_strokes([*strokes, *hatching])))
    assert (region.kind, region.strokes.tolist()) == ("hatching", [len(strokes) + k for k in range(len(sizes))])


def test_small_marks_of_writing_stay():
    strokes, _ = scribble(3)
    right = max(s[:, 0].max() for s in strokes)
    dash = straight((right + 1, -0.5), (right + 3, -0.5))
    equals = [straight((right + 5, y), (right + 6.5, y)) for y in (-0.8, -0.3)]
    stem = straight((right + 8, -2.5), (right + 8, 1.0))
    slash = straight((right + 9, 0.8), (right + 10.5, -2.2))
    low = straight((right + 12, 0.1), (right + 14, 0.1))
    zero = np.column_stack([right + 16 + 0.6 * np.sin(np.linspace(0, 6.3, 30)), -1 - np.cos(np.linspace(0, 6.3, 30))])
    crossed = straight((right + 15.6, 0.0), (right + 16.5, -2.0))
    marks = [dash, *equals, stem, slash, low, zero, crossed]
    assert find_drawings(Marks(Ink.from_strokes([*strokes, *marks]))) == []


@pytest.mark.parametrize("corners", [[(0, 0), (30, 0)], [(0, 0), (0, 9)], [(0, 0), (9, 0), (9, 9), (0, 9), (0, 0)]])
def test_ink_of_nothing_but_a_drawing_is_kept(corners):
    layout = find_layout(Ink.from_strokes([straight(*corners)]))
    assert layout.drawings == []
    assert [line.strokes.tolist() for line in layout.lines] == [[0]]


def test_a_circle_around_a_word_leaves_the_word():
    strokes, line = scribble(3)
    around = DRAWINGS["circle"](canvas(strokes, line))
    (region,) = find_drawings(Marks(Ink.from_strokes([*strokes, *around])))
    assert (region.kind, region.strokes.tolist()) == ("box", [len(strokes)])


def test_shapes_are_measured_in_letter_heights():
    shapes = Shapes(
        Ink.from_strokes([straight((0, 0), (20, 0)), straight((0, 0), (10, 0), (10, 10)), [(5.0, 5.0)]]), 2.0
    )
    assert shapes.length.tolist() == pytest.approx([10, 10, 0])
    assert shapes.turning.tolist() == pytest.approx([0, np.pi / 2, 0], abs=1e-6)
    assert shapes.straight.tolist() == [True, False, False]
    assert shapes.crossings(0, np.array([1])).tolist() == [0]


def test_distance_and_inside():
    assert distances(np.array([1 + 2j, -3 + 0j]), np.array([0j, 4 + 0j])).tolist() == [2, 3]
    square = np.array([0, 2, 2 + 2j, 2j])
    assert inside(np.array([1 + 1j, 3 + 1j]), square).tolist() == [True, False]


def test_a_large_drawing_does_not_hide_the_jumps_of_a_sensor():
    """A jump of 12 letter heights is far for writing, and near for strokes 40 high."""
    strokes, _ = scribble(4)
    strokes[0] = np.insert(strokes[0], 2, strokes[0][1] + (12.0, 12.0), axis=0)
    tall = [straight((3.0 * k, 40.0), (3.0 * k, 80.0)) for k in range(20)]
    plain, drawn = (find_layout(Ink.from_strokes(some)) for some in (strokes, strokes + tall))
    assert len(drawn.drawings) > 0
    assert sum(len(line.ink) for line in plain.lines) == sum(map(len, strokes)) - 1
    for one, other in zip(plain.lines, drawn.lines, strict=True):
        assert one.ink.xy.tolist() == other.ink.xy.tolist()
        assert one.points.tolist() == other.points.tolist()
