"""Handwriting: reads digital ink and writes it.

>>> import handwriting
>>> ink = handwriting.read("line.xml")      # doctest: +SKIP
>>> handwriting.transcribe(ink).text        # doctest: +SKIP
'a line of handwriting'
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from handwriting.errors import InkError
from handwriting.ink import Ink

if TYPE_CHECKING:
    from handwriting.recognition.recognizer import Transcription

__all__ = ["Ink", "InkError", "read", "transcribe"]
__version__ = "0.1.0"


def read(source: Any, format: str | None = None) -> Ink:
    """Ink from a path, bytes or a binary stream; see :func:`handwriting.formats.read`."""
    from handwriting import formats

    return formats.read(source, format)


def transcribe(ink: Ink, alternatives: int = 1) -> Transcription:
    """What a line of ink says, by the shipped recognizer.

    For many lines load the recognizer once: ``Recognizer.load()`` in :mod:`handwriting.recognition.recognizer`.
    """
    from handwriting.recognition.recognizer import Recognizer

    return Recognizer.load().transcribe(ink, alternatives=alternatives)
