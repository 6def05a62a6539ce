"""Commands that read ink: ``transcribe``, ``formats`` and ``convert``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Literal

import typer

from handwriting.cli.options import Checkpoint, Decoder, Language, Threads
from handwriting.cli.progress import bar, say


def transcribe(
    paths: Annotated[list[str], typer.Argument(metavar="PATH", help="Ink files, folders of them, - for stdin.")],
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", help="The file to write: .txt, .json, .jsonl, .hocr, .pdf.", show_default=False),
    ] = None,
    format: Annotated[
        Literal["text", "json", "jsonl", "hocr", "pdf"] | None,
        typer.Option(help="What to write, where the file's ending does not tell.  [default: text]", show_default=False),
    ] = None,
    checkpoint: Checkpoint = None,
    decoder: Annotated[Decoder, typer.Option(help="Best path, beam search, or that with a language model.")] = (
        "language"
    ),
    words: Annotated[
        Path | None, typer.Option(help="File of words that are likely to occur: names, terms.", show_default=False)
    ] = None,
    context: Annotated[str, typer.Option(help="The text before what is read.", show_default=False)] = "",
    language: Language = None,
    alternatives: Annotated[int, typer.Option(min=1, max=100, help="Readings to report (json); takes the beam.")] = 1,
    line: Annotated[
        bool, typer.Option("--line", help="Every page is one line of writing: look for no others.")
    ] = False,
    dask: Annotated[
        str | None,
        typer.Option(metavar="ADDRESS", help="Read on a Dask cluster; for -o NAME.jsonl.", show_default=False),
    ] = None,
    orientation: Annotated[
        str,
        typer.Option(
            metavar="NAME",
            help="How pages lie: auto finds out, as-is changes nothing; or y-up, mirrored, turned-90 (clockwise)…",
        ),
    ] = "auto",
    threads: Threads = 1,
) -> None:
    """Read ink files: their lines as text, or where every word stands.

    Pages are split into lines. JSON has an object for each input, with lines,
    words and characters, their boxes and how probable they are; a PDF has the
    ink with its text under it, to be searched. A .jsonl file grows with the
    work, and the same command goes on where it was.

    An input that cannot be read is reported in one line on stderr and the
    others are done; so is a damaged stroke or page, and the rest of its file is
    read. The exit code is then 1, or 2 when nothing could be read.
    """
    from handwriting.documents.recognise import TranscribeOptions
    from handwriting.documents.transcribe import transcribe as transcribe_files
    from handwriting.recognition.language.model import Hints

    options = TranscribeOptions(
        checkpoint, language, decoder, alternatives, Hints.of_file(words, context), line, threads, orientation
    )
    with bar("transcribing", unit="files") as progress:
        done = transcribe_files(
            paths,
            options,
            output,
            format,
            scheduler=dask,
            show=lambda text: print(text, end="", flush=True),
            warn=lambda reason: say(f"error: {reason}"),
            note=lambda text: say(f"note: {text}"),
            progress=progress,
        )
    if output is not None and done.failed < done.files:
        print(f"{output}: {done}")
    if done.failed or done.partial:
        raise SystemExit(1 if done.failed < done.files else 2)


def list_formats() -> None:
    """List the kinds of ink files that are read and written."""
    from handwriting.formats import table

    print(table())


def convert(
    source: Annotated[str, typer.Argument(metavar="IN", help="An ink file, - for stdin.")],
    output: Annotated[Path, typer.Argument(metavar="OUT", help="The file to write; its ending says in which format.")],
    page: Annotated[int | None, typer.Option(min=1, help="Only this page of a document.", show_default=False)] = None,
    format: Annotated[
        str | None, typer.Option(help="The format of IN, where its content does not tell.", show_default=False)
    ] = None,
) -> None:
    """Turn an ink file into one of another format.

    Everything that is left out is named on stderr: what the other format
    cannot hold (see 'formats' for what each holds), what is not ink, and
    damaged strokes or pages, for which the exit code is 1.
    """
    from handwriting import formats

    pages, lost = formats.convert(sys.stdin.buffer if source == "-" else source, output, page, format)
    notes = pages[0].ink.source.notes
    for note in notes:
        say(f"{'error' if note.severity == 'lost' else 'note'}: {source}: {note.text}")
    if lost:
        say(f"note: {output} cannot hold what {source} has: {', '.join(lost)}")
    points, strokes = (
        sum(len(a) for a in arrays) for arrays in zip(*((p.ink, p.ink.starts) for p in pages), strict=True)
    )
    print(f"{output}: {len(pages)} page{'s' * (len(pages) > 1)}, {strokes:,} strokes, {points:,} points")
    if any(note.severity == "lost" for note in notes):
        raise SystemExit(1)
