"""``style``: make and name hands to write in."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from handwriting.cli.options import PLAIN, Checkpoint

app = typer.Typer(help="Hands to write in.", **PLAIN)


@app.command("create")
def create_style(
    name: Annotated[str, typer.Argument(help="Of the style; NAME.json is written.")],
    ink: Annotated[Path, typer.Argument(help="A file of ink: a line in the hand that is meant.")],
    text: Annotated[
        str | None, typer.Option(help="What the ink says; not needed if the file tells.", show_default=False)
    ] = None,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="Another file to write.", show_default=False)
    ] = None,
    size: Annotated[float, typer.Option(help="Of the writing on its lines; 1 is usual.")] = 1.0,
    checkpoint: Checkpoint = None,
) -> None:
    """Make a style of a line of ink, for generate --style and the page."""
    from handwriting.composition.style import style_from_file
    from handwriting.files import refuse_input
    from handwriting.synthesis.synthesizer import Synthesizer

    path = output or Path(f"{name}.json")
    refuse_input(path, [ink])
    made = style_from_file(ink, text, name, size, text_option="--text")
    Synthesizer.load(checkpoint).primer(made)  # refuses a style that cannot be written in
    made.save(path)
    print(f"{path}: {name}, {sum(len(sample.ink) for sample in made.samples)} points")


@app.command("list")
def list_styles() -> None:
    """Name the shipped styles."""
    from handwriting.synthesis.styles import SHIPPED

    print("\n".join(SHIPPED))
