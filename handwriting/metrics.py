"""Character and word error rates, their confidence intervals, and character confusions.

Rates are micro-averaged: the number of all edits divided by the number of all reference characters (or tokens), so
that a long line weighs more than a short one. The main rates compare texts in canonical form (see
:func:`handwriting.text.canonical`); the ``_raw`` rates compare unescaped texts with white space collapsed.
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
"""Reference and output of a line."""


@dataclass(frozen=True)
class Score:
    """Error rates over ``lines`` lines, as fractions of the length of the references (0.08 is 8 %; may exceed 1)."""

    lines: int
    cer: float
    wer: float
    cer_raw: float
    wer_raw: float


@dataclass(frozen=True)
class Confusion:
    """How many times ``reference`` was read as ``output``.

    An empty reference stands for an insertion, an empty output for a deletion.
    """

    reference: str
    output: str
    count: int


def score(pairs: Iterable[Pair]) -> Score:
    """Compute the four error rates of ``pairs``."""
    pairs = list(pairs)
    return Score(
        lines=len(pairs),
        cer=_rate(*edits(pairs)),
        wer=_rate(*edits(pairs, lambda text: tokens(canonical(text)))),
        cer_raw=_rate(*edits(pairs, raw)),
        wer_raw=_rate(*edits(pairs, lambda text: raw(text).split())),
    )


def cer(pairs: Iterable[Pair]) -> float:
    """Compute the character error rate of the canonical texts."""
    return _rate(*edits(pairs))


def wer(pairs: Iterable[Pair]) -> float:
    """Compute the word error rate over the tokens of the canonical texts."""
    return _rate(*edits(pairs, lambda text: tokens(canonical(text))))


def edits(
    pairs: Iterable[Pair], form: Callable[[str], Sequence[Hashable]] = canonical
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the edit distance and the reference length of each line, shape (lines,) each.

    ``form`` converts a text to what is compared: canonical text by default.
    """
    rows = [(form(reference), form(output)) for reference, output in pairs]
    distances = [distance(reference, output) for reference, output in rows]
    return np.array(distances, dtype=np.int64), np.array([len(r) for r, _ in rows], dtype=np.int64)


def cer_interval(
    edits: ArrayLike, lengths: ArrayLike, groups: Sequence[Hashable], seed: int = 0, n: int = 1000
) -> tuple[float, float]:
    """Return the 95 % percentile bootstrap interval of the micro-averaged rate, resampling whole groups.

    ``edits`` and ``lengths`` have shape (lines,), as returned by :func:`edits`. ``groups`` contains the form id of each
    line: the lines of a form share a writer and a text, so they are drawn together. The same seed gives the same
    interval. Raises :class:`InkError` for arguments of different lengths and for no lines.
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
    """Return the ``n`` most frequent substitutions, insertions and deletions between canonical texts."""
    counts: Counter[Pair] = Counter()
    for reference, output in pairs:
        counts.update((r, o) for r, o in alignment(canonical(reference), canonical(output)) if r != o)
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return [Confusion(reference, output, count) for (reference, output), count in ranked[:n]]


def distance(a: Sequence[Hashable], b: Sequence[Hashable]) -> int:
    """Return the Levenshtein distance between two sequences; each edit costs 1.

    The computation is bit-parallel: a column of the dynamic programming table is kept as differences in the bits of two
    integers (Myers 1999, in the form of Hyyrö 2003), so that each symbol of ``b`` takes a few integer operations.
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
    """Return one cheapest alignment as pairs of characters in order; "" stands for a missing character.

    Ties are broken from the end of the line, in favour of a match or substitution, then a deletion, then an insertion.
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
