"""The help of every command, compared with ``tests/cli/help/``.

``HANDWRITING_UPDATE_HELP=1 python -m pytest tests/cli/test_help.py`` writes the files anew.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from command_line import ROOT
from typer.main import get_command

from handwriting.cli.help import COMMANDS
from handwriting.cli.main import app, main

SNAPSHOTS = Path(__file__).parent / "help"
Named = tuple[tuple[str, ...], Any]


def commands(command: Any, path: tuple[str, ...] = ()) -> Iterator[Named]:
    yield path, command
    for name, child in getattr(command, "commands", {}).items():
        yield from commands(child, (*path, name))


ALL = list(commands(get_command(app)))


def name_of(path: tuple[str, ...]) -> str:
    return "-".join(("handwriting", *path))


@pytest.mark.parametrize("path", [path for path, _ in ALL], ids=[name_of(path) for path, _ in ALL])
def test_the_help_is_as_it_was(path, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["handwriting", *path, "--help"])
    monkeypatch.setenv("COLUMNS", "100")
    main()
    shown = capsys.readouterr().out
    file = SNAPSHOTS / f"{name_of(path)}.txt"
    if os.environ.get("HANDWRITING_UPDATE_HELP"):
        file.write_text(shown, encoding="utf-8")
    assert file.is_file(), "a new command; see the top of this file"
    assert shown == file.read_text(encoding="utf-8")


def test_there_is_no_help_of_commands_that_are_gone():
    assert {file.stem for file in SNAPSHOTS.iterdir()} == {name_of(path) for path, _ in ALL}


def test_every_command_is_in_one_panel():
    listed = [name for names in COMMANDS.values() for name in names]
    assert sorted(listed) == sorted(path[0] for path, _ in ALL if len(path) == 1)


def sentences(command: Any) -> Iterator[str]:
    yield command.help
    yield from (parameter.help for parameter in command.params if parameter.name != "help")


@pytest.mark.parametrize(("path", "command"), ALL, ids=[name_of(path) for path, _ in ALL])
def test_every_command_and_option_has_help_in_sentences(path, command):
    for sentence in sentences(command):
        assert sentence, path
        text = sentence.split("  [default")[0].rstrip()
        assert text[0].isupper() and text.endswith("."), (path, sentence)
        assert not text.startswith(("Of ", "In ", "At ", "As ", "By ")), (path, sentence)


def test_every_command_is_documented():
    page = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")
    for path, command in ALL:
        if not getattr(command, "commands", None):
            assert f"### handwriting {' '.join(path)}\n" in page, path
            assert f"../tests/cli/help/{name_of(path)}.txt\n" in page, path
