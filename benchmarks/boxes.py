"""Benchmark word boxes on lines composed of UNIPEN's words, whose extents are known: mean intersection over union.

    python benchmarks/boxes.py [--data DIR-or-FILE] [--split valid-words] [--lines 200] [--words 4]

A line consists of words by one writer of UNIPEN's validation donors, in their order in the corpus, set side by side.
Each word is compared with the box that covers it best, so a word that the recognizer joined to its neighbour or cut in
two counts too; whether its text is right does not matter.
"""

from __future__ import annotations

import argparse
import os
from itertools import groupby
from pathlib import Path

import numpy as np

from handwriting.corpora import Line, open_corpus
from handwriting.geometry.compose import side_by_side
from handwriting.ink import Ink
from handwriting.recognition.recognizer import Recognizer

Box = tuple[float, float, float, float]


def overlap(a: Box, b: Box) -> float:
    """Compute the intersection over union."""
    width, height = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    shared = max(0.0, width) * max(0.0, height)
    union = (a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - shared
    return shared / union if union > 0 else float(a == b)


def composed(words: list[Line], seed: int) -> tuple[Ink, list[Box]]:
    """Return the line, and the extent of each word in it."""
    ink = side_by_side([word.ink for word in words], np.random.default_rng(seed))
    ends = np.cumsum([len(word.ink) for word in words])
    parts = [slice(end - len(word.ink), end) for end, word in zip(ends, words, strict=True)]
    return ink, [(ink.x[p].min(), ink.y[p].min(), ink.x[p].max(), ink.y[p].max()) for p in parts]


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("HANDWRITING_DATA", "datasets")) / "unipen")
    parser.add_argument("--split", default="valid-words")
    parser.add_argument("--lines", type=int, default=200)
    parser.add_argument("--words", type=int, default=4)
    options = parser.parse_args()
    if not options.data.exists():
        print(f"skipped: no UNIPEN in {options.data}; set HANDWRITING_DATA to the folder that holds unipen/")
        return
    corpus = open_corpus(options.data)
    lines = []
    for _, group in groupby(corpus.lines(options.split), key=lambda line: line.form):
        words = [word for word in group if len(word.text) > 1]
        lines += [words[i : i + options.words] for i in range(0, len(words) - options.words + 1, options.words)]
    chosen = lines[:: max(1, len(lines) // options.lines)][: options.lines]
    pages = [composed(words, seed) for seed, words in enumerate(chosen)]
    recognizer = Recognizer.load()
    scores, counts = [], 0
    for (ink, truths), transcription in zip(
        pages, recognizer.transcribe_all([ink for ink, _ in pages], "language"), strict=True
    ):
        boxes = [word.box(ink) for word in transcription.words]
        scores += [max((overlap(truth, box) for box in boxes), default=0.0) for truth in truths]
        counts += len(boxes) == len(truths)
    print(f"{len(pages)} lines of {options.words} words of {options.split}: mean IoU {np.mean(scores):.3f}, ", end="")
    print(f"median {np.median(scores):.3f}; as many boxes as words in {counts} lines")


if __name__ == "__main__":
    main()
