"""Drawn words in one size: a word that was drawn again by itself gets the size of its neighbours."""

import numpy as np
import pytest

from handwriting.composition.blocks import SpelledWord, Word
from handwriting.composition.drawn import ISOLATED_SCALE, DrawnWord, Measure
from handwriting.composition.finish import Finisher
from handwriting.composition.marks import HandShape, spell
from handwriting.composition.words import WordInk
from handwriting.ink import Ink
from handwriting.synthesis.hand import Hand

MEASURE = Measure(100.0, 60.0, HandShape(50.0, 0.0), enlarged=1.25, letters={"a": 50.0})


def box(height: float) -> Ink:
    """A rectangle on the baseline, so high."""
    x, y = np.array([0.0, 0, 80, 80, 0]), np.array([0.0, -height, -height, 0, 0])
    return Ink(x, y, np.array([0]))


def drawn(text: str, height: float, **options) -> DrawnWord:
    ink = box(height)
    places = np.zeros(len(ink), np.int64)
    return DrawnWord(WordInk(text, 0, ink, places, 30.0, False, np.array([0])), text, 0, **options)


def height_of(one: DrawnWord) -> float:
    finisher = Finisher(Hand(), 10.0)
    word = finisher.word(one, SpelledWord(Word(one.word.text), spell(one.word.text)), MEASURE, 1.0, 500.0)
    return float(np.ptp(word.ink.y))


def test_the_first_drawing_of_a_word_keeps_its_size():
    assert height_of(drawn("b", 120)) == pytest.approx(1.2 * height_of(drawn("b", 100)))


@pytest.mark.parametrize(
    ("text", "enlarged", "factor"),
    [
        ("b", None, 1 / 1.25),  # nothing is known but how the hand writes words by themselves
        ("b", 1.25, 1 / 1.25),
        ("b", 1.5, (1 / 1.5 + 1 / 1.25) / 2),
        ("b", 5.0, 0.65),  # the first drawing was a scrawl
        ("a", 1.2, 1 / 1.25),  # an "a" is usually half as high, which is the smallest of three estimates
    ],
)
def test_a_word_drawn_again_gets_the_size_of_the_others(text, enlarged, factor):
    again = drawn(text, 100, changed=True, enlarged=enlarged)
    assert height_of(again) == pytest.approx(factor * height_of(drawn(text, 100)))


@pytest.mark.parametrize(
    ("run", "factor"),
    [
        ([("a", 40.0)] * 5, 1.25),  # the run is smaller than the hand usually writes
        ([("a", 200.0)] * 5, 0.65),
        ([("a", 40.0)] * 3 + [("a", 50.0)] * 4, 1.0),
        ([("a", 48.0)] * 5, 1.0),  # people vary as much
        ([("a", 40.0)] * 4 + [("b", 40.0)], 1.0),  # too few known letters
    ],
)
def test_a_run_gets_the_size_of_the_others_as_a_whole(run, factor):
    assert height_of(drawn("b", 100, run=tuple(run))) == pytest.approx(factor * height_of(drawn("b", 100)))


def test_the_usual_height_of_a_letter_is_that_of_words_drawn_once():
    words = [drawn("a", 100), drawn("a", 120), drawn("b", 90), drawn("a", 500, changed=True)]
    assert Measure.of(words, 100.0).letters == {"a": 110.0}


def test_a_hand_shows_how_much_larger_it_writes_words_by_themselves():
    words = [drawn("boxes", 100), *(drawn("boxes", 100, changed=True, enlarged=e) for e in (1.3, 1.4))]
    assert Measure.of(words, 100.0).enlarged == 1.3
    assert Measure.of(words[:1], 100.0).enlarged == ISOLATED_SCALE
