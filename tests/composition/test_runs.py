"""Words are judged where they will stand: in the sizes and spaces of the page, between their neighbours."""

from __future__ import annotations

import numpy as np
import pytest

from handwriting.composition.drawn import DrawnWord, Measure, set_in_line, size_factor
from handwriting.composition.effort import Effort
from handwriting.composition.marks import HandShape
from handwriting.composition.reading import read_words
from handwriting.composition.runs import MAX_CHARACTERS_TIED, WordWriter, worth_redrawing
from handwriting.composition.words import WordInk
from handwriting.ink import Ink
from handwriting.progress import no_progress
from handwriting.recognition.recognizer import Recognizer
from handwriting.synthesis.hand import Hand
from handwriting.synthesis.synthesizer import Synthesizer

MEASURE = Measure(100.0, 60.0, HandShape(50.0, 0.0), enlarged=1.25)
RUNS = ["a + b", "7 + 5 = 12", "my_file and `code`", "see you on 4 July"]


def box(text: str, **options) -> DrawnWord:
    """A word 80 wide and 100 high on the baseline."""
    ink = Ink.from_strokes([[(0, 0), (0, -100), (80, -100), (80, 0), (0, 0)]])
    return DrawnWord(WordInk(text, 0, ink, np.zeros(5, np.int64), None, False, np.array([0])), text, 0, **options)


@pytest.fixture(scope="module")
def models():
    return Synthesizer.load(), Recognizer.load()


def drawn(models, best_of, seed=1):
    effort = Effort(no_progress, sum(map(len, RUNS)))
    return WordWriter(*models, best_of).draw(RUNS, Hand(seed=seed, style=models[0].random_style(seed)), effort)[1]


def test_words_are_set_as_on_a_page_to_be_read():
    again = box("b", changed=True)
    line = set_in_line([box("a"), again, box("c")], MEASURE)
    factor = size_factor(again, MEASURE)
    assert factor == pytest.approx(0.8) and line.text == "a b c"
    left, top, right, _ = line.ink.boxes
    assert left == pytest.approx([0, 140, 140 + 80 * factor + 60])
    assert right[1] - left[1] == pytest.approx(80 * factor)
    assert top == pytest.approx([-100, -100 * factor, -100])


def test_a_word_without_ink_leaves_no_gap():
    lost = DrawnWord(WordInk("b", 0, None, np.array([]), None, False, np.array([])), "", 0)
    assert lost.lost and lost.doubtful
    assert set_in_line([lost, box("c")], MEASURE).text == "c"


def test_of_two_drawings_the_one_that_is_clearly_read_is_better():
    clear, tied, misread = box("a"), box("a", tied=True), DrawnWord(box("a").word, "o", 1)
    assert clear.rank < tied.rank < misread.rank
    assert not tied.doubtful and misread.doubtful


def test_what_is_said_of_a_word_is_what_is_read_in_its_line(models):
    synthesizer, recognizer = models
    rows = drawn(models, 4)
    measure = Measure.of([one for row in rows for one in row], synthesizer.height)
    for row, read in zip(rows, read_words(recognizer, [set_in_line(row, measure) for row in rows]), strict=True):
        assert [(one.read, one.errors) for one in row] == [(one.read, one.errors) for one in read]


def test_more_drawings_are_read_better(models):
    once, often = (
        sum(one.errors for seed in range(4) for row in drawn(models, n, seed) for one in row) for n in (1, 16)
    )
    assert often < once


def test_a_long_word_that_is_nearly_misread_is_redrawn_less_often_than_a_misread_one():
    text, often = "ambiguous", MAX_CHARACTERS_TIED // len("ambiguous") + 1
    assert worth_redrawing(box(text, tied=True)) and not worth_redrawing(box(text))
    assert not worth_redrawing(box(text, tied=True, drawings=often)) and worth_redrawing(
        box("+", tied=True, drawings=often)
    )
    assert worth_redrawing(DrawnWord(box(text).word, "other", 5, drawings=often))
