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


@pytest.mark.skipif(not (shipped("recognizer") / "card.json").is_file(), reason="no shipped recognizer here")
def test_python_examples_run(monkeypatch):
    monkeypatch.chdir(ROOT)
    for block in re.findall(r"```python\n(.*?)```", README, re.S):
        names: dict = {}
        exec(block, names)
        assert names["transcription"].text == "a line of handwriting"
