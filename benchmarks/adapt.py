"""Benchmark a recognizer adapted to writers: CER on their other lines, and on lines by everybody else.

    python benchmarks/adapt.py [--iam FILE] [--unipen FILE] [--writer 10221 --writer pcl/UNK_6713 ...] [--lines 40]

Writers of IAM-OnDB's ``testset_v``, the development set, have a number, and those of UNIPEN's validation donors a name;
the shipped recognizer was trained on neither. It learns from a writer's first lines and is evaluated on the others, and
on all lines by other writers of ``testset_v``. Best path, int8, canonical. Takes minutes per writer, so ``make bench``
leaves it out.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from handwriting import metrics
from handwriting.checkpoint import Checkpoint
from handwriting.corpora import Corpus, Line, label, open_corpus
from handwriting.recognition.recognizer import Recognizer
from handwriting.training.adapt import adapt

WRITERS = ("10221", "10204", "pcl/UNK_6713")


def labelled(corpus: Corpus, split: str) -> list[Line]:
    return [replace(line, text=label(corpus, line.text)) for line in corpus.lines(split)]


def cer(recognizer: Recognizer, lines: Sequence[Line]) -> float:
    outputs = recognizer.best_paths([line.ink for line in lines])
    return 100 * metrics.score([(a.text, b.text) for a, b in zip(lines, outputs, strict=True)]).cer


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    data = Path(os.environ.get("HANDWRITING_DATA", "datasets"))
    parser.add_argument("--iam", type=Path, default=data / "iam-ondb")
    parser.add_argument("--unipen", type=Path, default=data / "unipen")
    parser.add_argument("--checkpoint", help="the recognizer to start from; the shipped one by default")
    parser.add_argument("--writer", action="append", help="repeatable")
    parser.add_argument("--lines", type=int, default=40)
    parser.add_argument("--every", type=int, default=1, help="read every n-th line of the other writers")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    writers = options.writer or WRITERS
    if not options.iam.exists() or (any("/" in writer for writer in writers) and not options.unipen.exists()):
        print("skipped: no data here; set HANDWRITING_DATA to the folder that holds iam-ondb/ and unipen/")
        return
    everybody = labelled(open_corpus(options.iam), "testset_v")
    unipen = labelled(open_corpus(options.unipen), "valid-words") if any("/" in writer for writer in writers) else []
    base = Checkpoint.load(options.checkpoint, "recognizer")
    before = Recognizer(base, options.threads)
    print("writer           lines  share  other lines: CER %  adapted   everybody else: CER %  adapted  minutes of CPU")
    for writer in writers:
        own = [line for line in (unipen if "/" in writer else everybody) if line.writer == writer]
        others = [line for line in everybody if line.writer != writer][:: options.every]
        fit, judged = own[: options.lines], own[options.lines :]
        with tempfile.TemporaryDirectory() as folder:
            began = time.process_time()
            made = adapt(base, fit, Path(folder), seed=options.seed, threads=options.threads)
            minutes = (time.process_time() - began) / 60
            after = Recognizer.load(folder, options.threads)
            rates = [cer(reader, lines) for lines in (judged, others) for reader in (before, after)]
        print(
            f"{writer:16} {len(fit):5}  {made.share:5.2f}  {len(judged):4}: {rates[0]:12.2f}  {rates[1]:7.2f}"
            f"  {len(others):6}: {rates[2]:13.2f}  {rates[3]:7.2f}  {minutes:14.1f}",
            flush=True,
        )


if __name__ == "__main__":
    main()
