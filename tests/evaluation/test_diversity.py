"""Spreads over lines whose slant, size, speed and gaps are known."""

import numpy as np
import pytest

from handwriting.corpora import Line
from handwriting.evaluation.diversity import spread, word_gap
from handwriting.geometry.normalise import slant, writing_height
from handwriting.ink import Ink
from handwriting.rendering.hershey import write


def bars(words: str = "nnnn nnnn nnnn", shear: float = 0.0, size: float = 1.0, gap: float = 3.0, step: float = 0.1):
    """A line of one upright bar of height ``size`` a letter, a height apart; ``gap`` heights between words."""
    strokes, x = [], 0.0
    down = np.arange(0, 1 + 1e-9, step)
    for word in words.split():
        for _ in word:
            strokes.append(size * np.column_stack([x - shear * down, down]))
            x += 1
        x += gap - 1
    return Ink.from_strokes(strokes)


def line(ink: Ink, text: str = "nnnn nnnn nnnn") -> Line:
    return Line("1", ink, text, None, "1")


@pytest.mark.parametrize("shear", [-0.7, 0.0, 0.3, 1.0])
def test_slant_is_the_shear_of_downstrokes(shear):
    assert slant(bars(shear=shear)) == pytest.approx(-shear, abs=1e-12)


def test_spread_of_one_line_is_none():
    assert set(vars(spread([line(bars())])).values()) == {0.0}


def test_slant_spreads_in_degrees():
    tilted = [line(bars("n" * 40, shear=np.tan(np.radians(a)), gap=0)) for a in (-10, 10, 10, -10)]
    assert spread(tilted).slant == pytest.approx(10, rel=0.05)  # levelling a line of tilted bars turns it a little


def test_height_and_speed_spread_in_units_of_the_source():
    sizes = [line(bars(size=size)) for size in (100, 300)]
    assert spread(sizes).height == pytest.approx(100 * writing_height(bars()), rel=1e-9)  # 100 and 300 times
    assert spread(sizes).speed == pytest.approx(10, rel=1e-9)  # steps of 10 and of 30 units
    assert spread(sizes).spacing == pytest.approx(0, abs=1e-9)
    assert spread([line(bars(step=0.1)), line(bars(step=0.25))]).speed == pytest.approx(0.075, rel=1e-9)


def test_word_gaps_are_the_widest():
    for gap in (2.0, 3.0):
        assert word_gap(bars(gap=gap), 2) == pytest.approx(gap / writing_height(bars()), rel=1e-9)
    two = [line(bars(gap=2.0)), line(bars(gap=6.0))]
    assert spread(two).spacing == pytest.approx(2 / writing_height(bars()), rel=1e-9)


def test_late_dots_and_bars_do_not_make_gaps():
    late = [*bars().strokes, [(2.5, 0.1)], [(7.2, 0.5), (8.4, 0.5)], [(0.5, 0.1)]]
    assert word_gap(Ink.from_strokes(late), 2) == pytest.approx(
        word_gap(bars(), 2), rel=0.06
    )  # the bar tells on the height


def test_a_line_of_one_word_has_no_gap_and_words_without_one_have_0():
    assert np.isnan(word_gap(bars(), 0))
    assert word_gap(Ink.from_strokes([[(0, 0), (9, 1)], [(3, 0), (4, 1)]]), 1) == 0
    single = line(bars("nnnn"), "nnnn")
    assert spread([single]).spacing == 0
    both = [line(bars(gap=2.0)), line(bars(gap=3.0))]
    assert spread([*both, single]).spacing == spread(both).spacing > 0


def test_spaces_are_counted_in_natural_typography():
    """``nnnn . nnnn`` is two words with a full stop."""
    lines = [line(bars("nn nn", gap=gap), "n . n") for gap in (2.0, 4.0)]
    assert spread(lines).spacing == pytest.approx(1 / writing_height(bars()), rel=1e-9)  # two spaces would halve it


def test_sensor_jumps_are_cleaned_away():
    ink = bars("n" * 30, size=100, gap=0)
    jumping = Ink.from_strokes([*ink.strokes[:-1], np.vstack([ink.strokes[-1], [(9000, 9000)]])])
    assert spread([line(ink), line(jumping)]).height == 0


def test_a_font_in_many_hands_spreads_more_than_in_one():
    def lines(jitter):
        return [line(write("a line of words", seed=seed, jitter=jitter), "a line of words") for seed in range(6)]

    one, many = spread(lines(0)), spread(lines(1))
    assert max(vars(one).values()) < 1e-9
    assert all(value > 1e-3 for value in vars(many).values())


def test_dots_alone_have_no_speed():
    dots = Ink.from_strokes([[(x, 0.0)] for x in range(5)])
    assert np.isfinite(list(vars(spread([line(dots, "....."), line(bars())])).values())).all()
