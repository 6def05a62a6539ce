"""What many tests share: a tiny corpus of our own, and the real one where it is."""

from __future__ import annotations

import io
import logging
import os
import sys
from pathlib import Path

import pytest
from hypothesis import settings
from iamondb_fixture import make_iamondb
from open_page import browser  # noqa: F401  one for all tests: Playwright runs once in a process

from handwriting.cli.main import main

settings.register_profile("any machine", deadline=None)  # a busy one takes longer now and then
settings.load_profile("any machine")
logging.raiseExceptions = False  # a server's log, opened in one test, must not complain on the stderr of another


@pytest.fixture(scope="session")
def iamondb_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny IAM-OnDB with trainset, testset_v and testset_t; to be read only (``make_iamondb`` makes others)."""
    return make_iamondb(tmp_path_factory.mktemp("iam-ondb"))


@pytest.fixture(scope="session")
def real_iamondb() -> Path:
    """The real IAM-OnDB, in ``$HANDWRITING_DATA/iam-ondb`` (``datasets/iam-ondb`` unless set)."""
    path = Path(os.environ.get("HANDWRITING_DATA", "datasets")) / "iam-ondb"
    if not path.is_dir():
        pytest.skip(f"needs IAM-OnDB, which is not in {path}; set HANDWRITING_DATA to the folder that holds iam-ondb/")
    return path


@pytest.fixture
def run(monkeypatch, capsys):
    """Runs a command line; returns exit code, stdout and stderr."""

    def call(*arguments: object, stdin: bytes = b"") -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["app.py", *map(str, arguments)])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        capsys.readouterr()
        try:
            main()
            code = 0
        except SystemExit as stop:
            code = stop.code or 0
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return call
