"""The synthesizer as people use it: what it takes, refuses and gives."""

from __future__ import annotations

import json

import numpy as np
import pytest
from tiny import synthesizer

from handwriting.checkpoint import Checkpoint
from handwriting.errors import InkError
from handwriting.geometry.normalise import writing_height
from handwriting.ink import Ink
from handwriting.rendering.hershey import write
from handwriting.synthesis.hand import Hand
from handwriting.synthesis.observer import Observer
from handwriting.synthesis.styles import Sample, Style
from handwriting.synthesis.synthesizer import BATCH, MAX_CHARACTERS, Synthesizer, apply_growth


@pytest.fixture(scope="module")
def model(tmp_path_factory) -> Synthesizer:
    return Synthesizer(synthesizer(tmp_path_factory.mktemp("synthesizer")))


def hand(ink, text) -> Hand:
    return Hand(style=Style("mine", (Sample(text, ink),)))


def test_ink_says_its_text_and_every_point_its_character(model):
    (line,) = model.write(["ink and pen"])
    assert line.text == line.ink.source.text == "ink and pen"
    assert (line.ink.x[0], line.ink.y[0]) == (0, 0)
    assert len(line.places) == len(line.ink)
    assert line.complete
    assert line.ink.t is None


def test_the_same_seed_gives_the_same_ink_and_another_seed_another(model):
    first, again, other = (model.write(["the same"], Hand(seed=seed))[0].ink for seed in (5, 5, 6))
    assert first == again
    assert first != other


def test_lines_of_one_seed_differ_and_go_on_from_a_stream(model):
    one, two = model.write(["word", "word"], Hand(seed=1))
    assert one.ink != two.ink
    later = model.write(["word"], Hand(seed=1), stream=1)[0]
    assert np.allclose(later.ink.xy, two.ink.xy, atol=0.05)  # alone and beside another: equal to float32


def test_more_lines_than_a_batch_come_in_order(model):
    texts = [f"{'abc'[i % 3]}" for i in range(BATCH + 3)]
    assert [line.text for line in model.write(texts)] == texts


def test_what_is_typography_is_mapped_and_what_is_not_is_refused_before_drawing(model):
    assert model.write(["a – b"])[0].text == "a - b"
    with pytest.raises(InkError, match="é -> e"):
        model.write(["fine", "café"])


@pytest.mark.parametrize(
    ("texts", "reason"),
    [
        (["a\nb"], "several lines"),
        (["a" * (MAX_CHARACTERS + 1)], f"a line of {MAX_CHARACTERS + 1} characters"),
        ([" "], "nothing to write"),
    ],
)
def test_bad_requests_are_refused_with_a_remedy(model, texts, reason):
    with pytest.raises(InkError, match=reason):
        model.write(texts)


def test_nothing_to_write_is_nothing(model):
    assert model.write([]) == []


def test_a_rare_character_cannot_be_asked_for(tmp_path):
    rare = Synthesizer(synthesizer(tmp_path, counts=19))
    with pytest.raises(InkError, match="cannot be written: a"):
        rare.write(["a"])


def test_a_primer_of_any_size_is_the_same_hand(model):
    ink = write("ink", seed=1)
    large = ink.moved_to(ink.x * 7, ink.y * 7)
    small, big = (model.write(["on"], hand(i, "ink"))[0].ink for i in (ink, large))
    assert np.allclose(small.xy, big.xy, rtol=1e-3, atol=0.5)
    assert model.height == 400
    assert writing_height(ink) != pytest.approx(400)


def test_a_primer_changes_the_writing_and_is_not_in_it(model):
    ink = write("ink", seed=1)
    primed = model.write(["on"], hand(ink, "ink"))[0]
    assert primed.ink != model.write(["on"])[0].ink
    assert primed.ink.source.text == "on"
    assert len(primed.ink) < len(ink) + 200


def test_a_primer_of_one_point_is_refused(model):
    with pytest.raises(InkError, match="a primer of 1 point shows no hand"):
        model.prime(Ink.from_strokes([[[0, 0]]]), "a")


def test_progress_ends_with_all_characters(model):
    told = []
    model.write(["one", "two three"] * BATCH, observer=Observer(lambda done, total: told.append((done, total))))
    assert {total for _, total in told} == {12 * BATCH}
    assert told == sorted(told)


@pytest.mark.parametrize("key", ["alphabet", "normalizer", "hand", "network", "trained_on"])
def test_a_damaged_card_is_one_clear_error(tmp_path, key):
    folder = synthesizer(tmp_path).folder
    card = json.loads((folder / "card.json").read_text())
    del card[key]
    (folder / "card.json").write_text(json.dumps(card))
    with pytest.raises(InkError, match=r"card\.json: damaged"):
        Synthesizer.load(folder)


def test_a_graph_that_does_not_fit_its_card_is_one_clear_error(tmp_path):
    folder = synthesizer(tmp_path).folder
    other = synthesizer(tmp_path / "other", hidden_size=20)
    (folder / "model.onnx").write_bytes(other.model.read_bytes())
    with pytest.raises(InkError, match="does not fit its card"):
        Synthesizer(Checkpoint.load(folder, "synthesizer")).write(["a"])
    (folder / "model.onnx").write_bytes(other.model.read_bytes()[:500])
    with pytest.raises(InkError, match="not a graph that ONNX Runtime can run"):
        Synthesizer.load(folder)


def test_a_line_grows_from_its_first_character_to_its_last():
    steps = np.tile([10.0, -4.0, 0.0], (4, 1))
    steps[3, 2] = 1
    places = np.array([0, 15, 30, 60])
    long = apply_growth(steps, places, 60, 0.2)
    assert np.allclose(long[:, 0], [9, 9.5, 10, 11]) and np.allclose(long[:, 1], [-3.6, -3.8, -4, -4.4])
    assert np.array_equal(long[:, 2], steps[:, 2])
    assert np.allclose(apply_growth(steps, np.array([0, 3, 3, 6]), 6, 0.2)[:, 0], [9.8, 10, 10, 10.2])
