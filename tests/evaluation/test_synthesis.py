"""Nats through the step graph: those of the torch network, every line counted."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from tiny import TinyCorpus, synthesizer

from handwriting.corpora import Line
from handwriting.errors import InkError
from handwriting.evaluation.synthesis import evaluate, example
from handwriting.ink import Ink
from handwriting.networks.mixture import Mixture
from handwriting.networks.synthesizer import SynthesisConfig, SynthesisNetwork
from handwriting.synthesis.synthesizer import Synthesizer


@pytest.fixture(scope="module")
def model(tmp_path_factory) -> Synthesizer:
    return Synthesizer(synthesizer(tmp_path_factory.mktemp("synthesizer")))


def test_figures_are_those_of_the_network_line_by_line(model):
    corpus = TinyCorpus(5)
    network = SynthesisNetwork(SynthesisConfig(**model.card["network"])).eval()
    network.load_state_dict({k: torch.from_numpy(v) for k, v in model.checkpoint.weights().items()})
    nats = error = points = 0.0
    for line in corpus.lines("testset_v"):
        one = example(line, model.normalizer, model.alphabet)
        x = torch.from_numpy(one.points).unsqueeze(1)
        with torch.no_grad():
            mixture = Mixture.of(network(x[:-1], torch.from_numpy(one.text)[None])[0], model.normalizer.sigma_floor)
        nats += float(mixture.nats(x[1:]).sum())
        error += float((x[1:, :, :2] - mixture.mean()).square().sum())
        points += one.steps
    report = evaluate(model, corpus, "testset_v", batch_size=2)
    result = report.figures()
    assert result["nats_per_point"] == pytest.approx(nats / points, rel=1e-5)
    assert result["nats_per_line"] == pytest.approx(nats / 5, rel=1e-5)
    assert result["sse"] == pytest.approx(error / points, rel=1e-5)
    grown = np.log(30 * 40)
    assert result["nats_per_point_raw"] == pytest.approx(nats / points + grown, rel=1e-5)
    assert result["nats_per_line_raw"] == pytest.approx((nats + points * grown) / 5, rel=1e-5)
    assert result["lines"] == 5
    assert result["trained_on"] == {"lists": ["trainset"], "lines": 1, "points": 2}
    assert result["normalizer"] == model.card["normalizer"]
    assert "testset_v, 5 lines" in report.render()


class Points:
    """Lines of given inks."""

    def __init__(self, *inks: Ink) -> None:
        self._inks = inks

    def lines(self, split: str):
        return (Line(f"{i}", ink, "a", None, "form") for i, ink in enumerate(self._inks))


def test_a_line_of_one_point_counts_as_a_line(model):
    dot, word = Ink.from_strokes([[[0, 0]]]), Ink.from_strokes([[[0, 0], [9, 9], [20, 0]]])
    both, alone = (evaluate(model, Points(*inks), "x").figures() for inks in ((dot, word), (word,)))
    assert both["lines"] == 2
    assert both["nats_per_point"] == pytest.approx(alone["nats_per_point"], rel=1e-6)
    assert both["nats_per_line"] == pytest.approx(alone["nats_per_line"] / 2, rel=1e-6)
    with pytest.raises(InkError, match="no points to predict"):
        evaluate(model, Points(dot), "x")


def test_an_unknown_character_is_seen_as_nothing(model):
    line = next(TinyCorpus(1).lines("testset_v"))
    odd = example(Line(line.id, line.ink, "aÅb", None, "f"), model.normalizer, model.alphabet)
    assert odd.text.tolist() == [5, 0, 6]
