"""The prediction network at run time: handwriting without a text."""

from __future__ import annotations

import json

import numpy as np
import pytest
from tiny import predictor

from handwriting import formats
from handwriting.checkpoint import Checkpoint
from handwriting.composition.unconditional import write_unconditional
from handwriting.errors import InkError
from handwriting.progress import no_progress
from handwriting.rendering.layout import PageLayout
from handwriting.synthesis.hand import Hand
from handwriting.synthesis.mixture_sampler import MixtureSampler, Noise
from handwriting.synthesis.predictor import Predictor
from handwriting.synthesis.sampler import BLOCK, HAND_POINTS

WIDTH = 12.0


@pytest.fixture(scope="module")
def network(tmp_path_factory):
    return Predictor(predictor(tmp_path_factory.mktemp("prediction")))


def test_lines_are_as_wide_as_asked_for_and_each_its_own(network):
    one, other = network.write(2, WIDTH)
    for ink in (one, other):
        left, _, right, _ = ink.bounds
        assert left == 0 and right > 0.9 * WIDTH * network.height
    assert len(one) != len(other)
    (again,) = network.write(1, WIDTH)
    assert again == one  # whatever is written beside it
    assert network.write(1, WIDTH, Hand(seed=1)) != [one]


def test_every_point_is_drawn_from_the_mixture_that_torch_predicts(network):
    import torch

    from handwriting.training.synthesizer import build

    torch_network = build(network.checkpoint.card, network.checkpoint.weights())
    points, (length,) = network._draw(1, WIDTH * network.height, 600, Hand(bias=0.7, seed=4), no_progress)
    points = points[:length]
    with torch.no_grad():
        before = np.concatenate([np.zeros((1, 1, 3)), points[:-1]])
        outputs = torch_network(torch.from_numpy(before).float())[0].numpy()
    stream, drawn = np.random.default_rng([4, 0]), []
    for t in range(length):
        if t % BLOCK == 0:
            noise = Noise.of([stream], BLOCK, 3)
        pen = MixtureSampler(1, 3, 0.7 if t >= HAND_POINTS else 0.0, network.normalizer.sigma_floor)
        drawn.append(pen.draw(outputs[t], noise, t % BLOCK))
    assert length > HAND_POINTS + BLOCK
    assert np.abs(np.array(drawn) - points).max() < 1e-4


def test_a_page_stays_within_its_margins(network):
    layout = PageLayout(width_mm=100, margin_mm=10, paper="ruled")
    page = write_unconditional(network, 3, layout)
    assert len(page.lines) == 3
    assert all(line.ink.bounds[0] >= 0 and line.ink.bounds[2] <= layout.room for line in page.lines)
    with pytest.raises(InkError, match="use a wider page"):
        write_unconditional(network, 1, PageLayout(width_mm=25, margin_mm=5))


@pytest.mark.parametrize(("lines", "width"), [(0, 5.0), (65, 5.0), (1, 0.5), (1, float("nan"))])
def test_numbers_out_of_range_are_refused(network, lines, width):
    with pytest.raises(InkError, match="give 1 to"):
        network.write(lines, width)


def test_other_checkpoints_are_refused(network, tmp_path):
    with pytest.raises(InkError, match="a prediction is needed"):
        Predictor.load("recognizer")
    source = network.checkpoint.folder
    for file in source.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    card = json.loads((source / "card.json").read_text())
    del card["hand"]
    (tmp_path / "card.json").write_text(json.dumps(card))
    with pytest.raises(InkError, match="damaged"):
        Predictor(Checkpoint.load(tmp_path, "prediction"))


def test_the_command_writes_drawings_and_ink(run, network, tmp_path):
    folder = network.checkpoint.folder
    arguments = ("generate", "--unconditional", "--checkpoint", folder, "--lines", 2, "-o")
    code, out, err = run(*arguments, tmp_path / "a.svg")
    assert (code, err) == (0, "") and "2 lines" in out
    code, _, _ = run(*arguments, tmp_path / "a.xopp", "--page-width", 150)
    (page,) = formats.read_pages(tmp_path / "a.xopp")
    assert code == 0 and np.ptp(page.ink.x) > 50
    for wrong, said in (
        (("words",), "TEXT 'words' has no effect with --unconditional"),
        (("--style", "tiny"), "--style has no effect with --unconditional"),
    ):
        code, _, err = run(*arguments, tmp_path / "b.svg", *wrong)
        assert code == 2 and said in err and not (tmp_path / "b.svg").exists()
    code, _, err = run("generate", "a", "-o", tmp_path / "b.svg", "--lines", 3)
    assert code == 2 and "--lines has no effect without --unconditional" in err
