"""``--init`` of the synthesizer: weights by name, columns by character, and what is refused."""

from __future__ import annotations

from dataclasses import asdict

import numpy as np
import pytest
import torch
from tiny import TinyCorpus
from tiny import synthesizer as tiny_synthesizer

from handwriting import checkpoint
from handwriting.checkpoint import Checkpoint
from handwriting.corpora import Line
from handwriting.errors import InkError
from handwriting.ink import Ink
from handwriting.training.loop import train
from handwriting.training.options import SynthesizerOptions, TrainingOptions
from handwriting.training.synthesizer import SynthesizerTask

SIZES = {"hidden_size": 8, "mixtures": 2, "components": 3, "train": ("trainset",)}
OPTIONS = {"epochs": 1, "batch_size": 4, "device": "cpu", "loaders": 0}
H, POINT = 8, 3


def other_corpus(scale: float = 1.0) -> TinyCorpus:
    """One whose texts have 'z' and '!' besides, and no 'k', in larger writing."""
    corpus = TinyCorpus()
    for id, line in corpus._lines.items():
        text = line.text.replace("k", "z!")
        corpus._lines[id] = Line(id, Ink(scale * line.ink.x, scale * line.ink.y, line.ink.starts), text, None, "form")
    return corpus


def task(corpus: TinyCorpus | None = None, init: Checkpoint | None = None, say=lambda message: None, **settings):
    return SynthesizerTask(corpus or TinyCorpus(), SynthesizerOptions(**{**SIZES, **settings}), init, say)


@pytest.fixture(
    scope="module", params=[("synthesizer", "forget"), ("synthesizer", "peephole"), ("prediction", "forget")]
)
def start(request, tmp_path_factory) -> tuple[dict[str, str], Checkpoint]:
    """The settings and the checkpoint of an untrained network."""
    kind, variant = request.param
    settings = {"kind": kind, "variant": variant}
    t, folder = task(**settings, seed=7), tmp_path_factory.mktemp("start")
    t.save(folder, t.network, {})
    return settings, Checkpoint.load(folder, kind)


@pytest.fixture(scope="module")
def synthesizer(tmp_path_factory) -> Checkpoint:
    t, folder = task(seed=7), tmp_path_factory.mktemp("synthesizer")
    t.save(folder, t.network, {})
    return Checkpoint.load(folder, "synthesizer")


def test_same_lists_give_the_same_network(start):
    settings, init = start
    said: list[str] = []
    t = task(init=init, say=said.append, **settings)
    weights = init.weights()
    assert all(np.array_equal(v.numpy(), weights[name]) for name, v in t.network.state_dict().items())
    assert said[-1] == f"weights from {init.folder}; 0 of {len(t.alphabet.characters)} characters are new to them"
    assert t.identity()["init"] == str(init.folder)


def test_columns_go_by_character_and_new_characters_start_fresh(start):
    settings, init = start
    said: list[str] = []
    t, fresh = task(other_corpus(), init, said.append, **settings), task(other_corpus(), **settings)
    old, new = init.card["alphabet"], t.alphabet.characters
    assert (set(old) - set(new), set(new) - set(old)) == ({"k"}, {"z", "!"})
    assert f"2 of {len(new)} characters are new to them" in said[-1]
    weights, untouched = init.weights(), fresh.network.state_dict()
    by_character = 0
    for name, value in t.network.state_dict().items():
        ours, theirs = value.numpy(), weights[name]
        if settings["kind"] == "synthesizer" and "weight_ih" in name:
            by_character += 1
            assert np.array_equal(ours[:, :POINT], theirs[:, :POINT])
            assert np.array_equal(ours[:, POINT + len(new) :], theirs[:, POINT + len(old) :])
            assert ours.shape[1] == POINT + len(new) + (0 if name.startswith("first") else H)
            for here, c in enumerate(new):
                expected = theirs[:, POINT + old.index(c)] if c in old else untouched[name][:, POINT + here].numpy()
                assert np.array_equal(ours[:, POINT + here], expected), (name, c)
        else:
            assert np.array_equal(ours, theirs), name
    assert by_character == (3 if settings["kind"] == "synthesizer" else 0)


def test_the_text_that_both_know_is_written_as_before(synthesizer):
    t = task(other_corpus(), synthesizer)
    old = task(seed=7)
    old.network.load_state_dict({name: torch.from_numpy(v) for name, v in synthesizer.weights().items()})
    x = torch.randn(9, 1, POINT)
    outputs = []
    for one in (t, old):
        text = torch.from_numpy(one.alphabet.encode("nine")).unsqueeze(0)
        outputs.append(one.network.eval()(x, text)[0])
    assert torch.allclose(*outputs, atol=1e-6)


def test_another_normaliser_is_kept_and_named(synthesizer):
    said: list[str] = []
    t = task(other_corpus(scale=2.0), synthesizer, said.append)
    assert t.normalizer == task(other_corpus(scale=2.0)).normalizer
    sd = [f"{v:.3f}" for v in (*t.normalizer.sd, *synthesizer.card["normalizer"]["sd"])]
    assert said[-1].endswith(
        f"; offsets are normalised as these lists are (sd {sd[0]}, {sd[1]}), not as theirs were (sd {sd[2]}, {sd[3]})"
    )


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (
            {"hidden_size": 9},
            r"first\.cell\.lstm\.bias_hh_l0 has shape \(32,\) there, has shape \(36,\)",
        ),
        ({"num_layers": 2}, r"output\.weight has shape \(13, 24\) there, has shape \(13, 16\)"),
        ({"num_layers": 4}, r"output\.weight has shape \(13, 24\) there, has shape \(13, 32\)"),
        ({"mixtures": 3}, r"output\.bias has shape \(13,\) there, has shape \(19,\)"),
        ({"components": 4}, r"first\.window\.linear\.bias has shape \(9,\)"),
        ({"variant": "peephole"}, r"first\.cell\.bias is missing there, has shape \(32,\) in this network"),
    ],
)
def test_other_sizes_are_refused(synthesizer, settings, message):
    with pytest.raises(InkError, match=message + r".*give the sizes in its card\.json"):
        task(init=synthesizer, **settings)


def test_a_prediction_network_starts_from_a_synthesizer_that_sees_the_average_text(synthesizer):
    t = task(init=synthesizer, kind="prediction")
    old = task(seed=7)
    weights = {name: torch.from_numpy(v) for name, v in synthesizer.weights().items()}
    old.network.load_state_dict(weights)
    counts = synthesizer.card["trained_on"]["characters"]
    average = torch.tensor([counts[c] / sum(counts.values()) for c in old.alphabet.characters])
    for cell in (old.network.first.cell, *old.network.upper):  # it always sees the average, so its text is ignored
        matrix = cell.lstm.weight_ih_l0.data
        cell.lstm.bias_ih_l0.data += matrix[:, POINT : POINT + len(average)] @ average
        matrix[:, POINT : POINT + len(average)] = 0
    x = torch.randn(9, 1, POINT)
    text = torch.from_numpy(old.alphabet.encode("nine")).unsqueeze(0)
    assert torch.allclose(t.network.eval()(x)[0], old.network.eval()(x, text)[0], atol=1e-6)
    assert t.rate is None  # these have the pace of the pen


def test_a_prediction_network_takes_the_pace_of_its_synthesizer(tmp_path):
    init = tiny_synthesizer(tmp_path, code=6, writers=2, controls=3, hidden_size=H, mixtures=2)
    t = task(init=init, kind="prediction", mixtures=2, num_layers=3)
    assert t.rate == init.card["features"]["rate"] == 33.0
    assert t.points < task(kind="prediction").points * 0.7
    t.save(tmp_path / "new", t.network, {})
    assert Checkpoint.load(tmp_path / "new", "prediction").card["features"]["rate"] == 33.0


def test_the_other_kind_is_refused(start, synthesizer):
    settings, init = start
    if settings["kind"] == "prediction":
        with pytest.raises(InkError, match="a prediction cannot start a synthesizer; give a checkpoint of a synth"):
            task(init=init)


def test_init_is_in_identity_and_what_it_was_on_the_card(synthesizer, tmp_path):
    run = tmp_path / "run"
    train(task(init=synthesizer), TrainingOptions(**OPTIONS), run)
    started_from = Checkpoint.load(run / "best", "synthesizer").card["started_from"]
    assert started_from["trained_on"]["lists"] == synthesizer.card["trained_on"]["lists"]
    train(task(init=synthesizer), TrainingOptions(**OPTIONS), run)
    with pytest.raises(InkError, match=r"init .*, not None; resume with its original options"):
        train(task(), TrainingOptions(**OPTIONS), run)


def test_a_refused_checkpoint_leaves_the_network_alone(synthesizer, tmp_path):
    """Everything is checked before anything is copied."""
    from handwriting.training.initialise import initialise

    weights = synthesizer.weights()
    weights["output.weight"] = weights["output.weight"][:1]
    checkpoint.save(tmp_path, synthesizer.card, weights)
    t = task()
    before = {name: v.clone() for name, v in t.network.state_dict().items()}
    with pytest.raises(InkError, match=r"output\.weight"):
        initialise(t.network, t.alphabet, Checkpoint.load(tmp_path, "synthesizer"), lambda name: None)
    assert all(torch.equal(v, before[name]) for name, v in t.network.state_dict().items())
    assert asdict(t.config)["characters"] == len(t.alphabet.characters)
