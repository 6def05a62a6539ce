"""Transcribes files and folders of ink: the whole journey from paths to a written transcript."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from handwriting.documents.document import Document
from handwriting.documents.inputs import InputFile, find_files
from handwriting.documents.loading import load
from handwriting.documents.recognise import TranscribeOptions, load_recognizer, recognise
from handwriting.documents.record import Record, record
from handwriting.documents.render import Kind, choose_kind, render
from handwriting.documents.results import open_results
from handwriting.errors import InkError
from handwriting.files import atomic, has_place
from handwriting.notes import Note
from handwriting.progress import Progress, no_progress

Show = Callable[[str], object]
"""Callback that is given text to show."""


@dataclass(frozen=True)
class Summary:
    """How many files were transcribed."""

    files: int
    failed: int = 0
    partial: int = 0
    """Files of which strokes or pages could not be read."""
    before: int = 0
    """Files of these that an earlier run had done."""

    def __str__(self) -> str:
        parts = [f"{self.files:,} file" + "s" * (self.files != 1)]
        parts += [f"{self.before:,} of them done before"] * (self.before > 0)
        parts += [f"{self.failed:,} could not be read"] * (self.failed > 0)
        parts += [f"{self.partial:,} only in part"] * (self.partial > 0)
        return ", ".join(parts)


def transcribe(
    paths: Sequence[str],
    options: TranscribeOptions,
    output: Path | None = None,
    kind: Kind | None = None,
    *,
    scheduler: str | None = None,
    show: Show,
    warn: Show,
    note: Show = lambda text: None,
    progress: Progress = no_progress,
) -> Summary:
    """Transcribe the files and folders of ``paths`` to ``output``, or to ``show`` without one.

    ``kind`` is by default the one that the extension of ``output`` means. Text and JSON are shown file by file. A
    ``jsonl`` output grows file by file, and another run with the same output continues it. Every other output is
    written at the end, and not at all when no file could be read.

    ``scheduler`` is the address of a Dask scheduler, whose workers recognise instead; it needs a ``jsonl`` output.
    ``warn`` is given the reason for each file, stroke or page that cannot be read; ``note`` is given what else was left
    out of a file. ``progress`` counts files.

    Raises :class:`InkError` for arguments that do not fit together, a checkpoint that cannot be loaded, and an output
    that cannot be written.
    """
    kind = choose_kind(kind, output)
    if options.alternatives > 1 and kind not in ("json", "jsonl"):
        raise InkError(f"alternatives {options.alternatives}: {kind} has no room for them; choose the format json")
    grows = kind == "jsonl" and output is not None
    if scheduler is not None and not grows:
        raise InkError(f"scheduler {scheduler} needs an output that grows file by file; give one like NAME.jsonl")
    if output is not None:
        has_place(output)
    load_recognizer(options)  # a bad checkpoint is reported before any file is read
    files = find_files(paths)
    if output is not None and grows:
        return _append(files, options, output, scheduler, warn, note, progress)
    documents = recognise(load(files), options, len(files), progress)
    if output is None and kind != "hocr":
        return _show(documents, kind, show, warn, note)
    return _write(documents, kind, output, show, warn, note)


def _report(name: str, error: str | None, notes: Iterable[Note], warn: Show, note: Show) -> tuple[bool, bool]:
    """Pass on what became of a file; whether it failed, and whether parts of it did."""
    if error is not None:
        warn(error)
    notes = list(notes)
    for one in notes:
        (warn if one.severity == "lost" else note)(f"{name}: {one.text}")
    return error is not None, any(one.severity == "lost" for one in notes)


def _append(
    files: Sequence[InputFile],
    options: TranscribeOptions,
    output: Path,
    scheduler: str | None,
    warn: Show,
    note: Show,
    progress: Progress,
) -> Summary:
    """Add a record for each file to the results in ``output``, except for those that are there."""
    with open_results(output) as results:
        new = [file for file in files if file.name not in results.done]
        before = len(files) - len(new)
        failed = partial = 0
        if scheduler is None:
            records: Iterator[Record] = map(record, recognise(load(new), options))
        else:
            from handwriting.documents.cluster import recognise_on_cluster

            records = recognise_on_cluster(new, options, scheduler)
        for done, one in enumerate(records, before + 1):
            results.add(one)
            notes = (Note(told["text"], told["severity"]) for told in one.get("notes", ()))
            is_failed, is_partial = _report(one["file"], one.get("error"), notes, warn, note)
            failed, partial = failed + is_failed, partial + is_partial
            progress(done, len(files))
    return Summary(len(files), failed, partial, before)


def _show(documents: Iterator[Document], kind: Kind, show: Show, warn: Show, note: Show) -> Summary:
    """Show each document as soon as it is recognised."""
    files = failed = partial = 0
    for document in documents:
        is_failed, is_partial = _report(document.name, document.error, document.notes, warn, note)
        files, failed, partial = files + 1, failed + is_failed, partial + is_partial
        show(render([document], kind).decode())
    return Summary(files, failed, partial)


def _write(
    documents: Iterator[Document], kind: Kind, output: Path | None, show: Show, warn: Show, note: Show
) -> Summary:
    """Write all documents as one file, or show them as one, unless all failed."""
    kept = []
    failed = partial = 0
    for document in documents:
        is_failed, is_partial = _report(document.name, document.error, document.notes, warn, note)
        failed, partial = failed + is_failed, partial + is_partial
        kept.append(document)
    if failed < len(kept):
        data = render(kept, kind)
        if output is None:
            show(data.decode())
        else:
            with atomic(output) as temporary:
                temporary.write_bytes(data)
    return Summary(len(kept), failed, partial)
