"""Dots and bars that follow the letters they belong to."""

import numpy as np
import pytest

from handwriting.features import FeatureConfig, encode
from handwriting.features.normalise import writing_height
from handwriting.features.perturb import delayed
from handwriting.features.settle import dots_and_bars, settled, stroke_boxes
from handwriting.ink import Ink
from handwriting.rendering.hershey import write


def bar(x0, y0, x1, y1, n=9):
    return np.column_stack([np.linspace(x0, x1, n), np.linspace(y0, y1, n)])


STEM, DOT, T, CROSS, STEM2, DOT2, STOP, LAST = (
    bar(0, 40, 0, 100), bar(0, 10, 1, 11, 3), bar(40, 0, 40, 100), bar(20, 30, 60, 32),
    bar(80, 40, 80, 100), bar(80, 10, 81, 11, 3), bar(95, 98, 96, 99, 3), bar(300, 0, 300, 100),
)  # fmt: skip
"""``iti.`` and an ``l``."""


def test_dots_and_bars_are_found():
    ink = Ink.from_strokes([STEM, DOT, T, CROSS, STEM2, DOT2, STOP, LAST])
    found = dots_and_bars(stroke_boxes(ink), float(np.median(ink.y)) / writing_height(ink))
    assert found.tolist() == [False, True, False, True, False, True, False, False]


@pytest.mark.parametrize("seed", range(5))
def test_they_follow_their_letters_whenever_they_were_written(seed):
    strokes = [STEM, DOT, T, CROSS, STEM2, DOT2, STOP, LAST]
    late = [STEM, T, STEM2, STOP, LAST, *[(DOT, CROSS, DOT2)[i] for i in np.random.default_rng(seed).permutation(3)]]
    ink = Ink.from_strokes(late)
    assert [s.tolist() for s in ink.take(settled(ink))] == [s.tolist() for s in strokes]


def test_a_line_and_its_late_version_are_one_ink_to_the_network():
    ink = write("it is in this little tin", seed=2)
    late = delayed(ink)
    assert not np.array_equal(ink.xy, late.xy)
    (one, other), (raw, late_raw) = (
        [encode(given, FeatureConfig(order=order)).steps for given in (ink, late)] for order in ("settled", "written")
    )
    assert one == pytest.approx(other, abs=1e-4)
    assert raw.shape != late_raw.shape or np.abs(raw - late_raw).max() > 0.1


@pytest.mark.parametrize("strokes", [[[(0, 0)]], [[(0, 0)], [(5, 5)]], [[(0, 0), (9, 0)]] * 3])
def test_ink_without_letters_keeps_its_order(strokes):
    ink = Ink.from_strokes(strokes)
    assert settled(ink).tolist() == list(range(len(strokes)))
    assert encode(ink, FeatureConfig()).order.tolist() == list(range(len(strokes)))
