"""``style``: make and name hands to write in."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from handwriting.cli.options import PLAIN, Checkpoint
from handwriting.cli.progress import bar, say

if TYPE_CHECKING:
    from handwriting.synthesis.codes import Code
    from handwriting.synthesis.styles import Sample
    from handwriting.synthesis.synthesizer import Synthesizer

app = typer.Typer(help="Hands to write in.", **PLAIN)


@app.command("create")
def create_style(
    name: Annotated[str, typer.Argument(help="Of the style; NAME.json is written.")],
    ink: Annotated[list[Path], typer.Argument(help="Files of ink: each a line in the hand that is meant.")],
    text: Annotated[
        list[str] | None,
        typer.Option(help="What the ink says, once for each file; not needed if the files tell.", show_default=False),
    ] = None,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="Another file to write.", show_default=False)
    ] = None,
    size: Annotated[float, typer.Option(help="Of the writing on its lines; 1 is usual.")] = 1.0,
    fit: Annotated[
        bool, typer.Option("--fit", help="Fit the hand by training, a minute or so; needs the extra train.")
    ] = False,
    strength: Annotated[float, typer.Option(help="Of a fitted hand: below 1 is more legible.", min=0, max=2)] = 1.0,
    checkpoint: Checkpoint = None,
) -> None:
    """Make a style of lines of ink, for generate --style and the page."""
    from handwriting.composition.style import style_from_files
    from handwriting.files import refuse_input
    from handwriting.synthesis.synthesizer import Synthesizer

    path = output or Path(f"{name}.json")
    refuse_input(path, ink)
    synthesizer = Synthesizer.load(checkpoint)
    estimate = None if not fit else lambda samples: _fitted(synthesizer, samples, strength)
    made = style_from_files(synthesizer, ink, text or (), name, size, estimate=estimate, text_option="--text")
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


@app.command("list")
def list_styles() -> None:
    """Name the shipped styles."""
    from handwriting.synthesis.styles import SHIPPED

    print("\n".join(SHIPPED))
