"""Words set side by side: places, order, sizes."""

from itertools import pairwise

import numpy as np

from handwriting.geometry.compose import rough_baseline, side_by_side, were_neighbours
from handwriting.ink import Ink


def word(x: float, y: float, tail: float = 0.0) -> Ink:
    """Four downstrokes of height 10 that stand on ``y``; the last reaches ``tail`` below it."""
    ends = [y, y, y, y + tail]
    return Ink.from_strokes([[(x + 6 * i, end - 10), (x + 6 * i, end)] for i, end in enumerate(ends)])


def test_words_stand_in_order_on_one_line_without_touching():
    inks = [word(0, 0), word(500, 300, tail=6), word(-40, 77)]
    line = side_by_side(inks, np.random.default_rng(1))
    assert len(line.starts) == 12
    parts = np.split(line.xy, [8, 16])
    assert all(a[:, 0].max() < b[:, 0].min() for a, b in pairwise(parts))
    feet = [np.median(part[1::2, 1]) for part in parts]
    assert np.ptp(feet) < 3
    assert np.allclose(parts[0] - parts[0][0], inks[0].xy - inks[0].xy[0])


def test_it_depends_on_the_random_numbers_alone():
    inks = [word(0, 0), word(500, 300)]
    a, b, c = (side_by_side(inks, np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert a == b != c


def test_neighbours_keep_their_places():
    inks = [word(100, 50), word(127, 51)]
    line = side_by_side(inks, np.random.default_rng(1))
    assert np.allclose(line.xy - line.xy[0], np.concatenate([i.xy for i in inks]) - inks[0].xy[0])
    assert were_neighbours(*inks, height=15)
    assert not were_neighbours(inks[1], inks[0], height=15)
    assert not were_neighbours(inks[0], word(127, 90), height=15)


def test_the_foot_is_where_most_strokes_end():
    assert rough_baseline(word(0, 30, tail=8)) == 30
    assert rough_baseline(Ink.from_strokes([[(3, 4)]])) == 4
