"""What a corpus is: labelled lines of ink, walked lazily by official splits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from handwriting.ink import Ink


@dataclass(frozen=True)
class Line:
    """One labelled line of ink."""

    id: str
    """``"a01-000u-01"``."""
    ink: Ink
    text: str
    """The transcript as the corpus has it, unescaped and not re-typeset; empty when the corpus has none."""
    writer: str | None
    form: str
    """``"a01-000u"``: lines of one form are one writer's, on one occasion."""


class Corpus(Protocol):
    """What every corpus offers. Nothing is ever left out of :meth:`ids`, which figures are reported on."""

    @property
    def splits(self) -> tuple[str, ...]:
        """The official splits that are there."""

    @property
    def terms(self) -> str:
        """The data's terms of use, which weights trained on it carry along."""

    @property
    def known_bad(self) -> Mapping[str, str]:
        """Line id to the reason why training leaves the line out."""

    def ids(self, split: str) -> list[str]:
        """Every line of a split, in the order of its list."""

    def training_ids(self, split: str) -> list[str]:
        """The same without the lines that are known to be bad or have no text."""

    def line(self, id: str) -> Line: ...

    def text(self, id: str) -> str:
        """A line's text, without its ink being read."""

    def lines(self, split: str) -> Iterator[Line]:
        """Every line of a split, each read when its turn comes."""
