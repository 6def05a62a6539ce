"""Commands that write: ``generate`` and ``demo``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from handwriting.cli.options import Checkpoint, Threads
from handwriting.cli.progress import bar, say
from handwriting.errors import InkError


def generate(
    output: Annotated[
        Path, typer.Option("-o", "--output", help="The file to write: .svg, .png, .pdf; .inkml, .xopp, .json, .csv.")
    ],
    text: Annotated[
        str | None, typer.Argument(metavar="TEXT", help="What to write; - for stdin.", show_default=False)
    ] = None,
    file: Annotated[Path | None, typer.Option(help="A text file (UTF-8) instead of TEXT.", show_default=False)] = None,
    bias: Annotated[
        float | None,
        typer.Option(min=0, max=20, help="0 varies as people do, 2 is very neat.  [default: 1]", show_default=False),
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Another seed, another hand.")] = 0,
    prime: Annotated[
        Path | None, typer.Option(help="Ink of a line of writing, to go on in its hand.", show_default=False)
    ] = None,
    prime_text: Annotated[
        str | None, typer.Option(help="What that line says; not needed if the file tells.", show_default=False)
    ] = None,
    style: Annotated[
        str | None,
        typer.Option(help="Whose hand: a shipped style's name or a style's file.", show_default=False),
    ] = None,
    best_of: Annotated[
        int, typer.Option("--best-of", min=1, max=16, help="Draw each line so often, keep what is read best.")
    ] = 1,
    size: Annotated[float, typer.Option(help="Of the writing on its lines; 1 is usual.")] = 1.0,
    slant: Annotated[float, typer.Option(help="Degrees to lean by, to the right above 0.")] = 0.0,
    color: Annotated[str, typer.Option(help="Of the ink: a name, #rrggbb or rgb(r, g, b).")] = "black",
    width: Annotated[float, typer.Option(help="Of the pen's line, in mm.")] = 0.4,
    page_width: Annotated[
        float | None,
        typer.Option(help="Of the sheet, in mm; else as wide as the writing.", show_default=False),
    ] = None,
    page_height: Annotated[float, typer.Option(help="At least, in mm; a page grows with its lines.")] = 0.0,
    margin: Annotated[
        float | None, typer.Option(help="In mm.  [default: 20 on a page, else 4]", show_default=False)
    ] = None,
    line_height: Annotated[float, typer.Option(help="In mm; the writing is sized to it.")] = 10.0,
    align: Annotated[Literal["left", "center", "right"], typer.Option(help="Of the lines on a page.")] = "left",
    paper: Annotated[
        Literal["plain", "ruled", "squared"], typer.Option(help="Under the ink; ruled and squared make a page.")
    ] = "plain",
    animate: Annotated[bool, typer.Option("--animate", help="The SVG writes itself, stroke by stroke.")] = False,
    speed: Annotated[float, typer.Option(help="Of the animation; 1 is a person's.")] = 1.0,
    plotter: Annotated[bool, typer.Option("--plotter", help="An SVG of strokes alone, pen-up ways short.")] = False,
    dpi: Annotated[float, typer.Option(help="Pixels an inch, of a PNG.")] = 200,
    checkpoint: Checkpoint = None,
    threads: Threads = 1,
) -> None:
    """Write a text as handwriting.

    Line ends of the text are kept and long lines broken at the page's width;
    the same command gives the same file. Not all of Unicode can be written:
    what cannot is refused before anything is drawn, with a spelling that can.
    """
    from handwriting.composition.generate import generate as run
    from handwriting.composition.generate import line_writer, read_text
    from handwriting.composition.style import style_from_file
    from handwriting.files import refuse_input
    from handwriting.rendering.layout import PageLayout
    from handwriting.synthesis.hand import DEFAULT_BIAS, Hand
    from handwriting.synthesis.observer import Observer
    from handwriting.synthesis.styles import load
    from handwriting.synthesis.synthesizer import Synthesizer

    if style is not None and prime is not None:
        raise InkError(f"--style {style} and --prime {prime}: two hands; give one of them")
    refuse_input(output, [path for path in (prime, file, style) if path is not None])
    on_page = page_width is not None or paper != "plain"
    layout = PageLayout(
        width_mm=page_width if page_width is not None else 210.0 if on_page else None,
        height_mm=page_height,
        margin_mm=margin if margin is not None else 20.0 if on_page else 4.0,
        line_height_mm=line_height,
        align=align,
        paper=paper,
        color=color,
        stroke_mm=width,
    )
    words = read_text(text, file)
    imitated = load(style) if style is not None else None
    if prime is not None:
        imitated = style_from_file(prime, prime_text, text_option="--prime-text")
    hand = Hand(DEFAULT_BIAS if bias is None else bias, seed, imitated, size, slant)
    writer = line_writer(Synthesizer.load(checkpoint, threads), best_of, threads)
    with bar("writing", unit="characters") as progress:
        done = run(
            writer,
            words,
            output,
            layout,
            hand,
            animation_speed=speed if animate else None,
            plotter=plotter,
            dpi=dpi,
            observer=Observer(progress),
        )
    for line in done.incomplete:
        say(f"warning: {line!r} may have lost its end; try another --seed")
    for chosen in done.misread:
        say(f"warning: {chosen.text!r} is read as {chosen.read!r}, the best of {best_of}; try another --seed")
    print(done.summary)


def demo(
    text: Annotated[str, typer.Argument(help="The line to write.")] = "The pen is mightier than the sword.",
    output: Annotated[Path, typer.Option("-o", "--output", help="The SVG file.")] = Path("demo.svg"),
    seed: Annotated[int, typer.Option(min=0, help="Another seed, another hand.")] = 0,
) -> None:
    """Write a line to an SVG file and read it back.

    With the shipped checkpoints of both directions.
    """
    from handwriting.composition.generate import demonstrate
    from handwriting.recognition.recognizer import Recognizer
    from handwriting.synthesis.synthesizer import Synthesizer

    result = demonstrate(text, output, Synthesizer.load(), Recognizer.load(), seed)
    print(f"written  {result.text}\nread     {result.output}\nCER      {100 * result.cer:.1f} %\n{output.resolve()}")
