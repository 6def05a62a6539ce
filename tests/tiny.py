"""A corpus of a few words, drawn with a single-stroke font: enough to run every part of a training in seconds."""

from __future__ import annotations

from functools import cached_property

from handwriting.corpora import Line
from handwriting.rendering.hershey import write

WORDS = ("ink", "pen", "line", "net", "in", "ten", "pin", "nine")


class TinyCorpus:
    """Two splits of single words in several hands, ``trainset`` and ``testset_v``."""

    splits = ("trainset", "testset_v")
    terms = "ours"

    def __init__(self, lines: int = 12) -> None:
        self.count = lines
        self.known_bad = {"trainset-3": "left out to be seen"}

    def ids(self, split: str) -> list[str]:
        return [f"{split}-{i}" for i in range(self.count)]

    def training_ids(self, split: str) -> list[str]:
        return [id for id in self.ids(split) if id not in self.known_bad]

    def line(self, id: str) -> Line:
        return self._lines[id]

    def lines(self, split: str):
        return (self.line(id) for id in self.ids(split))

    @cached_property
    def _lines(self) -> dict[str, Line]:
        return {
            id: Line(id, write(word, seed=100 * s + i), word, f"writer{i}", f"form{i}")
            for s, split in enumerate(self.splits)
            for i, (id, word) in enumerate(zip(self.ids(split), WORDS * self.count, strict=False))
        }
