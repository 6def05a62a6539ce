"""Commands that write: ``generate`` and ``demo``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

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
from handwriting.cli.progress import bar, say_notes
from handwriting.errors import InkError


def generate(
    context: typer.Context,
    output: Annotated[
        Path,
        typer.Option(
            "-o",
            "--output",
            help="File to write: .svg, .png or .pdf as a drawing; .inkml, .xopp, .json or .csv as ink.",
        ),
    ],
    text: Text = None,
    file: TextFile = None,
    unconditional: Annotated[
        bool,
        typer.Option(
            "--unconditional", help="Write without a text, with the prediction network; --bias is then 0.25 by default."
        ),
    ] = False,
    lines: Annotated[int, typer.Option(min=1, max=64, help="Lines to write with --unconditional.")] = 6,
    replace: Replace = False,
    seed: Seed = 0,
    bias: Bias = None,
    style: StyleName = None,
    prime: Annotated[
        Path | None,
        typer.Option(
            help="Ink file with a line of writing to imitate, without creating a style.",
            show_default=False,
            rich_help_panel=HAND,
        ),
    ] = None,
    prime_text: Annotated[
        str | None,
        typer.Option(
            help="Text of the line in --prime, if the file does not contain it.",
            show_default=False,
            rich_help_panel=HAND,
        ),
    ] = None,
    best_of: BestOf = DEFAULT_BEST_OF,
    size: Size = 1.0,
    slant: Slant = 0.0,
    page_width: Annotated[
        float | None,
        typer.Option(
            help="Width of the page in mm.  [default: 210 on printed paper, else as wide as the writing]",
            show_default=False,
            rich_help_panel=PAGE,
        ),
    ] = None,
    page_height: Annotated[
        float,
        typer.Option(
            help="Minimum height of the page in mm; it grows with the text. 'letter' fills several pages.",
            rich_help_panel=PAGE,
        ),
    ] = 0.0,
    paper: Annotated[
        Literal["plain", "ruled", "squared", "dotted", "seyes"],
        typer.Option(help="Paper behind the writing.", rich_help_panel=PAGE),
    ] = "plain",
    margin: Annotated[
        float | None,
        typer.Option(help="Margin in mm.  [default: 20 on a page, else 4]", show_default=False, rich_help_panel=PAGE),
    ] = None,
    line_height: LineHeight = 10.0,
    align: Annotated[
        Literal["left", "center", "right"], typer.Option(help="Alignment of the lines.", rich_help_panel=PAGE)
    ] = "left",
    pen: PenName = "fineliner",
    width: PenWidth = None,
    color: Color = "black",
    dpi: Dpi = 200,
    animate: Annotated[
        bool,
        typer.Option("--animate", help="Make an SVG that writes itself, stroke by stroke.", rich_help_panel=PEN),
    ] = False,
    speed: Annotated[
        float,
        typer.Option(help="Speed of the animation; 1 is as fast as a person.", rich_help_panel=PEN),
    ] = 1.0,
    plotter: Annotated[
        bool,
        typer.Option(
            "--plotter",
            help="Make an SVG for a pen plotter: only strokes, ordered for short pen-up moves.",
            rich_help_panel=PEN,
        ),
    ] = False,
    checkpoint: Checkpoint = None,
    threads: Threads = 1,
) -> None:
    """Write a text as handwriting.

    Line breaks in the text are kept, and lines that are too long for the page are wrapped. The same command writes the
    same file. Text with characters that cannot be written is refused before anything is drawn, and the message
    suggests a spelling that can be written.
    """
    if unconditional:
        if text is not None:
            raise InkError(f"TEXT {text!r} has no effect with --unconditional; leave one of them out")
        for name in ("file", "replace", "style", "prime", "prime_text", "best_of", "slant"):
            not_with(context, name, True, "--unconditional")
    else:
        only_with(context, "lines", False, "--unconditional")
        one_text(text, file)
    from handwriting.composition.blocks import respelled
    from handwriting.composition.generate import generate as run
    from handwriting.composition.generate import generate_unconditional, read_text
    from handwriting.composition.runs import WordWriter
    from handwriting.composition.style import style_from_file
    from handwriting.files import refuse_input
    from handwriting.recognition.recognizer import Recognizer
    from handwriting.rendering.layout import PageLayout
    from handwriting.rendering.pens import pen as pen_named
    from handwriting.synthesis.hand import DEFAULT_BIAS, Hand
    from handwriting.synthesis.predictor import BIAS, Predictor
    from handwriting.synthesis.styles import load
    from handwriting.synthesis.synthesizer import Synthesizer

    if style is not None and prime is not None:
        raise InkError(f"--style {style} and --prime {prime} both give a hand; use one of them")
    stdin = text if text == "-" else None
    refuse_input(output, [path for path in (stdin, prime, file, style) if path is not None])
    on_page = page_width is not None or paper != "plain"
    only_with(context, "prime_text", prime is not None, "--prime")
    only_with(context, "page_height", on_page, "--page-width or --paper")
    only_with(context, "speed", animate, "--animate")
    only_with(context, "dpi", output.suffix.lower() == ".png", "a .png output")
    check_look(context, output)
    not_with(context, "paper", plotter and paper != "plain", "--plotter")
    layout = PageLayout(
        width_mm=page_width if page_width is not None else 210.0 if on_page else None,
        height_mm=page_height,
        margin_mm=margin if margin is not None else 20.0 if on_page else 4.0,
        line_height_mm=line_height,
        align=align,
        paper=paper,
        color=color,
    ).with_pen(pen_named(pen, width))
    look: dict[str, Any] = {"animation_speed": speed if animate else None, "plotter": plotter, "dpi": dpi}
    if unconditional:
        predictor = Predictor.load(checkpoint, threads)
        hand = Hand(BIAS if bias is None else bias, seed, size=size)
        with bar("writing", unit="points") as progress:
            done = generate_unconditional(predictor, lines, output, layout, hand, **look, progress=progress)
        print(done.summary)
        return
    words = read_text(text, file)
    imitated = load(style) if style is not None else None
    if prime is not None:
        imitated = style_from_file(prime, prime_text, text_option="--prime-text")
        say_notes(prime, imitated.samples[0].ink.source.notes)
    hand = Hand(DEFAULT_BIAS if bias is None else bias, seed, imitated, size, slant)
    synthesizer = Synthesizer.load(checkpoint, threads)
    if replace:
        words = respelled(words, synthesizer)
    writer = WordWriter(synthesizer, Recognizer.load(threads=threads) if best_of > 1 else None, best_of)
    with bar("writing", unit="characters") as progress:
        done = run(writer, words, output, layout, hand, **look, progress=progress)
    warn_doubtful(done.page.doubtful)
    print(done.summary)


def demo(
    text: Annotated[str, typer.Argument(metavar="TEXT", help="Line to write.")] = "The pen is mightier than the sword.",
    output: Annotated[Path, typer.Option("-o", "--output", help="SVG file to write.")] = Path("demo.svg"),
    seed: Annotated[int, typer.Option(min=0, help="Random seed; every seed gives different writing.")] = 5,
) -> None:
    """Write a line to an SVG file and read it back.

    This uses the shipped checkpoints of both networks.
    """
    from handwriting.composition.generate import demonstrate
    from handwriting.files import refuse_other
    from handwriting.recognition.recognizer import Recognizer
    from handwriting.rendering import svg
    from handwriting.synthesis.synthesizer import Synthesizer

    refuse_other(output, "a drawing of this program", svg.recognises)
    result = demonstrate(text, output, Synthesizer.load(), Recognizer.load(), seed)
    print(f"written  {result.text}\nread     {result.output}\nCER      {100 * result.cer:.1f} %\n{output.resolve()}")
