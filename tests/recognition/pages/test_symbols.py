"""Small symbols before, in and under scribbled lines: boxes, ticks, arrows, dashes and dots."""

from itertools import pairwise

import numpy as np
import pytest
from scribbled import scribble

from handwriting.ink import Ink
from handwriting.recognition.pages import find_layout
from handwriting.recognition.pages.symbols import is_tick


def straight(*corners):
    points = np.array(corners, dtype=float)
    return np.concatenate([np.linspace(a, b, 20) for a, b in pairwise(points)])


def square(x, y, size, strokes):
    corners = [(x, y), (x + size, y), (x + size, y + size), (x, y + size), (x, y)]
    return [straight(*corners)] if strokes == 1 else [straight(a, b) for a, b in pairwise(corners)]


def base(strokes, line, row):
    return float(np.median([s[:, 1].max() for s, k in zip(strokes, line, strict=True) if k == row]))


def check(strokes, line, marks, kinds):
    """Check that the marks are drawings and the writing keeps its lines."""
    layout = find_layout(Ink.from_strokes([*strokes, *marks]))
    aside = sorted(k for region in layout.drawings for k in region.strokes.tolist())
    assert aside == list(range(len(strokes), len(strokes) + len(marks)))
    assert {region.kind for region in layout.drawings} == kinds
    rows = [np.flatnonzero(line == k).tolist() for k in range(line.max() + 1)]
    assert [found.strokes.tolist() for found in layout.lines] == rows


@pytest.mark.parametrize("sides", [1, 4])
@pytest.mark.parametrize("size", [1.7, 2.4])
def test_check_boxes_before_lines_are_drawings(sides, size):
    strokes, line = scribble(4)
    marks = [s for row in range(4) for s in square(-2 - size, base(strokes, line, row) - size, size, sides)]
    check(strokes, line, marks, {"box"})


def test_a_tick_in_a_check_box_is_a_drawing():
    strokes, line = scribble(4)
    y = base(strokes, line, 1) - 2
    tick = straight((-3.6, y + 0.9), (-3.1, y + 1.7), (-1.7, y - 0.6))
    layout = find_layout(Ink.from_strokes([*strokes, *square(-4, y, 2, 1), tick]))
    assert sorted(k for r in layout.drawings for k in r.strokes.tolist()) == [len(strokes), len(strokes) + 1]


def test_a_letter_in_a_box_is_not_a_tick():
    assert is_tick(np.array([0, 1 + 1j, 3 - 2j]))
    assert not is_tick(np.array([0, 1 + 2j, 2 + 0j]))  # V


def test_arrows_before_lines_are_drawings():
    strokes, line = scribble(4)
    marks = []
    for row in range(4):
        y = base(strokes, line, row) - 0.6
        marks += [straight((-5, y), (-2, y)), straight((-2.9, y - 0.7), (-2, y)), straight((-2, y), (-2.9, y + 0.7))]
    check(strokes, line, marks, {"arrow"})


@pytest.mark.parametrize(("length", "step"), [(0.9, 1.6), (1.5, 2.5), (0.0, 1.2)])
def test_a_dashed_or_dotted_rule_is_a_drawing(length, step):
    strokes, line = scribble(4)
    y = max(s[:, 1].max() for s in strokes) + 2
    rule = [np.array([[x, y], [x + length, y]]) for x in np.arange(0, 30, step)]
    check(strokes, line, rule, {"rule"})


def test_letters_and_bullets_that_resemble_symbols_stay():
    strokes, _ = scribble(3)
    turn = np.linspace(0, 2 * np.pi, 40)
    right = max(s[:, 0].max() for s in strokes)
    zero = np.column_stack([right + 3 + np.sin(turn), -1 - np.cos(turn)])
    ellipsis = [np.array([[right + 5 + k, 0.0], [right + 5 + k, 0.05]]) for k in range(4)]
    bullets = [straight((-3, 5.0 * k - 0.5), (-2, 5.0 * k - 0.5)) for k in range(3)]
    assert find_layout(Ink.from_strokes([*strokes, zero, *ellipsis, *bullets])).drawings == []
