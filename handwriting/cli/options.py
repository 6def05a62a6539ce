"""Options that several commands share, and the reading of their values."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from handwriting.cli.progress import say
from handwriting.errors import InkError

if TYPE_CHECKING:
    from handwriting.corpora import Corpus

PLAIN: dict[str, Any] = {"no_args_is_help": True, "pretty_exceptions_enable": False, "rich_markup_mode": None}
"""Help as plain text: quick to import, and the same in a file as on a screen."""


Decoder = Literal["greedy", "beam", "language"]

Checkpoint = Annotated[
    Path | None,
    typer.Option(
        help="Folder of the checkpoint, or a shipped one's name; the default one when not given.", show_default=False
    ),
]
Language = Annotated[
    Path | None,
    typer.Option(
        help="Folder of the language model, or a shipped one's name; the checkpoint's own when not given.",
        show_default=False,
    ),
]
Data = Annotated[
    Path, typer.Option(help="Folder of IAM-OnDB or of your own ink, a JSONL file, or a file packed with 'prepare'.")
]
Lists = Annotated[
    list[Path] | None,
    typer.Option("--list", help="A further split list (file of ids); may be repeated.", show_default=False),
]
Threads = Annotated[int, typer.Option(min=1, help="Threads of the engine.")]

Out = Annotated[Path, typer.Option(help="Folder of the run; resumes the run that is there.")]
Init = Annotated[
    Path | None,
    typer.Option(help="Checkpoint to start from; a recognizer has its sizes and features.", show_default=False),
]
Develop = Annotated[str, typer.Option(help="Split that chooses the best checkpoint; none takes the last.")]


def corpus_at(path: Path, lists: list[Path] | None = None) -> Corpus:
    """The corpus there, opened; of one's own it is said what cannot be used."""
    from handwriting.corpora import open_corpus
    from handwriting.corpora.own import OwnCorpus

    corpus = open_corpus(path, lists or ())
    if isinstance(corpus, OwnCorpus) and (note := corpus.note()):
        say(note)
    return corpus


def integers(name: str, text: str) -> list[int]:
    try:
        return [int(part) for part in text.split(",") if part.strip()]
    except ValueError:
        raise InkError(f"--{name} {text!r}: give whole numbers with commas between them, like 64,128") from None
