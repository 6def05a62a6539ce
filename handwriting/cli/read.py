"""Commands that read ink files: ``transcribe``, ``convert`` and ``formats``."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Annotated, Literal

import typer

from handwriting.cli.options import Checkpoint, Decoder, Language, Threads, only_with
from handwriting.cli.progress import bar, say, say_notes
from handwriting.errors import InkError

HOW_TO_READ = "How to read"


def transcribe(
    context: typer.Context,
    paths: Annotated[
        list[str], typer.Argument(metavar="PATH", help="Ink files, or folders of ink files; - reads standard input.")
    ],
    output: Annotated[
        Path | None,
        typer.Option(
            "-o",
            "--output",
            help="File to write: .txt, .md, .json, .jsonl, .hocr or .pdf.  [default: print the text]",
            show_default=False,
        ),
    ] = None,
    format: Annotated[
        Literal["text", "markdown", "json", "jsonl", "hocr", "pdf"] | None,
        typer.Option(help="Format of the result.  [default: from the file's extension, or text]", show_default=False),
    ] = None,
    line: Annotated[
        bool,
        typer.Option("--line", help="Treat each page as a single line of writing.", rich_help_panel=HOW_TO_READ),
    ] = False,
    words: Annotated[
        Path | None,
        typer.Option(
            help="Text file of words that are likely to occur, such as names and terms, one per line.",
            show_default=False,
            rich_help_panel=HOW_TO_READ,
        ),
    ] = None,
    before: Annotated[
        str,
        typer.Option("--context", help="Text that precedes the ink.", show_default=False, rich_help_panel=HOW_TO_READ),
    ] = "",
    alternatives: Annotated[
        int,
        typer.Option(
            min=1,
            max=100,
            help="Number of readings per line, most probable first; more than one needs JSON output and a beam search.",
            rich_help_panel=HOW_TO_READ,
        ),
    ] = 1,
    decoder: Annotated[
        Decoder,
        typer.Option(
            help="Best path, beam search, beam search with the language model, or the decoder LSTM of a checkpoint.",
            rich_help_panel=HOW_TO_READ,
        ),
    ] = "language",
    checkpoint: Checkpoint = None,
    language: Language = None,
    threads: Threads = 1,
    dask: Annotated[
        str | None,
        typer.Option(
            metavar="ADDRESS",
            help="Address of a Dask scheduler whose workers read the files; needs -o NAME.jsonl.",
            show_default=False,
        ),
    ] = None,
    watch: Annotated[
        bool,
        typer.Option(
            "--watch",
            help="Keep running and read files that are new or have changed, until Ctrl-C; needs -o NAME.jsonl.",
        ),
    ] = False,
    orientation: Annotated[
        str,
        typer.Option(
            metavar="NAME",
            help="Orientation of pages: auto, as-is, y-up, mirrored, turned-90, turned-180 or turned-270 (clockwise).",
            rich_help_panel=HOW_TO_READ,
        ),
    ] = "auto",
) -> None:
    """Read ink files and print their text.

    Each page is split into lines. JSON output has the lines, words and characters of every page, with their boxes and
    the probability that each was read correctly. A PDF shows the ink and can be searched for its text.

    In folders, hidden files, backups, results of earlier runs and links to folders are skipped and reported. A .jsonl
    file grows file by file; the same command resumes it and reads the files that are new or have changed. With other
    options or models, it reads all files again.

    A file that cannot be read is reported in one line on stderr, and the others are read. A damaged stroke or page is
    reported too, and the rest of its file is read. The exit code is then 1, or 2 if no file could be read.
    """
    from handwriting.documents.recognise import TranscribeOptions
    from handwriting.documents.transcribe import transcribe as run
    from handwriting.errors import printable
    from handwriting.files import is_stream, refuse_input
    from handwriting.recognition.language.model import Hints

    for name in ("words", "before", "language"):
        only_with(context, name, decoder == "language", "--decoder language")
    if alternatives > 1 and decoder in ("greedy", "seq2seq"):
        raise InkError(f"--decoder {decoder} finds one reading; for --alternatives choose --decoder beam or language")
    if output is not None and words is not None:
        refuse_input(output, [words])
    options = TranscribeOptions(
        checkpoint, language, decoder, alternatives, Hints.of_file(words, before), line, threads, orientation
    )
    with bar("transcribing", unit="files") as progress:
        done = run(
            paths,
            options,
            output,
            format,
            scheduler=dask,
            show=lambda text: print(text, end="", flush=True),
            warn=lambda text: say(f"error: {text}"),
            note=lambda text: say(f"note: {text}"),
            progress=progress,
            wait=_wait if watch else None,
        )
    if output is not None and done.failed < done.files and not is_stream(output):
        print(printable(f"{output}: {done}"))
    if done.failed or done.partial:
        raise SystemExit(1 if done.failed < done.files else 2)


def _wait(seconds: float) -> bool:
    """Sleep, and return False if the user interrupts."""
    try:
        time.sleep(seconds)
    except KeyboardInterrupt:
        return False
    return True


def convert(
    source: Annotated[str, typer.Argument(metavar="IN", help="Ink file to convert; - reads standard input.")],
    output: Annotated[Path, typer.Argument(metavar="OUT", help="File to write; its extension chooses the format.")],
    page: Annotated[
        int | None, typer.Option(min=1, help="Convert only this page.  [default: all pages]", show_default=False)
    ] = None,
    format: Annotated[
        str | None, typer.Option(help="Format of IN, if its content is ambiguous.", show_default=False)
    ] = None,
) -> None:
    """Convert an ink file to another format.

    Everything that is omitted is reported on stderr: properties that the new format cannot store (see 'formats'),
    the look of the ink, content that is not ink, and damaged strokes and pages. If ink is lost, the exit code is 1.
    """
    from handwriting import formats
    from handwriting.errors import printable
    from handwriting.files import refuse_input

    refuse_input(output, [source])
    pages, lost = formats.convert(sys.stdin.buffer if source == "-" else source, output, page, format)
    notes = pages[0].ink.source.notes
    say_notes(source, notes, details=True)
    if lost:
        say(printable(f"note: {output} cannot hold what {source} has: {', '.join(lost)}"))
    points, strokes = (
        sum(len(a) for a in arrays) for arrays in zip(*((p.ink, p.ink.starts) for p in pages), strict=True)
    )
    pages_of = f"{len(pages)} page{'s' * (len(pages) > 1)}"
    print(printable(f"{output}: {pages_of}, {strokes:,} strokes, {points:,} points"))
    if any(note.severity == "lost" for note in notes):
        raise SystemExit(1)


def formats() -> None:
    """List the ink formats that can be read and written."""
    from handwriting.formats import table

    print(table())
