"""Fuzzing the readers: good files damaged in every way, and bombs. ``make fuzz`` runs this file.

A reader may return ink or raise :class:`InkError` with a reason in one line; any other exception, a warning, more than
5 seconds or more than a gigabyte is a defect. What broke a reader is left in ``fuzz-FORMAT.bin``, to be looked at.
"""

from __future__ import annotations

import argparse
import gzip
import io
import multiprocessing
import random
import re
import resource
import sys
import time
import traceback
import warnings
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass

from format_bombs import LARGE, SMALL
from format_seeds import seeds

from handwriting import formats
from handwriting.errors import InkError
from handwriting.ink import Page

SECONDS, BYTES = 5.0, 2**30
NUMBERS = [
    b"nan", b"-inf", b"1e308", b"-1e308", b"1e999", b"1e-320", b"", b"-", b"0", b"-1", b"4294967296", b"9" * 60,
    b"0x10", b"1_0", b"1,5", "\u0661\u0662".encode(), b"1e5", b"#FF", b"T", b"?", b"*", b"'3", b'"3',
]  # fmt: skip
PIECES = [
    b"<a>", b"</a>", b"[", b"{", b'{"a":', b"<!--", b"-->", b"<![CDATA[", b"&amp;", b"&x;", b"&#0;", b"\0",
    b"<?xml version='1.0' encoding='utf-16'?>", b'<!DOCTYPE a [<!ENTITY x "y">]>', b"PK\x03\x04", b"\x1f\x8b\x08\0",
    b'"', b"'", b"\r", b"\n.SEGMENT WORD 0-99 ? \"", b"\n.PEN_DOWN\n", b"\n.INCLUDE /etc/passwd\n", b"\xed\xa0\x80",
    b",", b"=", b"\xff\xfe",
]  # fmt: skip
ENCODINGS = ("utf-16", "utf-16-le", "utf-32", "utf-8-sig", "cp037", "utf-7")


def damaged(data: bytes, others: Sequence[bytes], random: random.Random) -> bytes:
    """``data`` with one to four things wrong with it; of a compressed file, outside or inside."""
    if data[:2] == b"\x1f\x8b" and random.random() < 0.7:
        return gzip.compress(damaged(gzip.decompress(data), others, random), 1)
    if data[:4] == b"PK\x03\x04" and random.random() < 0.7:
        return _damaged_inside(data, others, random)
    for _ in range(random.choice((1, 1, 1, 2, 3, 4))):
        data = random.choice(DAMAGES)(data, others, random)
    return data[: 2**20]


def _damaged_inside(data: bytes, others: Sequence[bytes], random: random.Random) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as archive, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as copy:
        chosen = random.choice(archive.namelist())
        for name in archive.namelist():
            inside = archive.read(name)
            copy.writestr(name, damaged(inside, others, random) if name == chosen else inside)
    return made.getvalue()


def _span(data: bytes, random: random.Random) -> tuple[int, int]:
    start = random.randrange(len(data) + 1)
    return start, min(len(data), start + int(random.expovariate(1 / 20)))


def _cut(data: bytes, others: Sequence[bytes], random: random.Random) -> bytes:
    return data[: random.randrange(len(data) + 1)]


def _without(data: bytes, others: Sequence[bytes], random: random.Random) -> bytes:
    start, end = _span(data, random)
    return data[:start] + data[end:]


def _again(data: bytes, others: Sequence[bytes], random: random.Random) -> bytes:
    start, end = _span(data, random)
    return data[:start] + data[start:end] * random.choice((2, 3, 300)) + data[end:]


def _flipped(data: bytes, others: Sequence[bytes], random: random.Random) -> bytes:
    changed = bytearray(data)
    for _ in range(random.choice((1, 1, 2, 8))):
        if changed:
            changed[random.randrange(len(changed))] = random.randrange(256)
    return bytes(changed)


def _number(data: bytes, others: Sequence[bytes], random: random.Random) -> bytes:
    found = list(re.finditer(rb"-?\d[\d.]*", data))
    if not found:
        return data
    match = random.choice(found)
    return data[: match.start()] + random.choice(NUMBERS) + data[match.end() :]


def _piece(data: bytes, others: Sequence[bytes], random: random.Random) -> bytes:
    at = random.randrange(len(data) + 1)
    return data[:at] + random.choice(PIECES) * random.choice((1, 1, 2, 500, 5000)) + data[at:]


def _spliced(data: bytes, others: Sequence[bytes], random: random.Random) -> bytes:
    other = random.choice(others)
    start, end = _span(other, random)
    at = random.randrange(len(data) + 1)
    return data[:at] + other[start : end + 40] + data[at:]


def _line_ends(data: bytes, others: Sequence[bytes], random: random.Random) -> bytes:
    ends = [b"\r\n", b"\r", b"\n\n", b"\n\r", b" ", b"\0\n", b"\x0b", "\u2028".encode()]
    return re.sub(rb"\n", lambda _: random.choice(ends), data)


def _encoded(data: bytes, others: Sequence[bytes], random: random.Random) -> bytes:
    return data.decode("latin-1").encode(random.choice(ENCODINGS), errors="replace")


DAMAGES = (_cut, _without, _again, _flipped, _number, _number, _number, _piece, _spliced, _line_ends, _encoded)


@dataclass
class Outcome:
    """What became of one file."""

    read: bool
    seconds: float


def try_to_read(format: formats.Format, data: bytes) -> Outcome:
    """Read ``data``; whatever is not allowed is an AssertionError or whatever the reader raised."""
    for known in formats.readers():
        assert known.recognises(data[: formats.HEAD_SIZE]) in (True, False)
    began = time.process_time()
    read = True
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            pages = formats.read_pages(data, format.name)
            assert pages and all(isinstance(page, Page) for page in pages)
            if format.extras is not None:
                formats.read_document(data, format.name)
        except InkError as error:
            read = False
            if error.__cause__ is not None:  # the reader failed in a way that it should not
                raise error.__cause__ from None
            assert "\n" not in str(error) and 10 < len(str(error)) < 400, str(error)[:200]
            assert error.__context__ is None or error.__suppress_context__, "a traceback in a traceback"
    return Outcome(read, time.process_time() - began)


def fuzz(format: formats.Format, runs: int, seed: int) -> tuple[int, float]:
    """How many of ``runs`` damaged files were read after all, and the longest time; raises what the reader raised."""
    generator = random.Random(f"{format.name} {seed}")
    good = seeds()
    mine, others = good[format.name], [data for known in good.values() for data in known]
    read, slowest = 0, 0.0
    for number in range(runs):
        data = damaged(generator.choice(mine), others, generator)
        try:
            outcome = try_to_read(format, data)
            assert outcome.seconds < SECONDS, f"{outcome.seconds:.1f} s"
        except Exception:
            with open(f"fuzz-{format.name}.bin", "wb") as file:
                file.write(data)
            raise
        read += outcome.read
        slowest = max(slowest, outcome.seconds)
        if sys.stderr.isatty() and number % 100 == 0:
            print(f"\r{format.name} {number}", end="", file=sys.stderr)
    return read, slowest


def explode(name: str) -> tuple[bool, float, int]:
    """Whether a bomb was read, its seconds and the bytes it took; to be called in a process of its own."""
    format_name, make = (SMALL | LARGE)[name]
    data = make()
    (known,) = (k for k in formats.readers() if k.name == format_name)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    outcome = try_to_read(known, data)
    return outcome.read, outcome.seconds, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024


def main() -> None:
    parser = argparse.ArgumentParser(description="Fuzz the readers of ink files.")
    parser.add_argument("--runs", type=int, default=10_000, help="damaged files of each format")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--format", help="only this one")
    arguments = parser.parse_args()
    chosen = [f for f in formats.readers() if arguments.format is None or f.name.lower() == arguments.format.lower()]
    failed = 0
    print(f"{'format':12} {'damaged':>8} {'read':>8} {'refused':>8} {'slowest, s':>11}")
    for known in chosen:
        try:
            read, slowest = fuzz(known, arguments.runs, arguments.seed)
            runs = arguments.runs
            print(f"{known.name:12} {runs:8,} {read:8,} {runs - read:8,} {slowest:11.3f}", flush=True)
        except Exception:
            failed += 1
            traceback.print_exc()
            print(f"{known.name:12} failed: see fuzz-{known.name}.bin", flush=True)
    print(f"\n{'bomb':34} {'format':10} {'outcome':>8} {'s':>7} {'MB':>7}")
    names = {known.name for known in chosen}
    for name, (format_name, _) in (SMALL | LARGE).items():
        if format_name not in names:
            continue
        with multiprocessing.get_context("spawn").Pool(1) as pool:  # one each, so that the memory is its own
            try:
                read, seconds, size = pool.apply(explode, (name,))
            except Exception:
                failed += 1
                traceback.print_exc()
                continue
        bad = seconds > SECONDS or size > BYTES
        failed += bad
        mark = "  too much" if bad else ""
        outcome = "read" if read else "refused"
        print(f"{name:34} {format_name:10} {outcome:>8} {seconds:7.2f} {size / 1e6:7.0f}{mark}", flush=True)
    print("\nall held" if not failed else f"\n{failed} failed")
    raise SystemExit(bool(failed))


if __name__ == "__main__":
    main()
