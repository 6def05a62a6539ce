"""One update: batches that are skipped, in parts, with frozen weights; and when a training stops by itself."""

from __future__ import annotations

import csv
import subprocess
import sys
from pathlib import Path

import pytest
import torch
import torch.distributed as dist
from torch import nn

from handwriting.errors import InkError
from handwriting.networks.mixture import Mixture
from handwriting.networks.synthesizer import PredictionConfig, PredictionNetwork
from handwriting.training.distributed import Workers
from handwriting.training.loop import Training, train
from handwriting.training.options import TrainingOptions
from handwriting.training.reporter import MAX_SKIPS, LossReader
from handwriting.training.schedule import constant, one_cycle

OPTIONS = {"batch_size": 4, "device": "cpu", "loaders": 0, "precision": "fp32", "schedule": "constant", "rate": 0.1}


class Line:
    """Fit y = 3 x + 1 on 8 points; the loss of an example in ``broken`` has an infinite gradient."""

    def __init__(self, figures: list[float] | None = None, broken: tuple[int, ...] = ()) -> None:
        torch.manual_seed(0)
        self.network = nn.Sequential(nn.Linear(1, 1))
        self.x = torch.linspace(-1, 1, 8).unsqueeze(1)
        self.figures, self.broken, self.saved = list(figures or []), broken, 0

    def identity(self):
        return {}

    def plan(self, epoch, batch_size):
        return [list(range(i, i + batch_size)) for i in range(0, 8, batch_size)]

    def batch(self, epoch, examples):
        return self.x[examples], torch.tensor([number in self.broken for number in examples])

    def loss(self, network, batch):
        x, broken = batch
        error = (network(x) - 3 * x - 1).square()
        if broken.any():  # a finite loss, whose root has an infinite slope
            error = error + (error * 0).sqrt()
        return error.sum(), float(len(x))

    def evaluate(self, network):
        return {"error": self.figures.pop(0)} if self.figures else {}

    def save(self, folder: Path, network, training):
        self.saved += 1


def weights(training: Training) -> list[torch.Tensor]:
    return [p.detach().clone() for p in training.updater.network.parameters()]


def test_a_batch_without_a_finite_gradient_changes_nothing_and_is_named(tmp_path, capsys):
    training = Training(Line(broken=(5,)), TrainingOptions(**OPTIONS, epochs=1), tmp_path, "")
    batches = training._batches()
    training.update(*next(batches))
    before = weights(training)
    state = {k: {n: v.clone() for n, v in group.items()} for k, group in training.updater.state().items()}
    training.update(*next(batches))  # examples 4 to 7
    assert all(torch.equal(a, b) for a, b in zip(weights(training), before, strict=True))
    after = training.updater.state()
    for group in ("exp_avg", "exp_avg_sq", "step"):
        assert all(torch.equal(value, after[group][name]) for name, value in state[group].items())
    assert len(training.losses.losses) == 1
    assert "step 1: the loss" in capsys.readouterr().err


def test_training_goes_on_after_a_skipped_batch(tmp_path):
    task = Line(broken=(5,))
    row = train(task, TrainingOptions(**{**OPTIONS, "batch_size": 2}, epochs=14), tmp_path)
    assert row["loss"] < 0.5 < 2 < task.network[0].weight.item()


def test_it_gives_up_after_many_skipped_batches_in_a_row(tmp_path):
    with pytest.raises(InkError, match=rf"{MAX_SKIPS} updates in a row, up to step {MAX_SKIPS - 1}, .*lower rate"):
        train(Line(broken=(1, 5)), TrainingOptions(**OPTIONS, epochs=20), tmp_path)


def test_losses_on_a_gpu_are_read_now_and_then():
    said: list[str] = []
    reader = LossReader("cuda", said.append)
    for step in range(reader.every - 1):
        reader.add(step, torch.tensor([2.0, 4.0, 0.0]))
    assert reader.last is None and not reader.losses
    reader.add(reader.every - 1, torch.tensor([float("nan"), 4.0, 1.0]))
    assert reader.last == 0.5 and len(reader.losses) == reader.every - 1 and len(said) == 1
    reader.add(reader.every, torch.tensor([6.0, 4.0, 0.0]))
    assert reader.end_epoch() == pytest.approx((2 * (reader.every - 1) + 6) / (4 * reader.every))


@pytest.mark.parametrize("accumulate", [2, 3, 8])
def test_a_batch_in_parts_gives_the_same_update(accumulate, tmp_path):
    whole = Training(Line(), TrainingOptions(**OPTIONS, epochs=1), tmp_path / "a", "")
    parts = Training(Line(), TrainingOptions(**OPTIONS, epochs=1, accumulate=accumulate), tmp_path / "b", "")
    shares = [next(training._batches()) for training in (whole, parts)]
    assert len(shares[0][0]) == 1 and len(shares[1][0]) == min(4, {2: 2, 3: 2, 8: 4}[accumulate])
    for training, share in zip((whole, parts), shares, strict=True):
        training.update(*share)
    for a, b in zip(whole.updater.parameters, parts.updater.parameters, strict=True):
        torch.testing.assert_close(a.grad, b.grad, atol=1e-6, rtol=0)
    assert whole.losses.losses[0] == pytest.approx(parts.losses.losses[0], rel=1e-6)


def test_frozen_weights_stay(tmp_path):
    task = Line()
    before = task.network[0].weight.item(), task.network[0].bias.item()
    train(task, TrainingOptions(**OPTIONS, epochs=3, freeze=["0.weight"]), tmp_path)
    assert task.network[0].weight.item() == before[0]
    assert task.network[0].bias.item() != before[1]


def test_freezing_what_is_not_there_is_refused(tmp_path):
    with pytest.raises(InkError, match=r"freeze '0\.wieght': there are no weights of this name; try 0\.weight"):
        train(Line(), TrainingOptions(**OPTIONS, freeze=["0.wieght"]), tmp_path)
    with pytest.raises(InkError, match="nothing is left to train"):
        train(Line(), TrainingOptions(**OPTIONS, freeze=["0"]), tmp_path)


def test_patience_ends_a_training_that_gets_no_better(tmp_path):
    task = Line([5, 4, 4.5, 4.2, 3, 2, 1])
    options = TrainingOptions(**OPTIONS, epochs=7, evaluate_every=1, patience=2)
    row = train(task, options, tmp_path)
    assert (row["epoch"], row["error"], task.saved) == (4, 4.2, 2)
    again = Line([0.1])
    assert train(again, options, tmp_path)["epoch"] == 4 and again.saved == 0  # it is over


def test_a_target_ends_a_training_that_reaches_it(tmp_path):
    task = Line([5, 4, 0.4, 0.2])
    options = TrainingOptions(**OPTIONS, epochs=4, evaluate_every=1, target=0.5)
    assert train(task, options, tmp_path)["epoch"] == 3 and task.saved == 3
    further = Line([0.2])
    assert train(further, TrainingOptions(**OPTIONS, epochs=4, evaluate_every=1), tmp_path)["epoch"] == 4


def test_warmup_counts_updates():
    assert [round(constant(step, 100, 3), 3) for step in range(5)] == [0.146, 0.5, 0.854, 1, 1]
    assert constant(0, 100) == 1
    shares = [one_cycle(step, 100, 5) for step in range(100)]
    assert max(range(100), key=shares.__getitem__) in (4, 5) and shares[-1] == pytest.approx(0, abs=1e-9)


def test_resuming_allows_what_changes_no_weights(tmp_path):
    options = {**OPTIONS, "epochs": 2}
    train(Line(), TrainingOptions(**options, max_minutes=0.0), tmp_path)
    train(Line(), TrainingOptions(**options, accumulate=2, evaluate_every=1), tmp_path)
    with pytest.raises(InkError, match="warmup_steps None, not 2"):
        train(Line(), TrainingOptions(**options, warmup_steps=2), tmp_path)


def test_tensorboard_gets_the_curve(tmp_path):
    pytest.importorskip("tensorboardX", reason="the extra 'tensorboard' is not installed")
    train(Line([5, 4]), TrainingOptions(**OPTIONS, epochs=2, evaluate_every=1, log="tensorboard"), tmp_path)
    (events,) = (tmp_path / "tensorboard").iterdir()
    data = events.read_bytes()
    assert b"error" in data and b"loss" in data
    assert [row["error"] for row in csv.DictReader((tmp_path / "curve.csv").open())] == ["5", "4"]


def test_processes_wait_for_a_long_evaluation(monkeypatch):
    """All but the first wait in the next exchange while it evaluates; the default limit is half an hour."""
    limits = []
    monkeypatch.setenv("WORLD_SIZE", "2")
    monkeypatch.setattr(dist, "init_process_group", lambda backend, timeout: limits.append((backend, timeout)))
    monkeypatch.setattr(dist, "get_rank", lambda: 1)
    assert Workers.join("cpu") == Workers(1, 2)
    assert limits[0][0] == "gloo" and limits[0][1].total_seconds() > 24 * 3600


def test_nothing_of_the_group_is_left_when_a_process_ends():
    """Its threads could abort the process when they release a tensor while Python exits."""
    program = """
import weakref
import torch
from torch import distributed
from handwriting.training.distributed import Workers
distributed.init_process_group("gloo", store=distributed.HashStore(), rank=0, world_size=1)
group = weakref.ref(distributed.group.WORLD)
torch.optim.AdamW([torch.zeros(1)])
Workers(0, 2).leave()
assert group() is None
"""
    subprocess.run([sys.executable, "-c", program], check=True, timeout=300)


def test_a_gradient_through_many_steps_of_large_weights_overflows_and_is_skipped(tmp_path):
    """What stops a prediction network at a high rate: neither the mixture nor bfloat16, but the length of the lines."""

    class Scribbles(Line):
        def __init__(self) -> None:
            super().__init__()
            self.network = PredictionNetwork(PredictionConfig(hidden_size=16, num_layers=2, mixtures=2))
            with torch.no_grad():
                for name, parameter in self.network.named_parameters():
                    if "weight_" in name:
                        parameter.mul_(30)
            self.x = torch.randn(8, 601, 3)
            self.x[..., 2] = 0

        def loss(self, network, batch):
            points = batch[0].transpose(0, 1)
            outputs, _ = network(points[:-1])
            return Mixture.of(outputs, (0.01, 0.01)).nats(points[1:]).sum(), float(len(batch[0]) * 600)

    training = Training(Scribbles(), TrainingOptions(**OPTIONS, epochs=1), tmp_path, "")
    before = weights(training)
    training.update(*next(training._batches()))
    assert training.losses.last is None and not training.losses.losses
    assert all(torch.equal(a, b) for a, b in zip(weights(training), before, strict=True))
