"""Files that appear complete or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from handwriting.errors import InkError


def make_folder(path: str | os.PathLike[str]) -> Path:
    """The folder, made with its parents if need be; :class:`InkError` when that cannot be."""
    try:
        Path(path).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InkError(f"{path}: no folder can be made there ({error.strerror}); give another place") from None
    return Path(path)


def has_place(path: str | os.PathLike[str]) -> Path:
    """The path of a file to write; :class:`InkError` when it has no folder or is one. To be asked before long work."""
    path = Path(path)
    if not path.parent.is_dir():
        raise InkError(f"{path}: there is no folder {path.parent}; make it first")
    if path.is_dir():
        raise InkError(f"{path} is a folder; give the name of a file")
    return path


@contextmanager
def atomic(path: str | os.PathLike[str]) -> Iterator[Path]:
    """A temporary path beside ``path`` to write to; renamed to ``path`` when the block ends well, removed when not.

    The name keeps the suffix, because some writers choose the format by it; what it holds is on the disk before it is
    renamed. Raises :class:`InkError` when the folder
    is missing or the operating system refuses.
    """
    path = has_place(path)
    temporary = path.with_name(f".{path.stem}.{os.getpid()}{path.suffix}")
    try:
        yield temporary
        with temporary.open("rb") as file:
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError as error:
        raise InkError(f"{path}: cannot be written ({error.strerror or error})") from error
    finally:
        temporary.unlink(missing_ok=True)
