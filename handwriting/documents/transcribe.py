"""Transcribe files and folders of ink: all steps from paths to a written transcript."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from handwriting.documents.append import append
from handwriting.documents.document import Document
from handwriting.documents.inputs import STDIN, find_files
from handwriting.documents.loading import load
from handwriting.documents.recognise import TranscribeOptions, load_recognizer, recognise
from handwriting.documents.render import Kind, choose_kind, render
from handwriting.documents.results import open_results
from handwriting.documents.settings import fingerprint
from handwriting.documents.summary import Show, Summary, Tally
from handwriting.documents.watch import watch
from handwriting.errors import InkError, printable
from handwriting.files import atomic, check_writable, is_stream, refuse_input
from handwriting.progress import Progress, no_progress


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
    wait: Callable[[float], bool] | None = None,
) -> Summary:
    """Transcribe the files and folders of ``paths`` to ``output``, or to ``show`` if there is none.

    By default, ``kind`` is the one for the extension of ``output``. Text and JSON are shown file by file. A ``jsonl``
    output grows file by file, and another run with the same output continues it: it reads the files that are new, have
    changed or were read with other options or models. Every other output is written at the end, and not at all if no
    file could be read.

    ``scheduler`` is the address of a Dask scheduler, whose workers recognise instead; it requires a ``jsonl`` output.
    ``warn`` is called with the reason for each file, or part of a file, that cannot be read; ``note`` is called with
    what was left out on purpose. ``progress`` counts files.

    If ``wait`` is given, the files and folders are watched: those that are new or have changed are read repeatedly. In
    between, ``wait`` is called with the seconds to wait, and ends the watch by returning False. This requires a
    ``jsonl`` output.

    Raises :class:`InkError` for arguments that do not fit together, a checkpoint that cannot be loaded, and an output
    that cannot be written or is one of the inputs.
    """
    kind = choose_kind(kind, output)
    if options.alternatives > 1 and kind not in ("json", "jsonl"):
        raise InkError(f"alternatives {options.alternatives}: {kind} cannot contain them; choose the format json")
    grows = kind == "jsonl" and output is not None and not is_stream(output)
    if scheduler is not None and not grows:
        raise InkError(f"scheduler {scheduler}: the output must be a .jsonl file, such as NAME.jsonl")
    if wait is not None and (not grows or STDIN in paths):
        raise InkError("watching needs files or folders as input and a .jsonl file as output, such as NAME.jsonl")
    if output is not None:
        check_writable(output)
    load_recognizer(options)  # report a bad checkpoint before reading any file
    note_once = _once(note)
    files = find_files(paths, note_once)
    if wait is not None:
        files = [file for file in files if not file.is_folder]  # files may be added to a folder later
    if output is not None:
        refuse_input(output, [file.name for file in files])
    tally, before = Tally(warn, note), 0
    if output is not None and grows:
        with open_results(output, fingerprint(options), note) as results:
            before = append(files, results, options, scheduler, tally, progress)
            if wait is not None:
                return watch(lambda: find_files(paths, note_once), results, options, scheduler, tally, wait)
        if missing := results.missing(files):
            raise InkError(
                f"{output}: another program removed the results of {missing:,} file{'s' * (missing != 1)} during this"
                " run; run the same command again to read what is missing"
            )
    else:
        documents = recognise(load(files), options, len(files), progress)
        if output is None and kind != "hocr":
            _show(documents, kind, show, tally)
        else:
            _write(documents, kind, output, show, tally)
    return Summary(len(files), tally.failed, tally.partial, before)


def _once(note: Show) -> Show:
    """Return a callback that calls ``note`` once for each text, because a watch lists the same files repeatedly."""
    seen: set[str] = set()

    def note_once(text: str) -> None:
        if text not in seen:
            seen.add(text)
            note(printable(text))

    return note_once


def _show(documents: Iterator[Document], kind: Kind, show: Show, tally: Tally) -> None:
    """Show each document as soon as it is recognised."""
    for document in documents:
        tally.add(document)
        show(render([document], kind, tally.note).decode())


def _write(documents: Iterator[Document], kind: Kind, output: Path | None, show: Show, tally: Tally) -> None:
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
            refuse_input(output, _backgrounds(kept))
            with atomic(output) as temporary:
                temporary.write_bytes(data)


def _backgrounds(documents: Sequence[Document]) -> Iterator[Path]:
    """Yield the paths where there may be pictures and PDF files that are under the ink.

    They must not be overwritten: a notebook's PDF often has the same name as the notebook.
    """
    for extras in (page.extras for document in documents for page in document.pages):
        for background in () if extras is None else (*extras.pictures, extras.pdf):
            if background is not None and isinstance(background.source, tuple):
                yield from background.source
