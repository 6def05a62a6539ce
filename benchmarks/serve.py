"""Benchmark the server under load: live transcriptions of 8 clients, then 64 clients as fast as they can.

    python benchmarks/serve.py [--seconds 60]

*Live*: each client writes its own line stroke by stroke and sends the line so far every 500 ms, as the page does.
Requirements: 99 of 100 requests are answered with 200, 95 of 100 within 300 ms. *Flat out*: 64 clients ask again as
soon as they are answered, for a third of the time. Requirements: 200 and 429 are the only answers, and afterwards the
server's memory returns to its previous size. The clients run on the same cores as the server.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import random
import re
import statistics
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from _server import served

from handwriting.ink import Ink
from handwriting.synthesis.styles import SHIPPED, load


def bodies(inks: list[Ink], client: int) -> Iterator[bytes]:
    """Yield a client's requests: a line that grows by two strokes at a time, each line at its own size."""
    dice = random.Random(client)
    while True:
        ink, scale = inks[dice.randrange(len(inks))], dice.uniform(0.2, 0.4)
        strokes = [[{"x": round(x * scale, 2), "y": round(y * scale, 2)} for x, y in s.tolist()] for s in ink.strokes]
        for end in range(2, len(strokes) + 2, 2):
            yield json.dumps({"strokes": strokes[:end], "hints": {"alternatives": 5}}).encode()


def ask(connection: http.client.HTTPConnection, body: bytes) -> tuple[int, float]:
    """Return status and seconds; the status is -1 when there was no answer."""
    began = time.perf_counter()
    try:
        connection.request("POST", "/api/transcribe", body, {"content-type": "application/json"})
        answer = connection.getresponse()
        answer.read()
        return answer.status, time.perf_counter() - began
    except (OSError, http.client.HTTPException):
        connection.close()
        return -1, time.perf_counter() - began


def load_server(port: int, inks: list[Ink], clients: int, seconds: float, every: float) -> list[tuple[int, float]]:
    """Return all answers to ``clients`` that ask every ``every`` seconds, or at once if it is 0."""
    answers: list[list[tuple[int, float]]] = [[] for _ in range(clients)]
    end = time.monotonic() + seconds

    def client(number: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        time.sleep(every * number / clients)
        due = time.monotonic()
        for body in bodies(inks, number):
            if time.monotonic() > end:
                break
            answers[number].append(ask(connection, body))
            due += every
            time.sleep(max(0.0, due - time.monotonic()))
        connection.close()

    threads = [threading.Thread(target=client, args=(i,)) for i in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [answer for one in answers for answer in one]


def memory(pid: int) -> float:
    """Return the resident memory of a process in megabytes."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    match = re.search(r"VmRSS:\s+(\d+) kB", status)
    return int(match[1]) / 1024 if match else float("nan")


def report(name: str, answers: list[tuple[int, float]], seconds: float) -> None:
    """Print one row."""
    counts = Counter(status for status, _ in answers)
    times = sorted(time for status, time in answers if status == 200)
    good = counts[200] / max(1, len(answers))
    p95 = times[int(0.95 * (len(times) - 1))] if times else float("nan")
    others = ", ".join(f"{status}: {count}" for status, count in sorted(counts.items()) if status != 200) or "none"
    print(
        f"{name:34}{len(answers) / seconds:8.1f}{100 * good:9.1f} %{1000 * statistics.median(times):9.0f}"
        f"{1000 * p95:9.0f}   {others}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seconds", type=float, default=60)
    seconds = parser.parse_args().seconds
    inks = [load(name).samples[0].ink for name in SHIPPED]
    with served(OMP_NUM_THREADS="1") as (address, process):
        port = urlsplit(address).port
        assert port is not None
        load_server(port, inks, 8, min(5, seconds), 0.1)  # warm up
        before = memory(process)
        print(
            f"{os.cpu_count()} cores\n{'':34}{'a second':>8}{'200':>11}{'median ms':>10}{'p95 ms':>8}   other answers"
        )
        report("8 clients, every 500 ms", load_server(port, inks, 8, seconds, 0.5), seconds)
        after_live = memory(process)
        report("64 clients, flat out", load_server(port, inks, 64, seconds / 3, 0), seconds / 3)
        peak = memory(process)
        time.sleep(5)
        report("8 clients, every 500 ms, again", load_server(port, inks, 8, seconds / 6, 0.5), seconds / 6)
        print(
            f"memory: {before:.0f} MB before, {after_live:.0f} after the live minute, {peak:.0f} after 64 clients, "
            f"{memory(process):.0f} at the end"
        )


if __name__ == "__main__":
    main()
