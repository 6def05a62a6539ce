"""``train`` and what goes with it: ``corpus``, ``prepare`` and ``export``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from handwriting.cli.options import (
    PLAIN,
    Average,
    BatchSize,
    Clip,
    Data,
    Develop,
    Device,
    Dropout,
    Epochs,
    EvaluateEvery,
    HiddenSize,
    Init,
    Layers,
    Lists,
    Loaders,
    MaxMinutes,
    Out,
    Precision,
    Rate,
    Schedule,
    Variant,
    WeightDecay,
    corpus_at,
    integers,
)
from handwriting.cli.progress import bar, called, say
from handwriting.errors import InkError

app = typer.Typer(help="Train a network on a corpus.", **PLAIN)


def corpus(
    directory: Annotated[
        Path, typer.Argument(help="Folder of IAM-OnDB, UNIPEN or your own ink, JSONL or packed file.")
    ],
    lists: Lists = None,
) -> None:
    """Show what a corpus holds and every problem in it."""
    from handwriting.corpora.report import report

    with bar("reading") as progress:
        found = report(directory, lists or (), progress)
    print(found)


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

    found = corpus_at(directory, lists)
    with bar("packing") as progress:
        pack(found, output, progress, splits or ())
    print(f"{output}: {output.stat().st_size / 1e6:.1f} MB")


@app.command("recognizer")
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
        channels=integers("channels", channels),
        strides=integers("strides", strides),
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
    corpora = [corpus_at(path, lists) for path in data]
    make_folder(out)
    task = recognizer_task(corpora, settings, what, start, say=say)
    say(json.dumps(run(task, options, out, command=called())))


@app.command("prediction", help="Train the prediction network, which writes without a text, in the same way.")
@app.command("synthesizer")
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
    corpus = corpus_at(data, lists)
    make_folder(out)
    task = SynthesizerTask(corpus, settings, start, say=say)
    say(json.dumps(run(task, options, out, command=called())))


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

    corpus = None if data is None else corpus_at(data)
    folder = Folder.load(source, "recognizer", "synthesizer", "prediction")
    if folder.card["kind"] == "recognizer":
        recognizer.export_checkpoint(folder, output, not float32, corpus, splits or ["testset_v"], language)
    elif language is not None:
        raise InkError(f"--language {language}: only a recognizer decodes with one, {source} is no recognizer")
    else:
        synthesizer.export_checkpoint(folder, output, not float32, corpus, splits or ["testset_v"])
    for file in sorted(output.iterdir()):
        print(f"{file}: {file.stat().st_size / 1e6:.2f} MB")
