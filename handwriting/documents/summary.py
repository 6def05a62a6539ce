"""Report what happens to the files of a run, and count it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from handwriting.documents.document import Document
from handwriting.documents.record import Record
from handwriting.errors import printable

Show = Callable[[str], object]
"""Callback that is given text to show."""


@dataclass(frozen=True)
class Summary:
    """Numbers of files that were transcribed."""

    files: int
    failed: int = 0
    """Number of files that could not be read."""
    partial: int = 0
    """Number of files of which some strokes or pages could not be read."""
    before: int = 0
    """Number of files that were done in an earlier run."""

    def __str__(self) -> str:
        parts = [f"{self.files:,} file" + "s" * (self.files != 1)]
        parts += [f"{self.before:,} of them done before"] * (self.before > 0)
        parts += [f"{self.failed:,} could not be read"] * (self.failed > 0)
        parts += [f"{self.partial:,} only in part"] * (self.partial > 0)
        return ", ".join(parts)


@dataclass
class Tally:
    """Reports what happens to each file, and counts it."""

    warn: Show
    note: Show
    failed: int = field(default=0, init=False)
    partial: int = field(default=0, init=False)

    def add(self, one: Record | Document) -> None:
        if isinstance(one, Document):
            name, error, notes = one.name, one.error, [(note.severity, note.text) for note in one.notes]
        else:
            name, error = one["file"], one.get("error")
            notes = [(note["severity"], note["text"]) for note in one.get("notes", ())]
        if error is not None:
            self.warn(error)
            self.failed += 1
        for severity, text in notes:
            (self.warn if severity == "lost" else self.note)(printable(f"{name}: {text}"))
        self.partial += any(severity == "lost" for severity, _ in notes)
