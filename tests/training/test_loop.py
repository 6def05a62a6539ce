"""The loop: killed and resumed, stopped and resumed, two processes for one."""

import json
import os
import signal
import subprocess
import sys
import time
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file
from tiny import TinyCorpus

from handwriting.checkpoint import Checkpoint
from handwriting.errors import InkError
from handwriting.recognition.recognizer import Recognizer
from handwriting.training import loop, reporter
from handwriting.training.loop import train
from handwriting.training.options import RecognizerOptions, TrainingOptions
from handwriting.training.recipes import TrainingRecipe
from handwriting.training.recognizer import RecognizerTask, recognizer_task
from handwriting.training.schedule import constant, one_cycle

SETTINGS = {"hidden_size": 6, "num_layers": 2, "channels": [8], "strides": [2], "dropout": 0.2}
OPTIONS = {"evaluate_every": 1, "epochs": 3, "batch_size": 3, "device": "cpu", "loaders": 0, "save_every": 0.0}
ROOT = Path(__file__).parents[2]


def task(**settings) -> RecognizerTask:
    return recognizer_task([TinyCorpus()], RecognizerOptions(**{**SETTINGS, **settings}), TrainingRecipe())


def final_state(run: Path) -> dict[str, torch.Tensor]:
    (folder,) = run.glob("state-*")
    return {f"{f.stem}.{k}": v for f in sorted(folder.glob("*.safetensors")) for k, v in load_file(f).items()}


def assert_same_state(run: Path, other: Path) -> None:
    one, two = final_state(run), final_state(other)
    assert one.keys() == two.keys()
    assert [name for name in one if not torch.equal(one[name], two[name])] == []


@pytest.fixture(scope="module")
def whole(tmp_path_factory) -> Path:
    """An uninterrupted run."""
    run = tmp_path_factory.mktemp("runs") / "whole"
    train(task(), TrainingOptions(**OPTIONS), run, command="python app.py train recognizer")
    return run


def test_writes_curve_and_best_checkpoint(whole):
    rows = (whole / "curve.csv").read_text().splitlines()
    assert len(rows) == 4
    assert {"epoch", "loss", "cer", "wer", "minutes"} <= set(rows[0].split(","))
    assert (whole / "curve.png").read_bytes().startswith(b"\x89PNG")
    card = Checkpoint.load(whole / "best", "recognizer").card
    assert card["training"]["command"] == "python app.py train recognizer"
    assert card["trained_on"]["left_out"] == {"trainset-3": "left out to be seen"}
    assert card["terms"] == "ours"
    line = TinyCorpus().line("testset_v-0")
    assert isinstance(Recognizer.load(whole / "best").transcribe(line.ink).text, str)


def test_the_curve_is_drawn_at_first_and_at_the_end(tmp_path, monkeypatch):
    drawn = []
    monkeypatch.setattr(reporter, "draw_curve", lambda rows, run: drawn.append(len(rows)))
    monkeypatch.setattr(reporter, "DRAW_EVERY", 1e9)
    shown = reporter.Reporter(tmp_path, 9, "none", quiet=False)
    with shown.start(0):
        curve: list[dict[str, float]] = []
        for epoch in (1, 2, 3):
            curve.append({"epoch": epoch, "loss": 1 / epoch})
            shown.epoch(curve, evaluated=False)
            assert len((tmp_path / "curve.csv").read_text().splitlines()) == 1 + epoch
    assert drawn == [1, 3]


def test_stopped_by_time_it_resumes_bit_for_bit(whole, tmp_path):
    for _ in range(20):
        row = train(task(), TrainingOptions(**OPTIONS, max_minutes=0.0), tmp_path / "run")
        if row.get("epoch") == OPTIONS["epochs"]:
            break
    assert_same_state(whole, tmp_path / "run")
    curves = [(run / "curve.csv").read_text().splitlines() for run in (whole, tmp_path / "run")]
    minutes = curves[0][0].split(",").index("minutes")
    for a, b in zip(*curves, strict=True):
        assert [v for i, v in enumerate(a.split(",")) if i != minutes] == [
            v for i, v in enumerate(b.split(",")) if i != minutes
        ]


def test_one_loader_process_serves_all_epochs_and_changes_nothing(whole, tmp_path, monkeypatch):
    """One started later would hold on to the memory that training had filled by then."""
    started = []
    real = loop.DataLoader
    monkeypatch.setattr(loop, "DataLoader", lambda *a, **k: started.append(k["num_workers"]) or real(*a, **k))
    train(task(), TrainingOptions(**{**OPTIONS, "loaders": 1}), tmp_path / "run")
    assert started == [1]
    assert_same_state(whole, tmp_path / "run")


def test_killed_it_resumes_bit_for_bit(whole, tmp_path):
    run = tmp_path / "run"
    script = (
        f"import sys; sys.path[:0] = {[str(ROOT), str(ROOT / 'tests'), str(ROOT / 'tests/training')]!r}\n"
        "import torch, time, test_loop as t; from pathlib import Path\n"
        f"torch.set_num_threads({torch.get_num_threads()})\n"
        "real = t.RecognizerTask.batch\n"
        "t.RecognizerTask.batch = lambda *a: (time.sleep(0.2), real(*a))[1]\n"  # slow enough to be caught in the middle
        f"t.train(t.task(), t.TrainingOptions(**t.OPTIONS), Path({str(run)!r}))\n"
    )
    killed = 0
    for after in (1, 4, 7):
        with subprocess.Popen([sys.executable, "-c", script], stderr=subprocess.DEVNULL) as process:
            deadline = time.monotonic() + 120
            while process.poll() is None and not any(int(p.name.split("-")[1]) >= after for p in run.glob("state-*")):
                assert time.monotonic() < deadline, process.kill()
                time.sleep(0.02)
            process.kill()
        killed += process.returncode == -signal.SIGKILL
    assert killed == 3
    train(task(), TrainingOptions(**OPTIONS), run)
    assert_same_state(whole, run)


def test_other_options_cannot_resume(whole):
    with pytest.raises(InkError, match=r"rate 0.003, not 0.001.*another folder"):
        train(task(), TrainingOptions(**OPTIONS, rate=0.001), whole)
    with pytest.raises(InkError, match=r"dropout 0.2, not 0.1.*another folder"):
        train(task(dropout=0.1), TrainingOptions(**OPTIONS), whole)


def test_damaged_state_is_refused(tmp_path):
    (tmp_path / "state-000000003").mkdir()
    (tmp_path / "state-000000003" / "network.safetensors").write_bytes(b"junk")
    with pytest.raises(InkError, match="state cannot be read"):
        train(task(), TrainingOptions(**OPTIONS), tmp_path)


def test_init_takes_over_weights_by_character(whole, tmp_path):
    start = Checkpoint.load(whole / "best", "recognizer")
    said: list[str] = []
    continued = recognizer_task([TinyCorpus()], RecognizerOptions(**SETTINGS), TrainingRecipe(), start, said.append)
    assert "0 of" in said[-1]
    weights = start.weights()
    assert all(np.array_equal(v.numpy(), weights[k]) for k, v in continued.network.state_dict().items())
    with pytest.raises(InkError, match=r"give the sizes in its card\.json"):
        recognizer_task([TinyCorpus()], RecognizerOptions(**{**SETTINGS, "channels": [7]}), TrainingRecipe(), start)


def test_two_processes_give_the_gradient_of_one(tmp_path):
    script = tmp_path / "one_update.py"
    script.write_text(
        f"import sys; sys.path[:0] = {[str(ROOT), str(ROOT / 'tests'), str(ROOT / 'tests/training')]!r}\n"
        "import torch, test_loop as t; from pathlib import Path\n"
        "from handwriting.training.loop import Training\n"
        "from safetensors.torch import save_file\n"
        "options = t.TrainingOptions(**{**t.OPTIONS, 'batch_size': 4, 'precision': 'fp32', 'clip': 1e9})\n"
        "training = Training(t.task(dropout=0.0), options, Path(sys.argv[1]) / 'run', '')\n"
        "training.update(*next(training._batches()))\n"
        "if training.workers.rank == 0:\n"
        "    grads = {k: p.grad for k, p in training.updater.network.named_parameters()}\n"
        "    save_file(grads, Path(sys.argv[1]) / 'grads.safetensors')\n"
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
        grads.append(load_file(out / "grads.safetensors"))
    for name in grads[0]:
        assert torch.allclose(grads[0][name], grads[1][name], atol=1e-6), name
    assert any(g.abs().max() > 1e-4 for g in grads[0].values())


def test_processes_without_a_shared_folder_do_not_resume(tmp_path):
    """Machines that do not share storage: only the first has the state."""
    script = tmp_path / "resume.py"
    script.write_text(
        f"import os, sys; sys.path[:0] = {[str(ROOT), str(ROOT / 'tests'), str(ROOT / 'tests/training')]!r}\n"
        "import test_loop as t; from pathlib import Path\n"
        "options = t.TrainingOptions(**t.OPTIONS, max_minutes=0.0)\n"
        "try: t.train(t.task(), options, Path(sys.argv[1]) / os.environ['RANK'])\n"
        "except t.InkError as error: print(error, flush=True)\n"
    )
    launch = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    for expected in (0, 2):
        done = subprocess.run(
            [*launch, script, tmp_path], env=environment, capture_output=True, text=True, timeout=180, check=False
        )
        assert done.stdout.count("train in a folder that all machines share") == expected, done.stderr


def test_every_line_is_in_the_epoch_once_and_the_order_depends_on_the_epoch():
    t = task()
    plans = [t.plan(epoch, 4) for epoch in (0, 0, 1)]
    assert plans[0] == plans[1] != plans[2]
    assert sorted(i for batch in plans[2] for i in batch) == list(range(11))


def test_batch_depends_on_epoch_and_line_alone():
    t = task()
    alone, together, later = t.batch(1, [5]), t.batch(1, [2, 5]), t.batch(2, [5])
    length = int(alone[1][0])
    assert torch.equal(alone[0][:, 0], together[0][:length, 1])
    assert alone[0].shape != later[0].shape or not torch.equal(alone[0], later[0])


def test_lines_too_short_for_their_text_are_left_out_and_named():
    corpus = TinyCorpus()
    line = corpus.line("trainset-5")
    corpus._lines["trainset-5"] = type(line)(line.id, line.ink, line.text * 300, line.writer, line.form)
    t = recognizer_task([corpus], RecognizerOptions(**SETTINGS), TrainingRecipe())
    assert "CTC needs" in t.data.examples.lines.left_out["trainset-5"]
    assert len(t.data.examples.lines) == 10


@pytest.mark.parametrize("schedule", [one_cycle, constant])
def test_schedules_are_shares_of_the_peak(schedule):
    shares = [schedule(step, 200) for step in range(200)]
    assert all(0 < s <= 1 for s in shares[:-1])
    assert max(shares) == pytest.approx(1, rel=1e-3)


def test_one_cycle_rises_then_falls_to_zero():
    shares = [one_cycle(step, 200, warmup=20) for step in range(200)]
    peak = int(np.argmax(shares))
    assert 18 <= peak <= 21
    assert all(a < b for a, b in pairwise(shares[: peak + 1]))
    assert shares[-1] == pytest.approx(0, abs=1e-9)


def test_position_is_json_a_person_can_read(whole):
    (folder,) = whole.glob("state-*")
    position = json.loads((folder / "position.json").read_text())
    assert position["step"] == 12
