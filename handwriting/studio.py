"""What people do with recognizers and ink as a whole: transcribe many files, and the demonstration."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from handwriting import formats
from handwriting.errors import InkError
from handwriting.ink import Ink, Page, Source
from handwriting.recognition.language.model import Hints
from handwriting.recognition.recognizer import Decoder, Recognizer, Transcription

if TYPE_CHECKING:  # svgwrite and the sampler are for writing alone
    from handwriting.best import BestOf, Chosen
    from handwriting.rendering.drawing import Drawing
    from handwriting.rendering.page import PageStyle
    from handwriting.synthesis.page import Page as WrittenPage
    from handwriting.synthesis.sampler import Primer
    from handwriting.synthesis.styles import Sample, Style
    from handwriting.synthesis.synthesizer import Synthesizer

LONGEST_TEXT = 20_000
"""Characters that are written at a time: minutes of a CPU."""

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
    recognizer: Recognizer,
    paths: Sequence[str],
    decoder: Decoder = "greedy",
    alternatives: int = 1,
    hints: Hints = Hints(),
) -> Iterator[FileResult]:
    """The result of each input, in order; one that cannot be read does not stop the others."""
    for start in range(0, len(paths), BATCH):
        chunk = paths[start : start + BATCH]
        inks = [_read(path) for path in chunk]
        good = [ink for ink in inks if isinstance(ink, Ink)]
        transcriptions = recognizer.transcribe_all(good, decoder, alternatives, batch_size=BATCH, hints=hints)
        for path, ink in zip(chunk, inks, strict=True):
            if isinstance(ink, InkError):
                yield FileResult(path, None, str(ink))
            else:
                yield FileResult(path, next(transcriptions))


@dataclass(frozen=True)
class Generated:
    """A text that was written to a file."""

    page: WrittenPage
    summary: str
    """What was written where, in a line."""

    @property
    def unfinished(self) -> list[str]:
        """The lines that did not come to their end."""
        return [line.text for line in self.page.lines if not line.complete]

    @property
    def unsaid(self) -> list[Chosen]:
        """The lines of which no candidate said the text."""
        from handwriting.best import Chosen

        return [line for line in self.page.lines if isinstance(line, Chosen) and line.complete and not line.says]


def read_text(text: str | None, file: Path | None) -> str:
    """What is to be written: ``text``, the standard input for ``-``, or the contents of ``file``."""
    if (text is None) == (file is None):
        raise InkError("nothing to write: give a text, - for stdin, or --file" if text is None else
                       "a text and --file: give one of them")  # fmt: skip
    if text is None or text == "-":
        name = "stdin" if text == "-" else str(file)
        data = sys.stdin.buffer.read(LONGEST_TEXT * 4 + 1) if file is None else _head(file)
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise InkError(f"{name}: byte {error.start + 1} is not UTF-8; save the text as UTF-8") from error
    if len(text) > LONGEST_TEXT:
        raise InkError(f"a text of more than {LONGEST_TEXT} characters takes very long; give a part of it at a time")
    return text


def generate(
    synthesizer: Synthesizer,
    text: str,
    path: Path,
    style: PageStyle,
    *,
    bias: float,
    seed: int,
    primer: tuple[Path, str | None] | Style | None = None,
    size: float = 1.0,
    slant: float = 0.0,
    best_of: BestOf | None = None,
    animated: float | None = None,
    plotted: bool = False,
    dpi: float = 200,
    progress: Callable[[int, int], object] = lambda done, total: None,
) -> Generated:
    """Write ``text`` in handwriting to ``path``: drawn as SVG, PNG or PDF, or as ink in a format that can be written.

    ``primer``: a style, or a file of ink whose hand is taken up, and what it says when the file does not tell. ``size``
    is a factor, ``slant`` in degrees. ``best_of`` chooses each line among several. ``animated``: the
    speed at which the SVG writes itself (1: a person's), if it is to. ``plotted``: for a plotter, an SVG too.
    """
    from handwriting.rendering import save
    from handwriting.synthesis.page import write_page
    from handwriting.synthesis.styles import Style

    kind = path.suffix.lower()
    as_ink = kind not in save.KINDS and any(kind in format.extensions for format in formats.writers())
    if not as_ink:
        save.kind(path)
    if animated is not None and plotted:
        raise InkError("--animate and --plotter: a plotter knows no animation; give one of them")
    if (animated is not None or plotted) and kind != ".svg":
        raise InkError(f"{path}: only an SVG can be animated or plotted; give a name with .svg")
    page = write_page(
        synthesizer,
        text,
        style,
        bias=bias,
        seed=seed,
        primer=_primer(synthesizer, primer),
        size=size * (primer.size if isinstance(primer, Style) else 1.0),
        slant=slant,
        draw=None if best_of is None else best_of.write,
        progress=progress,
    )
    summary = f"{path}: {_count(len(page.lines), 'line')}, {page.drawing.width:.0f} x {page.drawing.height:.0f} mm"
    if animated is not None:
        from handwriting.rendering.animation import animate

        animate(page.drawing, path, speed=animated)
    elif plotted:
        from handwriting.rendering.plotter import plot

        travel = plot(page.drawing, path)
        summary += f", pen-up way {travel.after / 1000:.2f} m instead of {travel.before / 1000:.2f}"
    elif as_ink:
        formats.save(_sheet(page.drawing, text), path)
    else:
        save.save(page.drawing, path, dpi=dpi)
    return Generated(page, summary)


@dataclass(frozen=True)
class Demonstration:
    """A line that was written and read back."""

    text: str
    output: str
    cer: float


def demonstrate(
    text: str, path: Path, synthesizer: Synthesizer, recognizer: Recognizer, seed: int = 0
) -> Demonstration:
    """Write ``text`` to an SVG file, read the ink back and compare."""
    from handwriting import metrics
    from handwriting.rendering.page import PageStyle
    from handwriting.synthesis.synthesizer import BIAS

    style = PageStyle(width_mm=None, margin_mm=4)
    page = generate(synthesizer, text, path, style, bias=BIAS, seed=seed).page
    output = " ".join(t.text for t in recognizer.transcribe_all([line.ink for line in page.lines]))
    return Demonstration(text, output, metrics.cer([(" ".join(line.text for line in page.lines), output)]))


def _sheet(drawing: Drawing, text: str) -> Page:
    """All the ink of a drawing as one, in millimetres."""
    source = Source(units="mm", text=text)
    return Page(Ink.from_strokes(drawing.strokes, source), drawing.width, drawing.height)


def choosing(synthesizer: Synthesizer, n: int, threads: int = 1) -> BestOf | None:
    """What draws ``n`` candidates of each line and keeps the best, read by the shipped recognizer; None for 1."""
    from handwriting.best import BestOf

    return BestOf(synthesizer, Recognizer.load(threads=threads), n) if n > 1 else None


def make_style(synthesizer: Synthesizer, name: str, ink: Path, text: str | None, size: float = 1.0) -> Style:
    """The style of the hand in an ink file, which is tried as a primer; ``text``: what its ink says."""
    from handwriting.synthesis.styles import Style

    style = Style(name, (_sample(ink, text, "--text"),), size)
    style.primer(synthesizer)
    return style


def _primer(synthesizer: Synthesizer, primer: tuple[Path, str | None] | Style | None) -> Primer | None:
    from handwriting.synthesis.styles import Style

    if primer is None:
        return None
    if isinstance(primer, Style):
        return primer.primer(synthesizer)
    sample = _sample(*primer, "--prime-text")
    return synthesizer.prime(sample.ink, sample.text)


def _sample(path: Path, text: str | None, option: str) -> Sample:
    from handwriting.synthesis.styles import Sample

    ink = _read(str(path))
    if isinstance(ink, InkError):
        raise ink
    text = text or ink.source.text
    if not text:
        raise InkError(f"{path}: the file does not tell what its ink says; give {option}")
    return Sample(text, ink)


def _head(file: Path) -> bytes:
    try:
        with file.open("rb") as stream:
            return stream.read(LONGEST_TEXT * 4 + 1)
    except OSError as error:
        raise InkError(f"{file}: {error.strerror or error}; give a text file") from error


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" + ("" if number == 1 else "s")


def _extensions() -> list[str]:
    return sorted(extension for reader in formats.readers() for extension in reader.extensions)


def _read(path: str) -> Ink | InkError:
    if os.path.isdir(path):
        return InkError(f"{path}: no ink files in this folder; looked for {', '.join(_extensions())}")
    try:
        ink = formats.read_ink(sys.stdin.buffer if path == "-" else path)
    except InkError as error:
        return error
    lines = (ink.source.text or "").count("\n") + 1
    if lines > 1:
        return InkError(f"{path}: a form of {lines} lines, and a line is read at a time; give the files of its lines")
    return ink
