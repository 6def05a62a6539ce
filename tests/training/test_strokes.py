"""The networks for direction and order of strokes learn from lines as they were written."""

import numpy as np
import pytest

from handwriting.evaluation.orientation import reversed_strokes
from handwriting.ink import Ink
from handwriting.recognition.pen_counts import letter_size, stepped, stroke_counts
from handwriting.recognition.stroke_order import StrokeNetworks, StrokeShapes
from handwriting.training.pen_examples import PenExamples
from handwriting.training.strokes import save_strokes, train_strokes


@pytest.fixture(scope="module")
def inks():
    """Stems drawn downward, each with a hook to its right that is drawn after it."""
    rng = np.random.default_rng(0)
    found = []
    for _ in range(30):
        strokes = []
        for k in range(4):
            left, height = 6 * k + rng.uniform(0, 1), rng.uniform(3, 4)
            strokes.append(np.linspace((left, 0), (left, height), 20))
            turn = np.linspace(0, np.pi, 20)
            strokes.append(np.column_stack([left + np.sin(turn), height / 2 - np.cos(turn)]))
        found.append(Ink.from_strokes(strokes))
    return found


def test_they_learn_and_are_saved(inks, tmp_path):
    made = train_strokes(PenExamples.of(inks[:28]), updates=150)
    for ink, sign in ((inks[28], 1), (reversed_strokes(inks[28]), -1)):
        shapes = StrokeShapes.of(ink, letter_size(ink), stepped(ink, letter_size(ink)))
        assert (sign * made.forward_odds(shapes, stroke_counts(ink)[0]) > 0).all()
    shuffled = np.random.default_rng(1).permutation(8)
    ink = inks[29].take(shuffled)
    assert shuffled[made.writing_order(ink)].tolist() == list(range(8))
    save_strokes(made, tmp_path / "new")
    with np.load(tmp_path / "new" / "strokes.npz") as stored:
        again = StrokeNetworks.of({name: stored[name].astype(np.float32) for name in stored.files})
    for name, array in made.arrays().items():
        assert again.arrays()[name] == pytest.approx(array, rel=1e-2, abs=1e-2)
