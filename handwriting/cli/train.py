"""``train`` and what goes with it: ``corpus``, ``prepare`` and ``export``."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from handwriting.cli.options import PLAIN, Data, Develop, Init, Lists, Out, corpus_at
from handwriting.cli.progress import bar, called, say
from handwriting.cli.training_options import Config, chosen, made, options_of, values_of
from handwriting.errors import InkError
from handwriting.training.config import write_config
from handwriting.training.options import SYNTHESIZER_TRAINING, RecognizerOptions, SynthesizerOptions, TrainingOptions

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
@options_of({"Network": RecognizerOptions, "Training": TrainingOptions()}, but=("weight_noise",))
def train_recognizer(
    context: typer.Context,
    data: Annotated[
        list[Path],
        typer.Option(help="Folder of IAM-OnDB, UNIPEN or your own ink, JSONL or packed file; may be repeated."),
    ],
    out: Out,
    config: Config = None,
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
        typer.Option(min=1, help="Examples per epoch, drawn from several lists by their shares.", show_default=False),
    ] = None,
    lists: Lists = None,
    **given: Any,
) -> None:
    """Train the recognizer: stacked bidirectional LSTM with CTC.

    A run that was interrupted is resumed by the same command.
    """
    from handwriting.checkpoint import Checkpoint
    from handwriting.files import make_folder
    from handwriting.training import loop
    from handwriting.training.recipes import recipe_for
    from handwriting.training.recognizer import recognizer_task

    how: TrainingOptions = made(context, TrainingOptions(), given)
    what: RecognizerOptions = made(context, RecognizerOptions, given)
    start = None if init is None else Checkpoint.load(init, "recognizer")
    if start is not None:
        what = what.like(start, {"num_layers" if name == "layers" else name for name in chosen(context)})
    corpora = [corpus_at(path, lists) for path in data]
    make_folder(out)
    task = recognizer_task(corpora, what, recipe_for(recipe, train, develop, examples), start, say)
    write_config(out, values_of(context, how, what))
    say(json.dumps(loop.train(task, how, out, command=called())))


@app.command("prediction", help="Train the prediction network, which writes without a text, in the same way.")
@app.command("synthesizer")
@options_of({"Network": SynthesizerOptions, "Training": SYNTHESIZER_TRAINING})
def train_synthesizer(
    context: typer.Context,
    data: Data,
    out: Out,
    config: Config = None,
    init: Init = None,
    train: Annotated[
        list[str] | None,
        typer.Option(help="Split to train on; may be repeated.  [default: trainset, testset_t]", show_default=False),
    ] = None,
    develop: Develop = "testset_v",
    lists: Lists = None,
    **given: Any,
) -> None:
    """Train the synthesizer: a window over the text, a mixture density as output.

    A run that was interrupted is resumed by the same command.
    """
    from handwriting.checkpoint import Checkpoint
    from handwriting.files import make_folder
    from handwriting.training import loop
    from handwriting.training.synthesizer import SynthesizerTask

    kind: Any = context.info_name
    how: TrainingOptions = made(context, SYNTHESIZER_TRAINING, given)
    what: SynthesizerOptions = made(context, SynthesizerOptions, given)
    what = replace(what, kind=kind, train=tuple(train or what.train), develop=develop)
    start = None if init is None else Checkpoint.load(init, kind)
    corpus = corpus_at(data, lists)
    make_folder(out)
    task = SynthesizerTask(corpus, what, start, say)
    write_config(out, values_of(context, how, what))
    say(json.dumps(loop.train(task, how, out, command=called())))


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
    from handwriting.checkpoint import Checkpoint
    from handwriting.training import recognizer_checkpoint, synthesizer

    corpus = None if data is None else corpus_at(data)
    folder = Checkpoint.load(source, "recognizer", "synthesizer", "prediction")
    if folder.card["kind"] == "recognizer":
        recognizer_checkpoint.export_checkpoint(folder, output, not float32, corpus, splits or ["testset_v"], language)
    elif language is not None:
        raise InkError(f"--language {language}: only a recognizer decodes with one, {source} is no recognizer")
    else:
        synthesizer.export_checkpoint(folder, output, not float32, corpus, splits or ["testset_v"])
    for file in sorted(output.iterdir()):
        print(f"{file}: {file.stat().st_size / 1e6:.2f} MB")
