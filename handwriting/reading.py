"""A page of ink read while it is being written: its lines, their readings, and where every word stands.

A pen adds to one line at a time. Lines that are as they were are not read again: what was read lately is kept, by the
ink itself.
"""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from handwriting.errors import InkError
from handwriting.ink import Ink
from handwriting.recognition.language.model import Hints
from handwriting.recognition.pages import split_strokes, take
from handwriting.recognition.recognizer import Character, Decoder, Reading, Recognizer, Transcription

REMEMBERED = 512
"""Lines whose readings are kept: the pages of some dozens of people."""

Box = tuple[float, float, float, float]
"""Left, top, right, bottom, in the units of the ink."""


@dataclass(frozen=True)
class Word:
    """A word of a line's best reading: characters ``begin`` to ``end`` of it, half-open."""

    text: str
    begin: int
    end: int
    box: Box


@dataclass(frozen=True)
class ReadLine:
    """A line of a page."""

    ink: Ink
    strokes: tuple[int, ...]
    """The numbers of its strokes on the page, in their order in ``ink``."""
    readings: tuple[Reading, ...]

    @property
    def text(self) -> str:
        return self.readings[0].text

    @property
    def box(self) -> Box:
        return self.ink.bounds

    @cached_property
    def words(self) -> list[Word]:
        """Those of the best reading."""
        characters, words, begin = self.readings[0].characters, [], 0
        for i in range(len(characters) + 1):
            if i == len(characters) or characters[i].text == " ":
                points = [p for c in characters[begin:i] for span in c.points for p in range(*span)]
                if points:
                    x, y = self.ink.x[points], self.ink.y[points]
                    box = (float(x.min()), float(y.min()), float(x.max()), float(y.max()))
                    words.append(Word("".join(c.text for c in characters[begin:i]), begin, i, box))
                begin = i + 1
        return words

    def pieces(self, character: Character) -> list[tuple[int, int, int]]:
        """Where a character stands: stroke of the page, first point of that stroke, one past the last."""
        found = []
        for begin, end in character.points:
            first = int(np.searchsorted(self.ink.starts, begin, side="right")) - 1
            for k in range(first, len(self.ink.starts)):
                start, stop = int(self.ink.starts[k]), int(self.ink.ends[k])
                if start >= end:
                    break
                found.append((self.strokes[k], max(begin, start) - start, min(end, stop) - start))
        return found


class PageReader:
    """Reads pages with a recognizer, and its language model if it has one; may be used by several threads."""

    def __init__(self, recognizer: Recognizer) -> None:
        self.recognizer = recognizer
        self.decoder: Decoder = "language" if _speaks(recognizer) else "greedy"
        self._known: OrderedDict[bytes, Transcription] = OrderedDict()
        self._lock = threading.Lock()

    def read(self, ink: Ink, alternatives: int = 1, context: str = "") -> list[ReadLine]:
        """The lines of a page in reading order, each with up to so many readings; ``context`` stands before them."""
        groups = split_strokes(ink)
        inks = [take(ink, group) for group in groups]
        return [
            ReadLine(line, tuple(group.tolist()), transcription.readings)
            for line, group, transcription in zip(
                inks, groups, self._transcribe(inks, alternatives, context), strict=True
            )
            if transcription.text
        ]

    def _transcribe(self, inks: Sequence[Ink], alternatives: int, context: str) -> list[Transcription]:
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
        return [found[key] for key in keys]


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
