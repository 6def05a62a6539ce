"""The project's own files: pins, layers, and what must not be in the repository."""

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def requirements():
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def plain(name):
    """A package's name as installers compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def tracked():
    """The repository's text files; without git, those of the folders that hold them."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if listed.returncode == 0 and listed.stdout:
        paths = [ROOT / name for name in listed.stdout.decode().split("\0") if name]
    else:
        folders = ("handwriting", "tests", "benchmarks", ".ci")
        paths = [p for folder in folders for p in (ROOT / folder).rglob("*")] + list(ROOT.iterdir())
    for path in paths:
        if path.is_file() and path.suffix not in (".pyc", ".onnx", ".safetensors", ".png", ".pack"):
            yield path


def test_every_requirement_is_pinned_once():
    names = []
    for line in requirements():
        match = re.fullmatch(r"([A-Za-z0-9._-]+)==[0-9][0-9A-Za-z.]*", line)
        assert match, f"{line!r} is not pinned as NAME==VERSION"
        names.append(plain(match[1]))
    assert len(names) == len(set(names))
    assert "torch==2.13.0" in requirements()


def test_what_the_wheel_asks_for_is_pinned_too():
    project = PROJECT["project"]
    pinned = {plain(line.split("==")[0]) for line in requirements()}
    asked = [*project["dependencies"], *(r for extra in project["optional-dependencies"].values() for r in extra)]
    assert {plain(re.match(r"[A-Za-z0-9._-]+", r)[0]) for r in asked} <= pinned
    assert not any(r.startswith("torch") for r in project["dependencies"])
    assert "torch>=2.9,<3" in project["optional-dependencies"]["train"]


def test_users_of_the_wheel_are_not_bound_to_one_version():
    project = PROJECT["project"]
    asked = [*project["dependencies"], *(r for extra in project["optional-dependencies"].values() for r in extra)]
    assert not [requirement for requirement in asked if "==" in requirement]


def test_one_version():
    import handwriting

    assert handwriting.__version__ == PROJECT["project"]["version"]


def test_both_licences_are_there():
    assert (ROOT / "LICENSE").read_text(encoding="utf-8").startswith("MIT License")
    note = (ROOT / "checkpoints" / "LICENSE.md").read_text(encoding="utf-8")
    assert "non-commercial research" in note and "Liwicki" in note


def test_the_terms_name_every_folder_of_weights():
    note = (ROOT / "checkpoints" / "LICENSE.md").read_text(encoding="utf-8")
    for card in (ROOT / "checkpoints").glob("*/card.json"):
        assert f"`{card.parent.name}/`" in note


@pytest.mark.parametrize("name", ["recognizer-open", "language-open"])
def test_the_open_weights_have_seen_open_data_alone(name):
    """From the first training of the chain on, and in what they were chosen on."""
    text = (ROOT / "checkpoints" / name / "card.json").read_text(encoding="utf-8")
    card = json.loads(text)
    assert not re.search(r"\biam|trainset|testset|brown|non-commercial", text, re.IGNORECASE)
    while card:
        assert card.get("developed_on", card.get("tuned", {}).get("split", "")).startswith("valid-")
        card = card.get("started_from")


def test_no_path_of_one_machine_in_any_file():
    here = re.compile(r"(?<![\w.])/(?:work|root|home/\w+|Users/\w+)/")
    for path in tracked():
        if path == Path(__file__):
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1):
            assert not here.search(line), f"{path.relative_to(ROOT)}:{number}: {line.strip()}"


def test_nothing_is_imported_upward():
    """The layers, as `make lint` checks them."""
    linter = Path(sys.executable).with_name("lint-imports")
    if not linter.is_file():
        pytest.skip("import-linter is not installed beside this Python; make installs it")
    result = subprocess.run(
        [linter, "--config", ROOT / "pyproject.toml", "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stdout
