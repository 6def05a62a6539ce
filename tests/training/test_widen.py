"""Widening a trained recognizer: the same outputs from more cells, and training that puts the new ones to use."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from tiny import TinyCorpus

from handwriting.checkpoint import Checkpoint
from handwriting.errors import InkError
from handwriting.networks.recognizer import RecognizerConfig, RecognizerNetwork, ctc_loss
from handwriting.training.loop import train
from handwriting.training.options import RecognizerOptions, TrainingOptions
from handwriting.training.recipes import TrainingRecipe
from handwriting.training.recognizer import RecognizerTask, recognizer_task
from handwriting.training.recognizer_checkpoint import export_checkpoint
from handwriting.training.recognizer_start import between_start_and_end
from handwriting.training.widen import widen

SIZES = {"input_size": 14, "output_size": 7, "num_layers": 3, "channels": [12], "dropout": 0.0}


def task(options: RecognizerOptions, *init) -> RecognizerTask:
    return recognizer_task([TinyCorpus()], options, TrainingRecipe(), *init)


def networks(variant: str) -> tuple[RecognizerNetwork, RecognizerNetwork]:
    torch.manual_seed(4)
    small = RecognizerNetwork(RecognizerConfig(hidden_size=10, variant=variant, **SIZES)).eval()
    large = RecognizerNetwork(RecognizerConfig(hidden_size=16, variant=variant, **SIZES)).eval()
    large.load_state_dict(widen(small.state_dict(), large.state_dict(), 10, 16))
    return small, large


@pytest.mark.parametrize("variant", ["forget", "peephole", "1997"])
def test_widened_network_computes_the_same(variant):
    small, large = networks(variant)
    x, lengths = torch.randn(40, 3, 14), torch.tensor([40, 31, 7])
    with torch.no_grad():
        expected, _ = small(x, lengths)
        found, _ = large(x, lengths)
    assert expected.std() > 0.1  # the outputs depend on the input, so that equality says something
    torch.testing.assert_close(found, expected, atol=1e-5, rtol=0)


def test_new_cells_are_alive():
    """Zero outgoing weights must not mean zero gradients, or the new cells would never take part."""
    _, large = networks("forget")
    log_probs, lengths = large(torch.randn(40, 2, 14), torch.tensor([40, 40]))
    ctc_loss(log_probs, lengths, torch.tensor([1, 2, 3, 4]), torch.tensor([2, 2])).sum().backward()
    new = torch.cat([large.output.weight.grad[:, 10:16], large.output.weight.grad[:, 26:]], 1)
    assert (new.abs().sum(0) > 0).all()


def test_init_with_a_larger_hidden_size(tmp_path):
    start = task(RecognizerOptions(hidden_size=8, num_layers=2, seed=7))
    start.save(tmp_path, start.network, {})
    init, said = Checkpoint.load(tmp_path, "recognizer"), []
    options = RecognizerOptions(hidden_size=12).like(init, {"hidden_size"})
    grown = task(options, init, said.append)
    assert (grown.config.hidden_size, grown.config.num_layers) == (12, 2)
    assert any("widened from 8 to 12 cells" in message for message in said)
    x, lengths = torch.randn(30, 2, 14), torch.tensor([30, 22])
    start.network.eval(), grown.network.eval()
    with torch.no_grad():  # the checkpoint's weights are float16
        torch.testing.assert_close(grown.network(x, lengths)[0], start.network(x, lengths)[0], atol=5e-3, rtol=0)


def test_init_with_more_layers(tmp_path):
    """The layers that are there keep their weights; the others and the output start anew."""
    start = task(RecognizerOptions(hidden_size=8, num_layers=2, seed=7))
    start.save(tmp_path, start.network, {})
    init, said = Checkpoint.load(tmp_path, "recognizer"), []
    options = RecognizerOptions(hidden_size=10, num_layers=3).like(init, {"hidden_size", "num_layers"})
    grown = task(options, init, said.append)
    assert any("widened from 8 to 10 cells" in message for message in said)
    assert any("deepened from 2 to 3 layers" in message for message in said)
    alone = task(options).network.state_dict()
    given, now = init.weights(), grown.network.state_dict()
    assert np.allclose(now["lstm.cells.1.lstm.weight_hh_l0"][:8, :8], given["lstm.cells.1.lstm.weight_hh_l0"][:8])
    for name in ("lstm.cells.2.lstm.weight_ih_l0", "output.weight"):
        assert torch.equal(now[name], alone[name])


def test_a_network_cannot_shrink(tmp_path):
    start = task(RecognizerOptions(hidden_size=8))
    start.save(tmp_path, start.network, {})
    init = Checkpoint.load(tmp_path, "recognizer")
    with pytest.raises(InkError, match=r"hidden_size 6: .* has 8 cells.*a network can only grow"):
        task(RecognizerOptions(hidden_size=6).like(init, {"hidden_size"}), init)
    with pytest.raises(InkError, match=r"layers 2: .* has 3 layers.*a network can only grow"):
        task(RecognizerOptions(hidden_size=8, num_layers=2).like(init, {"num_layers"}), init)


def test_weights_lie_between_the_start_and_the_end_of_a_training(tmp_path):
    """Exported ones are a share of the way from the start, widened as it was then, to what was trained."""
    first = TrainingOptions(epochs=1, batch_size=6, device="cpu", loaders=0)
    narrow = {"num_layers": 2, "channels": [8], "strides": [1]}
    train(task(RecognizerOptions(hidden_size=6, **narrow)), first, tmp_path / "narrow")
    start = Checkpoint.load(tmp_path / "narrow" / "best", "recognizer")
    wide = RecognizerOptions(hidden_size=8, **narrow)
    train(task(wide, start), first, tmp_path / "wide")
    trained = Checkpoint.load(tmp_path / "wide" / "best", "recognizer")
    begun = task(wide, start).network.state_dict()
    half = between_start_and_end(trained, start, 0.5)
    for name, value in trained.weights().items():
        assert np.allclose(between_start_and_end(trained, start, 1.0)[name], value, atol=1e-6)
        assert np.allclose(between_start_and_end(trained, start, 0.0)[name], begun[name], atol=1e-6)
        assert np.allclose(half[name], (value + begun[name].numpy()) / 2, atol=1e-6)
    export_checkpoint(trained, tmp_path / "half", start=start, share=0.5)
    exported = Checkpoint.load(tmp_path / "half", "recognizer")
    assert exported.card["training"]["interpolated"][0]["share"] == 0.5
    assert np.allclose(exported.weights()["output.weight"], half["output.weight"], atol=1e-3)
    with pytest.raises(InkError, match=r"share is 1\.5"):
        between_start_and_end(trained, start, 1.5)
    with pytest.raises(InkError, match="a network can only grow"):
        between_start_and_end(start, trained, 0.5)
