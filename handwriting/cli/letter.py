"""``letter``: write a text on as many sheets as it takes, or one letter per row of a table."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Annotated, Literal

import typer

from handwriting.cli.options import (
    DEFAULT_BEST_OF,
    HAND,
    PAGE,
    PEN,
    BestOf,
    Bias,
    Checkpoint,
    Color,
    Dpi,
    LineHeight,
    PenName,
    PenWidth,
    Replace,
    Seed,
    Size,
    Slant,
    StyleName,
    Text,
    TextFile,
    Threads,
    check_look,
    not_with,
    one_text,
    only_with,
    warn_doubtful,
)
from handwriting.cli.progress import bar, say
from handwriting.errors import InkError


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
            help="CSV table: write one letter per row. Column names in braces in the text and in -o are replaced.",
            show_default=False,
        ),
    ] = None,
    markdown: Annotated[
        bool,
        typer.Option("--markdown", help="Read the text as Markdown: headings, lists, emphasis and rules."),
    ] = False,
    replace: Replace = False,
    seed: Seed = 0,
    bias: Bias = None,
    style: StyleName = None,
    size: Size = 1.0,
    slant: Slant = 0.0,
    lively: Annotated[
        float,
        typer.Option(
            min=0,
            help="How much lines wander, words lean and sizes vary: 0 not at all, 1 like a person's. Off on rulings.",
            rich_help_panel=HAND,
        ),
    ] = 0.0,
    slips: Annotated[
        float,
        typer.Option(
            min=0,
            max=1,
            metavar="RATE",
            help="Share of the words that are first written wrongly, struck out and written again.",
            rich_help_panel=HAND,
        ),
    ] = 0.0,
    best_of: BestOf = DEFAULT_BEST_OF,
    page: Annotated[
        str,
        typer.Option(
            metavar="SIZE",
            help="Size of the sheet: a3 to a6, letter, legal, or WIDTHxHEIGHT in mm.",
            rich_help_panel=PAGE,
        ),
    ] = "a4",
    margin: Annotated[
        str,
        typer.Option(metavar="MM", help="Margin, or four margins: top,right,bottom,left.", rich_help_panel=PAGE),
    ] = "20",
    line_height: LineHeight = 10.0,
    paper: Annotated[
        Literal["plain", "ruled", "squared", "dotted", "seyes"],
        typer.Option(help="Paper behind the writing.", rich_help_panel=PAGE),
    ] = "plain",
    margin_line: Annotated[
        bool, typer.Option("--margin-line", help="Print a line along the left margin.", rich_help_panel=PAGE)
    ] = False,
    align: Annotated[
        Literal["left", "center", "right", "justify"],
        typer.Option(help="Alignment of the lines.", rich_help_panel=PAGE),
    ] = "left",
    indent: Annotated[
        float, typer.Option(min=0, help="Indent of the first line of a paragraph in mm.", rich_help_panel=PAGE)
    ] = 0.0,
    spacing: Annotated[
        float,
        typer.Option(
            min=0,
            help="Extra space between paragraphs in line heights; whole lines on rulings.",
            rich_help_panel=PAGE,
        ),
    ] = 0.0,
    header: Annotated[
        str,
        typer.Option(help="Right-aligned line at the top of the first sheet, such as a date.", rich_help_panel=PAGE),
    ] = "",
    pen: PenName = "fineliner",
    width: PenWidth = None,
    color: Color = "black",
    dpi: Dpi = 200,
    gcode_profile: Annotated[
        str,
        typer.Option(
            metavar="PROFILE",
            help="Machine for G-code: servo, z or laser, with changes such as 'z,feed=900,width=300,height=200'.",
            rich_help_panel=PEN,
        ),
    ] = "servo",
    gcode_outline: Annotated[
        bool,
        typer.Option(
            "--gcode-outline",
            help="Only move around the bounding box of the ink with the pen up, to check the position of the paper.",
            rich_help_panel=PEN,
        ),
    ] = False,
    checkpoint: Checkpoint = None,
    threads: Threads = 1,
) -> None:
    """Write a letter over as many sheets as it takes.

    Each line of the text is a paragraph, a blank line stays blank, and a form feed begins a new sheet. The whole text
    is drawn in one hand, word by word; words that the recognizer misreads are redrawn, and those that remain doubtful
    are listed. Letters with diacritics, such as é or ő, are written as a base letter and its mark.
    """
    from handwriting.composition.generate import read_text
    from handwriting.composition.letter import LetterStyle, write_letter
    from handwriting.composition.letter_files import GCODE_ENDINGS, check, files_of, save_letter
    from handwriting.composition.merge import merge as write_all
    from handwriting.composition.merge import read_table
    from handwriting.composition.runs import WordWriter
    from handwriting.files import refuse_input
    from handwriting.recognition.recognizer import Recognizer
    from handwriting.rendering.machine import machine
    from handwriting.rendering.pens import pen as pen_named
    from handwriting.rendering.sheet import Sheet, sheet_size
    from handwriting.synthesis.hand import DEFAULT_BIAS, Hand
    from handwriting.synthesis.styles import load
    from handwriting.synthesis.synthesizer import Synthesizer

    one_text(text, file)
    ending = output.suffix.lower()
    only_with(context, "dpi", ending == ".png", "a .png output")
    for name in ("gcode_profile", "gcode_outline"):
        only_with(context, name, ending in GCODE_ENDINGS, "a .gcode output")
    for name in ("indent", "spacing"):
        not_with(context, name, markdown, "--markdown")
    check(output)
    check_look(context, output)
    sheet = Sheet(*sheet_size(page), _margins(margin), line_height, paper, margin_line)
    not_with(context, "lively", sheet.ruled and lively > 0, f"--paper {paper}")
    if sheet.ruled and 0 < spacing < 1:
        raise InkError(
            f"--spacing {spacing:g} has no effect with --paper {paper}, where spaces are whole lines; give 1 or more"
        )
    stdin = text if text == "-" else None
    inputs = [path for path in (stdin, file, merge, style) if path is not None]
    refuse_input(output, inputs)
    profile = dataclasses.replace(machine(gcode_profile), outline=gcode_outline)
    look = LetterStyle(
        sheet,
        align,
        indent,
        spacing,
        header,
        lively,
        color,
        markdown=markdown,
        slips=slips,
        replace_unknown=replace,
    ).with_pen(pen_named(pen, width))
    words = read_text(text, file)
    hand = Hand(DEFAULT_BIAS if bias is None else bias, seed, load(style) if style is not None else None, size, slant)
    writer = WordWriter(
        Synthesizer.load(checkpoint, threads), Recognizer.load(threads=threads) if best_of > 1 else None, best_of
    )
    if merge is not None:
        rows = read_table(merge)
        with bar("writing", unit="letters") as progress:
            done = write_all(
                writer, rows, words, str(output), look, hand,
                dpi=dpi, machine=profile, report=say, progress=progress,
            )  # fmt: skip
        print(f"{done.written} letters written, {done.skipped} already there, {done.failed} failed")
        if done.failed:
            raise SystemExit(1 if done.written + done.skipped else 2)
        return
    with bar("writing", unit="characters") as progress:
        made = write_letter(writer, words, look, hand, progress=progress)
    for path in files_of(output, len(made.pages)):
        refuse_input(path, inputs)
    files = save_letter(made.pages, output, dpi=dpi, machine=profile)
    warn_doubtful(made.doubtful)
    pages = f"{len(made.pages)} page" + "s" * (len(made.pages) != 1)
    redrawn = f"{made.redrawn} of them drawn again" + (
        f", {made.joined} because they were joined" if made.joined else ""
    )
    words = f"{made.words} word" + "s" * (made.words != 1)
    print(f"{', '.join(map(str, files))}: {pages}, {words}, {redrawn}")


def _margins(text: str) -> tuple[float, float, float, float]:
    try:
        values = [float(part) for part in text.split(",")]
    except ValueError:
        values = []
    if len(values) not in (1, 4):
        raise InkError(f"--margin {text!r}: give one number of mm, or four as top,right,bottom,left")
    top, right, bottom, left = values * (4 // len(values))
    return top, right, bottom, left
