"""Benchmark a cold start: the process that transcribes one file, compared with ``import torch`` and Python.

    python benchmarks/startup.py [--rounds 7]

The commands take turns, so that a busy machine slows all alike; the ratio is the median over the rounds. Requirement:
transcribing takes at most 0.6 of the time of ``import torch``.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
COMMANDS = {
    "python -c 'import torch'": [sys.executable, "-c", "import torch"],
    "python app.py transcribe FILE": [sys.executable, "app.py", "transcribe", "datasets/samples/line.xml"],
    "python -c 'import numpy'": [sys.executable, "-c", "import numpy"],
}


def seconds(command: list[str]) -> float:
    """Return the wall time of a process."""
    began = time.perf_counter()
    subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - began


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=7)
    rounds = parser.parse_args().rounds
    for command in COMMANDS.values():
        seconds(command)  # loads files into the page cache
    times = [[seconds(command) for command in COMMANDS.values()] for _ in range(rounds)]
    print(f"median of {rounds} rounds   seconds   x import torch")
    for name, column in zip(COMMANDS, zip(*times, strict=True), strict=True):
        ratio = statistics.median(t / base for t, (base, *_) in zip(column, times, strict=True))
        print(f"{name:30} {statistics.median(column):6.2f}   {ratio:6.2f}")


if __name__ == "__main__":
    main()
