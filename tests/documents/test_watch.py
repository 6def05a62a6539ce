"""A folder that is watched."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from command_line import assert_one_line

from handwriting.documents.recognise import TranscribeOptions
from handwriting.documents.transcribe import transcribe
from handwriting.formats import save
from handwriting.rendering.hershey import write

ROOT = Path(__file__).parents[2]


def records(path):
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_what_is_new_or_changed_is_read_when_it_is_complete(tmp_path):
    folder, results = tmp_path / "ink", tmp_path / "r.jsonl"
    folder.mkdir()
    whole = tmp_path / "whole.json"
    save(write("a new line", seed=1), whole)
    read: list[list[str]] = []

    def append_half():
        (folder / "b.json").write_bytes(whole.read_bytes()[:100])

    def append_rest():
        (folder / "b.json").write_bytes(whole.read_bytes())

    steps = [
        lambda: save(write("the first", seed=1), folder / "a.json"),
        lambda: None,
        append_half,
        append_rest,
        lambda: None,
        lambda: save(write("a changed one", seed=2), folder / "a.json"),
        lambda: None,
    ]

    def wait(seconds: float) -> bool:
        assert seconds >= 1
        read.append([Path(one["file"]).name for one in records(results)])
        if not steps:
            return False
        steps.pop(0)()
        return True

    warnings: list[str] = []
    summary = transcribe(
        [str(folder)],
        TranscribeOptions(decoder="greedy"),
        results,
        show=print,
        warn=warnings.append,
        note=print,
        wait=wait,
    )
    # Every change is read at the second listing; b.json is not read while it is half written.
    assert read == [[], [], ["a.json"], ["a.json"], ["a.json"], ["a.json", "b.json"], ["a.json", "b.json"],
                    ["a.json", "b.json", "a.json"]]  # fmt: skip
    assert warnings == [] and (summary.files, summary.failed) == (2, 0)
    assert sorted(Path(one["file"]).name for one in records(results)) == ["a.json", "b.json"]
    assert all("text" in one for one in records(results))


def test_the_command_watches_until_it_is_interrupted(tmp_path):
    folder, results = tmp_path / "ink", tmp_path / "r.jsonl"
    folder.mkdir()
    command = [sys.executable, ROOT / "app.py", "transcribe", "--watch", folder, "-o", results, "--decoder", "greedy"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, preexec_fn=_heed_interrupts
    ) as process:
        until = time.monotonic() + 120
        while not results.exists() and time.monotonic() < until:
            time.sleep(0.05)
        save(write("later", seed=1), folder / "later.json")
        while not results.read_bytes() and time.monotonic() < until:
            time.sleep(0.05)
        time.sleep(0.5)
        process.send_signal(signal.SIGINT)
        try:
            out, err = process.communicate(timeout=60)
        finally:
            process.kill()
    assert process.returncode == 0 and "1 file" in out and "note: reading" in err
    assert [Path(one["file"]).name for one in records(results)] == ["later.json"]


def _heed_interrupts() -> None:
    """Jobs in the background of a shell ignore interrupts, and so would their children."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.mark.parametrize("arguments", [["."], [".", "-o", "r.json"], ["-", "-o", "r.jsonl"]])
def test_only_files_and_folders_can_be_watched(run, tmp_path, monkeypatch, arguments):
    monkeypatch.chdir(tmp_path)
    code, _, err = run("transcribe", "--watch", *arguments)
    assert_one_line(code, err, "watching needs files or folders", "NAME.jsonl")


def test_a_deleted_results_file_is_written_again_and_links_are_named_once(tmp_path):
    folder, results, elsewhere = tmp_path / "ink", tmp_path / "r.jsonl", tmp_path / "elsewhere"
    folder.mkdir()
    elsewhere.mkdir()
    save(write("here", seed=1), folder / "a.json")
    save(write("not here", seed=1), elsewhere / "b.json")
    (folder / "linked").symlink_to(elsewhere)
    (folder / "gone.json").symlink_to(tmp_path / "nothing")
    (folder / "loop").symlink_to(folder / "loop")
    steps = [results.unlink, lambda: None, lambda: None]
    seen: list[bool] = []

    def wait(seconds: float) -> bool:
        seen.append(results.exists())
        if not steps:
            return False
        steps.pop(0)()
        return True

    notes: list[str] = []
    options = TranscribeOptions(decoder="greedy", orientation="as-is")
    summary = transcribe([str(folder)], options, results, show=print, warn=print, note=notes.append, wait=wait)
    assert (summary.files, [Path(one["file"]).name for one in records(results)]) == (1, ["a.json"])
    assert seen == [True] * 4
    assert notes == [
        f"{folder}: skipped 2 broken links: gone.json, loop",
        f"{folder}: skipped 1 linked folder: linked",
        f"{results}: this file was deleted, moved or replaced; 1 result was written to it again",
    ]


def test_a_folder_that_is_away_for_a_while_is_no_file(tmp_path):
    folder, away, results = tmp_path / "ink", tmp_path / "away", tmp_path / "r.jsonl"
    folder.mkdir()
    steps = [
        lambda: folder.rename(away),
        lambda: None,
        lambda: None,
        lambda: away.rename(folder),
        lambda: save(write("back", seed=1), folder / "a.json"),
        lambda: None,
    ]

    def wait(_: float) -> bool:
        if steps:
            steps.pop(0)()
            return True
        return False

    shown: list[str] = []
    options = TranscribeOptions(decoder="greedy")
    transcribe([str(folder)], options, results, show=print, warn=shown.append, wait=wait)
    assert shown == [] and [one["file"] for one in records(results)] == [str(folder / "a.json")]
