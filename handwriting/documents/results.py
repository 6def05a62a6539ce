"""A file of JSON lines that grows file by file, so that a run that was interrupted can be continued.

A line is a :func:`~handwriting.documents.record.record`, written as soon as its file is done. The next run reads which
files are there and skips them, the ones that could not be read too. An incomplete last line is cut off.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from handwriting.documents.record import Record, json_lines
from handwriting.errors import InkError
from handwriting.files import has_place


class Results:
    """The results so far, to which more are added; made by :func:`open_results`."""

    def __init__(self, path: Path, file: BinaryIO) -> None:
        self.path, self._file = path, file
        self.done: set[str] = set()
        """Names of the files whose results are there."""
        end = 0
        for number, line in enumerate(file, 1):
            if not line.endswith(b"\n"):
                break
            self.done.add(self._name(line, number))
            end += len(line)
        file.truncate(end)
        file.seek(end)

    def add(self, record: Record) -> None:
        """Append the record of a file; does nothing when the file has one."""
        if record["file"] not in self.done:
            self._file.write(json_lines([record]))
            self._file.flush()
            self.done.add(record["file"])

    def _name(self, line: bytes, number: int) -> str:
        try:
            record = json.loads(line)
            if isinstance(record["file"], str) and ("text" in record or "error" in record):
                return str(record["file"])
        except (ValueError, KeyError, TypeError, RecursionError):
            pass
        raise InkError(f"{self.path}: line {number} is not a result of transcribe; choose another output file")


@contextmanager
def open_results(path: Path) -> Iterator[Results]:
    """Open the results in ``path``, or start them; raises :class:`InkError` when the file holds something else."""
    try:
        with os.fdopen(os.open(has_place(path), os.O_RDWR | os.O_CREAT, 0o666), "r+b") as file:
            yield Results(path, file)
    except OSError as error:
        raise InkError(f"{path}: cannot be written ({error.strerror or error})") from error
