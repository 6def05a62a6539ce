"""Find the input files for a list of paths."""

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
MAX_NAMED = 10
"""Maximum number of skipped files of a folder that are listed by name."""


@dataclass(frozen=True)
class FileState:
    """The properties by which a change of a file is detected."""

    size: int
    modified: float
    """Time of the last change, in seconds since 1970."""


@dataclass(frozen=True)
class InputFile:
    """A file to transcribe."""

    name: str
    """The name of the file in results and messages."""
    source: str | BinaryIO
    """The path of the file, or a stream of its bytes."""

    @property
    def is_folder(self) -> bool:
        """Whether this is a folder without ink files."""
        return isinstance(self.source, str) and os.path.isdir(self.source)

    def state(self) -> FileState | None:
        """Return the current state of the file; None for a stream, or if there is no file."""
        if not isinstance(self.source, str):
            return None
        try:
            found = os.stat(self.source)
        except (OSError, ValueError):
            return None
        return FileState(found.st_size, found.st_mtime)


def find_files(paths: Sequence[str], note: Callable[[str], object] = lambda text: None) -> list[InputFile]:
    """Return the input files for ``paths``, in the order given.

    A folder stands for all files below it that have the extension of an ink format, sorted by path. Hidden files,
    backups, autosaved copies, results of :mod:`handwriting.documents`, broken links and links to folders are skipped,
    and ``note`` is called with their names. ``-`` is standard input. A folder without ink files is returned itself, so
    that reading it reports the reason. Raises :class:`InkError` if standard input is closed.
    """
    found: list[InputFile] = []
    for path in paths:
        if path == STDIN:
            if sys.stdin is None:
                raise InkError("standard input is closed; give the name of a file")
            found.append(InputFile(path, sys.stdin.buffer))
        elif not os.path.isdir(path):
            found.append(InputFile(path, path))
        else:
            inside, skipped = _walk(path)
            found += [InputFile(name, name) for name in inside] or [InputFile(path, path)]
            for reason, names in skipped.items():
                note(f"{path}: skipped {_list_skipped(names, reason)}")
    return found


def _walk(folder: str) -> tuple[list[str], dict[str, list[str]]]:
    """Return the ink files below ``folder``, and the skipped ones by reason."""
    inside: list[PurePath] = []
    skipped: dict[str, list[str]] = defaultdict(list)

    def unreadable(error: OSError) -> None:
        skipped["unreadable folder"].append(os.path.relpath(str(error.filename), folder))

    for parent, folders, files in os.walk(folder, onerror=unreadable):
        folders[:] = _visible_folders(parent, folders, folder, skipped)
        for name in files:
            path = PurePath(parent, name)
            reason = _reason_to_skip(path)
            if reason:
                skipped[reason].append(str(path.relative_to(folder)))
            elif reason is None:
                inside.append(path)
    return [str(path) for path in sorted(inside)], {reason: sorted(names) for reason, names in sorted(skipped.items())}


def _visible_folders(parent: str, folders: Iterable[str], top: str, skipped: dict[str, list[str]]) -> Iterator[str]:
    for name in folders:
        if name.startswith(".") or name == "__MACOSX":
            skipped["hidden folder"].append(os.path.relpath(os.path.join(parent, name), top))
        elif os.path.islink(os.path.join(parent, name)):  # it may lead out of the folder, or back into it
            skipped["linked folder"].append(os.path.relpath(os.path.join(parent, name), top))
        else:
            yield name


def _reason_to_skip(path: PurePath) -> str | None:
    """Return the reason why a file in a folder is not an input, or None if it is one.

    The reason is empty if the file does not look like ink at all.
    """
    name = path.name.lower()
    original = name.rstrip("~#").removesuffix(".bak")
    is_ink = formats.has_ending(original)
    if (is_ink or not path.suffix) and not name.startswith(".") and os.path.islink(path) and not os.path.exists(path):
        return "broken link"  # without an extension, it may have led to a folder
    if not is_ink or not os.path.isfile(path):
        return ""
    if name.startswith(".") and ".autosave." not in name:
        return "hidden file"
    if ".autosave." in name:
        return "autosaved copy"
    if original != name or name.startswith("~"):
        return "backup"
    return "result of an earlier run" if "json" in path.suffix.lower() and _is_result(path) else None


def _is_result(path: PurePath) -> bool:
    try:
        with open(path, "rb") as file:
            return RESULT.match(file.read(8192)) is not None
    except OSError:
        return False  # the reason is reported when it is read


def _list_skipped(names: Sequence[str], noun: str) -> str:
    """Format the number and the names of skipped files: ``2 hidden files: .a.json, .b.json``."""
    plurals = {"autosaved copy": "autosaved copies", "result of an earlier run": "results of earlier runs"}
    plural = plurals.get(noun, f"{noun}s")
    more = f" and {len(names) - MAX_NAMED:,} more" if len(names) > MAX_NAMED else ""
    return f"{len(names):,} {plural if len(names) > 1 else noun}: {', '.join(names[:MAX_NAMED])}{more}"
