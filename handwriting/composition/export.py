"""Text written to a file as handwriting, the demonstration, and styles made of ink files."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from handwriting import formats
from handwriting.composition.best_of import BestOf, Chosen
from handwriting.composition.page import Page as WrittenPage
from handwriting.composition.page import write_page
from handwriting.errors import InkError
from handwriting.ink import Ink, Page, Source
from handwriting.recognition.recognizer import Recognizer
from handwriting.rendering.drawing import Drawing
from handwriting.rendering.page import PageStyle
from handwriting.synthesis.sampler import Primer
from handwriting.synthesis.styles import Sample, Style
from handwriting.synthesis.synthesizer import BIAS, Synthesizer

LONGEST_TEXT = 20_000
"""Characters that are written at a time: minutes of a CPU."""


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
    return BestOf(synthesizer, Recognizer.load(threads=threads), n) if n > 1 else None


def make_style(synthesizer: Synthesizer, name: str, ink: Path, text: str | None, size: float = 1.0) -> Style:
    """The style of the hand in an ink file, which is tried as a primer; ``text``: what its ink says."""
    style = Style(name, (_sample(ink, text, "--text"),), size)
    style.primer(synthesizer)
    return style


def _primer(synthesizer: Synthesizer, primer: tuple[Path, str | None] | Style | None) -> Primer | None:
    if primer is None:
        return None
    if isinstance(primer, Style):
        return primer.primer(synthesizer)
    sample = _sample(*primer, "--prime-text")
    return synthesizer.prime(sample.ink, sample.text)


def _sample(path: Path, text: str | None, option: str) -> Sample:
    ink = formats.read_ink(path)
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
