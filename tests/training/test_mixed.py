"""Several lists: what an epoch draws, words as lines, resumed bit for bit, what the card says."""

import numpy as np
import pytest
import torch
from safetensors.torch import load_file
from tiny import TinyCorpus

from handwriting.checkpoint import Checkpoint
from handwriting.errors import InkError
from handwriting.features import FeatureConfig, encode_normalised
from handwriting.geometry.normalise import normalise
from handwriting.rendering.hershey import write
from handwriting.training import data as module
from handwriting.training.encoder import SAFETY_FACTOR, expected_steps
from handwriting.training.examples import LineList, Lines
from handwriting.training.loop import train
from handwriting.training.mix import ComposedList, ExampleMix, ListShare
from handwriting.training.options import RecognizerOptions, TrainingOptions
from handwriting.training.recipes import RECIPES, TrainingRecipe, recipe_for
from handwriting.training.recognizer import RecognizerTask, recognizer_task
from handwriting.training.string_list import SPACE, StringList

SETTINGS = {"hidden_size": 6, "num_layers": 2, "channels": [8], "strides": [1], "dropout": 0.2}
OPTIONS = {"evaluate_every": 1, "epochs": 2, "batch_size": 6, "device": "cpu", "loaders": 0, "save_every": 0.0}
SHARES = [ListShare("trainset", 2.0), ListShare("trainset", 1.0, "line")]


class Renamed(TinyCorpus):
    """The same under other names."""

    splits = ("train-words", "valid-words")
    terms = "theirs"


def mixed(examples: int = 12, **settings) -> RecognizerTask:
    train = ("trainset=2", "line:trainset=1", "train-words=1")
    recipe = TrainingRecipe(train, ("testset_v", "valid-words:5"), examples)
    return recognizer_task([TinyCorpus(), Renamed(40)], RecognizerOptions(**{**SETTINGS, **settings}), recipe)


@pytest.fixture(autouse=True)
def _nothing_is_rare(monkeypatch):
    monkeypatch.setattr(module, "MIN_COUNT", 1)


@pytest.fixture(scope="module")
def lines() -> Lines:
    return Lines.of(TinyCorpus(), "trainset", set("abcdefghijklmnopqrstuvwxyz"))


def test_shares_are_kept_and_a_list_is_gone_through_before_it_begins_anew(lines):
    mix = ExampleMix([ComposedList(share, lines) for share in SHARES], 33, seed=1)
    assert mix.counts == [22, 11]
    places = [draw.members[0] for draw in mix.draws(0) if draw.list == 0]
    assert sorted(places) == sorted([*range(11), *range(11)])
    assert places[:11] != places[11:]
    assert mix.draws(1) != mix.draws(0)


def test_draws_depend_on_seed_and_epoch_alone(lines):
    one, two, other = (ExampleMix([ComposedList(s, lines) for s in SHARES], 33, seed) for seed in (1, 1, 2))
    one.draws(4)
    assert one.draws(2) == two.draws(2) != other.draws(2)
    assert one.example(2, 32)[:2] == two.example(2, 32)[:2]


def test_words_become_lines(lines):
    mix = ExampleMix([ComposedList(SHARES[1], lines)], 5, seed=1)
    ink, text, _ = mix.example(0, 0)
    assert len(text.split()) > 3
    strokes = sum(len(lines.inks[n].starts) for n in mix.draws(0)[0].members)
    assert len(ink.starts) == strokes


def test_symbols_are_set_beside_digits_and_capitals():
    """So that '#' and '%' are read in context, though UNIPEN has them alone."""
    characters = "0123456789ABC#%a+"
    inks = [write(character, seed=n) for n, character in enumerate(characters)]
    writers = ["donor/hand"] * len(inks)
    lines = Lines(list(characters), inks, list(characters), [3.0] * len(inks), writers, writers, {})
    mix = ExampleMix([ComposedList(ListShare("characters", 1.0, "token"), lines)], 200, seed=1)
    texts = [mix.example(0, number)[1] for number in range(200)]
    assert all(2 <= len(text) <= 6 for text in texts)
    assert not any(set(text) & set("a+") for text in texts)  # where they belong on the line is unknown
    assert any("#" in text and text.strip("#%").isdigit() for text in texts)
    assert any("%" in text and text.strip("#%").isupper() for text in texts)
    # a word that starts with a digit has no capitals, and the other way round
    for text in texts:
        assert not (text[0].isdigit() and set(text) & set("ABC")) and not (
            text[0].isupper() and set(text) & set("0123456789")
        )


def test_strings_are_set_from_characters_in_one_hand():
    characters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789abcdefghijklmnopqrstuvwxyz#%.,:-@/"
    inks = [write(character, seed=n) for n, character in enumerate(characters * 2)]
    writers = ["donor/one"] * len(characters) + ["donor/two"] * len(characters)
    lines = Lines(
        [str(n) for n in range(len(inks))], inks, list(characters * 2), [3.0] * len(inks), writers, writers, {}
    )
    strings = StringList(ListShare("characters", 1.0, "string"), lines, ["kettle", "pixel"])
    mix = ExampleMix([strings], 200, seed=1)
    for draw in mix.draws(0):
        hands = {writers[n] for n in draw.members if n != SPACE}
        assert len(hands) == 1  # both have every character that is drawn
        assert SPACE not in (draw.members[0], draw.members[-1])
    examples = [mix.example(0, number) for number in range(200)]
    texts = [text for _, text, _ in examples]
    assert any("kettle" in text for text in texts) and any("PIXEL" in text for text in texts)
    assert any("#" in text for text in texts) and any(text.replace(" ", "").isdigit() for text in texts)
    ink, _, _ = next(example for example in examples if example[1].count(" ") == 1 and len(example[1]) > 8)
    left, _, right, _ = ink.boxes  # from left to right, and the widest gap is where the space is
    assert right[-1] - left[0] > 3 * np.ptp(ink.y)


def test_what_has_too_rare_characters_is_left_out_and_named():
    lines = Lines.of(TinyCorpus(), "trainset", set("inpet"))
    assert set(lines.left_out.values()) == {"a character that is too rare", "left out to be seen"}
    assert set("".join(lines.texts)) <= set("inpet")


def test_it_trains_on_all_and_resumes_bit_for_bit(tmp_path):
    train(mixed(), TrainingOptions(**OPTIONS), tmp_path / "whole")
    for _ in range(20):
        row = train(mixed(), TrainingOptions(**OPTIONS, max_minutes=0.0), tmp_path / "run")
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
    assert [line.id for line in mixed().data.development[1].lines] == [f"valid-words-{i}" for i in (0, 10, 20, 29, 39)]


def test_shares_are_read_from_the_command_line():
    assert ListShare.parse("trainset") == ListShare("trainset", 1.0, "whole")
    assert ListShare.parse("line:train-words=0.25") == ListShare("train-words", 0.25, "line")
    for wrong in ("", "=2", "a=0", "a=x", "page:a=1", "a=-1", "a=inf"):
        with pytest.raises(InkError, match="give SPLIT"):
            ListShare.parse(wrong)


def test_one_list_alone_is_trained_line_by_line():
    options = RecognizerOptions(**SETTINGS)
    assert isinstance(recognizer_task([TinyCorpus()], options, recipe_for()).data.examples, LineList)
    assert recipe_for("open", examples=7).examples == 7
    assert recipe_for(train=["a", "b=2"]).examples > 0
    with pytest.raises(InkError, match="no corpus has a split 'train-texts'"):
        recognizer_task([TinyCorpus()], options, recipe_for("mixed"))


def test_the_open_recipe_never_sees_iam():
    recipe = RECIPES["open"]
    assert all("train-" in text for text in recipe.train) and all("valid-" in text for text in recipe.develop)


def test_steps_are_about_what_is_expected():
    lines = Lines.of(TinyCorpus(), "trainset", set("abcdefghijklmnopqrstuvwxyz"))
    for ink, text, length in zip(lines.inks, lines.texts, lines.lengths, strict=True):
        steps = len(encode_normalised(normalise(ink), FeatureConfig()).steps)
        assert length == expected_steps(ink, text)
        assert 0.5 < length / steps < SAFETY_FACTOR
