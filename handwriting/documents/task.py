"""Many files of ink read one after the other, the lines of several at a time."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO

from handwriting import formats
from handwriting.errors import InkError
from handwriting.ink import Page
from handwriting.notes import Note
from handwriting.recognition.language.model import Hints
from handwriting.recognition.pages import ReadPage, read_pages, reader
from handwriting.recognition.recognizer import Decoder, Recognizer

BATCH = 16
"""Pages that are read and run together: enough to fill the engine, few enough that the first lines appear at once."""

Input = tuple[str, str | BinaryIO]
"""What a file is called, and its path or what it holds."""


@dataclass(frozen=True)
class Document:
    """What became of one input: its pages, or the reason why there are none."""

    path: str
    pages: tuple[ReadPage, ...] = ()
    error: str | None = None

    @property
    def text(self) -> str:
        """Its lines; an empty line between pages."""
        return "\n\n".join(page.text for page in self.pages)

    @property
    def notes(self) -> list[Note]:
        """What was left out of the file and matters to its text."""
        notes = self.pages[0].page.ink.source.notes if self.pages else ()
        return [note for note in notes if note.severity != "detail"]


@dataclass(frozen=True)
class Task:
    """How files are read; the same on every machine that takes part."""

    checkpoint: Path | None = None
    """The shipped one when not given."""
    language: Path | None = None
    """The checkpoint's own when not given."""
    decoder: Decoder = "language"
    alternatives: int = 1
    hints: Hints = Hints()
    lone: bool = False
    """Every page is one line of writing: no lines are looked for."""
    threads: int = 1

    def recognizer(self) -> Recognizer:
        """Loaded once a process."""
        return _load(self.checkpoint, self.language, self.threads)

    def read(self, inputs: Iterable[Input], tick: Callable[[float], object] = lambda done: None) -> Iterator[Document]:
        """The document of each input, in order; one that cannot be read does not stop the others.

        ``tick`` is told how many inputs are done, with the part of those at work.
        """
        done = 0
        for chunk in _chunks(inputs):
            flat = [page for _, pages in chunk if not isinstance(pages, InkError) for page in pages]
            read = reader(self.recognizer(), self.decoder, self.alternatives, self.hints)

            def part(lines: int, total: int, done: int = done, size: int = len(chunk)) -> None:
                tick(done + size * lines / total)

            ready = iter(read_pages(read, flat, lone=self.lone, tick=part) if flat else ())
            for path, pages in chunk:
                if isinstance(pages, InkError):
                    yield Document(path, error=str(pages))
                else:
                    yield Document(path, tuple(next(ready) for _ in pages))
            done += len(chunk)
            tick(done)


def inputs(paths: Sequence[str]) -> list[Input]:
    """The files meant by ``paths``: folders are walked for files with a known ending, in the order of their names.

    ``-`` is the standard input. A folder without ink files stands for itself, to be reported.
    """
    found: list[Input] = []
    for path in paths:
        if path == "-":
            found.append((path, sys.stdin.buffer))
        elif not os.path.isdir(path):
            found.append((path, path))
        else:
            inside = sorted(p for p in Path(path).rglob("*") if p.suffix.lower() in formats.endings() and p.is_file())
            found += [(str(p), str(p)) for p in inside] or [(path, path)]
    return found


def _chunks(inputs: Iterable[Input]) -> Iterator[list[tuple[str, list[Page] | InkError]]]:
    """Inputs with their pages, about :data:`BATCH` pages at a time."""
    chunk: list[tuple[str, list[Page] | InkError]] = []
    size = 0
    for path, source in inputs:
        try:
            pages: list[Page] | InkError = _pages(path, source)
        except InkError as error:
            pages = error
        chunk.append((path, pages))
        size += 1 if isinstance(pages, InkError) else len(pages)
        if size >= BATCH:
            yield chunk
            chunk, size = [], 0
    if chunk:
        yield chunk


def _pages(path: str, source: str | BinaryIO) -> list[Page]:
    if isinstance(source, str) and os.path.isdir(source):
        raise InkError(f"{path}: no ink files in this folder; looked for {', '.join(sorted(formats.endings()))}")
    return formats.read_pages(source)


@lru_cache(maxsize=2)
def _load(checkpoint: Path | None, language: Path | None, threads: int) -> Recognizer:
    return Recognizer.load(checkpoint, threads, language)
