"""Ink of other pens and hands."""

import numpy as np
import pytest

from handwriting.errors import InkError
from handwriting.evaluation.perturb import PERTURBATIONS, perturbation
from handwriting.geometry.dots import delayed
from handwriting.geometry.normalise import slant
from handwriting.geometry.pace import point_rate
from handwriting.ink import Ink


def bar(x0, y0, x1, y1, n=9, t0=0.0):
    return np.column_stack([np.linspace(x0, x1, n), np.linspace(y0, y1, n), t0 + np.arange(n) / 50])


def two_words() -> Ink:
    """``iti l``: stems from y = 0 down to 100, two dots, a t-bar; then a full stop's dot at the foot, and a stem."""
    return Ink.from_strokes(
        [
            bar(0, 40, 0, 100, t0=0),
            bar(0, 10, 1, 11, 3, t0=1),  # its dot
            bar(40, 0, 40, 100, t0=2),
            bar(20, 30, 60, 32, t0=3),  # its bar
            bar(80, 40, 80, 100, t0=4),
            bar(80, 10, 81, 11, 3, t0=5),  # its dot
            bar(95, 98, 96, 99, 3, t0=6),  # a full stop
            bar(300, 0, 300, 100, t0=7),
        ]
    )


def test_dots_and_bars_go_to_the_end_of_their_word():
    ink, late = two_words(), delayed(two_words())
    order = [next(i for i, s in enumerate(ink.strokes) if np.array_equal(s, t)) for t in late.strokes]
    assert order == [0, 2, 4, 6, 1, 3, 5, 7]
    assert late.t is None


def test_a_dot_alone_stays():
    ink = Ink.from_strokes([[(0, 0)]])
    assert delayed(ink) == ink


def test_rates_are_what_they_say():
    for rate in (60, 500):
        ink = perturbation(f"rate-{rate}")(two_words())
        assert point_rate(ink) == pytest.approx(rate, rel=0.1)
        assert ink.bounds == pytest.approx(two_words().bounds)


def test_slant_and_rotation_are_in_degrees():
    stems = Ink.from_strokes([bar(i, 0, i, 100) for i in range(0, 300, 40)])
    assert slant(perturbation("slant-right")(stems)) == pytest.approx(-np.tan(np.radians(20)), abs=1e-6)
    flat = Ink.from_strokes([bar(0, 0, 100, 0)])
    turned = perturbation("rotation-down")(flat)
    assert turned.y[-1] == pytest.approx(100 * np.sin(np.radians(5)))  # y grows downward


@pytest.mark.parametrize("name", PERTURBATIONS)
def test_no_perturbation_loses_ink(name):
    ink = two_words()
    changed = perturbation(name)(ink)
    assert len(changed.starts) == len(ink.starts)
    perturbation(name)(Ink.from_strokes([[(3, 4)]]))


def test_an_unknown_name_is_answered_with_the_known_ones():
    with pytest.raises(InkError, match="'wobble' is unknown; choose from none, rate-60"):
        perturbation("wobble")
