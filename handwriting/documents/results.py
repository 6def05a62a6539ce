"""Keep results in a file of JSON lines that grows file by file, so that an interrupted run can be continued.

A line is a :func:`~handwriting.documents.record.record` with the size and time of its file and the
:func:`~handwriting.documents.settings.fingerprint` of the options and models. It is written as soon as that file is
finished. The next run skips the files that have a line, have not changed since, and would be read with the same options
and models. When a file is read again, its new line is appended; the old one is removed at the end of the run. Until
then, the last line of a file counts.

Only one run at a time can have the file open. If the file is deleted, moved or replaced during a run, as many editors
do to save a file, the run writes its results to a new one.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
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

    def equals(self, record: Record) -> bool:
        """Return whether ``record`` is of the same state of the file, read in the same way."""
        return (self.state, self.settings) == (_state(record), record.get("settings"))


def _state(record: Record) -> FileState | None:
    return FileState(record["size"], record["modified"]) if "size" in record and "modified" in record else None


class Results:
    """The results so far, to which more are added; created by :func:`open_results`."""

    def __init__(self, path: Path, settings: str, note: Callable[[str], object]) -> None:
        self.path, self._settings, self._note = path, settings, note
        self._file = _open_locked(path)
        try:
            self._load()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Close the file and release its lock."""
        self._file.close()

    def _load(self) -> None:
        """Read the file from its beginning, and remove a last line that was cut."""
        self._entries: dict[str, _Entry] = {}
        self._replaced_ranges: list[tuple[int, int]] = []  # ranges of bytes
        self._end = 0
        missing_newline = b""
        file = self._file
        file.seek(0)
        for number, line in enumerate(file, 1):
            if not line.endswith(b"\n"):
                if _is_cut(line):
                    break
                missing_newline = b"\n"
            self._add_entry(self._parse(line, number), len(line) + len(missing_newline))
        file.truncate(self._end - len(missing_newline))
        file.seek(0, os.SEEK_END)
        file.write(missing_newline)
        file.flush()

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
        self.follow()
        name, *others = record.items()
        read = {} if state is None else {**asdict(state), "settings": self._settings}
        record = dict([name, *read.items(), *others])
        self._append(record, json_lines([record]))

    def missing(self, files: Iterable[InputFile]) -> int:
        """Return the number of ``files`` without a record; after all were added, other programs removed these."""
        return sum(file.name not in self._entries for file in files)

    def follow(self) -> None:
        """Check that the path still names the open file, and that no other program has written to it.

        If the file was deleted, moved or replaced, a file with its results takes its place; results that are already
        in the replacement are kept as they are there. If another program has written to the file itself, what is in it
        now counts. Raises :class:`InkError` if the replacement holds something else or another run is writing to it.
        """
        opened = os.fstat(self._file.fileno())
        try:
            found = os.stat(self.path)
        except FileNotFoundError:
            found = None
        if found is None or not os.path.samestat(found, opened):
            self._replace()
        elif found.st_size != self._end:
            self._load()
            self._note(f"{self.path}: another program has changed this file; the results in it now count")

    def compact(self) -> None:
        """Remove the lines that were replaced by later ones."""
        self.follow()
        if self._replaced_ranges:
            with atomic(self.path) as temporary:
                temporary.write_bytes(self._current_bytes())

    def _replace(self) -> None:
        """Open the file that the path names now, or create it, and append the results that it does not have."""
        file = _open_locked(self.path)
        lines = self._current_bytes().splitlines(keepends=True)
        self._file.close()
        self._file = file
        self._load()
        file.seek(0)
        same = set(file)
        restored = 0
        for number, line in enumerate(lines, 1):
            record = self._parse(line, number)
            there = None if record["file"] == STDIN else self._entries.get(record["file"])
            if line not in same and (there is None or not there.equals(record)):
                self._append(record, line)
                restored += 1
        self._note(
            f"{self.path}: this file was deleted, moved or replaced;"
            f" {restored:,} result{'s were' if restored != 1 else ' was'} written to it again"
        )

    def _append(self, record: Record, line: bytes) -> None:
        self._file.write(line)
        self._file.flush()
        self._add_entry(record, len(line))

    def _current_bytes(self) -> bytes:
        """Return the file without the lines that were replaced by later ones."""
        self._file.seek(0)
        data = self._file.read(self._end)
        ends = [0, *(end for _, end in sorted(self._replaced_ranges))]
        begins = [*(begin for begin, _ in sorted(self._replaced_ranges)), self._end]
        return b"".join(data[a:b] for a, b in zip(ends, begins, strict=True))

    def _add_entry(self, record: Record, length: int) -> None:
        name = record["file"]
        previous = self._entries.get(name)
        if previous is not None and name != STDIN:  # standard input differs each time
            self._replaced_ranges.append((previous.begin, previous.end))
        kept: Record = {key: value for key, value in record.items() if key in ("file", "error", "retry")}
        kept["notes"] = [note for note in record.get("notes", ()) if note["severity"] == "lost"]
        self._entries[name] = _Entry(self._end, self._end + length, _state(record), record.get("settings"), kept)
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
def open_results(path: Path, settings: str, note: Callable[[str], object] = lambda text: None) -> Iterator[Results]:
    """Open the results in ``path``, or create them; ``settings`` is the fingerprint of the options and models.

    ``note`` is called if the file is deleted, replaced or changed while it is open. Raises :class:`InkError` if the
    file holds something else, another run is writing to it, or it cannot be written.
    """
    try:
        with closing(Results(check_writable(path), settings, note)) as results:
            complete = True
            try:
                yield results
            except OSError:  # the disk is full; the next run removes a line that was cut
                complete = False
                raise
            finally:
                if complete:
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
