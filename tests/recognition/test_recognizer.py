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
    transcription = recognizer_saying(["a", "-", "b"], tmp_path).transcribe(three_dots(), "beam", 4)
    assert transcription.text == "ab"
    logs = [r.log_probability for r in transcription.readings]
    assert len(logs) == 4
    assert logs == sorted(logs, reverse=True)
    assert len({r.text for r in transcription.readings}) == 4


@pytest.mark.parametrize("alternatives", [0, -3])
def test_a_transcription_has_at_least_one_reading(tmp_path, alternatives):
    recognizer = recognizer_saying(["a"], tmp_path)
    for decoder in ("greedy", "beam"):
        with pytest.raises(InkError, match=f"alternatives is {alternatives}; give 1 or more"):
            recognizer.transcribe(three_dots(), decoder, alternatives)


def test_the_best_path_has_no_alternatives(tmp_path):
    with pytest.raises(InkError, match=r"alternatives is 5, but the greedy decoder .* use the decoder 'beam' or"):
        recognizer_saying(["a"], tmp_path).transcribe(three_dots(), "greedy", 5)


def test_an_unknown_decoder_is_refused_before_anything_is_read(tmp_path):
    with pytest.raises(InkError, match="decoder 'best' is unknown; choose from greedy, beam, language"):
        recognizer_saying(["a"], tmp_path).transcribe_all([three_dots()], "best")


def test_probabilities_are_stated_only_with_a_calibration(tmp_path):
    recognizer = recognizer_saying(["a", "-", "b"], tmp_path)
    for decoder in ("greedy", "beam"):
        transcription = recognizer.transcribe(three_dots(), decoder)
        stated = [transcription.probability, *(part.probability for part in transcription.characters)]
        assert stated == [None] * 3
        assert transcription.words[0].probability is None
    fitted = {"character": [0.0, 0.0, 0.0], "word": [1.0, 0.0, 0.0, 0.0], "line": [-1.0, 0.0, 0.0, 0.0]}
    recognizer.checkpoint.card["calibration"] = {"beam": fitted}
    assert recognizer.transcribe(three_dots(), "greedy").probability is None
    two = recognizer.transcribe(three_dots(), "beam", 2)
    p = 1 / (1 + np.exp(1))
    assert [r.probability for r in two.readings] == [pytest.approx(p), pytest.approx(p)]  # the rest, at most the best's
    assert [c.probability for c in two.characters] == [0.5, 0.5]
    assert two.words[0].probability == pytest.approx(1 - p)


def test_transcriptions_can_be_compared(tmp_path):
    recognizer = recognizer_saying(["a", "-", "b"], tmp_path)
    one, same, other = (recognizer.transcribe(three_dots(), "beam", n) for n in (2, 2, 3))
    assert one == same
    assert one != other


def test_a_transcription_is_shown_in_one_short_line(tmp_path):
    recognizer = recognizer_saying(["a", " ", "b"], tmp_path)
    assert repr(recognizer.transcribe(three_dots())) == "Transcription('a b')"
    recognizer.checkpoint.card["calibration"] = {"beam": {"character": [0] * 3, "word": [0] * 4, "line": [0] * 4}}
    two = recognizer.transcribe(three_dots(), "beam", 2)
    assert repr(two) == "Transcription('a b', probability=0.500, readings=2)"
    assert repr(two.readings[0]).startswith("Reading(text='a b', log_probability=-0.2")
    assert len(repr(two.readings[0])) < 90


def test_a_notebook_shows_the_ink_and_its_readings(tmp_path):
    recognizer = recognizer_saying(["<", "-", "&"], tmp_path, alphabet=" <&")
    recognizer.checkpoint.card["calibration"] = {"greedy": {"character": [0] * 3, "word": [0] * 4, "line": [0] * 4}}
    shown = recognizer.transcribe(three_dots())._repr_html_()
    assert shown.startswith("<svg")
    assert shown.count("<path") == 3
    assert shown.endswith("</svg><div>&lt;&amp; <small>50 %</small></div>")


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
