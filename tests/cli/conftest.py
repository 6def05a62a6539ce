"""Tiny checkpoints for tests of the command line."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from command_line import ROOT, SMALL_RECOGNIZER, SMALL_SYNTHESIZER
from tiny import synthesizer


def train(kind: str, data: Path, out: Path, options: list[str]) -> Path:
    command = [sys.executable, ROOT / "app.py", "train", kind, "--data", data, "--out", out, *options]
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    return out / "best"


@pytest.fixture(scope="session")
def trained(iamondb_dir, tmp_path_factory) -> Path:
    """A recognizer too small to be right, trained by the command that makes real ones; to be read only."""
    return train("recognizer", iamondb_dir, tmp_path_factory.mktemp("cli") / "run", SMALL_RECOGNIZER)


@pytest.fixture(scope="session")
def trained_writers(iamondb_dir, tmp_path_factory) -> dict[str, Path]:
    """Checkpoints of a synthesizer and a prediction network, trained by the command; to be read only."""
    return {
        kind: train(kind, iamondb_dir, tmp_path_factory.mktemp("cli") / kind, SMALL_SYNTHESIZER)
        for kind in ("synthesizer", "prediction")
    }


@pytest.fixture(scope="session")
def scribbler(tmp_path_factory) -> Path:
    """A synthesizer with random weights."""
    return synthesizer(tmp_path_factory.mktemp("scribbler")).folder
