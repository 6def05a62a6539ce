"""Lines drawn point by point: where they stop, what a primer leaves, and that neighbours do not matter."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from tiny import synthesizer

from handwriting.networks.synthesizer import SynthesisConfig, SynthesisNetwork
from handwriting.synthesis import sampler
from handwriting.synthesis.sampler import ATTEMPTS, Steps, prime, sample
from handwriting.synthesis.synthesizer import Synthesizer


@pytest.fixture(scope="module")
def model(tmp_path_factory) -> Synthesizer:
    return Synthesizer(synthesizer(tmp_path_factory.mktemp("synthesizer")))


def texts(model: Synthesizer, *lines: str) -> list[np.ndarray]:
    return [model.alphabet.encode(line) for line in lines]


def test_steps_are_those_of_the_network(model):
    network = SynthesisNetwork(SynthesisConfig(**model.card["network"])).eval()
    network.load_state_dict({k: torch.from_numpy(v) for k, v in model.checkpoint.weights().items()})
    lines = texts(model, "a pen", "ink and ink")
    steps, state = Steps(model.network, lines), None
    padded = torch.zeros(2, 11, dtype=torch.int64)
    for row, line in enumerate(lines):
        padded[row, : len(line)] = torch.from_numpy(line)
    points = np.random.default_rng(0).normal(size=(30, 2, 3)).astype(np.float32)
    for now in points:
        outputs, phi = steps(now)
        with torch.no_grad():
            theirs, seen, state = network.step(torch.from_numpy(now), padded, state)
        assert np.abs(outputs - theirs.numpy()).max() < 1e-5
        assert np.abs((phi[:, :-1] - seen.numpy())[padded.numpy() > 0]).max() < 1e-5


def test_lines_that_go_on_alone_go_on_as_before(model):
    lines = texts(model, "one", "two", "three")
    together, alone = Steps(model.network, lines), Steps(model.network, lines[2:])
    points = np.random.default_rng(0).normal(size=(20, 3, 3))
    for t, now in enumerate(points):
        if t == 10:
            together.keep(np.array([False, False, True]))
        theirs = together(now if t < 10 else now[2:])[0][-1]
        assert np.abs(alone(now[2:])[0][0] - theirs).max() < 1e-5


def test_a_line_ends_with_its_stroke_once_the_window_is_past_the_text(model):
    lines = texts(model, "ink", "a longer line")
    for text, line in zip(lines, sample(model.network, lines, bias=0, streams=[(0, 0), (0, 1)]), strict=True):
        assert line.complete
        assert line.points[-1, 2] == 1
        assert (np.diff(line.places) >= 0).all()
        past = line.places >= len(text)
        assert line.places.max() >= len(text) - 1
        # past the text the stroke is finished, at most, and none begun
        assert past.sum() <= sampler.FINISH_POINTS + 1
        assert line.points[past][:-1, 2].sum() == 0


def test_a_line_without_end_is_tried_again_and_given_back_as_it_is(model, monkeypatch):
    tried, draft = [], sampler._Draft
    monkeypatch.setattr(sampler, "POINTS_PER_CHARACTER", 0)
    monkeypatch.setattr(sampler, "EXTRA_POINTS", 5)
    monkeypatch.setattr(sampler, "_Draft", lambda *a, **k: tried.append(k) or draft(*a, **k))
    (line,) = sample(model.network, texts(model, "never ends"), bias=0, streams=[(0, 0)])
    assert tried == [{"patient": False}] * (ATTEMPTS - 1) + [{"patient": True}]
    assert not line.complete
    assert len(line.points) == 5
    assert line.points[-1, 2] == 1


def test_a_line_that_stays_on_a_character_is_given_up_there_and_the_last_attempt_drawn_to_its_end(model, monkeypatch):
    lengths, draft = [], sampler._Draft

    class Watched(draft):
        def run(self, progress):
            drawn = super().run(progress)
            lengths.append([len(s.points) for s in drawn])
            return drawn

    monkeypatch.setattr(sampler, "_Draft", Watched)
    monkeypatch.setattr(sampler, "MAX_DWELL", 5)  # an untrained window takes about 25
    (line,) = sample(model.network, texts(model, "slow as a snail"), bias=0, streams=[(0, 0)])
    assert lengths[:-1] == [[sampler.BLOCK]] * (ATTEMPTS - 1)
    assert line.complete
    assert len(line.points) == lengths[-1][0] > 10 * 5


def test_a_seed_gives_the_same_line_whatever_is_written_beside_it(model):
    alone = sample(model.network, texts(model, "the same"), bias=0.5, streams=[(3, 1)])[0]
    beside = sample(model.network, texts(model, "another", "the same"), bias=0.5, streams=[(3, 0), (3, 1)])[1]
    assert len(alone.points) == len(beside.points)
    assert np.abs(alone.points - beside.points).max() < 1e-4  # a float32 graph: the int8 one has one scale for all
    other = sample(model.network, texts(model, "the same"), bias=0.5, streams=[(4, 1)])[0]
    assert len(other.points) != len(alone.points) or np.abs(other.points - alone.points).max() > 0.1


def test_after_a_primer_the_window_stands_on_the_joining_space(model):
    text, space = model.alphabet.encode("a hand"), int(model.alphabet.encode(" ")[0])
    points = np.random.default_rng(0).normal(size=(40, 3)).astype(np.float32)  # far fewer than the text takes
    primer = prime(model.network, points, text, space)
    _, phi = Steps(model.network, [np.append(primer.text, space)], primer.state)(primer.point)
    assert abs(phi[0] @ np.arange(1, phi.shape[1] + 1) / phi[0].sum() - (len(text) + 0.5)) < 0.5
    line = sample(model.network, texts(model, "goes on"), bias=0, streams=[(0, 0)], primer=primer)[0]
    assert line.complete
    assert line.places[0] in (-2, -1, 0)  # not drawn again: it begins where the primer ended
    assert line.places.max() in (6, 7)


def test_progress_grows_to_all_characters_at_most(model):
    told = []
    sample(model.network, texts(model, "some words", "more"), bias=0, streams=[(0, 0), (0, 1)], progress=told.append)
    assert told == sorted(told)
    assert 0 <= told[0] <= told[-1] <= 14


def test_the_first_points_choose_the_hand_without_bias_unless_a_primer_has_chosen_it(model, monkeypatch):
    biases, pen = [], sampler.MixtureSampler
    monkeypatch.setattr(
        sampler, "MixtureSampler", lambda lines, m, bias, floor: biases.append(bias) or pen(lines, m, bias, floor)
    )
    free = sample(model.network, texts(model, "a line to write"), bias=2, streams=[(0, 0)])[0]
    assert biases == [0, 2]
    unbiased = sample(model.network, texts(model, "a line to write"), bias=0, streams=[(0, 0)])[0]
    assert np.array_equal(free.points[: sampler.HAND_POINTS], unbiased.points[: sampler.HAND_POINTS])
    assert not np.array_equal(free.points[: sampler.HAND_POINTS + 2], unbiased.points[: sampler.HAND_POINTS + 2])
    biases.clear()
    points = np.random.default_rng(0).normal(size=(40, 3)).astype(np.float32)
    primer = prime(model.network, points, model.alphabet.encode("a"), int(model.alphabet.encode(" ")[0]))
    sample(model.network, texts(model, "on"), bias=2, streams=[(0, 0)], primer=primer)
    assert set(biases) == {2}
