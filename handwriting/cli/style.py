"""``style``: create and list handwriting styles."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from handwriting.cli.help import PLAIN, Command
from handwriting.cli.options import Checkpoint

app = typer.Typer(help="Create and list handwriting styles.", **PLAIN)


@app.command("create", cls=Command)
def create_style(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Name of the style.")],
    ink: Annotated[Path, typer.Argument(metavar="INK", help="Ink file with a line in the handwriting to imitate.")],
    text: Annotated[
        str | None, typer.Option(help="Text of the line, if the file does not contain it.", show_default=False)
    ] = None,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="File to write.  [default: NAME.json]", show_default=False)
    ] = None,
    size: Annotated[float, typer.Option(help="Size of the writing; 1 fits the line height.")] = 1.0,
    checkpoint: Checkpoint = None,
) -> None:
    """Create a style from a line of ink.

    The style can be used with 'generate --style' and on the page that 'serve' opens.
    """
    from handwriting.composition.style import style_from_file
    from handwriting.files import refuse_input
    from handwriting.synthesis.synthesizer import Synthesizer

    path = output or Path(f"{name}.json")
    refuse_input(path, [ink])
    made = style_from_file(ink, text, name, size, text_option="--text")
    Synthesizer.load(checkpoint).primer(made)  # refuses a style that cannot be written in
    made.save(path)
    print(f"{path}: {name}, {sum(len(sample.ink) for sample in made.samples)} points")


@app.command("list", cls=Command)
def list_styles() -> None:
    """List the shipped styles."""
    from handwriting.synthesis.styles import SHIPPED

    print("\n".join(SHIPPED))
