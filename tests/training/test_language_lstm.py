"""The character LSTM: what it learns from, its graph, and what its scores change."""

import math
from itertools import pairwise
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from recognition.language.sample import model
from tiny import TinyCorpus

from handwriting.checkpoint import Checkpoint
from handwriting.errors import InkError
from handwriting.evaluation.language import lines_in_context
from handwriting.networks.language import LanguageConfig, LanguageNetwork
from handwriting.recognition.beam import SearchResult
from handwriting.recognition.language.build import TextSource
from handwriting.recognition.language.lstm import CharacterLSTM
from handwriting.recognition.language.model import LanguageModel
from handwriting.recognition.language.scorer import Weights, codes
from handwriting.training.export import int8
from handwriting.training.language import LanguageTask, Stream, graph_weights, language_graph, streams
from handwriting.training.loop import train
from handwriting.training.options import LanguageOptions, TrainingOptions

TEXT = "the pen and the ink and " * 40
OPTIONS = LanguageOptions(hidden_size=16, embedding=8, dropout=0.0, steps=24, examples=64)
TRAINING = {"batch_size": 16, "rate": 2e-2, "device": "cpu", "loaders": 0, "precision": "fp32", "save_every": 0.0}


def task(**options) -> LanguageTask:
    stream = Stream.of("story", "ours", TEXT)
    return LanguageTask([stream], LanguageOptions(**{**vars(OPTIONS), **options}), (TinyCorpus(), "testset_v"))


@pytest.fixture(scope="module")
def lstm(tmp_path_factory) -> tuple[LanguageNetwork, CharacterLSTM]:
    """A network of two layers with random weights, and its float32 graph."""
    torch.manual_seed(1)
    network = LanguageNetwork(LanguageConfig(hidden_size=12, num_layers=2, embedding=6)).eval()
    with torch.no_grad():
        network.output.weight.mul_(5)
    path = tmp_path_factory.mktemp("lstm") / "lstm.onnx"
    path.write_bytes(language_graph(network))
    return network, CharacterLSTM(path)


@torch.no_grad()
def by_hand(network: LanguageNetwork, text: str, context: str = "") -> float:
    """The log-probability of a text and a space after a context, one character at a time."""
    state, total = None, 0.0
    before = codes(f" {context} " if context else " ")
    row = [*before, *codes(f"{text} ")]
    for n, (code, following) in enumerate(pairwise(row)):
        logits, state = network(torch.tensor([[code]]), state)
        if n >= len(before) - 1:
            total += float(logits[0, 0].log_softmax(0)[following])
    return total


def test_the_graph_computes_what_the_network_does(lstm):
    network, graph = lstm
    texts = ["the pen", "the pin", "the pens", "ink"]
    expected = [by_hand(network, text) for text in texts]
    assert graph.log_probabilities(texts) == pytest.approx(expected, abs=1e-4)
    assert graph.log_probabilities(texts[:3]) == pytest.approx(expected[:3], abs=1e-4)  # with a common beginning
    assert graph.log_probabilities(["ink"]) == pytest.approx(expected[3:], abs=1e-4)
    assert len(graph.log_probabilities([])) == 0
    assert graph.log_probabilities(["", "a"])[0] == pytest.approx(by_hand(network, ""), abs=1e-4)


def test_the_text_before_counts(lstm):
    network, graph = lstm
    (value,) = graph.log_probabilities(["pen"], "with  the\n")
    assert value == pytest.approx(by_hand(network, "pen", "with the"), abs=1e-4)
    assert value != pytest.approx(by_hand(network, "pen"), abs=1e-3)


def test_pieces_begin_with_a_word_and_targets_are_what_follows():
    inputs, targets = task().batch(0, range(8))
    assert inputs.shape == targets.shape == (24, 8)
    assert (inputs[0] == 0).all()
    whole = targets[:-1] >= 0
    assert torch.equal(inputs[1:][whole], targets[:-1][whole])
    assert (inputs[1] != task().batch(1, range(8))[0][1]).any()


def test_it_learns_resumes_and_is_saved(tmp_path):
    options = TrainingOptions(**TRAINING, epochs=16, evaluate_every=8)
    row = train(task(), options, tmp_path / "whole")
    assert row["loss"] < 1.5  # nats a character; log(95) = 4.6 before it learned anything
    train(task(), TrainingOptions(**TRAINING, epochs=16, evaluate_every=8, max_minutes=0.0), tmp_path / "parts")
    again = train(task(), options, tmp_path / "parts")
    assert again["loss"] == row["loss"]
    checkpoint = Checkpoint.load(tmp_path / "whole" / "best", "character-lstm")
    assert checkpoint.card["terms"] == "ours"
    graph = CharacterLSTM(checkpoint.model)
    known, unknown = graph.log_probabilities(["the ink", "xqz ink"])
    assert known > unknown + 5


def test_bits_are_those_of_the_lines(tmp_path):
    learned = task()
    with torch.no_grad():
        for parameter in learned.network.parameters():
            parameter.zero_()
    figures = learned.evaluate(learned.network)
    assert figures["bits"] == figures["bits_alone"] == pytest.approx(math.log2(95))
    assert LanguageTask([Stream.of("story", "ours", TEXT)], OPTIONS).evaluate(learned.network) == {}


def test_the_lines_before_are_those_of_the_form():
    corpus = SimpleNamespace(
        ids=lambda split: ["a", "b", "c"],
        line=lambda id: SimpleNamespace(form={"a": "1", "b": "1", "c": "2"}[id], text=f"line {id}"),
        terms="ours",
    )
    assert lines_in_context(corpus, "any") == [("", "line a"), ("line a", "line b"), ("", "line c")]


def test_the_lstm_puts_the_readings_in_order(lstm):
    network, graph = lstm
    texts = ["pen", "pin"]
    log_probs = np.array([by_hand(network, text) for text in texts])
    first, second = texts[int(log_probs.argmax())], texts[int(log_probs.argmin())]
    gap = float(log_probs.max() - log_probs.min())
    found = [SearchResult([], second, -1.0, -1.0), SearchResult([], first, -1.1, -1.0 - 0.4 * gap)]
    model = LanguageModel.load()
    assert [one.text for one in model.rescored(found)] == [second, first]
    for weight, order in ((0.3, [second, first]), (0.5, [first, second])):
        with_lstm = LanguageModel(model.characters, model.words, Weights(lstm=weight), lstm=graph)
        rescored = with_lstm.rescored(found)
        assert [one.text for one in rescored] == order
        assert rescored[0].score > rescored[1].score


def test_another_graph_is_refused():
    with pytest.raises(InkError, match="not the graph of a character LSTM"):
        CharacterLSTM(Checkpoint.load(None, "recognizer").model)


def test_texts_need_terms_and_there_must_be_one(tmp_path):
    with pytest.raises(InkError, match="texts and data are both missing"):
        streams([], None, "trainset", 3.0, None, print)
    story = tmp_path / "story.txt"
    story.write_text("The pen is mightier.")
    with pytest.raises(InkError, match="terms of use of this file are unknown"):
        streams([TextSource(story)], None, "trainset", 3.0, None, print)
    (stream,) = streams([TextSource(story, 4)], None, "trainset", 3.0, "ours", print)
    assert stream.codes[0] == 0 and len(stream.codes) == 21 and stream.weight == 4


@pytest.mark.parametrize("quantise", [lambda graph: graph, int8])
def test_a_graph_gives_its_weights_back(lstm, quantise):
    network, _ = lstm
    weights = graph_weights(quantise(language_graph(network)))
    expected = network.state_dict()
    assert weights.keys() == expected.keys()
    for name in weights.keys() - {name for name in weights if "bias_" in name}:
        tensor = expected[name].numpy()
        assert weights[name] == pytest.approx(tensor, abs=float(np.abs(tensor).max()) / 100)
    for layer in range(2):
        names = [f"lstm.cells.{layer}.lstm.{name}_l0" for name in ("bias_ih", "bias_hh")]
        assert sum(weights[name] for name in names) == pytest.approx(sum(expected[name].numpy() for name in names))


def test_training_starts_from_an_lstm_or_from_a_language_model(tmp_path):
    train(task(), TrainingOptions(**TRAINING, epochs=1), tmp_path / "first")
    first = Checkpoint.load(tmp_path / "first" / "best", "character-lstm")
    model().with_lstm(first).save(tmp_path / "model")
    with_lstm = Checkpoint.load(tmp_path / "model", "language")
    stream, expected = Stream.of("another", "theirs", TEXT), task().evaluate(start(first))["bits"]
    for init in (first, with_lstm):
        new = LanguageTask([stream], OPTIONS, (TinyCorpus(), "testset_v"), init)
        assert new.evaluate(new.network)["bits"] == pytest.approx(expected, abs=0.02)  # int8
    new.save(tmp_path / "new", new.network, {})
    card = Checkpoint.load(tmp_path / "new", "character-lstm").card
    assert card["terms"] == "theirs; ours"
    assert [text["name"] for text in card["started_from"]["texts"]] == ["story"]
    with pytest.raises(InkError, match=r"hidden_size 20: .* has 16; give the sizes of that LSTM"):
        LanguageTask([stream], LanguageOptions(**{**vars(OPTIONS), "hidden_size": 20}), None, first)
    model().save(tmp_path / "none")
    with pytest.raises(InkError, match="has no character LSTM"):
        LanguageTask([stream], OPTIONS, None, Checkpoint.load(tmp_path / "none", "language"))


def start(checkpoint: Checkpoint) -> LanguageNetwork:
    network = LanguageNetwork(LanguageConfig(**checkpoint.card["network"]))
    network.load_state_dict({name: torch.tensor(value) for name, value in checkpoint.weights().items()})
    return network
