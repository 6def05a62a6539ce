"""``style``: create and list handwriting styles."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from handwriting.cli.help import PLAIN, Command
from handwriting.cli.options import Checkpoint, only_with
from handwriting.cli.progress import bar, say, say_notes

if TYPE_CHECKING:
    from handwriting.ink import Ink
    from handwriting.synthesis.codes import Code
    from handwriting.synthesis.styles import Sample
    from handwriting.synthesis.synthesizer import Synthesizer

app = typer.Typer(help="Create and list handwriting styles.", **PLAIN)


@app.command("create", cls=Command)
def create_style(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="Name of the style.")],
    ink: Annotated[
        list[Path],
        typer.Argument(metavar="INK", help="Ink files, each with a line or a page of the handwriting to imitate."),
    ],
    text: Annotated[
        list[str] | None,
        typer.Option(
            help="Text of the ink, once for each file or each line; repeatable.  [default: as read and confirmed]",
            show_default=False,
        ),
    ] = None,
    texts: Annotated[
        Path | None,
        typer.Option(help="Text file (UTF-8) with the text of each line of the ink.", show_default=False),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Accept what the recognizer reads without asking.")] = False,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="File to write.  [default: NAME.json]", show_default=False)
    ] = None,
    size: Annotated[float, typer.Option(help="Size of the writing; 1 fits the line height.")] = 1.0,
    fit: Annotated[
        bool,
        typer.Option("--fit", help="Fit the style by training, which takes about a minute; needs the extra 'train'."),
    ] = False,
    strength: Annotated[
        float,
        typer.Option(min=0, max=2, help="Strength of a fitted style; values below 1 are more legible."),
    ] = 1.0,
    checkpoint: Checkpoint = None,
) -> None:
    """Create a style from lines of ink.

    Three to ten lines are a good start. A page is split into its lines. If neither the files nor the options give the
    text, the recognizer reads it and you confirm it. An existing file is replaced only if it is a style.

    The style can be used with 'generate --style' and on the page that 'serve' opens.
    """
    from handwriting.composition.generate import read_text
    from handwriting.composition.style import style_from_files
    from handwriting.errors import InkError
    from handwriting.files import refuse_input, refuse_other
    from handwriting.synthesis.styles import recognises
    from handwriting.synthesis.synthesizer import Synthesizer

    only_with(context, "strength", fit, "--fit")
    if text and texts:
        raise InkError("--text and --texts both give the text of the ink; use one of them")
    path = output or Path(f"{name}.json")
    refuse_input(path, [*ink, *([] if texts is None else [texts])])
    refuse_other(path, "a style", recognises)
    said = text or ([] if texts is None else [line for line in read_text(None, texts).splitlines() if line.strip()])
    synthesizer = Synthesizer.load(checkpoint)
    estimate = None if not fit else lambda samples: _fitted(synthesizer, samples, strength)
    made = style_from_files(
        synthesizer, ink, said, name, size, read=partial(_confirmed, yes), estimate=estimate, text_option="--text"
    )
    for note in dict.fromkeys(note for sample in made.samples for note in sample.ink.source.notes):
        say_notes(ink[0] if len(ink) == 1 else "the ink", [note])
    made.save(path)
    lines, points = len(made.samples), sum(len(sample.ink) for sample in made.samples)
    print(f"{path}: {name}, {lines} line{'s' * (lines != 1)}, {points} points")


def _confirmed(yes: bool, inks: Sequence[Ink]) -> list[str | None]:
    """Return the texts of the lines, as the recognizer reads them and the user confirms or corrects them."""
    from handwriting.errors import InkError
    from handwriting.recognition.recognizer import Recognizer

    read = [transcription.text for transcription in Recognizer.load().transcribe_all(inks, "language")]
    asked = sys.stdin.isatty() and not yes
    if not asked:
        say("the lines as read:" + "".join(f"\n  {number}: {text}" for number, text in enumerate(read, 1)))
    if yes:
        return list(read)
    if not asked:
        raise InkError(
            "standard input is not a terminal, so the texts cannot be confirmed; add --yes, or --text for each line"
        )
    say("What does each line say? Press Enter if the reading is right, or type the text; - omits the line.")
    answers = [typer.prompt(f"  {number}", default=text, err=True) for number, text in enumerate(read, 1)]
    return [None if answer.strip() == "-" else answer.strip() for answer in answers]


def _fitted(synthesizer: Synthesizer, samples: Sequence[Sample], strength: float) -> Code:
    """Return the code fitted to the samples by training, and report how well it fits."""
    from handwriting.training.fit import fit

    with bar("fitting", unit="steps") as progress:
        inks, texts = [sample.ink for sample in samples], [sample.text for sample in samples]
        found = fit(synthesizer.checkpoint, inks, texts, progress=progress)
    say(f"held-out line: {found.before:.3f} nats a point before, {found.after:.3f} after {found.steps} steps")
    if found.share < 1:
        say(f"note: {100 * found.share:.0f} % of the fit is kept; lines in the whole of it are harder to read")
    return found.code.scaled(strength)


@app.command("list", cls=Command)
def list_styles() -> None:
    """List the shipped styles."""
    from handwriting.synthesis.styles import SHIPPED

    print("\n".join(SHIPPED))
