"""How well a line was read: character and word error rates, an interval, and which characters are confused.

Rates are micro-averaged: all edits over all reference characters (or tokens), so a long line weighs more than a short
one. The headline rates compare canonical texts (``text.canonical``), the ``_raw`` ones texts as they are but for
white space.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from handwriting.errors import InkError
from handwriting.text import canonical, raw, tokens

Pair = tuple[str, str]
"""A line's reference and what the recognizer made of it."""


@dataclass(frozen=True)
class Score:
    """Error rates over ``lines`` lines, as fractions of the references' length (0.08 is 8 %; above 1 is possible)."""

    lines: int
    cer: float
    wer: float
    cer_raw: float
    wer_raw: float


@dataclass(frozen=True)
class Confusion:
    """``reference`` was read as ``output``, ``count`` times.

    An empty reference is an insertion, an empty output a deletion.
    """

    reference: str
    output: str
    count: int


def score(pairs: Iterable[Pair]) -> Score:
    """The four rates of ``pairs`` (reference, output)."""
    pairs = list(pairs)
    return Score(
        lines=len(pairs),
        cer=_rate(*edits(pairs)),
        wer=_rate(*edits(pairs, lambda text: tokens(canonical(text)))),
        cer_raw=_rate(*edits(pairs, raw)),
        wer_raw=_rate(*edits(pairs, lambda text: raw(text).split())),
    )


def cer(pairs: Iterable[Pair]) -> float:
    """Character error rate of the canonical texts."""
    return _rate(*edits(pairs))


def wer(pairs: Iterable[Pair]) -> float:
    """Error rate of the canonical texts' tokens."""
    return _rate(*edits(pairs, lambda text: tokens(canonical(text))))


def edits(
    pairs: Iterable[Pair], form: Callable[[str], Sequence[Hashable]] = canonical
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Each line's edit distance and reference length, both of shape (lines,), between ``form`` of the two texts."""
    rows = [(form(reference), form(output)) for reference, output in pairs]
    distances = [distance(reference, output) for reference, output in rows]
    return np.array(distances, dtype=np.int64), np.array([len(r) for r, _ in rows], dtype=np.int64)


def cer_interval(
    edits: ArrayLike, lengths: ArrayLike, groups: Sequence[Hashable], seed: int = 0, n: int = 1000
) -> tuple[float, float]:
    """The 95 % percentile bootstrap interval of the micro-averaged rate, resampling whole groups.

    ``edits``, ``lengths``: shape (lines,), as :func:`edits` returns them. ``groups``: each line's form id; lines of a
    form share a writer and a text, so they are drawn together. The same seed gives the same interval.
    """
    edits, lengths = np.asarray(edits, dtype=np.float64), np.asarray(lengths, dtype=np.float64)
    if not len(edits) == len(lengths) == len(groups) or len(edits) == 0:
        raise InkError(
            f"interval: {len(edits)} edits, {len(lengths)} lengths and {len(groups)} groups; give one of each per line,"
            " and at least one line"
        )
    numbers = {group: number for number, group in enumerate(dict.fromkeys(groups))}
    member = [numbers[group] for group in groups]
    group_edits, group_lengths = np.bincount(member, edits), np.bincount(member, lengths)
    drawn = np.random.default_rng(seed).integers(len(numbers), size=(n, len(numbers)))
    rates = group_edits[drawn].sum(axis=1) / np.maximum(1, group_lengths[drawn].sum(axis=1))
    low, high = np.quantile(rates, [0.025, 0.975])
    return float(low), float(high)


def confusions(pairs: Iterable[Pair], n: int = 20) -> list[Confusion]:
    """The ``n`` most frequent substitutions, insertions and deletions between canonical texts, most frequent first."""
    counts: Counter[Pair] = Counter()
    for reference, output in pairs:
        counts.update((r, o) for r, o in alignment(canonical(reference), canonical(output)) if r != o)
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return [Confusion(reference, output, count) for (reference, output), count in ranked[:n]]


def distance(a: Sequence[Hashable], b: Sequence[Hashable]) -> int:
    """Levenshtein distance between two sequences, every edit costing 1.

    Bit-parallel: the dynamic programme's column is held as differences in the bits of two integers (Myers 1999, in
    Hyyrö's 2003 form), so each symbol of ``b`` takes a handful of integer operations.
    """
    if not a:
        return len(b)
    positions: dict[Hashable, int] = {}
    for i, symbol in enumerate(a):
        positions[symbol] = positions.get(symbol, 0) | 1 << i
    everything, last = (1 << len(a)) - 1, 1 << len(a) - 1
    up, down, result = everything, 0, len(a)  # vertical differences +1 and -1
    for symbol in b:
        match = positions.get(symbol, 0)
        diagonal = ((match & up) + up ^ up) | match | down
        right, left = down | ~(diagonal | up) & everything, up & diagonal  # horizontal differences +1 and -1
        if right & last:
            result += 1
        elif left & last:
            result -= 1
        right, left = right << 1 | 1, left << 1
        up = (left | ~(diagonal | right)) & everything
        down = right & diagonal & everything
    return result


def alignment(reference: str, output: str) -> list[Pair]:
    """One cheapest alignment: pairs of characters in order, "" standing for the missing side.

    Ties prefer a match or substitution, then a deletion, then an insertion, decided from the end of the line.
    """
    table = [list(range(len(output) + 1))]  # table[i][j]: distance between the first i and the first j characters
    for i, r in enumerate(reference, 1):
        above, row = table[-1], [i]
        for j, o in enumerate(output, 1):
            row.append(min(above[j - 1] + (r != o), above[j] + 1, row[-1] + 1))
        table.append(row)
    pairs: list[Pair] = []
    i, j = len(reference), len(output)
    while i or j:
        if i and j and table[i][j] == table[i - 1][j - 1] + (reference[i - 1] != output[j - 1]):
            i, j = i - 1, j - 1
            pairs.append((reference[i], output[j]))
        elif i and table[i][j] == table[i - 1][j] + 1:
            i -= 1
            pairs.append((reference[i], ""))
        else:
            j -= 1
            pairs.append(("", output[j]))
    return pairs[::-1]


def _rate(edits: NDArray[np.int64], lengths: NDArray[np.int64]) -> float:
    return int(edits.sum()) / max(1, int(lengths.sum()))
