"""Cut lines of writing into words, using the synthesizer's window, which assigns each point to a character.

The window (Graves 2013, arXiv 1308.0850, section 5.1) gives for every point the character being written, so a
line can be drawn as one run and its words placed elsewhere afterwards. A stroke belongs to the word that most of its
points belong to. If the pen was not lifted between two words, a stroke has a substantial share in both: such
words are reported as joined and redrawn by themselves.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from handwriting.geometry.baseline import level
from handwriting.geometry.compose import LETTER_GAP, rough_baseline
from handwriting.geometry.normalise import writing_height
from handwriting.ink import Floats, Ink, Source
from handwriting.synthesis.synthesizer import Written

JOINED_SHARE = 0.2
"""A stroke joins two words when at least this share of its points belongs to the second most frequent one: the window
moves on to the next character a few points early or late, but never by a fifth of a stroke."""

ON_BASELINE = frozenset("abcdehiklmnorstuvwxzABCDEFGHIKLMNOPRSTUVWXYZ0123456789.:!?&%")
"""Characters whose lowest point is on the baseline."""

STRAY_DOT, STRAY_GAP = 0.12, 0.2
"""A dot up to this size that lies at least this far beyond the rest of a word, both in writing heights, is a stray mark
if the word begins or ends there with a letter or a digit."""

BASELINE_DRIFT = 0.15
"""Largest distance of a word from the baseline of its line, in writing heights; a word farther away is moved back."""

BAR = "|"
BAR_HEIGHT = 2.0
"""Smallest height of a bar, in writing heights. People often draw it broken or no taller than an I, and it is then read
as one."""

BREAK = re.compile(r"(?<=[_@./:\\-])(?=\w)")
"""Positions at which a long word can be divided into parts."""

MIN_DIVIDED = 10
"""Smallest number of characters of a word that is divided."""


@dataclass(frozen=True)
class WordInk:
    """A word cut from a drawn line."""

    text: str
    begin: int
    """Index of its first character in the text of the line."""
    ink: Ink | None
    """Levelled ink with the baseline of the line at y = 0 and its left edge at x = 0, in the synthesizer's units, with
    its bars whole and tall; None if no stroke belongs to the word."""
    places: NDArray[np.int64]
    """Character of ``text`` that each point belongs to, shape (N,)."""
    gap: float | None
    """Distance from its right edge to the left edge of the next word as written; None for the last word."""
    joined: bool
    """Whether a stroke continues into a neighbouring word."""
    strokes: NDArray[np.int64]
    """Indices of the strokes of the line that it was made from."""


def cut(line: Written, usual_height: float = 0.0) -> list[WordInk]:
    """Cut a line into its words, in order, each with its own strokes.

    A line of a single word is not rotated, since a word is too short to show its slope. ``usual_height`` is the writing
    height where the line has neither letters nor digits.
    """
    spans = word_spans(line.text)
    flat = level(line.ink) if len(spans) > 1 else line.ink.moved_to(line.ink.x, line.ink.y - word_baseline(line))
    owner, joined = stroke_owners(flat, line.places, line.text)
    height = writing_height(flat)
    bar_height = BAR_HEIGHT * _height_beside_bars(flat, line, usual_height) if BAR in line.text else 0.0
    words: list[WordInk] = []
    edges: list[tuple[float, float] | None] = []
    for number, (begin, end) in enumerate(spans):
        text = line.text[begin:end]
        strokes = _without_strays(flat, np.flatnonzero(owner == number), text, height)
        if len(strokes) == 0:
            words.append(WordInk(text, begin, None, strokes, None, False, strokes))
            edges.append(None)
            continue
        ink = flat.take(strokes)
        left, _, right, _ = ink.bounds
        places = np.clip(line.places[flat.points_of(strokes)] - begin, 0, len(text) - 1)
        drift = _baseline_of(ink, places, text) if has_baseline(text) and len(spans) > 1 else 0.0
        within = float(np.clip(drift, -BASELINE_DRIFT * height, BASELINE_DRIFT * height))
        ink = ink.moved_to(ink.x - left, ink.y - drift + within)
        if BAR in text:
            ink, places = _with_whole_bars(ink, places, text, bar_height)
        ink = replace(ink, source=Source(text=text))
        words.append(WordInk(text, begin, ink, places, None, number in joined, strokes))
        edges.append((left, right))
    for number, (here, after) in enumerate(pairwise(edges)):
        if here is not None and after is not None:
            words[number] = replace(words[number], gap=after[0] - here[1])
    return words


def divided(text: str) -> str:
    """Return a long word with spaces where it can be divided, as in ``first_ name@ mailbox. org``."""
    return BREAK.sub(" ", text) if len(text) >= MIN_DIVIDED else text


def cut_divided(line: Written, usual_height: float = 0.0) -> WordInk:
    """Cut a line that holds a single word, and close the spaces of :func:`divided` in it; see :func:`cut`."""
    parts = cut(line, usual_height)
    text = "".join(part.text for part in parts)
    if len(parts) == 1:
        return parts[0]
    if any(part.ink is None for part in parts):
        return WordInk(text, 0, None, np.array([], np.int64), None, False, np.array([], np.int64))
    inks = [part.ink for part in parts if part.ink is not None]
    height = float(np.median([writing_height(ink) for ink in inks]))
    strokes: list[Floats] = []
    places: list[NDArray[np.int64]] = []
    left = 0.0
    first = 0
    for part, ink in zip(parts, inks, strict=True):
        strokes += ink.moved_to(ink.x + left, ink.y).strokes
        places.append(part.places + first)
        gap = part.gap if part.joined and part.gap is not None else LETTER_GAP * height
        left += float(ink.bounds[2]) + gap
        first += len(part.text)
    ink = replace(Ink.from_strokes(strokes), source=Source(text=text))
    return WordInk(text, 0, ink, np.concatenate(places), None, False, np.concatenate([part.strokes for part in parts]))


def _height_beside_bars(ink: Ink, line: Written, usual: float) -> float:
    """Return the writing height of ``ink`` without its bars, or ``usual`` if it has neither letters nor digits."""
    places = np.clip(line.places, 0, len(line.text) - 1)
    others = [k for k, own in enumerate(np.split(places, ink.starts[1:])) if line.text[_most_frequent(own)] != BAR]
    shown = others and any(character.isalnum() for character in line.text)
    return writing_height(ink.take(np.array(others))) if shown else usual


def _most_frequent(numbers: NDArray[np.int64]) -> int:
    return int(np.bincount(numbers).argmax())


def _with_whole_bars(ink: Ink, places: NDArray[np.int64], text: str, least: float) -> tuple[Ink, NDArray[np.int64]]:
    """Return a word in which each bar is a single stroke downward, at least ``least`` high, and its ``places``.

    It is drawn when the first part of the broken bar was.
    """
    strokes: list[Floats] = []
    owners: list[NDArray[np.int64]] = []
    bars: dict[int, tuple[int, list[Floats]]] = {}  # by place: the number of its first part, and all parts
    for stroke, own in zip(ink.strokes, np.split(places, ink.starts[1:]), strict=True):
        place = _most_frequent(own)
        if text[place] == BAR:
            _, parts = bars.setdefault(place, (len(strokes), []))
            parts.append(stroke if stroke[0, 1] <= stroke[-1, 1] else stroke[::-1])
            if len(parts) > 1:
                continue
        strokes.append(stroke)
        owners.append(own)
    for place, (number, parts) in bars.items():
        bar = np.concatenate(sorted(parts, key=lambda part: float(part[:, 1].mean())))
        top, bottom = bar[:, 1].min(), bar[:, 1].max()
        middle, growth = (top + bottom) / 2, max(1.0, least / max(bottom - top, 1e-6))
        strokes[number] = np.column_stack([bar[:, 0], middle + growth * (bar[:, 1] - middle)])
        owners[number] = np.full(len(bar), place)
    return Ink.from_strokes(strokes), np.concatenate(owners)


def _without_strays(ink: Ink, strokes: NDArray[np.int64], text: str, height: float) -> NDArray[np.int64]:
    """Return the ``strokes`` of a word without stray dots in the space around it."""
    left, top, right, bottom = (edge[strokes] for edge in ink.boxes)
    dots = np.maximum(right - left, bottom - top) <= STRAY_DOT * height
    if dots.all():
        return strokes
    begin, end = left[~dots].min(), right[~dots].max()
    stray = np.zeros(len(strokes), bool)
    if text[0].isalnum():
        stray |= right < begin - STRAY_GAP * height
    if text[-1].isalnum():
        stray |= left > end + STRAY_GAP * height
    return strokes[~(stray & dots)]


def has_baseline(text: str) -> bool:
    """Return whether any character of ``text`` is in :data:`ON_BASELINE`, so that its ink shows the baseline."""
    return not ON_BASELINE.isdisjoint(text)


def word_baseline(line: Written) -> float:
    """Return y of the baseline of a word that was drawn by itself."""
    return _baseline_of(line.ink, np.clip(line.places, 0, len(line.text) - 1), line.text)


def _baseline_of(ink: Ink, places: NDArray[np.int64], text: str) -> float:
    """Return y of the baseline of ``ink``, from its :data:`ON_BASELINE` characters or, if it has none, from all of it.

    It is the median over these characters, because the window may leave a descender a few points late.
    """
    bottoms = [
        float(ink.y[places == place].max())
        for place, character in enumerate(text)
        if character in ON_BASELINE and (places == place).any()
    ]
    return float(np.median(bottoms)) if bottoms else rough_baseline(ink)


def word_spans(text: str) -> list[tuple[int, int]]:
    """Return begin and end of every word of ``text``; spaces separate words."""
    spans, begin = [], None
    for position, character in enumerate(text + " "):
        if character == " ":
            if begin is not None:
                spans.append((begin, position))
            begin = None
        elif begin is None:
            begin = position
    return spans


def stroke_owners(ink: Ink, places: NDArray[np.int64], text: str) -> tuple[NDArray[np.int64], set[int]]:
    """Return the word that each stroke belongs to, shape (S,), and the numbers of the words joined to a neighbour.

    ``places``: shape (N,), the character that each point belongs to. Points on a space do not count, except for a
    stroke that has no others: it belongs to the word before the space.
    """
    before = np.zeros(len(text), dtype=np.int64)  # the last word that has begun at each character
    for number, (begin, _) in enumerate(word_spans(text)):
        before[begin:] = number
    space = np.array([character == " " for character in text])
    places = np.clip(places, 0, len(text) - 1)
    owner = np.empty(len(ink.starts), dtype=np.int64)
    joined: set[int] = set()
    for stroke, (start, end) in enumerate(zip(ink.starts, ink.ends, strict=True)):
        points = places[start:end]
        points = points[~space[points]] if not space[points].all() else points
        numbers, counts = np.unique(before[points], return_counts=True)
        order = counts.argsort()[::-1]
        owner[stroke] = numbers[order[0]]
        if len(order) > 1 and counts[order[1]] >= JOINED_SHARE * len(points):
            joined |= {int(numbers[order[0]]), int(numbers[order[1]])}
    return owner, joined
