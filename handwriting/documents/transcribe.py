"""Transcribes files and folders of ink: the whole journey from paths to a written transcript."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from handwriting.documents.document import Document
from handwriting.documents.inputs import InputFile, find_files
from handwriting.documents.loading import load
from handwriting.documents.recognise import TranscribeOptions, load_recognizer, recognise
from handwriting.documents.record import Record, record
from handwriting.documents.render import Kind, choose_kind, render
from handwriting.documents.results import open_results
from handwriting.errors import InkError, printable
from handwriting.files import atomic, has_place, is_stream, refuse_input
from handwriting.progress import Progress, no_progress

Show = Callable[[str], object]
"""Callback that is given text to show."""


@dataclass(frozen=True)
class Summary:
    """How many files were transcribed."""

    files: int
    failed: int = 0
    """Files that could not be read."""
    partial: int = 0
    """Files of which strokes or pages could not be read."""
    before: int = 0
    """Files that an earlier run had done."""

    def __str__(self) -> str:
        parts = [f"{self.files:,} file" + "s" * (self.files != 1)]
        parts += [f"{self.before:,} of them done before"] * (self.before > 0)
        parts += [f"{self.failed:,} could not be read"] * (self.failed > 0)
        parts += [f"{self.partial:,} only in part"] * (self.partial > 0)
        return ", ".join(parts)


@dataclass
class _Tally:
    """Reports what happened to each file, and counts it."""

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


def transcribe(
    paths: Sequence[str],
    options: TranscribeOptions,
    output: Path | None = None,
    kind: Kind | None = None,
    *,
    scheduler: str | None = None,
    show: Show,
    warn: Show,
    note: Show,
    progress: Progress = no_progress,
) -> Summary:
    """Transcribe the files and folders of ``paths`` to ``output``, or to ``show`` without one.

    ``kind`` is by default the one that the extension of ``output`` means. Text and JSON are shown file by file. A
    ``jsonl`` output grows file by file, and another run with the same output continues it: it reads the files that are
    new or have changed. Every other output is written at the end, and not at all when no file could be read.

    ``scheduler`` is the address of a Dask scheduler, whose workers recognise instead; it needs a ``jsonl`` output.
    ``warn`` is given the reason for each file, or part of a file, that cannot be read; ``note`` is given what was left
    out on purpose. ``progress`` counts files.

    Raises :class:`InkError` for arguments that do not fit together, a checkpoint that cannot be loaded, and an output
    that cannot be written or is one of the inputs.
    """
    kind = choose_kind(kind, output)
    if options.alternatives > 1 and kind not in ("json", "jsonl"):
        raise InkError(f"alternatives {options.alternatives}: {kind} has no room for them; choose the format json")
    grows = kind == "jsonl" and output is not None and not is_stream(output)
    if scheduler is not None and not grows:
        raise InkError(f"scheduler {scheduler} needs an output that grows file by file; give one like NAME.jsonl")
    if output is not None:
        has_place(output)
    load_recognizer(options)  # a bad checkpoint is reported before any file is read
    files = find_files(paths, lambda text: note(printable(text)))
    if output is not None:
        refuse_input(output, [file.name for file in files])
    tally, before = _Tally(warn, note), 0
    if output is not None and grows:
        before = _append(files, options, output, scheduler, tally, progress)
    else:
        documents = recognise(load(files), options, len(files), progress)
        if output is None and kind != "hocr":
            _show(documents, kind, show, tally)
        else:
            _write(documents, kind, output, show, tally)
    return Summary(len(files), tally.failed, tally.partial, before)


def _append(
    files: Sequence[InputFile],
    options: TranscribeOptions,
    output: Path,
    scheduler: str | None,
    tally: _Tally,
    progress: Progress,
) -> int:
    """Add a record for each new or changed file to the results in ``output``; returns the number of the others."""
    with open_results(output) as results:
        earlier = [found for file in files if (found := results.earlier(file)) is not None]
        for one in earlier:
            tally.add(one)
        done = {one["file"] for one in earlier}
        new = {file.name: file for file in files if file.name not in done}
        states = {name: file.state() for name, file in new.items()}
        if scheduler is None:
            records: Iterator[Record] = map(record, recognise(load(new.values()), options))
        else:
            from handwriting.documents.cluster import recognise_on_cluster

            records = recognise_on_cluster(list(new.values()), options, scheduler)
        for count, one in enumerate(records, len(earlier) + 1):
            results.add(one, states[one["file"]])
            tally.add(one)
            progress(count, len(earlier) + len(new))
    return len(earlier)


def _show(documents: Iterator[Document], kind: Kind, show: Show, tally: _Tally) -> None:
    """Show each document as soon as it is recognised."""
    for document in documents:
        tally.add(document)
        show(render([document], kind, tally.note).decode())


def _write(documents: Iterator[Document], kind: Kind, output: Path | None, show: Show, tally: _Tally) -> None:
    """Write all documents as one file, or show them as one, unless all of them failed."""
    kept = []
    for document in documents:
        tally.add(document)
        kept.append(document)
    if tally.failed < len(kept):
        data = render(kept, kind, tally.note)
        if output is None:
            show(data.decode())
        else:
            with atomic(output) as temporary:
                temporary.write_bytes(data)
