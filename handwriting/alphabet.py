"""Map characters to indices and back. Index 0 is the CTC blank; a space is a character like any other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from handwriting.errors import InkError

BLANK = 0
"""Index of the CTC blank (Graves et al. 2006, section 3.1)."""


@dataclass(frozen=True)
class Alphabet:
    """The ``V - 1`` characters that a network knows, in the order of their indices 1 to V - 1.

    Only the string ``characters`` needs to be stored: ``Alphabet(characters)`` restores the alphabet. Raises
    :class:`InkError` if it is empty or a character occurs twice.

    >>> Alphabet("abc").encode("cab").tolist()
    [3, 1, 2]
    """

    characters: str

    def __post_init__(self) -> None:
        if not self.characters:
            raise InkError("alphabet: there are no characters; give at least one non-empty text")
        twice = [c for c, count in Counter(self.characters).items() if count > 1]
        if twice:
            raise InkError(f"alphabet: {_listed(twice)} occurs more than once; each character has one index")

    @classmethod
    def of(cls, texts: Iterable[str], minimum: int = 1) -> Alphabet:
        """Return the alphabet of the characters that occur at least ``minimum`` times in ``texts``, by code point."""
        counts = Counter(character for text in texts for character in text)
        return cls("".join(sorted(c for c, count in counts.items() if count >= minimum)))

    @property
    def size(self) -> int:
        """Number of indices, V: the characters and the blank."""
        return len(self.characters) + 1

    def encode(self, text: str) -> NDArray[np.int64]:
        """Return the indices of the characters of ``text``, shape (U,).

        Raises an :class:`InkError` that names all unknown characters.
        """
        unknown = self.unknown(text)
        if unknown:
            raise InkError(
                f"{text!r} contains {_listed(unknown)}, which this alphabet lacks; replace or leave out what is not"
                f" among its {len(self.characters)} characters: {self.characters}"
            )
        return np.array([self._indices[character] for character in text], dtype=np.int64)

    def decode(self, indices: ArrayLike) -> str:
        """Return the text of ``indices`` (U,), each from 1 to V - 1. Raises :class:`InkError` for any other index."""
        values = np.asarray(indices, dtype=np.int64).reshape(-1)
        wrong = values[(values < 1) | (values >= self.size)]
        if len(wrong):
            raise InkError(
                f"alphabet: {wrong[0]} is not the index of a character; characters have indices 1 to {self.size - 1}"
            )
        return "".join(self.characters[i - 1] for i in values)

    def unknown(self, text: str) -> list[str]:
        """Return the characters of ``text`` that the alphabet lacks, each once, in order of appearance."""
        return [character for character in dict.fromkeys(text) if character not in self._indices]

    @cached_property
    def _indices(self) -> dict[str, int]:
        return {character: index for index, character in enumerate(self.characters, 1)}


def _listed(characters: Iterable[str]) -> str:
    return ", ".join(repr(character) for character in characters)
