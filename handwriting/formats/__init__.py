"""Reading ink files: one registry, found by content first and by extension second.

A format is one file of this package and one line in :func:`readers`. Every reader turns bytes into :class:`Ink` or
raises :class:`InkError` with one line that holds the offending value and the remedy.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from handwriting.errors import InkError
from handwriting.formats import iamondb, xml
from handwriting.formats.limits import MAX_BYTES, check_size
from handwriting.ink import Ink

HEAD = 4096
"""Bytes at the start of a file that a format is recognised by."""


@dataclass(frozen=True)
class Reader:
    """One format: how it is recognised and read."""

    name: str
    extensions: tuple[str, ...]
    """With the dot, in lower case (``".inkml"``)."""
    recognises: Callable[[bytes], bool]
    """Whether the first :data:`HEAD` bytes are of this format."""
    read: Callable[[bytes, str], Ink]
    """Bytes and the file's name (for messages) to ink."""


def readers() -> tuple[Reader, ...]:
    """Every format that can be read."""
    return (Reader("IAM-OnDB", (".xml",), lambda head: xml.root_name(head) == iamondb.ROOT, iamondb.read),)


def read(source: str | os.PathLike[str] | bytes | BinaryIO, format: str | None = None) -> Ink:
    """Ink from a path, bytes, or a binary stream.

    ``format`` names the reader (``"IAM-OnDB"``) instead of recognising it. Raises :class:`InkError` when the file is
    missing, empty, too large, of no known format, or damaged.
    """
    data, file = _load(source)
    return find(data, file, format).read(data, file)


def find(data: bytes, file: str, format: str | None = None) -> Reader:
    """The reader for these bytes: the named one, else by content, else by the extension of ``file``."""
    known = readers()
    names = ", ".join(reader.name for reader in known)
    if format is not None:
        for reader in known:
            if reader.name.lower() == format.lower():
                return reader
        raise InkError(f"format {format!r} is not known; choose one of: {names}")
    for reader in known:
        if reader.recognises(data[:HEAD]):
            return reader
    extension = Path(file).suffix.lower()
    for reader in known:
        if extension in reader.extensions:
            return reader
    raise InkError(f"{file}: not a known kind of ink file; the formats are: {names}")


def _load(source: str | os.PathLike[str] | bytes | BinaryIO) -> tuple[bytes, str]:
    """The bytes and the name to report; sizes are checked before anything is read."""
    if isinstance(source, bytes):
        check_size(len(source), "ink")
        return source, "ink"
    if not isinstance(source, str | os.PathLike):
        file = str(getattr(source, "name", "stream"))
        data = source.read(MAX_BYTES + 1)
        if not isinstance(data, bytes):
            raise InkError(f"{file}: a stream of text; ink is read from a binary stream, opened with mode 'rb'")
        check_size(len(data), file)
        return data, file
    return load(Path(source)), str(source)


def load(path: Path, limit: int = -1) -> bytes:
    """The bytes of an ink file, or the first ``limit`` of them.

    Raises :class:`InkError` when it is missing, a folder, unreadable, empty or too large.
    """
    if "\0" in str(path):
        raise InkError(f"{str(path)!r} is not a path: it has a zero byte in it; check the name")
    try:
        if path.is_dir():
            raise InkError(f"{path}: this is a folder; give one ink file")
        if path.is_file():  # a pipe has no size; what comes out of it has
            check_size(path.stat().st_size, str(path))
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1 if limit < 0 else limit)
        check_size(len(data), str(path))
        return data
    except OSError as error:
        raise InkError(f"{path}: {(error.strerror or str(error)).lower()}; check the path") from None
