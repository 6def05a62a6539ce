"""The stroke after a text is told apart from those of its last character."""

from __future__ import annotations

import numpy as np
import pytest

from handwriting.ink import Ink
from handwriting.synthesis.ending import stray_from

BODY = [[(0, 0), (100, 0), (100, 100)], [(160, 100), (170, 100), (170, 104), (160, 104)]]
"""A letter, 0, and a full stop, 1, of writing 100 high."""


def line(*last: tuple[float, float], at: list[int]) -> tuple[Ink, np.ndarray]:
    return Ink.from_strokes([*BODY, list(last)]), np.array([0, 0, 0, 1, 1, 1, 1, *at])


def test_a_stroke_to_the_right_that_was_drawn_past_the_text_is_stray():
    ink, places = line((200, 0), (205, 30), (210, 60), (215, 90), at=[1, 2, 2, 2])
    assert stray_from(ink, places, 2, 100) == 7


@pytest.mark.parametrize(
    ("last", "at"),
    [
        ([(200, 0), (205, 30), (210, 60), (215, 90)], [1, 1, 2, 2]),  # half of it is the last character's
        ([(200, 0), (205, 30), (210, 60), (215, 90)], [1, 1, 1, 1]),
        ([(200, 100), (202, 100), (202, 102), (200, 102)], [1, 2, 2, 2]),  # a dot
        ([(20, 50), (60, 50), (100, 50), (140, 50)], [1, 2, 2, 2]),  # a bar through what stands there
    ],
)
def test_the_last_characters_own_strokes_stay(last, at):
    ink, places = line(*last, at=at)
    assert stray_from(ink, places, 2, 100) == len(ink)


def test_an_only_stroke_stays():
    ink = Ink.from_strokes([BODY[0]])
    assert stray_from(ink, np.array([1, 1, 1]), 1, 100) == 3
