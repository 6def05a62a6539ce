"""``evaluate`` and ``calibrate``: measure a checkpoint on a split of a corpus."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from handwriting.cli.options import PLAIN, Checkpoint, Data, Decoder, Language, Lists, Threads, corpus_at
from handwriting.cli.progress import bar

app = typer.Typer(help="Measure a checkpoint on a split of a corpus.", **PLAIN)


@app.command("recognizer")
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
    from handwriting.evaluation.perturb import perturbation
    from handwriting.evaluation.report import to_json
    from handwriting.recognition.language.model import LanguageModel
    from handwriting.recognition.recognizer import Recognizer

    folder = Folder.load(checkpoint, "recognizer")
    network = None
    if torch:
        from handwriting.training.recognizer_checkpoint import torch_network

        network = torch_network(folder, threads)
    recognizer = Recognizer(folder, threads, network, None if language is None else LanguageModel.load(language))
    corpus = corpus_at(data, lists)
    if perturb == "all":
        with bar("reading") as progress:
            rates = robustness.evaluate(recognizer, corpus, split, decoder, progress)
        print(to_json(rates) if as_json else rates.render())
        return
    with bar("reading") as progress:
        report = recognition.evaluate(
            recognizer,
            corpus,
            split,
            decoder,
            perturb=perturbation(perturb or "none"),
            alternatives=alternatives if calibration and decoder != "greedy" else 1,
            with_reliability=calibration is not None,
            progress=progress,
        )
    print(to_json(report) if as_json else report.render())
    report.write(outputs=outputs, worst=worst, worst_png=worst_png, reliability_png=calibration)


@app.command("pages")
def evaluate_pages(
    data: Annotated[Path, typer.Option(help="Folder of IAM-OnDB.")],
    split: Annotated[str, typer.Option(help="An official split; figures on testset_v are on the development set.")],
    no_time: Annotated[bool, typer.Option("--no-time", help="Drop times and shuffle the strokes.")] = False,
    columns: Annotated[bool, typer.Option("--columns", help="Two forms beside each other on every page.")] = False,
    only_lines: Annotated[bool, typer.Option("--only-lines", help="Find the lines, and do not read them.")] = False,
    drawings: Annotated[
        str | None,
        typer.Option(
            metavar="KIND", help="Put a drawing of this kind on every page, or 'all' in turn.", show_default=False
        ),
    ] = None,
    single_lines: Annotated[
        bool, typer.Option("--single-lines", help="With --drawings: every line file is a page.")
    ] = False,
    every: Annotated[int, typer.Option(min=1, help="With --drawings: measure every n-th page.")] = 1,
    checkpoint: Checkpoint = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object; rates are fractions.")] = False,
    lists: Lists = None,
    threads: Threads = 1,
) -> None:
    """Split whole forms into lines and read them: strokes on the right line, and CER beside that of line files."""
    from handwriting.evaluation import drawings as on_pages
    from handwriting.evaluation import pages
    from handwriting.evaluation.report import to_json
    from handwriting.recognition.recognizer import Recognizer

    if drawings is not None:
        kinds = () if drawings == "all" else (drawings,)
        with bar("reading", unit="pages") as progress:
            report = on_pages.evaluate(
                Recognizer.load(checkpoint, threads),
                corpus_at(data, lists),
                split,
                kinds,
                single_lines=single_lines,
                step=every,
                progress=progress,
            )
        print(to_json(report) if as_json else report.render())
        return
    recognizer = None if only_lines else Recognizer.load(checkpoint, threads)
    with bar("reading", unit="pages") as progress:
        result = pages.evaluate(
            recognizer, corpus_at(data, lists), split, timeless=no_time, columns=columns, progress=progress
        )
    print(to_json(result) if as_json else result.render())


@app.command("orientation")
def evaluate_orientation(
    data: Data,
    split: Annotated[str, typer.Option(help="An official split; figures on testset_v are on the development set.")],
    orientation: Annotated[
        list[str] | None,
        typer.Option(help="How the lines lie; may be repeated.  [default: each in turn]", show_default=False),
    ] = None,
    every: Annotated[int, typer.Option(min=1, help="Measure every n-th line.")] = 1,
    checkpoint: Checkpoint = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object; rates are fractions.")] = False,
    lists: Lists = None,
    threads: Threads = 1,
) -> None:
    """Read lines that are turned, mirrored, or drawn backward: CER beside that of the same lines as they are."""
    from handwriting.evaluation import orientation as lying
    from handwriting.evaluation.report import to_json
    from handwriting.recognition.recognizer import Recognizer

    recognizer = Recognizer.load(checkpoint, threads)
    with bar("reading") as progress:
        report = lying.evaluate(
            recognizer, corpus_at(data, lists), split, tuple(orientation or ()), step=every, progress=progress
        )
    print(to_json(report) if as_json else report.render())


@app.command("synthesizer")
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
    from handwriting.evaluation.report import to_json
    from handwriting.synthesis.synthesizer import Synthesizer

    folder = Folder.load(checkpoint, "synthesizer")
    corpus = corpus_at(data, lists)
    with bar("reading") as progress:
        if torch:
            from handwriting.training.synthesizer import evaluate

            result = evaluate(folder, corpus, split, threads, progress)
        else:
            result = synthesis.evaluate(Synthesizer(folder, threads), corpus, split, progress=progress)
    print(to_json(result) if as_json else result.render())


@app.command("legibility")
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
    from handwriting.evaluation.report import to_json
    from handwriting.evaluation.sentences import read_sentences
    from handwriting.recognition.recognizer import Recognizer
    from handwriting.synthesis.hand import DEFAULT_BIAS
    from handwriting.synthesis.synthesizer import Synthesizer

    sentences = read_sentences(texts)
    with bar("writing", unit="characters") as progress:
        result = legibility.evaluate(
            sentences,
            Synthesizer.load(checkpoint, threads),
            Recognizer.load(recognizer, threads),
            DEFAULT_BIAS if bias is None else bias,
            seed,
            n,
            None if data is None else corpus_at(data),
            split,
            progress,
        )
    print(to_json(result) if as_json else result.render(rows))


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
    from handwriting.evaluation.calibrate import calibrate as run
    from handwriting.recognition.language.model import LanguageModel

    folder = Folder.load(checkpoint, "recognizer")
    model = None if language is None else LanguageModel.load(language)
    with bar("reading") as progress:
        report = run(folder, corpus_at(data), split, decoder, model, progress)
    report.save(folder)
    print(report.render())
