"""``evaluate`` and ``calibrate``: measure a checkpoint on a split of a corpus."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from handwriting.cli.help import PLAIN, Command
from handwriting.cli.options import (
    AsJson,
    Checkpoint,
    Data,
    Decoder,
    DevelopmentSplit,
    Language,
    Lists,
    RecognizerCheckpoint,
    Threads,
    corpus_at,
    not_with,
    only_with,
)
from handwriting.cli.progress import bar

app = typer.Typer(help="Measure a checkpoint on a split of a corpus.", **PLAIN)

DRAW = "Write files"

Split = Annotated[
    str,
    typer.Option(help="Split to measure on, such as testset_v, the development set."),
]
WithTorch = Annotated[bool, typer.Option("--torch", help="Use the float32 network in torch instead of the int8 graph.")]


@app.command("recognizer", cls=Command)
def evaluate_recognizer(
    context: typer.Context,
    data: Data,
    split: Split,
    checkpoint: Checkpoint = None,
    decoder: Annotated[
        Decoder,
        typer.Option(
            help="Best path, beam search, beam search with the language model, or the decoder LSTM of a checkpoint."
        ),
    ] = "greedy",
    language: Language = None,
    in_order: Annotated[
        bool,
        typer.Option("--in-order", help="Read each line of a form with the previous line as context."),
    ] = False,
    perturb: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="Perturb every line before it is read, to imitate other pens and hands; 'all' measures each"
            " perturbation in turn.",
            show_default=False,
        ),
    ] = None,
    torch: WithTorch = False,
    lists: Lists = None,
    threads: Threads = 1,
    as_json: AsJson = False,
    outputs: Annotated[
        Path | None,
        typer.Option(
            help="Write the id and the output of each line, separated by a tab, to this file.",
            show_default=False,
            rich_help_panel=DRAW,
        ),
    ] = None,
    worst: Annotated[
        int, typer.Option(min=0, metavar="N", help="Draw the N lines with the most errors.", rich_help_panel=DRAW)
    ] = 0,
    worst_png: Annotated[
        Path, typer.Option(help="PNG file for the drawing of the worst lines.", rich_help_panel=DRAW)
    ] = Path("worst.png"),
    calibration: Annotated[
        Path | None,
        typer.Option(
            metavar="PNG",
            help="Measure how well the probabilities are calibrated, and draw a reliability diagram to this file.",
            show_default=False,
            rich_help_panel=DRAW,
        ),
    ] = None,
    alternatives: Annotated[
        int,
        typer.Option(min=1, max=100, help="Readings per line for --calibration.", rich_help_panel=DRAW),
    ] = 5,
) -> None:
    """Measure how well a recognizer reads the lines of a split.

    Prints CER and WER with the 95 % interval of the CER, and the most frequent confusions.
    """
    from handwriting.checkpoint import Checkpoint as Folder
    from handwriting.evaluation import recognition, robustness
    from handwriting.evaluation.perturb import perturbation
    from handwriting.evaluation.report import to_json
    from handwriting.files import refuse_input, refuse_other
    from handwriting.recognition.language.model import LanguageModel
    from handwriting.recognition.recognizer import Recognizer

    only_with(context, "language", decoder == "language", "--decoder language")
    only_with(context, "in_order", decoder == "language", "--decoder language")
    only_with(context, "worst_png", worst > 0, "--worst")
    only_with(context, "alternatives", calibration is not None and decoder != "greedy", "--calibration and a beam")
    for name in ("outputs", "worst", "calibration", "in_order"):
        not_with(context, name, perturb == "all", "--perturb all")
    for file in (outputs, worst_png if worst else None, calibration):
        if file is not None:
            refuse_input(file, [data, *(lists or ())])
    if worst:
        from handwriting.rendering.png import is_contact_sheet

        refuse_other(worst_png, "a drawing of this command", is_contact_sheet)
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
            in_order=in_order,
            with_reliability=calibration is not None,
            progress=progress,
        )
    print(to_json(report) if as_json else report.render())
    report.write(outputs=outputs, worst=worst, worst_png=worst_png, reliability_png=calibration)


@app.command("heads", cls=Command)
def evaluate_heads(
    data: Data,
    split: Split,
    checkpoint: Annotated[Path, typer.Option(help="Folder of a recognizer that was trained with --head seq2seq.")],
    threads: Threads = 1,
    as_json: AsJson = False,
) -> None:
    """Compare CTC and the decoder LSTM of one recognizer.

    Both use the same encoder. Prints the CER of each, by length of the text, and the time per line.
    """
    from handwriting.evaluation import heads
    from handwriting.evaluation.report import to_json
    from handwriting.recognition.recognizer import Recognizer

    with bar("reading") as progress:
        result = heads.compare(Recognizer.load(checkpoint, threads), corpus_at(data), split, progress)
    print(to_json(result) if as_json else result.render())


@app.command("pages", cls=Command)
def evaluate_pages(
    context: typer.Context,
    data: Annotated[Path, typer.Option(help="Folder of IAM-OnDB.")],
    split: Split,
    drawings: Annotated[
        str | None,
        typer.Option(
            metavar="KIND",
            help="Add a drawing of this kind to each page; 'all' measures each kind in turn.",
            show_default=False,
        ),
    ] = None,
    single_lines: Annotated[
        bool, typer.Option("--single-lines", help="With --drawings, use each line of the corpus as a page.")
    ] = False,
    every: Annotated[int, typer.Option(min=1, help="With --drawings, measure every n-th page.")] = 1,
    checkpoint: Checkpoint = None,
    no_time: Annotated[bool, typer.Option("--no-time", help="Remove the times and shuffle the strokes.")] = False,
    columns: Annotated[bool, typer.Option("--columns", help="Put two forms side by side on each page.")] = False,
    only_lines: Annotated[bool, typer.Option("--only-lines", help="Find the lines but do not read them.")] = False,
    lists: Lists = None,
    threads: Threads = 1,
    as_json: AsJson = False,
) -> None:
    """Measure how well whole pages are split into lines and read.

    Prints the share of strokes that are assigned to the right line, and the CER, compared with that of the corpus's
    own lines.
    """
    from handwriting.evaluation import drawings as on_pages
    from handwriting.evaluation import pages
    from handwriting.evaluation.report import to_json
    from handwriting.recognition.recognizer import Recognizer

    for name in ("checkpoint", "threads"):
        not_with(context, name, only_lines, "--only-lines")
    for name in ("single_lines", "every"):
        only_with(context, name, drawings is not None, "--drawings")
    for name in ("no_time", "columns", "only_lines"):
        not_with(context, name, drawings is not None, "--drawings")
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


@app.command("orientation", cls=Command)
def evaluate_orientation(
    data: Data,
    split: Split,
    orientation: Annotated[
        list[str] | None,
        typer.Option(help="Orientation of the lines; repeatable.  [default: each in turn]", show_default=False),
    ] = None,
    pages: Annotated[
        bool, typer.Option("--pages", help="Read whole pages instead of lines; needs the folder of IAM-OnDB.")
    ] = False,
    every: Annotated[int, typer.Option(min=1, help="Measure every n-th line or page.")] = 1,
    decoder: Annotated[Decoder, typer.Option(help="Decoder that reads the lines.")] = "greedy",
    checkpoint: Checkpoint = None,
    lists: Lists = None,
    threads: Threads = 1,
    as_json: AsJson = False,
) -> None:
    """Measure how well turned, mirrored or backward lines or pages are read.

    Prints the CER in each orientation and the time to detect it, compared with those of the unchanged ink.
    """
    from handwriting.evaluation import orientation as orientations
    from handwriting.evaluation.report import to_json
    from handwriting.recognition.recognizer import Recognizer

    recognizer = Recognizer.load(checkpoint, threads)
    with bar("reading", unit="pages" if pages else "lines") as progress:
        report = orientations.evaluate(
            recognizer,
            corpus_at(data, lists),
            split,
            tuple(orientation or ()),
            decoder=decoder,
            pages=pages,
            step=every,
            progress=progress,
        )
    print(to_json(report) if as_json else report.render())


@app.command("synthesizer", cls=Command)
def evaluate_synthesizer(
    data: Data,
    split: Split,
    checkpoint: Checkpoint = None,
    torch: WithTorch = False,
    lists: Lists = None,
    threads: Threads = 1,
    as_json: AsJson = False,
) -> None:
    """Measure how well a synthesizer predicts real handwriting.

    Prints the negative log-likelihood of the lines of a split, in nats; lower is better.
    """
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


@app.command("legibility", cls=Command)
def evaluate_legibility(
    context: typer.Context,
    texts: Annotated[Path, typer.Option(help="Text file (UTF-8) with a sentence to write on each line.")],
    n: Annotated[
        int | None,
        typer.Option("-n", min=1, help="Number of lines to write.  [default: each sentence once]", show_default=False),
    ] = None,
    bias: Annotated[
        float | None,
        typer.Option(min=0, max=20, help="Neatness, as for 'generate'.  [default: 1]", show_default=False),
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Random seed.")] = 0,
    data: Annotated[
        Path | None,
        typer.Option(help="Corpus whose real lines are read for comparison.", show_default=False),
    ] = None,
    split: Annotated[str, typer.Option(help="Split of the corpus whose lines are read.")] = "testset_v",
    checkpoint: Checkpoint = None,
    recognizer: RecognizerCheckpoint = None,
    threads: Threads = 1,
    rows: Annotated[int, typer.Option(min=0, help="Number of characters in the table, least legible first.")] = 20,
    as_json: AsJson = False,
) -> None:
    """Measure how legible a synthesizer's writing is.

    Writes sentences and reads them with the recognizer. Prints the CER, the most frequent confusions, and how much
    the lines differ from each other.

    With --data, the same recognizer also reads real lines, the variation of written and real lines is compared, and
    sentences that occur in the training texts are refused.
    """
    from handwriting.evaluation import legibility
    from handwriting.evaluation.report import to_json
    from handwriting.evaluation.sentences import read_sentences
    from handwriting.recognition.recognizer import Recognizer
    from handwriting.synthesis.hand import DEFAULT_BIAS
    from handwriting.synthesis.synthesizer import Synthesizer

    only_with(context, "split", data is not None, "--data")
    not_with(context, "rows", as_json, "--json")
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
    checkpoint: Annotated[
        Path,
        typer.Argument(metavar="RECOGNIZER", help="Folder of the recognizer; the calibration is saved on its card."),
    ],
    data: Data,
    split: DevelopmentSplit = "testset_v",
    decoder: Annotated[
        Decoder, typer.Option(help="Decoder to calibrate; each has a calibration of its own.")
    ] = "language",
    language: Language = None,
) -> None:
    """Calibrate the probabilities of a recognizer.

    Afterwards, nine in ten of the lines, words and characters with a probability of 0.9 are right.
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
