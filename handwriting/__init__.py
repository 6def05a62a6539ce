"""Read and write handwriting: online ink to text, and text to ink.

>>> import handwriting
>>> ink = handwriting.read("datasets/samples/line.xml")
>>> handwriting.transcribe(ink).text
'a line of handwriting'
>>> page = handwriting.generate("Dear Ann,", seed=3, layout=handwriting.PageLayout(paper="ruled"))
>>> handwriting.save(page, "page.pdf")
[]

The functions load the shipped networks on every call. To read or write many lines, load them once with
:meth:`Recognizer.load` and :meth:`Synthesizer.load`.
"""

from __future__ import annotations

import importlib
import os
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, overload

from handwriting.arguments import expect
from handwriting.errors import InkError
from handwriting.ink import Ink, Page

if TYPE_CHECKING:
    from handwriting.composition.letter import LetterStyle
    from handwriting.composition.page import WrittenPage
    from handwriting.formats import Readable
    from handwriting.recognition.language.model import Hints
    from handwriting.recognition.pages import ReadPage
    from handwriting.recognition.recognizer import Decoder, Recognizer
    from handwriting.recognition.streaming import Stream
    from handwriting.recognition.transcription import Transcription
    from handwriting.rendering.layout import PageLayout
    from handwriting.rendering.pens import Pen
    from handwriting.rendering.sheet import Sheet
    from handwriting.synthesis.hand import Hand
    from handwriting.synthesis.predictor import Predictor
    from handwriting.synthesis.styles import Style
    from handwriting.synthesis.synthesizer import Synthesizer

__all__ = [
    "Hand",
    "Hints",
    "Ink",
    "InkError",
    "LetterStyle",
    "Page",
    "PageLayout",
    "Pen",
    "Predictor",
    "ReadPage",
    "Recognizer",
    "Sheet",
    "Stream",
    "Style",
    "Synthesizer",
    "Transcription",
    "WrittenPage",
    "generate",
    "letter",
    "read",
    "save",
    "transcribe",
]
__version__ = "0.1.0"

_MODULES = {
    "Hand": "handwriting.synthesis.hand",
    "Hints": "handwriting.recognition.language.model",
    "LetterStyle": "handwriting.composition.letter",
    "PageLayout": "handwriting.rendering.layout",
    "Pen": "handwriting.rendering.pens",
    "Predictor": "handwriting.synthesis.predictor",
    "ReadPage": "handwriting.recognition.pages",
    "Recognizer": "handwriting.recognition.recognizer",
    "Sheet": "handwriting.rendering.sheet",
    "Stream": "handwriting.recognition.streaming",
    "Style": "handwriting.synthesis.styles",
    "Synthesizer": "handwriting.synthesis.synthesizer",
    "Transcription": "handwriting.recognition.transcription",
    "WrittenPage": "handwriting.composition.page",
}
"""Module of each name that is imported on first use."""


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module 'handwriting' has no attribute {name!r}")
    value = getattr(importlib.import_module(_MODULES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return [*__all__, "__version__"]


def read(source: Readable, format: str | None = None, page: int | None = None) -> Ink | Page:
    """Read ink from a path, bytes or a binary stream: :class:`Ink`, or the :class:`Page` of a document.

    The format is recognised from the content unless ``format`` names it (``"InkML"``). ``page``, counted from 1, is
    needed for a document of several pages. Raises :class:`InkError` if the source cannot be read.

    >>> handwriting.read("datasets/samples/line.xml")
    Ink(23 strokes, 1066 points, 4425 x 572, 10.41 s)
    >>> handwriting.read("datasets/samples/notes.xopp").width
    595.28
    """
    if not hasattr(source, "read"):
        expect("source", source, (str, os.PathLike, bytes), "a path, bytes or a binary stream")
    if format is not None:
        expect("format", format, str, "the name of a format")
    if page is not None:
        expect("page", page, int, "the number of a page, counted from 1")
    from handwriting import formats

    return formats.read(source, format, page)


def save(
    what: Ink | Page | WrittenPage | Sequence[Page] | Sequence[WrittenPage],
    path: str | os.PathLike[str],
    format: str | None = None,
    *,
    dpi: float = 200,
    animation_speed: float | None = None,
    plotter: bool = False,
) -> list[str]:
    """Write ink, pages or written pages to a file; its ending chooses the format unless ``format`` names it.

    ``.inkml``, ``.xopp``, ``.json`` and ``.csv`` store the ink; ``.png`` and ``.pdf`` are drawings, ``.gcode`` and
    ``.hpgl`` programs for pen plotters; ``.svg`` is a drawing of a :class:`WrittenPage` and stores the strokes of
    anything else. Only ``.pdf`` and ``.xopp`` can store several pages. ``dpi`` is the resolution of a PNG. With
    ``animation_speed``, an SVG replays the writing at that multiple of a person's speed; with ``plotter``, it contains
    only strokes, ordered for short pen-up moves.

    Returns the properties of the ink that the file cannot store. Raises :class:`InkError` if the file cannot be
    written.

    >>> ink = handwriting.read("datasets/samples/line.xml")
    >>> handwriting.save(ink, "line.inkml")
    []
    >>> handwriting.save(ink, "line.xopp")
    ['time', 'start time']
    >>> handwriting.save(ink, "line.png", dpi=100)
    []
    """
    expect("path", path, (str, os.PathLike), "a path")
    if format is not None:
        expect("format", format, str, "the name of a format")
    expect("dpi", dpi, (int, float), "a number")
    if animation_speed is not None:
        expect("animation_speed", animation_speed, (int, float), "a number")
    wanted = "ink, a page, pages or a written page"
    if not isinstance(what, Ink | Page):
        from handwriting.composition.page import WrittenPage

        parts = what if isinstance(what, list | tuple) else [what]
        kind = type(parts[0]) if parts and isinstance(parts[0], Page | WrittenPage) else WrittenPage
        for part in parts:
            expect("what", part, kind, wanted)
    from handwriting.composition.save import save as write

    return write(what, path, format, dpi=dpi, animation_speed=animation_speed, plotter=plotter).lost


@overload
def transcribe(
    ink: Ink,
    alternatives: int = 1,
    *,
    decoder: Decoder = "language",
    hints: Hints | None = None,
    orientation: str = "auto",
) -> Transcription: ...


@overload
def transcribe(
    ink: Page,
    alternatives: int = 1,
    *,
    decoder: Decoder = "language",
    hints: Hints | None = None,
    orientation: str = "auto",
) -> ReadPage: ...


def transcribe(
    ink: Ink | Page,
    alternatives: int = 1,
    *,
    decoder: Decoder = "language",
    hints: Hints | None = None,
    orientation: str = "auto",
) -> Transcription | ReadPage:
    """Read a line of ink, or every line of a page, with the shipped recognizer.

    :class:`Ink` is read as one line; ``Page(ink)`` is split into lines. Drawings are ignored in both. ``alternatives``
    is the number of readings per line, ``decoder`` one of ``"language"``, ``"beam"`` and ``"greedy"``, and ``hints``
    tell the language model which words and what context to expect. ``orientation`` is that of the ink: ``"auto"`` to
    detect it, ``"as-is"``, or a name such as ``"y-up"``. Raises :class:`InkError` for a value out of range.

    >>> handwriting.transcribe(handwriting.read("datasets/samples/line.xml")).text
    'a line of handwriting'
    >>> handwriting.transcribe(handwriting.read("datasets/samples/notes.xopp")).lines[0].text
    'shopping for the weekend'
    """
    expect("ink", ink, (Ink, Page), "ink or a page")
    expect("alternatives", alternatives, int, "a whole number")
    expect("decoder", decoder, str, "the name of a decoder")
    expect("orientation", orientation, str, "the name of an orientation")
    from handwriting.recognition.language.model import Hints
    from handwriting.recognition.pages import orienter, read_line, read_pages, reader
    from handwriting.recognition.recognizer import Recognizer

    hints = Hints() if hints is None else hints
    expect("hints", hints, Hints, "hints")
    recognizer = Recognizer.load()
    orient = orienter(recognizer, orientation, single_line=isinstance(ink, Ink))
    read = reader(recognizer, decoder, alternatives, hints)
    return read_pages(read, [ink], orient=orient)[0] if isinstance(ink, Page) else read_line(read, ink, orient)


@overload
def generate(
    text: str,
    *,
    hand: Hand | None = None,
    bias: float | None = None,
    seed: int | None = None,
    style: Style | str | None = None,
    best_of: int = 1,
    layout: None = None,
) -> Ink: ...


@overload
def generate(
    text: str,
    *,
    hand: Hand | None = None,
    bias: float | None = None,
    seed: int | None = None,
    style: Style | str | None = None,
    best_of: int = 1,
    layout: PageLayout,
) -> WrittenPage: ...


def generate(
    text: str,
    *,
    hand: Hand | None = None,
    bias: float | None = None,
    seed: int | None = None,
    style: Style | str | None = None,
    best_of: int = 1,
    layout: PageLayout | None = None,
) -> Ink | WrittenPage:
    """Write a line of text as ink, or with a ``layout`` a text of any length as a page, using the shipped synthesizer.

    ``hand`` says how to write; ``bias`` (0 is as varied as people are, higher is neater), ``seed`` and ``style`` (a
    :class:`Style`, or the name or file of one) replace its values. With ``best_of``, a line is drawn that many times
    and the most legible drawing is kept; on a page, misread words are redrawn. The hand's size and slant are used only
    on pages. Raises :class:`InkError`, before anything is drawn, for a text that cannot be written.

    >>> ink = handwriting.generate("Dear Ann,", seed=3, style="cursive")
    >>> ink.source.text
    'Dear Ann,'
    >>> handwriting.generate("one line\\nand another", layout=handwriting.PageLayout(width_mm=100)).lines[1].text
    'and another'
    """
    expect("text", text, str, "a string")
    from handwriting.composition.best_of import BestOf
    from handwriting.composition.page import write_page
    from handwriting.composition.runs import WordWriter
    from handwriting.recognition.recognizer import Recognizer
    from handwriting.rendering.layout import PageLayout
    from handwriting.synthesis.synthesizer import Synthesizer

    hand = _hand(hand, bias, seed, style)
    _expect_best_of(best_of)
    synthesizer = Synthesizer.load()
    recognizer = Recognizer.load() if best_of > 1 else None
    if layout is None:
        writer = synthesizer if recognizer is None else BestOf(synthesizer, recognizer, best_of)
        return writer.write([text], hand)[0].ink
    expect("layout", layout, PageLayout, "a PageLayout")
    return write_page(WordWriter(synthesizer, recognizer, best_of), text, layout, hand)


def letter(
    text: str,
    *,
    hand: Hand | None = None,
    bias: float | None = None,
    seed: int | None = None,
    style: Style | str | None = None,
    best_of: int = 16,
    look: LetterStyle | None = None,
    page: Sheet | str | None = None,
    pen: Pen | str | None = None,
) -> Iterator[WrittenPage]:
    """Write a text of any length as a letter: an iterator that yields each page as soon as it is full.

    The hand is given as to :func:`generate`. ``look`` is the appearance of the sheets; ``page`` (a :class:`Sheet`, or a
    size such as ``"a5"`` or ``"100x150"``) and ``pen`` (a :class:`Pen`, or the name of one) replace its values. Words
    that the recognizer misreads are drawn again until there are ``best_of`` drawings of them. Raises :class:`InkError`,
    before anything is drawn, for a text that cannot be written.

    >>> pages = list(handwriting.letter("Dear Ann,\\n\\nsee you soon!", page="a5", pen="fountain", best_of=1))
    >>> pages[0].lines[1].text
    'see you soon!'
    >>> handwriting.save(pages, "card.pdf")
    []
    """
    expect("text", text, str, "a string")
    from handwriting.composition.letter import LetterStyle, LetterWriter
    from handwriting.composition.runs import WordWriter
    from handwriting.recognition.recognizer import Recognizer
    from handwriting.rendering.pens import Pen
    from handwriting.rendering.pens import pen as pen_named
    from handwriting.rendering.sheet import Sheet, sheet_size
    from handwriting.synthesis.synthesizer import Synthesizer

    hand = _hand(hand, bias, seed, style)
    _expect_best_of(best_of)
    look = LetterStyle() if look is None else look
    expect("look", look, LetterStyle, "a LetterStyle")
    if page is not None:
        expect("page", page, (Sheet, str), "a Sheet, or the name of a size")
        look = replace(look, sheet=Sheet(*sheet_size(page)) if isinstance(page, str) else page)
    if pen is not None:
        expect("pen", pen, (Pen, str), "a Pen, or the name of one")
        look = look.with_pen(pen_named(pen) if isinstance(pen, str) else pen)
    recognizer = Recognizer.load() if best_of > 1 else None
    return iter(LetterWriter(WordWriter(Synthesizer.load(), recognizer, best_of), text, look, hand))


def _hand(hand: Hand | None, bias: float | None, seed: int | None, style: Style | str | None) -> Hand:
    """Return ``hand`` with the given values replaced."""
    from handwriting.synthesis.hand import Hand
    from handwriting.synthesis.styles import Style

    hand = Hand() if hand is None else hand
    expect("hand", hand, Hand, "a Hand")
    if bias is not None:
        expect("bias", bias, (int, float), "a number")
        hand = replace(hand, bias=bias)
    if seed is not None:
        expect("seed", seed, int, "a whole number")
        hand = replace(hand, seed=seed)
    if style is not None:
        expect("style", style, (Style, str), "a Style, or the name or file of one")
        hand = replace(hand, style=Style.load(style) if isinstance(style, str) else style)
    return hand


def _expect_best_of(best_of: int) -> None:
    expect("best_of", best_of, int, "a whole number")
    if best_of < 1:
        raise InkError(f"best_of {best_of}: give 1 or more")
