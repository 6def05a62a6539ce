"""Recognise the pages of loaded files, one batch at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from handwriting.documents.document import Document, DocumentPage
from handwriting.documents.loading import LoadedFile, error_message
from handwriting.errors import InkError
from handwriting.progress import Progress, no_progress
from handwriting.recognition.language.model import Hints
from handwriting.recognition.pages import Orienter, Reader, ReadPage, orienter, read_pages, reader
from handwriting.recognition.recognizer import Decoder, Recognizer


@dataclass(frozen=True)
class TranscribeOptions:
    """Options for recognising files; a plain value, so that it can be sent to other machines.

    Raises :class:`InkError` for ``hints`` that the ``decoder`` does not use.
    """

    checkpoint: Path | None = None
    """By default the shipped recognizer."""
    language: Path | None = None
    """By default the language model that belongs to the checkpoint."""
    decoder: Decoder = "language"
    alternatives: int = 1
    """Number of readings of each line, best first."""
    hints: Hints = Hints()
    single_line: bool = False
    """Whether every page is a single line of writing and is not split into lines."""
    threads: int = 1
    """Number of threads of the inference engine."""
    orientation: str = "auto"
    """Orientation of the pages: ``"auto"`` to find it out for each page, ``"as-is"``, or a name such as ``"y-up"``."""

    def __post_init__(self) -> None:
        if self.hints != Hints() and self.decoder != "language":
            raise InkError("words and context need the language model; choose the decoder 'language'")


@lru_cache(maxsize=2)
def _cached_recognizer(checkpoint: Path | None, language: Path | None, threads: int) -> Recognizer:
    return Recognizer.load(checkpoint, threads, language)


def load_recognizer(options: TranscribeOptions) -> Recognizer:
    """Return the recognizer for ``options``, which is loaded once per process.

    Raises :class:`InkError` if it cannot be loaded.
    """
    return _cached_recognizer(options.checkpoint, options.language, options.threads)


def recognise(
    batches: Iterable[list[LoadedFile]], options: TranscribeOptions, total: int = 0, progress: Progress = no_progress
) -> Iterator[Document]:
    """Yield the document of each file, in order; a batch is recognised when its first document is requested.

    A file that cannot be recognised does not stop the others. ``progress`` counts files, of which there are ``total``;
    the count has a fraction while a batch is being recognised. Raises :class:`InkError` if ``options`` cannot be met.
    """
    read_lines = reader(load_recognizer(options), options.decoder, options.alternatives, options.hints)
    list(read_lines([], []))  # raise now if the decoder cannot be used, so that no file is blamed
    orient = orienter(load_recognizer(options), options.orientation, single_line=options.single_line)
    done = 0
    for batch in batches:

        def report(lines: int, total_lines: int, done: int = done, files: int = len(batch)) -> None:
            progress(done + files * lines / total_lines, total)

        yield from _recognise_batch(batch, read_lines, orient, options, report)
        done += len(batch)
        progress(done, total)


def _recognise_batch(
    batch: Sequence[LoadedFile],
    read_lines: Reader,
    orient: Orienter,
    options: TranscribeOptions,
    report: Callable[[int, int], object],
) -> list[Document]:
    """Return the documents of a batch. If that fails, each file is tried by itself."""
    pages = [page for file in batch for page in file.pages]
    try:
        results = (
            read_pages(read_lines, pages, single_line=options.single_line, orient=orient, progress=report)
            if pages
            else []
        )
    except Exception as error:
        if len(batch) == 1:
            return [Document(batch[0].name, error=error_message(batch[0].name, error))]
        single_files = ([file] for file in batch)
        return [
            one for file in single_files for one in _recognise_batch(file, read_lines, orient, options, lambda *_: None)
        ]
    read = iter(results)
    return [_document(file, [next(read) for _ in file.pages]) for file in batch]


def _document(file: LoadedFile, read: Sequence[ReadPage]) -> Document:
    """Return the document of a file, with the pages that have ink, extras, or both."""
    ink = {one.page.number: one for one in read}
    extras = {one.number: one for one in file.extras}
    pages = tuple(DocumentPage.of(ink.get(number), extras.get(number)) for number in sorted({*ink, *extras}))
    return Document(file.name, pages, file.error, file.notes)
