"""The README and the pages in docs/: links exist, Python and shell examples run, and other commands parse.

A block marked ``sh`` runs in a folder with the samples and with `handwriting` on the path. A block marked ``console``
needs a corpus, a server or a cluster, so its `handwriting` commands are only parsed.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import typer

from handwriting.checkpoint import shipped

ROOT = Path(__file__).parents[1]
PAGES = sorted(
    [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").glob("*.md"), ROOT / "datasets" / "README.md"]
)
needs_weights = pytest.mark.skipif(
    not all((shipped(kind) / "card.json").is_file() for kind in ("recognizer", "synthesizer")),
    reason="the shipped checkpoints are not here",
)


def blocks(page: Path, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", page.read_text(encoding="utf-8"), re.S)


def having(language: str) -> list[Path]:
    return [page for page in PAGES if blocks(page, language)]


def names(pages: list[Path]) -> list[str]:
    return [str(page.relative_to(ROOT)) for page in pages]


@pytest.fixture
def workplace(tmp_path, monkeypatch):
    """A folder with the samples, in which `handwriting` and `python` are those of this checkout."""
    (tmp_path / "datasets").symlink_to(ROOT / "datasets")
    (tmp_path / "bin").mkdir()
    command = tmp_path / "bin" / "handwriting"
    command.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} {shlex.quote(str(ROOT / "app.py"))} "$@"\n')
    command.chmod(0o755)
    monkeypatch.setenv("PATH", f"{command.parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("page", PAGES, ids=names(PAGES))
def test_links_and_pictures_exist(page):
    text = page.read_text(encoding="utf-8")
    targets = re.findall(r"\]\((?!http|#)([^)#]+)", text) + re.findall(r"```\{(?:image|include)\} (\S+)", text)
    assert [target for target in targets if not (page.parent / target).exists()] == []


def test_every_page_is_in_the_table_of_contents():
    listed = set(re.findall(r"^([\w-]+)$", "".join(blocks(ROOT / "docs" / "index.md", r"\{toctree\}")), re.M))
    listed |= set(re.findall(r"^([\w-]+)$", "".join(blocks(ROOT / "docs" / "results.md", r"\{toctree\}")), re.M))
    assert {page.stem for page in (ROOT / "docs").glob("*.md")} - {"index"} == listed


def test_the_help_of_every_command_is_in_the_documentation():
    shown = re.findall(r"help/(\S+)\.txt", (ROOT / "docs" / "cli.md").read_text(encoding="utf-8"))
    assert sorted(shown) == sorted(path.stem for path in (ROOT / "tests" / "cli" / "help").glob("*.txt"))


def test_the_readme_fits_on_one_screen():
    assert len((ROOT / "README.md").read_text(encoding="utf-8").splitlines()) <= 120


@needs_weights
@pytest.mark.parametrize("page", having("python"), ids=names(having("python")))
def test_python_examples_run(page, workplace):
    values: dict[str, object] = {}
    for block in blocks(page, "python"):
        exec(block, values)
    for name in ("written", "lines", "ink"):
        assert values.get(name, "absent") is not None


@needs_weights
@pytest.mark.parametrize("page", having("sh"), ids=names(having("sh")))
def test_shell_examples_run(page, workplace):
    for block in blocks(page, "sh"):
        script = "\n".join(line for line in block.splitlines() if not line.startswith(("make ", ". .venv")))
        done = subprocess.run(["bash", "-euo", "pipefail", "-c", script], capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{script}\n{done.stderr}"
        for output in re.findall(r"-o ([\w./-]+)(?=\s)", script + "\n"):
            assert (workplace / output).stat().st_size > 0


def test_make_targets_of_the_examples_exist():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for page in PAGES:
        for target in re.findall(r"^make (\w+)|`make (\w+)`", page.read_text(encoding="utf-8"), re.M):
            assert re.search(rf"^{''.join(target)}:", makefile, re.M), (page, target)


@pytest.mark.parametrize("page", having("console"), ids=names(having("console")))
def test_other_commands_parse(page, monkeypatch, tmp_path):
    from handwriting.cli.main import app

    monkeypatch.setenv("HOME", str(tmp_path))  # --install-completion acts while it is parsed
    command = typer.main.get_command(app)
    for line in "".join(blocks(page, "console")).splitlines():
        words = shlex.split(line, comments=True)
        if "handwriting" in words:
            parse(command, words[words.index("handwriting") + 1 :])


def parse(command: Any, words: list[str]) -> None:
    """Parse down to the last subcommand; raises ``typer.TyperException`` for what the command line would refuse."""
    try:
        context = command.make_context("handwriting", list(words))
    except SystemExit as end:
        assert end.code == 0
        return
    while hasattr(command, "resolve_command"):
        name, command, rest = command.resolve_command(context, [*context._protected_args, *context.args])
        assert command is not None
        context = command.make_context(name, rest, parent=context)


def test_a_command_that_would_be_refused_does_not_parse():
    from handwriting.cli.main import app

    with pytest.raises(typer.TyperException, match="--bes-of"):
        parse(typer.main.get_command(app), ["evaluate", "legibility", "--bes-of", "3"])
