"""Options from their one source, the command line and configuration files."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest
from command_line import assert_one_line
from own_fixture import make_own

from handwriting.checkpoint import Checkpoint
from handwriting.errors import InkError
from handwriting.features import FeatureConfig
from handwriting.training.config import read_config, write_config
from handwriting.training.options import RecognizerOptions, TrainingOptions

SMALL = """
epochs = 1
batch-size = 4
loaders = 0
hidden-size = 8
layers = 1
channels = [8]
train = ["train"]
develop = ["test"]

[augmentation]
slant = 0.3
"""


def load(path: Path, text: str, **tables):
    path.write_text(text, "utf-8")
    return read_config(path, {"rate", "hidden_size", "train"}, tables)


def test_values_come_back(tmp_path):
    values = {"rate": 1e-3, "train": ['a "b" \\ ü', "c"], "hidden_size": None, "warp": {"scale": 0.5, "delay": 1}}
    write_config(tmp_path, values)
    read = read_config(tmp_path / "config.toml", {"rate", "hidden_size", "train"}, {"warp": ("scale", "delay")})
    assert read == {name: value for name, value in values.items() if value is not None}


def test_hyphens_and_underscores_are_the_same(tmp_path):
    assert load(tmp_path / "a", "hidden-size = 4") == load(tmp_path / "b", "hidden_size = 4") == {"hidden_size": 4}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("hiden-size = 4", r"no option 'hiden_size'; did you mean hidden_size\?"),
        ("zzz = 4", r"no option 'zzz'; known: hidden_size, rate, train"),
        ("[warp]\nscal = 1", r"no option 'scal' in \[warp\]; did you mean scale\?"),
        ("[warp]\nscale = true", r"warp\.scale is True; give a number"),
        ("warp = 1", "warp must be a table"),
        ("[rate]\na = 1", "rate must not be a table"),
        ("rate = ", "not a TOML file"),
    ],
)
def test_what_cannot_be_used_is_refused_by_name(text, message, tmp_path):
    with pytest.raises(InkError, match=message):
        load(tmp_path / "config.toml", text, warp=("scale",))


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(InkError, match="no such file"):
        read_config(tmp_path / "none.toml", (), {})


def test_help_texts_give_the_real_defaults():
    """The values are those of the features, which importing them for the help would take too long."""
    helps = {f.name: f.metadata["help"] for f in fields(RecognizerOptions) if f.metadata}
    for name in ("encoding", "spacing", "tolerance"):
        assert f"[default: {getattr(FeatureConfig(), name)}]" in helps[name]
    assert RecognizerOptions().features == FeatureConfig()


def test_the_options_need_no_torch():
    code = "import sys, handwriting.cli.main; print(sorted({'torch', 'onnxruntime'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout == "[]\n"


def test_a_file_sets_options_and_the_command_line_overrides_it(run, tmp_path):
    own = make_own(tmp_path / "mine")
    (tmp_path / "small.toml").write_text(SMALL, "utf-8")
    command = ["train", "recognizer", "--data", own, "--config", tmp_path / "small.toml"]
    code, _, err = run(*command, "--out", tmp_path / "run", "--hidden-size", "6")
    assert code == 0, err
    card = Checkpoint.load(tmp_path / "run/best", "recognizer").card
    assert card["network"]["hidden_size"] == 6 and card["network"]["num_layers"] == 1
    assert card["network"]["channels"] == [8]
    assert card["trained_on"]["augmentation"]["slant"] == 0.3
    assert card["training"]["options"]["epochs"] == 1
    assert card["training"]["options"]["rate"] == TrainingOptions().rate
    code, _, err = run("train", "recognizer", "--config", tmp_path / "run/config.toml", "--out", tmp_path / "again")
    assert code == 0, err
    again = Checkpoint.load(tmp_path / "again/best", "recognizer")
    assert json.dumps(again.card["trained_on"]) == json.dumps(card["trained_on"])
    assert again.card["network"] == card["network"]
    (first, second) = ((tmp_path / name / "config.toml").read_text() for name in ("run", "again"))
    assert first == second


def test_a_wrong_file_is_one_line(run, tmp_path):
    (tmp_path / "wrong.toml").write_text("hiden-size = 4", "utf-8")
    command = [
        "train",
        "recognizer",
        "--data",
        tmp_path,
        "--out",
        tmp_path / "run",
        "--config",
        tmp_path / "wrong.toml",
    ]
    assert_one_line(*run(*command)[::2], "did you mean hidden_size?")
    assert not (tmp_path / "run").exists()


def test_a_value_out_of_range_in_a_file_is_refused(run, tmp_path):
    (tmp_path / "wrong.toml").write_text("dropout = 2.0", "utf-8")
    command = [
        "train",
        "recognizer",
        "--data",
        tmp_path,
        "--out",
        tmp_path / "run",
        "--config",
        tmp_path / "wrong.toml",
    ]
    code, _, err = run(*command)
    assert code == 2 and "dropout" in err and "0.9" in err
