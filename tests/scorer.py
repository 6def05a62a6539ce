"""The independent scorer, where there is one: the file named by $HANDWRITING_SCORER, or beside the repository."""

import importlib.util
import os
from functools import cache
from pathlib import Path
from types import ModuleType

import pytest


def scorer() -> ModuleType:
    """The scorer as a module; skips the test that asks when it is not there."""
    path = Path(os.environ.get("HANDWRITING_SCORER") or Path(__file__).parents[2] / "shared" / "score.py")
    if not path.is_file():
        pytest.skip(f"no independent scorer at {path}; name one with HANDWRITING_SCORER")
    return _load(path)


@cache
def _load(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("independent_scorer", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
