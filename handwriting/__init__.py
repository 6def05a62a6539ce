"""Handwriting: reads digital ink and writes it.

>>> import handwriting
>>> ink = handwriting.read("line.xml")      # doctest: +SKIP
>>> handwriting.transcribe(ink).text        # doctest: +SKIP
'a line of handwriting'
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from handwriting.errors import InkError
from handwriting.ink import Ink, Page

if TYPE_CHECKING:
    from handwriting.recognition.recognizer import Transcription

__all__ = ["Ink", "InkError", "Page", "generate", "read", "save", "transcribe"]
__version__ = "0.1.0"


def generate(text: str, *, bias: float | None = None, seed: int = 0) -> Ink:
    """A line of handwriting that says ``text``, by the shipped synthesizer.

    ``bias``: 0 is as varied as people, higher is neater. For many lines load the synthesizer once:
    ``Synthesizer.load()`` in :mod:`handwriting.synthesis.synthesizer`; for pages see ``handwriting.synthesis.page``.
    """
    from handwriting.synthesis.synthesizer import BIAS, Synthesizer

    return Synthesizer.load().write([text], bias=BIAS if bias is None else bias, seed=seed)[0].ink


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


def transcribe(ink: Ink, alternatives: int = 1) -> Transcription:
    """What a line of ink says, by the shipped recognizer and language model.

    For many lines load the recognizer once: ``Recognizer.load()`` in :mod:`handwriting.recognition.recognizer`.
    """
    from handwriting.recognition.recognizer import Recognizer

    return Recognizer.load().transcribe(ink, "language", alternatives)
