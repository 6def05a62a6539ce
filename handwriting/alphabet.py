"""Characters to indices and back. Index 0 is the CTC blank; a space is a symbol like every other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from handwriting.errors import InkError

BLANK = 0
"""The index of the CTC blank (Graves et al. 2006, section 3.1)."""


@dataclass(frozen=True)
class Alphabet:
    """The ``V - 1`` characters that a network knows, in the order of their indices 1 to V - 1.

    ``characters`` is a plain string and holds everything: store it, and ``Alphabet(string)`` gives the alphabet back.
    Raises :class:`InkError` when there is no character or one stands twice.
    """

    characters: str

    def __post_init__(self) -> None:
        if not self.characters:
            raise InkError("alphabet: there are no characters; give at least one text that is not empty")
        twice = [c for c, count in Counter(self.characters).items() if count > 1]
        if twice:
            raise InkError(f"alphabet: {_listed(twice)} stands more than once; every character has one index")

    @classmethod
    def of(cls, texts: Iterable[str], minimum: int = 1) -> Alphabet:
        """The characters that occur at least ``minimum`` times in ``texts``, in the order of their code points."""
        counts = Counter(character for text in texts for character in text)
        return cls("".join(sorted(c for c, count in counts.items() if count >= minimum)))

    @property
    def size(self) -> int:
        """V: the number of characters and the blank."""
        return len(self.characters) + 1

    def encode(self, text: str) -> NDArray[np.int64]:
        """The indices of ``text``'s characters, shape (U,). Raises :class:`InkError` naming every unknown character."""
        unknown = self.unknown(text)
        if unknown:
            raise InkError(
                f"{text!r} holds {_listed(unknown)}, which this alphabet lacks; replace or leave out what is not among"
                f" its {len(self.characters)} characters: {self.characters}"
            )
        return np.array([self._indices[character] for character in text], dtype=np.int64)

    def decode(self, indices: ArrayLike) -> str:
        """The text of ``indices``, shape (U,), each 1 to V - 1. Raises :class:`InkError` for another or the blank."""
        values = np.asarray(indices, dtype=np.int64).reshape(-1)
        wrong = values[(values < 1) | (values >= self.size)]
        if len(wrong):
            raise InkError(
                f"alphabet: index {wrong[0]} is no character; characters have the indices 1 to {self.size - 1}"
            )
        return "".join(self.characters[i - 1] for i in values)

    def unknown(self, text: str) -> list[str]:
        """The characters of ``text`` that the alphabet lacks, each once, in the order of appearance."""
        return [character for character in dict.fromkeys(text) if character not in self._indices]

    @cached_property
    def _indices(self) -> dict[str, int]:
        return {character: index for index, character in enumerate(self.characters, 1)}


def _listed(characters: Iterable[str]) -> str:
    return ", ".join(repr(character) for character in characters)
