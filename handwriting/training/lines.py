"""Compose training lines for the synthesizer of prepared pieces: draw the lines of an epoch, and assemble each.

A line is a sequence of parts on one baseline: whole lines of IAM-OnDB and UNIPEN, runs of words cut from them, words
written separately, and strings set from single characters. All parts are by one writer, except that strings may be set
from another writer's characters, although the line keeps its writer's code: most writers never wrote a ``#``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from handwriting.training.items import HEIGHT, Piece
from handwriting.training.strings import string

Floats = NDArray[np.float32]
SHARES = {
    "whole": 0.30,
    "after": 0.11,
    "middle": 0.07,
    "mixed": 0.13,
    "text": 0.09,
    "words": 0.12,
    "characters": 0.18,
}
"""Kinds of lines and their shares of an epoch: a line of IAM-OnDB, a line after another line of its form, some words
of a line, some words and strings; a text of UNIPEN, words of a writer with strings among them, strings alone."""
MAX_CHARACTERS = 82
"""Largest number of characters in a line."""
MAX_POINTS = 1100
WORD_GAP, GAP_LOG_SD = 0.62, 0.3
"""Median gap between words in writing heights, and the standard deviation of its logarithm."""
LETTER_GAP = 0.13
BASELINE_SD = 0.02
"""Standard deviation of a character's vertical displacement, in writing heights."""
TOKENS_WITH_STRINGS = 0.45


@dataclass(frozen=True)
class Part:
    """Words of an item, or a string set from characters."""

    item: int
    """Index of the piece in its group; -1 for a string."""
    group: str
    first: int = 0
    last: int = 0
    """The words of the piece from ``first`` to ``last`` - 1; ``last`` = 0 means all words."""
    text: str = ""
    characters: tuple[int, ...] = ()
    writer: str = ""
    """Writer of most of a string's characters."""


@dataclass(frozen=True)
class Draw:
    """One line of an epoch."""

    parts: tuple[Part, ...]
    writer: str
    place: int
    length: int
    """Approximate number of points."""


class Pieces:
    """All prepared pieces by group (``lines``, ``texts``, ``tokens``, ``characters``), and lines drawn from them."""

    def __init__(self, groups: Mapping[str, Sequence[Piece]], seed: int) -> None:
        self.groups = {name: [item for item in items if _fits(item)] for name, items in groups.items()}
        groups, self.seed = self.groups, seed
        self.words = sorted({w for item in groups["lines"] for w in item.text.split(" ") if w.isalpha() and len(w) > 1})
        self.by_writer: dict[str, dict[str, list[int]]] = {}
        for name in ("tokens", "texts"):
            self.by_writer[name] = defaultdict(list)
            for number, item in enumerate(groups[name]):
                self.by_writer[name][item.writer].append(number)
        self.signs: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
        self.all_signs: dict[str, list[int]] = defaultdict(list)
        for number, item in enumerate(groups["characters"]):
            self.signs[item.writer][item.text].append(number)
            self.all_signs[item.text].append(number)
        self.complete = sorted(w for w, signs in self.signs.items() if len(signs) >= 20)
        lines = groups["lines"]
        self.cut = [n for n, item in enumerate(lines) if len(item.cuts)]
        self.followed = [n for n in range(len(lines) - 1) if lines[n].form == lines[n + 1].form]
        writers = {item.writer for name in ("lines", "texts", "tokens") for item in groups[name]} | set(self.complete)
        self.writers = sorted(writers)
        tokens = self.by_writer["tokens"]
        counts = np.array([len(v) for v in tokens.values()], np.float64) ** 0.5
        self.token_writers, self.token_weights = list(tokens), counts / counts.sum()
        rare = np.array(
            [1 + 2 * sum(not c.isalnum() and c not in " .,'-" for c in t.text) ** 0.5 for t in groups["texts"]]
        )
        few = np.array([1 / len(self.by_writer["texts"][t.writer]) ** 0.5 for t in groups["texts"]])
        self.text_weights = rare * few / (rare * few).sum()

    def draws(self, epoch: int, examples: int) -> list[Draw]:
        """Draw an epoch's lines; the same epoch always gives the same lines."""
        random = np.random.default_rng([self.seed, 1, epoch])
        kinds = random.choice(len(SHARES), examples, p=np.array(list(SHARES.values())))
        names = list(SHARES)
        order = np.random.default_rng([self.seed, 0, epoch]).permutation(len(self.groups["lines"]))
        draws = []
        for place, kind in enumerate(kinds):
            name = names[kind]
            parts = getattr(self, f"_{name}")(random, int(order[place % len(order)]))
            draws.append(self._draw(parts, epoch * examples + place))
        return draws

    def _draw(self, parts: list[Part], place: int) -> Draw:
        kept: list[Part] = []
        length = size = 0
        for part in parts:
            n, points = len(self._text_of(part)), self._points(part)
            if kept and (length + n + 1 > MAX_CHARACTERS or size + points > MAX_POINTS):
                break
            kept.append(part)
            length, size = length + n + 1, size + points
        own = [part for part in kept if part.item >= 0]
        writer = self.groups[own[0].group][own[0].item].writer if own else kept[0].writer
        return Draw(tuple(kept), writer, place, size)

    def _text_of(self, part: Part) -> str:
        if part.item < 0:
            return part.text
        text = self.groups[part.group][part.item].text
        return " ".join(text.split(" ")[part.first : part.last]) if part.last else text

    def _points(self, part: Part) -> int:
        if part.item < 0:
            return sum(len(self.groups["characters"][n]) for n in part.characters)
        item = self.groups[part.group][part.item]
        share = (part.last - part.first) / (len(item.cuts) + 1) if part.last else 1.0
        return round(share * len(item))

    def _whole(self, random: np.random.Generator, line: int) -> list[Part]:
        return [Part(line, "lines")]

    def _after(self, random: np.random.Generator, line: int) -> list[Part]:
        first = self.followed[int(random.integers(len(self.followed)))]
        item = self.groups["lines"][first]
        count = len(item.cuts) + 1
        if count > 1 and random.random() < 0.75:
            begin = int(random.integers(max(1, count - 4), count))
            return [Part(first, "lines", begin, count), Part(first + 1, "lines")]
        return [Part(first, "lines"), Part(first + 1, "lines")]

    def _middle(self, random: np.random.Generator, line: int) -> list[Part]:
        line = self.cut[int(random.integers(len(self.cut)))]
        count = len(self.groups["lines"][line].cuts) + 1
        begin = int(random.integers(0, count))
        end = count if random.random() < 0.4 else min(count, begin + 1 + int(random.integers(0, 3)))
        return [Part(line, "lines", begin, end)]

    def _mixed(self, random: np.random.Generator, line: int) -> list[Part]:
        parts = self._middle(random, line)
        first = parts[0].item
        for _ in range(int(random.integers(1, 3))):
            text = self._string(random, self._sign_writer(random))
            parts.insert(int(random.integers(len(parts) + 1)), text)
            if random.random() < 0.3:
                parts += self._same_form(random, first)
        return parts

    def _same_form(self, random: np.random.Generator, line: int) -> list[Part]:
        """Return one or two words of a line near ``line``, or none if those lines have no cuts."""
        lines = self.groups["lines"]
        near = range(max(0, line - 4), min(len(lines), line + 5))
        able = [n for n in near if lines[n].form == lines[line].form and len(lines[n].cuts)]
        if not able:
            return []
        other = able[int(random.integers(len(able)))]
        count = len(lines[other].cuts) + 1
        begin = int(random.integers(0, count))
        return [Part(other, "lines", begin, min(count, begin + 2))]

    def _text(self, random: np.random.Generator, line: int) -> list[Part]:
        return [Part(int(random.choice(len(self.text_weights), p=self.text_weights)), "texts")]

    def _words(self, random: np.random.Generator, line: int) -> list[Part]:
        writer = self.token_writers[int(random.choice(len(self.token_writers), p=self.token_weights))]
        own = self.by_writer["tokens"][writer]
        wanted = max(3.0, random.normal(30, 14))
        at, run = int(random.integers(len(own))), random.random() < 0.4
        parts: list[Part] = []
        strings = random.random() < TOKENS_WITH_STRINGS
        signs = writer if writer in self.complete else self._sign_writer(random)
        size = 0
        while size < wanted and len(parts) < 14:
            if strings and random.random() < 0.25:
                parts.append(self._string(random, signs))
                size += 1 + len(parts[-1].text)
                continue
            number = own[at % len(own)] if run else own[int(random.integers(len(own)))]
            at += 1
            parts.append(Part(number, "tokens"))
            size += 1 + len(self.groups["tokens"][number].text)
        return parts

    def _characters(self, random: np.random.Generator, line: int) -> list[Part]:
        writer = self._sign_writer(random)
        return [self._string(random, writer) for _ in range(int(random.integers(1, 5)))]

    def _sign_writer(self, random: np.random.Generator) -> str:
        return self.complete[int(random.integers(len(self.complete)))]

    def _string(self, random: np.random.Generator, writer: str) -> Part:
        text = string(random, self.words)
        own = self.signs[writer]
        numbers = []
        for c in text.replace(" ", ""):
            choice = own.get(c) or self.all_signs[c]
            numbers.append(choice[int(random.integers(len(choice)))])
        return Part(-1, "characters", text=text, characters=tuple(numbers), writer=writer)


def _fits(item: Piece) -> bool:
    """Return whether a piece is short enough for a line and has a plausible number of points for its text."""
    return len(item) <= min(MAX_POINTS, 60 * len(item.text) + 60) and len(item.text) <= MAX_CHARACTERS


def assemble(pieces: Pieces, draw: Draw, random: np.random.Generator) -> tuple[Floats, NDArray[np.bool_], str]:
    """Return points (N, 2), stroke ends (N,) and text of a draw, in units of IAM-OnDB."""
    placed: list[Floats] = []
    ends: list[NDArray[np.bool_]] = []
    texts: list[str] = []
    edge = 0.0
    own = [pieces.groups[part.group][part.item] for part in draw.parts if part.item >= 0]
    heights = [4 * float(item.xy[:, 1].std()) / HEIGHT for item in own if len(item.text) > 3]
    scale = float(np.clip(np.median(heights), 0.55, 1.4)) if heights else 1.0
    for part in draw.parts:
        if part.item >= 0:
            item = pieces.groups[part.group][part.item]
            item = item.words(part.first, part.last) if part.last else item
            if len(item) == 0:
                continue
            xy, end, text = item.xy, item.ends, item.text
        else:
            xy, end, text = _set(pieces, part, scale, random)
        if placed:
            edge += HEIGHT * scale * WORD_GAP * float(np.exp(random.normal(0, GAP_LOG_SD)))
        placed.append(xy + np.array([edge, 0], np.float32))
        edge += float(xy[:, 0].max())
        ends.append(end)
        texts.append(text)
    return np.concatenate(placed), np.concatenate(ends), " ".join(texts)


Placed = tuple[Floats, NDArray[np.bool_]]
"""Points (N, 2) of a character with the baseline at 0, and its stroke ends (N,)."""


def set_in_a_row(row: Sequence[Placed | None], scale: float, random: np.random.Generator) -> Placed:
    """Set characters side by side, slightly off the baseline and ``scale`` times as large; None is a space."""
    edge = 0.0
    placed: list[Floats] = []
    ends: list[NDArray[np.bool_]] = []
    size = scale * float(np.exp(random.normal(0, 0.08)))
    gap = LETTER_GAP * float(np.exp(random.normal(0, 0.4)))
    space = False
    for character in row:
        if character is None:
            space = True
            continue
        if placed:
            wide = (
                WORD_GAP * float(np.exp(random.normal(0, GAP_LOG_SD)))
                if space
                else gap * float(np.exp(random.normal(0, 0.35)))
            )
            edge += HEIGHT * size * wide
        space = False
        xy = character[0] * size + np.array([edge, random.normal(0, BASELINE_SD * HEIGHT)], np.float32)
        edge = float(xy[:, 0].max())
        placed.append(xy.astype(np.float32))
        ends.append(character[1])
    return np.concatenate(placed), np.concatenate(ends)


def _set(
    pieces: Pieces, part: Part, scale: float, random: np.random.Generator
) -> tuple[Floats, NDArray[np.bool_], str]:
    """Set a string from single characters, ``scale`` times as large as their writer's."""
    items = (pieces.groups["characters"][number] for number in part.characters)
    row: list[Placed | None] = [None if c == " " else ((item := next(items)).xy, item.ends) for c in part.text]
    return *set_in_a_row(row, scale, random), part.text
