"""Loops, and units that tell events, on values that are known."""

from __future__ import annotations

import numpy as np

from handwriting.ink import Ink
from handwriting.inspection.events import loops
from handwriting.inspection.gates import Gates, Unit
from handwriting.inspection.units import responding_units


def test_the_points_of_a_loop_are_found():
    turn = np.linspace(0, 2 * np.pi, 40)
    loop = np.column_stack([10 + 4 * np.sin(turn), 4 * np.cos(turn)])
    path = np.concatenate([[(4.0, 6.0), (8.0, 5.0)], loop + 0.01 * np.arange(40)[:, None], [(12.0, 6.0), (16, 7)]])
    found = loops(Ink.from_strokes([path, [(20.0, 0.0), (20, 8), (22, 8)]]))
    assert found[5:38].all()
    assert not found[[0, -1, -2, -3, -4]].any()


def test_strokes_that_cross_each_other_are_no_loop():
    cross = Ink.from_strokes([[(0.0, 0.0), (4, 4), (8, 8)], [(0.0, 8.0), (4, 4.5), (8, 0)]])
    assert not loops(cross).any()


def test_the_unit_that_knows_the_event_is_found():
    random = np.random.default_rng(0)
    mask = random.random(60) < 0.3
    noise = lambda: random.random((60, 8)).astype(np.float32)  # noqa: E731
    knows, noisy = noise(), noise()
    knows[:, 5] = 1 - mask
    backward = Gates(noise(), knows, noise(), noise(), noise())
    found = responding_units([[Gates(noisy, noise(), noise(), noise(), noise()), backward]], {"pen-up": mask}, count=2)
    best, second = found["pen-up"]
    assert (best.unit, best.signal, best.auc) == (Unit(1, "backward", 5), "forget", 0.0)
    assert second.unit != best.unit
    assert 0.5 < best.chance < 0.85


def test_equal_values_tell_nothing():
    flat = [Gates(*[np.ones((10, 1), np.float32)] * 5)]
    (one,) = responding_units([flat], {"loop": np.arange(10) < 3}, count=1)["loop"]
    assert one.auc == one.chance == 0.5
