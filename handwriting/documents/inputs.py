"""Finds the input files that a list of paths means."""

from __future__ import annotations

import os
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import BinaryIO

from handwriting import formats
from handwriting.documents.record import RESULT
from handwriting.errors import InkError

STDIN = "-"
NAMED = 10
"""Skipped files of a folder that are named one by one."""


@dataclass(frozen=True)
class FileState:
    """What tells that a file has changed."""

    size: int
    modified: float
    """Time of the last change, in seconds since 1970."""


@dataclass(frozen=True)
class InputFile:
    """A file to transcribe."""

    name: str
    """What results and messages call it."""
    source: str | BinaryIO
    """Its path, or a stream of its bytes."""

    @property
    def is_folder(self) -> bool:
        """Whether it is a folder without ink files."""
        return isinstance(self.source, str) and os.path.isdir(self.source)

    def state(self) -> FileState | None:
        """The present state of the file; None for a stream, and when there is no file."""
        if not isinstance(self.source, str):
            return None
        try:
            found = os.stat(self.source)
        except (OSError, ValueError):
            return None
        return FileState(found.st_size, found.st_mtime)


def find_files(paths: Sequence[str], note: Callable[[str], object] = lambda text: None) -> list[InputFile]:
    """The files that ``paths`` mean, in the order given.

    A folder means all files below it that have the extension of an ink format, sorted by path; hidden files, backups,
    autosaved copies and results of :mod:`handwriting.documents` are skipped, and ``note`` is given their names. ``-``
    is the standard input. A folder without ink files is returned itself, so that reading it reports the reason. Raises
    :class:`InkError` when the standard input is closed.
    """
    found: list[InputFile] = []
    for path in paths:
        if path == STDIN:
            if sys.stdin is None:
                raise InkError("the standard input is closed; give the name of a file")
            found.append(InputFile(path, sys.stdin.buffer))
        elif not os.path.isdir(path):
            found.append(InputFile(path, path))
        else:
            inside, skipped = _walk(path)
            found += [InputFile(name, name) for name in inside] or [InputFile(path, path)]
            for reason, names in skipped.items():
                note(f"{path}: skipped {_some(names, reason)}")
    return found


def _walk(folder: str) -> tuple[list[str], dict[str, list[str]]]:
    """The ink files below ``folder``, and the skipped ones by the reason."""
    inside: list[PurePath] = []
    skipped: dict[str, list[str]] = defaultdict(list)

    def unreadable(error: OSError) -> None:
        skipped["unreadable folder"].append(os.path.relpath(str(error.filename), folder))

    for parent, folders, files in os.walk(folder, onerror=unreadable):
        folders[:] = _shown(parent, folders, folder, skipped)
        for name in files:
            path = PurePath(parent, name)
            reason = _reason_to_skip(path)
            if reason:
                skipped[reason].append(str(path.relative_to(folder)))
            elif reason is None:
                inside.append(path)
    return [str(path) for path in sorted(inside)], {reason: sorted(names) for reason, names in sorted(skipped.items())}


def _shown(parent: str, folders: Iterable[str], top: str, skipped: dict[str, list[str]]) -> Iterator[str]:
    for name in folders:
        if name.startswith(".") or name == "__MACOSX":
            skipped["hidden folder"].append(os.path.relpath(os.path.join(parent, name), top))
        else:
            yield name


def _reason_to_skip(path: PurePath) -> str | None:
    """Why a file in a folder is not an input: None when it is one, empty when it does not look like ink at all."""
    name = path.name.lower()
    kept = name.rstrip("~#").removesuffix(".bak")
    if PurePath(kept).suffix not in formats.endings() or not os.path.isfile(path):
        return ""
    if name.startswith(".") and ".autosave." not in name:
        return "hidden file"
    if ".autosave." in name:
        return "autosaved copy"
    if kept != name or name.startswith("~"):
        return "backup"
    return "result of an earlier run" if "json" in path.suffix.lower() and _is_result(path) else None


def _is_result(path: PurePath) -> bool:
    try:
        with open(path, "rb") as file:
            return RESULT.match(file.read(8192)) is not None
    except OSError:
        return False  # reading it reports why


def _some(names: Sequence[str], noun: str) -> str:
    """``2 hidden files: .a.json, .b.json``."""
    plural = {"autosaved copy": "autosaved copies", "result of an earlier run": "results of earlier runs"}
    several = plural.get(noun, f"{noun}s")
    more = f" and {len(names) - NAMED:,} more" if len(names) > NAMED else ""
    return f"{len(names):,} {several if len(names) > 1 else noun}: {', '.join(names[:NAMED])}{more}"
