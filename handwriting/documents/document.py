"""The result for one input file."""

from __future__ import annotations

from dataclasses import dataclass

from handwriting.notes import Note
from handwriting.recognition.pages import ReadPage


@dataclass(frozen=True)
class Document:
    """The pages of an input file as they were read, or the reason why it could not be read."""

    name: str
    """The file as the user named it, or as it was found in a folder; ``-`` for the standard input."""
    pages: tuple[ReadPage, ...] = ()
    error: str | None = None

    @property
    def text(self) -> str:
        """All lines of text, with an empty line between pages."""
        return "\n\n".join(page.text for page in self.pages)

    @property
    def notes(self) -> list[Note]:
        """What was left out of the file, except for how the ink looks."""
        notes = self.pages[0].page.ink.source.notes if self.pages else ()
        return [note for note in notes if note.severity != "detail"]
