"""Strokes before and after a text are told apart from those of its characters."""

from __future__ import annotations

import numpy as np
import pytest

from handwriting.ink import Ink
from handwriting.synthesis.strays import own_points

BODY = [[(0, 0), (100, 0), (100, 100)], [(160, 100), (170, 100), (170, 104), (160, 104)]]
"""A letter, 0, and a full stop, 1, of writing 100 high."""


DOT = [(200, 100), (202, 100), (202, 102), (200, 102)]


def line(*last: tuple[float, float], at: list[int], stop: int = 1) -> tuple[Ink, np.ndarray]:
    return Ink.from_strokes([*BODY, list(last)]), np.array([0, 0, 0, *[stop] * 4, *at])


def test_a_stroke_to_the_right_that_was_drawn_past_the_text_is_stray():
    ink, places = line((200, 0), (205, 30), (210, 60), (215, 90), at=[1, 2, 2, 2])
    assert own_points(ink, places, 2, 100) == slice(0, 7)


def test_a_dot_is_stray_when_the_last_character_had_its_stroke():
    ink, places = line(*DOT, at=[1, 2, 2, 2])
    assert own_points(ink, places, 2, 100) == slice(0, 7)
    ink, places = line(*DOT, at=[1, 2, 2, 2], stop=0)
    assert own_points(ink, places, 2, 100) == slice(0, len(ink))


@pytest.mark.parametrize(
    ("last", "at"),
    [
        ([(200, 0), (205, 30), (210, 60), (215, 90)], [1, 1, 2, 2]),  # half of it is the last character's
        ([(200, 0), (205, 30), (210, 60), (215, 90)], [1, 1, 1, 1]),
        ([(20, 50), (60, 50), (100, 50), (140, 50)], [1, 2, 2, 2]),  # a bar through what stands there
    ],
)
def test_the_last_characters_own_strokes_stay(last, at):
    ink, places = line(*last, at=at)
    assert own_points(ink, places, 2, 100) == slice(0, len(ink))


def test_an_only_stroke_stays():
    ink = Ink.from_strokes([BODY[0]])
    assert own_points(ink, np.array([1, 1, 1]), 1, 100) == slice(0, 3)
    assert own_points(ink, np.array([-1, -1, -1]), 1, 100) == slice(0, 3)


def test_strokes_before_the_text_are_stray():
    ink = Ink.from_strokes(BODY)
    assert own_points(ink, np.array([-1, -1, -1, -1, 0, 0, 0]), 1, 100) == slice(3, 7)
    assert own_points(ink, np.array([-2, -1, 0, 0, 0, 0, 0]), 1, 100) == slice(0, 7)


def test_what_is_left_of_a_line_is_never_nothing():
    """The last stroke is the only one that is not before the text, and it is stray."""
    ink, places = line((200, 0), (205, 30), (210, 60), (215, 90), at=[2, 2, 2, 2])
    places[:-4] = -1
    assert own_points(ink, places, 2, 100) == slice(int(ink.starts[-1]), len(ink))
