"""Train the word model from counts of words, with interpolated Kneser-Ney smoothing as in ``characters``."""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from handwriting.recognition.language.characters import BITS, Floats, Integers, cost, discounts
from handwriting.recognition.language.trie import Trie
from handwriting.recognition.language.words import WordModel

TOKEN_PATTERN = re.compile(r"[A-Za-z]+(?:'[A-Za-z]+)*|[0-9]+|[^\sA-Za-z0-9]")
"""Matches a word, a number, or a punctuation mark."""
SENTENCE_ENDS = ".?!"
"""Punctuation after which a sentence starts."""
LONGEST_WORD = 29
"""Maximum length of a word, in characters; longer words are dropped."""


@dataclass(frozen=True)
class WordSettings:
    """Settings for pruning counts and mixing the sources."""

    min_word: int = 2
    """Minimum count of a word; rarer words are left to the character model, unless the frequency list has them."""
    min_bigram: int = 1
    """Minimum count of a bigram."""
    min_trigram: int = 2
    """Minimum count of a trigram."""
    listed: float = 0.1
    """Share of the unigram probability that is taken from the list of frequencies."""
    paired: float = 30.0
    """Weight of the list of bigrams, in occurrences of a bigram's first word in the texts."""
    capital: float = 0.1
    """Share of the probability at the start of a sentence that is derived from words within sentences."""


@dataclass
class TextCounts:
    """Training data of a word model."""

    texts: list[tuple[list[str], int]] = field(default_factory=list)
    """Tokens and weight of each text."""
    frequencies: dict[str, float] = field(default_factory=dict)
    """Counts of words, from a list."""
    pairs: dict[tuple[str, str], float] = field(default_factory=dict)
    """Counts of pairs of words, from a list."""


def tokens(text: str) -> list[str]:
    """Return the words, numbers and punctuation marks of a text; every number becomes ``0``.

    Equal tokens are the same object, to save memory.
    """
    found = (match[0] for match in TOKEN_PATTERN.finditer(text))
    return ["0" if token[0].isdigit() else sys.intern(token) for token in found]


def train(counts: TextCounts, settings: WordSettings = WordSettings()) -> WordModel:
    """Train a word model."""
    words = _vocabulary(counts, settings)
    number = {word: i for i, word in enumerate(words)}
    size, unknown = len(words), len(words) + (1 << BITS)
    coded = [(_coded(text, number, size, unknown), weight) for text, weight in counts.texts]
    starters = np.array([size + ord(c) - 32 for c in SENTENCE_ENDS], dtype=np.uint32)
    base = unknown + 1
    pairs, pair_counts = _grams(coded, 2, base, size)
    triples, triple_counts = _grams(coded, 3, base, size)
    continued = np.bincount(np.searchsorted(pairs, triples % base**2), minlength=len(pairs))
    true = pair_counts
    pair_counts = np.maximum(continued, 1)  # number of contexts, as in ``characters``
    singles = np.bincount(pairs % base, minlength=size)[:size].astype(float)
    first = np.isin(pairs // base, starters)
    starts = np.bincount(pairs[first] % base, true[first].astype(float), minlength=size)[:size].astype(float)
    costs = _single_costs(words, number, singles, starts, counts.frequencies, settings)
    heads = _rows(pairs, pair_counts, true >= settings.min_bigram, base)
    heads = _with_list(heads, counts, number, _occurrences(coded, base), settings, base)
    tails = _rows(triples, triple_counts, triple_counts >= settings.min_trigram, base)
    return WordModel(
        Trie.of(words),
        costs=costs,
        heads=heads.contexts.astype(np.uint32),
        head_counts=heads.counts,
        head_rests=cost(heads.rest),
        seconds=heads.words,
        second_costs=cost(heads.shares),
        pairs=np.stack(divmod(tails.contexts, base)).astype(np.uint32),
        pair_counts=tails.counts,
        pair_rests=cost(tails.rest),
        thirds=tails.words,
        third_costs=cost(tails.shares),
        starters=starters,
    )


def _vocabulary(counts: TextCounts, settings: WordSettings) -> list[str]:
    seen: Counter[str] = Counter()
    for text, weight in counts.texts:
        for word, count in Counter(text).items():
            seen[word] += weight * count
    words = {w for w, n in seen.items() if n >= settings.min_word and w[0].isalpha() and len(w) <= LONGEST_WORD}
    words |= {w for w in counts.frequencies if w.isascii() and w.replace("'", "").isalpha()}
    words |= {w.capitalize() for w in words if w.islower() and seen[w] >= 10}
    return sorted(words)


def _coded(text: list[str], number: Mapping[str, int], size: int, unknown: int) -> Integers:
    coded = (number.get(t, unknown) if t[0].isalpha() else size + ord(t[0]) - 32 for t in text)
    return np.fromiter(coded, dtype=np.int64, count=len(text))


def _grams(coded: Sequence[tuple[Integers, int]], n: int, base: int, size: int) -> tuple[Integers, Integers]:
    """Return the n-grams that end in a word, as sorted numbers to ``base``, and their weighted counts."""
    grams, weights = [], []
    for codes, weight in coded:
        gram = np.zeros(max(0, len(codes) - n + 1), dtype=np.int64)
        for i in range(n):
            gram = gram * base + codes[i : len(codes) - n + 1 + i]
        unique, number = np.unique(gram[codes[n - 1 :] < size], return_counts=True)
        grams.append(unique)
        weights.append(number * weight)
    every, where = np.unique(np.concatenate(grams), return_inverse=True)
    return every, np.bincount(where, np.concatenate(weights)).astype(np.int64)


def _occurrences(coded: Sequence[tuple[Integers, int]], base: int) -> Floats:
    seen = np.zeros(base)
    for codes, weight in coded:
        seen += weight * np.bincount(codes, minlength=base)
    return seen


@dataclass(frozen=True)
class _ContextRows:
    """Discounted shares of ``N`` words after ``C`` contexts."""

    contexts: Integers
    """Shape (C,): sorted contexts."""
    counts: NDArray[np.uint32]
    """Shape (C,): number of words after each context."""
    rest: Floats
    """Shape (C,): probability that each context leaves to the lower order."""
    words: NDArray[np.uint32]
    """Shape (N,): words, sorted within a context."""
    shares: Floats
    """Shape (N,): discounted share of each word in its context."""


def _rows(grams: Integers, counts: Integers, keep: NDArray[np.bool_], base: int) -> _ContextRows:
    contexts, context = np.unique(grams // base, return_inverse=True)
    total = np.bincount(context, counts)
    share = (counts - discounts(counts)[np.minimum(counts, 3)]) / total[context]
    keep = keep & (share > 0)
    known, context = np.unique(context[keep], return_inverse=True)
    rest = np.maximum(1 - np.bincount(context, share[keep], minlength=len(known)), 1e-4)
    words = (grams[keep] % base).astype(np.uint32)
    return _ContextRows(contexts[known], np.bincount(context).astype(np.uint32), rest, words, share[keep])


def _with_list(
    rows: _ContextRows, counts: TextCounts, number: Mapping[str, int], seen: Floats, settings: WordSettings, base: int
) -> _ContextRows:
    """Mix the bigrams of the texts with those of the list.

    The list has more weight the rarer the first word of a bigram is in the texts.
    """
    if not counts.pairs:
        return rows
    listed = [
        (number[a], number[b], count / counts.frequencies[a])
        for (a, b), count in counts.pairs.items()
        if a in number and b in number and counts.frequencies.get(a, 0) > 0
    ]
    head, second, share = (np.array(column) for column in zip(*listed, strict=True))
    total = np.bincount(head, share, minlength=base)
    share = share / np.maximum(1.0, 1.05 * total[head])
    weight = np.where(total > 0, settings.paired / (settings.paired + seen), 0.0)
    own = np.repeat(rows.contexts, rows.counts)
    keys = np.concatenate([own * base + rows.words, head * base + second])
    shares = np.concatenate([rows.shares * (1 - weight[own]), share * weight[head]])
    every, where = np.unique(keys, return_inverse=True)
    merged = np.bincount(where, shares).astype(float)
    contexts, context = np.unique(every // base, return_inverse=True)
    rest = np.maximum(1 - np.bincount(context, merged), 1e-4)
    return _ContextRows(
        contexts, np.bincount(context).astype(np.uint32), rest, (every % base).astype(np.uint32), merged
    )


def _single_costs(
    words: list[str],
    number: Mapping[str, int],
    singles: Floats,
    starts: Floats,
    frequencies: Mapping[str, float],
    settings: WordSettings,
) -> NDArray[np.uint8]:
    """Return the costs of unigrams within a sentence and at its start, shape (2, W)."""
    listed = np.array([frequencies.get(word, 0.0) for word in words])
    listed = listed / listed.sum() if listed.any() else np.full(len(words), 1 / len(words))
    within = (1 - settings.listed) * (singles + 0.05) / (singles + 0.05).sum() + settings.listed * listed
    capital = np.zeros(len(words))
    lower = [(i, number[w.lower()]) for i, w in enumerate(words) if w[0].isupper() and w.lower() in number]
    if lower:
        to, of = np.array(lower).T
        capital[to] = within[of]
    capital = 0.9 * capital / max(capital.sum(), 1e-12) + 0.1 * within
    start = (1 - settings.capital) * starts / max(starts.sum(), 1.0) + settings.capital * capital / capital.sum()
    return np.stack([cost(within), cost(start / start.sum())])
