"""Strings set from single characters: digits, prices, addresses, code and symbols to train the recognizer on.

Corpora of words and lines contain few of them. The strings come from ``strings``; each uses one writer's characters as
far as that writer has them, at their size and height above the baseline in running writing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from handwriting.ink import Ink
from handwriting.training.examples import Lines
from handwriting.training.items import PRINTABLE, Places, character_scales, ink_of, points_of
from handwriting.training.lines import Placed, set_in_a_row
from handwriting.training.mix import ListShare
from handwriting.training.strings import string

SPACE = -1
"""Stands for a space among the members of an example."""
MAX_STRINGS = 3
"""Largest number of strings in a line."""
BAR_HEIGHTS = 1.5, 2.1
"""Range of the minimum height of vertical bars, in capital heights: unlike I, bars reach beyond letters both ways."""
MIN_CHARACTERS = 20
"""Minimum number of different characters of a writer whose characters begin a string."""


class StringList:
    """A list of single characters from which strings are set; implements ``mix.ExampleList``.

    ``vocabulary``: words in lower case, for the kinds of strings that contain words.
    """

    def __init__(self, share: ListShare, lines: Lines, vocabulary: Sequence[str]) -> None:
        self.share, self.lines, self.vocabulary = share, lines, vocabulary or ("word",)
        single = [n for n, text in enumerate(lines.texts) if len(text) == 1 and text in PRINTABLE and text != " "]
        scales = character_scales([(lines.inks[n], lines.texts[n], lines.writers[n]) for n in single])
        self.scales = {n: scale for n in single if (scale := scales.get(lines.writers[n]))}
        self.own: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
        self.all: dict[str, list[int]] = defaultdict(list)
        for n in self.scales:
            self.own[lines.writers[n]][lines.texts[n]].append(n)
            self.all[lines.texts[n]].append(n)
        self.words = [n for n in self.scales if len(self.own[lines.writers[n]]) >= MIN_CHARACTERS]
        """Indices of the lines whose writers may begin a string."""

    def draw(self, number: int, random: np.random.Generator) -> tuple[int, ...]:
        """Choose the characters of an example in the hand of line ``number``, with :data:`SPACE` between strings."""
        own = self.own[self.lines.writers[self.words[number]]]
        text = " ".join(string(random, self.vocabulary) for _ in range(int(random.integers(1, MAX_STRINGS + 1))))
        members: list[int] = []
        for character in text:
            options = own.get(character) or self.all.get(character)
            if character == " " or options is None:
                members += [SPACE] if members and members[-1] != SPACE else []
            else:
                members.append(options[int(random.integers(len(options)))])
        if not members or members == [SPACE]:
            return (self.words[number],)
        return tuple(members if members[-1] != SPACE else members[:-1])

    def compose(self, members: Sequence[int], random: np.random.Generator) -> tuple[Ink, str]:
        """Return ink and text of the characters that :meth:`draw` chose."""
        places = Places()
        row: list[Placed | None] = []
        for n in members:
            if n == SPACE:
                row.append(None)
                continue
            xy, ends = points_of(self.lines.inks[n], self.scales[n])
            xy = places.put(xy, self.lines.texts[n])
            if self.lines.texts[n] == "|":
                xy = lengthened(xy, float(random.uniform(*BAR_HEIGHTS)) * places.capital)
            row.append((xy, ends))
        text = "".join(" " if n == SPACE else self.lines.texts[n] for n in members)
        return ink_of(*set_in_a_row(row, 1.0, random)), text


def lengthened(xy: NDArray[np.float32], height: float) -> NDArray[np.float32]:
    """Return points (N, 2) stretched about their middle to at least ``height``."""
    own = float(np.ptp(xy[:, 1]))
    middle = (xy[:, 1].min() + xy[:, 1].max()) / 2
    factor = max(1.0, height / max(own, 1e-6))
    return np.column_stack([xy[:, 0], middle + factor * (xy[:, 1] - middle)]).astype(np.float32)
