"""What perturbations cost."""

from tiny import TinyCorpus

from handwriting.features.perturb import PERTURBATIONS
from handwriting.recognition.recognizer import Recognizer
from handwriting.recognition.robustness import render, survey


def test_every_perturbation_has_a_row():
    told = []
    table = survey(
        Recognizer.load(), TinyCorpus(4), "testset_v", progress=lambda done, total: told.append((done, total))
    )
    assert list(table) == list(PERTURBATIONS)
    assert table["none"]["change"] == 0
    assert table["no-time"]["cer"] == table["none"]["cer"]
    assert told[-1][0] == told[-1][1]
    assert "delayed-strokes" in render(table)
