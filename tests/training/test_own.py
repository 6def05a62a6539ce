"""Training on a corpus of one's own, and from a checkpoint on: alphabet, sizes, terms, and what was trained on."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from command_line import assert_one_line
from own_fixture import LISTS, TEXTS, make_own
from tiny import TinyCorpus

from handwriting.checkpoint import Checkpoint
from handwriting.corpora import open_corpus
from handwriting.corpora.seen import fingerprint, seen
from handwriting.errors import InkError
from handwriting.features import FeatureConfig
from handwriting.training.augment import Augmentation
from handwriting.training.loop import train
from handwriting.training.options import RecognizerOptions, TrainingOptions
from handwriting.training.recipes import TrainingRecipe, recipe_for
from handwriting.training.recognizer import recognizer_task

ROOT = Path(__file__).parents[2]
SIZES = {"hidden_size": 8, "num_layers": 1, "channels": [8], "strides": [1], "encoding": "bezier"}
OWN = TrainingRecipe(("train",), ("test",))
OPTIONS = TrainingOptions(epochs=2, batch_size=4, device="cpu", loaders=0, evaluate_every=1)
BRIEF = ["--epochs", "1", "--batch-size", "4", "--loaders", "0"]


@pytest.fixture(scope="module")
def own(tmp_path_factory) -> Path:
    """To be read only."""
    return make_own(tmp_path_factory.mktemp("own") / "mine")


@pytest.fixture(scope="module")
def init(tmp_path_factory) -> Checkpoint:
    """An untrained network of a tiny corpus, with terms of its own."""
    corpus, folder = TinyCorpus(), tmp_path_factory.mktemp("init")
    corpus.terms = "research only"
    task = recognizer_task([corpus], RecognizerOptions(**SIZES), TrainingRecipe())
    task.save(folder, task.network, {})
    started = Checkpoint.load(folder, "recognizer")
    started.card["language"] = "language-open"
    return started


def test_from_a_checkpoint_on_its_alphabet_is_kept_and_extended(own, init, tmp_path):
    (tmp_path / "few.txt").write_text("anna/01", "utf-8")
    said: list[str] = []
    corpora, recipe = [open_corpus(own, [tmp_path / "few.txt"])], TrainingRecipe(("few",), ("test",))
    task = recognizer_task(corpora, RecognizerOptions(**SIZES), recipe, init, said.append)
    mine = set(TEXTS["anna/01"])
    assert set(task.data.alphabet.characters) == mine | set(init.card["alphabet"])
    assert set(init.card["alphabet"]) - mine and mine - set(init.card["alphabet"])
    assert len(task.data.examples.lines) == 1  # however rare their characters are
    assert "are new to them" in said[-1]


def test_the_card_says_whence_it_came(own, init, tmp_path):
    corpus = open_corpus(own)
    train(recognizer_task([corpus], RecognizerOptions(**SIZES), OWN, init), OPTIONS, tmp_path)
    card = Checkpoint.load(tmp_path / "best", "recognizer").card
    assert card["terms"] == f"research only | {corpus.terms}"
    assert card["started_from"]["training"] == init.card["training"]
    assert card["language"] == "language-open"
    assert seen(card, corpus.lines("train")) == 4 and seen(card, corpus.lines("test")) == 0
    assert seen(card, TinyCorpus().lines("trainset")) == 11  # of 12, one of which is known to be bad
    assert seen(card, TinyCorpus().lines("testset_v")) == 0


def test_fingerprints_depend_on_strokes_alone(own):
    line = open_corpus(own).line("anna/01")
    other = line.ink.moved_to(line.ink.x + 1, line.ink.y)
    assert fingerprint(line.ink) == fingerprint(open_corpus(own).line("anna/01").ink) != fingerprint(other)
    assert seen({"trained_on": {"list": "trainset"}}, [line]) == seen({}, [line]) == 0


def test_developing_on_lines_trained_on_is_refused(own, tmp_path):
    (tmp_path / "both.txt").write_text("anna", "utf-8")
    corpus = open_corpus(own, [tmp_path / "both.txt"])
    with pytest.raises(InkError, match="2 of 3 lines of 'both' are in 'train' too"):
        recognizer_task([corpus], RecognizerOptions(**SIZES), TrainingRecipe(("train",), ("both",)))
    recipe = recipe_for(None, ["train=1"], ["both"], 4)
    with pytest.raises(InkError, match="2 of 3 lines of 'both' are in 'train' too"):
        recognizer_task([corpus], RecognizerOptions(**SIZES), recipe)


def test_without_a_development_set_the_last_weights_are_saved(own, init, tmp_path):
    recipe = TrainingRecipe(("train",), ("none",))
    row = train(recognizer_task([open_corpus(own)], RecognizerOptions(**SIZES), recipe, init), OPTIONS, tmp_path)
    card = Checkpoint.load(tmp_path / "best", "recognizer").card
    assert row["epoch"] == card["training"]["development_set"]["epoch"] == 2
    assert card["developed_on"] == "none" and "cer" not in row


def test_the_development_set_may_be_another_corpus_s(own):
    corpora = [open_corpus(own), TinyCorpus()]
    recipe = recipe_for(None, ["train"], ["testset_v"])
    task = recognizer_task(corpora, RecognizerOptions(**SIZES), recipe)
    assert [part.split for part in task.data.development] == ["testset_v"]
    with pytest.raises(InkError, match="2 corpora have a split 'testset_v'"):
        recognizer_task([*corpora, TinyCorpus()], RecognizerOptions(**SIZES), recipe)


def test_own_lines_beside_a_larger_corpus(own, init):
    said: list[str] = []
    recipe = recipe_for(None, ["train=0.5", "trainset=0.5"], ["test", "testset_v"], 12)
    task = recognizer_task([open_corpus(own), TinyCorpus()], RecognizerOptions(**SIZES), recipe, init, said.append)
    assert set(init.card["alphabet"]) <= set(task.data.alphabet.characters)
    assert any("left out: " in line and "too rare" in line for line in said)


def test_sizes_are_those_of_the_checkpoint_unless_given(init):
    settings = RecognizerOptions(hidden_size=16, dropout=0.1).like(init, {"hidden_size", "spacing"})
    assert settings.hidden_size == 16 and settings.dropout == 0.1 and settings.augmentation == Augmentation()
    assert (settings.num_layers, settings.channels, settings.strides) == (1, [8], [1])
    assert settings.features == FeatureConfig("bezier")


def test_the_commands_take_it(run, own, init, tmp_path):
    code, out, err = run("corpus", own)
    assert code == 0 and "train" in out and "problems: 0" in out
    assert run("prepare", own, "-o", tmp_path / "mine.pack")[0] == 0
    fine = ["train", "recognizer", "--init", init.folder, "--train", "train", "--develop", "test", *BRIEF]
    code, _, err = run(*fine, "--data", own, "--out", tmp_path / "run")
    assert code == 0, err
    for data in (own, tmp_path / "mine.pack"):
        for split, known in (("train", 4), ("test", 0)):
            arguments = ["--data", data, "--split", split, "--checkpoint", tmp_path / "run/best"]
            code, out, err = run("evaluate", "recognizer", *arguments, "--json")
            assert (code, json.loads(out)["lines_trained_on"], json.loads(out)["lines"]) == (
                0,
                known,
                len(LISTS[split]),
            )
            _, out, _ = run("evaluate", "recognizer", *arguments)
            assert ("of these lines were trained on" in out) == bool(known)
    assert_one_line(*run(*fine, "--data", own, "--out", tmp_path / "x", "--train", "all")[::2], "split 'all'")


def test_what_is_left_out_is_said(run, tmp_path):
    own = make_own(tmp_path / "mine")
    (own / "anna/01.txt").unlink()
    code, _, err = run("prepare", own, "-o", tmp_path / "mine.pack")
    assert code == 0
    assert err.count("\n") == 1 and "1 of 6 items cannot be used and are left out; anna/01: ink without text" in err


def test_a_synthesizer_trains_on_it_too(own, tmp_path):
    small = ["--hidden-size", "8", "--mixtures", "2", "--components", "2", *BRIEF, "--device", "cpu"]
    command = [sys.executable, ROOT / "app.py", "train", "synthesizer", "--data", own, "--out", tmp_path / "run"]
    splits = ["--train", "train", "--develop", "test"]
    done = subprocess.run([*command, *splits, *small], capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    card = Checkpoint.load(tmp_path / "run/best", "synthesizer").card
    assert card["trained_on"]["lines"] == 4 and seen(card, open_corpus(own).lines("train")) == 4
