"""Folders: results that grow, runs that go on, and a cluster of which a worker dies."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from command_line import assert_one_line

from handwriting.documents.inputs import find_files
from handwriting.documents.loading import load
from handwriting.documents.recognise import TranscribeOptions, recognise
from handwriting.documents.transcribe import transcribe
from handwriting.errors import InkError
from handwriting.formats import save
from handwriting.rendering.hershey import write

from .conftest import page

ROOT = Path(__file__).parents[2]


def read(path):
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_bad_files_are_in_the_results_too(run, folder, tmp_path):
    code, out, err = run("transcribe", folder, "-o", tmp_path / "r.jsonl")
    assert code == 1
    assert "12 files, 2 could not be read" in out
    assert len(err.splitlines()) == 2
    records = read(tmp_path / "r.jsonl")
    assert [Path(r["file"]).name for r in records] == sorted(p.name for p in folder.iterdir())
    assert [Path(r["file"]).name for r in records if "error" in r] == ["3b.json", "7b.inkml"]
    assert sum(r.get("text", "").startswith("number") for r in records) >= 5


def test_a_second_run_reads_what_is_missing_alone(run, folder, tmp_path):
    results = tmp_path / "r.jsonl"
    run("transcribe", folder, "-o", results)
    whole = results.read_bytes()
    lines = whole.splitlines(keepends=True)
    results.write_bytes(b"".join(lines[:6]) + lines[6][:30])  # killed while it wrote
    code, out, err = run("transcribe", folder, "-o", results)
    assert code == 1 and "6 of them done before" in out
    assert ["3b.json" in line for line in err.splitlines()] == [True, False]  # the earlier failure, and the new one
    again = results.read_bytes()
    assert again.startswith(b"".join(lines[:6]))
    assert [r["file"] for r in read(results)] == [json.loads(line)["file"] for line in lines]
    code, out, err = run("transcribe", folder, "-o", results)
    assert code == 1 and "12 of them done before, 2 could not be read" in out and len(err.splitlines()) == 2
    assert results.read_bytes() == again


def test_a_killed_run_is_gone_on_with(tmp_path):
    folder = tmp_path / "ink"
    folder.mkdir()
    ink = write("a line that is written often", seed=1)
    for i in range(80):
        save(ink, folder / f"{i:03}.json")
    results = tmp_path / "r.jsonl"
    command = [sys.executable, ROOT / "app.py", "transcribe", folder, "-o", results]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        until = time.monotonic() + 60
        while time.monotonic() < until and not (results.exists() and results.read_bytes().count(b"\n") > 20):
            time.sleep(0.01)
        process.send_signal(signal.SIGKILL)
    before = results.read_bytes().count(b"\n")
    assert 20 < before < 80
    done = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    assert f"{before} of them done before" in done or f"{before - 1} of them done before" in done
    assert [Path(r["file"]).name for r in read(results)] == [f"{i:03}.json" for i in range(80)]


def test_a_file_of_something_else_is_left_alone(run, folder, tmp_path):
    for content in (b"my diary\n", b'{"a": 1}\n', b"[" * 100_000 + b"\n"):
        (tmp_path / "r.jsonl").write_bytes(content)
        code, _, err = run("transcribe", folder, "-o", tmp_path / "r.jsonl")
        assert_one_line(code, err, "line 1 is not a result")
        assert (tmp_path / "r.jsonl").read_bytes() == content
    code, _, err = run("transcribe", folder, "-o", tmp_path / "no" / "r.jsonl")
    assert_one_line(code, err, "create it first")


def test_a_cluster_needs_a_file_that_grows_and_a_scheduler(run, folder, tmp_path):
    code, _, err = run("transcribe", folder, "--dask", "tcp://127.0.0.1:1")
    assert_one_line(code, err, "such as NAME.jsonl")
    pytest.importorskip("distributed", reason="distributed is not installed")
    from handwriting.documents import cluster

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cluster, "TIMEOUT", 0.5)
        with pytest.raises(InkError, match="no scheduler answers"):
            list(cluster.recognise_on_cluster([], TranscribeOptions(), "tcp://127.0.0.1:1"))


def test_a_worker_dies_and_nothing_is_lost_or_doubled(folder, tmp_path, monkeypatch):
    distributed = pytest.importorskip("distributed", reason="distributed is not installed")
    from handwriting.documents import cluster

    ink = write("a line that is written often", seed=1)
    for i in range(150):
        save(ink, folder / f"more-{i:03}.json")
    monkeypatch.setattr(cluster, "BATCH_FILES", 4)
    errors: list[str] = []
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, host="127.0.0.1"
    ) as local:
        before = {name: worker.pid for name, worker in local.workers.items()}
        killed = []

        def kill_once(done: float, total: int) -> None:
            if done > 20 and not killed:
                victim = next(iter(local.workers.values()))
                killed.append(victim.pid)
                victim.process.process._process.kill()

        done = transcribe(
            [str(folder)],
            TranscribeOptions(decoder="greedy"),
            tmp_path / "r.jsonl",
            scheduler=local.scheduler_address,
            show=print,
            warn=errors.append,
            note=print,
            progress=kill_once,
        )
    assert killed and killed[0] in before.values()
    assert (done.files, done.failed) == (162, 2) == (162, len(errors))
    names = [record["file"] for record in read(tmp_path / "r.jsonl")]
    assert sorted(names) == sorted(file.name for file in find_files([str(folder)]))
    documents = recognise(load(find_files([str(folder)])), TranscribeOptions(decoder="greedy"))
    alone = {d.name: d.text for d in documents if d.error is None}
    assert alone == {r["file"]: r["text"] for r in read(tmp_path / "r.jsonl") if "text" in r}


def test_files_of_a_batch_that_failed_are_tried_again(folder, tmp_path, monkeypatch):
    distributed = pytest.importorskip("distributed", reason="distributed is not installed")
    from handwriting.documents import cluster

    def fail(options, batch):
        raise OSError("a worker ran out of memory")

    real, errors = cluster._recognise, []
    options = {"show": print, "warn": errors.append, "note": print}
    with distributed.LocalCluster(
        n_workers=1, threads_per_worker=1, processes=True, dashboard_address=None, host="127.0.0.1"
    ) as local:
        for work, failed in ((fail, 12), (real, 2)):
            monkeypatch.setattr(cluster, "_recognise", work)
            done = transcribe(
                [str(folder)],
                TranscribeOptions(decoder="greedy"),
                tmp_path / "r.jsonl",
                scheduler=local.scheduler_address,
                **options,
            )
            assert (done.files, done.failed, done.before) == (12, failed, 0)
    assert "the cluster failed (OSError('a worker ran out of memory')); run the same command again" in errors[0]
    assert len(read(tmp_path / "r.jsonl")) == 12


def test_one_line_is_not_split_when_told(tmp_path):
    save(page(), tmp_path / "a.inkml")
    strokes = range(len(page().ink.starts))
    for single_line, lines in ((True, 1), (False, 3)):
        options = TranscribeOptions(single_line=single_line, decoder="greedy")
        (document,) = recognise(load(find_files([str(tmp_path / "a.inkml")])), options)
        assert len(document.pages[0].lines) == lines
        assert sorted(k for line in document.pages[0].lines for k in line.strokes) == list(strokes)
