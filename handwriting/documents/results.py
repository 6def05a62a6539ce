"""A file of JSON lines that grows with the work, so that a run that was killed is gone on with.

A line is a :func:`~handwriting.documents.record.record`, written as soon as its file is done. A run first reads what is
there: those files are done, the bad ones too; half a line at the end is cut off. To have them read again, remove the
file.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from handwriting.documents.record import json_lines
from handwriting.errors import InkError
from handwriting.files import has_place


class Results:
    """What is done, and where more is added; made by :func:`growing`."""

    def __init__(self, path: Path, file: BinaryIO) -> None:
        self.path, self._file = path, file
        self.done: set[str] = set()
        end = 0
        for number, line in enumerate(file, 1):
            if not line.endswith(b"\n"):
                break
            self.done.add(self._name(line, number))
            end += len(line)
        file.truncate(end)
        file.seek(end)

    def add(self, records: list[dict[str, Any]]) -> None:
        """Add what became of some files; a file is never there twice."""
        new = [record for record in records if record["file"] not in self.done]
        self._file.write(json_lines(new))
        self._file.flush()
        self.done.update(record["file"] for record in new)

    def _name(self, line: bytes, number: int) -> str:
        try:
            record = json.loads(line)
            if isinstance(record["file"], str) and ("text" in record or "error" in record):
                return str(record["file"])
        except (ValueError, KeyError, TypeError, RecursionError):
            pass
        raise InkError(f"{self.path}: its line {number} is no result of transcribe; give the name of another file")


@contextmanager
def growing(path: Path) -> Iterator[Results]:
    """The results at ``path``, new ones or those of an earlier run; :class:`InkError` when it holds something else."""
    try:
        with os.fdopen(os.open(has_place(path), os.O_RDWR | os.O_CREAT, 0o666), "r+b") as file:
            yield Results(path, file)
    except OSError as error:
        raise InkError(f"{path}: cannot be written ({error.strerror or error})") from error
