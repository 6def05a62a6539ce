"""Pages with more drawn lines than writing are turned upright all the same."""

import numpy as np
import pytest

import handwriting
from handwriting.evaluation.orientation import apply_orientation
from handwriting.ink import Ink
from handwriting.recognition.orientation import Orientation
from handwriting.recognition.pages import orienter
from handwriting.recognition.pages.small_strokes import small_strokes
from handwriting.recognition.pages.splitting import find_layout
from handwriting.recognition.recognizer import Recognizer


@pytest.fixture(scope="module")
def writing():
    return handwriting.read("datasets/samples/notes.xopp").ink


def lines(writing, horizontal, vertical):
    """Rule a page with this many lines each way, drawn by an unsteady hand."""
    rng = np.random.default_rng(1)
    left, top, right, bottom = writing.bounds
    along = np.linspace(0, 1, 60)
    tremor = (bottom - top) / 800

    def line(a, b):
        way = np.outer(1 - along, a) + np.outer(along, b)
        return way + np.cumsum(rng.normal(0, tremor, way.shape), axis=0) / 3

    rows = [line((left, y), (right, y)) for y in np.linspace(top, bottom, horizontal)]
    return rows + [line((x, top), (x, bottom)) for x in np.linspace(left, right, vertical)]


@pytest.mark.parametrize(("horizontal", "vertical"), [(30, 0), (7, 4), (40, 40)])
@pytest.mark.parametrize("name", ["upright", "turned-90", "turned-180", "y-up"])
def test_rules_do_not_hide_the_orientation(writing, horizontal, vertical, name):
    ruled = Ink.from_strokes([*lines(writing, horizontal, vertical), *writing.strokes])
    orientation = Orientation.named(name)
    found, backward = orienter(Recognizer.load())(apply_orientation(ruled, orientation))
    assert found == orientation
    assert not backward.any()


def test_only_the_rules_are_set_aside(writing):
    ruled = Ink.from_strokes([*lines(writing, 30, 0), *writing.strokes])
    assert small_strokes(ruled).tolist() == list(range(30, len(ruled.starts)))
    assert len(small_strokes(writing)) == len(writing.starts)


def test_long_strokes_of_a_word_are_kept(writing):
    word = writing.take(np.arange(5))
    _, top, right, bottom = word.bounds
    stems = [[(right + k, top - 20 * (bottom - top)), (right + k, bottom)] for k in range(3)]
    assert small_strokes(Ink.from_strokes([*word.strokes, *stems])).tolist() == list(range(8))


def test_a_drawing_without_writing_is_kept():
    rules = Ink.from_strokes([[(0, y), (500, y), (1000, y)] for y in range(0, 1000, 50)])
    assert len(small_strokes(rules)) == 20


@pytest.mark.parametrize(("horizontal", "vertical"), [(12, 0), (24, 18)])
def test_the_papers_ruling_takes_no_letters_with_it(writing, horizontal, vertical):
    ruling = lines(writing, horizontal, vertical)
    layout = find_layout(Ink.from_strokes([*ruling, *writing.strokes]))
    plain = find_layout(writing)
    drawn = np.concatenate([region.strokes for region in layout.drawings])
    assert sorted(drawn.tolist()) == list(range(len(ruling)))
    assert [(line.strokes - len(ruling)).tolist() for line in layout.lines] == [
        line.strokes.tolist() for line in plain.lines
    ]
