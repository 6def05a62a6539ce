"""Training state on disk, written atomically and restored bit for bit.

A run's folder has one ``state-STEP/`` with tensors as safetensors files, one per group to keep them small, and
``position.json``. It is written under another name, synced and renamed, and only then is its predecessor deleted. A
run that is killed at any moment therefore has one complete state, in the worst case the previous one.
"""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

from safetensors.torch import load_file, save_file
from torch import Tensor

from handwriting.errors import InkError

Groups = dict[str, dict[str, Tensor]]


def save_state(run: Path, step: int, groups: Groups, position: dict[str, Any]) -> None:
    """Write ``groups`` of named tensors and the JSON-serialisable ``position`` as the state after ``step`` updates."""
    target = run / f"state-{step:09d}"
    if target.exists():
        return
    temporary = run / f".writing-{os.getpid()}"
    shutil.rmtree(temporary, ignore_errors=True)
    temporary.mkdir(parents=True)
    for name, tensors in groups.items():
        save_file({k: v.detach().cpu().contiguous() for k, v in tensors.items()}, temporary / f"{name}.safetensors")
    (temporary / "position.json").write_text(json.dumps(position))
    for path in (*temporary.iterdir(), temporary):
        _sync(path)
    temporary.rename(target)
    _sync(run)
    for old in (*_states(run)[:-1], *(p for p in run.glob(".writing-*") if p != temporary)):
        shutil.rmtree(old, ignore_errors=True)


def load_state(run: Path) -> tuple[Groups, dict[str, Any]] | None:
    """Read the run's newest state, or return None if there is none. Raises :class:`InkError` if it is damaged."""
    states = _states(run)
    if not states:
        return None
    folder = states[-1]
    try:
        groups = {path.stem: load_file(path) for path in sorted(folder.glob("*.safetensors"))}
        return groups, json.loads((folder / "position.json").read_text())
    except Exception as error:
        raise InkError(f"{folder}: the training state cannot be read ({error}); delete it to start again") from error


def _states(run: Path) -> list[Path]:
    return sorted(run.glob("state-" + "[0-9]" * 9))


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
