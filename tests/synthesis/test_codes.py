"""Codes of hands: what they add, random ones, blends, files."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from tiny import synthesizer

from handwriting.errors import InkError
from handwriting.rendering.hershey import write
from handwriting.synthesis.codes import (
    CODE_SPREAD,
    CONTROL_SPREAD,
    LEADING,
    MAX_DEVIATIONS,
    OTHER_SPREAD,
    Code,
    HandCodes,
    blend,
    gaussian,
    regression,
)
from handwriting.synthesis.hand import Hand
from handwriting.synthesis.styles import Sample, Style, load, parse
from handwriting.synthesis.synthesizer import Synthesizer


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    return Synthesizer(synthesizer(tmp_path_factory.mktemp("hands"), code=6, writers=9, controls=2))


def code(*numbers, network="net", delta=None):
    return Code(np.array(numbers, np.float32), network, delta)


def test_a_blend_is_the_weighted_mean():
    mixed = blend([code(1, 0), code(0, 4, delta=np.ones(3, np.float32))], [3, 1])
    assert mixed.numbers.tolist() == [0.75, 1.0]
    assert mixed.delta is not None and mixed.delta.tolist() == [0.25] * 3


@pytest.mark.parametrize("weights", [(1,), (1, 0), (1, -1), (1, float("nan"))])
def test_a_blend_needs_a_weight_above_0_for_each(weights):
    with pytest.raises(InkError, match="above 0"):
        blend([code(1), code(2)], weights)


def test_hands_of_two_networks_have_no_blend():
    with pytest.raises(InkError, match="different networks"):
        blend([code(1), code(2, network="other")], [1, 1])


def test_strength_scales_what_is_added():
    assert code(1, -2).scaled(0.5).numbers.tolist() == [0.5, -1.0]
    with pytest.raises(InkError, match="strength of 3"):
        code(1).scaled(3)


def test_a_code_survives_its_record():
    made = code(0.5, -0.25, delta=np.array([0.5, -2.0], np.float32))
    read = Code.of(json.loads(json.dumps(made.record())))
    assert (read.numbers.tolist(), read.network) == ([0.5, -0.25], "net")
    assert read.delta is not None and read.delta.tolist() == [0.5, -2.0]


@pytest.mark.parametrize("numbers", [[], [float("nan")], [1e6], [0.0] * 1000])
def test_strange_numbers_are_refused(numbers):
    with pytest.raises(InkError):
        code(*numbers)


def test_random_codes_have_the_learned_mean_and_part_of_the_spread():
    learned = np.random.default_rng(1).normal((1, -2), (0.5, 2), (4000, 2))
    mean, factor = gaussian(learned, 1)
    drawn = mean + np.random.default_rng(2).normal(size=(4000, 3)) @ factor.T
    assert drawn.mean(0) == pytest.approx([1, -2, 0], abs=0.1)
    assert drawn.std(0) == pytest.approx([CODE_SPREAD * 0.5, CODE_SPREAD * 2, CONTROL_SPREAD], rel=0.05)


def test_random_codes_vary_most_in_the_directions_in_which_writers_differ_most():
    spreads = np.linspace(3, 1, LEADING + 5)  # the last five directions are not among the leading ones
    learned = np.random.default_rng(1).normal(0, spreads, (8000, LEADING + 5))
    _, factor = gaussian(learned, 0)
    ratios = (np.random.default_rng(2).normal(size=(8000, LEADING + 5)) @ factor.T).std(0) / spreads
    assert ratios[:10] == pytest.approx(CODE_SPREAD, rel=0.1)
    assert ratios[-1] == pytest.approx(OTHER_SPREAD, rel=0.6)


def test_random_codes_are_never_far_from_the_mean(model):
    codes = model.codes
    learned = codes.codes.shape[1]
    identity = replace(codes, mean=np.zeros_like(codes.mean), factor=np.eye(len(codes.mean), dtype=np.float32))
    drawn = np.array([identity.random(seed).numbers for seed in range(200)])
    assert np.abs(drawn[:, :learned]).max() == pytest.approx(MAX_DEVIATIONS)
    assert np.abs(drawn[:, learned:]).max() > MAX_DEVIATIONS  # slant, width and height are not limited


def test_the_regression_finds_a_linear_code():
    rows = np.random.default_rng(3).normal(5, 2, (200, 4))
    codes = np.column_stack([rows[:, 0] - 5, 2 * rows[:, 3]])
    found = regression(rows, codes, np.ones(200), 1e-6)
    row = np.append((rows[0] - found["center"]) / found["spread"], 1)
    assert row @ found["regression"] == pytest.approx(codes[0], abs=1e-3)


def test_the_same_seed_is_the_same_hand_and_another_another(model):
    first, again, other = (model.codes.random(seed).numbers for seed in (3, 3, 4))
    assert np.array_equal(first, again) and not np.allclose(first, other)


def test_a_hand_changes_what_is_written(model):
    texts = ["a hand of mine"]
    lines = [
        model.write(texts, Hand(0.0, 1, Style("x", (), code=model.codes.random(k))))[0].ink.xy[:20] for k in (1, 1, 2)
    ]
    assert np.array_equal(lines[0], lines[1]) and not np.allclose(lines[0], lines[2])


def test_without_a_style_every_line_has_a_hand_of_its_own(model):
    lines = model.write(["some ink"] * 3, Hand(0.0, 5), hurried=True)
    for number, line in enumerate(lines):
        style = Style("x", (), code=model.codes.random(5, number))
        alone = model.write(["some ink"], Hand(0.0, 5, style), stream=number, hurried=True)
        assert np.allclose(alone[0].ink.xy, line.ink.xy, atol=1e-3)


def test_a_style_of_ink_becomes_a_code(model):
    ink = write("some ink", seed=2)
    style = Style("mine", (Sample("some ink", ink),))
    code = model.code_of([ink], ["some ink"])
    assert np.array_equal(model.primer(style).hand, model.codes.biases(code))
    assert len(model.primer(style).text) == 0  # nothing is read first: the hand is in the gates


def test_a_code_of_another_network_without_ink_is_refused(model):
    with pytest.raises(InkError, match="another network"):
        model.write(["a"], Hand(style=Style("lost", (), code=code(*range(6)))))


def test_a_network_without_codes_refuses_a_code_and_estimates_none(tmp_path):
    plain = Synthesizer(synthesizer(tmp_path))
    assert plain.codes is None and plain.random_style(0) is None
    with pytest.raises(InkError, match="another network"):
        plain.write(["a"], Hand(style=Style("lost", (), code=code(1))))
    with pytest.raises(InkError, match="no hand codes"):
        plain.code_of([write("a", seed=0)], ["a"])


def test_styles_of_codes_are_files_and_blend(model, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name, seed in (("one", 1), ("two", 2)):
        Style(name, (), 1.0, model.codes.random(seed)).save(f"{name}.json")
    mixed = load("one.json:3,two.json:1")
    expected = 0.75 * model.codes.random(1).numbers + 0.25 * model.codes.random(2).numbers
    assert mixed.code.numbers == pytest.approx(expected, abs=1e-3)
    Style("ink", (Sample("a", write("a", seed=0)),)).save("ink.json")
    with pytest.raises(InkError, match="no hand code"):
        load("one.json:1,ink.json:1")


def test_a_damaged_code_is_one_clear_error(model):
    record = Style("mine", (), code=model.codes.random(1)).record()
    for key, value in (("numbers", "x"), ("numbers", [None]), ("delta", "%%"), ("delta", "AA=="), ("network", 3)):
        damaged = {**record, "code": {**record["code"], key: value}}
        with pytest.raises(InkError, match=r"mine\.json"):
            parse(json.dumps(damaged).encode(), "mine.json")


def test_missing_codes_are_one_clear_error(tmp_path):
    with pytest.raises(InkError, match="copy the whole checkpoint"):
        HandCodes.load(tmp_path)
