"""Benchmark the best of N candidates: how many lines remain unreadable, and at what cost.

    python benchmarks/best_of.py [-n 2000] [--second CHECKPOINT] [--cost 40]

Sentences of our own that no training text contains are written repeatedly with different random numbers, as the best of
1 and of 4 candidates. *Failed* lines are those read with more than 20 % wrong characters: by the recognizer that chose,
and by another that did not (``checkpoints/recognizer-open``, or the one given). Intervals are of 95 %, over sentences.
*Cost*: the same lines one at a time, as a page is written while someone watches, and 16 side by side; CPU time of N = 4
divided by that of N = 1.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable
from pathlib import Path

from handwriting.composition.best_of import BATCH, BestOf
from handwriting.corpora import Line
from handwriting.evaluation.legibility import failure_rate
from handwriting.evaluation.recognition import evaluate_lines
from handwriting.evaluation.sentences import read_sentences
from handwriting.recognition.recognizer import Recognizer
from handwriting.synthesis.hand import Hand
from handwriting.synthesis.synthesizer import Synthesizer


def seconds(work: Callable[[], object]) -> float:
    """Return the CPU time of the process, which a busy machine hardly affects."""
    began = time.process_time()
    work()
    return time.process_time() - began


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("-n", type=int, default=int(os.environ.get("BENCH_LINES", "2000")))
    parser.add_argument("--cost", type=int, default=40, help="lines for the cost")
    parser.add_argument("--second", type=Path, default="recognizer-open", help="a recognizer that does not choose")
    parser.add_argument("--sentences", type=Path, default=Path(__file__).with_name("sentences.txt"))
    parser.add_argument("--checkpoint", type=Path)
    options = parser.parse_args()
    synthesizer, judge = Synthesizer.load(options.checkpoint), Recognizer.load()
    readers = {"judge": judge, "second reader": Recognizer.load(options.second)}
    sentences = [synthesizer.writable(s.text) for s in read_sentences(options.sentences)]
    texts = [sentences[i % len(sentences)] for i in range(options.n)]
    print(f"{options.n} lines of {min(options.n, len(sentences))} sentences, bias 1")
    print(f"{'N':>3}{'reader':>16}{'CER %':>9}{'failed %':>10}{'interval':>16}{'say the text %':>17}")
    for n in (1, 4):
        best = BestOf(synthesizer, judge, n)
        written = [
            one for k in range(0, len(texts), BATCH) for one in best.write(texts[k : k + BATCH], Hand(seed=1), stream=k)
        ]
        lines = [Line(str(i), w.ink, w.text, None, w.text) for i, w in enumerate(written)]
        said = sum(w.verified for w in written) / len(written)
        for name, reader in readers.items():
            result = evaluate_lines(reader, lines, "generated")
            share, (low, high) = failure_rate(result)
            print(
                f"{n:3}{name:>16}{100 * result.score.cer:9.2f}{100 * share:10.2f}"
                f"{f'{100 * low:.2f} to {100 * high:.2f}':>16}{100 * said:17.1f}",
                flush=True,
            )
    one, four = BestOf(synthesizer, judge, 1), BestOf(synthesizer, judge, 4)
    some, hand = texts[: options.cost], Hand(seed=2)
    alone = [seconds(lambda b=b: [b.write([t], hand, stream=i) for i, t in enumerate(some)]) for b in (one, four)]  # type: ignore[misc]
    beside = [seconds(lambda b=b: b.write(some, hand)) for b in (one, four)]  # type: ignore[misc]
    print(f"cost of N = 4, {len(some)} lines: {alone[1] / alone[0]:.2f} times that of N = 1 one line at a time "
          f"({1000 * alone[0] / len(some):.0f} and {1000 * alone[1] / len(some):.0f} ms a line), "
          f"{beside[1] / beside[0]:.2f} times side by side")  # fmt: skip


if __name__ == "__main__":
    main()
