"""Mix several lists: lines as they are, words set side by side as lines, characters set together as words.

An epoch is a fixed number of examples, divided between the lists by their shares. Each draw depends on (seed, epoch,
place) alone, so that a resumed training sees the same examples as an uninterrupted one. A list is exhausted before it
starts again, in another order.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from handwriting.errors import InkError
from handwriting.geometry.compose import LETTER_GAP, side_by_side
from handwriting.ink import Ink
from handwriting.text import natural
from handwriting.training.examples import Lines

FORMS = ("whole", "line", "token", "string")
LINE_LENGTH, LINE_LENGTH_SD = 34, 12
"""Mean and standard deviation of the number of characters in a line composed of words, as in IAM-OnDB."""
MAX_WORDS = 20
"""Largest number of words in a composed line."""
RUN_PROBABILITY = 0.5
"""Probability that the words of a line are consecutive in the corpus rather than drawn from all of the writer's."""
MIN_WORDS = 12
"""Writers with fewer words than this are pooled with others of the same donor."""
BASELINE_SYMBOLS = "!#$%&/?@"
"""Symbols that are on the baseline and about as tall as digits and capitals."""


@dataclass(frozen=True)
class ListShare:
    """One list and its share of an epoch."""

    split: str
    share: float = 1.0
    """Share of an epoch's examples, relative to the other lists' shares."""
    form: str = "whole"
    """``whole``: lines as they are; ``line``: words set side by side; ``token``: characters set together as a word;
    ``string``: digits, prices, addresses, code and symbols set from characters."""

    @classmethod
    def parse(cls, text: str) -> ListShare:
        """Parse ``SPLIT``, ``SPLIT=SHARE`` or ``FORM:SPLIT=SHARE``. Raises :class:`InkError` for anything else."""
        name, _, number = text.partition("=")
        form, _, split = name.rpartition(":")
        try:
            share = cls(split, float(number or 1), form or "whole")
        except ValueError:
            share = cls(split, 0.0)
        if not split or not 0 < share.share < float("inf") or share.form not in FORMS:
            raise InkError(f"train {text!r}: give SPLIT, SPLIT=SHARE or FORM:SPLIT=SHARE; forms: {', '.join(FORMS)}")
        return share


@dataclass(frozen=True)
class DrawnExample:
    """One example of an epoch."""

    list: int
    """Index of the list that the example is drawn from."""
    place: int
    """Running number among all examples drawn from this list so far."""
    members: tuple[int, ...]
    """Indices of the lines that compose the example."""
    length: float
    """Expected number of steps."""


class ExampleList(Protocol):
    """The lines of a list, and how examples are composed of them."""

    share: ListShare
    lines: Lines
    words: list[int]
    """Indices of the lines that may begin an example."""

    def draw(self, number: int, random: np.random.Generator) -> tuple[int, ...]:
        """Choose the lines of an example that begins with word ``number``; -1 is a space."""

    def compose(self, members: Sequence[int], random: np.random.Generator) -> tuple[Ink, str]:
        """Return ink and text of the lines that :meth:`draw` chose."""


class ComposedList:
    """Lines as they are, words set side by side, or characters set together; implements :class:`ExampleList`."""

    def __init__(self, share: ListShare, lines: Lines) -> None:
        self.share, self.lines = share, lines
        fits = {"line": _has_letter, "token": _is_on_baseline}.get(share.form, bool)
        self.words = [number for number, text in enumerate(lines.texts) if fits(text)]
        """Indices of the lines that may be part of an example."""
        self.groups: dict[str, list[int]] = defaultdict(list)
        for number in self.words:
            self.groups[lines.writers[number]].append(number)
            self.groups[_donor(lines.writers[number])].append(number)

    def group(self, number: int) -> list[int]:
        """Return the words of the same writer, or of the same donor if the writer has few."""
        writer = self.lines.writers[number]
        own = self.groups[writer]
        return own if len(own) >= MIN_WORDS else self.groups[_donor(writer)]

    def draw(self, number: int, random: np.random.Generator) -> tuple[int, ...]:
        """Choose the lines of an example that begins with word ``number``."""
        first, texts = self.words[number], self.lines.texts
        if self.share.form == "whole":
            return (first,)
        if self.share.form == "token":
            other = str.isupper if texts[first].isdigit() else str.isdigit
            same = [n for n in self.group(first) if not other(texts[n])]
            return (first, *(int(n) for n in random.choice(same, int(random.integers(1, 6)))))
        wanted = max(8.0, random.normal(LINE_LENGTH, LINE_LENGTH_SD)) - len(texts[first])
        members, run, group = [first], random.random() < RUN_PROBABILITY, self.group(first)
        while wanted > 0 and len(members) < MAX_WORDS:
            following = members[-1] + 1
            if run and following < len(texts) and self.lines.forms[following] == self.lines.forms[first]:
                members.append(following)
            else:
                members.append(group[random.integers(len(group))])
            wanted -= 1 + len(texts[members[-1]])
        return tuple(members)

    def compose(self, members: Sequence[int], random: np.random.Generator) -> tuple[Ink, str]:
        """Return ink and text of the lines that :meth:`draw` chose."""
        inks, texts = [self.lines.inks[n] for n in members], [self.lines.texts[n] for n in members]
        if len(members) == 1:
            return inks[0], texts[0]
        if self.share.form == "token":
            return side_by_side(inks, random, LETTER_GAP), "".join(texts)
        return side_by_side(inks, random), natural(" ".join(texts), error_mark="")


class ExampleMix:
    """Implements ``training.examples.Examples``: ``examples`` per epoch, drawn from several lists.

    Raises :class:`InkError` if a list has no lines to compose examples of.
    """

    def __init__(self, lists: Sequence[ExampleList], examples: int, seed: int) -> None:
        self.lists, self.examples, self.seed = lists, examples, seed
        total = sum(composed.share.share for composed in lists)
        self.counts = [round(examples * composed.share.share / total) for composed in lists]
        for composed in lists:
            if not composed.words:
                raise InkError(
                    f"the split {composed.share.split} has no examples of the form {composed.share.form}; choose "
                    "another split or form"
                )
        self._epoch, self._draws = -1, [DrawnExample(0, 0, (), 0.0)]

    def lengths(self, epoch: int) -> Sequence[float]:
        return [draw.length for draw in self.draws(epoch)]

    def example(self, epoch: int, number: int) -> tuple[Ink, str, np.random.Generator]:
        draw = self.draws(epoch)[number]
        random = np.random.default_rng([self.seed, 2, draw.list, draw.place])
        return *self.lists[draw.list].compose(draw.members, random), random

    def identity(self) -> dict[str, Any]:
        lists = [asdict(composed.share) | {"lines": len(composed.lines)} for composed in self.lists]
        return {"lists": lists, "examples": self.examples}

    def trained_on(self) -> dict[str, Any]:
        lists = []
        for composed, count in zip(self.lists, self.counts, strict=True):
            reasons = Counter(composed.lines.left_out.values())
            lists.append(
                asdict(composed.share)
                | {"lines": len(composed.lines), "examples_an_epoch": count, "left_out": dict(reasons.most_common())}
            )
        return {"lists": lists}

    def draws(self, epoch: int) -> list[DrawnExample]:
        """Return an epoch's examples, list by list."""
        if epoch != self._epoch:
            self._epoch, self._draws = epoch, [d for number in range(len(self.lists)) for d in self._of(number, epoch)]
        return self._draws

    def _of(self, number: int, epoch: int) -> list[DrawnExample]:
        composed, count = self.lists[number], self.counts[number]
        size = len(composed.words)
        orders: dict[int, NDArray[np.int64]] = {}
        draws = []
        for place in range(epoch * count, (epoch + 1) * count):
            turn, position = divmod(place, size)
            if turn not in orders:
                orders[turn] = np.random.default_rng([self.seed, 0, number, turn]).permutation(size)
            random = np.random.default_rng([self.seed, 1, number, place])
            members = composed.draw(int(orders[turn][position]), random)
            length = sum(composed.lines.lengths[n] for n in members if n >= 0) + len(members) - 1
            draws.append(DrawnExample(number, place, members, length))
        return draws


def _donor(writer: str) -> str:
    return writer.partition("/")[0] + "/"


def _has_letter(text: str) -> bool:
    return any(character.isalnum() for character in text)


def _is_on_baseline(text: str) -> bool:
    """Return whether a single character is on the baseline; small letters and other symbols may not be."""
    return len(text) == 1 and text.isascii() and (text.isdigit() or text.isupper() or text in BASELINE_SYMBOLS)
