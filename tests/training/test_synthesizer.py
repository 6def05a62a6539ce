"""The synthesizer's task: what is learnt from, what is reported, what is saved."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest
import torch
from tiny import TinyCorpus

from handwriting.checkpoint import Checkpoint
from handwriting.corpora import Line
from handwriting.errors import InkError
from handwriting.features.offsets import Normalizer, clean, offsets
from handwriting.ink import Ink
from handwriting.training.loop import train
from handwriting.training.options import SynthesizerOptions, TrainingOptions
from handwriting.training.synthesizer import (
    SynthesizerTask,
    build,
    collate,
    figures,
)

SIZES = {"hidden_size": 8, "mixtures": 2, "components": 3, "train": ("trainset",)}
OPTIONS = {"epochs": 6, "evaluate_every": 3, "batch_size": 4, "device": "cpu", "loaders": 0, "rate": 1e-2}


@pytest.fixture(autouse=True)
def _one_thread():
    torch.set_num_threads(1)


def task(corpus: TinyCorpus | None = None, **settings) -> SynthesizerTask:
    return SynthesizerTask(corpus or TinyCorpus(), SynthesizerOptions(**{**SIZES, **settings}))


def replace_line(corpus: TinyCorpus, id: str, ink: Ink, text: str) -> None:
    corpus._lines[id] = Line(id, ink, text, None, "form")


@pytest.fixture(scope="module", params=["synthesizer", "prediction"])
def trained(request, tmp_path_factory) -> tuple[str, SynthesizerTask, Path, dict]:
    torch.set_num_threads(1)
    run = tmp_path_factory.mktemp("runs") / request.param
    t = task(kind=request.param)
    before = t.evaluate(t.network)
    row = train(t, TrainingOptions(**OPTIONS), run, "python app.py train")
    return request.param, t, run, {"before": before, "after": row}


def test_training_lowers_the_nats(trained):
    _, _, _, rows = trained
    assert rows["after"]["nats_per_point"] < rows["before"]["nats_per_point"]


def test_a_run_is_resumed_from_its_state(trained):
    kind, t, run, rows = trained
    assert json.loads(json.dumps(t.identity())) == t.identity()
    assert train(task(kind=kind), TrainingOptions(**OPTIONS), run)["nats_per_point"] == rows["after"]["nats_per_point"]


def test_checkpoint_gives_the_network_back(trained):
    kind, t, run, rows = trained
    source = Checkpoint.load(run / "best", kind)
    assert source.card["trained_on"]["left_out"] == {"trainset-3": "left out to be seen"}
    assert source.card["trained_on"]["characters"]["n"] == t.counts["n"]
    assert (source.card["terms"], source.card["alphabet"]) == ("ours", t.alphabet.characters)
    assert Normalizer.of_card(source.card) == t.normalizer
    again = figures(build(source.card, source.weights()), t.development, Normalizer.of_card(source.card))
    assert again["nats_per_point"] == pytest.approx(rows["after"]["nats_per_point"], abs=1e-2)  # float16 weights


def test_batches_are_padded_lines():
    t = task()
    points, lengths, text = t.batch(0, [2, 5])
    for column, number in enumerate((2, 5)):
        e = t.examples[number]
        assert lengths[column] == e.steps == len(e.points) - 1
        assert np.array_equal(points[: len(e.points), column].numpy(), e.points)
        assert t.alphabet.decode(text[column, : len(e.text)]) == TinyCorpus().line(
            TinyCorpus().training_ids("trainset")[number]
        ).text  # fmt: skip
        assert not text[column, len(e.text) :].any()


def test_every_line_is_in_the_epoch_once_with_others_of_its_length():
    t = task(TinyCorpus(40))
    plan = t.plan(0, 4)
    assert sorted(i for batch in plan for i in batch) == list(range(len(t.examples)))
    assert plan != t.plan(1, 4)
    steps = [[t.examples[i].steps for i in batch] for batch in plan]
    everything = [n for batch in steps for n in batch]
    assert np.mean([max(b) - min(b) for b in steps]) < (max(everything) - min(everything)) / 2


def test_padding_and_batch_mates_change_no_loss():
    t = task()
    network = t.network.eval()
    together = t.loss(network, t.batch(0, [0, 1, 2]))
    alone = [t.loss(network, t.batch(0, [i])) for i in range(3)]
    assert together[1] == sum(weight for _, weight in alone)
    assert together[0].item() == pytest.approx(sum(nats.item() for nats, _ in alone), rel=1e-5)


def test_figures_are_one_another_in_other_units():
    t = task()
    f = t.evaluate(t.network)
    points = sum(len(clean(line.ink)) - 1 for line in TinyCorpus().lines("testset_v"))
    assert next(iter(f)) == "nats_per_point"
    assert f["nats_per_line"] == pytest.approx(f["nats_per_point"] * points / 12)
    raw = math.log(t.normalizer.sd[0] * t.normalizer.sd[1])
    assert f["nats_per_point_raw"] == pytest.approx(f["nats_per_point"] + raw)
    assert f["nats_per_line_raw"] == pytest.approx(f["nats_per_point_raw"] * points / 12)
    assert f["sse"] > 0


def test_the_normaliser_is_of_the_cleaned_training_lines_alone():
    t = task()
    corpus = TinyCorpus()
    moves = np.concatenate([offsets(clean(corpus.line(id).ink))[1:, :2] for id in corpus.training_ids("trainset")])
    assert np.allclose(t.normalizer.mean, moves.mean(0))
    assert np.allclose(t.normalizer.sd, moves.std(0))


def test_no_development_line_is_dropped():
    """Neither one without text, nor one with unknown characters, nor one of a single point."""
    plain = task().evaluate(task().network)
    corpus = TinyCorpus()
    dot = Ink.from_strokes([[(0.0, 0.0)]])
    for id, ink, text in (
        ("testset_v-0", corpus.line("testset_v-0").ink, ""),
        ("testset_v-1", corpus.line("testset_v-1").ink, "{in}"),
        ("testset_v-2", dot, "in"),
    ):
        replace_line(corpus, id, ink, text)
    t = task(corpus)
    assert len(t.development) == 12
    assert t.development[1].text[0] == t.development[1].text[-1] == 0
    changed = t.evaluate(t.network)
    predicted = sum(e.steps for e in t.development)
    assert changed["nats_per_line"] == pytest.approx(changed["nats_per_point"] * predicted / 12)
    assert changed != plain


def test_a_training_line_of_one_point_is_left_out_and_named():
    corpus = TinyCorpus()
    replace_line(corpus, "trainset-5", Ink.from_strokes([[(0.0, 0.0)]]), "in")
    t = task(corpus)
    assert t.left_out == {"trainset-3": "left out to be seen", "trainset-5": "a single point"}
    assert len(t.examples) == 10


def test_nothing_to_learn_from_or_to_evaluate_is_refused():
    with pytest.raises(InkError, match="have no usable lines"):
        task(train=())
    t = task()
    with pytest.raises(InkError, match="no points to predict"):
        figures(t.network, [], t.normalizer)


def test_collate_takes_texts_of_no_length():
    t = task()
    empty = type(t.examples[0])(t.examples[0].points, np.empty(0, dtype=np.int64))
    assert collate([empty])[2].tolist() == [[0]]
