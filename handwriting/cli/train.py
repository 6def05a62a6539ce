"""``train`` and ``export``: train a network, and export a trained checkpoint."""

from __future__ import annotations

import json
import math
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from handwriting.cli.help import PLAIN, Command
from handwriting.cli.options import Data, Develop, Init, Lists, Out, Texts, corpus_at, not_with, only_with
from handwriting.cli.program import command_line
from handwriting.cli.progress import bar, say
from handwriting.cli.training_options import Config, build_options, config_values, explicit, with_options
from handwriting.errors import InkError
from handwriting.training.config import write_config
from handwriting.training.options import (
    LANGUAGE_TRAINING,
    SYNTHESIZER_TRAINING,
    HandTuning,
    LanguageOptions,
    RecognizerOptions,
    SynthesizerOptions,
    TrainingOptions,
)

app = typer.Typer(help="Train a network on a corpus.", **PLAIN)


@app.command("recognizer", cls=Command)
@with_options({"Network": RecognizerOptions, "Training": TrainingOptions()}, without=("weight_noise",))
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
            help="Preset for --train, --develop and --examples: 'mixed' for IAM-OnDB with UNIPEN, 'open' for"
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
            help="Development set for choosing the best checkpoint; SPLIT:LINES takes only that many lines, and 'none'"
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

    training: TrainingOptions = build_options(context, TrainingOptions(), given)
    options: RecognizerOptions = build_options(context, RecognizerOptions, given)
    start = None if init is None else Checkpoint.load(init, "recognizer")
    if start is not None:
        options = options.like(start, {"num_layers" if name == "layers" else name for name in explicit(context)})
    corpora = [corpus_at(path, lists) for path in data]
    make_folder(out)
    task = task_for(corpora, options, recipe_for(recipe, train, develop, examples), start, say)
    write_config(out, config_values(context, training, options))
    say(json.dumps(loop.train(task, training, out, command=command_line())))


@app.command(
    "prediction",
    cls=Command,
    help="Train a prediction network, which writes without a text.\n\n"
    "The same command resumes a run that was interrupted.",
)
@app.command("synthesizer", cls=Command)
@with_options({"Network": SynthesizerOptions, "Training": SYNTHESIZER_TRAINING})
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
            help="Folder or packed file of UNIPEN; trains a synthesizer with hand codes on both corpora.",
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
    training: TrainingOptions = build_options(context, SYNTHESIZER_TRAINING, given)
    options: SynthesizerOptions = build_options(context, SynthesizerOptions, given)
    options = replace(options, kind=kind, train=tuple(train or options.train), develop=develop)
    starts = (kind, "synthesizer") if kind == "prediction" else (kind,)
    start = None if init is None else Checkpoint.load(init, *starts)
    corpus = corpus_at(data, lists)
    make_folder(out)
    task: Any = (
        SynthesizerTask(corpus, options, start, say)
        if unipen is None
        else hands_task(corpus, corpus_at(unipen, None), options, out, start, say)
    )
    write_config(out, config_values(context, training, options))
    say(json.dumps(loop.train(task, training, out, command=command_line())))


@app.command("hands", cls=Command)
@with_options({"Tuning": HandTuning})
def train_hands(
    context: typer.Context,
    data: Data,
    init: Annotated[Path, typer.Option(help="Synthesizer with hand codes, trained with --unipen.")],
    out: Annotated[Path, typer.Option(help="Folder of the new checkpoint.")],
    train: Annotated[str, typer.Option(help="Split of the real lines.")] = "trainset",
    lists: Lists = None,
    **given: Any,
) -> None:
    """Tune the hands of a synthesizer to resemble real ones.

    Random hands are shifted so that their lines have the measures of real lines and are read correctly by the shipped
    recognizer; the hand of a person is estimated so that written lines have the measures of the person's. The network
    does not change.
    """
    from handwriting.checkpoint import Checkpoint
    from handwriting.training.hand_tuning import tune_hands

    settings: HandTuning = build_options(context, HandTuning, given)
    start, corpus = Checkpoint.load(init, "synthesizer"), corpus_at(data, lists)
    with bar("writing") as progress:
        figures = tune_hands(start, corpus, train, out, settings, command_line(), progress)
    say(json.dumps(figures))


@app.command("orientation", cls=Command)
def train_orientation(
    context: typer.Context,
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
            help="Split to measure on, for the card, in the same form; repeatable.  [default: valid-tokens=1000]",
            show_default=False,
        ),
    ] = None,
    hidden: Annotated[int, typer.Option(min=1, help="Size of the hidden layer of the classifier.")] = 32,
    updates: Annotated[int, typer.Option(min=1, help="Number of updates of each network but the LSTMs.")] = 3500,
    lstm_updates: Annotated[int, typer.Option(min=1, help="Number of updates of each LSTM.")] = 6000,
    only_upright: Annotated[
        bool,
        typer.Option(
            "--only-upright",
            help="Train only the LSTM that scores doubtful orientations; the others are copies of the shipped ones.",
        ),
    ] = False,
    seed: Annotated[int, typer.Option(min=0, help="Seed of weights, distortions and batches.")] = 0,
    lists: Lists = None,
) -> None:
    """Train the networks that detect the orientation of ink.

    A classifier detects turned, mirrored and backward ink, and an LSTM scores doubtful orientations. Two small networks
    predict the direction and the order of strokes, and another LSTM predicts the directions of all strokes of a line.
    The training ink must be upright, with its strokes in the order of writing.
    """
    from handwriting.training.orientation_checkpoint import OrientationOptions, retrain_upright, train_checkpoint

    for name in ("hidden", "updates"):
        not_with(context, name, only_upright, "--only-upright")

    options = OrientationOptions(
        OrientationOptions.counted(train or ["train-tokens=24000", "train-texts=12000", "train-characters=2000"]),
        OrientationOptions.counted(develop or ["valid-tokens=1000"]),
        hidden,
        updates,
        lstm_updates,
        seed,
    )
    train_networks = retrain_upright if only_upright else train_checkpoint
    with ExitStack() as bars:
        figures = train_networks(
            corpus_at(data, lists), options, out, command_line(), lambda name: bars.enter_context(bar(name, "steps"))
        )
    say(json.dumps(figures))


@app.command("language", cls=Command)
@with_options({"Network": LanguageOptions, "Training": LANGUAGE_TRAINING})
def train_language(
    context: typer.Context,
    out: Out,
    config: Config = None,
    init: Annotated[
        Path | None,
        typer.Option(
            help="Character LSTM to start from, or a language model that has one; of the same sizes.",
            show_default=False,
        ),
    ] = None,
    text: Texts = None,
    terms: Annotated[
        str | None, typer.Option(help="Terms of use of the texts, for the card.", show_default=False)
    ] = None,
    data: Annotated[
        Path | None,
        typer.Option(help="Corpus of ink whose transcripts are also used.", show_default=False),
    ] = None,
    train: Annotated[str, typer.Option(help="Split of the corpus whose transcripts are used.")] = "trainset",
    weight: Annotated[float, typer.Option(min=0, help="Weight of the transcripts relative to the texts.")] = 3.0,
    develop: Develop = "testset_v",
    **given: Any,
) -> None:
    """Train a character language model: a stacked LSTM that predicts the next character of a text.

    'language tune --lstm' adds it to an n-gram language model. The same command resumes a run that was interrupted.
    """
    from handwriting.checkpoint import Checkpoint
    from handwriting.corpora.seen import NONE
    from handwriting.files import make_folder
    from handwriting.recognition.language.build import TextSource
    from handwriting.training import loop
    from handwriting.training.language import LanguageTask, streams

    training: TrainingOptions = build_options(context, LANGUAGE_TRAINING, given)
    options: LanguageOptions = build_options(context, LanguageOptions, given)
    for name in ("train", "weight"):
        only_with(context, name, data is not None, "--data")
    corpus = None if data is None else corpus_at(data)
    start = None if init is None else Checkpoint.load(init, "character-lstm", "language")
    texts = [TextSource.parse(path) for path in text or []]
    make_folder(out)
    sources = streams(texts, corpus, train, weight, terms, say)
    task = LanguageTask(sources, options, None if corpus is None or develop == NONE else (corpus, develop), start)
    write_config(out, config_values(context, training, options))
    say(json.dumps(loop.train(task, training, out, command=command_line())))


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
            help="Shipped language model for the decoder of a recognizer.  [default: that of SOURCE]",
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
    characters: Annotated[
        str | None,
        typer.Option(
            help="Interpolate only the output weights of these characters; all others stay those of --start.",
            show_default=False,
        ),
    ] = None,
    adjust: Annotated[
        list[str] | None,
        typer.Option(
            metavar="CHARACTER=NATS",
            help="Add so many nats to the log-odds of a character that a recognizer reads too rarely, as in '|=2', or"
            " of CTC's blank, as in 'blank=0.5'; repeatable.",
            show_default=False,
        ),
    ] = None,
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
    for name in ("share", "characters"):
        only_with(context, name, start is not None, "--start")
    corpus = None if data is None else corpus_at(data)
    initial = None if start is None else Checkpoint.load(start, "recognizer")
    folder = Checkpoint.load(source, "recognizer", "synthesizer", "prediction")
    if folder.card["kind"] == "recognizer":
        write = seq2seq.writer_for(folder.card)
        nats = dict(map(_adjustment, adjust or []))
        recognizer_checkpoint.export_checkpoint(
            folder, output, not float32, corpus, splits or ["testset_v"], language, write, initial, share,
            characters or "", nats,
        )  # fmt: skip
    elif adjust:
        raise InkError(f"--adjust {adjust[0]}: {source} is not a recognizer; leave --adjust out")
    elif initial is not None:
        raise InkError(f"--start {start}: {source} is not a recognizer; leave --start out")
    elif language is not None:
        raise InkError(f"--language {language}: {source} is not a recognizer; leave --language out")
    else:
        synthesizer.export_checkpoint(folder, output, not float32, corpus, splits or ["testset_v"])
    for file in sorted(output.iterdir()):
        print(f"{file}: {file.stat().st_size / 1e6:.2f} MB")


def _adjustment(text: str) -> tuple[str, float]:
    """Parse ``CHARACTER=NATS``. Raises :class:`InkError` for anything else."""
    character, _, nats = text.rpartition("=")
    try:
        value = float(nats)
    except ValueError:
        value = math.nan
    if not character or not math.isfinite(value):
        raise InkError(f"--adjust {text!r}: give a character and a number of nats, such as '|=2'")
    return character, value
