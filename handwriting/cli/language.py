"""``language``: build and weigh a language model."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from handwriting.cli.options import PLAIN, Checkpoint, Data, corpus_at, integers
from handwriting.cli.progress import called, say

app = typer.Typer(help="Build and weigh the language model that reading decodes with.", **PLAIN)


@app.command("build")
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

    corpus = None if data is None else corpus_at(data)
    settings = Settings(tuple(integers("cutoffs", cutoffs)))
    model = build(texts or [], corpus, split, frequencies, bigrams, terms, settings, say, called())
    model.save(output)
    say(f"{output}: {sum(f.stat().st_size for f in output.iterdir()) / 1e6:.1f} MB")


@app.command("tune")
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
    tuned = tune(Recognizer.load(checkpoint), model, corpus_at(data), split, every, rounds, beam, say)
    tuned.applied_to(model, called()).save(folder)
    print(tuned.render())
