"""What the README says is so."""

import re
from pathlib import Path

import pytest

from handwriting.checkpoint import shipped

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()


def test_links_and_pictures_are_there():
    targets = re.findall(r"\]\((?!http)([^)#]+)", README)
    assert targets
    assert [t for t in targets if not (ROOT / t).exists()] == []


@pytest.mark.skipif(
    not all((shipped(kind) / "card.json").is_file() for kind in ("recognizer", "synthesizer")),
    reason="no shipped checkpoints here",
)
def test_python_examples_run(monkeypatch, tmp_path):
    (tmp_path / "datasets").symlink_to(ROOT / "datasets")
    monkeypatch.chdir(tmp_path)
    names: dict = {}
    for block in re.findall(r"```python\n(.*?)```", README, re.S):
        exec(block, names)
    assert names["transcription"].text == "a line of handwriting"
    assert [line.text for line in names["lines"]] == ["one line", "and another"]
    assert (tmp_path / "page.svg").is_file()
