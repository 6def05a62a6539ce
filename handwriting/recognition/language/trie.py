"""A trie of sorted words, in which the words with a common prefix are a range of word numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from handwriting.recognition.language.characters import BITS, Integers, keys_of, owners

ROOT_NODE = 0
"""Node before the first letter of a word."""
NOWHERE = -1
"""Stands for the node of a prefix that no word has."""


@dataclass(frozen=True)
class Trie:
    """A trie of ``W`` words with ``E`` edges and ``E`` + 1 nodes.

    Nodes are numbered level by level; the number of a child is that of its edge plus 1.
    """

    branches: NDArray[np.uint8]
    """Shape (E + 1,): number of children of each node."""
    edges: NDArray[np.uint8]
    """Shape (E,): character of each edge, stored node by node, sorted within a node."""
    ends: NDArray[np.bool_]
    """Shape (E + 1,): whether the prefix is itself a word; it is then the first word below the node."""

    @classmethod
    def stored(cls, arrays: Mapping[str, NDArray]) -> Trie:
        """Return the trie whose fields are among ``arrays``."""
        return cls(**{field.name: arrays[field.name] for field in fields(cls)})

    @classmethod
    def of(cls, words: Sequence[str]) -> Trie:
        """Build the trie of ``words``, which must be sorted, unique, non-empty and printable ASCII."""
        sizes = np.array([len(word) for word in words])
        letters = np.zeros((len(words), sizes.max() + 1), dtype=np.int64)
        for i, word in enumerate(words):
            letters[i, : len(word)] = np.frombuffer(word.encode("ascii"), dtype=np.uint8) - 32
        edges, branches, ends = [], [], [np.zeros(1, dtype=bool)]
        node = np.zeros(len(words), dtype=np.int64)  # node of each word on the level before
        for depth in range(sizes.max()):
            inside = np.flatnonzero(sizes > depth)
            key = node[inside] << BITS | letters[inside, depth]
            unique, first, where = np.unique(key, return_index=True, return_inverse=True)
            branches.append(np.bincount(unique >> BITS, minlength=len(ends[-1])))
            edges.append(unique & (1 << BITS) - 1)
            ends.append(sizes[inside[first]] == depth + 1)
            node[inside] = where
        branches.append(np.zeros(len(ends[-1]), dtype=np.int64))
        return cls(
            np.concatenate(branches).astype(np.uint8),
            np.concatenate(edges).astype(np.uint8),
            np.concatenate(ends),
        )

    def words(self) -> list[str]:
        """Return all words, in order."""
        parents = owners(self.branches)
        prefixes = [""]
        for parent, character in zip(parents.tolist(), self.edges.tolist(), strict=True):
            prefixes.append(prefixes[parent] + chr(character + 32))
        whole = np.flatnonzero(self.ends)
        return [prefixes[node] for node in whole[np.argsort(self.low[whole], kind="stable")]]

    def arrays(self) -> dict[str, NDArray]:
        """Return the arrays to store, by name."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    @cached_property
    def _ranges(self) -> tuple[NDArray[np.uint32], NDArray[np.uint32]]:
        """Number of the first word below each node, and number of words below it, each (E + 1,)."""
        stops = np.cumsum(self.branches, dtype=np.int64) + 1  # node after the last child of each node
        levels = [slice(0, 1)]
        while (end := int(stops[levels[-1].stop - 1])) > levels[-1].stop:
            levels.append(slice(levels[-1].stop, end))
        extent = self.ends.astype(np.uint32)
        for level, below in reversed([*pairwise(levels)]):
            sums = np.append(0, np.cumsum(extent[below]))
            after = stops[level] - below.start
            extent[level] += (sums[after] - sums[after - self.branches[level]]).astype(np.uint32)
        low = np.zeros_like(extent)
        for level, below in pairwise(levels):
            sums = np.append(0, np.cumsum(extent[below]))
            counts = self.branches[level]
            first = low[level] + self.ends[level] - sums[stops[level] - counts - below.start]
            low[below] = np.repeat(first, counts) + sums[:-1]
        return low, extent

    @property
    def low(self) -> NDArray[np.uint32]:
        """Shape (E + 1,): number of the first word below each node."""
        return self._ranges[0]

    @property
    def extent(self) -> NDArray[np.uint32]:
        """Shape (E + 1,): number of words below each node."""
        return self._ranges[1]

    @cached_property
    def _keys(self) -> NDArray[np.uint32]:
        return keys_of(self.branches, self.edges)

    def child(self, nodes: Integers, characters: Integers) -> Integers:
        """Return the children (N,) of ``nodes`` (N,) by ``characters`` (N,); :data:`NOWHERE` where there is none."""
        wanted = np.maximum(nodes, 0) << BITS | characters
        at = np.minimum(self._keys.searchsorted(wanted.astype(np.uint32)), len(self._keys) - 1)
        return np.where((self._keys[at] == wanted) & (nodes >= 0), at + 1, NOWHERE)

    def first(self, nodes: Integers) -> Integers:
        """Return the number of the first word below each node: the prefix itself if :meth:`whole` is true."""
        return self.low[np.maximum(nodes, 0)].astype(np.int64)

    def whole(self, nodes: Integers) -> NDArray[np.bool_]:
        """Return whether each node's prefix is itself a word."""
        return (nodes > ROOT_NODE) & self.ends[np.maximum(nodes, 0)]

    def share(self, nodes: Integers) -> NDArray[np.float64]:
        """Return the share of all words that are below each node; 0 for :data:`NOWHERE`."""
        return np.where(nodes == NOWHERE, 0.0, self.extent[np.maximum(nodes, 0)] / self.extent[ROOT_NODE])
