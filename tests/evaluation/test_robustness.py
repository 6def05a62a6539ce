"""What perturbations cost."""

from pathlib import Path

import numpy as np
import pytest
from tiny import TinyCorpus

from handwriting import formats
from handwriting.evaluation.perturb import PERTURBATIONS
from handwriting.evaluation.robustness import evaluate
from handwriting.ink import Ink
from handwriting.recognition.recognizer import Recognizer


def test_every_perturbation_has_a_row():
    told = []
    report = evaluate(
        Recognizer.load(), TinyCorpus(4), "testset_v", progress=lambda done, total: told.append((done, total))
    )
    table = report.figures()
    assert list(table) == list(PERTURBATIONS)
    assert table["none"]["change"] == 0
    assert table["no-time"]["cer"] == table["none"]["cer"]
    assert told[-1][0] == told[-1][1]
    assert "delayed-strokes" in report.render()


@pytest.fixture(scope="module")
def line():
    return formats.read(Path(__file__).parents[2] / "datasets" / "samples" / "line.xml")


@pytest.mark.parametrize("decoder", ["greedy", "language"])
def test_words_and_single_characters_are_read(line, decoder):
    recognizer = Recognizer.load()
    whole = recognizer.transcribe(line, "language")

    def alone(spans):
        keep = np.zeros(len(line), dtype=bool)
        for span in spans:
            keep[slice(*span)] = True
        return recognizer.transcribe(line.keep(keep), decoder).text

    assert [alone(word.points) for word in whole.words[:3]] == ["a", "line", "of"]
    letters = [alone(c.points) for c in whole.characters if c.points]
    assert all(len(text) <= 3 for text in letters)
    assert letters.count("") <= 2  # a letter torn from its line may be too little to be read
    assert sum(text.lower() in "aoed" for text in letters) >= 4


def test_a_line_of_thousands_of_points_reads_the_same(line):
    strokes = []
    for stroke in line.strokes:
        at = np.linspace(0, len(stroke) - 1, 3 * len(stroke) if len(stroke) > 1 else 1)
        strokes.append(np.column_stack([np.interp(at, np.arange(len(stroke)), stroke[:, i]) for i in (0, 1)]))
    dense = Ink.from_strokes(strokes)
    assert len(dense) > 3000
    assert Recognizer.load().transcribe(dense, "language").text == "a line of handwriting"
