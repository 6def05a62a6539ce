"""Where a checkpoint is found."""

import pytest
from command_line import needs_weights

import handwriting
from handwriting.checkpoint import Checkpoint, shipped


@needs_weights
def test_a_shipped_checkpoint_goes_by_its_name_unless_a_folder_here_has_it(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert Checkpoint.load("recognizer", "recognizer").folder == shipped("recognizer")
    (tmp_path / "recognizer").mkdir()
    with pytest.raises(handwriting.InkError, match="no checkpoint here"):
        Checkpoint.load("recognizer", "recognizer")
    with pytest.raises(handwriting.InkError, match="no checkpoint here"):
        Checkpoint.load("elsewhere/synthesizer", "synthesizer")
