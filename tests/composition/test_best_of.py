"""The best of several candidates: which one is kept, and what it costs in draws."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tiny import synthesizer

from handwriting.checkpoint import shipped
from handwriting.composition import best_of
from handwriting.composition.best_of import BestOf, ChosenLine
from handwriting.errors import InkError
from handwriting.recognition.recognizer import Recognizer
from handwriting.synthesis.hand import Hand
from handwriting.synthesis.synthesizer import Synthesizer

TEXTS = ["some ink", "a pen", "lines"]


@pytest.fixture(scope="module")
def model(tmp_path_factory) -> Synthesizer:
    return Synthesizer(synthesizer(tmp_path_factory.mktemp("synthesizer")))


@pytest.fixture(scope="module")
def recognizer() -> Recognizer:
    return Recognizer.load()


def judge(monkeypatch, verdicts):
    """Lets the recognizer say what a test wants: a function of text and number of the call to read, errors, score."""
    count = iter(range(10_000))
    monkeypatch.setattr(
        best_of, "judge", lambda recognizer, inks, texts: [verdicts(text, next(count)) for text in texts]
    )


def always_complete(monkeypatch):
    """Lets every line that is drawn come to its end, whatever its scribble looks like."""
    write = Synthesizer.write
    monkeypatch.setattr(
        Synthesizer,
        "write",
        lambda self, *given, **options: [replace(line, complete=True) for line in write(self, *given, **options)],
    )


def test_of_those_that_say_the_text_the_most_probable_is_kept(model, recognizer, monkeypatch):
    always_complete(monkeypatch)
    verdicts = [("sone ink", 1, -1.0), ("some ink", 0, -9.0), ("some ink", 0, -2.0), ("some ink", 0, -5.0)]
    judge(monkeypatch, lambda text, n: verdicts[n])
    (kept,) = BestOf(model, recognizer, 4).write(["some ink"])
    assert (kept.candidate, kept.read, kept.log_probability, kept.candidates) == (2, "some ink", -2.0, 4)
    assert kept.verified


def test_when_none_says_it_the_nearest_is_kept_and_says_so(model, recognizer, monkeypatch):
    judge(monkeypatch, lambda text, n: [("x", 8, -1.0), ("some in", 1, -7.0), ("sme in", 2, -3.0)][n])
    (kept,) = BestOf(model, recognizer, 3).write(["some ink"])
    assert kept.candidate == 1
    assert not kept.verified


def test_the_real_recognizer_judges(model, recognizer):
    (kept,) = BestOf(model, recognizer, 2).write(["some ink"], Hand(seed=1))
    assert isinstance(kept, ChosenLine)
    assert not kept.verified  # a scribble
    assert kept.errors > 0
    assert kept.log_probability < 0
    assert kept.read == recognizer.transcribe(kept.ink).text


def test_one_candidate_is_what_the_synthesizer_writes(model, recognizer):
    alone = model.write(TEXTS, Hand(seed=5))
    for one, other in zip(BestOf(model, recognizer, 1).write(TEXTS, Hand(seed=5)), alone, strict=True):
        assert one.ink == other.ink
        assert np.array_equal(one.places, other.places)


def test_few_lines_get_their_candidates_in_one_batch_and_many_in_rounds(model, recognizer, monkeypatch):
    batches, write = [], Synthesizer.write
    monkeypatch.setattr(
        Synthesizer,
        "write",
        lambda self, texts, *given, **options: batches.append(len(texts)) or write(self, texts, *given, **options),
    )
    judge(monkeypatch, lambda text, n: (text, 0, -1.0))
    BestOf(model, recognizer, 4).write(["pen"])
    assert batches == [4]
    batches.clear()
    BestOf(model, recognizer, 4).write(["pen"] * 16)
    assert batches[0] == 16
    assert sum(batches) <= 64


def test_a_line_that_says_its_text_is_not_drawn_again(model, recognizer, monkeypatch):
    drawn = []

    def spying(self, texts, *given, **options):
        drawn.extend(texts)
        return write(self, texts, *given, **options)

    always_complete(monkeypatch)
    write = Synthesizer.write
    monkeypatch.setattr(Synthesizer, "write", spying)
    judge(monkeypatch, lambda text, n: (text, int(text == "never"), -1.0))
    BestOf(model, recognizer, 3).write(["never"] + ["pen"] * 15)
    assert drawn.count("pen") == 15
    assert drawn.count("never") == 3


@pytest.mark.parametrize("n", [0, 65])
def test_a_number_of_candidates_that_cannot_be_is_refused(model, recognizer, n):
    with pytest.raises(InkError, match=f"best of {n}.*1 to 64"):
        BestOf(model, recognizer, n)


def test_what_cannot_be_written_is_refused_before_anything_is_drawn(model, recognizer, monkeypatch):
    monkeypatch.setattr(Synthesizer, "write", None)
    with pytest.raises(InkError, match="é"):
        BestOf(model, recognizer, 2).write(["ok", "café"])


@pytest.mark.skipif(not (shipped("synthesizer") / "card.json").is_file(), reason="no shipped synthesizer here")
def test_four_candidates_of_a_real_line_are_read_better_than_one(recognizer):
    real = Synthesizer.load()
    texts = ["a line of writing", "the garden gate", "over the hills"]
    one, four = (BestOf(real, recognizer, n).write(texts) for n in (1, 4))
    assert sum(c.errors for c in four) <= sum(c.errors for c in one)
