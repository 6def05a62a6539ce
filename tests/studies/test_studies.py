"""The studies: what they measure, on values that are known, and their quick versions."""

from __future__ import annotations

import csv
from dataclasses import replace

import numpy as np
import pytest
import torch
from tiny import TinyCorpus

from handwriting.errors import InkError
from handwriting.networks.cells import FORGET_BIAS, TanhCell, make_cell
from handwriting.studies import error_flow, memory, truncation, variants
from handwriting.studies.memory_task import MemoryConfig, MemoryTask


@pytest.fixture(autouse=True)
def _one_thread():
    torch.set_num_threads(1)


def test_the_error_of_a_linear_network_shrinks_by_its_radius():
    """With an orthogonal matrix and hardly any input, tanh is the identity: exactly the radius at each step."""
    cell = TanhCell(2, 6).double()
    with torch.no_grad():
        cell.rnn.weight_hh_l0.copy_(0.9 * torch.linalg.qr(torch.randn(6, 6, dtype=torch.float64)).Q)
        for name in ("weight_ih_l0", "bias_ih_l0", "bias_hh_l0"):
            getattr(cell.rnn, name).zero_()
    study = replace(error_flow.QUICK, steps=30)
    assert np.allclose(error_flow.norms(cell, study, 0), 0.9 ** np.arange(30), rtol=1e-9)


def test_the_carousel_carries_the_error_of_the_cell_unchanged():
    cell = make_cell("1997-truncated", 2, 6)
    found = error_flow.norms(cell, replace(error_flow.QUICK, steps=30), 0)
    assert np.allclose(found[:, 1:], found[:, 1:2], rtol=1e-9)


def test_clipping_limits_an_error_that_would_explode():
    study = replace(error_flow.QUICK, steps=60, hidden_size=12)
    free = error_flow.norms(error_flow._tanh(study, 1.5, 0), study, 0)
    clipped = error_flow.norms(error_flow._tanh(study, 1.5, 0), study, 0, clip=1.0)
    assert free.max() > 10
    assert clipped.max() <= 1 + 1e-9


def test_a_radius_is_the_largest_eigenvalue():
    cell = error_flow._tanh(error_flow.QUICK, 1.1, 3)
    assert torch.linalg.eigvals(cell.rnn.weight_hh_l0).abs().max().item() == pytest.approx(1.1, rel=1e-5)


def test_blocks_as_long_as_the_sequence_have_the_exact_gradient():
    study = truncation.QUICK
    assert truncation.cosine("forget-1", study.steps, study, 1) == pytest.approx(1, abs=1e-6)
    assert truncation.cosine("forget-1", 2, study, 1) < 0.999


def test_a_sequence_depends_on_its_seed_epoch_and_number_and_on_no_batch():
    task, other = (MemoryTask(MemoryConfig("recall", 20, hidden_size=4, examples=9, seed=seed)) for seed in (1, 2))
    whole = task.batch(3, range(9))
    assert not torch.equal(whole[0], task.batch(4, range(9))[0])
    assert not torch.equal(whole[0], other.batch(3, range(9))[0])
    for ours, theirs in zip(task.batch(3, [7, 2]), whole, strict=True):
        assert torch.equal(ours, theirs[:, [7, 2]])


def test_a_network_that_is_right_is_not_called_wrong():
    task = MemoryTask(MemoryConfig("copy", 9, hidden_size=4))

    class Knows(torch.nn.Module):
        def forward(self, x):
            y = torch.zeros(9, x.shape[1], 8)
            y[5:] = 20 * x[:4, :, :8] - 10
            return y

    assert task.evaluate(Knows())["wrong"] == 0
    assert task.evaluate(task.network)["wrong"] == 1


@pytest.mark.parametrize("problem", ["adding", "order", "copy", "recall"])
def test_an_output_that_knows_no_input_has_the_guessed_loss(problem):
    task = MemoryTask(MemoryConfig(problem, 24, hidden_size=4))
    _, target, weight = task._development
    mean = target[weight > 0].mean(0) if problem == "adding" else torch.zeros(target.shape[2])
    loss = task.evaluate(lambda x: mean.expand(target.shape))["test_loss"]
    assert task.guessed_loss() == pytest.approx(loss, rel=1e-5)


def test_the_forget_bias_is_the_contestants():
    task = variants.variant_task("recognizer", "forget-0", variants.QUICK, 1, TinyCorpus())
    cell = task.network.lstm.cells[0]
    assert not cell.lstm.bias_ih_l0[8:16].any()
    assert variants.CONTESTANTS["forget-1"] == ("forget", FORGET_BIAS)


def rows_of(path):
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def test_memory_resumes_and_reports(run, tmp_path):
    command = ("study", "memory", "--quick", "--task", "copy", "--variant", "forget-1", "--out", tmp_path)
    code, out, _ = run(*command)
    assert code == 0
    assert "| copy | 24    | forget-1 | 0 of 1 |" in out
    (first,) = rows_of(tmp_path / "memory.csv")
    assert run(*command)[0] == 0
    assert rows_of(tmp_path / "memory.csv") == [first]
    assert (tmp_path / "memory-copy.svg").is_file()
    assert memory.QUICK.contestants == ("tanh", "forget-1")


def test_error_flow_writes_its_figure_and_table(run, tmp_path, monkeypatch):
    monkeypatch.setattr(error_flow, "CONTESTANTS", {"tanh": ("tanh", 0.0), "forget-1": ("forget", 1.0)})
    code, out, _ = run("study", "error-flow", "--quick", "--steps", 12, "--out", tmp_path)
    assert code == 0
    rows = rows_of(tmp_path / "error-flow.csv")
    assert len(rows) == 12 * (len(error_flow.RADII) + 1 + 1 + 2)
    assert "tanh, radius 1.5, clipped" in out
    assert (tmp_path / "error-flow.png").stat().st_size > 10_000


def test_truncation_writes_its_figure_and_table(run, tmp_path, monkeypatch):
    monkeypatch.setattr(truncation, "COMPARED", ("tanh", "1997"))
    code, out, _ = run("study", "truncation", "--quick", "--out", tmp_path)
    assert code == 0
    assert "cosine" in out
    assert len(rows_of(tmp_path / "truncation.csv")) == 4


def test_variants_are_trained_on_ink(tmp_path):
    rows, files = variants.run(variants.QUICK, TinyCorpus(), tmp_path)
    assert {(row["kind"], row["network"]) for row in rows} == {
        (kind, name) for kind in variants.KINDS for name in variants.QUICK.contestants
    }
    assert all(file.is_file() for file in files)
    assert all(np.isfinite(row["median"]) for row in variants.summary(rows))


@pytest.mark.parametrize(
    "arguments",
    [
        ("memory", "--task", "parity"),
        ("memory", "--variant", "gru"),
        ("memory", "--length", "5"),
        ("variants", "--data", "missing"),
    ],
)
def test_what_cannot_be_studied_is_refused(run, tmp_path, arguments):
    code, out, err = run("study", *arguments, "--out", tmp_path / "study")
    assert (code, out) == (2, "")
    assert err.startswith("error: ")
    assert err.count("\n") == 1


def test_impossible_plans_are_refused():
    for make in (
        lambda: error_flow.ErrorFlowStudy(steps=1),
        lambda: truncation.TruncationStudy(blocks=(200,)),
        lambda: variants.VariantStudy(kinds=("reader",)),
    ):
        with pytest.raises(InkError):
            make()
