"""The word model: a lexicon and word trigrams that give the probability of every prefix of the next word.

Words are sorted, so that those with a common prefix are a range of word numbers, and the probability of a prefix
is the difference of two cumulative sums. This holds for unigrams, bigrams and trigrams alike; the full trigram model is
therefore available at every character of a word, not only at its end.

A *token* is the number of a word, or ``W`` plus the code of a punctuation mark or digit, or :attr:`WordModel.unknown`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from handwriting.recognition.language.characters import BITS, COST_NATS, Floats, Integers, owners
from handwriting.recognition.language.trie import NOWHERE, Trie

TABLES = (
    ("head_counts", "seconds", "second_costs", "second_ranks"),
    ("pair_counts", "thirds", "third_costs", "third_ranks"),
)
"""Names of the sizes of the rows of bigrams and trigrams, of their words and costs, and of the stored ranks."""


@dataclass(frozen=True)
class WordModel:
    """``W`` words in a trie, ``G`` bigrams after ``A`` heads, and ``F`` trigrams after ``P`` pairs.

    Costs are negative logarithms in units of :data:`~handwriting.recognition.language.characters.COST_NATS`.
    """

    trie: Trie
    costs: NDArray[np.uint8]
    """Shape (2, W): costs of unigrams within a sentence and at its start."""
    heads: NDArray[np.uint32]
    """Shape (A,): sorted first tokens of bigrams."""
    head_counts: NDArray[np.uint32]
    """Shape (A,): number of bigrams of each head."""
    head_rests: NDArray[np.uint8]
    """Shape (A,): cost of backing off from the bigrams of a head to the unigrams."""
    seconds: NDArray[np.uint32]
    """Shape (G,): second words of bigrams, sorted within a head."""
    second_costs: NDArray[np.uint8]
    """Shape (G,): costs of their discounted shares."""
    pairs: NDArray[np.uint32]
    """Shape (2, P): sorted pairs of first tokens of trigrams."""
    pair_counts: NDArray[np.uint32]
    """Shape (P,): number of trigrams of each pair."""
    pair_rests: NDArray[np.uint8]
    """Shape (P,): cost of backing off from the trigrams of a pair to the bigrams."""
    thirds: NDArray[np.uint32]
    """Shape (F,): third words of trigrams, sorted within a pair."""
    third_costs: NDArray[np.uint8]
    """Shape (F,): costs of their discounted shares."""
    starters: NDArray[np.uint32]
    """Tokens after which a sentence starts."""

    @classmethod
    def stored(cls, arrays: Mapping[str, NDArray]) -> WordModel:
        """Return the model with these :meth:`arrays`, or with those of earlier versions.

        Raises KeyError, IndexError or ValueError if the arrays are not those of a model.
        """
        read = dict(arrays)
        if "second_ranks" in arrays:
            read |= _unpacked(arrays)
        own = {field.name: read[field.name] for field in fields(cls) if field.name != "trie"}
        return cls(Trie.stored(arrays), **own)

    def arrays(self) -> dict[str, NDArray]:
        """Return the arrays to store, by name.

        Numbers are stored in three bytes each, in arrays (3, ...) with the lowest bytes first. ``heads`` and the first
        tokens of ``pairs`` are differences from the ones before. The words of each row of bigrams and trigrams are
        stored as ranks by frequency, ``second_ranks`` and ``third_ranks``, in ascending order and each but the first as
        a difference. These small numbers compress to half the size.
        """
        own = {field.name: getattr(self, field.name) for field in fields(self) if field.name != "trie"}
        rank = np.argsort(_by_frequency(self.costs))
        for counts, words, costs, ranks in TABLES:
            rows, every = owners(own[counts]), rank[own.pop(words)]
            order = np.argsort(rows * self.size + every, kind="stable")
            own[costs] = own[costs][order]
            own[ranks] = _in_bytes(_differences(every[order], own[counts]))
            own[counts] = _in_bytes(own[counts])
        first, second = self.pairs.astype(np.int64)
        own["heads"] = _in_bytes(np.diff(self.heads.astype(np.int64), prepend=0))
        own["pairs"] = _in_bytes(np.stack([np.diff(first, prepend=0), second]))
        return self.trie.arrays() | own

    def prepare(self) -> None:
        """Compute what is cached and every use needs."""
        self._bigrams, self._trigrams, self._singles, self._pair_keys, self.trie.low  # noqa: B018

    @cached_property
    def size(self) -> int:
        """Number of words, W."""
        return self.costs.shape[1]

    @cached_property
    def unknown(self) -> int:
        """Token that stands for a word outside the lexicon, and for the absence of a word."""
        return self.size + (1 << BITS)

    @cached_property
    def _singles(self) -> Floats:
        """Cumulative probabilities of unigrams, shape (2, W + 1)."""
        singles = np.exp(-COST_NATS * self.costs.astype(np.float64))
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
        """Return the context (N, 3) after two tokens (N,): row of trigrams, row of bigrams, and row of unigrams."""
        rows = np.empty((len(last), 3), dtype=np.int64)
        rows[:, 0] = _find(self._pair_keys, before * (self.unknown + 1) + last)
        rows[:, 1] = _find(self._heads, last)
        rows[:, 2] = self._starts[last]
        return rows

    def mass(self, low: Integers, high: Integers, context: Integers) -> Floats:
        """Return the probabilities (N,) that the next word is one of ``low`` to ``high`` - 1 in a :meth:`context`."""
        singles, kind = self._singles, context[:, 2]
        mass = singles[kind, high] - singles[kind, low]
        for table, row in ((self._bigrams, context[:, 1]), (self._trigrams, context[:, 0])):
            mass = table.mass(row, low, high, mass)
        return mass


def _by_frequency(costs: NDArray[np.uint8]) -> Integers:
    """Return all words (W,) by the cost of their unigrams (2, W), the most frequent first."""
    return np.argsort(costs[0], kind="stable")


def _differences(ranks: Integers, counts: NDArray) -> Integers:
    """Return ranks (N,), ascending in rows with so many elements, as differences from the one before in the row."""
    steps = np.diff(ranks, prepend=0)
    first = (np.cumsum(counts, dtype=np.int64) - counts)[counts > 0]
    steps[first] = ranks[first]
    return steps


def _in_bytes(numbers: NDArray) -> NDArray[np.uint8]:
    """Return numbers (...) below 2 to the power of 24 in three bytes each, shape (3, ...), the lowest bytes first."""
    return np.stack([numbers >> shift & 255 for shift in (0, 8, 16)]).astype(np.uint8)


def _from_bytes(stored: NDArray[np.uint8]) -> NDArray[np.uint32]:
    """Return the numbers (...) that :func:`_in_bytes` has stored."""
    low, middle, high = stored.astype(np.uint32)
    return low | middle << 8 | high << 16


def _unpacked(arrays: Mapping[str, NDArray]) -> dict[str, NDArray]:
    """Return the fields of a model that :meth:`WordModel.arrays` stores in another form."""
    by_frequency = _by_frequency(arrays["costs"])
    first, second = _from_bytes(arrays["pairs"])
    found: dict[str, NDArray] = {
        "heads": np.cumsum(_from_bytes(arrays["heads"]), dtype=np.uint32),
        "pairs": np.stack([np.cumsum(first, dtype=np.uint32), second]),
    }
    for counts, words, costs, ranks in TABLES:
        count = _from_bytes(arrays[counts])
        sums = np.cumsum(_from_bytes(arrays[ranks]), dtype=np.uint32)  # may overflow; the differences are right
        before = np.append(np.uint32(0), sums)[np.cumsum(count, dtype=np.int64) - count]  # sums of the rows before
        every = by_frequency[sums - np.repeat(before, count)].astype(np.uint32)
        order = np.argsort(owners(count) * len(by_frequency) + every, kind="stable")  # fast: the rows are in order
        found |= {counts: count, words: every[order], costs: arrays[costs][order]}
    return found


@dataclass(frozen=True)
class _Table:
    """Probabilities of words in rows, one row per context, stored one after the other."""

    size: int
    keys: Integers
    """Sorted keys: number of the row times ``size`` plus word."""
    cumulative: Floats
    """Cumulative probabilities over all keys."""
    rest: Floats
    """Probability that each row leaves to the lower order; the last element, for :data:`NOWHERE`, is 1."""

    @classmethod
    def of(cls, size: int, counts: NDArray, rests: NDArray, words: NDArray, costs: NDArray) -> _Table:
        counts = counts.astype(np.int64)
        keys = owners(counts) * size + words
        shares = np.exp(-COST_NATS * costs.astype(np.float64))
        # Shares and rest of a row are rounded; scale the shares so that they sum to 1.
        own = np.add.reduceat(shares, np.cumsum(counts) - counts) if len(counts) else np.zeros(0)
        rest = np.exp(-COST_NATS * rests.astype(np.float64))
        scale = (1 - rest) / np.maximum(own, 1e-9)
        cumulative = np.append(0.0, np.cumsum(shares * np.repeat(scale, counts)))
        return cls(size, keys, cumulative, np.append(rest, 1.0))

    def mass(self, row: Integers, low: Integers, high: Integers, lower: Floats) -> Floats:
        first = row * self.size  # The keys of NOWHERE are below all others, so that no share is found.
        found = self.keys.searchsorted(np.concatenate([first + low, first + high]))
        begin, end = found[: len(row)], found[len(row) :]
        return self.cumulative[end] - self.cumulative[begin] + self.rest[row] * lower


def _find(keys: NDArray, wanted: Integers) -> Integers:
    """Return the index of each wanted key in sorted ``keys``, or :data:`NOWHERE`."""
    if not len(keys):
        return np.full(len(wanted), NOWHERE)
    at = np.minimum(keys.searchsorted(wanted), len(keys) - 1)
    return np.where(keys[at] == wanted, at, NOWHERE)
