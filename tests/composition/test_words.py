"""Lines cut into words by the window's places."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from handwriting.composition.words import (
    BAR_HEIGHT,
    cut,
    cut_divided,
    divided,
    has_baseline,
    stroke_owners,
    word_baseline,
    word_spans,
)
from handwriting.geometry.normalise import writing_height
from handwriting.ink import Ink
from handwriting.synthesis.synthesizer import Written


def line(text: str, strokes: list[tuple[float, float, list[int]]]) -> Written:
    """Horizontal strokes from x0 to x1 whose points lie on the given characters."""
    inks = [np.column_stack([np.linspace(a, b, len(p)), np.tile([0.0, -5.0], len(p))[: len(p)]]) for a, b, p in strokes]
    return Written(text, Ink.from_strokes(inks), np.concatenate([p for _, _, p in strokes]), True)


def test_words_begin_and_end_at_spaces():
    assert word_spans("to be  or") == [(0, 2), (3, 5), (7, 9)]
    assert word_spans(" a") == [(1, 2)]
    assert word_spans("") == []


def test_strokes_go_to_the_word_that_they_mostly_belong_to():
    drawn = line("ab cd", [(0, 10, [0] * 9 + [1]), (10, 20, [1] * 9 + [3]), (30, 40, [2] + [3] * 4 + [4] * 5)])
    owner, joined = stroke_owners(drawn.ink, drawn.places, drawn.text)
    assert owner.tolist() == [0, 0, 1]
    assert joined == set()


def test_a_stroke_with_a_fifth_in_another_word_joins_them():
    drawn = line("ab cd", [(0, 10, [0] * 10), (10, 40, [1] * 8 + [3] * 2)])
    owner, joined = stroke_owners(drawn.ink, drawn.places, drawn.text)
    assert owner.tolist() == [0, 0]
    assert joined == {0, 1}


def test_a_stroke_on_a_space_alone_belongs_to_the_word_before():
    drawn = line("ab cd", [(0, 10, [0] * 10), (15, 16, [2, 2]), (30, 40, [3] * 10)])
    assert stroke_owners(drawn.ink, drawn.places, drawn.text)[0].tolist() == [0, 0, 1]


def test_words_have_their_ink_and_the_gap_after_them():
    first, second = cut(line("a b", [(100, 120, [0] * 20), (150, 160, [2] * 20)]))
    assert (first.text, first.begin, second.text, second.begin) == ("a", 0, "b", 2)
    assert first.ink is not None and second.ink is not None
    assert first.ink.bounds[0] == second.ink.bounds[0] == 0
    assert first.ink.bounds[2] == pytest.approx(20)
    assert first.gap == pytest.approx(30) and second.gap is None
    assert second.ink.source.text == "b"


def test_a_word_without_a_stroke_has_no_ink():
    words = cut(line("a b", [(100, 120, [0] * 20)]))
    assert [word.ink is None for word in words] == [False, True]
    assert words[0].gap is None and words[1].strokes.tolist() == []


@pytest.mark.parametrize(
    ("text", "dot", "kept"),
    [("ab cd", 25, False), ("ab cd", 21, True), ("a. cd", 25, True), ("ab cd", -9, False), ("'b cd", -9, True)],
)
def test_a_dot_beside_a_word_belongs_to_it_only_as_a_sign_or_nearby(text, dot, kept):
    place = 0 if dot < 0 else 1
    drawn = line(text, [(0, 10, [0] * 10), (10, 20, [1] * 10), (dot, dot + 0.5, [place] * 3), (40, 60, [3] * 20)])
    ink = drawn.ink
    flat = ink.moved_to(ink.x, np.where(ink.stroke_index == 2, -2.0, ink.y))
    first, _ = cut(replace(drawn, ink=flat))
    assert first.strokes.tolist() == ([0, 1, 2] if kept else [0, 1])


def test_a_word_by_itself_stands_where_its_letters_do_that_stand():
    """Of "ay" the a ends at y = 0, and the tail of the y at 60."""
    body, tail = [(0.0, -40.0), (5, -20), (10, 0)], [(20.0, -40.0), (22, 10), (24, 60)]
    drawn = Written("ay", Ink.from_strokes([body, tail]), np.array([0, 0, 0, 1, 1, 1]), True)
    assert word_baseline(drawn) == pytest.approx(0)
    assert has_baseline("ay") and not has_baseline("y-")
    (word,) = cut(drawn)
    assert word.ink.bounds[3] == pytest.approx(60)


def test_long_words_are_divided_at_their_signs():
    assert divided("first_name@mailbox.org,") == "first_ name@ mailbox. org,"
    assert divided("10:45") == "10:45" and divided("incomprehensible") == "incomprehensible"


def test_the_parts_of_a_divided_word_are_set_as_one_word():
    drawn = line("ab cd", [(100, 120, [0] * 10 + [1] * 10), (200, 220, [3] * 10 + [4] * 10)])
    word = cut_divided(drawn)
    assert (word.text, word.begin) == ("abcd", 0) and word.ink is not None
    assert word.places.tolist() == [0] * 10 + [1] * 10 + [2] * 10 + [3] * 10
    assert word.ink.bounds[0] == 0 and 40 < word.ink.bounds[2] < 50
    assert word.ink.source.text == "abcd" and word.strokes.tolist() == [0, 1]


def test_a_divided_word_that_lacks_a_part_has_no_ink():
    assert cut_divided(line("ab cd", [(100, 120, [0] * 20)])).ink is None
    (whole,) = cut(line("ab", [(100, 120, [0] * 20)]))
    assert np.array_equal(cut_divided(line("ab", [(100, 120, [0] * 20)])).places, whole.places)


def upright(x: float, top: float, bottom: float, place: int) -> tuple[np.ndarray, list[int]]:
    return np.column_stack([np.full(5, x), np.linspace(top, bottom, 5)]), [place] * 5


def with_bars(text: str, *strokes: tuple[np.ndarray, list[int]]) -> Written:
    return Written(text, Ink.from_strokes([s for s, _ in strokes]), np.concatenate([p for _, p in strokes]), True)


def test_a_broken_bar_becomes_whole_and_tall():
    letter, other = upright(0, -20, 0, 0), upright(40, -20, 0, 2)
    word = cut(with_bars("a|b", letter, upright(20, 5, -3, 1), upright(21, -20, -12, 1), other))[0]
    assert word.ink is not None and len(word.ink.starts) == 3
    bar = word.ink.strokes[1]
    assert word.places.tolist() == [0] * 5 + [1] * 10 + [2] * 5
    assert (np.diff(bar[:, 1]) >= 0).all()  # downward
    assert np.ptp(bar[:, 1]) == pytest.approx(BAR_HEIGHT * writing_height(with_bars("a", letter, other).ink), rel=0.1)
    assert word.ink.bounds[0] == 0 and word.ink.source.text == "a|b"


def test_a_tall_bar_keeps_its_height_and_a_lone_one_takes_the_usual():
    tall = with_bars("a | b", upright(0, -20, 0, 0), upright(20, -60, 20, 2), upright(40, -20, 0, 4))
    _, bar, _ = cut(tall)
    assert bar.ink is not None and np.ptp(bar.ink.y) == pytest.approx(80)
    (alone,) = cut(with_bars("|", upright(0, -20, 0, 0)), 30.0)
    assert alone.ink is not None and np.ptp(alone.ink.y) == pytest.approx(BAR_HEIGHT * 30)
    (unknown,) = cut(with_bars("||", upright(0, -20, 0, 0), upright(9, -20, 0, 1)))
    assert unknown.ink is not None and np.ptp(unknown.ink.y) == pytest.approx(20)
