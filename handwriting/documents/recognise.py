"""Recognises the pages of loaded files, a batch at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from handwriting.documents.document import Document
from handwriting.documents.loading import LoadedFile
from handwriting.errors import InkError
from handwriting.progress import Progress, no_progress
from handwriting.recognition.language.model import Hints
from handwriting.recognition.pages import orienter, read_pages, reader
from handwriting.recognition.recognizer import Decoder, Recognizer


@dataclass(frozen=True)
class TranscribeOptions:
    """How files are recognised; a plain value, so that it can be sent to other machines.

    Raises :class:`InkError` for ``hints`` that the ``decoder`` does not use.
    """

    checkpoint: Path | None = None
    """The shipped recognizer by default."""
    language: Path | None = None
    """The language model that belongs to the checkpoint by default."""
    decoder: Decoder = "language"
    alternatives: int = 1
    """Readings of each line, best first."""
    hints: Hints = Hints()
    single_line: bool = False
    """Every page is one line of writing and is not split into lines."""
    threads: int = 1
    """Threads of the inference engine."""
    orientation: str = "auto"
    """How pages lie: ``"auto"`` to find out for each, ``"as-is"``, or a name such as ``"y-up"``."""

    def __post_init__(self) -> None:
        if self.hints != Hints() and self.decoder != "language":
            raise InkError("words and context are hints for the language model; choose the decoder language")


@lru_cache(maxsize=2)
def _cached_recognizer(checkpoint: Path | None, language: Path | None, threads: int) -> Recognizer:
    return Recognizer.load(checkpoint, threads, language)


def load_recognizer(options: TranscribeOptions) -> Recognizer:
    """The recognizer of ``options``, loaded once a process; raises :class:`InkError` when it cannot be loaded."""
    return _cached_recognizer(options.checkpoint, options.language, options.threads)


def recognise(
    batches: Iterable[list[LoadedFile]], options: TranscribeOptions, total: int = 0, progress: Progress = no_progress
) -> Iterator[Document]:
    """Yield the document of each file, in order; a batch is recognised when its first document is asked for.

    ``progress`` counts files, of which there are ``total``; it has a fraction while a batch is being recognised.
    """
    read_lines = reader(load_recognizer(options), options.decoder, options.alternatives, options.hints)
    orient = orienter(
        load_recognizer(options), options.orientation, single_line=options.single_line, decoder=options.decoder
    )
    done = 0
    for batch in batches:

        def report(lines: int, of: int, done: int = done, files: int = len(batch)) -> None:
            progress(done + files * lines / of, total)

        pages = [page for file in batch for page in file.pages]
        results = read_pages(read_lines, pages, lone=options.single_line, orient=orient, tick=report) if pages else []
        read = iter(results)
        for file in batch:
            yield Document(file.name, tuple(next(read) for _ in file.pages), file.error)
        done += len(batch)
        progress(done, total)
