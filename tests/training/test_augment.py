from dataclasses import replace

import numpy as np
import pytest

from handwriting.evaluation.orientation import in_plotter_order
from handwriting.geometry.dots import delayed
from handwriting.geometry.normalise import normalise
from handwriting.ink import Ink
from handwriting.recognition.stroke_directions import restored_line
from handwriting.rendering.hershey import write
from handwriting.training.augment import Augmentation
from handwriting.training.options import RecognizerOptions

OFF = Augmentation(0, 0, 0, 0, 1, 0, 0, 0, 0, 0)


@pytest.fixture
def ink() -> Ink:
    return normalise(write("initial little tints", seed=3))


def test_all_off_changes_nothing(ink):
    same = OFF(ink, np.random.default_rng(0))
    assert np.array_equal(same.xy, ink.xy)
    assert OFF.stretch(np.random.default_rng(0)) == 1


def test_the_generator_decides(ink):
    augment = Augmentation()
    one, again, other = (augment(ink, np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert np.array_equal(one.xy, again.xy)
    assert len(one) != len(other) or not np.array_equal(one.xy, other.xy)


@pytest.mark.parametrize(
    "strength",
    ["scale", "slant", "rotation", "warp", "jitter", "drop_stroke", "drop_point"],
)
def test_each_distortion_acts_alone(ink, strength):
    values = {**vars(OFF), strength: 0.3}
    distorted = Augmentation(**values)(ink, np.random.default_rng(0))
    assert len(distorted) != len(ink) or not np.array_equal(distorted.xy, ink.xy)


def test_dots_and_bars_come_late(ink):
    late = Augmentation(**{**vars(OFF), "delay": 1.0})
    seen = {late(ink, np.random.default_rng(seed)).xy.tobytes() for seed in range(20)}
    assert delayed(ink).xy.tobytes() in seen
    assert len(seen) > 2  # others move some of them alone
    assert delayed(ink, np.zeros(len(ink.starts), dtype=bool)).xy.tobytes() == ink.xy.tobytes()


def test_strokes_as_if_a_plotters_tool_had_sorted_them(ink):
    restored = Augmentation(**{**vars(OFF), "plotted": 1.0})(ink, np.random.default_rng(0))
    assert np.array_equal(restored.xy, restored_line(ink)[0].xy)
    again = Augmentation(**{**vars(OFF), "plotted": 1.0})(in_plotter_order(ink), np.random.default_rng(0))
    assert np.allclose(again.xy, restored.xy)


def test_rotation_and_slant_are_what_they_say(ink):
    sheared = Augmentation(**{**vars(OFF), "slant": 0.5})(ink, np.random.default_rng(0))
    assert np.array_equal(sheared.y, ink.y)
    assert np.allclose(np.polyfit(ink.y, sheared.x - ink.x, 1)[1], 0, atol=1e-9)


def test_never_an_empty_ink_and_stroke_ends_stay():
    dot = Ink.from_strokes([[(0, 0)]])
    harsh = Augmentation(drop_stroke=1.0, drop_point=1.0)
    assert len(harsh(dot, np.random.default_rng(0))) == 1
    line = Ink.from_strokes([np.column_stack([np.arange(50.0), np.zeros(50)])])
    kept = Augmentation(**{**vars(OFF), "drop_point": 1.0})(line, np.random.default_rng(0))
    assert (kept.x[0], kept.x[-1]) == (0, 49)


def test_trainings_from_before_an_option_can_be_resumed():
    """What a training is does not mention lines as of a plotter's tool unless it has some."""
    some = replace(RecognizerOptions(), augmentation=Augmentation(plotted=0.1))
    assert "plotted" not in RecognizerOptions().identity()["augmentation"]
    assert some.identity()["augmentation"]["plotted"] == 0.1
