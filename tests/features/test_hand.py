"""What is measured of a hand."""

from __future__ import annotations

import numpy as np

from handwriting.features.hand import measures
from handwriting.ink import Ink
from handwriting.rendering.hershey import write


def test_measures_are_free_of_size_and_place():
    ink = write("the same hand", seed=3)
    first = measures(ink, "the same hand")
    assert first.shape == (69,) and np.isfinite(first).all()
    assert np.allclose(first, measures(ink.moved_to(7 * ink.x + 100, 7 * ink.y - 9), "the same hand"), atol=1e-6)


def test_slant_and_width_show():
    ink = write("the same hand", seed=3)
    plain = measures(ink, "the same hand")
    leaning = measures(ink.moved_to(ink.x - 0.5 * ink.y, ink.y), "the same hand")
    wide = measures(ink.moved_to(2 * ink.x, ink.y), "the same hand")
    assert leaning[34] < plain[34] - 0.3  # 24 directions and 10 turns come before the slant
    assert wide[36] > 1.8 * plain[36]


def test_a_dot_has_measures_too():
    assert np.isfinite(measures(Ink([1.0], [2.0], [0]), ".")).all()
