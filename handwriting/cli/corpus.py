"""Commands about corpora: ``corpus`` and ``prepare``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from handwriting.cli.options import Lists, corpus_at
from handwriting.cli.progress import bar


def corpus(
    directory: Annotated[
        Path,
        typer.Argument(
            metavar="CORPUS", help="Folder of IAM-OnDB, UNIPEN or your own ink, a JSONL file, or a packed file."
        ),
    ],
    lists: Lists = None,
) -> None:
    """Show what a corpus contains, and every problem in it."""
    from handwriting.corpora.report import report

    with bar("reading") as progress:
        found = report(directory, lists or (), progress)
    print(found)


def prepare(
    directory: Annotated[
        Path, typer.Argument(metavar="CORPUS", help="Folder of IAM-OnDB, UNIPEN or your own ink, or a JSONL file.")
    ],
    output: Annotated[Path, typer.Option("-o", "--output", help="File to write, such as iam.pack.")],
    splits: Annotated[
        list[str] | None,
        typer.Option("--split", help="Pack only this split; repeatable.  [default: every split]", show_default=False),
    ] = None,
    lists: Lists = None,
) -> None:
    """Pack a corpus into one small file.

    Training on the file gives the same result as training on the folder, and the file opens at once.
    """
    from handwriting.corpora.packed import pack

    found = corpus_at(directory, lists)
    with bar("packing") as progress:
        pack(found, output, progress, splits or ())
    print(f"{output}: {output.stat().st_size / 1e6:.1f} MB")
