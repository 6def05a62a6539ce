"""Reads a page of ink again and again while it is being written.

A pen adds to one line at a time. Lines that have not changed since they were last read are taken from a cache, whose
key is their ink.
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

CACHED_LINES = 512
"""Lines in the cache: the pages of a few dozen people."""


class IncrementalPageReader:
    """Reads pages with a recognizer, and with its language model if it has one. Threads may share it."""

    def __init__(self, recognizer: Recognizer) -> None:
        self.recognizer = recognizer
        self.decoder: Decoder = "language" if _has_language(recognizer) else "greedy"
        self._cache: OrderedDict[bytes, Transcription] = OrderedDict()  # the line used last is at the end
        self._lock = threading.Lock()

    def read(self, ink: Ink, alternatives: int = 1, context: str = "") -> list[ReadLine]:
        """The lines of a page in reading order, each with at most ``alternatives`` readings.

        ``context`` is the text before the page, for the language model.
        """
        (page,) = read_pages(lambda inks: self._transcribe(inks, alternatives, context), [Page(ink)])
        return list(page.lines)

    def _transcribe(self, inks: Sequence[Ink], alternatives: int, context: str) -> Iterator[Transcription]:
        keys = [_key(ink, alternatives, context) for ink in inks]
        with self._lock:
            found = {key: self._cache[key] for key in keys if key in self._cache}
            for key in found:
                self._cache.move_to_end(key)
        new = {key: ink for key, ink in zip(keys, inks, strict=True) if key not in found}
        hints = Hints(context=context)
        readings = self.recognizer.transcribe_all(list(new.values()), self.decoder, alternatives, hints=hints)
        found.update(zip(new, readings, strict=True))
        with self._lock:
            self._cache.update((key, found[key]) for key in new)
            while len(self._cache) > CACHED_LINES:
                self._cache.popitem(last=False)
        return iter([found[key] for key in keys])


def _has_language(recognizer: Recognizer) -> bool:
    try:
        return recognizer.language is not None  # loaded when it is first asked for
    except InkError:
        return False


def _key(ink: Ink, alternatives: int, context: str) -> bytes:
    digest = hashlib.blake2b(f"{alternatives} {context}".encode(), digest_size=16)
    for array in (ink.x, ink.y, ink.starts):
        digest.update(np.ascontiguousarray(array).tobytes())
    return digest.digest()
