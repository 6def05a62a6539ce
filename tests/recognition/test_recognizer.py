"""The recognizer around a network that says what it is told."""

from itertools import pairwise

import numpy as np
import pytest

from handwriting.checkpoint import Checkpoint, save
from handwriting.errors import InkError
from handwriting.ink import Ink
from handwriting.recognition.recognizer import Recognizer
from handwriting.runtime import Graph


def recognizer_saying(frames: list[str], tmp_path, alphabet: str = " ab") -> Recognizer:
    """One letter a step ("-" is the blank), for points 1 apart."""
    card = {
        "kind": "recognizer",
        "alphabet": alphabet,
        "features": {"encoding": "points", "spacing": 1.0, "tolerance": 0.03},
        "network": {"strides": [1], "input_size": 9, "output_size": len(alphabet) + 1},
    }
    save(tmp_path, card, {})

    def network(steps):
        outputs = []
        for one in steps:
            said = [("-" + alphabet).index(c) for c in frames[: len(one)]] + [0] * (len(one) - len(frames))
            outputs.append(np.log(np.eye(len(alphabet) + 1, dtype=np.float32)[said] * 0.9 + 0.025))
        return outputs

    return Recognizer(Checkpoint.load(tmp_path, "recognizer"), network=network)


def three_dots() -> Ink:
    return Ink.from_strokes([[(x, 0)] for x in (0, 30, 60)])


def test_characters_know_their_points(tmp_path):
    transcription = recognizer_saying(["a", " ", "b"], tmp_path).transcribe(three_dots())
    assert transcription.text == "a b"
    assert [(c.text, c.points) for c in transcription.characters] == [("a", ((0, 1),)), (" ", ()), ("b", ((1, 3),))]


def test_points_of_characters_partition_the_ink(tmp_path):
    ink = Ink.from_strokes([np.column_stack([np.arange(10.0), np.zeros(10)]) + (20 * i, 0) for i in range(4)])
    transcription = recognizer_saying(list("--a---b----ab"), tmp_path).transcribe(ink)
    ranges = [r for c in transcription.characters for r in c.points]
    assert ranges[0][0] == 0
    assert ranges[-1][1] == len(ink)
    assert all(a[1] == b[0] for a, b in pairwise(ranges))


def test_alternatives_are_best_first(tmp_path):
    transcription = recognizer_saying(["a", "-", "b"], tmp_path).transcribe(three_dots(), alternatives=4)
    assert transcription.text == "ab"
    logs = [r.log_probability for r in transcription.readings]
    assert len(logs) == 4
    assert logs == sorted(logs, reverse=True)
    assert len({r.text for r in transcription.readings}) == 4


def test_order_is_that_of_the_input(tmp_path):
    recognizer = recognizer_saying(["a", "-", "b"], tmp_path)
    inks = [three_dots(), Ink.from_strokes([[(0, 0)]]), three_dots()]
    assert [t.text for t in recognizer.transcribe_all(inks, batch_size=2)] == ["ab", "a", "ab"]


def test_no_text_is_an_answer(tmp_path):
    assert recognizer_saying([], tmp_path).transcribe(three_dots()).text == ""


def test_checkpoints_that_are_none_are_refused(tmp_path):
    with pytest.raises(InkError, match="no checkpoint here"):
        Recognizer.load(tmp_path)
    (tmp_path / "card.json").write_text("{")
    with pytest.raises(InkError, match="not a checkpoint's card"):
        Recognizer.load(tmp_path)
    (tmp_path / "card.json").write_text('{"kind": "recognizer", "format": 99}')
    with pytest.raises(InkError, match="format 99"):
        Recognizer.load(tmp_path)
    (tmp_path / "card.json").write_text('{"kind": "synthesizer", "format": 1}')
    with pytest.raises(InkError, match="a recognizer is needed"):
        Recognizer.load(tmp_path)


def test_a_missing_or_broken_graph_is_refused(tmp_path):
    recognizer_saying([], tmp_path)
    with pytest.raises(InkError, match=r"model.onnx: missing"):
        Recognizer.load(tmp_path)
    (tmp_path / "model.onnx").write_bytes(b"junk")
    with pytest.raises(InkError, match="not a graph"):
        Recognizer.load(tmp_path)
    with pytest.raises(InkError, match="not a graph"):
        Graph(tmp_path / "nothing.onnx")


def test_broken_weights_are_refused(tmp_path):
    recognizer_saying([], tmp_path)
    checkpoint = Checkpoint.load(tmp_path, "recognizer")
    (tmp_path / "weights.safetensors").write_bytes(b"junk")
    with pytest.raises(InkError, match="safetensors"):
        checkpoint.weights()
    (tmp_path / "weights.safetensors").unlink()
    with pytest.raises(InkError, match="missing"):
        checkpoint.weights()
