"""Handwriting: reads digital ink and writes it.

>>> import handwriting
>>> ink = handwriting.read("line.xml")      # doctest: +SKIP
>>> handwriting.transcribe(ink).text        # doctest: +SKIP
'a line of handwriting'
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, overload

from handwriting.errors import InkError
from handwriting.ink import Ink, Page

if TYPE_CHECKING:
    from handwriting.recognition.pages import ReadPage
    from handwriting.recognition.recognizer import Transcription

__all__ = ["Ink", "InkError", "Page", "generate", "read", "save", "transcribe"]
__version__ = "0.1.0"


def generate(text: str, *, bias: float | None = None, seed: int = 0) -> Ink:
    """A line of handwriting that says ``text``, by the shipped synthesizer.

    ``bias``: 0 is as varied as people, higher is neater. For many lines load the synthesizer once:
    ``Synthesizer.load()`` in :mod:`handwriting.synthesis.synthesizer`; for pages see ``handwriting.composition.page``.
    """
    from handwriting.synthesis.hand import DEFAULT_BIAS, Hand
    from handwriting.synthesis.synthesizer import Synthesizer

    return Synthesizer.load().write([text], Hand(DEFAULT_BIAS if bias is None else bias, seed))[0].ink


def read(source: Any, format: str | None = None, page: int | None = None) -> Ink | Page:
    """Ink from a path, bytes or a binary stream, or a page of a document; see :func:`handwriting.formats.read`."""
    from handwriting import formats

    return formats.read(source, format, page)


def save(ink: Ink | Page | Sequence[Page], path: str | os.PathLike[str], format: str | None = None) -> list[str]:
    """Write ink or pages to a file, in the format of its ending (``.inkml``, ``.xopp``, ``.svg``, ``.json``, ``.csv``).

    Returns what the file cannot hold (``["time"]``); see :func:`handwriting.formats.save`.
    """
    from handwriting import formats

    return formats.save(ink, path, format)


@overload
def transcribe(ink: Ink, alternatives: int = 1, orientation: str = "auto") -> Transcription: ...


@overload
def transcribe(ink: Page, alternatives: int = 1, orientation: str = "auto") -> ReadPage: ...


def transcribe(ink: Ink | Page, alternatives: int = 1, orientation: str = "auto") -> Transcription | ReadPage:
    """What a line of ink says, or each line of a page, by the shipped recognizer and language model.

    Ink is taken for one line; ``Page(ink)`` is split into its lines. For many of them load the recognizer once:
    ``Recognizer.load()`` in :mod:`handwriting.recognition.recognizer`; for pages see
    :func:`handwriting.recognition.pages.read_pages`.
    """
    from handwriting.recognition.pages import orienter, read_pages, reader
    from handwriting.recognition.recognizer import Recognizer

    recognizer = Recognizer.load()
    orient = orienter(recognizer, orientation, single_line=isinstance(ink, Ink))
    if isinstance(ink, Page):
        return read_pages(reader(recognizer, alternatives=alternatives), [ink], orient=orient)[0]
    found, backward = orient(ink)
    upright, points = found.upright(ink, backward)
    return recognizer.transcribe(upright, "language", alternatives).relocated(points)
