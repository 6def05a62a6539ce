"""Sketches of short strokes beside and below scribbled lines, and marks at the margin."""

from itertools import pairwise

import numpy as np
import pytest
from scribbled import scribble

from handwriting.ink import Ink
from handwriting.recognition.pages import find_layout


def line(*corners):
    points = np.array(corners, dtype=float)
    return np.concatenate([np.linspace(a, b, 20) for a, b in pairwise(points)])


def circle(x, y, radius):
    turn = np.linspace(0, 2 * np.pi, 40)
    return np.column_stack([x + radius * np.cos(turn), y + radius * np.sin(turn)])


def star(x, y, radius):
    turn = np.pi / 2 + 0.8 * np.pi * np.arange(6)
    return line(*zip(x + radius * np.cos(turn), y - radius * np.sin(turn), strict=True))


def stick_figure(x, y):
    neck, hip = (x, y + 2), (x, y + 5)
    limbs = [line((x - 1.6, y + 3), (x + 1.6, y + 3)), line(hip, (x - 1.4, y + 7.5)), line(hip, (x + 1.4, y + 7.5))]
    return [circle(x, y + 1, 1.0), line(neck, hip), *limbs]


def sun(x, y):
    ways = [(np.cos(a), np.sin(a)) for a in np.arange(8) * np.pi / 4]
    return [circle(x, y, 2.0), *(line((x + 2.5 * c, y + 2.5 * s), (x + 4 * c, y + 4 * s)) for c, s in ways)]


SKETCHES = {
    "star": [star(-4, 4, 1.8)],
    "tick": [line((-5, 3.5), (-4.2, 4.6), (-2.4, 1.5))],
    "bar": [line((-2, -1.5), (-2.1, 9))],
    "stick figure": stick_figure(6, 18),
    "sun": sun(10, 22),
}


@pytest.mark.parametrize("name", SKETCHES)
def test_sketches_are_drawings_and_lines_stay(name):
    strokes, lines = scribble(4)
    sketch = SKETCHES[name]
    layout = find_layout(Ink.from_strokes([*strokes, *sketch]))
    aside = sorted(k for region in layout.drawings for k in region.strokes.tolist())
    assert aside == list(range(len(strokes), len(strokes) + len(sketch)))
    assert [found.strokes.tolist() for found in layout.lines] == [np.flatnonzero(lines == k).tolist() for k in range(4)]


def test_large_letters_at_the_beginning_of_a_line_stay():
    strokes, _ = scribble(4)
    letters = [circle(-3, 3.2, 1.1), line((-3, 6), (-3, 8.2)), line((-3.6, 10), (-2.6, 12), (-1.6, 10))]
    assert find_layout(Ink.from_strokes([*strokes, *letters])).drawings == []
