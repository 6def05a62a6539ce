"""Adaptive weight noise: its equations, what it learns, and that a run with it is resumed and shared out exactly."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file
from tiny import TinyCorpus
from torch import Tensor, nn
from torch.distributions import Normal, kl_divergence

from handwriting.errors import InkError
from handwriting.training.loop import train
from handwriting.training.noise import WeightNoise
from handwriting.training.options import RecognizerOptions, SynthesizerOptions, TrainingOptions
from handwriting.training.recipes import TrainingRecipe
from handwriting.training.recognizer import recognizer_task
from handwriting.training.synthesizer import SynthesizerTask

ROOT = Path(__file__).parents[2]
SIZES = {"hidden_size": 8, "mixtures": 2, "components": 3, "train": ("trainset",), "dropout": 0.2}
OPTIONS = {"epochs": 3, "evaluate_every": 1, "batch_size": 4, "device": "cpu", "loaders": 0, "save_every": 0.0}
NOISE = {"weight_noise": 0.05, "weight_decay": 0.0}
POINTS = 50


@pytest.fixture(autouse=True)
def _seed():
    torch.manual_seed(0)
    torch.set_num_threads(1)


def task(**settings) -> SynthesizerTask:
    return SynthesizerTask(TinyCorpus(), SynthesizerOptions(**{**SIZES, **settings}))


def tiny() -> tuple[nn.Module, WeightNoise]:
    """A network in float64 whose spreads differ."""
    network = nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 2)).double()
    noise = WeightNoise(network, 0.3, POINTS, seed=1)
    with torch.no_grad():
        for log_sigma in noise.log_sigmas.values():
            log_sigma.add_(0.5 * torch.randn_like(log_sigma))
    return network, noise


def divergence(means: dict[str, Tensor], log_sigmas: dict[str, Tensor]) -> Tensor:
    """KL by torch.distributions, under each tensor's best prior."""
    total = torch.zeros((), dtype=torch.float64)
    for name, mean in means.items():
        sigma = log_sigmas[name].exp()
        center = mean.mean()
        prior = Normal(center, (sigma.square() + (mean - center).square()).mean().sqrt())
        total = total + kl_divergence(Normal(mean, sigma), prior).sum()
    return total


def test_divergence_is_torchs():
    network, noise = tiny()
    means = dict(network.named_parameters())
    assert noise.divergence() == pytest.approx(divergence(means, noise.log_sigmas).item(), rel=1e-12)


def test_no_other_prior_is_better():
    network, noise = tiny()
    best = noise.divergence()
    for shift, scale in ((0.1, 1.0), (-0.1, 1.0), (0.0, 1.1), (0.0, 0.9)):
        other = 0.0
        for name, mean in network.named_parameters():
            sigma = noise.log_sigmas[name].exp()
            spread = (sigma.square() + (mean - mean.mean()).square()).mean().sqrt()
            other += kl_divergence(Normal(mean, sigma), Normal(mean.mean() + shift, scale * spread)).sum().item()
        assert other > best


def test_gradients_are_autograds_of_the_whole_objective():
    """The prior's own dependence on means and spreads included, which the closed form may leave out."""
    network, noise = tiny()
    x, y = torch.randn(7, 3, dtype=torch.float64), torch.randn(7, 2, dtype=torch.float64)
    means = {name: p.detach().clone().requires_grad_() for name, p in network.named_parameters()}
    log_sigmas = {name: s.detach().clone().requires_grad_() for name, s in noise.log_sigmas.items()}
    with noise.sampled(step=3):
        sample = {name: p.detach().clone() for name, p in network.named_parameters()}
        (network(x) - y).square().mean().backward()
    eps = {name: (sample[name] - means[name].detach()) / log_sigmas[name].detach().exp() for name in means}
    spreads = noise.complete_gradients()
    weights = {name: means[name] + log_sigmas[name].exp() * eps[name] for name in means}
    loss = (torch.func.functional_call(network, weights, (x,)) - y).square().mean()
    (loss + divergence(means, log_sigmas) / POINTS).backward()
    for name, p in network.named_parameters():
        assert torch.allclose(p.grad, means[name].grad, rtol=1e-10, atol=1e-12), name
        assert torch.allclose(noise.log_sigmas[name].grad, log_sigmas[name].grad, rtol=1e-10, atol=1e-12), name
    assert all(s is t for s, t in zip(spreads, noise.log_sigmas.values(), strict=True))


def test_gradients_of_the_synthesizer_are_the_objectives_slope():
    """Along a random direction of means and spreads, against a central difference, in float64."""
    t = task(dropout=0.0)
    network = t.network.double()
    noise = WeightNoise(network, 0.05, t.points, seed=1)
    points, lengths, text = t.batch(0, [0, 1, 2])
    batch = (points.double(), lengths, text)

    def objective() -> float:
        with noise.sampled(5):
            nats, weight = t.loss(network, batch)
        return nats.item() / weight + noise.divergence() / noise.points

    with noise.sampled(5):
        nats, weight = t.loss(network, batch)
        (nats / weight).backward()
    leaves = [*network.parameters(), *noise.complete_gradients()]
    directions = [torch.randn_like(p) for p in leaves]
    slope = sum((p.grad * d).sum().item() for p, d in zip(leaves, directions, strict=True))
    ends = []
    for step in (1e-5, -2e-5):
        with torch.no_grad():
            for p, d in zip(leaves, directions, strict=True):
                p.add_(d, alpha=step)
        ends.append(objective())
    assert (ends[0] - ends[1]) / 2e-5 == pytest.approx(slope, rel=1e-5)


def test_after_a_sample_the_weights_are_the_means_again_to_the_bit():
    network, noise = tiny()
    before = [p.detach().clone() for p in network.parameters()]
    with pytest.raises(ZeroDivisionError), noise.sampled(1):
        assert all((p != b).all() for p, b in zip(network.parameters(), before, strict=True))
        raise ZeroDivisionError
    assert all(torch.equal(p, b) for p, b in zip(network.parameters(), before, strict=True))


def test_samples_depend_on_seed_and_step_alone_and_have_the_spread():
    network = nn.Linear(200, 200)
    drawn = {}
    for seed, step in ((1, 0), (1, 1), (2, 0), (1, 0)):
        torch.manual_seed(step)  # dropout's random state must not matter
        with WeightNoise(network, 0.3, POINTS, seed).sampled(step):
            weight = network.weight.detach().clone()
        if (seed, step) in drawn:
            assert torch.equal(drawn[seed, step], weight)
        drawn[seed, step] = weight
    moves = torch.stack([w - network.weight.detach() for w in drawn.values()])
    assert moves.std(dim=(1, 2)).tolist() == pytest.approx([0.3] * 3, rel=0.02)
    assert torch.corrcoef(moves.flatten(1)).fill_diagonal_(0).abs().max() < 0.03


def test_spread_shrinks_where_weights_matter_and_grows_where_they_do_not():
    """Of eight weights of a linear regression with noise of sd 1, four see inputs that are always 0."""
    true = torch.tensor([[3.0, -3.0, 1.0, -1.0, 0.0, 0.0, 0.0, 0.0]])
    network = nn.Linear(8, 1, bias=False)
    with torch.no_grad():
        network.weight.copy_(true)
    x = torch.randn(256, 8) * true.ne(0)
    y = x @ true.t() + torch.randn(256, 1)
    noise = WeightNoise(network, 0.2, 256, seed=1)
    optimizer = torch.optim.Adam(network.parameters(), lr=0.01)
    for step in range(800):
        optimizer.zero_grad()
        with noise.sampled(step):
            ((network(x) - y).square().mean() / 2).backward()
        noise.complete_gradients()
        optimizer.step()
        noise.step(0.005 * (1 - step / 800), torch.tensor(0.0))
    sigma = noise.log_sigmas["weight"].exp()[0]
    assert sigma[:4].tolist() == pytest.approx([256**-0.5] * 4, rel=0.3)  # the likelihood's curvature is N
    assert (sigma[4:] > 1).all()
    assert network.weight[0, :4].tolist() == pytest.approx(true[0, :4].tolist(), abs=0.25)


def files(run: Path) -> dict[str, Tensor]:
    (folder,) = run.glob("state-*")
    return {f"{f.stem}.{k}": v for f in sorted(folder.glob("*.safetensors")) for k, v in load_file(f).items()}


@pytest.fixture(scope="module")
def whole(tmp_path_factory) -> Path:
    """An uninterrupted run with noise, in bfloat16."""
    torch.set_num_threads(1)
    run = tmp_path_factory.mktemp("runs") / "whole"
    train(task(), TrainingOptions(**OPTIONS, **NOISE), run)
    return run


def test_stopped_it_resumes_bit_for_bit(whole, tmp_path):
    for _ in range(20):
        row = train(task(), TrainingOptions(**OPTIONS, **NOISE, max_minutes=0.0), tmp_path / "run")
        if row.get("epoch") == OPTIONS["epochs"]:
            break
    one, two = files(whole), files(tmp_path / "run")
    assert one.keys() == two.keys()
    assert [name for name in one if not torch.equal(one[name], two[name])] == []
    assert one["log_sigma.output.weight"].std() > 0
    rows = (whole / "curve.csv").read_text().splitlines()
    assert "kl" in rows[0].split(",")


def test_only_the_same_noise_resumes(whole):
    for noise, message in ((0.02, "weight_noise 0.05, not 0.02"), (0.0, "weight_noise 0.05, not 0.0")):
        with pytest.raises(InkError, match=message):
            train(task(), TrainingOptions(**{**OPTIONS, **NOISE, "weight_noise": noise}), whole)


def test_without_noise_nothing_is_there_and_older_states_are_resumed(tmp_path):
    options = TrainingOptions(**OPTIONS)
    train(task(), options, tmp_path)
    (folder,) = tmp_path.glob("state-*")
    assert {f.stem for f in folder.glob("*.safetensors")} == {"network", "average", "exp_avg", "exp_avg_sq", "step"}
    position = json.loads((folder / "position.json").read_text())
    assert all("kl" not in row for row in position["curve"])
    for name in ("init", "weight_noise", "freeze", "warmup_steps"):
        del position["identity"][name]  # which older states lack
    (folder / "position.json").write_text(json.dumps(position))
    assert train(task(), options, tmp_path)["epoch"] == 3
    with pytest.raises(InkError, match=r"weight_noise 0.0, not 0\.05"):
        train(task(), TrainingOptions(**OPTIONS, weight_noise=0.05), tmp_path)


def test_means_are_what_is_averaged_evaluated_and_saved(whole):
    state = files(whole)
    network = task().network
    network.load_state_dict({k.removeprefix("average."): v for k, v in state.items() if k.startswith("average.")})
    saved = load_file(whole / "best" / "weights.safetensors")
    assert all(torch.equal(saved[name], value.half()) for name, value in network.state_dict().items())


def test_two_processes_take_the_update_of_one(tmp_path):
    script = tmp_path / "one_update.py"
    script.write_text(
        f"import sys; sys.path[:0] = {[str(ROOT), str(ROOT / 'tests'), str(ROOT / 'tests/training')]!r}\n"
        "import torch, test_noise as t; from pathlib import Path\n"
        "from handwriting.training.loop import Training\n"
        "from safetensors.torch import save_file\n"
        "torch.set_num_threads(1)\n"
        "options = t.TrainingOptions(**{**t.OPTIONS, **t.NOISE, 'precision': 'fp32', 'clip': 1e9})\n"
        "training = Training(t.task(dropout=0.0), options, Path(sys.argv[1]) / 'run', '')\n"
        "training.update(*next(training._batches()))\n"
        "noise = training.updater.hook\n"
        "leaves = {**noise.means, **{f'sigma.{k}': s for k, s in noise.log_sigmas.items()}}\n"
        "rank = training.workers.rank\n"
        "save_file({k: p.grad for k, p in leaves.items()}, Path(sys.argv[1]) / f'grads{rank}.safetensors')\n"
        "training.workers.leave()\n"
    )
    grads = []
    for processes in (1, 2):
        out = tmp_path / str(processes)
        out.mkdir()
        launch = ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"] if processes == 2 else []
        environment = {**os.environ, "OMP_NUM_THREADS": "1"}
        subprocess.run(
            [sys.executable, *launch, script, out], check=True, env=environment, capture_output=True, timeout=180
        )
        grads += [load_file(out / f"grads{rank}.safetensors") for rank in range(processes)]
    alone, first, second = grads
    for name in alone:
        assert torch.equal(first[name], second[name]), name
        assert torch.allclose(alone[name], first[name], rtol=1e-4, atol=1e-6), name
    assert any(g.abs().max() > 1e-4 for name, g in alone.items() if name.startswith("sigma."))


@pytest.mark.parametrize("sigma", [-0.1, float("nan"), float("inf")])
def test_a_spread_that_is_none_is_refused(sigma, tmp_path):
    with pytest.raises(InkError, match=r"weight_noise .*: give a positive standard deviation like 0\.075"):
        train(task(), TrainingOptions(**OPTIONS, weight_noise=sigma), tmp_path)


def test_a_task_that_does_not_count_its_points_is_refused(tmp_path):
    options = RecognizerOptions(hidden_size=4, num_layers=1, channels=[], strides=[])
    recognizer = recognizer_task([TinyCorpus()], options, TrainingRecipe())
    with pytest.raises(InkError, match=r"RecognizerTask does not; give 0"):
        train(recognizer, TrainingOptions(**OPTIONS, **NOISE), tmp_path)
