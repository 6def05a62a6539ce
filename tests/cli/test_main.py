"""The application: its names, its errors, and what it does with closed streams."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from command_line import LINE_SAMPLE, ROOT, assert_one_line, needs_weights

from handwriting.cli import main as application


@pytest.mark.parametrize(
    ("arguments", "parts"),
    [
        (["transcribe", "x.xml", "--checkpoint", "nowhere"], ["nowhere", "no checkpoint here", "give a folder"]),
        (["transcribe", "x.xml", "--alternatives", "3"], ["alternatives 3", "choose the format json"]),
        (["corpus", ".", "--list", "mine.txt"], ["no IAM-OnDB here"]),
        (["corpus", "."], ["no IAM-OnDB here", "give the folder"]),
        (["corpus", "nowhere"], ["nowhere", "no such file"]),
        (["prepare", ".", "-o", "x.pack"], ["no IAM-OnDB here"]),
        (["train", "recognizer", "--data", ".", "--out", "run"], ["no IAM-OnDB here"]),
        (["train", "recognizer", "--data", ".", "--out", "run", "--strides", "2,two"], ["--strides", "2,two"]),
        (["evaluate", "recognizer", "--data", ".", "--split", "testset_v", "--checkpoint", "x"], ["no checkpoint"]),
    ],
)
def test_bad_input_is_one_line_and_exit_code_2(run, tmp_path, monkeypatch, arguments, parts):
    monkeypatch.chdir(tmp_path)
    code, out, err = run(*arguments)
    assert_one_line(code, err, *parts)
    assert out == ""
    assert list(tmp_path.iterdir()) == []


def call(*command: object, cwd=ROOT, **more) -> subprocess.CompletedProcess[str]:
    return subprocess.run([str(part) for part in command], cwd=cwd, text=True, timeout=60, check=False, **more)


@pytest.mark.parametrize(
    ("command", "name"),
    [([sys.executable, "app.py"], "python app.py"), ([sys.executable, "-m", "handwriting"], "python -m handwriting")],
)
def test_it_is_named_as_it_was_called(command, name):
    done = call(*command, "transcribe", "--help", capture_output=True)
    assert done.returncode == 0
    assert done.stdout.startswith(f"Usage: {name} transcribe [OPTIONS]")
    done = call(*command, "transcribe", capture_output=True)
    assert_one_line(done.returncode, done.stderr, f"missing argument 'PATH'; see '{name} transcribe --help'")


def test_messages_of_the_library_name_commands_as_they_were_called(run, monkeypatch):
    def fail(*arguments: object, **options: object) -> None:
        raise application.InkError("it is missing; run the command 'export' or the command 'train recognizer'")

    monkeypatch.setattr(application, "app", fail)
    code, _, err = run("formats")
    assert_one_line(code, err, "run 'python app.py export' or 'python app.py train recognizer'")


def test_without_a_command_it_shows_its_help(run):
    code, out, err = run()
    assert (code, err) == (0, "")
    assert out.startswith("Usage: python app.py [OPTIONS] COMMAND")
    code, out, err = run("train")
    assert_one_line(code, err, "missing command; see 'python app.py train --help'")


@pytest.mark.parametrize(
    ("arguments", "parts"),
    [
        (["transcribe"], ["missing argument 'PATH'", "see 'python app.py transcribe --help'"]),
        (["transcrib", "x"], ["no such command 'transcrib'", "Did you mean 'transcribe'?"]),
        (["transcribe", "--threads", "0", "x"], ["--threads 0: ", "greater than or equal to 1"]),
        (["transcribe", "--threads", "two", "x"], ["--threads two: ", "valid integer"]),
        (["transcribe", "--decoder", "best", "x"], ["--decoder best: ", "'greedy', 'beam', 'language'"]),
        (["transcribe", "--contxt", "a", "x"], ["no such option: --contxt", "--context"]),
        (["transcribe", "x", "--alternatives"], ["'--alternatives' requires an argument"]),
        (["generate", "a", "b", "-o", "x.svg"], ["unexpected extra argument", "b"]),
        (["generate", "a"], ["missing option", "'--output'"]),
        (["generate", "a", "-o", "x.svg", "--paper", "lined"], ["--paper lined: ", "'plain', 'ruled', 'squared'"]),
        (["style"], ["missing command", "style --help"]),
    ],
)
def test_a_wrong_call_is_one_line_with_the_value_and_the_remedy(run, tmp_path, monkeypatch, arguments, parts):
    monkeypatch.chdir(tmp_path)
    code, out, err = run(*arguments)
    assert_one_line(code, err, *parts)
    assert out == ""
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        (["generate", "a", "-o", "x.svg", "--prime-text", "b"], "--prime-text has no effect without --prime"),
        (["generate", "a", "-o", "x.svg", "--speed", "2"], "--speed has no effect without --animate"),
        (["generate", "a", "-o", "x.svg", "--dpi", "100"], "--dpi has no effect without a .png output"),
        (["letter", "a", "-o", "x.svg", "--dpi", "100"], "--dpi has no effect without a .png output"),
        (["letter", "a", "-o", "x.svg", "--gcode-profile", "z"], "--gcode-profile has no effect without a .gcode"),
        (["letter", "-o", "x.pdf"], "nothing to write; give TEXT (- for stdin) or --file"),
        (["generate", "a", "-o", "x.svg", "--page-height", "9"], "--page-height has no effect without --page-width"),
        (["transcribe", "x", "--decoder", "beam", "--words", "w"], "--words has no effect without --decoder language"),
        (["transcribe", "x", "--decoder", "beam", "--context", "w"], "--context has no effect without --decoder"),
        (["transcribe", "x", "--decoder", "beam", "--language", "w"], "--language has no effect without --decoder"),
        (["transcribe", "x", "--decoder", "greedy", "--alternatives", "2"], "--decoder greedy finds one reading"),
        (["evaluate", "recognizer", "--data", ".", "--split", "s", "--worst-png", "x"], "without --worst"),
        (["evaluate", "recognizer", "--data", ".", "--split", "s", "--alternatives", "2"], "without --calibration"),
        (["evaluate", "recognizer", "--data", ".", "--split", "s", "--language", "x"], "without --decoder language"),
        (
            ["evaluate", "recognizer", "--data", ".", "--split", "s", "--perturb", "all", "--worst", "2"],
            "--perturb all",
        ),
        (["evaluate", "pages", "--data", ".", "--split", "s", "--only-lines", "--checkpoint", "x"], "--only-lines"),
        (["evaluate", "legibility", "--texts", "x", "--split", "s"], "--split has no effect without --data"),
        (["evaluate", "legibility", "--texts", "x", "--json", "--rows", "3"], "--rows has no effect with --json"),
        (["language", "build", "-o", "x", "--text", "t", "--split", "s"], "--split has no effect without --data"),
        (["style", "create", "a", "x", "--strength", "0.5"], "--strength has no effect without --fit"),
        (["export", "x", "-o", "y", "--split", "s"], "--split has no effect without --data"),
    ],
)
def test_an_option_without_effect_is_refused(run, tmp_path, monkeypatch, arguments, part):
    monkeypatch.chdir(tmp_path)
    code, out, err = run(*arguments)
    assert_one_line(code, err, part)
    assert out == ""
    assert list(tmp_path.iterdir()) == []


@needs_weights
def test_threads_are_at_most_the_cores(run):
    cores = len(os.sched_getaffinity(0))
    code, out, err = run("transcribe", LINE_SAMPLE, "--threads", cores + 1)
    assert (code, out) == (0, "a line of handwriting\n")
    assert err == f"note: --threads {cores + 1} is more than the {cores} cores of this machine; using {cores} threads\n"
    assert run("transcribe", LINE_SAMPLE, "--threads", cores) == (0, "a line of handwriting\n", "")


@pytest.mark.parametrize(
    ("arguments", "redirection", "part"),
    [
        ("formats", ">&-", "standard output is closed; redirect it"),
        ("transcribe -", "<&-", "standard input is closed; give a file"),
        ("convert - x.svg", "<&-", "standard input is closed; give a file"),
        ("generate - -o x.svg", "<&-", "standard input is closed; give a file"),
        ("formats", ">/dev/full", "No space left on device"),
    ],
)
def test_a_closed_stream_is_one_line(tmp_path, arguments, redirection, part):
    script = f"{sys.executable} {ROOT / 'app.py'} {arguments} {redirection}"
    done = call("bash", "-c", script, cwd=tmp_path, capture_output=True)
    assert_one_line(done.returncode, done.stderr, part)
    assert done.stdout == ""
    assert list(tmp_path.iterdir()) == []


def test_without_stderr_nothing_is_printed_elsewhere(tmp_path):
    done = call("bash", "-c", f"{sys.executable} {ROOT / 'app.py'} transcribe none.xml 2>&-", capture_output=True)
    assert (done.returncode, done.stdout) == (2, "")


def test_a_reader_that_leaves_is_no_error():
    script = f"set -o pipefail; {sys.executable} {ROOT / 'app.py'} formats | true"
    done = call("bash", "-c", script, capture_output=True)
    assert (done.returncode, done.stderr) in [(0, ""), (1, "")]  # by whether it left before the table was written


def test_a_missing_module_is_named_with_the_extra_that_installs_it(run, monkeypatch):
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    monkeypatch.delitem(sys.modules, "handwriting.web.server", raising=False)
    code, _, err = run("serve", "--no-browser")
    assert_one_line(code, err, "this needs uvicorn", "pip install 'handwriting[web]'")


def test_the_shell_completes_commands_and_options():
    def complete(words: str) -> list[str]:
        script = "import sys; sys.argv[0] = 'handwriting'; from handwriting.cli.main import main; main()"
        variables = {"_HANDWRITING_COMPLETE": "complete_bash", "COMP_WORDS": words, "COMP_CWORD": str(words.count(" "))}
        done = call(sys.executable, "-c", script, env={**os.environ, **variables}, capture_output=True)
        assert done.returncode == 0, done.stderr
        return done.stdout.split()

    assert complete("handwriting tra") == ["transcribe", "train"]
    assert complete("handwriting style ") == ["create", "list"]
    assert complete("handwriting transcribe --al") == ["--alternatives"]
    assert complete("handwriting transcribe --decoder g") == ["greedy"]


def test_completion_is_for_the_installed_command(run):
    code, _, err = run("--install-completion")
    assert_one_line(code, err, "completion works for the installed command only")


def test_a_command_line_is_recorded_without_absolute_paths(monkeypatch, tmp_path):
    from handwriting.cli.program import command_line

    monkeypatch.setattr(sys, "argv", [str(tmp_path / "app.py"), "train", "--out", str(tmp_path / "a run"), "x/y"])
    assert command_line() == "python app.py train --out 'a run' x/y"
    monkeypatch.setattr(sys, "argv", [str(tmp_path / "bin/handwriting"), "train"])
    assert command_line() == "handwriting train"
