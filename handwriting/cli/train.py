"""``train``, and ``export`` of what it wrote."""

from __future__ import annotations

import json
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from handwriting.cli.help import PLAIN, Command
from handwriting.cli.options import Data, Develop, Init, Lists, Out, corpus_at, only_with
from handwriting.cli.program import command_line
from handwriting.cli.progress import bar, say
from handwriting.cli.training_options import Config, chosen, made, options_of, values_of
from handwriting.errors import InkError
from handwriting.training.config import write_config
from handwriting.training.options import (
    LANGUAGE_TRAINING,
    SYNTHESIZER_TRAINING,
    LanguageOptions,
    RecognizerOptions,
    SynthesizerOptions,
    TrainingOptions,
)

app = typer.Typer(help="Train a network on a corpus.", **PLAIN)


@app.command("recognizer", cls=Command)
@options_of({"Network": RecognizerOptions, "Training": TrainingOptions()}, but=("weight_noise",))
def train_recognizer(
    context: typer.Context,
    data: Annotated[
        list[Path],
        typer.Option(help="Folder of IAM-OnDB, UNIPEN or your own ink, a JSONL file, or a packed file; repeatable."),
    ],
    out: Out,
    config: Config = None,
    init: Init = None,
    recipe: Annotated[
        Literal["mixed", "open"] | None,
        typer.Option(
            help="Preset of --train, --develop and --examples: 'mixed' for IAM-OnDB with UNIPEN, 'open' for"
            " UNIPEN alone.",
            show_default=False,
        ),
    ] = None,
    train: Annotated[
        list[str] | None,
        typer.Option(
            help="Split to train on. To mix several, repeat it as [FORM:]SPLIT=SHARE, where FORM is whole, line,"
            " token or string.  [default: trainset]",
            show_default=False,
        ),
    ] = None,
    develop: Annotated[
        list[str] | None,
        typer.Option(
            help="Development set that chooses the best checkpoint; SPLIT:LINES takes only that many lines, and 'none'"
            " keeps the last checkpoint. Further sets are only reported.  [default: testset_v]",
            show_default=False,
        ),
    ] = None,
    examples: Annotated[
        int | None,
        typer.Option(min=1, help="Examples per epoch, drawn from several splits by their shares.", show_default=False),
    ] = None,
    lists: Lists = None,
    **given: Any,
) -> None:
    """Train a recognizer: a stacked bidirectional LSTM with CTC.

    The same command resumes a run that was interrupted.
    """
    from handwriting.checkpoint import Checkpoint
    from handwriting.files import make_folder
    from handwriting.training import loop
    from handwriting.training.recipes import recipe_for
    from handwriting.training.seq2seq import task_for

    how: TrainingOptions = made(context, TrainingOptions(), given)
    what: RecognizerOptions = made(context, RecognizerOptions, given)
    start = None if init is None else Checkpoint.load(init, "recognizer")
    if start is not None:
        what = what.like(start, {"num_layers" if name == "layers" else name for name in chosen(context)})
    corpora = [corpus_at(path, lists) for path in data]
    make_folder(out)
    task = task_for(corpora, what, recipe_for(recipe, train, develop, examples), start, say)
    write_config(out, values_of(context, how, what))
    say(json.dumps(loop.train(task, how, out, command=command_line())))


@app.command(
    "prediction",
    cls=Command,
    help="Train a prediction network, which writes without a text.\n\n"
    "The same command resumes a run that was interrupted.",
)
@app.command("synthesizer", cls=Command)
@options_of({"Network": SynthesizerOptions, "Training": SYNTHESIZER_TRAINING})
def train_synthesizer(
    context: typer.Context,
    data: Data,
    out: Out,
    config: Config = None,
    init: Init = None,
    train: Annotated[
        list[str] | None,
        typer.Option(help="Split to train on; repeatable.  [default: trainset, testset_t]", show_default=False),
    ] = None,
    develop: Develop = "testset_v",
    lists: Lists = None,
    unipen: Annotated[
        Path | None,
        typer.Option(
            help="Folder or packed file of UNIPEN; the synthesizer then has hand codes and learns from both corpora.",
            show_default=False,
        ),
    ] = None,
    **given: Any,
) -> None:
    """Train a synthesizer: a stacked LSTM with a window over the text and a mixture density as output.

    The same command resumes a run that was interrupted.
    """
    from handwriting.checkpoint import Checkpoint
    from handwriting.files import make_folder
    from handwriting.training import loop
    from handwriting.training.hands import hands_task
    from handwriting.training.synthesizer import SynthesizerTask

    kind: Any = context.info_name
    how: TrainingOptions = made(context, SYNTHESIZER_TRAINING, given)
    what: SynthesizerOptions = made(context, SynthesizerOptions, given)
    what = replace(what, kind=kind, train=tuple(train or what.train), develop=develop)
    starts = (kind, "synthesizer") if kind == "prediction" else (kind,)
    start = None if init is None else Checkpoint.load(init, *starts)
    corpus = corpus_at(data, lists)
    make_folder(out)
    task: Any = (
        SynthesizerTask(corpus, what, start, say)
        if unipen is None
        else hands_task(corpus, corpus_at(unipen, None), what, out, start, say)
    )
    write_config(out, values_of(context, how, what))
    say(json.dumps(loop.train(task, how, out, command=command_line())))


@app.command("hands", cls=Command)
def train_hands(
    data: Data,
    init: Annotated[Path, typer.Option(help="Synthesizer with hand codes, trained with --unipen.")],
    out: Annotated[Path, typer.Option(help="Folder of the new checkpoint.")],
    train: Annotated[str, typer.Option(help="Split of the real lines.")] = "trainset",
    real: Annotated[int, typer.Option(min=2, help="Number of real lines, evenly spaced over the split.")] = 700,
    lines: Annotated[
        int, typer.Option(min=2, help="Number of sentences, and of strings, to write in random hands in each round.")
    ] = 1400,
    rounds: Annotated[int, typer.Option(min=1, help="Corrections of the random hands.")] = 2,
    hands: Annotated[int, typer.Option(min=2, help="Number of hands to write in for the estimation of hands.")] = 900,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the hands and the strings.")] = 10_000,
    lists: Lists = None,
) -> None:
    """Tune the hands of a synthesizer by the lines that it writes.

    Random hands are moved so that their lines measure like real lines and are read correctly by the shipped recognizer;
    the hand of a person is estimated so that written lines measure like the person's. The network stays as it is.
    """
    from handwriting.checkpoint import Checkpoint
    from handwriting.training.hand_tuning import HandTuning, tune_hands

    how = HandTuning(real=real, lines=lines, rounds=rounds, hands=hands, seed=seed)
    start, corpus = Checkpoint.load(init, "synthesizer"), corpus_at(data, lists)
    with bar("writing") as progress:
        figures = tune_hands(start, corpus, train, out, how, command_line(), progress)
    say(json.dumps(figures))


@app.command("orientation", cls=Command)
def train_orientation(
    data: Data,
    out: Out,
    train: Annotated[
        list[str] | None,
        typer.Option(
            metavar="SPLIT=INKS",
            help="Split to train on, and the number of its inks to use, evenly spaced; repeatable."
            "  [default: train-tokens=24000, train-texts=12000, train-characters=2000]",
            show_default=False,
        ),
    ] = None,
    develop: Annotated[
        list[str] | None,
        typer.Option(
            metavar="SPLIT=INKS",
            help="Split to measure on for the card, in the same form; repeatable.  [default: valid-tokens=1000]",
            show_default=False,
        ),
    ] = None,
    hidden: Annotated[int, typer.Option(min=1, help="Cells of the hidden layer of the classifier.")] = 32,
    updates: Annotated[int, typer.Option(min=1, help="Updates of each network.")] = 3500,
    seed: Annotated[int, typer.Option(min=0, help="Seed of weights, distortions and batches.")] = 0,
    lists: Lists = None,
) -> None:
    """Train the networks that detect the orientation of ink.

    A classifier detects turned, mirrored and backward ink; two others predict the direction and the order of strokes.
    The training ink must be upright, with its strokes in the order of writing.
    """
    from handwriting.training.orientation_checkpoint import OrientationOptions, train_checkpoint

    options = OrientationOptions(
        OrientationOptions.counted(train or ["train-tokens=24000", "train-texts=12000", "train-characters=2000"]),
        OrientationOptions.counted(develop or ["valid-tokens=1000"]),
        hidden,
        updates,
        seed,
    )
    with ExitStack() as bars:
        figures = train_checkpoint(
            corpus_at(data, lists), options, out, command_line(), lambda name: bars.enter_context(bar(name, "steps"))
        )
    say(json.dumps(figures))


@app.command("language", cls=Command)
@options_of({"Network": LanguageOptions, "Training": LANGUAGE_TRAINING})
def train_language(
    context: typer.Context,
    out: Out,
    config: Config = None,
    text: Annotated[
        list[Path] | None,
        typer.Option(help="Text to learn from: a file, a folder or a zip archive; repeatable.", show_default=False),
    ] = None,
    terms: Annotated[
        str | None, typer.Option(help="Terms of use of the texts, for the card.", show_default=False)
    ] = None,
    data: Annotated[
        Path | None,
        typer.Option(help="Corpus of ink whose transcripts are also learned.", show_default=False),
    ] = None,
    train: Annotated[str, typer.Option(help="Split of the corpus whose transcripts are used.")] = "trainset",
    weight: Annotated[float, typer.Option(min=0, help="Weight of the transcripts relative to the texts.")] = 3.0,
    develop: Develop = "testset_v",
    **given: Any,
) -> None:
    """Train a character language model: a stacked LSTM that predicts the next character of a text.

    'language tune --lstm' adds it to an n-gram language model. The same command resumes a run that was interrupted.
    """
    from handwriting.corpora.seen import NONE
    from handwriting.files import make_folder
    from handwriting.training import loop
    from handwriting.training.language import LanguageTask, streams

    how: TrainingOptions = made(context, LANGUAGE_TRAINING, given)
    what: LanguageOptions = made(context, LanguageOptions, given)
    for name in ("train", "weight"):
        only_with(context, name, data is not None, "--data")
    corpus = None if data is None else corpus_at(data)
    make_folder(out)
    sources = streams(text or [], corpus, train, weight, terms, say)
    task = LanguageTask(sources, what, None if corpus is None or develop == NONE else (corpus, develop))
    write_config(out, values_of(context, how, what))
    say(json.dumps(loop.train(task, how, out, command=command_line())))


def export(
    context: typer.Context,
    source: Annotated[
        Path, typer.Argument(metavar="SOURCE", help="Folder of the checkpoint to export, such as RUN/best.")
    ],
    output: Annotated[Path, typer.Option("-o", "--output", help="Folder to write.")],
    float32: Annotated[bool, typer.Option("--float32", help="Keep the graph in float32 instead of int8.")] = False,
    language: Annotated[
        str | None,
        typer.Option(
            help="Shipped language model for the decoder of a recognizer.  [default: the one of SOURCE]",
            show_default=False,
        ),
    ] = None,
    start: Annotated[
        Path | None,
        typer.Option(
            help="Checkpoint that the training of a recognizer started from; exports weights interpolated"
            " between it and SOURCE.",
            show_default=False,
        ),
    ] = None,
    share: Annotated[float, typer.Option(min=0, max=1, help="Where to interpolate: 0 is --start, 1 is SOURCE.")] = 0.8,
    data: Annotated[
        Path | None,
        typer.Option(help="Corpus on which the graph is measured; the figures go on the card.", show_default=False),
    ] = None,
    splits: Annotated[
        list[str] | None,
        typer.Option("--split", help="Split to measure on; repeatable.  [default: testset_v]", show_default=False),
    ] = None,
) -> None:
    """Export a checkpoint for use and distribution.

    The new folder has float16 weights, the int8 graph made from them, and the card, which records the graph's figures
    if --data is given.
    """
    from handwriting.checkpoint import Checkpoint
    from handwriting.training import recognizer_checkpoint, seq2seq, synthesizer

    only_with(context, "splits", data is not None, "--data")
    only_with(context, "share", start is not None, "--start")
    corpus = None if data is None else corpus_at(data)
    begun = None if start is None else Checkpoint.load(start, "recognizer")
    folder = Checkpoint.load(source, "recognizer", "synthesizer", "prediction")
    if folder.card["kind"] == "recognizer":
        write = seq2seq.writer_for(folder.card)
        recognizer_checkpoint.export_checkpoint(
            folder, output, not float32, corpus, splits or ["testset_v"], language, write, begun, share
        )
    elif begun is not None:
        raise InkError(f"--start {start}: {source} is not a recognizer; leave --start out")
    elif language is not None:
        raise InkError(f"--language {language}: {source} is not a recognizer; leave --language out")
    else:
        synthesizer.export_checkpoint(folder, output, not float32, corpus, splits or ["testset_v"])
    for file in sorted(output.iterdir()):
        print(f"{file}: {file.stat().st_size / 1e6:.2f} MB")
