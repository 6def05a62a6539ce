"""Pages of scribbled letters whose lines are known: split by where the strokes lie alone."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scribbled import scribble

from handwriting.evaluation.pages import match_lines
from handwriting.geometry.dots import dots_and_bars
from handwriting.ink import Ink
from handwriting.recognition.pages import find_layout, split, split_strokes
from handwriting.recognition.pages.columns import find_columns
from handwriting.recognition.pages.marks import Marks, weighted_median
from handwriting.recognition.pen_counts import letter_size
from handwriting.recognition.stroke_order import NEAR
from handwriting.rendering.hershey import write


def numbers(ink: Ink) -> np.ndarray:
    result = np.full(len(ink.starts), -1)
    for k, strokes in enumerate(split_strokes(ink)):
        result[strokes] = k
    return result


@pytest.mark.parametrize("slope", [0.0, 0.2, -0.35])
@pytest.mark.parametrize("scale", [1.0, 150.0, 1e-3])
def test_slanted_lines_in_any_unit_and_any_order(slope, scale):
    strokes, line = scribble(5, slope=slope)
    order = np.random.default_rng(1).permutation(len(strokes))
    ink = Ink.from_strokes([scale * strokes[i] for i in order])
    assert (numbers(ink) == line[order]).all()


def test_lines_that_each_run_their_own_way():
    strokes, line = scribble(4, words=8, pitch=4.5)
    tilt = np.array([0.02, -0.02, 0.02, -0.01])
    bent = [s + np.column_stack([0 * s[:, 0], tilt[k] * s[:, 0]]) for s, k in zip(strokes, line, strict=True)]
    assert (numbers(Ink.from_strokes(bent)) == line).all()


def test_a_short_last_line_and_a_late_dot():
    strokes, line = scribble(3)
    short, _ = scribble(1, words=1, seed=3)
    strokes += [s + (0, 12) for s in short]
    line = np.append(line, [3] * len(short))
    strokes.append(strokes.pop(2))  # something of the first line is written last
    line = np.append(np.delete(line, 2), line[2])
    assert (numbers(Ink.from_strokes(strokes)) == line).all()


@pytest.mark.parametrize("lines", [1, 2, 3])
def test_few_lines(lines):
    strokes, line = scribble(lines, words=6, seed=7)
    assert (numbers(Ink.from_strokes(strokes)) == line).all()


@pytest.mark.parametrize("seed", [3, 7])
def test_lines_of_print_that_are_close_together(seed):
    """The lines of ``docs/samples.py``, 28 points apart; the ridge of the third one lies between it and the second."""
    strokes, line = [], []
    for k, text in enumerate(("bread and butter, milk, eggs", "a bottle of red wine", "call the dentist on Monday")):
        ink = write(text, seed=seed + 1 + k)
        x, y = ink.x - ink.x.min(), ink.y + 28 * 2540 / 72 * k
        strokes += np.split(np.column_stack([x, y]), ink.starts[1:])
        line += [k] * len(ink.starts)
    assert (numbers(Ink.from_strokes(strokes)) == line).all()


def test_two_columns_are_read_one_after_the_other():
    left, a = scribble(6, words=4)
    width = max(s[:, 0].max() for s in left)
    right, b = scribble(6, words=4, left=width + 6, seed=5)
    ink = Ink.from_strokes(left + [s + (0, 1.5) for s in right])
    assert [len(block) for block in find_columns(Marks(ink))] == [len(left), len(right)]
    assert (numbers(ink) == np.append(a, b + 6)).all()


def test_a_title_over_two_columns():
    title, _ = scribble(1, words=10, seed=2)
    left, a = scribble(6, words=3)
    width = max(s[:, 0].max() for s in left)
    right, b = scribble(6, words=3, left=width + 8, seed=5)
    ink = Ink.from_strokes([s - (0, 8) for s in title] + left + right)
    assert (numbers(ink) == np.concatenate([np.zeros(len(title)), a + 1, b + 7])).all()


def test_a_jump_of_the_sensor_does_not_carry_a_stroke_away():
    strokes, line = scribble(5)
    hit = strokes[10]
    strokes[10] = np.insert(hit, len(hit) // 2, hit[0] + (9, 14), axis=0)
    ink = Ink.from_strokes(strokes)
    assert (numbers(ink) == line).all()
    marks = Marks(ink)
    assert (~marks.sound).sum() == 1
    assert marks.boxes[10, 3] < 3


def test_strokes_come_in_the_order_of_writing():
    strokes, _ = scribble(2, words=6)
    timed = [np.column_stack([s, np.full(len(s), 0.5 * k)]) for k, s in enumerate(strokes)]
    order = np.random.default_rng(0).permutation(len(strokes))
    starts = [ink.t[0] for ink in split(Ink.from_strokes([timed[i] for i in order]))]
    assert starts == sorted(starts)
    for ink in split(Ink.from_strokes([timed[i] for i in order])):
        assert (np.diff(ink.t) >= 0).all()
    # Without time: the file's order where it goes along the lines, else from left to right, but for parts of a letter.
    assert [k for line in split_strokes(Ink.from_strokes(strokes)) for k in line] == list(range(len(strokes)))
    shuffled = split(Ink.from_strokes([strokes[i] for i in order]))
    for ink in shuffled:
        letters = ~dots_and_bars(ink)
        left, right = ink.boxes[0][letters], ink.boxes[2][letters]
        for k in range(1, len(left)):
            assert (right[k] > left[:k] - letter_size(ink) * NEAR).all()


def test_one_line_stays_the_same_ink():
    ink = Ink.from_strokes(scribble(1)[0])
    assert split(ink) == [ink]
    assert split(ink)[0] is ink


@settings(deadline=None)  # the first example loads networks
@given(
    st.lists(
        st.lists(st.tuples(*[st.floats(-1e9, 1e9)] * 2), min_size=1, max_size=6),
        min_size=1,
        max_size=8,
    )
)
def test_any_ink_is_split_and_no_stroke_lost_or_doubled(strokes):
    layout = find_layout(Ink.from_strokes(strokes))
    lines = [line.strokes for line in layout.lines]
    drawn = [region.strokes for region in layout.drawings]
    assert sorted(np.concatenate(lines + drawn).tolist()) == list(range(len(strokes)))
    assert lines and all(len(part) for part in lines + drawn)


@pytest.mark.parametrize(
    "strokes", [[[(0, 0)]], [[(0, 0)], [(0, 0)]], [[(0, 5), (10, 5)], [(0, 5), (9, 5)]], [[(3, 0), (3, 1)]] * 30]
)
def test_ink_without_letters_is_one_line(strokes):
    assert len(split_strokes(Ink.from_strokes(strokes))) == 1


def test_take_keeps_time_and_pressure():
    ink = Ink(np.arange(6.0), np.zeros(6), np.array([0, 2, 3]), np.arange(6.0), np.linspace(0, 1, 6))
    some = ink.take([2, 0])
    assert some.x.tolist() == [3, 4, 5, 0, 1]
    assert some.starts.tolist() == [0, 3]
    assert some.t.tolist() == some.x.tolist()
    assert some.pressure.tolist() == pytest.approx([0.6, 0.8, 1.0, 0.0, 0.2])


def test_lines_are_matched_in_reading_order():
    label = np.array([0, 0, 0, 1, 1, 2])
    assert match_lines(label, np.array([0, 0, 0, 1, 1, 2]), 3).tolist() == [0, 0, 0, 1, 1, 2]
    assert match_lines(label, np.array([0, 0, 0, 0, 0, 1]), 3).tolist() == [0, 0, 0, 0, 0, 2]
    assert match_lines(label, np.array([1, 1, 1, 0, 0, 2]), 3).tolist() == [0, 0, 0, -1, -1, 2]


def test_weighted_median():
    assert weighted_median(np.array([3.0, 1.0, 2.0]), np.array([1.0, 1.0, 1.0])) == 2
    assert weighted_median(np.array([3.0, 1.0, 2.0]), np.array([5.0, 1.0, 1.0])) == 3


@pytest.mark.parametrize(
    ("stroke", "wild"),
    [
        ([(40, 0), (41, 1), (90, -80), (42, 2), (43, 3)], [2]),  # most of its steps are jumps
        ([(95, -60), (40, 0), (99, -95), (41, 1), (42, 1)], [0, 2]),
        ([(40, 0), (41, 1), (90, -80), (50, 2), (51, 3)], [2]),
        ([*[(40 + k / 2, k) for k in range(12)], (77, -38)], [12]),  # near along both axes, but far away
        ([(40, 0), (90, -80), (140, 0)], []),  # straight lines of a drawing program
        ([(0, 30), (200, 30)], []),
    ],
)
def test_points_between_jumps_were_not_written(stroke, wild):
    """Among letters that are about 7 high and have points about 1 apart."""
    letters = [[(10 * n + 3 * np.sin(k / 2), 3.5 * np.cos(k / 2)) for k in range(26)] for n in range(4)]
    marks = Marks(Ink.from_strokes([*letters, stroke]))
    assert 5 < marks.height < 8
    assert np.flatnonzero(~marks.sound[-len(stroke) :]).tolist() == wild
    assert marks.sound[: -len(stroke)].all()
