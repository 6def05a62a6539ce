"""Benchmark a synthesizer's writing by reading it back: sentences, letters, strings, every character, and height.

    python benchmarks/writing.py [--checkpoint FOLDER] [--rows sentences ...] [--n 100] [--seeds 10] [--style NAME]

*sentences*: CER and failed lines, each in another hand. *height*: the writing height of the last third of a line over
that of the first. *letters*: those of ``benchmarks/letters`` on a page 210 mm wide, each at several seeds. *strings*:
those of ``benchmarks/strings.txt``, which are digits, prices, times, addresses, code and symbols. *characters*: each
printable ASCII character in the eight texts that ``benchmarks/characters.txt`` has for it, and how often it is read
correctly in place. Sentences are drawn once;
letters, strings and characters as users get them, with misread words redrawn (``--best-of 1``: without). All are read
by best path. ``--n`` and ``--seeds`` shorten a run.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from handwriting import metrics
from handwriting.composition.page import WrittenLine, write_page
from handwriting.composition.runs import DEFAULT_BEST_OF, WordWriter
from handwriting.evaluation.legibility import FAILED_CER
from handwriting.evaluation.sentences import read_sentences
from handwriting.geometry.baseline import level
from handwriting.geometry.normalise import writing_height
from handwriting.ink import Ink
from handwriting.recognition.recognizer import Recognizer
from handwriting.rendering.layout import PageLayout
from handwriting.synthesis.hand import Hand
from handwriting.synthesis.styles import load
from handwriting.synthesis.synthesizer import Synthesizer, Written
from handwriting.text import canonical

HERE = Path(__file__).parent


def legibility(
    recognizer: Recognizer, lines: Sequence[Written | WrittenLine]
) -> tuple[float, float, list[tuple[str, str]]]:
    """Return the CER, the share of failed lines, and the pairs of text and reading."""
    read = recognizer.transcribe_all([line.ink for line in lines])
    pairs = [(line.text, one.text) for line, one in zip(lines, read, strict=True)]
    edits, lengths = metrics.edits(pairs)
    return metrics.cer(pairs), float((edits / np.maximum(1, lengths) > FAILED_CER).mean()), pairs


def height_ratio(ink: Ink) -> float:
    """Return the writing height of the last third of a line over that of the first."""
    flat = level(ink)
    edges = np.quantile(flat.x, (0, 1 / 3, 2 / 3, 1))
    first, last = (flat.keep((flat.x >= a) & (flat.x <= b)) for a, b in (edges[:2], edges[2:]))
    return writing_height(last) / writing_height(first)


def sentences(synthesizer: Synthesizer, recognizer: Recognizer, options: argparse.Namespace) -> None:
    texts = [synthesizer.writable(s.text) for s in read_sentences(HERE / "sentences.txt")][: options.n]
    lines = synthesizer.write(texts, Hand(options.bias, options.seed, options.style))
    cer, failed, _ = legibility(recognizer, lines)
    ended = np.mean([line.complete for line in lines])
    print(f"sentences: {len(lines)} lines, CER {100 * cer:.1f} %, failed {100 * failed:.1f} %, "
          f"complete {100 * ended:.1f} %", flush=True)  # fmt: skip
    ratios = [height_ratio(line.ink) for line in lines if len(line.text) >= 20]
    low, middle, high = np.percentile(ratios, (10, 50, 90))
    print(
        f"height, last third over first: median {middle:.2f}, 10th and 90th percentile {low:.2f}, {high:.2f}",
        flush=True,
    )


def letters(synthesizer: Synthesizer, recognizer: Recognizer, options: argparse.Namespace) -> None:
    paths = sorted(options.letters.glob("*.txt"))[: options.n]
    pages = []
    writer = WordWriter(synthesizer, recognizer if options.best_of > 1 else None, options.best_of)
    for path in paths:
        for seed in range(options.seed, options.seed + options.seeds):
            try:
                text = synthesizer.writable(path.read_text("utf-8"))
            except ValueError as error:
                print(f"{path.name}: refused: {str(error)[:90]}")
                break
            hand = Hand(options.bias, seed, options.style)
            layout = PageLayout(width_mm=210.0, margin_mm=20.0)
            page = write_page(writer, text, layout, hand)
            cer, failed, pairs = legibility(recognizer, page.lines)
            pages.append((cer, failed, len(pairs), sum(len(canonical(text)) for text, _ in pairs)))
            print(f"  {path.stem} seed {seed}: CER {100 * cer:.1f} %, failed {100 * failed:.1f} %", flush=True)
    if pages:
        cers, faileds, counts, lengths = map(np.array, zip(*pages, strict=True))
        cer, failed = np.average(cers, weights=lengths), np.average(faileds, weights=counts)
        print(f"letters: {len(pages)} pages, CER {100 * cer:.1f} %, failed {100 * failed:.1f} %, "
              f"worst page {100 * cers.max():.1f} %", flush=True)  # fmt: skip


def composed(
    synthesizer: Synthesizer, recognizer: Recognizer, texts: Sequence[str], options: argparse.Namespace
) -> list[WrittenLine]:
    """Write each text as a line in a different hand, as the command ``generate`` does, with misread words redrawn."""
    writer = WordWriter(synthesizer, recognizer if options.best_of > 1 else None, options.best_of)
    lines = []
    for seed, text in enumerate(texts, options.seed):
        page = write_page(writer, text, PageLayout(width_mm=None), Hand(options.bias, seed, options.style))
        lines += page.lines
    return lines


def strings(synthesizer: Synthesizer, recognizer: Recognizer, options: argparse.Namespace) -> None:
    texts, refused = [], 0
    for text in (HERE / "strings.txt").read_text("utf-8").splitlines()[: options.n]:
        try:
            texts.append(synthesizer.writable(text))
        except ValueError:
            refused += 1
    cer, failed, _ = legibility(recognizer, composed(synthesizer, recognizer, texts, options))
    print(
        f"strings: {len(texts)} written, {refused} refused, CER {100 * cer:.1f} %, failed {100 * failed:.1f} %",
        flush=True,
    )


def characters(synthesizer: Synthesizer, recognizer: Recognizer, options: argparse.Namespace) -> None:
    rows = [row.split("\t") for row in (HERE / "characters.txt").read_text("utf-8").splitlines()]
    known = set(synthesizer.characters) & set(recognizer.alphabet.characters)
    cases = [(c, text) for c, *texts in rows for text in texts[: options.n] if known >= set(text) - {" "}]
    lines = composed(synthesizer, recognizer, [text for _, text in cases], options)
    right: dict[str, list[bool]] = {c: [] for c, _ in cases}
    confused: dict[str, list[str]] = {c: [] for c in right}
    _, _, pairs = legibility(recognizer, lines)
    for (c, _), (text, read) in zip(cases, pairs, strict=True):
        for reference, output in metrics.alignment(text, read):
            for _ in range(reference.count(c)):
                right[c].append(output == reference)
                confused[c] += [output] if output != reference else []
    shares = {c: float(np.mean(values)) for c, values in right.items()}
    worst = sorted(shares, key=lambda c: shares[c])[:24]
    mean = 100 * np.mean(list(shares.values()))
    print(f"characters: {len(right)} of {len(rows)}, right {mean:.1f} % "
          f"on average, {sum(s >= 0.85 for s in shares.values())} at 85 % or more; worst: "
          + " ".join(f"{c} {100 * shares[c]:.0f}({''.join(confused[c])[:6]})" for c in worst), flush=True)  # fmt: skip


ROWS = {"sentences": sentences, "letters": letters, "strings": strings, "characters": characters}


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--checkpoint", type=Path)
    parser.add_argument("--recognizer", type=Path)
    parser.add_argument("--rows", nargs="+", choices=ROWS, default=list(ROWS))
    parser.add_argument("--n", type=int, help="number of sentences, letters, strings, contexts")
    parser.add_argument("--seeds", type=int, default=10, help="pages of each letter")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--letters", type=Path, default=HERE / "letters", help="folder of texts")
    parser.add_argument("--best-of", type=int, default=DEFAULT_BEST_OF, help="of a misread word, except in sentences")
    parser.add_argument("--bias", type=float, default=1.0)
    parser.add_argument(
        "--style", type=load, help="one hand for all; by default, a different one for each line and page"
    )
    options = parser.parse_args()
    synthesizer, recognizer = Synthesizer.load(options.checkpoint), Recognizer.load(options.recognizer)
    for row in options.rows:
        ROWS[row](synthesizer, recognizer, options)


if __name__ == "__main__":
    main()
