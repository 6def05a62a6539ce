"""Benchmark a folder of 1,000 files: one process for all or one per file; the network in batches or line by line.

    python benchmarks/folder.py [--files 1000] [--alone 30] [--data DIR-or-FILE]

The files are lines of testset_v or, without IAM-OnDB, sentences written by the shipped synthesizer, which have half as
many points again. One process per file is timed on some of them, spread evenly; its time for all is their mean times
the number of files. Everything runs on one thread.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from itertools import islice
from pathlib import Path

import numpy as np

from handwriting.corpora import open_corpus
from handwriting.documents.inputs import find_files
from handwriting.evaluation.sentences import read_sentences
from handwriting.features import encode
from handwriting.formats import save
from handwriting.ink import Ink
from handwriting.recognition.recognizer import BATCH_LINES, Recognizer
from handwriting.synthesis.hand import Hand
from handwriting.synthesis.synthesizer import Synthesizer

ROOT = Path(__file__).parents[1]
LINES = 200
REPEATS = 3


def seconds(*paths: Path | str) -> float:
    """Return the wall time of ``app.py transcribe`` for these paths."""
    begin = time.perf_counter()
    subprocess.run(
        [sys.executable, ROOT / "app.py", "transcribe", *paths], check=True, stdout=subprocess.DEVNULL, cwd=ROOT
    )
    return time.perf_counter() - begin


def real(data: Path) -> list[Ink]:
    """Return lines of IAM-OnDB."""
    return [line.ink for line in islice(open_corpus(data).lines("testset_v"), LINES)]


def synthetic() -> list[Ink]:
    """Return lines of the shipped synthesizer."""
    sentences = read_sentences(Path(__file__).parent / "sentences.txt")[:LINES]
    return [line.ink for line in Synthesizer.load().write([sentence.text for sentence in sentences], Hand(seed=1))]


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--files", type=int, default=1000)
    parser.add_argument("--alone", type=int, default=30)
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("HANDWRITING_DATA", "datasets")) / "iam-ondb")
    options = parser.parse_args()
    lines = real(options.data) if options.data.exists() else synthetic()
    with tempfile.TemporaryDirectory() as folder:
        for i in range(options.files):
            save(lines[i % len(lines)], Path(folder, f"{i:05}.json"))
        files = [file.name for file in find_files([folder])]
        alone = [seconds(path) for path in files[:: max(1, len(files) // options.alone)]]
        each = float(np.mean(alone)) * len(files)
        whole = seconds(folder, "-o", Path(folder, "results.jsonl"))
        print(f"{len(files)} files: a process for each {each:.0f} s (from {len(alone)} of them),")
        print(f"one for all {whole:.0f} s, {each / whole:.1f} times faster")
    recognizer = Recognizer.load()
    encoded = [encode(ink, recognizer.features) for ink in lines]
    times: dict[int, list[float]] = {1: [], BATCH_LINES: []}
    for _ in range(REPEATS):
        for size, taken in times.items():
            begin = time.perf_counter()
            recognizer.log_probs(encoded, batch_size=size)
            taken.append(1000 * (time.perf_counter() - begin) / len(lines))
    single, batched = (min(taken) for taken in times.values())
    print(f"the network, {len(lines)} lines: one by one {single:.2f} ms a line,")
    print(f"in batches of {BATCH_LINES} {batched:.2f} ms, {single / batched:.2f} times faster")


if __name__ == "__main__":
    main()
