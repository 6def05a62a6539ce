"""A page of ink read while it is being written.

A pen adds to one line at a time. Lines that are as they were are not read again: what was read lately is kept, by the
ink itself.
"""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Iterator, Sequence

import numpy as np

from handwriting.errors import InkError
from handwriting.ink import Ink, Page
from handwriting.recognition.language.model import Hints
from handwriting.recognition.pages import ReadLine, read_pages
from handwriting.recognition.recognizer import Decoder, Recognizer
from handwriting.recognition.transcription import Transcription

REMEMBERED = 512
"""Lines whose readings are kept: the pages of some dozens of people."""


class PageReader:
    """Reads pages with a recognizer, and its language model if it has one; may be used by several threads."""

    def __init__(self, recognizer: Recognizer) -> None:
        self.recognizer = recognizer
        self.decoder: Decoder = "language" if _speaks(recognizer) else "greedy"
        self._known: OrderedDict[bytes, Transcription] = OrderedDict()
        self._lock = threading.Lock()

    def read(self, ink: Ink, alternatives: int = 1, context: str = "") -> list[ReadLine]:
        """The lines of a page in reading order, each with up to so many readings; ``context`` stands before them."""
        page = read_pages(lambda inks: self._transcribe(inks, alternatives, context), [Page(ink)])
        return list(page[0].lines)

    def _transcribe(self, inks: Sequence[Ink], alternatives: int, context: str) -> Iterator[Transcription]:
        keys = [_key(ink, alternatives, context) for ink in inks]
        with self._lock:
            found = {key: self._known[key] for key in keys if key in self._known}
            for key in found:
                self._known.move_to_end(key)
        new = {key: ink for key, ink in zip(keys, inks, strict=True) if key not in found}
        hints = Hints(context=context)
        readings = self.recognizer.transcribe_all(list(new.values()), self.decoder, alternatives, hints=hints)
        for key, read in zip(new, readings, strict=True):
            found[key] = read
        with self._lock:
            self._known.update((key, found[key]) for key in new)
            while len(self._known) > REMEMBERED:
                self._known.popitem(last=False)
        return iter([found[key] for key in keys])


def _speaks(recognizer: Recognizer) -> bool:
    try:
        return recognizer.language is not None  # it is loaded when it is first asked for
    except InkError:
        return False


def _key(ink: Ink, alternatives: int, context: str) -> bytes:
    digest = hashlib.blake2b(f"{alternatives} {context}".encode(), digest_size=16)
    for array in (ink.x, ink.y, ink.starts):
        digest.update(np.ascontiguousarray(array).tobytes())
    return digest.digest()
