"""What people do with recognizers and ink as a whole: transcribe many files, and the demonstration."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from handwriting import formats
from handwriting.errors import InkError
from handwriting.ink import Ink
from handwriting.recognition.recognizer import Decoder, Recognizer, Transcription

BATCH = 16
"""Files that are read and run together: enough to fill the engine, few enough that the first lines appear at once."""


@dataclass(frozen=True)
class FileResult:
    """What became of one input: a transcription, or the reason why there is none."""

    path: str
    transcription: Transcription | None
    error: str | None = None

    def record(self) -> dict[str, Any]:
        """As printed by ``--format json``."""
        if self.transcription is None:
            return {"file": self.path, "error": self.error}
        best, *others = self.transcription.readings
        return {
            "file": self.path,
            "text": best.text,
            "log_probability": best.log_probability,
            "alternatives": [{"text": r.text, "log_probability": r.log_probability} for r in others],
            "characters": [{"text": c.text, "points": c.points} for c in best.characters],
        }


def ink_files(paths: Sequence[str]) -> list[str]:
    """The inputs meant by ``paths``: folders are walked for files with a known extension, in order of their names.

    ``-`` is the standard input. A folder without ink files stands for itself, to be reported.
    """
    found: list[str] = []
    for path in paths:
        if not os.path.isdir(path):
            found.append(path)
            continue
        inside = sorted(p for p in Path(path).rglob("*") if p.suffix.lower() in _extensions() and p.is_file())
        found += map(str, inside) if inside else [path]
    return found


def transcribe_files(
    recognizer: Recognizer, paths: Sequence[str], decoder: Decoder = "greedy", alternatives: int = 1
) -> Iterator[FileResult]:
    """The result of each input, in order; one that cannot be read does not stop the others."""
    for start in range(0, len(paths), BATCH):
        chunk = paths[start : start + BATCH]
        inks = [_read(path) for path in chunk]
        good = [ink for ink in inks if isinstance(ink, Ink)]
        transcriptions = recognizer.transcribe_all(good, decoder, alternatives, batch_size=BATCH)
        for path, ink in zip(chunk, inks, strict=True):
            if isinstance(ink, InkError):
                yield FileResult(path, None, str(ink))
            else:
                yield FileResult(path, next(transcriptions))


@dataclass(frozen=True)
class Demonstration:
    """A line that was drawn and read back."""

    text: str
    output: str
    cer: float


def demonstrate(text: str, path: Path, recognizer: Recognizer, seed: int = 0) -> Demonstration:
    """Draw ``text`` to an SVG file, read the ink back and compare.

    The ink comes from a single-stroke font with the irregularities of a hand.
    """
    from handwriting import metrics
    from handwriting.rendering.hershey import write
    from handwriting.rendering.svg import svg

    ink = write(text, seed=seed)
    svg(ink, path, title=text, desc="A line drawn with a single-stroke font")
    output = recognizer.transcribe(ink).text
    return Demonstration(text, output, metrics.cer([(text, output)]))


def _extensions() -> list[str]:
    return sorted(extension for reader in formats.readers() for extension in reader.extensions)


def _read(path: str) -> Ink | InkError:
    if os.path.isdir(path):
        return InkError(f"{path}: no ink files in this folder; looked for {', '.join(_extensions())}")
    try:
        ink = formats.read(sys.stdin.buffer if path == "-" else path)
    except InkError as error:
        return error
    lines = (ink.source.text or "").count("\n") + 1
    if lines > 1:
        return InkError(f"{path}: a form of {lines} lines, and a line is read at a time; give the files of its lines")
    return ink
