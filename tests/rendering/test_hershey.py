"""Ink drawn with a single-stroke font: deterministic, within what a pen does, and in a hand's order."""

import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handwriting.errors import InkError
from handwriting.rendering.hershey import (
    CAPITAL_HIMETRIC,
    FONTS,
    STEP_CAPITALS,
    load,
    resample_line,
    smooth,
    smooth_noise,
    tidy,
    times,
    write,
)

PRINTABLE = "".join(map(chr, range(33, 127)))


def lengths(ink):
    """Between neighbouring points of the same stroke, in capitals."""
    steps = np.hypot(np.diff(ink.x), np.diff(ink.y)) / CAPITAL_HIMETRIC
    return steps[np.diff(ink.stroke_index) == 0]


def test_the_same_arguments_give_the_same_ink():
    assert write("Same", seed=3) == write("Same", seed=3)
    assert write("Same", seed=3) != write("Same", seed=4)
    assert write("Same", seed=3) != write("Same", seed=3, jitter=0.5)


@pytest.mark.parametrize("font", FONTS)
def test_every_printable_character_can_be_written(font):
    for character in PRINTABLE:
        ink = write(character, font)
        assert ink.source.text == character
        assert len(ink) >= 2


@pytest.mark.parametrize("font", FONTS)
@pytest.mark.parametrize("jitter", [0.0, 1.0, 2.0])
def test_points_lie_as_a_pen_samples_them(font, jitter):
    ink = write("The quick brown fox, 1984 (jumped).", font, seed=1, jitter=jitter)
    steps = lengths(ink)
    assert np.median(steps) == pytest.approx(STEP_CAPITALS, rel=0.15)
    assert steps.max() < 3 * STEP_CAPITALS
    assert (np.diff(ink.t) > 0).all() and ink.t[0] == 0
    within = np.diff(ink.stroke_index) == 0
    speed = steps / np.diff(ink.t)[within]
    assert 2 < np.median(speed) < 7  # capitals a second; people write IAM-OnDB at about 4
    assert np.diff(ink.t)[~within].min() >= 0.1


def test_without_jitter_letters_stand_on_the_line_and_capitals_have_their_height():
    _, top, _, bottom = write("HIT", jitter=0).bounds
    assert bottom - top == pytest.approx(CAPITAL_HIMETRIC, rel=0.02)
    _, top, _, bottom = write("x", jitter=0).bounds
    assert 0.4 < (bottom - top) / CAPITAL_HIMETRIC < 0.8


def test_letters_are_written_from_left_to_right():
    ink = write("one two", seed=2)
    word = ink.x[ink.starts] > ink.x.mean()
    assert (np.diff(word.astype(int)) >= 0).all()


def test_jitter_makes_equal_letters_differ():
    def shapes(jitter):
        strokes = write("ooo", jitter=jitter).strokes
        return [np.ptp(s, axis=0) for s in strokes]

    first, second, third = shapes(0.0)
    np.testing.assert_allclose(first, second, atol=1e-9 * CAPITAL_HIMETRIC)
    np.testing.assert_allclose(first, third, atol=1e-9 * CAPITAL_HIMETRIC)
    first, second, _ = shapes(1.0)
    assert np.abs(first - second).max() > 0.01 * CAPITAL_HIMETRIC


def test_a_hand_writes_a_in_one_stroke_and_dots_its_i_last():
    assert len(write("a").starts) == 1
    stem, dot = write("i", jitter=0).strokes
    assert np.ptp(stem[:, 1]) > 5 * np.ptp(dot[:, 1])
    assert dot[:, 1].max() < stem[:, 1].min()


def test_full_stops_are_ticks_on_the_line():
    (dot,) = write(".", jitter=0).strokes
    assert 2 <= len(dot) <= 6
    assert np.ptp(dot, axis=0).max() < 0.1 * CAPITAL_HIMETRIC
    stroke, *_, dot = write("H.", jitter=0).strokes
    assert dot[:, 1].max() <= stroke[:, 1].max() + 0.05 * CAPITAL_HIMETRIC
    assert dot[:, 1].min() > stroke[:, 1].max() - 0.2 * CAPITAL_HIMETRIC


def test_joined_up_letters_share_a_stroke_until_the_word_ends():
    assert len(write("nun", "cursive").starts) == 1
    assert len(write("nun nun", "cursive").starts) == 2
    body, dot = write("mine", "cursive", jitter=0).strokes
    assert len(body) > 10 * len(dot)  # the dot waits for the end of the word


def test_words_stand_apart():
    gap = {text: write(text, jitter=0).x for text in ("no", "n o")}
    assert np.ptp(gap["n o"]) - np.ptp(gap["no"]) == pytest.approx(16 / 21 * CAPITAL_HIMETRIC, rel=0.05)


@pytest.mark.parametrize("text", ["café", "line\nbreak", "€5 – 中文"])
def test_characters_that_the_font_lacks_are_named(text):
    with pytest.raises(InkError) as error:
        write(text)
    for character in set(text):
        if not " " <= character <= "~":
            assert repr(character)[1:-1] in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"text": ""}, "nothing to write"),
        ({"text": "  "}, "nothing to write"),
        ({"text": "a", "font": "gothiceng"}, "rowmans, futural, cursive"),
        ({"text": "a", "jitter": -1}, "jitter -1"),
        ({"text": "a", "jitter": float("nan")}, "jitter nan"),
        ({"text": "a", "seed": -1}, "seed -1"),
    ],
)
def test_what_cannot_be_written_is_refused(arguments, message):
    with pytest.raises(InkError, match=message):
        write(**arguments)


def test_without_the_font_package_the_remedy_is_told(monkeypatch):
    load.cache_clear()
    monkeypatch.setitem(sys.modules, "HersheyFonts", None)
    with pytest.raises(InkError, match="pip install Hershey-Fonts"):
        write("a")


@settings(max_examples=40, deadline=None)
@given(
    st.text(alphabet=PRINTABLE + " ", min_size=1, max_size=30).filter(str.strip),
    st.sampled_from(FONTS),
    st.integers(0, 2**32),
    st.floats(0, 4),
)
def test_any_text_gives_sound_ink(text, font, seed, jitter):
    ink = write(text, font, seed, jitter)
    assert ink.source.text == text
    assert (np.diff(ink.t) > 0).all()
    assert min(map(len, ink.strokes)) >= 2


def test_smooth_keeps_ends_and_straight_lines():
    line = np.column_stack([np.arange(9.0), 2 * np.arange(9.0)])
    np.testing.assert_allclose(smooth(line, 1.0), line, atol=1e-12)
    bent = np.array([[0.0, 0.0], [1.0, 1.0], [2.0, 0.0]])
    rounded = smooth(bent, 1.0)
    np.testing.assert_allclose(rounded[[0, -1]], bent[[0, -1]], atol=1e-12)
    assert 0 < rounded[1, 1] < 1


def test_waver_has_unit_deviation_and_the_width_asked_for():
    noise = smooth_noise(200_000, 5.0, np.random.default_rng(0))
    assert noise.shape == (200_000, 2)
    np.testing.assert_allclose(noise.std(axis=0), 1.0, rtol=0.03)
    correlation = np.mean(noise[:-10] * noise[10:], axis=0)  # of two Gaussian windows 2 widths apart: exp(-1)
    np.testing.assert_allclose(correlation, np.exp(-1), atol=0.03)


def test_even_spacing_around_a_corner():
    points = resample_line(np.array([[0.0, 0.0], [0.0, 0.0], [1.0, 0.0], [1.0, 1.0]]))
    steps = np.hypot(*np.diff(points, axis=0).T)
    assert steps.max() < 1.1 * STEP_CAPITALS and steps.min() > 0.6 * STEP_CAPITALS
    assert np.hypot(*(points - (1.0, 0.0)).T).min() < STEP_CAPITALS  # the corner is rounded by less than a step


def test_tidy_hand_checked():
    diamond = np.array([[0.0, 7.0], [-1.0, 8.0], [0.0, 9.0], [1.0, 8.0], [0.0, 7.0]]) / 21
    assert len(tidy(diamond)) == 2
    comma = np.vstack([diamond, [[0.05, 0.5], [0.0, 0.6]]])
    np.testing.assert_array_equal(tidy(comma), comma[4:])
    circle = diamond * 10
    np.testing.assert_array_equal(tidy(circle), circle)


def test_a_turn_takes_longer_than_a_straight_line():
    straight = np.column_stack([np.arange(100) * STEP_CAPITALS, np.zeros(100)])
    angle = np.arange(100) * STEP_CAPITALS / 0.1  # a circle of a tenth of a capital
    bent = 0.1 * np.column_stack([np.cos(angle), np.sin(angle)])
    start = np.array([0])
    assert times(bent, start)[-1] == pytest.approx(10 ** (1 / 3) * times(straight, start)[-1], rel=0.1)
