"""Benchmark streaming recognition of a line of 60 characters: milliseconds from each stroke to the best text so far.

    python benchmarks/streaming.py [--lines 5]

The lines are written by the shipped synthesizer; network, language model and one thread are as shipped. The limit is 50
ms per update. Also prints whether the final text equals that of the whole line.
"""

from __future__ import annotations

import argparse
import time

import numpy as np

from handwriting.recognition.recognizer import Recognizer
from handwriting.recognition.streaming import Stream
from handwriting.synthesis.hand import Hand
from handwriting.synthesis.synthesizer import Synthesizer

TEXTS = (
    "The morning train was late again, and nobody seemed to mind.",
    "We counted eleven herons on the far bank before the rain set",
    "Her letters came on Tuesdays, folded twice and smelling of tea",
    "All the windows of the old mill were lit, though it was noon.",
    "There is a narrow path behind the church that few people know",
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--lines", type=int, default=len(TEXTS))
    lines = Synthesizer.load().write(list(TEXTS[: parser.parse_args().lines]), Hand(seed=1))
    recognizer = Recognizer.load()
    Stream(recognizer).add(lines[0].ink.strokes[0])  # loads the language model
    updates, cpu, ends, same = [], [], [], 0
    for line in lines:
        stream = Stream(recognizer)
        for stroke in line.ink.strokes:
            began, busy = time.perf_counter(), time.process_time()
            stream.add(stroke)
            updates.append(time.perf_counter() - began)
            cpu.append(time.process_time() - busy)
        began = time.perf_counter()
        text = stream.finish().text
        ends.append(time.perf_counter() - began)
        same += text == recognizer.transcribe(line.ink, "language").text
    took = 1000 * np.array(updates)
    print(f"{len(lines)} lines of about 60 characters, {len(took)} updates, 1 thread")
    print(
        f"update: median {np.median(took):.1f} ms, 95 % {np.quantile(took, 0.95):.1f} ms, longest {took.max():.1f} ms"
    )
    print(f"of the processor: median {1000 * np.median(cpu):.1f} ms, 95 % {1000 * np.quantile(cpu, 0.95):.1f} ms")
    print(f"end: longest {1000 * max(ends):.1f} ms; the whole line's text at the end: {same} of {len(lines)}")


if __name__ == "__main__":
    main()
