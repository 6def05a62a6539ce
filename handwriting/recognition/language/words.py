"""A lexicon and word trigrams: how probable is it that the next word begins so, after these two?

The words are sorted, so that all that begin alike are one range of their numbers, and the probability of a beginning
is a difference of two cumulative sums. That holds for single words and for those that follow one or two given ones
alike, so the whole trigram model is looked up for every character of a word, not only at its end.

A *token* is a word's number, or ``W`` + a code for a mark or a digit, or :attr:`WordModel.unknown`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from handwriting.recognition.language.characters import BITS, UNIT, Floats, Integers
from handwriting.recognition.language.trie import NOWHERE, Trie


@dataclass(frozen=True)
class WordModel:
    """``W`` words in a trie, ``G`` bigrams, and ``F`` trigrams after ``P`` pairs."""

    trie: Trie
    costs: NDArray[np.uint8]
    """Shape (2, W): of single words, within a sentence and at its start; negative logarithms in units of ``UNIT``."""
    heads: NDArray[np.uint32]
    """Shape (A,): sorted tokens that bigrams begin with."""
    head_counts: NDArray[np.uint32]
    head_rests: NDArray[np.uint8]
    """Shape (A,): cost of leaving the bigrams of a head for the single words."""
    seconds: NDArray[np.uint32]
    """Shape (G,): the second words, sorted within a head."""
    second_costs: NDArray[np.uint8]
    """Of their discounted shares."""
    pairs: NDArray[np.uint32]
    """Shape (2, P): sorted pairs of tokens that trigrams begin with."""
    pair_counts: NDArray[np.uint32]
    pair_rests: NDArray[np.uint8]
    thirds: NDArray[np.uint32]
    third_costs: NDArray[np.uint8]
    starters: NDArray[np.uint32]
    """Tokens after which a sentence starts."""

    @classmethod
    def stored(cls, arrays: Mapping[str, NDArray]) -> WordModel:
        """The model whose :meth:`arrays` these are."""
        own = {field.name: arrays[field.name] for field in fields(cls) if field.name != "trie"}
        return cls(Trie.stored(arrays), **own)

    def arrays(self) -> dict[str, NDArray]:
        own = {field.name: getattr(self, field.name) for field in fields(self) if field.name != "trie"}
        return self.trie.arrays() | own

    @cached_property
    def size(self) -> int:
        """W."""
        return self.costs.shape[1]

    @cached_property
    def unknown(self) -> int:
        """The token of a word that is not in the lexicon, and of nothing at all."""
        return self.size + (1 << BITS)

    @cached_property
    def _singles(self) -> Floats:
        """Shape (2, W + 1): cumulative probabilities."""
        singles = np.exp(-UNIT * self.costs.astype(np.float64))
        singles /= singles.sum(axis=1, keepdims=True)
        return np.concatenate([np.zeros((2, 1)), np.cumsum(singles, axis=1)], axis=1)

    @cached_property
    def _heads(self) -> Integers:
        return self.heads.astype(np.int64)

    @cached_property
    def _bigrams(self) -> _Table:
        return _Table.of(self.size, self.head_counts, self.head_rests, self.seconds, self.second_costs)

    @cached_property
    def _trigrams(self) -> _Table:
        return _Table.of(self.size, self.pair_counts, self.pair_rests, self.thirds, self.third_costs)

    @cached_property
    def _pair_keys(self) -> Integers:
        first, second = self.pairs.astype(np.int64)
        return first * (self.unknown + 1) + second

    @cached_property
    def _starts(self) -> NDArray[np.bool_]:
        starts = np.zeros(self.unknown + 1, dtype=bool)
        starts[self.starters.astype(np.int64)] = True
        return starts

    def context(self, before: Integers, last: Integers) -> Integers:
        """Shape (N, 3): what is to be asked after two tokens: trigrams' and bigrams' rows, which single words."""
        rows = np.empty((len(last), 3), dtype=np.int64)
        rows[:, 0] = _find(self._pair_keys, before * (self.unknown + 1) + last)
        rows[:, 1] = _find(self._heads, last)
        rows[:, 2] = self._starts[last]
        return rows

    def mass(self, low: Integers, high: Integers, context: Integers) -> Floats:
        """Shape (N,): probability that the next word is one of ``low`` to ``high`` - 1, after :meth:`context`."""
        singles, kind = self._singles, context[:, 2]
        mass = singles[kind, high] - singles[kind, low]
        for table, row in ((self._bigrams, context[:, 1]), (self._trigrams, context[:, 0])):
            mass = table.mass(row, low, high, mass)
        return mass


@dataclass(frozen=True)
class _Table:
    """Shares of words in rows, one after the other."""

    size: int
    keys: Integers
    """Row times ``size`` plus word, sorted."""
    cumulative: Floats
    rest: Floats
    """Of each row: what its words leave to the lower order; 1 for :data:`NOWHERE`, the last."""

    @classmethod
    def of(cls, size: int, counts: NDArray, rests: NDArray, words: NDArray, costs: NDArray) -> _Table:
        counts = counts.astype(np.int64)
        keys = np.repeat(np.arange(len(counts), dtype=np.int64) * size, counts) + words
        shares = np.exp(-UNIT * costs.astype(np.float64))
        # a row's shares and its rest are rounded, and are to sum to 1 still
        own = np.add.reduceat(shares, np.cumsum(counts) - counts) if len(counts) else np.zeros(0)
        rest = np.exp(-UNIT * rests.astype(np.float64))
        scale = (1 - rest) / np.maximum(own, 1e-9)
        cumulative = np.append(0.0, np.cumsum(shares * np.repeat(scale, counts)))
        return cls(size, keys, cumulative, np.append(rest, 1.0))

    def mass(self, row: Integers, low: Integers, high: Integers, lower: Floats) -> Floats:
        first = row * self.size  # NOWHERE's keys are below all others, so that its own share is none
        found = self.keys.searchsorted(np.concatenate([first + low, first + high]))
        begin, end = found[: len(row)], found[len(row) :]
        return self.cumulative[end] - self.cumulative[begin] + self.rest[row] * lower


def _find(keys: NDArray, wanted: Integers) -> Integers:
    """Where each one stands among sorted keys, or :data:`NOWHERE`."""
    if not len(keys):
        return np.full(len(wanted), NOWHERE)
    at = np.minimum(keys.searchsorted(wanted), len(keys) - 1)
    return np.where(keys[at] == wanted, at, NOWHERE)
