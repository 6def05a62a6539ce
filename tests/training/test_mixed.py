"""Several lists: what an epoch draws, words as lines, resumed bit for bit, what the card says."""

import pytest
import torch
from safetensors.torch import load_file
from tiny import TinyCorpus

from handwriting.checkpoint import Checkpoint
from handwriting.errors import InkError
from handwriting.training import mixed as module
from handwriting.training.loop import Options, train
from handwriting.training.mixed import MixedTask, recognizer_task
from handwriting.training.mixture import Lines, Listed, Mixture, Share, expected_steps
from handwriting.training.recipes import RECIPES, chosen
from handwriting.training.recognizer import RecognizerSettings, RecognizerTask

SETTINGS = {"hidden_size": 6, "num_layers": 2, "channels": [8], "strides": [1], "dropout": 0.2}
OPTIONS = {"evaluate_every": 1, "epochs": 2, "batch_size": 6, "device": "cpu", "loaders": 0, "save_every": 0.0}
SHARES = [Share("trainset", 2.0), Share("trainset", 1.0, "line")]


class Renamed(TinyCorpus):
    """The same under other names."""

    splits = ("train-words", "valid-words")
    terms = "theirs"


def mixed(examples: int = 12, **settings) -> MixedTask:
    corpora = [TinyCorpus(), Renamed(40)]
    shares = [*SHARES, Share("train-words", 1.0)]
    develop = ["testset_v", "valid-words:5"]
    return MixedTask(corpora, RecognizerSettings(**{**SETTINGS, **settings}), shares, develop, examples)


@pytest.fixture(autouse=True)
def _nothing_is_rare(monkeypatch):
    monkeypatch.setattr(module, "RARE", 1)


@pytest.fixture(scope="module")
def lines() -> Lines:
    return Lines.of(TinyCorpus(), "trainset", set("abcdefghijklmnopqrstuvwxyz"))


def test_shares_are_kept_and_a_list_is_gone_through_before_it_begins_anew(lines):
    mixture = Mixture([Listed(share, lines) for share in SHARES], 33, seed=1)
    assert mixture.counts == [22, 11]
    places = [draw.members[0] for draw in mixture.draws(0) if draw.list == 0]
    assert sorted(places) == sorted([*range(11), *range(11)])
    assert places[:11] != places[11:]
    assert mixture.draws(1) != mixture.draws(0)


def test_draws_depend_on_seed_and_epoch_alone(lines):
    one, two, other = (Mixture([Listed(s, lines) for s in SHARES], 33, seed) for seed in (1, 1, 2))
    one.draws(4)
    assert one.draws(2) == two.draws(2) != other.draws(2)
    draw = one.draws(2)[-1]
    assert one.example(draw)[:2] == two.example(draw)[:2]


def test_words_become_lines(lines):
    mixture = Mixture([Listed(SHARES[1], lines)], 5, seed=1)
    ink, text, _ = mixture.example(mixture.draws(0)[0])
    assert len(text.split()) > 3
    strokes = sum(len(lines.inks[n].starts) for n in mixture.draws(0)[0].members)
    assert len(ink.starts) == strokes


def test_what_has_too_rare_characters_is_left_out_and_named():
    lines = Lines.of(TinyCorpus(), "trainset", set("inpet"))
    assert set(lines.left_out.values()) == {"a character that is too rare", "left out to be seen"}
    assert set("".join(lines.texts)) <= set("inpet")


def test_it_trains_on_all_and_resumes_bit_for_bit(tmp_path):
    train(mixed(), Options(**OPTIONS), tmp_path / "whole")
    for _ in range(20):
        row = train(mixed(), Options(**OPTIONS, max_minutes=0.0), tmp_path / "run")
        if row.get("epoch") == OPTIONS["epochs"]:
            break
    states = [load_file(next((tmp_path / run).glob("state-*/network.safetensors"))) for run in ("whole", "run")]
    assert all(torch.equal(value, states[1][name]) for name, value in states[0].items())
    assert {"cer", "wer", "cer valid-words", "wer valid-words"} <= row.keys()
    card = Checkpoint.load(tmp_path / "whole" / "best", "recognizer").card
    assert card["terms"] == "ours | theirs"
    assert [entry["examples_an_epoch"] for entry in card["trained_on"]["lists"]] == [6, 3, 3]
    assert card["trained_on"]["lists"][0]["left_out"] == {"left out to be seen": 1}


def test_a_part_of_a_development_set_is_spread_over_it():
    assert [line.id for line in mixed().development[1].lines] == [f"valid-words-{i}" for i in (0, 10, 20, 29, 39)]


def test_shares_are_read_from_the_command_line():
    assert Share.parse("trainset") == Share("trainset", 1.0, "whole")
    assert Share.parse("line:train-words=0.25") == Share("train-words", 0.25, "line")
    for wrong in ("", "=2", "a=0", "a=x", "page:a=1", "a=-1", "a=inf"):
        with pytest.raises(InkError, match="give SPLIT"):
            Share.parse(wrong)


def test_one_list_alone_is_trained_line_by_line():
    recipe = chosen(None, None, None, None)
    settings = RecognizerSettings(**SETTINGS)
    assert type(recognizer_task([TinyCorpus()], settings, recipe)) is RecognizerTask
    assert chosen("open", None, None, 7).examples == 7
    assert chosen(None, ["a", "b=2"], None, None).examples > 0
    with pytest.raises(InkError, match="no --data has a split 'train-texts'"):
        recognizer_task([TinyCorpus()], settings, chosen("mixed", None, None, None))


def test_the_open_recipe_never_sees_iam():
    recipe = RECIPES["open"]
    assert all("train-" in text for text in recipe.train) and all("valid-" in text for text in recipe.develop)


def test_steps_are_about_what_is_expected():
    lines = Lines.of(TinyCorpus(), "trainset", set("abcdefghijklmnopqrstuvwxyz"))
    task = RecognizerTask(TinyCorpus(), RecognizerSettings(**SETTINGS))
    for example, ink, text in zip(task.examples, lines.inks, lines.texts, strict=True):
        assert 0.4 < expected_steps(ink, text) / example.length < 2.5
