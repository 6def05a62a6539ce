"""Slips of the pen: words that are written wrongly, struck out and written again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from handwriting.composition.blocks import Block, Word

MIN_LETTERS = 4
"""Minimum number of letters of a word with a slip; in shorter words it would not be recognisable as one."""


def with_slips(blocks: Sequence[Block], rate: float, seed: int) -> list[Block]:
    """Insert a slip before a share ``rate`` of the words of at least :data:`MIN_LETTERS` letters."""
    random = np.random.default_rng([seed, 8])
    slipped = []
    for block in blocks:
        words: list[Word] = []
        for word in block.words:
            if len(word.text) >= MIN_LETTERS and word.text.isalpha() and random.random() < rate:
                words.append(Word(slip(word.text, random), struck=True))
            words.append(word)
        slipped.append(replace(block, words=tuple(words)))
    return slipped


def slip(word: str, random: np.random.Generator) -> str:
    """Return ``word`` with two letters swapped, one omitted or doubled, or cut short; the first letter is kept."""
    at = int(random.integers(1, len(word) - 1))
    kinds = [word[:at] + word[at + 1 :], word[:at] + word[at] + word[at:], word[: max(2, at + 1)]]
    if word[at] != word[at + 1]:
        kinds.append(word[:at] + word[at + 1] + word[at] + word[at + 2 :])
    return str(kinds[int(random.integers(len(kinds)))])
