"""A character n-gram model with interpolated modified Kneser-Ney smoothing, as an automaton in a few flat arrays.

Chen & Goodman 1999, "An empirical study of smoothing techniques for language modeling", section 3. Lower orders count
in how many different contexts an n-gram occurs, not how often. Rare n-grams of high order are left out to keep the
model small; their probability goes to the lower order, so that the probabilities in every context still sum to 1.

A *state* is the longest suffix of the text so far that the model knows as a context. Its n-grams are a range of sorted
keys; a character that is not among them backs off to the state of a shorter suffix. State 0 is the empty context, which
has every character.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from handwriting.errors import InkError

BITS = 7
"""Bits of a character's code; 9 codes fit into 63 bits."""
Integers = NDArray[np.int64]
Floats = NDArray[np.float64]

LETTERS = np.array([chr(code + 32).isalpha() for code in range(1 << BITS)])
"""Whether each code is a letter's; a code is the ASCII code minus 32."""

CHUNK = 1 << 25
"""Number of n-grams of a text that are counted at once, to save memory."""

COST_NATS = 1 / 16
"""Nats per step of a stored cost. Costs, negative log-probabilities, are stored in one byte: up to 15.9 nats."""


@dataclass(frozen=True)
class CharacterModel:
    """``N`` n-grams in ``S`` states over the ``V`` codes 0 to V - 1."""

    counts: NDArray[np.uint8]
    """Shape (S,): number of n-grams of each state, which are stored state by state, sorted by character."""
    characters: NDArray[np.uint8]
    """Shape (N,): last character of each n-gram."""
    extended: NDArray[np.bool_]
    """Shape (N,): whether each n-gram is the context of longer ones. Those n-grams are states 1, 2, 3 and so on."""
    costs: NDArray[np.uint8]
    """Shape (N,): cost of each n-gram's last character in its context, in units of :data:`COST_NATS`."""
    backoffs: NDArray[np.uint8]
    """Shape (S,): cost of backing off to the next shorter context, in units of :data:`COST_NATS`."""
    letter: NDArray[np.uint8]
    """Shape (S,): cost of any letter coming next."""
    other: NDArray[np.uint8]
    """Shape (S,): cost of a non-letter coming next."""

    @classmethod
    def stored(cls, arrays: Mapping[str, NDArray]) -> CharacterModel:
        """Return the model with these :meth:`arrays`, or with those of earlier versions.

        Earlier versions stored :attr:`following` instead of ``extended``. Raises KeyError or ValueError if the arrays
        are not those of a model.
        """
        own = {field.name: arrays[field.name] for field in fields(cls) if field.name != "extended"}
        if "following" in arrays:
            largest = np.maximum.accumulate(arrays["following"])
            extended = np.diff(largest, prepend=largest.dtype.type(0)) > 0
        else:
            extended = np.unpackbits(arrays["extended"], count=len(own["characters"])).astype(bool)
        model = cls(extended=extended, **own)
        states, grams = len(model.counts), len(model.characters)
        if model.characters.max() >= model.size or extended.sum() != states - 1 or model.counts.sum() != grams:
            raise ValueError("the arrays contradict each other")
        return model

    def arrays(self) -> dict[str, NDArray]:
        """Return the arrays to store, by name; ``extended`` has eight values per byte."""
        return {field.name: getattr(self, field.name) for field in fields(self)} | {
            "extended": np.packbits(self.extended)
        }

    def prepare(self) -> None:
        """Compute what is cached and every use needs."""
        self._links, self._keys  # noqa: B018

    @cached_property
    def size(self) -> int:
        """Number of codes, V."""
        return int(self.counts[0])

    @cached_property
    def _keys(self) -> NDArray[np.uint32]:
        return keys_of(self.counts, self.characters)

    @cached_property
    def _links(self) -> tuple[NDArray[np.uint32], NDArray[np.uint32]]:
        """State after each n-gram (N,), and the state of the next shorter context of each state (S,).

        As in the automaton of Aho & Corasick 1975: after an n-gram of context c, the text ends with the n-gram itself
        or what follows the shorter context of c. Shorter contexts come first, so the arrays are filled level by level.
        """
        following = np.zeros(len(self.characters), dtype=np.uint32)
        shorter = np.zeros(len(self.counts), dtype=np.uint32)
        ends = np.cumsum(self.counts, dtype=np.int64)
        state, gram, level = 0, 0, 1
        while state < level:
            last = int(ends[level - 1])
            characters, extended = self.characters[gram:last], self.extended[gram:last]
            behind = np.zeros(last - gram, dtype=np.uint32)
            if state:
                states = np.repeat(shorter[state:level], self.counts[state:level])
                rest = np.arange(len(states))
                while len(rest):
                    at, hit = self._find(states, characters[rest])
                    behind[rest[hit]] = following[at[hit]]
                    rest, states = rest[~hit], shorter[states[~hit]]
            own = level + np.cumsum(extended) - 1
            following[gram:last] = np.where(extended, own, behind)
            state, gram, level = level, last, level + int(extended.sum())
            shorter[state:level] = behind[extended]
        return following, shorter

    @property
    def following(self) -> NDArray[np.uint32]:
        """Shape (N,): state after each n-gram."""
        return self._links[0]

    @property
    def shorter(self) -> NDArray[np.uint32]:
        """Shape (S,): state of the next shorter context."""
        return self._links[1]

    def _find(self, states: NDArray, characters: NDArray) -> tuple[Integers, NDArray[np.bool_]]:
        """Return indices (N,) of n-grams of ``states`` (N,), and whether they have these last ``characters`` (N,)."""
        wanted = states.astype(np.uint32) << np.uint32(BITS) | characters.astype(np.uint32)
        at = np.minimum(self._keys.searchsorted(wanted), len(self._keys) - 1)
        return at, self._keys[at] == wanted

    def step(self, states: Integers, characters: Integers) -> tuple[Floats, Integers]:
        """Return the log-probabilities (N,) of ``characters`` (N,) after ``states`` (N,), and the next states (N,)."""
        log_probs = np.zeros(len(states))
        following = np.zeros(len(states), dtype=np.int64)
        rest = np.arange(len(states))
        while len(rest):
            at, hit = self._find(states, characters)
            done, found = rest[hit], at[hit]
            log_probs[done] -= COST_NATS * self.costs[found]
            following[done] = self.following[found]
            miss = ~hit
            rest, states, characters = rest[miss], states[miss], characters[miss]
            log_probs[rest] -= COST_NATS * self.backoffs[states]
            states = self.shorter[states].astype(np.int64)
        return log_probs, following

    def row(self, state: int) -> Floats:
        """Return the log-probabilities (V,) of all characters after one state."""
        size = self.size
        return self.step(np.full(size, state, dtype=np.int64), np.arange(size))[0]

    def walk(self, codes: Integers, state: int = 0) -> tuple[Floats, int]:
        """Return the log-probability of each character of a text in turn, and the state at its end."""
        log_probs = np.zeros(len(codes))
        at = np.array([state], dtype=np.int64)
        for i, code in enumerate(codes):
            log_probs[i : i + 1], at = self.step(at, np.array([code], dtype=np.int64))
        return log_probs, int(at[0])


def owners(counts: NDArray) -> Integers:
    """Return the index of the group that each element belongs to, for groups of so many elements."""
    return np.repeat(np.arange(len(counts), dtype=np.int64), counts)


def keys_of(counts: NDArray, codes: NDArray[np.uint8]) -> NDArray[np.uint32]:
    """Return sorted keys (N,) of ``codes`` (N,), which are sorted in each group: the group's index, then the code."""
    return (owners(counts) << BITS | codes).astype(np.uint32)


def train(streams: Sequence[tuple[NDArray[np.uint8], int]], size: int, cutoffs: Sequence[int]) -> CharacterModel:
    """Train a model on texts given as codes below ``size``, each with a weight that multiplies its counts.

    ``cutoffs`` gives the minimum count of n-grams to keep, for each order from 1 on; its length is the order of
    the model. No n-gram spans two texts. Raises :class:`InkError` if a cutoff is lower than that of the order before.
    """
    if list(cutoffs) != sorted(cutoffs):
        raise InkError(f"cutoffs {','.join(map(str, cutoffs))}: they must not fall from one order to the next")
    order = len(cutoffs)
    counted = [_counted(streams, n) for n in range(1, order + 1)]
    kept: list[_Order] = []
    for n, cutoff in enumerate(cutoffs, 1):
        grams, counts = counted[n - 1]
        if n < order:
            longer = counted[n][0]  # Each different left extension counts once.
            used = np.bincount(np.searchsorted(grams, longer & _mask(n)), minlength=len(grams))
            counts, true = np.maximum(used, 1), counts
        else:
            true = counts
        kept.append(_Order.of(grams, counts, true >= cutoff))
    return _assemble(kept, size)


def _mask(n: int) -> int:
    return (1 << BITS * n) - 1


def _counted(streams: Sequence[tuple[NDArray[np.uint8], int]], n: int) -> tuple[Integers, Integers]:
    """Return the n-grams of the streams as sorted numbers, first character highest, and their counts."""
    grams, weights = [], []
    for codes, weight in streams:
        for start in range(0, len(codes) - n + 1, CHUNK):
            part = codes[start : start + CHUNK + n - 1]
            gram = np.zeros(len(part) - n + 1, dtype=np.int64)
            for i in range(n):
                gram = gram << BITS | part[i : len(part) - n + 1 + i]
            unique, counts = np.unique(gram, return_counts=True)
            grams.append(unique)
            weights.append(counts * weight)
    every, where = np.unique(np.concatenate(grams), return_inverse=True)
    return every, np.bincount(where, np.concatenate(weights)).astype(np.int64)


@dataclass(frozen=True)
class _Order:
    """The n-grams of one order that are kept."""

    grams: Integers
    discounted: Floats
    """Shape (N,): discounted share of each n-gram in its context."""
    contexts: Integers
    """Shape (S,): sorted contexts."""
    context: Integers
    """Shape (N,): index of each n-gram's context in ``contexts``."""
    rest: Floats
    """Shape (S,): probability that each context leaves to the lower order."""

    @classmethod
    def of(cls, grams: Integers, counts: Integers, keep: NDArray[np.bool_]) -> _Order:
        contexts, context = np.unique(grams >> BITS, return_inverse=True)
        total = np.bincount(context, counts)
        discount = discounts(counts)
        share = (counts - discount[np.minimum(counts, 3)]) / total[context]
        known, context = np.unique(context[keep], return_inverse=True)
        rest = 1 - np.bincount(context, share[keep], minlength=len(known))
        return cls(grams[keep], share[keep], contexts[known], context, np.maximum(rest, 1e-6))


def discounts(counts: Integers) -> Floats:
    """Return the discounts of n-grams with counts of 0, 1, 2, and 3 or more: Chen & Goodman 1999, equation 26."""
    n = np.bincount(np.minimum(counts, 5), minlength=6)[1:5].astype(float)
    n = np.maximum(n, 1)
    y = n[0] / (n[0] + 2 * n[1])
    return np.clip(np.array([0, 1 - 2 * y * n[1] / n[0], 2 - 3 * y * n[2] / n[1], 3 - 4 * y * n[3] / n[2]]), 0, 2.5)


def _assemble(orders: list[_Order], size: int) -> CharacterModel:
    """Interpolate from the lowest order up."""
    unigrams = np.full(size, orders[0].rest[0] / size)
    unigrams[orders[0].grams] += orders[0].discounted
    grams = [np.arange(size), *(order.grams for order in orders[1:])]
    counts = [np.array([size]), *(np.bincount(order.context) for order in orders[1:])]
    extended = [*map(np.isin, grams, (order.contexts for order in orders[1:])), np.zeros(len(grams[-1]), dtype=bool)]
    characters = np.concatenate(grams) & _mask(1)
    states = sum(map(len, counts))
    model = CharacterModel(
        np.concatenate(counts).astype(np.uint8),
        characters.astype(np.uint8),
        np.concatenate(extended),
        np.zeros(len(characters), np.uint8),
        *np.zeros((3, states), np.uint8),
    )
    letters = np.ones(states)
    letters[0] = unigrams[LETTERS[:size]].sum()
    model.costs[:size] = cost(unigrams)
    state, gram = 1, size
    for order in orders[1:]:
        here, there = (slice(n, n + len(a)) for n, a in ((state, order.contexts), (gram, order.grams)))
        shorter, last = model.shorter[here].astype(np.int64), characters[there]
        lower = order.rest[order.context] * np.exp(model.step(shorter[order.context], last)[0])
        own = order.discounted + lower
        # The letters of a context are its own and, of the lower order, those that are not among them.
        gained = np.bincount(order.context, (own - lower) * LETTERS[last])
        letters[here] = np.clip(gained + order.rest * letters[shorter], 1e-7, 1 - 1e-7)
        model.costs[there], model.backoffs[here] = cost(own), cost(order.rest)
        state, gram = here.stop, there.stop
    model.letter[:], model.other[:] = cost(letters), cost(1 - letters)
    return model


def cost(probabilities: Floats) -> NDArray[np.uint8]:
    """Return negative logarithms in units of :data:`COST_NATS`, rounded and clipped to a byte."""
    return np.clip(np.rint(-np.log(np.maximum(probabilities, 1e-30)) / COST_NATS), 0, 255).astype(np.uint8)
