"""The command ``letter``: a text over as many sheets as it takes, or one letter for each row of a table."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from handwriting.cli.options import (
    HAND,
    Bias,
    Checkpoint,
    Seed,
    Size,
    Slant,
    StyleName,
    Text,
    TextFile,
    Threads,
    one_text,
    only_with,
)
from handwriting.cli.progress import bar, say
from handwriting.errors import InkError

SHEET = "Sheet"
PEN = "Pen and output"


def letter(
    context: typer.Context,
    output: Annotated[
        Path,
        typer.Option(
            "-o",
            "--output",
            help="File to write: .pdf or .xopp with all pages; .svg, .png, .gcode, .hpgl or another ink file per page.",
        ),
    ],
    text: Text = None,
    file: TextFile = None,
    merge: Annotated[
        Path | None,
        typer.Option(
            help="CSV table: write one letter for each row. Column names in braces in the text and in -o are replaced.",
            show_default=False,
        ),
    ] = None,
    replace: Annotated[
        bool, typer.Option("--replace", help="Write the nearest spelling of characters that cannot be written.")
    ] = False,
    seed: Seed = 0,
    bias: Bias = None,
    style: StyleName = None,
    size: Size = 1.0,
    slant: Slant = 0.0,
    lively: Annotated[
        float,
        typer.Option(
            min=0,
            help="How much lines wander, words lean and sizes vary: 0 is straight, 1 is a person's. Off on rulings.",
            rich_help_panel=HAND,
        ),
    ] = 0.0,
    candidates: Annotated[
        int,
        typer.Option(
            min=0,
            max=16,
            help="New drawings of every word that the recognizer misreads; 0 reads nothing.",
            rich_help_panel=HAND,
        ),
    ] = 4,
    page: Annotated[
        str,
        typer.Option(metavar="SIZE", help="Sheet: a4, a5, letter … or WIDTHxHEIGHT in mm.", rich_help_panel=SHEET),
    ] = "a4",
    margin: Annotated[
        str,
        typer.Option(metavar="MM", help="Margin, or four of them: top,right,bottom,left.", rich_help_panel=SHEET),
    ] = "20",
    line_height: Annotated[
        float,
        typer.Option(help="Distance between lines in mm; the writing is scaled to fit it.", rich_help_panel=SHEET),
    ] = 10.0,
    paper: Annotated[
        Literal["plain", "ruled", "squared", "dotted", "seyes"],
        typer.Option(help="Paper behind the writing.", rich_help_panel=SHEET),
    ] = "plain",
    margin_line: Annotated[
        bool, typer.Option("--margin-line", help="Print a line along the left margin.", rich_help_panel=SHEET)
    ] = False,
    align: Annotated[
        Literal["left", "center", "right", "justify"],
        typer.Option(help="Alignment of the lines.", rich_help_panel=SHEET),
    ] = "left",
    indent: Annotated[
        float, typer.Option(min=0, help="Indent of the first line of a paragraph in mm.", rich_help_panel=SHEET)
    ] = 0.0,
    spacing: Annotated[
        float,
        typer.Option(
            min=0, help="Extra space between paragraphs in line heights. Off on rulings.", rich_help_panel=SHEET
        ),
    ] = 0.0,
    header: Annotated[
        str,
        typer.Option(help="Line at the top of the first sheet, set right, such as a date.", rich_help_panel=SHEET),
    ] = "",
    pen: Annotated[
        Literal["fineliner", "ballpoint", "fountain", "pencil", "marker"],
        typer.Option(help="Pen whose line is drawn.", rich_help_panel=PEN),
    ] = "fineliner",
    width: Annotated[
        float | None,
        typer.Option(
            help="Width of the pen's line in mm.  [default: the pen's]", show_default=False, rich_help_panel=PEN
        ),
    ] = None,
    color: Annotated[
        str, typer.Option(help="Color of the ink: a name, #rrggbb or rgb(r, g, b).", rich_help_panel=PEN)
    ] = "black",
    dpi: Annotated[float, typer.Option(help="Resolution of PNGs in pixels per inch.", rich_help_panel=PEN)] = 200,
    gcode_profile: Annotated[
        str,
        typer.Option(
            metavar="PROFILE",
            help="Machine for G-code: servo, z or laser, with changes such as 'z,feed=900,width=300,height=200'.",
            rich_help_panel=PEN,
        ),
    ] = "servo",
    checkpoint: Checkpoint = None,
    threads: Threads = 1,
) -> None:
    """Write a letter over as many sheets as it takes.

    The lines of the text are its paragraphs, a blank line stays blank, and a form feed begins a new sheet. The whole
    text is drawn in one hand, word by word; words that the recognizer misreads are drawn again, and the ones that stay
    doubtful are named. Letters with marks, such as é or ő, are written as a letter and its mark.
    """
    from handwriting.composition.generate import read_text
    from handwriting.composition.letter import LetterStyle, write_letter
    from handwriting.composition.letter_files import check, save_letter
    from handwriting.composition.marks import drawable
    from handwriting.composition.merge import merge as write_all
    from handwriting.composition.merge import read_table
    from handwriting.files import refuse_input
    from handwriting.recognition.recognizer import Recognizer
    from handwriting.rendering.machine import machine
    from handwriting.rendering.pens import pen as pen_named
    from handwriting.rendering.sheet import Sheet, sheet_size
    from handwriting.synthesis.characters import respelled
    from handwriting.synthesis.hand import DEFAULT_BIAS, Hand
    from handwriting.synthesis.styles import load
    from handwriting.synthesis.synthesizer import Synthesizer

    one_text(text, file)
    ending = output.suffix.lower()
    only_with(context, "dpi", ending == ".png", "a .png output")
    only_with(context, "gcode_profile", ending in (".gcode", ".nc"), "a .gcode output")
    check(output)
    refuse_input(output, [path for path in (file, merge, style) if path is not None])
    profile, chosen = machine(gcode_profile), pen_named(pen, width)
    look = LetterStyle(
        Sheet(*sheet_size(page), _margins(margin), line_height, paper, margin_line),
        align,
        indent,
        spacing,
        header,
        lively,
        color,
        chosen.width,
        None if chosen.uniform else chosen,
    )
    words = read_text(text, file)
    hand = Hand(DEFAULT_BIAS if bias is None else bias, seed, load(style) if style is not None else None, size, slant)
    synthesizer = Synthesizer.load(checkpoint, threads)
    recognizer = Recognizer.load(threads=threads) if candidates else None
    if replace:
        words = respelled(words, synthesizer.characters | drawable(words))
    if merge is not None:
        rows = read_table(merge)
        with bar("writing", unit="letters") as progress:
            done = write_all(
                synthesizer, recognizer, rows, words, str(output), look, hand,
                candidates=candidates, dpi=dpi, machine=profile, report=say, progress=progress,
            )  # fmt: skip
        print(f"{done.written} letters written, {done.skipped} there before, {done.failed} failed")
        if done.failed:
            raise SystemExit(1 if done.written + done.skipped else 2)
        return
    with bar("writing", unit="characters") as progress:
        made = write_letter(synthesizer, recognizer, words, look, hand, candidates=candidates, progress=progress)
    files = save_letter(made.pages, output, text=words, dpi=dpi, machine=profile)
    for word, read in made.doubtful:
        say(f"warning: {word!r} is read as {read!r}; try another --seed or more --candidates")
    pages = f"{len(made.pages)} page" + "s" * (len(made.pages) != 1)
    print(f"{', '.join(map(str, files))}: {pages}, {made.words} words, {made.redrawn} of them drawn again")


def _margins(text: str) -> tuple[float, float, float, float]:
    try:
        values = [float(part) for part in text.split(",")]
    except ValueError:
        values = []
    if len(values) not in (1, 4):
        raise InkError(f"--margin {text!r}: give one number of mm, or four as top,right,bottom,left")
    top, right, bottom, left = values * (4 // len(values))
    return top, right, bottom, left
