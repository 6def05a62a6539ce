"""Options that several commands share, and checks of their values."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from handwriting.cli.progress import say
from handwriting.errors import InkError

if TYPE_CHECKING:
    from handwriting.corpora import Corpus

Decoder = Literal["greedy", "beam", "language", "seq2seq"]

Checkpoint = Annotated[
    Path | None,
    typer.Option(
        help="Folder of the checkpoint, or the name of a shipped one.  [default: the shipped one]", show_default=False
    ),
]
RecognizerCheckpoint = Annotated[
    Path | None,
    typer.Option(
        "--recognizer",
        help="Folder of the recognizer that reads, or the name of a shipped one.  [default: the shipped one]",
        show_default=False,
    ),
]
Language = Annotated[
    Path | None,
    typer.Option(
        help="Folder of the language model, or the name of a shipped one.  [default: the one on the checkpoint's card]",
        show_default=False,
    ),
]
Data = Annotated[
    Path,
    typer.Option(help="Folder of IAM-OnDB or of your own ink, a JSONL file, or a file that 'prepare' wrote."),
]
Lists = Annotated[
    list[Path] | None,
    typer.Option("--list", help="Additional split list: a file of line or form ids; repeatable.", show_default=False),
]
DevelopmentSplit = Annotated[str, typer.Option(help="Split that serves as the development set.")]
AsJson = Annotated[
    bool, typer.Option("--json", help="Print one JSON object, in which rates are fractions and not percentages.")
]


def _threads(value: int) -> int:
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    if value > cores:
        say(f"note: --threads {value} is more than the {cores} cores of this machine; using {cores} threads")
    return min(value, cores)


Threads = Annotated[
    int, typer.Option(min=1, callback=_threads, help="Threads of the inference engine, at most one per core.")
]

HAND = "Handwriting"
"""Panel of the options that describe a hand."""

Text = Annotated[
    str | None, typer.Argument(metavar="TEXT", help="Text to write; - reads standard input.", show_default=False)
]
TextFile = Annotated[Path | None, typer.Option(help="Text file (UTF-8) to write instead of TEXT.", show_default=False)]
Seed = Annotated[
    int, typer.Option(min=0, help="Random seed; every seed gives different writing.", rich_help_panel=HAND)
]
Bias = Annotated[
    float | None,
    typer.Option(
        min=0,
        max=20,
        help="Neatness: 0 is as varied as people are, 2 is very neat.  [default: 1]",
        show_default=False,
        rich_help_panel=HAND,
    ),
]
StyleName = Annotated[
    str | None,
    typer.Option(
        help="Style to imitate: the name of a shipped style, or a file that 'style create' wrote.",
        show_default=False,
        rich_help_panel=HAND,
    ),
]
Size = Annotated[float, typer.Option(help="Size of the writing; 1 fits the line height.", rich_help_panel=HAND)]
Slant = Annotated[
    float, typer.Option(help="Slant in degrees; positive values lean to the right.", rich_help_panel=HAND)
]
DEFAULT_BEST_OF = 64
"""That of ``composition.runs``, repeated here, so that ``--help`` does not import NumPy; also the maximum."""
BestOf = Annotated[
    int,
    typer.Option(
        "--best-of",
        min=1,
        max=DEFAULT_BEST_OF,
        metavar="N",
        help="Redraw each misread word, up to N drawings in all, and keep the best; 1 checks nothing.",
        rich_help_panel=HAND,
    ),
]
Replace = Annotated[
    bool, typer.Option("--replace", help="Replace characters that cannot be written with the nearest spelling.")
]

LOOK = {
    "paper": None,
    "margin_line": None,
    "color": None,
    "width": None,
    "pen": "pressure",
    "page_height": "page size",
}
"""Parameters of the look of a picture, with the property of ink by which other files store them; None if none does."""

PAGE = "Page"
"""Panel of the options that describe the page."""
PEN = "Pen and output"
"""Panel of the options that describe the pen and the file."""

LineHeight = Annotated[
    float, typer.Option(help="Distance between lines in mm; the writing is scaled to fit it.", rich_help_panel=PAGE)
]
PenName = Annotated[
    Literal["fineliner", "ballpoint", "fountain", "pencil", "marker"],
    typer.Option("--pen", help="Pen to draw with.", rich_help_panel=PEN),
]
PenWidth = Annotated[
    float | None,
    typer.Option(
        "--width",
        help="Width of the pen's line in mm.  [default: depends on the pen]",
        show_default=False,
        rich_help_panel=PEN,
    ),
]
Color = Annotated[str, typer.Option(help="Colour of the ink: a name, #rrggbb or rgb(r, g, b).", rich_help_panel=PEN)]
Dpi = Annotated[float, typer.Option(help="Resolution of PNGs in pixels per inch.", rich_help_panel=PEN)]

Out = Annotated[Path, typer.Option(help="Run folder; an existing run in it is resumed.")]
Init = Annotated[
    Path | None,
    typer.Option(
        help="Checkpoint to start from; a recognizer also takes its sizes and features, unless they are given.",
        show_default=False,
    ),
]
Texts = Annotated[
    list[str] | None,
    typer.Option(
        "--text",
        metavar="PATH[=WEIGHT]",
        help="Text to train on: a file, a folder or a zip archive; repeatable. WEIGHT multiplies its counts.",
        show_default=False,
    ),
]
Develop = Annotated[
    str, typer.Option(help="Development set for choosing the best checkpoint; 'none' keeps the last checkpoint.")
]


def corpus_at(path: Path, lists: list[Path] | None = None) -> Corpus:
    """Open the corpus at ``path``; unusable lines of a user's own ink are reported on stderr."""
    from handwriting.corpora import open_corpus
    from handwriting.corpora.own import OwnCorpus

    corpus = open_corpus(path, lists or ())
    if isinstance(corpus, OwnCorpus) and (note := corpus.note()):
        say(note)
    return corpus


def one_text(text: str | None, file: Path | None) -> None:
    """Raise :class:`InkError` unless exactly one of ``TEXT`` and ``--file`` was given."""
    if text is None and file is None:
        raise InkError("nothing to write; give TEXT (- for stdin) or --file")
    if text is not None and file is not None:
        raise InkError(f"TEXT and --file {file} both give the text; use one of them")


def only_with(context: typer.Context, name: str, condition: bool, needed: str) -> None:
    """Raise :class:`InkError` if the option ``name`` was given but has no effect without ``needed``."""
    if not condition and (option := _given(context, name)):
        raise InkError(f"{option} has no effect without {needed}; add {needed} or leave {option} out")


def not_with(context: typer.Context, name: str, condition: bool, other: str) -> None:
    """Raise :class:`InkError` if the option ``name`` was given but has no effect with ``other``."""
    if condition and (option := _given(context, name)):
        raise InkError(f"{option} has no effect with {other}; leave one of them out")


def check_look(context: typer.Context, output: Path) -> None:
    """Raise :class:`InkError` for options of the look that were given but that a file such as ``output`` cannot store.

    Ink files and programs for machines contain only strokes; a pen with a varying line width becomes pressure.
    """
    from handwriting import formats
    from handwriting.composition.letter_files import MACHINE_ENDINGS
    from handwriting.rendering.save import ENDINGS as PICTURES

    ending = output.suffix.lower()
    stored = {format.holds for format in formats.writers() if ending in format.extensions}
    if ending in MACHINE_ENDINGS:
        stored.add(frozenset({"page size"}))  # y is measured from the lower edge
    if ending in PICTURES or not stored:  # what cannot be written at all is refused elsewhere
        return
    for name, kept_as in LOOK.items():
        only_with(context, name, any(kept_as in holds for holds in stored), "a .svg, .png or .pdf output")


def warn_doubtful(doubtful: Sequence[tuple[str, str]]) -> None:
    """Warn of words that may not be legible, each with the recognizer's reading."""
    for word, read in doubtful:
        say(f"warning: {word!r} is read as {read!r}; try another --seed or a higher --best-of")


def _given(context: typer.Context, name: str) -> str | None:
    """Return the option of the parameter ``name`` if it is on the command line, else None."""
    source = context.get_parameter_source(name)
    if source is None or source.name != "COMMANDLINE":
        return None
    return next(parameter.opts[-1] for parameter in context.command.params if parameter.name == name)


def integers(name: str, text: str) -> list[int]:
    """Parse whole numbers separated by commas. Raises :class:`InkError`, with the option's ``name``."""
    try:
        return [int(part) for part in text.split(",") if part.strip()]
    except ValueError:
        raise InkError(f"--{name} {text!r}: give whole numbers separated by commas, such as 64,128") from None
