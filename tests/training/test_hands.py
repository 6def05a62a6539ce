"""The synthesizer with hands as a training task, and a hand fitted with it."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from pieces import groups

from handwriting.checkpoint import Checkpoint
from handwriting.errors import InkError
from handwriting.rendering.hershey import write
from handwriting.synthesis.hand import Hand
from handwriting.synthesis.styles import Style
from handwriting.synthesis.synthesizer import Synthesizer
from handwriting.training.fit import PROBE, SHARES, fit, legible_share
from handwriting.training.hands import CONTROLS, HandsTask, with_input_noise
from handwriting.training.loop import train
from handwriting.training.options import SynthesizerOptions, TrainingOptions
from handwriting.training.synthesizer import export_checkpoint

SMALL = SynthesizerOptions(examples=12, hidden_size=12, mixtures=3, components=2, code=8)


def task(init: Checkpoint | None = None) -> HandsTask:
    given = groups()
    return HandsTask({**given, "develop": given["lines"][:3]}, SMALL, init, "ours")


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    run = tmp_path_factory.mktemp("run")
    options = TrainingOptions(epochs=2, batch_size=4, rate=3e-3, evaluate_every=1, loaders=0, device="cpu")
    row = train(task(), options, run)
    return run, row


def test_a_training_ends_in_a_checkpoint_that_writes_all_characters_in_a_hand(trained):
    run, row = trained
    assert row["step"] == 6 and np.isfinite(row["nats_per_point"])
    synthesizer = Synthesizer.load(run / "best")
    assert synthesizer.codes is not None and synthesizer.codes.size == 8
    assert set(map(chr, range(32, 127))) >= synthesizer.characters
    hand = Hand(1.0, 0, Style("x", (), code=synthesizer.codes.random(1)))
    (line,) = synthesizer.write(["some words"], hand, hurried=True)
    assert len(line.ink) > 1


def test_an_exported_checkpoint_keeps_its_codes(trained, tmp_path):
    run, _ = trained
    source = Checkpoint.load(run / "best", "synthesizer")
    export_checkpoint(source, tmp_path / "float", quantise=False)
    ours, theirs = Synthesizer.load(tmp_path / "float").codes, Synthesizer(source).codes
    assert ours.name == theirs.name and np.array_equal(ours.codes, theirs.codes)


def test_a_training_goes_on_from_the_checkpoint_with_its_codes(trained):
    run, _ = trained
    first = Checkpoint.load(run / "best", "synthesizer")
    network = task(first).network
    for name, value in network.state_dict().items():
        assert value.numpy() == pytest.approx(first.weights()[name], abs=1e-6), name


def test_a_writer_that_the_checkpoint_does_not_know_starts_from_the_mean_of_its_codes(trained):
    run, _ = trained
    first = Checkpoint.load(run / "best", "synthesizer")
    given = groups()
    given["tokens"] = [replace(piece, writer="new/one") for piece in given["tokens"]]
    other = HandsTask({**given, "develop": given["lines"][:3]}, SMALL, first, "ours")
    codes, learned = other.network.codes.detach().numpy(), first.weights()["codes"]
    assert codes[other.number["new/one"]] == pytest.approx(learned.mean(0))
    assert codes[other.number["w0"]] == pytest.approx(learned[task().number["w0"]])


def test_a_card_names_no_writer(trained):
    run, _ = trained
    card = (run / "best" / "card.json").read_text("utf-8")
    assert all(f'"{writer}"' not in card for writer in task().pieces.writers)


def test_batches_are_the_same_again(trained):
    mine, other = task(), task()
    for ours, theirs in zip(mine.batch(1, [0, 5, 7]), other.batch(1, [0, 5, 7]), strict=True):
        assert torch.equal(ours, theirs)


def test_codes_of_lines_get_a_gradient_and_others_none():
    one = task()
    batch = one.batch(0, [0, 1])
    writers, kept = batch[4], batch[6]
    total, _ = one.loss(one.network, (*batch[:6], torch.ones_like(kept)))
    total.backward()
    rows = one.network.codes.grad.abs().sum(1)
    assert {n for n, row in enumerate(rows.tolist()) if row > 0} == set(writers.tolist())


def test_controls_slant_and_scale_what_is_learned():
    one = task()
    controls = one.batch(0, list(range(12)))[5]
    assert controls.shape == (12, len(CONTROLS))
    changed = controls.abs().sum(1) > 0
    assert 0 < changed.sum() < 12


def test_what_is_read_is_off_and_the_targets_lead_back():
    random = np.random.default_rng(0)
    steps = random.normal(size=(400, 3)).astype(np.float32)
    inputs, targets = with_input_noise(steps[:-1], steps[1:], random)
    assert inputs[:, 2] == pytest.approx(steps[:-1, 2]) and targets[:, 2] == pytest.approx(steps[1:, 2])
    assert 0 < np.abs(targets[:, :2] - steps[1:, :2]).mean() < 0.2


def test_without_memory_the_target_ends_exactly_on_the_line(monkeypatch):
    from handwriting.training import hands

    monkeypatch.setattr(hands, "NOISE_CORRELATION", (0.0,))
    monkeypatch.setattr(hands, "SCALE_NOISE", 0.0)
    steps = np.zeros((50, 3), np.float32)
    inputs, targets = with_input_noise(steps[:-1], steps[1:], np.random.default_rng(1))
    where = np.cumsum(inputs[:, :2], axis=0)  # where the points that are read are: off by the noise
    assert np.abs(where).max() > 0.01
    assert where + targets[:, :2] == pytest.approx(np.zeros((49, 2)), abs=1e-5)


def test_a_fit_keeps_the_hand_that_expects_the_held_out_line_best(trained):
    run, _ = trained
    checkpoint = Checkpoint.load(run / "best", "synthesizer")
    texts = ["some ink", "more ink", "last ink"]
    inks = [write(text, seed=n) for n, text in enumerate(texts)]
    seen = []
    fitted = fit(checkpoint, inks, texts, seconds=20, threads=1, progress=lambda done, total: seen.append(done))
    assert fitted.after <= fitted.before
    assert seen and seen == list(range(1, len(seen) + 1))
    if fitted.steps:
        assert fitted.code.delta is not None and fitted.share in SHARES
    else:
        assert fitted.share == 1 and fitted.code.delta is None
    Synthesizer(checkpoint).write(["a"], Hand(style=Style("x", (), code=fitted.code)), hurried=True)


@pytest.mark.parametrize(
    ("misread_above", "kept"),
    [(1.0, 1.0), (0.6, 0.6), (0.5, 0.4), (0.0, 0.2)],  # where every share is misread, the least is the best
)
def test_the_largest_share_of_a_fit_at_which_lines_are_read_is_kept(trained, misread_above, kept):
    run, _ = trained
    synthesizer = Synthesizer.load(run / "best")
    none = synthesizer.codes.random(1)
    shares = []

    def code_at(share):
        shares.append(share)
        return replace(none, numbers=np.full_like(none.numbers, share))

    class Reader:
        """Reads lines correctly up to a share, and beyond it the worse, the larger the share."""

        def transcribe_all(self, inks):
            texts = ["".join(c for c in text if c in synthesizer.characters).strip() for text in PROBE]
            wrong = round(10 * shares[-1]) if shares[-1] > misread_above else 0
            return [SimpleNamespace(text="?" * wrong + text[wrong:]) for text in texts if text]

    assert legible_share(synthesizer, Reader(), code_at) == kept
    assert shares == list(SHARES[: len(shares)])


def test_a_fit_needs_two_lines(trained):
    run, _ = trained
    with pytest.raises(InkError, match="at least two"):
        fit(Checkpoint.load(run / "best", "synthesizer"), [write("ink", seed=1)], ["ink"])


def test_a_full_stop_alone_has_no_steps_to_disturb():
    none = np.zeros((0, 3), np.float32)
    for seed in range(20):
        inputs, targets = with_input_noise(none, none, np.random.default_rng(seed))
        assert inputs.shape == targets.shape == (0, 3)
