"""Read a page of ink repeatedly while it is being written.

A pen adds to one line at a time. Lines that have not changed since they were last read are taken from a cache, whose
key is their ink and the text before it.
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
"""Maximum number of lines in the cache: the pages of a few dozen people."""


class IncrementalPageReader:
    """Reads pages with a recognizer, and with its language model if it has one. Threads may share a reader."""

    def __init__(self, recognizer: Recognizer) -> None:
        self.recognizer = recognizer
        self.decoder: Decoder = "language" if _has_language(recognizer) else "greedy"
        self._cache: OrderedDict[bytes, Transcription] = OrderedDict()  # the most recently used line is last
        self._lock = threading.Lock()

    def read(self, ink: Ink, alternatives: int = 1, context: str = "") -> list[ReadLine]:
        """Read the lines of a page, each with at most ``alternatives`` readings, and return them in reading order.

        ``context`` is the text before the page, for the language model.
        """

        def read(inks: Sequence[Ink], continues: Sequence[bool]) -> Iterator[Transcription]:
            above = ""
            for ink, is_continued in zip(inks, continues, strict=True):
                hints = Hints(above=above) if is_continued else Hints(context=context)
                transcription = self._transcribe(ink, alternatives, hints if self.decoder == "language" else Hints())
                above = transcription.text or above
                yield transcription

        (page,) = read_pages(read, [Page(ink)])
        return list(page.lines)

    def _transcribe(self, ink: Ink, alternatives: int, hints: Hints) -> Transcription:
        key = _key(ink, alternatives, hints)
        with self._lock:
            if (known := self._cache.get(key)) is not None:
                self._cache.move_to_end(key)
                return known
        transcription = self.recognizer.transcribe(ink, self.decoder, alternatives, hints=hints)
        with self._lock:
            self._cache[key] = transcription
            while len(self._cache) > CACHED_LINES:
                self._cache.popitem(last=False)
        return transcription


def _has_language(recognizer: Recognizer) -> bool:
    try:
        return recognizer.language is not None  # loads it
    except InkError:
        return False


def _key(ink: Ink, alternatives: int, hints: Hints) -> bytes:
    digest = hashlib.blake2b(f"{alternatives} {hints}".encode(), digest_size=16)
    for array in (ink.x, ink.y, ink.starts):
        digest.update(np.ascontiguousarray(array).tobytes())
    return digest.digest()
