"""The LSTM that scores whether ink looks upright learns from words as written."""

import numpy as np
import pytest
import torch
from scribbled import hooks

from handwriting.recognition.orientation import ALL, OrientationClassifier
from handwriting.recognition.pen_counts import letter_size, stepped
from handwriting.recognition.upright import FILE, UprightNetwork, upright_features
from handwriting.runtime import Graph, pad
from handwriting.training.export import save_int8
from handwriting.training.upright import mean_votes, share_found, train_upright


@pytest.fixture(scope="module")
def inks():
    return hooks(30)


@pytest.fixture(scope="module")
def network(inks):
    return train_upright(inks[:25], OrientationClassifier.load(), updates=40)


def test_it_learns(inks, network):
    assert share_found(network, inks[25:]) == 1


def test_the_saved_graph_gives_the_odds_of_the_network(inks, network, tmp_path):
    save_int8(network, tmp_path / "new" / FILE)
    scale = letter_size(inks[29])
    points = stepped(inks[29], scale)[0]
    views = [orientation.upright(points)[0] for orientation in ALL]
    saved = UprightNetwork(Graph(tmp_path / "new" / FILE)).odds(views, scale)
    with torch.no_grad():
        odds = mean_votes(network, *pad([upright_features(view, scale) for view in views])).numpy()
    assert saved == pytest.approx(odds, abs=0.1 * float(np.abs(odds).max()))
