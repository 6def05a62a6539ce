"""``adapt``: fine-tune a recognizer on lines that a person has corrected."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from handwriting.cli.progress import bar, say
from handwriting.errors import InkError


def adapt(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Name of the new checkpoint.")],
    lines: Annotated[
        list[Path],
        typer.Argument(
            metavar="LINES",
            help="Corrected lines: JSON from 'transcribe -o' or the page, a JSONL file, or a folder of your own ink.",
        ),
    ],
    output: Annotated[
        Path | None,
        typer.Option(
            "-o",
            "--output",
            help="Folder to write.  [default: NAME among your own checkpoints]",
            show_default=False,
        ),
    ] = None,
    checkpoint: Annotated[
        Path | None,
        typer.Option(
            help="Folder or name of the recognizer to start from.  [default: the shipped one]", show_default=False
        ),
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Random seed.")] = 1,
    threads: Annotated[int, typer.Option(min=1, help="Number of training threads.")] = 2,
) -> None:
    """Adapt a recognizer to one person's writing, from lines that they have corrected.

    Twenty to 200 lines are a good start. Training takes a few minutes and needs the extra 'train'. Other hands are
    still read about as well as before.

    Use the new checkpoint by its name: 'transcribe --checkpoint NAME', 'serve --recognizer NAME'. Your own checkpoints
    are in ~/.handwriting/checkpoints, or in $HANDWRITING_HOME/checkpoints if that variable is set.
    """
    from handwriting.checkpoint import Checkpoint, adapted_folder
    from handwriting.documents.corrections import read_corrections

    folder = adapted_folder(name, output)
    base = Checkpoint.load(checkpoint, "recognizer")
    if folder.resolve() == base.folder.resolve():
        raise InkError(f"{folder} is the checkpoint to start from; choose another NAME")
    found = read_corrections(lines)

    from handwriting.training.adapt import adapt as run

    with bar("adapting", unit="%") as progress:
        made = run(base, found.lines, folder, seed=seed, threads=threads, progress=progress)
    left_out = {**found.left_out, **made.left_out}
    for id, reason in left_out.items():
        say(f"note: left out {id}: {reason}")
    say(
        f"learned from {made.lines - made.held_out} lines; on {made.held_out} others the CER went from"
        f" {100 * made.before:.1f} to {100 * made.after:.1f} %"
    )
    if made.share == 0:
        say(
            "note: the held-out lines are not read better than before, so the weights are unchanged; correct more lines"
        )
    print(f"{made.folder}: use it with --checkpoint {name if output is None else output}")
