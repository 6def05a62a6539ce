#!/usr/bin/env python3
"""The command line: every command parses its arguments, calls one function of the package and shows what it returns."""

from __future__ import annotations

import json
import os
import shlex
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from handwriting.errors import InkError

if TYPE_CHECKING:
    from handwriting.corpora import Corpus

app = typer.Typer(
    help="Reads handwriting (online ink), writes it, and trains the networks that do both.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
PLAIN: dict[str, Any] = {"no_args_is_help": True, "pretty_exceptions_enable": False, "rich_markup_mode": None}
"""Help as plain text: quick to import, and the same in a file as on a screen."""
train_app = typer.Typer(help="Train a network on a corpus.", **PLAIN)
evaluate_app = typer.Typer(help="Measure a checkpoint on a split of a corpus.", **PLAIN)
style_app = typer.Typer(help="Hands to write in.", **PLAIN)
app.add_typer(train_app, name="train")
app.add_typer(evaluate_app, name="evaluate")
language_app = typer.Typer(help="Build and weigh the language model that reading decodes with.", **PLAIN)
app.add_typer(language_app, name="language")
app.add_typer(style_app, name="style")


Decoder = Literal["greedy", "beam", "language"]

Checkpoint = Annotated[
    Path | None,
    typer.Option(
        help="Folder of the checkpoint, or a shipped one's name; the default one when not given.", show_default=False
    ),
]
Language = Annotated[
    Path | None,
    typer.Option(
        help="Folder of the language model, or a shipped one's name; the checkpoint's own when not given.",
        show_default=False,
    ),
]
Data = Annotated[
    Path, typer.Option(help="Folder of IAM-OnDB or of your own ink, a JSONL file, or a file packed with 'prepare'.")
]
Lists = Annotated[
    list[Path] | None,
    typer.Option("--list", help="A further split list (file of ids); may be repeated.", show_default=False),
]
Threads = Annotated[int, typer.Option(min=1, help="Threads of the engine.")]

Out = Annotated[Path, typer.Option(help="Folder of the run; resumes the run that is there.")]
Init = Annotated[
    Path | None,
    typer.Option(help="Checkpoint to start from; a recognizer has its sizes and features.", show_default=False),
]
Develop = Annotated[str, typer.Option(help="Split that chooses the best checkpoint; none takes the last.")]
HiddenSize = Annotated[int, typer.Option(min=1, help="Cells of each layer and direction.")]
Layers = Annotated[int, typer.Option(min=1, help="LSTM layers.")]
Variant = Annotated[Literal["1997", "forget", "peephole"], typer.Option(help="The LSTM's equations.")]
Dropout = Annotated[float, typer.Option(min=0, max=0.9, help="Between the layers.")]
Epochs = Annotated[int, typer.Option(min=1, help="Times that every line is seen.")]
BatchSize = Annotated[int, typer.Option(min=1, help="Lines an update, over all processes.")]
Rate = Annotated[float, typer.Option(min=1e-9, help="Peak learning rate.")]
Schedule = Annotated[Literal["one-cycle", "constant"], typer.Option(help="Of the learning rate.")]
WeightDecay = Annotated[float, typer.Option(min=0, help="Of the matrices, as in AdamW.")]
Clip = Annotated[float, typer.Option(min=1e-9, help="Largest norm of the gradient.")]
Average = Annotated[float, typer.Option(min=0, max=0.99999, help="Decay of the weights' moving average.")]
Precision = Annotated[Literal["bf16", "fp32"], typer.Option(help="Of the matrix products.")]
Device = Annotated[Literal["auto", "cpu", "cuda"], typer.Option(help="auto is the GPU when there is one.")]
EvaluateEvery = Annotated[int, typer.Option(min=1, help="Epochs between evaluations.")]
MaxMinutes = Annotated[
    float | None, typer.Option(min=0, help="Stop after so long, with a state to resume from.", show_default=False)
]
Loaders = Annotated[int, typer.Option(min=0, help="Processes that prepare batches.")]


@app.command()
def transcribe(
    paths: Annotated[list[str], typer.Argument(metavar="PATH", help="Ink files, folders of them, - for stdin.")],
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", help="The file to write: .txt, .json, .jsonl, .hocr, .pdf.", show_default=False),
    ] = None,
    format: Annotated[
        Literal["text", "json", "jsonl", "hocr", "pdf"] | None,
        typer.Option(help="What to write, where the file's ending does not tell.  [default: text]", show_default=False),
    ] = None,
    checkpoint: Checkpoint = None,
    decoder: Annotated[Decoder, typer.Option(help="Best path, beam search, or that with a language model.")] = (
        "language"
    ),
    words: Annotated[
        Path | None, typer.Option(help="File of words that are likely to occur: names, terms.", show_default=False)
    ] = None,
    context: Annotated[str, typer.Option(help="The text before what is read.", show_default=False)] = "",
    language: Language = None,
    alternatives: Annotated[int, typer.Option(min=1, max=100, help="Readings to report (json); takes the beam.")] = 1,
    line: Annotated[
        bool, typer.Option("--line", help="Every page is one line of writing: look for no others.")
    ] = False,
    dask: Annotated[
        str | None,
        typer.Option(metavar="ADDRESS", help="Read on a Dask cluster; for -o NAME.jsonl.", show_default=False),
    ] = None,
    threads: Threads = 1,
) -> None:
    """Read ink files: their lines as text, or where every word stands.

    Pages are split into lines. JSON has an object for each input, with lines,
    words and characters, their boxes and how probable they are; a PDF has the
    ink with its text under it, to be searched. A .jsonl file grows with the
    work, and the same command goes on where it was.

    An input that cannot be read is reported in one line on stderr and the
    others are done; the exit code is then 1, or 2 when nothing could be read.
    """
    from handwriting.documents.task import Task
    from handwriting.documents.transcribe import kind_of
    from handwriting.documents.transcribe import transcribe as transcribe_files
    from handwriting.recognition.language.model import Hints

    if (words or context) and decoder != "language":
        raise InkError("--words and --context are for the language model; give --decoder language")
    kind = kind_of(format, output)
    if alternatives > 1 and not kind.startswith("json"):
        raise InkError(f"--alternatives {alternatives}: only json has room for them; give --format json")
    if dask is not None and (output is None or kind != "jsonl"):
        raise InkError(f"--dask {dask} needs a file that grows with the work; give -o NAME.jsonl")
    task = Task(checkpoint, language, decoder, alternatives, Hints.of_file(words, context), line, threads)
    task.recognizer()
    with _progress("transcribing", unit="files") as progress:
        done = transcribe_files(
            task,
            paths,
            kind,
            output,
            dask=dask,
            show=lambda text: print(text, end="", flush=True),
            say=lambda reason: _say(f"error: {reason}"),
            tick=progress,
        )
    if output is not None and done.failed < done.files:
        print(f"{output}: {done}")
    if done.failed:
        raise SystemExit(1 if done.failed < done.files else 2)


@app.command()
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
    from handwriting.composition.export import choosing, read_text
    from handwriting.composition.export import generate as run
    from handwriting.rendering.page import PageStyle
    from handwriting.synthesis.styles import load
    from handwriting.synthesis.synthesizer import BIAS, Synthesizer

    if style is not None and prime is not None:
        raise InkError(f"--style {style} and --prime {prime}: two hands; give one of them")
    on_page = page_width is not None or paper != "plain"
    sheet = PageStyle(
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
    hand = load(style) if style is not None else None if prime is None else (prime, prime_text)
    synthesizer = Synthesizer.load(checkpoint, threads)
    with _progress("writing", unit="characters") as progress:
        done = run(
            synthesizer,
            words,
            output,
            sheet,
            bias=BIAS if bias is None else bias,
            seed=seed,
            primer=hand,
            size=size,
            slant=slant,
            best_of=choosing(synthesizer, best_of, threads),
            animated=speed if animate else None,
            plotted=plotter,
            dpi=dpi,
            progress=progress,
        )
    for line in done.unfinished:
        _say(f"warning: {line!r} may have lost its end; try another --seed")
    for chosen in done.unsaid:
        _say(f"warning: {chosen.text!r} is read as {chosen.read!r}, the best of {best_of}; try another --seed")
    print(done.summary)


@style_app.command("create")
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
    from handwriting.composition.export import make_style
    from handwriting.synthesis.synthesizer import Synthesizer

    made = make_style(Synthesizer.load(checkpoint), name, ink, text, size)
    path = output or Path(f"{name}.json")
    made.save(path)
    print(f"{path}: {name}, {sum(len(sample.ink) for sample in made.samples)} points")


@style_app.command("list")
def list_styles() -> None:
    """Name the shipped styles."""
    from handwriting.synthesis.styles import SHIPPED

    print("\n".join(SHIPPED))


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="Address to listen at; 0.0.0.0 for all of this machine's.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes a free one.")] = 8377,
    browser: Annotated[bool, typer.Option(help="Open the page in a browser.")] = True,
    allow_host: Annotated[
        list[str] | None, typer.Option(help="A name this server has; may be repeated.", show_default=False)
    ] = None,
    allow_origin: Annotated[
        list[str] | None,
        typer.Option(
            help="A site that may use the API, like https://example.org; may be repeated.", show_default=False
        ),
    ] = None,
    checkpoint: Annotated[
        Path | None, typer.Option(help="Of the synthesizer; the default one when not given.", show_default=False)
    ] = None,
    recognizer: Annotated[
        Path | None,
        typer.Option(
            help="Of the recognizer, or a shipped one's name; the default one when not given.", show_default=False
        ),
    ] = None,
) -> None:
    """A page to write on, in the browser, and an HTTP API.

    What is written is read as the pen is lifted; what is typed is written in
    a hand of your own. Everything stays on this machine.
    """
    from handwriting.recognition.recognizer import Recognizer
    from handwriting.synthesis.synthesizer import Synthesizer
    from handwriting.web.server import serve as run

    run(
        Synthesizer.load(checkpoint),
        Recognizer.load(recognizer),
        host,
        port,
        browser=browser,
        hosts=allow_host or (),
        origins=allow_origin or (),
        say=_say,
    )


@app.command("formats")
def list_formats() -> None:
    """List the kinds of ink files that are read and written."""
    from handwriting.formats import table

    print(table())


@app.command()
def convert(
    source: Annotated[str, typer.Argument(metavar="IN", help="An ink file, - for stdin.")],
    output: Annotated[Path, typer.Argument(metavar="OUT", help="The file to write; its ending says in which format.")],
    page: Annotated[int | None, typer.Option(min=1, help="Only this page of a document.", show_default=False)] = None,
    format: Annotated[
        str | None, typer.Option(help="The format of IN, where its content does not tell.", show_default=False)
    ] = None,
) -> None:
    """Turn an ink file into one of another format.

    What the other format cannot hold is named in a line on stderr; see
    'formats' for what each holds.
    """
    from handwriting import formats

    pages, lost = formats.convert(sys.stdin.buffer if source == "-" else source, output, page, format)
    if lost:
        _say(f"note: {output} cannot hold what {source} has: {', '.join(lost)}")
    points, strokes = (
        sum(len(a) for a in arrays) for arrays in zip(*((p.ink, p.ink.starts) for p in pages), strict=True)
    )
    print(f"{output}: {len(pages)} page{'s' * (len(pages) > 1)}, {strokes:,} strokes, {points:,} points")


@app.command()
def corpus(
    directory: Annotated[
        Path, typer.Argument(help="Folder of IAM-OnDB, UNIPEN or your own ink, JSONL or packed file.")
    ],
    lists: Lists = None,
) -> None:
    """Show what a corpus holds and every problem in it."""
    from handwriting.corpora.report import report

    with _progress("reading") as progress:
        found = report(directory, lists or (), progress)
    print(found)


@app.command()
def prepare(
    directory: Annotated[Path, typer.Argument(help="Folder of IAM-OnDB, UNIPEN or your own ink, or a JSONL file.")],
    output: Annotated[Path, typer.Option("-o", "--output", help="The file to write.")],
    lists: Lists = None,
    splits: Annotated[
        list[str] | None,
        typer.Option("--split", help="Pack this split alone; may be repeated.", show_default=False),
    ] = None,
) -> None:
    """Pack a corpus into one small file.

    It trains the same as the folder and opens at once.
    """
    from handwriting.corpora.packed import pack

    found = _corpus(directory, lists)
    with _progress("packing") as progress:
        pack(found, output, progress, splits or ())
    print(f"{output}: {output.stat().st_size / 1e6:.1f} MB")


@train_app.command("recognizer")
def train_recognizer(
    context: typer.Context,
    data: Annotated[
        list[Path],
        typer.Option(help="Folder of IAM-OnDB, UNIPEN or your own ink, JSONL or packed file; may be repeated."),
    ],
    out: Out,
    init: Init = None,
    recipe: Annotated[
        Literal["mixed", "open"] | None,
        typer.Option(help="Lists, shares and examples: IAM-OnDB and UNIPEN, or UNIPEN alone.", show_default=False),
    ] = None,
    train: Annotated[
        list[str] | None,
        typer.Option(
            help="Split to train on; several as [FORM:]SPLIT=SHARE, FORM whole, line or token.  [default: trainset]",
            show_default=False,
        ),
    ] = None,
    develop: Annotated[
        list[str] | None,
        typer.Option(
            help="Split that chooses the best checkpoint; further ones are reported. SPLIT:LINES for a part of it;"
            " none takes the last.  [default: testset_v]",
            show_default=False,
        ),
    ] = None,
    examples: Annotated[
        int | None,
        typer.Option(min=1, help="Of an epoch, drawn from several lists by their shares.", show_default=False),
    ] = None,
    lists: Lists = None,
    encoding: Annotated[
        Literal["points", "bezier"], typer.Option(help="What a step is: a resampled point or a Bezier curve.")
    ] = "bezier",
    spacing: Annotated[float, typer.Option(min=0.01, help="Between resampled points, in writing heights.")] = 0.06,
    tolerance: Annotated[float, typer.Option(min=0.001, help="Between ink and curve, in writing heights.")] = 0.03,
    hidden_size: HiddenSize = 256,
    layers: Layers = 3,
    variant: Variant = "forget",
    channels: Annotated[str, typer.Option(help="Output channels of the convolutions; empty for none.")] = "128",
    strides: Annotated[str, typer.Option(help="Their strides.")] = "1",
    dropout: Dropout = 0.35,
    epochs: Epochs = 80,
    batch_size: BatchSize = 64,
    rate: Rate = 3e-3,
    schedule: Schedule = "one-cycle",
    weight_decay: WeightDecay = 0.01,
    clip: Clip = 3.0,
    average: Average = 0.998,
    seed: Annotated[int, typer.Option(min=0, help="Of the weights, the order and every distortion.")] = 1,
    precision: Precision = "bf16",
    device: Device = "auto",
    evaluate_every: EvaluateEvery = 4,
    max_minutes: MaxMinutes = None,
    loaders: Loaders = 1,
) -> None:
    """Train the recognizer: stacked bidirectional LSTM with CTC. Killed at any moment, the same command goes on."""
    from handwriting.checkpoint import Checkpoint as Folder
    from handwriting.features import FeatureConfig
    from handwriting.files import make_folder
    from handwriting.training.loop import Options
    from handwriting.training.loop import train as run
    from handwriting.training.mixed import recognizer_task
    from handwriting.training.recipes import chosen
    from handwriting.training.recognizer import RecognizerSettings

    what = chosen(recipe, train, develop, examples)
    settings = RecognizerSettings(
        " ".join(what.train),
        " ".join(what.develop),
        FeatureConfig(encoding, spacing, tolerance),
        hidden_size=hidden_size,
        num_layers=layers,
        variant=variant,
        channels=_integers("channels", channels),
        strides=_integers("strides", strides),
        dropout=dropout,
        seed=seed,
    )
    options = Options(
        epochs,
        batch_size,
        rate,
        schedule,
        weight_decay,
        clip,
        average,
        seed,
        precision,
        device,
        evaluate_every,
        max_minutes=max_minutes,
        loaders=loaders,
    )
    start = None if init is None else Folder.load(init, "recognizer")
    if start is not None:
        given = {name for name in context.params if str(context.get_parameter_source(name)).endswith("COMMANDLINE")}
        settings = settings.like(start, {"num_layers" if name == "layers" else name for name in given})
    corpora = [_corpus(path, lists) for path in data]
    make_folder(out)
    task = recognizer_task(corpora, settings, what, start, say=_say)
    _say(json.dumps(run(task, options, out, command=_command())))


@train_app.command("prediction", help="Train the prediction network, which writes without a text, in the same way.")
@train_app.command("synthesizer")
def train_synthesizer(
    context: typer.Context,
    data: Data,
    out: Out,
    init: Init = None,
    train: Annotated[
        list[str] | None,
        typer.Option(help="Split to train on; may be repeated.  [default: trainset, testset_t]", show_default=False),
    ] = None,
    develop: Develop = "testset_v",
    lists: Lists = None,
    hidden_size: HiddenSize = 400,
    layers: Layers = 3,
    mixtures: Annotated[int, typer.Option(min=1, help="Gaussians of the output.")] = 20,
    components: Annotated[int, typer.Option(min=1, help="Gaussians of the window, in a synthesizer.")] = 10,
    variant: Variant = "forget",
    dropout: Dropout = 0.0,
    epochs: Epochs = 16,
    batch_size: BatchSize = 32,
    rate: Rate = 2.5e-3,
    schedule: Schedule = "one-cycle",
    weight_decay: WeightDecay = 0.01,
    clip: Clip = 1.0,
    weight_noise: Annotated[
        float, typer.Option(min=0, help="Adaptive weight noise: the standard deviation it starts from; 0 is off.")
    ] = 0.0,
    average: Average = 0.998,
    seed: Annotated[int, typer.Option(min=0, help="Of the weights and the order.")] = 1,
    precision: Precision = "bf16",
    device: Device = "auto",
    evaluate_every: EvaluateEvery = 4,
    max_minutes: MaxMinutes = None,
    loaders: Loaders = 0,
) -> None:
    """Train the synthesizer: a window over the text, a mixture density out. Killed, the same command goes on."""
    from handwriting.checkpoint import Checkpoint as Folder
    from handwriting.files import make_folder
    from handwriting.training.loop import Options
    from handwriting.training.loop import train as run
    from handwriting.training.synthesizer import SynthesizerSettings, SynthesizerTask

    kind: Any = context.info_name
    settings = SynthesizerSettings(
        kind,
        tuple(train or ("trainset", "testset_t")),
        develop,
        hidden_size=hidden_size,
        num_layers=layers,
        mixtures=mixtures,
        components=components,
        variant=variant,
        dropout=dropout,
        seed=seed,
    )
    options = Options(
        epochs,
        batch_size,
        rate,
        schedule,
        weight_decay,
        clip,
        average,
        seed,
        precision,
        device,
        evaluate_every,
        max_minutes=max_minutes,
        loaders=loaders,
        weight_noise=weight_noise,
    )
    start = None if init is None else Folder.load(init, kind)
    corpus = _corpus(data, lists)
    make_folder(out)
    task = SynthesizerTask(corpus, settings, start, say=_say)
    _say(json.dumps(run(task, options, out, command=_command())))


@evaluate_app.command("recognizer")
def evaluate_recognizer(
    data: Data,
    split: Annotated[str, typer.Option(help="An official split; figures on testset_v are on the development set.")],
    checkpoint: Checkpoint = None,
    decoder: Annotated[Decoder, typer.Option(help="Best path, beam search, or that with a language model.")] = "greedy",
    language: Language = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object with the figures as fractions.")] = False,
    torch: Annotated[bool, typer.Option("--torch", help="The float32 network instead of the int8 graph.")] = False,
    worst: Annotated[int, typer.Option(min=0, help="Draw this many of the worst lines.")] = 0,
    worst_png: Annotated[Path, typer.Option(help="Where to draw them.")] = Path("worst.png"),
    outputs: Annotated[
        Path | None, typer.Option(help="Write 'line id, tab, output' to this file.", show_default=False)
    ] = None,
    perturb: Annotated[
        str | None,
        typer.Option(
            metavar="NAME", help="Ink of other pens and hands: change every line in this way first, or 'all' in turn."
        ),
    ] = None,
    calibration: Annotated[
        Path | None,
        typer.Option(
            metavar="PNG", help="Draw how probable against how often right, and print it.", show_default=False
        ),
    ] = None,
    alternatives: Annotated[int, typer.Option(min=1, max=100, help="Readings that --calibration counts.")] = 5,
    lists: Lists = None,
    threads: Threads = 1,
) -> None:
    """Transcribe every line of a split and print CER and WER, their interval, and the most frequent confusions."""
    from handwriting.checkpoint import Checkpoint as Folder
    from handwriting.evaluation import recognition, robustness
    from handwriting.evaluation import reliability as calibrating
    from handwriting.evaluation.perturb import perturbation
    from handwriting.recognition.calibration import Calibration
    from handwriting.recognition.language.model import LanguageModel
    from handwriting.recognition.recognizer import Recognizer

    folder = Folder.load(checkpoint, "recognizer")
    network = None
    if torch:
        from handwriting.training.recognizer import torch_network

        network = torch_network(folder, threads)
    recognizer = Recognizer(folder, threads, network, None if language is None else LanguageModel.load(language))
    corpus = _corpus(data, lists)
    if perturb == "all":
        with _progress("reading") as progress:
            table = robustness.survey(recognizer, corpus, split, decoder, progress)
        print(json.dumps(table) if as_json else robustness.render(table))
        return
    change = perturbation(perturb or "none")
    with _progress("reading") as progress:
        readings = alternatives if calibration and decoder != "greedy" else 1
        result = recognition.evaluate(
            recognizer, corpus, split, decoder, progress=progress, perturb=change, alternatives=readings
        )
    figures = result.figures()
    if calibration:
        weights = Calibration.of_card(folder.card, decoder)
        figures["calibration"] = calibrating.figures(result, weights)
        calibrating.draw(result, weights, calibration)
    print(json.dumps(figures) if as_json else recognition.render(result))
    if calibration and not as_json:
        print("\n" + calibrating.render(figures["calibration"]))
    if outputs:
        recognition.write_outputs(result, outputs)
    if worst:
        recognition.draw_worst(result, worst, worst_png)


@evaluate_app.command("pages")
def evaluate_pages(
    data: Annotated[Path, typer.Option(help="Folder of IAM-OnDB.")],
    split: Annotated[str, typer.Option(help="An official split; figures on testset_v are on the development set.")],
    no_time: Annotated[bool, typer.Option("--no-time", help="Drop times and shuffle the strokes.")] = False,
    columns: Annotated[bool, typer.Option("--columns", help="Two forms beside each other on every page.")] = False,
    only_lines: Annotated[bool, typer.Option("--only-lines", help="Find the lines, and do not read them.")] = False,
    checkpoint: Checkpoint = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object; rates are fractions.")] = False,
    lists: Lists = None,
    threads: Threads = 1,
) -> None:
    """Split whole forms into lines and read them: strokes on the right line, and CER beside that of line files."""
    from handwriting.evaluation import pages
    from handwriting.recognition.recognizer import Recognizer

    recognizer = None if only_lines else Recognizer.load(checkpoint, threads)
    with _progress("reading", unit="pages") as progress:
        result = pages.evaluate(
            _corpus(data, lists), split, recognizer, timeless=no_time, columns=columns, progress=progress
        )
    print(json.dumps(result.figures()) if as_json else pages.render(result))


@evaluate_app.command("synthesizer")
def evaluate_synthesizer(
    data: Data,
    split: Annotated[str, typer.Option(help="An official split; figures on testset_v are on the development set.")],
    checkpoint: Checkpoint = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
    torch: Annotated[bool, typer.Option("--torch", help="The float32 network instead of the int8 graph.")] = False,
    lists: Lists = None,
    threads: Threads = 1,
) -> None:
    """Nats of every line of a split: how well the network expects real handwriting. Lower is better."""
    from handwriting.checkpoint import Checkpoint as Folder
    from handwriting.evaluation import synthesis
    from handwriting.synthesis.synthesizer import Synthesizer

    folder = Folder.load(checkpoint, "synthesizer")
    corpus = _corpus(data, lists)
    with _progress("reading") as progress:
        if torch:
            from handwriting.training.synthesizer import evaluate

            result = evaluate(folder, corpus, split, threads, progress)
        else:
            result = synthesis.evaluate(Synthesizer(folder, threads), corpus, split, progress=progress)
    print(json.dumps(result) if as_json else synthesis.render(result))


@evaluate_app.command("legibility")
def evaluate_legibility(
    texts: Annotated[Path, typer.Option(help="Sentences to write, one a line (UTF-8).")],
    n: Annotated[
        int | None, typer.Option("-n", min=1, help="Lines to write.  [default: every text once]", show_default=False)
    ] = None,
    bias: Annotated[float | None, typer.Option(min=0, max=20, help="As for 'generate'.", show_default=False)] = None,
    seed: Annotated[int, typer.Option(min=0, help="Of the lines.")] = 0,
    data: Annotated[
        Path | None, typer.Option(help="Corpus whose real lines to read beside them.", show_default=False)
    ] = None,
    split: Annotated[str, typer.Option(help="Split of those lines.")] = "testset_v",
    checkpoint: Checkpoint = None,
    recognizer: Annotated[
        Path | None,
        typer.Option(
            help="Checkpoint that reads, or a shipped one's name; the default one when not given.", show_default=False
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object; rates are fractions.")] = False,
    rows: Annotated[int, typer.Option(min=0, help="Characters in the table, least legible first.")] = 20,
    threads: Threads = 1,
) -> None:
    """Write sentences, read them with the recognizer: CER, what it mistakes, and how much the lines differ.

    With --data the same recognizer reads real lines, sentences that training
    texts hold are refused, and the spreads of both are compared.
    """
    from handwriting.evaluation import legibility
    from handwriting.recognition.recognizer import Recognizer
    from handwriting.synthesis.synthesizer import BIAS, Synthesizer

    sentences = legibility.read_sentences(texts)
    with _progress("writing", unit="characters") as progress:
        result = legibility.evaluate(
            sentences,
            Synthesizer.load(checkpoint, threads),
            Recognizer.load(recognizer, threads),
            BIAS if bias is None else bias,
            seed,
            n,
            None if data is None else _corpus(data),
            split,
            progress,
        )
    print(json.dumps(result.figures(), ensure_ascii=False) if as_json else legibility.render(result, rows))


@app.command()
def calibrate(
    checkpoint: Annotated[Path, typer.Argument(help="Folder of the recognizer; its card gets the calibration.")],
    data: Data,
    split: Annotated[str, typer.Option(help="Development set.")] = "testset_v",
    decoder: Annotated[Decoder, typer.Option(help="Each has a calibration of its own.")] = "language",
    language: Language = None,
) -> None:
    """Make a recognizer's probabilities of lines, words and characters mean what they say.

    Whether one reading is asked for or five, for which the search is wider.
    """
    from handwriting.checkpoint import Checkpoint as Folder
    from handwriting.checkpoint import save_card
    from handwriting.evaluation import recognition, reliability
    from handwriting.recognition.language.model import LanguageModel
    from handwriting.recognition.recognizer import Recognizer

    folder = Folder.load(checkpoint, "recognizer")
    card = dict(folder.card)
    others = card.pop("calibration", {})  # what an older version left must not be in the way
    model = None if language is None else LanguageModel.load(language)
    recognizer, corpus = Recognizer(Folder(folder.folder, card), language=model), _corpus(data)
    with _progress("reading") as progress:
        results = [
            recognition.evaluate(recognizer, corpus, split, decoder, progress=progress, alternatives=readings)
            for readings in ((1,) if decoder == "greedy" else (1, 5))
        ]
    judged = reliability.judge(*results)
    weights = reliability.calibrate(judged)
    save_card(folder.folder, {**card, "calibration": {**others, decoder: {**weights.record(), "split": split}}})
    for level, error in reliability.cross_validated(judged).items():
        print(f"{level:10} calibration error {100 * error:5.2f} %, each form judged by a fit on others")


@language_app.command("build")
def language_build(
    output: Annotated[Path, typer.Option("-o", "--output", help="Folder to write.")],
    texts: Annotated[
        list[Path] | None,
        typer.Option("--text", help="Zip archive, folder, or file of text; may be repeated.", show_default=False),
    ] = None,
    data: Annotated[
        Path | None, typer.Option(help="Corpus of ink whose transcripts are text too.", show_default=False)
    ] = None,
    split: Annotated[str, typer.Option(help="Split of those transcripts.")] = "trainset",
    frequencies: Annotated[
        Path | None, typer.Option(help="List of 'word count', as symspellpy has one.", show_default=False)
    ] = None,
    bigrams: Annotated[Path | None, typer.Option(help="List of 'word word count'.", show_default=False)] = None,
    cutoffs: Annotated[str, typer.Option(help="Least counts of character n-grams, from order 1 on.")] = "1,1,1,2,3,4",
    terms: Annotated[
        str | None, typer.Option(help="Of texts that the program does not know, for the card.", show_default=False)
    ] = None,
) -> None:
    """Make a language model from texts: word trigrams, and character n-grams for all else. Weigh it with 'tune'."""
    from handwriting.recognition.language.build import Settings, build

    corpus = None if data is None else _corpus(data)
    settings = Settings(tuple(_integers("cutoffs", cutoffs)))
    model = build(texts or [], corpus, split, frequencies, bigrams, terms, settings, _say, _command())
    model.save(output)
    _say(f"{output}: {sum(f.stat().st_size for f in output.iterdir()) / 1e6:.1f} MB")


@language_app.command("tune")
def language_tune(
    language: Annotated[Path, typer.Argument(help="Folder of the language model; its card gets the weights.")],
    data: Data,
    split: Annotated[str, typer.Option(help="Development set.")] = "testset_v",
    checkpoint: Checkpoint = None,
    every: Annotated[int, typer.Option(min=1, help="Use one line in so many.")] = 4,
    rounds: Annotated[int, typer.Option(min=1, help="Each halves the steps.")] = 2,
    beam: Annotated[int, typer.Option(min=1, help="Prefixes kept.")] = 25,
) -> None:
    """Find how much the language model should count beside the network, by CER on a development set."""
    from handwriting.checkpoint import Checkpoint as Folder
    from handwriting.evaluation.tuning import tune
    from handwriting.recognition.language.model import LanguageModel
    from handwriting.recognition.recognizer import Recognizer

    folder = Folder.load(language, "language").folder
    model = LanguageModel.load(folder)
    tuned = tune(Recognizer.load(checkpoint), model, _corpus(data), split, every, rounds, beam, _say)
    tuned.model(model, split, _command()).save(folder)
    print(f"CER {100 * tuned.cer:.2f} %, WER {100 * tuned.wer:.2f} % on {tuned.lines} lines of {split}")


@app.command()
def export(
    source: Annotated[Path, typer.Argument(help="Checkpoint with weights, like RUN/best.")],
    output: Annotated[Path, typer.Option("-o", "--output", help="Folder to write.")],
    float32: Annotated[bool, typer.Option("--float32", help="Keep the graph in float32.")] = False,
    data: Annotated[
        Path | None, typer.Option(help="Corpus to measure the graph on, for the card.", show_default=False)
    ] = None,
    splits: Annotated[
        list[str] | None,
        typer.Option("--split", help="Split to measure; may be repeated.  [default: testset_v]", show_default=False),
    ] = None,
    language: Annotated[
        str | None,
        typer.Option(
            help="Shipped language model to decode with, for a recognizer's card.  [default: the source's own]",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Write a checkpoint to ship.

    Float16 weights, the int8 graph made from them, and the card, with the graph's figures when --data is given.
    """
    from handwriting.checkpoint import Checkpoint as Folder
    from handwriting.training import recognizer, synthesizer

    corpus = None if data is None else _corpus(data)
    folder = Folder.load(source, "recognizer", "synthesizer", "prediction")
    if folder.card["kind"] == "recognizer":
        recognizer.export_checkpoint(folder, output, not float32, corpus, splits or ["testset_v"], language)
    elif language is not None:
        raise InkError(f"--language {language}: only a recognizer decodes with one, {source} is no recognizer")
    else:
        synthesizer.export_checkpoint(folder, output, not float32, corpus, splits or ["testset_v"])
    for file in sorted(output.iterdir()):
        print(f"{file}: {file.stat().st_size / 1e6:.2f} MB")


@app.command()
def demo(
    text: Annotated[str, typer.Argument(help="The line to write.")] = "The pen is mightier than the sword.",
    output: Annotated[Path, typer.Option("-o", "--output", help="The SVG file.")] = Path("demo.svg"),
    seed: Annotated[int, typer.Option(min=0, help="Another seed, another hand.")] = 0,
) -> None:
    """Write a line to an SVG file and read it back.

    With the shipped checkpoints of both directions.
    """
    from handwriting.composition.export import demonstrate
    from handwriting.recognition.recognizer import Recognizer
    from handwriting.synthesis.synthesizer import Synthesizer

    result = demonstrate(text, output, Synthesizer.load(), Recognizer.load(), seed)
    print(f"written  {result.text}\nread     {result.output}\nCER      {100 * result.cer:.1f} %\n{output.resolve()}")


def main() -> None:
    """Run the command line; what the user can mend is one line on stderr and exit code 2."""
    sys.stdout.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    try:
        app()
        sys.stdout.flush()
    except InkError as error:
        print(f"error: {error}", file=sys.stderr)
        raise SystemExit(2) from None
    except ModuleNotFoundError as error:
        extras = dict.fromkeys(("torch", "onnx", "safetensors"), "train")
        extras |= dict.fromkeys(("fastapi", "starlette", "uvicorn", "pydantic"), "web") | {"distributed": "dask"}
        if error.name not in extras:
            raise
        extra = extras[error.name]
        print(f"error: this needs {error.name}; install it: pip install 'handwriting[{extra}]'", file=sys.stderr)
        raise SystemExit(2) from None
    except BrokenPipeError:  # the reader of our output has gone, as in `... | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(1) from None
    except OSError as error:  # a full disk, say
        print(f"error: {error}", file=sys.stderr)
        raise SystemExit(2) from None


@contextmanager
def _progress(label: str, unit: str = "lines") -> Iterator[Callable[[float, int], object]]:
    """A bar on stderr that appears after a second; the body gets a function of what is done and the total."""
    if not sys.stderr.isatty():  # the bar's import takes longer than reading a line
        yield lambda done, total: None
        return
    from tqdm import tqdm

    with tqdm(desc=label, unit=f" {unit}", delay=1, leave=False) as bar:

        def show(done: float, total: int) -> None:
            bar.total = total
            bar.update(done - bar.n)

        yield show


def _corpus(path: Path, lists: list[Path] | None = None) -> Corpus:
    """The corpus there, opened; of one's own it is said what cannot be used."""
    from handwriting.corpora import open_corpus
    from handwriting.corpora.own import OwnCorpus

    corpus = open_corpus(path, lists or ())
    if isinstance(corpus, OwnCorpus) and (note := corpus.note()):
        _say(note)
    return corpus


def _command() -> str:
    """What was called, for the card: absolute paths by their names alone, which is all they say elsewhere."""
    return shlex.join(["python", *(os.path.basename(a) if os.path.isabs(a) else a for a in sys.argv)])


def _say(message: str) -> None:
    """To stderr; of several processes that train together only the first speaks."""
    if os.environ.get("RANK", "0") == "0":
        print(message, file=sys.stderr)


def _integers(name: str, text: str) -> list[int]:
    try:
        return [int(part) for part in text.split(",") if part.strip()]
    except ValueError:
        raise InkError(f"--{name} {text!r}: give whole numbers with commas between them, like 64,128") from None


if __name__ == "__main__":
    main()
