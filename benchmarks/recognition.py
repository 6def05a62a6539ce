"""Measure the shipped recognizer on the development set: int8 and float32, best path and beam, time per part.

    python benchmarks/recognition.py [--data DIR-or-FILE] [--split testset_v] [--threads 1]

It prints the figures of ``evaluate recognizer`` in one table; the CER and the time of beam searches of several widths;
and the milliseconds per line of each part, one line at a time and in batches. int8 should cost at most 0.15 points of
CER compared with float32.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from handwriting import metrics
from handwriting.checkpoint import Checkpoint
from handwriting.corpora import Line, open_corpus
from handwriting.evaluation.recognition import evaluate
from handwriting.features import FeatureConfig, encode
from handwriting.recognition.beam import BeamSearchDecoder
from handwriting.recognition.decode import GreedyDecoder
from handwriting.recognition.recognizer import BATCH_LINES, Recognizer
from handwriting.text import natural

SEARCHES = (
    (25, -9.0, np.inf),
    (50, -9.0, np.inf),
    (100, -9.0, np.inf),
    (100, -7.5, np.inf),
    (100, -7.5, 14.0),
    (100, -7.5, 10.0),
    (25, -7.5, 14.0),
)
"""Prefixes, threshold and margin of the searches that are compared."""


def milliseconds(work: Callable[[], object], lines: int) -> float:
    """Return the milliseconds per line in the best of three runs."""
    times = []
    for _ in range(3):
        began = time.perf_counter()
        work()
        times.append(time.perf_counter() - began)
    return 1000 * min(times) / lines


def searches(recognizer: Recognizer, lines: Sequence[Line]) -> None:
    """Print the CER and the time of searches with the language model, before and with the LSTM."""
    log_probs = recognizer.log_probs([encode(line.ink, recognizer.features) for line in lines])
    texts, scorer, language = [line.text for line in lines], recognizer.scorer(), recognizer.language
    print(
        f"\n{len(lines)} lines: prefixes, threshold, margin   CER %, n-grams; with LSTM; best of all found   ms a line"
    )
    for beam, threshold, margin in SEARCHES:
        search = BeamSearchDecoder(recognizer.alphabet, beam, 1, threshold, margin, scorer)
        began = time.process_time()
        found = [search.search(one) for one in log_probs]
        took = 1000 * (time.process_time() - began) / len(lines)
        rescored = [language.rescored(results) for results in found]
        rates = [
            metrics.cer([(text, results[0].text) for text, results in zip(texts, chosen, strict=True)])
            for chosen in (found, rescored)
        ]
        best = [
            (text, min((one.text for one in results), key=lambda output, text=text: metrics.cer([(text, output)])))
            for text, results in zip(texts, found, strict=True)
        ]
        row = "  ".join(f"{100 * rate:.2f}" for rate in (*rates, metrics.cer(best)))
        print(f"{beam:4} {threshold:6} {margin:6}   {row}   {took:.1f}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("HANDWRITING_DATA", "datasets")) / "iam-ondb")
    parser.add_argument("--split", default="testset_v")
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    if not options.data.exists():
        print(f"skipped: no IAM-OnDB in {options.data}; set HANDWRITING_DATA to the folder that holds iam-ondb/")
        return
    import torch

    from handwriting.training.recognizer_checkpoint import torch_network

    torch.set_num_threads(options.threads)
    corpus = open_corpus(options.data)
    folder = Checkpoint.load(None, "recognizer")
    int8 = Recognizer(folder, options.threads)
    float32 = Recognizer(folder, options.threads, torch_network(folder))
    free = Recognizer.load("recognizer-open", options.threads)
    print(f"{options.split}                  CER %   WER %   raw CER %  raw WER %  ms a line")
    for name, recognizer, decoder in (
        ("int8, best path", int8, "greedy"),
        ("float32 torch, best path", float32, "greedy"),
        ("int8, beam search", int8, "beam"),
        ("int8, language model", int8, "language"),
        ("recognizer-open", free, "greedy"),
        ("the same, language-open", free, "language"),
    ):
        result = evaluate(recognizer, corpus, options.split, decoder)
        rates = (result.score.cer, result.score.wer, result.score.cer_raw, result.score.wer_raw)
        print(f"{name:25} " + "  ".join(f"{100 * r:6.2f}" for r in rates) + f"  {1000 * result.seconds_per_line:9.1f}")

    searches(int8, list(corpus.lines(options.split))[::4])
    lines = list(corpus.lines(options.split))[::8]
    inks = [line.ink for line in lines]
    print()
    for encoding in ("points", "bezier"):
        steps = np.array([len(encode(ink, FeatureConfig(encoding)).steps) for ink in inks])
        ratio = steps / [max(1, len(natural(line.text))) for line in lines]
        print(f"{encoding}: {np.median(steps):.0f} steps a line (median), at least {ratio.min():.1f} a character")
    encoded = [encode(ink, int8.features) for ink in inks]
    log_probs = int8.log_probs(encoded)
    greedy, beam = GreedyDecoder(int8.alphabet), BeamSearchDecoder(int8.alphabet)
    language = BeamSearchDecoder(int8.alphabet, scorer=int8.scorer())
    print(f"\n{len(inks)} lines, {options.threads} thread                  ms a line")
    for title, work in {
        "features: resampled points": lambda: [encode(ink, FeatureConfig("points")) for ink in inks],
        "features: Bezier curves": lambda: [encode(ink, FeatureConfig("bezier")) for ink in inks],
        "network, int8, one by one": lambda: int8.log_probs(encoded, 1),
        f"network, int8, batches of {BATCH_LINES}": lambda: int8.log_probs(encoded),
        "network, float32 torch, one by one": lambda: float32.log_probs(encoded, 1),
        "best path": lambda: [greedy.decode(x) for x in log_probs],
        "prefix beam search": lambda: [beam.decode(x) for x in log_probs],
        "the same with the language model": lambda: [language.decode(x) for x in log_probs],
    }.items():
        print(f"{title:40} {milliseconds(work, len(inks)):6.2f}")


if __name__ == "__main__":
    main()
