"""The shipped recognizer."""

from command_line import ROOT, needs_weights

import handwriting
from handwriting.checkpoint import Checkpoint
from handwriting.corpora import open_corpus
from handwriting.metrics import cer
from handwriting.recognition.pages import read_pages, reader
from handwriting.recognition.recognizer import Recognizer


@needs_weights
def test_one_odd_ink_does_not_blur_its_neighbours():
    """int8 has one activation scale a call: three dots a page apart must not take it all."""
    recognizer = Recognizer.load()
    samples = [handwriting.read(path) for path in sorted((ROOT / "datasets" / "samples").glob("*.xml"))]
    odd = [handwriting.Ink.from_strokes([[(3000.0 * i, 0.0)] for i in range(3)])]
    odd.append(handwriting.Ink.from_strokes([[(0, 0), (9, 0)], [(50_000, 0), (50_009, 0)]]))
    alone = [recognizer.transcribe(ink).text for ink in samples]
    together = [t.text for t in recognizer.transcribe_all([*samples, *odd])]
    assert together[: len(samples)] == alone


@needs_weights
def test_a_line_is_read_with_the_line_above_as_context(monkeypatch):
    recognizer, contexts = Recognizer.load(), []
    real = recognizer.language.lstm.log_probabilities
    monkeypatch.setattr(
        recognizer.language.lstm,
        "log_probabilities",
        lambda texts, context="": contexts.append(context) or real(texts, context),
    )
    ink = handwriting.read(ROOT / "datasets" / "samples" / "line.xml")
    hints = handwriting.Hints(context="Once")
    read = list(recognizer.transcribe_all([ink] * 3, "language", hints=hints, continues=[False, True, False]))
    assert contexts == ["Once", read[0].text, "Once"]
    contexts.clear()
    page = handwriting.read(ROOT / "datasets" / "samples" / "notes.xopp")
    lines = [line.text for line in read_pages(reader(recognizer), [page, page])[1].lines]
    assert contexts == ["", *lines[:-1]] * 2


@needs_weights
def test_int8_costs_little_accuracy(real_iamondb):
    from handwriting.training.recognizer_checkpoint import torch_network

    lines = list(open_corpus(real_iamondb).lines("testset_v"))[::12]
    inks = [line.ink for line in lines]
    folder = Checkpoint.load(None, "recognizer")
    rates = []
    for recognizer in (Recognizer(folder), Recognizer(folder, network=torch_network(folder))):
        outputs = [t.text for t in recognizer.transcribe_all(inks)]
        rates.append(cer((line.text, output) for line, output in zip(lines, outputs, strict=True)))
    int8, float32 = rates
    assert len(lines) == 120
    assert int8 < 0.12
    assert int8 - float32 < 0.003  # over the whole split it is to be 0.0015 at most: benchmarks/recognition.py
