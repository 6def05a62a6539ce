"""Finds the input files that a list of paths means."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from handwriting import formats


@dataclass(frozen=True)
class InputFile:
    """A file to transcribe."""

    name: str
    """What results and messages call it."""
    source: str | BinaryIO
    """Its path, or a stream of its bytes."""


def find_files(paths: Sequence[str]) -> list[InputFile]:
    """The files that ``paths`` mean, in the order given.

    A folder means all files below it that have the extension of an ink format, sorted by path. ``-`` is the standard
    input. A folder without ink files is returned itself, so that reading it reports the reason.
    """
    found: list[InputFile] = []
    for path in paths:
        if path == "-":
            found.append(InputFile(path, sys.stdin.buffer))
        elif not os.path.isdir(path):
            found.append(InputFile(path, path))
        else:
            inside = sorted(p for p in Path(path).rglob("*") if p.suffix.lower() in formats.endings() and p.is_file())
            found += [InputFile(str(p), str(p)) for p in inside] or [InputFile(path, path)]
    return found
