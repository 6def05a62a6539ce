"""The examples in docstrings of recognition, run from the root of the repository, whose samples they name."""

import doctest
from pathlib import Path

import pytest

from handwriting import alphabet
from handwriting.recognition import recognizer, transcription


@pytest.mark.parametrize("module", [alphabet, recognizer, transcription], ids=lambda module: module.__name__)
def test_examples_print_what_they_say(module, monkeypatch):
    monkeypatch.chdir(Path(__file__).parents[2])
    result = doctest.testmod(module)
    assert result.attempted > 0
    assert result.failed == 0
