"""Keep results in a file of JSON lines that grows file by file, so that an interrupted run can be continued.

A line is a :func:`~handwriting.documents.record.record` with the size and time of its file and the
:func:`~handwriting.documents.settings.fingerprint` of the options and models. It is written as soon as that file is
finished. The next run skips the files that have a line, have not changed since, and would be read with the same options
and models. When a file is read again, its new line is appended; the old one is removed at the end of the run. Until
then, the last line of a file counts.

Only one run at a time can have the file open.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import BinaryIO

from handwriting.documents.inputs import STDIN, FileState, InputFile
from handwriting.documents.record import Record, json_lines
from handwriting.errors import InkError
from handwriting.files import atomic, check_writable

if sys.platform != "win32":
    import fcntl

LINE_START = b'{"file": "'
"""The beginning of each line."""
OWN_INK = re.compile(rb'\{"file": "(?!-")(?:[^"\\]|\\.)*", "text"')
"""The beginning of a line in a list of own ink; in a result, the size of the file comes before its text."""


@dataclass(frozen=True)
class _Entry:
    """The line of a file in the results."""

    begin: int
    end: int
    state: FileState | None
    settings: str | None
    """How it was read; None for lines of older versions, which did not record it."""
    record: Record
    """The record without its pages, and with only the notes of lost writing."""


class Results:
    """The results so far, to which more are added; created by :func:`open_results`."""

    def __init__(self, path: Path, file: BinaryIO, settings: str) -> None:
        self.path, self._file, self._settings = path, file, settings
        self._entries: dict[str, _Entry] = {}
        self._replaced_ranges: list[tuple[int, int]] = []  # ranges of bytes
        self._end = 0
        missing_newline = b""
        for number, line in enumerate(file, 1):
            if not line.endswith(b"\n"):
                if _is_cut(line):
                    break
                missing_newline = b"\n"
            self._add_entry(self._parse(line, number), len(line) + len(missing_newline))
        file.truncate(self._end - len(missing_newline))
        file.seek(0, os.SEEK_END)
        file.write(missing_newline)

    def earlier(self, file: InputFile) -> Record | None:
        """Return the record of ``file``, or None if it must be read.

        That is the case if it is new, has changed since, or was read with other options or models. The record has no
        pages, and only those notes that report lost writing. Records without a state or settings were written by older
        versions; they count, those without a state only if the file could be read.
        """
        entry = self._current(file)
        return entry.record if entry is not None and entry.settings in (None, self._settings) else None

    def read_differently(self, file: InputFile) -> bool:
        """Return whether ``file`` has not changed since it was read, but was read with other options or models."""
        return self._current(file) is not None and self.earlier(file) is None

    def _current(self, file: InputFile) -> _Entry | None:
        """Return the line of ``file``, or None if it has none, has changed since or must be tried again."""
        entry = self._entries.get(file.name)
        if entry is None or not isinstance(file.source, str) or "retry" in entry.record:
            return None
        if entry.state is None and "error" not in entry.record:
            return entry
        return entry if entry.state == file.state() else None

    def add(self, record: Record, state: FileState | None) -> None:
        """Append the ``record`` of a file that had this ``state`` when it was read."""
        name, *others = record.items()
        read = {} if state is None else {**asdict(state), "settings": self._settings}
        record = dict([name, *read.items(), *others])
        line = json_lines([record])
        self._file.write(line)
        self._file.flush()
        self._add_entry(record, len(line))

    def compact(self) -> None:
        """Remove the lines that were replaced by later ones."""
        if self._replaced_ranges:
            self._file.seek(0)
            data = self._file.read(self._end)
            ends = [0, *(end for _, end in sorted(self._replaced_ranges))]
            begins = [*(begin for begin, _ in sorted(self._replaced_ranges)), self._end]
            with atomic(self.path) as temporary:
                temporary.write_bytes(b"".join(data[a:b] for a, b in zip(ends, begins, strict=True)))

    def _add_entry(self, record: Record, length: int) -> None:
        name = record["file"]
        previous = self._entries.get(name)
        if previous is not None and name != STDIN:  # standard input differs each time
            self._replaced_ranges.append((previous.begin, previous.end))
        state = FileState(record["size"], record["modified"]) if "size" in record and "modified" in record else None
        kept: Record = {key: value for key, value in record.items() if key in ("file", "error", "retry")}
        kept["notes"] = [note for note in record.get("notes", ()) if note["severity"] == "lost"]
        self._entries[name] = _Entry(self._end, self._end + length, state, record.get("settings"), kept)
        self._end += length

    def _parse(self, line: bytes, number: int) -> Record:
        try:
            record: Record = json.loads(line)
            if isinstance(record["file"], str) and (_is_error(record) or _is_transcript(record)):
                return record
        except (ValueError, KeyError, TypeError, RecursionError):
            pass
        raise InkError(f"{self.path}: line {number} is not a result of transcribe; choose another output file")


def _is_error(record: Record) -> bool:
    return isinstance(record.get("error"), str) and "text" not in record


def _is_transcript(record: Record) -> bool:
    """Return whether a record has the layout of a file that was read; lists of own ink have no pages."""
    notes = record.get("notes", [])
    return (
        isinstance(record["text"], str)
        and isinstance(record["pages"], list)
        and isinstance(notes, list)
        and all(isinstance(note["severity"], str) and isinstance(note["text"], str) for note in notes)
    )


def _is_cut(line: bytes) -> bool:
    """Return whether the last line of a file, which has no line break, is the beginning of a result."""
    try:
        json.loads(line)
    except (ValueError, RecursionError):
        began = line.startswith(LINE_START) or LINE_START.startswith(line)
        return began and not OWN_INK.match(line)
    return False


@contextmanager
def open_results(path: Path, settings: str) -> Iterator[Results]:
    """Open the results in ``path``, or create them; ``settings`` is the fingerprint of the options and models.

    Raises :class:`InkError` if the file holds something else, another run is writing to it, or it cannot be written.
    """
    try:
        with _open_locked(check_writable(path)) as file:
            results = Results(path, file, settings)
            try:
                yield results
            finally:
                results.compact()
    except OSError as error:
        raise InkError(f"{path}: cannot be written ({error.strerror or error})") from error


def _open_locked(path: Path) -> BinaryIO:
    """Open the file at ``path`` and lock it until it is closed."""
    while True:
        file = os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o666), "r+b")
        if sys.platform == "win32":
            return file
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if os.path.samestat(os.fstat(file.fileno()), os.stat(path)):
                return file
        except BlockingIOError:
            file.close()
            raise InkError(
                f"{path}: another run is writing to this file; wait until it ends, or choose another output file"
            ) from None
        except FileNotFoundError:
            pass
        file.close()  # the file was replaced between opening and locking
