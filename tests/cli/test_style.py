"""``style create`` on the command line."""

from __future__ import annotations

import json

import pytest
import typer
from command_line import ROOT

NOTES = ROOT / "datasets/samples/notes.xopp"


@pytest.fixture
def create(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return lambda *options: run("style", "create", "mine", NOTES, *options)


def test_a_page_is_read_and_nothing_is_made_unless_confirmed(create, tmp_path):
    code, out, err = create()
    assert code == 2 and out == "" and list(tmp_path.iterdir()) == []
    assert "  1: shopping for the weekend\n" in err
    assert err.splitlines()[-1].endswith("add --yes, or --text for each line")
    code, out, err = create("--yes")
    assert code == 0 and out.startswith("mine.json: mine, 6 lines, ") and "  3: a bottle of red wine\n" in err
    samples = json.loads((tmp_path / "mine.json").read_text())["samples"]
    assert [sample["text"] for sample in samples][4] == "water the plants"


def test_texts_come_from_a_file_with_a_line_for_each(create, tmp_path):
    texts = tmp_path / "texts.txt"
    texts.write_text("one\n\ntwo\nthree\nfour\nfive\nsix\n")
    code, _, _ = create("--texts", texts)
    assert code == 0 and json.loads((tmp_path / "mine.json").read_text())["samples"][5]["text"] == "six"
    texts.write_text("one\ntwo\n")
    code, _, err = create("--texts", texts)
    assert code == 2 and "1 file with 6 lines of ink and 2 texts" in err
    code, _, err = create("--texts", texts, "--text", "one")
    assert code == 2 and "--text and --texts" in err


def test_an_interrupt_at_a_question_is_reported(create, tmp_path, monkeypatch):
    def interrupted(*arguments):
        raise typer.Abort

    monkeypatch.setattr("handwriting.cli.style._confirmed", interrupted)
    code, _, err = create()
    assert code == 2 and err.endswith("error: interrupted before every question was answered; nothing was written\n")
    assert list(tmp_path.iterdir()) == []
