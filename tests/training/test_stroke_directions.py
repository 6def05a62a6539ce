"""The LSTM for the directions of strokes learns from lines as they were written."""

import numpy as np
import pytest
from scribbled import hooks

from handwriting.recognition.pen_counts import letter_size, stepped
from handwriting.recognition.stroke_directions import FILE, DirectionNetwork
from handwriting.recognition.stroke_order import StrokeShapes
from handwriting.runtime import Graph
from handwriting.training.export import save_int8
from handwriting.training.pen_examples import PenExamples
from handwriting.training.stroke_directions import forward_odds, train_directions


@pytest.fixture(scope="module")
def inks():
    return hooks(30)


@pytest.fixture(scope="module")
def network(inks):
    return train_directions(PenExamples.of(inks[:28]), updates=15)


def test_it_learns(inks, network):
    odds = forward_odds(network, PenExamples.of(inks[28:], None))
    assert odds.shape == (12,) and (odds > 0).all()


def test_the_saved_graph_takes_measurements_as_they_are(inks, network, tmp_path):
    """The scale of the features in training is part of the graph."""
    save_int8(network, tmp_path / "new" / FILE)
    scale = letter_size(inks[29])
    shapes = StrokeShapes.of(inks[29], scale, stepped(inks[29], scale))
    saved = DirectionNetwork(Graph(tmp_path / "new" / FILE)).forward_odds(shapes)
    odds = forward_odds(network, PenExamples.of(inks[29:], None))
    assert saved == pytest.approx(odds, abs=0.05 * float(np.abs(odds).max()))
