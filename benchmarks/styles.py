"""Benchmark priming: how close primed lines come to the hand of the primer.

    python benchmarks/styles.py --data datasets/iam-ondb [--writers 40] [--lines 3]

For each of 40 writers of ``testset_v``, one of their lines primes the synthesizer, which writes lines of other texts. A
classifier of writers (linear discriminants on size-independent measurements of a line: directions, turns, strokes and
gaps) is trained on further lines of these writers. The table shows how often it ranks the right writer first, and among
five, for primed lines, for unseen real lines, and for lines without a primer, and the CER of the primed lines. The
shipped styles are measured by ``docs/styles.py --check``.
"""

from __future__ import annotations

import argparse
import os
from collections import defaultdict
from pathlib import Path

import numpy as np
from hands import Writers
from numpy.typing import NDArray

from handwriting import metrics
from handwriting.corpora import Line, open_corpus
from handwriting.evaluation.sentences import read_sentences
from handwriting.features.hand import measures
from handwriting.features.offsets import clean
from handwriting.ink import Ink
from handwriting.recognition.recognizer import Recognizer
from handwriting.synthesis.hand import Hand
from handwriting.synthesis.styles import Sample, Style
from handwriting.synthesis.synthesizer import Synthesizer
from handwriting.text import natural


def features(ink: Ink, text: str) -> NDArray[np.float64]:
    """Measure a line, shape (F,)."""
    return measures(clean(ink), text)


def chosen(lines: list[Line], writers: int, lines_each: int) -> dict[str, list[Line]]:
    """Return the lines of the writers with the most lines, primers first: a line of about 30 characters."""
    by_writer: dict[str, list[Line]] = defaultdict(list)
    for line in lines:
        if line.writer and line.text:
            by_writer[line.writer].append(line)
    able = sorted((w for w in by_writer if len(by_writer[w]) >= lines_each + 5), key=lambda w: -len(by_writer[w]))
    return {
        w: sorted(by_writer[w], key=lambda line: (abs(len(line.text) - 30), line.id)) for w in sorted(able[:writers])
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("HANDWRITING_DATA", "datasets")) / "iam-ondb")
    parser.add_argument("--writers", type=int, default=40)
    parser.add_argument("--lines", type=int, default=3, help="lines written in each hand, and real ones held out")
    parser.add_argument("--bias", type=float, default=1.0)
    parser.add_argument("--checkpoint", type=Path)
    options = parser.parse_args()
    if not options.data.exists():
        print(f"skipped: no corpus in {options.data}; give --data")
        return
    synthesizer, recognizer = Synthesizer.load(options.checkpoint), Recognizer.load()
    writers = chosen(list(open_corpus(options.data).lines("testset_v")), options.writers, options.lines)
    sentences = [synthesizer.writable(s.text) for s in read_sentences(Path(__file__).with_name("sentences.txt"))]
    rows, labels = [], []
    for writer, lines in writers.items():
        for line in lines[1 + options.lines :]:
            rows.append(features(line.ink, line.text))
            labels.append(writer)
    classifier = Writers(np.array(rows), labels)
    ranks: dict[str, list[int]] = {"real lines": [], "primed lines": [], "lines without a primer": []}
    pairs, refused = [], 0
    for k, (writer, lines) in enumerate(writers.items()):
        ranks["real lines"] += [
            classifier.rank(features(line.ink, line.text), writer) for line in lines[1 : 1 + options.lines]
        ]
        texts = [sentences[(k * options.lines + i) % len(sentences)] for i in range(options.lines)]
        style = None
        for line in lines[:1] + lines[1 + options.lines :]:
            try:
                candidate = Style(writer, (Sample(natural(line.text), line.ink),))
                synthesizer.primer(candidate)
                style = candidate
                break
            except ValueError:  # a character that cannot be written: take another line, which the classifier has seen
                refused += 1
        for name, given in (("primed lines", style), ("lines without a primer", None)):
            written = synthesizer.write(texts, Hand(options.bias, k, given))
            ranks[name] += [classifier.rank(features(w.ink, w.text), writer) for w in written]
            if name == "primed lines":
                pairs += [
                    (w.text, t.text)
                    for w, t in zip(written, recognizer.transcribe_all([w.ink for w in written]), strict=True)
                ]
    print(f"{len(writers)} writers of testset_v, {len(rows)} lines to train the classifier on, bias {options.bias:g}; "
          f"{refused} primers refused for a character")  # fmt: skip
    print(f"{'':26}{'lines':>7}{'first %':>9}{'among five %':>14}")
    for name, found in ranks.items():
        first, five = (100 * np.mean(np.array(found) <= n) for n in (1, 5))
        print(f"{name:26}{len(found):7}{first:9.1f}{five:14.1f}")
    print(f"CER of the primed lines, best path: {100 * metrics.cer(pairs):.1f} %")


if __name__ == "__main__":
    main()
