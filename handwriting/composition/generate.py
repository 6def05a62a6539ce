"""Write a text in a hand, or a page without a text, to a file."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

from handwriting import metrics
from handwriting.composition.blocks import MAX_TEXT_CHARACTERS
from handwriting.composition.page import WrittenPage, write_page
from handwriting.composition.runs import WordWriter
from handwriting.composition.save import check, save
from handwriting.composition.unconditional import write_unconditional
from handwriting.errors import InkError
from handwriting.files import check_writable
from handwriting.progress import Progress, no_progress
from handwriting.recognition.recognizer import Recognizer
from handwriting.rendering.layout import PageLayout
from handwriting.synthesis.hand import Hand
from handwriting.synthesis.predictor import BIAS, Predictor
from handwriting.synthesis.synthesizer import Synthesizer


@dataclass(frozen=True)
class GeneratedFile:
    """A page that was written to a file."""

    page: WrittenPage
    summary: str
    """File name, number of lines and size, in one line."""


def read_text(text: str | None, file: Path | None) -> str:
    """Return the text to write: ``text`` itself, standard input if it is ``-``, or the contents of ``file``.

    Raises :class:`InkError` unless exactly one of them is given, for text that is not UTF-8, and for text that is too
    long.
    """
    if (text is None) == (file is None):
        raise InkError("give either a text or a file to write")
    if text is None or text == "-":
        name = "stdin" if text == "-" else str(file)
        data = sys.stdin.buffer.read(MAX_TEXT_CHARACTERS * 4 + 1) if file is None else _head(file)
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise InkError(f"{name}: byte {error.start + 1} is not UTF-8; save the text as UTF-8") from error
    if len(text) > MAX_TEXT_CHARACTERS:
        raise InkError(f"the text has more than {MAX_TEXT_CHARACTERS} characters; write it in parts")
    return text


def generate(
    writer: WordWriter,
    text: str,
    path: Path,
    layout: PageLayout = PageLayout(),
    hand: Hand = Hand(),
    *,
    animation_speed: float | None = None,
    plotter: bool = False,
    dpi: float = 200,
    progress: Progress = no_progress,
) -> GeneratedFile:
    """Write ``text`` in ``hand`` to ``path``: a picture or an ink file, by its ending.

    With ``animation_speed``, the SVG replays the writing at that multiple of a person's speed; with ``plotter``, it
    contains only the strokes, in an order with short pen-up moves. ``dpi`` is the resolution of a PNG. Raises
    :class:`InkError` before anything is drawn for a path, text or combination that cannot be written.
    """
    check(path, animation_speed=animation_speed, plotter=plotter)
    check_writable(path)
    page = write_page(writer, text, layout, hand, progress=progress)
    return _saved(page, path, dpi, animation_speed, plotter)


def generate_unconditional(
    predictor: Predictor,
    lines: int,
    path: Path,
    layout: PageLayout = PageLayout(),
    hand: Hand = Hand(bias=BIAS),
    *,
    animation_speed: float | None = None,
    plotter: bool = False,
    dpi: float = 200,
    progress: Progress = no_progress,
) -> GeneratedFile:
    """Write ``lines`` lines without a text to ``path``; otherwise like :func:`generate`."""
    check(path, animation_speed=animation_speed, plotter=plotter)
    check_writable(path)
    page = write_unconditional(predictor, lines, layout, hand, progress)
    return _saved(page, path, dpi, animation_speed, plotter)


def _saved(page: WrittenPage, path: Path, dpi: float, animation_speed: float | None, plotter: bool) -> GeneratedFile:
    saved = save(page, path, dpi=dpi, animation_speed=animation_speed, plotter=plotter)
    lines = f"{len(page.lines)} line" + ("" if len(page.lines) == 1 else "s")
    summary = f"{path}: {lines}, {page.drawing.width:.0f} x {page.drawing.height:.0f} mm"
    if travel := saved.travel:
        summary += f", {travel.after / 1000:.2f} m of pen-up moves instead of {travel.before / 1000:.2f}"
    return GeneratedFile(page, summary)


@dataclass(frozen=True)
class Demonstration:
    """A text that was written and read back."""

    text: str
    output: str
    cer: float
    """Character error rate of ``output``, as a fraction."""


def demonstrate(
    text: str, path: Path, synthesizer: Synthesizer, recognizer: Recognizer, seed: int = 0
) -> Demonstration:
    """Write ``text`` to an SVG file, read its ink back, and compare."""
    layout = PageLayout(width_mm=None, margin_mm=4)
    page = generate(WordWriter(synthesizer, recognizer), text, path, layout, Hand(seed=seed)).page
    output = " ".join(t.text for t in recognizer.transcribe_all([line.ink for line in page.lines]))
    return Demonstration(text, output, metrics.cer([(" ".join(line.text for line in page.lines), output)]))


def _head(file: Path) -> bytes:
    try:
        with file.open("rb") as stream:
            return stream.read(MAX_TEXT_CHARACTERS * 4 + 1)
    except OSError as error:
        raise InkError(f"{file}: {error.strerror or error}; give a text file") from error
