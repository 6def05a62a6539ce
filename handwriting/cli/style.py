"""``style``: create and list handwriting styles."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from handwriting.cli.help import PLAIN, Command
from handwriting.cli.options import Checkpoint, only_with
from handwriting.cli.progress import bar, say, say_notes

if TYPE_CHECKING:
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
        typer.Argument(metavar="INK", help="Ink files, each with a line in the handwriting to imitate."),
    ],
    text: Annotated[
        list[str] | None,
        typer.Option(
            help="Text of the line, once for each file, if the files do not contain it; repeatable.",
            show_default=False,
        ),
    ] = None,
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

    The style can be used with 'generate --style' and on the page that 'serve' opens.
    """
    from handwriting.composition.style import style_from_files
    from handwriting.files import refuse_input
    from handwriting.synthesis.synthesizer import Synthesizer

    only_with(context, "strength", fit, "--fit")
    path = output or Path(f"{name}.json")
    refuse_input(path, ink)
    synthesizer = Synthesizer.load(checkpoint)
    estimate = None if not fit else lambda samples: _fitted(synthesizer, samples, strength)
    made = style_from_files(synthesizer, ink, text or (), name, size, estimate=estimate, text_option="--text")
    for source, sample in zip(ink, made.samples, strict=True):
        say_notes(source, sample.ink.source.notes)
    made.save(path)
    print(f"{path}: {name}, {sum(len(sample.ink) for sample in made.samples)} points")


def _fitted(synthesizer: Synthesizer, samples: Sequence[Sample], strength: float) -> Code:
    """The code that a training fits to the samples; says how well."""
    from handwriting.training.fit import fit

    with bar("fitting", unit="steps") as progress:
        inks, texts = [sample.ink for sample in samples], [sample.text for sample in samples]
        found = fit(synthesizer.checkpoint, inks, texts, progress=progress)
    say(f"held-out line: {found.before:.3f} nats a point before, {found.after:.3f} after {found.steps} steps")
    return found.code.scaled(strength)


@app.command("list", cls=Command)
def list_styles() -> None:
    """List the shipped styles."""
    from handwriting.synthesis.styles import SHIPPED

    print("\n".join(SHIPPED))
