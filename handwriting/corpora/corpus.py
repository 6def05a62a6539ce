"""The interface of a corpus: labelled lines of ink in official splits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from handwriting.ink import Ink


@dataclass(frozen=True)
class Line:
    """One labelled line of ink."""

    id: str
    """Id of the line, such as ``"a01-000u-01"``."""
    ink: Ink
    text: str
    """Transcript as in the corpus, unescaped but otherwise unchanged; empty if the corpus has none."""
    writer: str | None
    """Name or number of the writer; None if unknown."""
    form: str
    """Id of the form, such as ``"a01-000u"``. The lines of a form were written by one writer on one occasion."""


class Corpus(Protocol):
    """Interface of every corpus: IAM-OnDB, UNIPEN, packed corpora and the user's own ink.

    Figures are reported on :meth:`ids`, from which no line is ever left out.
    """

    @property
    def splits(self) -> tuple[str, ...]:
        """Names of the splits."""

    @property
    def terms(self) -> str:
        """Terms of use of the data, which are stored with weights trained on it."""

    @property
    def known_bad(self) -> Mapping[str, str]:
        """Lines that training leaves out, by id, with the reason."""

    def ids(self, split: str) -> list[str]:
        """Return the ids of all lines of a split, in the order of its list."""

    def training_ids(self, split: str) -> list[str]:
        """Return the ids of a split without known-bad lines and lines without text."""

    def line(self, id: str) -> Line:
        """Read a line."""

    def text(self, id: str) -> str:
        """Return the text of a line without reading its ink."""

    def lines(self, split: str) -> Iterator[Line]:
        """Yield all lines of a split, reading one after the other."""
