"""``language``: build, tune and measure a language model."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from handwriting.cli.help import PLAIN, Command
from handwriting.cli.options import Checkpoint, Data, DevelopmentSplit, Texts, corpus_at, integers, only_with
from handwriting.cli.program import command_line
from handwriting.cli.progress import bar, say
from handwriting.errors import InkError

app = typer.Typer(help="Build and tune the language model that the decoder uses.", **PLAIN)


@app.command("build", cls=Command)
def build_language(
    context: typer.Context,
    output: Annotated[Path, typer.Option("-o", "--output", help="Folder to write.")],
    texts: Texts = None,
    terms: Annotated[
        str | None,
        typer.Option(help="Terms of use of the texts, for the card of the model.", show_default=False),
    ] = None,
    data: Annotated[
        Path | None, typer.Option(help="Corpus of ink whose transcripts are also used.", show_default=False)
    ] = None,
    split: Annotated[str, typer.Option(help="Split of the corpus whose transcripts are used.")] = "trainset",
    frequencies: Annotated[
        Path | None,
        typer.Option(help="Word frequencies: a text file with 'word count' on each line.", show_default=False),
    ] = None,
    bigrams: Annotated[
        Path | None,
        typer.Option(
            help="Frequencies of word pairs: a text file with 'word word count' on each line.", show_default=False
        ),
    ] = None,
    cutoffs: Annotated[
        str, typer.Option(help="Minimum count of the character n-grams to keep, for orders 1, 2, 3 and so on.")
    ] = "1,1,1,2,3,4",
    min_counts: Annotated[
        str, typer.Option(help="Minimum count of the words, bigrams and trigrams to keep.")
    ] = "2,1,2",
    data_weight: Annotated[
        int, typer.Option(min=1, help="Factor by which the counts of the transcripts are multiplied.")
    ] = 3,
) -> None:
    """Build a language model from texts.

    The model has word trigrams, and character n-grams for everything that is not a known word. Run 'language tune' next
    to find its weights relative to the network.
    """
    from handwriting.recognition.language.build import BuildSettings, TextSource, build
    from handwriting.recognition.language.lexicon import WordSettings

    only_with(context, "split", data is not None, "--data")
    only_with(context, "data_weight", data is not None, "--data")
    least = integers("min-counts", min_counts)
    if len(least) != 3:
        raise InkError(f"--min-counts {min_counts!r}: give three whole numbers, such as 2,1,2")
    corpus = None if data is None else corpus_at(data)
    settings = BuildSettings(tuple(integers("cutoffs", cutoffs)), WordSettings(*least), data_weight)
    sources = [TextSource.parse(text) for text in texts or []]
    model = build(sources, corpus, split, frequencies, bigrams, terms, settings, say, command_line())
    model.save(output)
    say(f"{output}: {sum(f.stat().st_size for f in output.iterdir()) / 1e6:.1f} MB")


@app.command("tune", cls=Command)
def tune_language(
    language: Annotated[
        Path,
        typer.Argument(metavar="MODEL", help="Folder of the language model; the weights are saved on its card."),
    ],
    data: Data,
    split: DevelopmentSplit = "testset_v",
    checkpoint: Checkpoint = None,
    every: Annotated[int, typer.Option(min=1, help="Use every Nth line of the split.", metavar="N")] = 4,
    rounds: Annotated[int, typer.Option(min=1, help="Rounds of the search, each with half the step size.")] = 2,
    beam: Annotated[
        int, typer.Option(min=1, help="Beam width: number of prefixes that the decoder keeps at each step.")
    ] = 100,
    lstm: Annotated[
        Path | None,
        typer.Option(help="Character LSTM to add to the model: a checkpoint of 'train language'.", show_default=False),
    ] = None,
    only: Annotated[
        list[str] | None,
        typer.Option(
            metavar="WEIGHT",
            help="Tune only this weight: language, character, word, lexicon or lstm; repeatable.  [default: all]",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Find the weights of a language model.

    The weights balance the language model against the network. The search minimises the CER on a development
    set. A character LSTM rescores the readings found with the n-grams.
    """
    from handwriting.checkpoint import Checkpoint as Folder
    from handwriting.evaluation.tuning import tune
    from handwriting.recognition.language.model import LanguageModel
    from handwriting.recognition.recognizer import Recognizer

    folder = Folder.load(language, "language").folder
    model = LanguageModel.load(folder)
    if lstm is not None:
        model = model.with_lstm(Folder.load(lstm, "character-lstm"))
    tuned = tune(Recognizer.load(checkpoint), model, corpus_at(data), split, every, rounds, beam, say, only or ())
    tuned.applied_to(model, command_line()).save(folder)
    print(tuned.render())


@app.command("measure", cls=Command)
def measure_language(
    language: Annotated[Path, typer.Argument(metavar="MODEL", help="Folder of the language model.")],
    data: Data,
    split: DevelopmentSplit = "testset_v",
) -> None:
    """Measure how well a language model predicts the texts of a split, in bits per character."""
    from handwriting.evaluation.language import measure
    from handwriting.recognition.language.model import LanguageModel

    model = LanguageModel.load(language)
    with bar("measuring", unit="lines") as progress:
        report = measure(model, corpus_at(data), split, progress)
    print(report.render())
