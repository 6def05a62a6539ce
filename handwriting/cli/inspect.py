"""``inspect``: show what happens inside the networks while they read a line or write a text."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Literal

import typer

from handwriting.cli.options import Bias, Checkpoint, Decoder, Seed, StyleName, Threads, not_with, only_with
from handwriting.errors import InkError

WRITING = ("seed", "bias", "style")
READING = ("page", "line", "decoder")


def inspect(
    context: typer.Context,
    output: Annotated[Path, typer.Option("-o", "--output", help="Folder to write to; it is created if needed.")],
    ink: Annotated[
        str | None,
        typer.Argument(metavar="INK", help="Ink file to read; - reads standard input.", show_default=False),
    ] = None,
    text: Annotated[str | None, typer.Option(help="Line of text to write, instead of INK.", show_default=False)] = None,
    page: Annotated[
        int | None, typer.Option(min=1, help="Page of a document that has several.", show_default=False)
    ] = None,
    line: Annotated[int, typer.Option(min=1, help="Line of the page to inspect, in reading order.")] = 1,
    decoder: Annotated[
        Decoder,
        typer.Option(
            help="Best path, beam search, beam search with the language model, or the decoder LSTM of a checkpoint."
        ),
    ] = "language",
    seed: Seed = 0,
    bias: Bias = None,
    style: StyleName = None,
    unit: Annotated[
        list[str] | None,
        typer.Option(
            metavar="LAYER:DIRECTION:NUMBER",
            help="Unit to draw, such as 1:forward:63; repeatable.  [default: those that respond best to pen-up moves,"
            " word gaps, loops and a letter]",
            show_default=False,
        ),
    ] = None,
    letter: Annotated[
        str | None,
        typer.Option(help="Letter for which to find units.  [default: the most frequent one]", show_default=False),
    ] = None,
    count: Annotated[int, typer.Option(min=1, max=50, help="Number of units to list for each event.")] = 3,
    pictures: Annotated[Literal["both", "png", "svg"], typer.Option(help="Format of the pictures.")] = "both",
    checkpoint: Checkpoint = None,
    threads: Threads = 1,
) -> None:
    """Show what happens inside a network while it reads a line of ink, or writes a text.

    For INK: the probability of every character at every step, the step that decided each character, and the winning
    path. For --text: the window over the text, the density of the next point, and the end-of-stroke probability. For
    both: the gates and cells of units, over the steps and painted on the ink, and which units respond to pen-up
    moves, word gaps, loops and a letter.

    The folder gets pictures, inspection.npz with all arrays, and inspection.json, which describes them. Probabilities,
    window and density come from the graph that runs; gates are computed from the weights, without torch.
    """
    from handwriting.inspection.gates import Unit
    from handwriting.inspection.inspect import InspectOptions, inspect_ink, inspect_text

    if (ink is None) == (text is None):
        raise InkError("give either INK or --text" if ink is None else f"INK {ink} and --text: two things; give one")
    for name in WRITING:
        only_with(context, name, text is not None, "--text")
    for name in READING:
        not_with(context, name, text is not None, "--text")
    if letter is not None and len(letter) != 1:
        raise InkError(f"--letter {letter!r} has {len(letter)} characters; give one")
    kinds = ("png", "svg") if pictures == "both" else (pictures,)
    options = InspectOptions(tuple(Unit.of(name) for name in unit or ()), letter, count, kinds)
    if text is not None:
        from handwriting.synthesis.hand import DEFAULT_BIAS, Hand
        from handwriting.synthesis.styles import load
        from handwriting.synthesis.synthesizer import Synthesizer

        hand = Hand(DEFAULT_BIAS if bias is None else bias, seed, None if style is None else load(style))
        found = inspect_text(Synthesizer.load(checkpoint, threads), text, hand, output, options)
    else:
        from handwriting import formats
        from handwriting.inspection.lines import line_of
        from handwriting.recognition.recognizer import Recognizer

        drawn = formats.read_ink(sys.stdin.buffer if ink == "-" else str(ink), page=page)
        recognizer = Recognizer.load(checkpoint, threads)
        found = inspect_ink(recognizer, line_of(recognizer, drawn, line, decoder), output, options, decoder)
    print(found.report())
