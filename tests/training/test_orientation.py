"""The orientation classifier learns from upright ink which way ink lies."""

import numpy as np
import pytest
from scribbled import hooks

from handwriting.evaluation.orientation import apply_orientation
from handwriting.recognition.orientation import ALL, OrientationClassifier
from handwriting.recognition.pen_counts import stroke_counts
from handwriting.training.orientation import save_orientation, train_orientation
from handwriting.training.pen_examples import PenExamples


@pytest.fixture(scope="module")
def inks():
    return hooks(40)


def test_it_learns_and_is_saved(inks, tmp_path):
    made = train_orientation(PenExamples.of(inks[:30]).counts, hidden=4, updates=60, batch_size=16)
    for number, orientation in enumerate(ALL):
        strokes, moves = stroke_counts(apply_orientation(inks[35], orientation))
        assert made.scores(strokes.sum(axis=0) + moves).argmax() == number
    save_orientation(made, tmp_path / "new")
    with np.load(tmp_path / "new" / "model.npz") as stored:
        assert set(stored.files) == set(OrientationClassifier.__dataclass_fields__)
        assert stored["hidden"].astype(np.float32) == pytest.approx(made.hidden, abs=1e-2)
