"""Output files that appear complete or not at all, and never replace an input."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import stat
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from handwriting.errors import InkError

StrPath = str | os.PathLike[str]
HEAD_SIZE = 4096
"""Number of bytes from which :func:`refuse_other` recognises a file."""


def make_folder(path: StrPath) -> Path:
    """Return the folder ``path``, creating it and its parents if needed. Raises :class:`InkError` if that fails."""
    try:
        Path(path).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InkError(f"{path}: the folder cannot be created ({error.strerror}); give another path") from None
    return Path(path)


def check_writable(path: StrPath) -> Path:
    """Check that a file can be written at ``path``, before starting long work, and return the path.

    Raises :class:`InkError` if its folder is missing, it is a folder or write-protected, or its name is invalid.
    """
    path = Path(path)
    try:
        if not path.parent.is_dir():
            raise InkError(f"{path}: there is no folder {path.parent}; create it first")
        if path.is_dir():
            raise InkError(f"{path} is a folder; give the name of a file")
        os.lstat(path)
        if path.exists() and not os.access(path, os.W_OK):
            raise InkError(f"{path}: the file is write-protected; choose another output file")
    except FileNotFoundError:
        pass
    except OSError as error:
        raise InkError(f"{path}: cannot be written ({error.strerror or error})") from error
    return path


def refuse_input(output: StrPath, inputs: Iterable[StrPath]) -> None:
    """Raise :class:`InkError` when ``output`` is one of the ``inputs``, because writing it would destroy that input.

    Links are followed; ``-`` among the inputs is standard input. A device or pipe may be both input and output.
    """
    target = _regular_file(output)
    for path in inputs:
        if target is not None and _regular_file(path, stdin=True) == target:
            raise InkError(f"{output}: this file is an input and would be overwritten; choose another output file")


def refuse_other(output: StrPath, kind: str, recognises: Callable[[bytes], bool]) -> None:
    """Raise :class:`InkError` when ``output`` is an existing file that is not of this ``kind`` (``"a style"``).

    ``recognises`` is given the first :data:`HEAD_SIZE` bytes of the file. An empty file may be replaced.
    """
    try:
        with open(output if _regular_file(output) else os.devnull, "rb") as file:
            head = file.read(HEAD_SIZE)
    except OSError as error:
        raise InkError(f"{output}: {error.strerror or error}; choose another output file") from error
    if head and not recognises(head):
        raise InkError(f"{output}: this file is not {kind} and would be overwritten; choose another output file")


def _regular_file(path: StrPath, stdin: bool = False) -> tuple[int, int] | None:
    """Return the device and inode of the regular file at ``path``, or None if there is none."""
    try:
        status = os.fstat(sys.stdin.fileno()) if stdin and path == "-" and sys.stdin else os.stat(path)
    except (OSError, ValueError):
        return None
    return (status.st_dev, status.st_ino) if stat.S_ISREG(status.st_mode) else None


def is_stream(path: StrPath) -> bool:
    """Return whether ``path`` is a device or pipe, such as ``/dev/stdout``: it is written to, never replaced."""
    if os.path.abspath(path).startswith(("/dev/", "/proc/")):
        return True
    return os.path.exists(path) and not os.path.isfile(path)


@contextmanager
def atomic(path: StrPath) -> Iterator[Path]:
    """Yield a temporary path that replaces the file at ``path`` if the block succeeds and is removed otherwise.

    The temporary path has the suffix of ``path``, because some writers choose the format by it. Its contents are
    synced to disk before it replaces anything. A link is followed and stays a link; an existing file keeps its owner
    and permissions; a device or pipe receives the contents.

    Raises :class:`InkError` like :func:`check_writable`, and if the operating system reports an error.
    """
    path = check_writable(path)
    target = Path(os.path.realpath(path))
    stream = is_stream(path)
    folder = Path(tempfile.gettempdir()) if stream else target.parent
    temporary = folder / f".{secrets.token_hex(8)}{path.suffix if len(path.suffix) < 16 else ''}"
    try:
        yield temporary
        if stream:
            with temporary.open("rb") as source, open(os.open(path, os.O_WRONLY | os.O_APPEND), "wb") as sink:
                shutil.copyfileobj(source, sink)
            return
        with temporary.open("rb") as file:
            os.fsync(file.fileno())
        _keep_owner_and_mode(target, temporary)
        temporary.replace(target)
    except OSError as error:
        raise InkError(f"{path}: cannot be written ({error.strerror or error})") from error
    finally:
        temporary.unlink(missing_ok=True)


def _keep_owner_and_mode(old: Path, new: Path) -> None:
    if old.exists():
        before = old.stat()
        with contextlib.suppress(PermissionError, AttributeError):  # only root may change owners; Windows has no chown
            os.chown(new, before.st_uid, before.st_gid)
        new.chmod(stat.S_IMODE(before.st_mode))
