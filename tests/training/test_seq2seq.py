"""The decoder LSTM: trained by the one loop, saved, run and looked into."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file
from tiny import TinyCorpus

from handwriting.checkpoint import Checkpoint
from handwriting.errors import InkError
from handwriting.evaluation import heads
from handwriting.inspection.inspect import InspectOptions, inspect_ink
from handwriting.recognition.recognizer import Recognizer
from handwriting.training.loop import train
from handwriting.training.options import RecognizerOptions, TrainingOptions
from handwriting.training.recipes import TrainingRecipe
from handwriting.training.seq2seq import task_for, writer_for

SETTINGS = {"hidden_size": 6, "num_layers": 1, "channels": [8], "strides": [1], "dropout": 0.0}
OPTIONS = TrainingOptions(evaluate_every=1, epochs=1, batch_size=4, device="cpu", loaders=0)


def trained(run: Path, head: str, init: Checkpoint | None = None, **options) -> Path:
    task = task_for([TinyCorpus()], RecognizerOptions(**SETTINGS, head=head), TrainingRecipe(), init)
    train(task, TrainingOptions(**{**vars(OPTIONS), **options}), run)
    return run / "best"


@pytest.fixture(scope="module")
def ctc(tmp_path_factory) -> Checkpoint:
    return Checkpoint.load(trained(tmp_path_factory.mktemp("runs") / "ctc", "ctc"), "recognizer")


@pytest.fixture(scope="module", params=["seq2seq", "seq2seq-plain"])
def folder(request, ctc, tmp_path_factory) -> Path:
    """A network whose encoder is that of ``ctc``, kept as it is."""
    return trained(tmp_path_factory.mktemp("runs") / request.param, request.param, ctc, freeze=["reader"])


def test_the_frozen_encoder_still_reads_as_it_did(folder, ctc):
    weights, theirs = load_file(folder / "weights.safetensors"), load_file(ctc.folder / "weights.safetensors")
    assert all(np.array_equal(weights[f"reader.{name}"], value) for name, value in theirs.items())
    ink = TinyCorpus().line("testset_v-0").ink
    assert Recognizer.load(folder).transcribe(ink).text == Recognizer(ctc).transcribe(ink).text


def test_the_decoder_reads(folder):
    recognizer = Recognizer.load(folder)
    inks = [TinyCorpus().line(f"testset_v-{i}").ink for i in range(3)]
    for ink, found in zip(inks, recognizer.transcribe_all(inks, "seq2seq"), strict=True):
        assert len(found.characters) == len(found.text)
        assert found.ink is ink
    with pytest.raises(InkError, match="finds one reading"):
        list(recognizer.transcribe_all(inks, "seq2seq", alternatives=2))


def test_both_heads_are_compared_by_length(folder):
    report = heads.compare(Recognizer.load(folder), TinyCorpus(), "testset_v")
    figures = report.figures()
    assert set(figures) == {"greedy", "seq2seq"}
    for part in figures.values():
        assert part["by_length"] == {"1 to 10": (12, part["cer"])}
    assert report.render().count("1 to 10") == 2


def test_its_attention_is_drawn(folder, tmp_path):
    recognizer = Recognizer.load(folder)
    ink = TinyCorpus().line("trainset-0").ink
    if not recognizer.transcribe(ink, "seq2seq").text:
        with pytest.raises(InkError, match="nothing is read"):
            inspect_ink(recognizer, ink, tmp_path, decoder="seq2seq")
        return
    inspect_ink(recognizer, ink, tmp_path, InspectOptions(kinds=("png",)), "seq2seq")
    assert (tmp_path / "attention.png").is_file() == (folder.parent.name == "seq2seq")


def test_it_is_exported_as_it_is_saved(folder, tmp_path):
    card = Checkpoint.load(folder, "recognizer").card
    writer_for(card)(tmp_path, card, Checkpoint.load(folder, "recognizer").weights(), quantise=False)
    assert (tmp_path / "decoder.onnx").read_bytes() == (folder / "decoder.onnx").read_bytes()


def test_what_has_no_decoder_is_refused(ctc, folder):
    with pytest.raises(InkError, match="no decoder LSTM here"):
        Recognizer(ctc).transcribe(TinyCorpus().line("trainset-0").ink, "seq2seq")
    with pytest.raises(InkError, match="has a decoder already"):
        trained(folder.parent.parent / "again", "seq2seq", Checkpoint.load(folder, "recognizer"))
