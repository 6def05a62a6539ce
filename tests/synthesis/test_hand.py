"""A hand is validated where it is made."""

from __future__ import annotations

import pytest

from handwriting.errors import InkError
from handwriting.rendering.hershey import write
from handwriting.synthesis.hand import Hand
from handwriting.synthesis.styles import Sample, Style


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"bias": -0.1}, "a bias of -0.1; give one from 0"),
        ({"bias": float("nan")}, "a bias of nan"),
        ({"bias": 21}, "a bias of 21"),
        ({"seed": -1}, "a seed of -1; give 0 or more"),
        ({"size": 9}, r"a size of 9; give one from 0.3 to 2 \(1 fits the lines\)"),
        ({"size": float("nan")}, "a size of nan; give one from"),
        ({"slant": 60}, "a slant of 60 degrees; give one from -45 to 45"),
        ({"slant": float("nan")}, "a slant of nan degrees"),
    ],
)
def test_values_out_of_range_are_refused(fields, reason):
    with pytest.raises(InkError, match=reason):
        Hand(**fields)


def test_sizes_of_hand_and_style_are_multiplied_and_their_product_is_limited():
    small = Style("small", (Sample("ink", write("ink")),), size=0.5)
    assert Hand(style=small, size=1.5).total_size == 0.75
    with pytest.raises(InkError, match=r"a size of 0\.5 times the style's own 0\.5; give one from 0\.3"):
        Hand(style=small, size=0.5)
