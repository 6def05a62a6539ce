"""Draw the words of a text in one hand: draw many runs side by side, cut them into words, redraw the worst.

A run is as long as the lines that the network was trained on. No run is ever redrawn: a recognizer reads every run, and
each word that it misreads, that joins its neighbour or that has no ink is redrawn by itself, and the best drawing is
kept. Words that stay doubtful are reported.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from handwriting.composition.best_of import MAX_CANDIDATES
from handwriting.composition.effort import Effort
from handwriting.composition.reading import ReadWord, read_words
from handwriting.composition.words import WordInk, beside, cut, stands
from handwriting.errors import InkError
from handwriting.geometry.normalise import writing_height
from handwriting.recognition.recognizer import Recognizer
from handwriting.synthesis.hand import Hand
from handwriting.synthesis.observer import Observer
from handwriting.synthesis.synthesizer import Synthesizer, Written

RUN_CHARACTERS = 32
"""Largest number of characters in a run, about that of a line of IAM-OnDB."""

DEFAULT_BEST_OF = 8
"""Drawings of a misread word: more would repair few further words (``benchmarks/letters.py --best-of``)."""

REPAIR_STREAM = 1_000_000
"""First random stream of redrawn words: no text has as many runs."""


@dataclass(frozen=True)
class DrawnWord:
    """A word of the text with its ink."""

    word: WordInk
    read: str
    """The recognizer's reading, by best path."""
    errors: int
    """Edits between the word and its reading; 0 for a tie (``reading.py``)."""
    drawings: int = 1
    """Number of times the word was drawn."""
    changed: bool = False
    """Whether a drawing other than the first is kept."""
    enlarged: float | None = None
    """Writing height relative to the first drawing, if this is another one; None where that shows no size."""
    was_joined: bool = False
    """Whether the first drawing joined a neighbour."""

    @property
    def doubtful(self) -> bool:
        """Whether the word may be illegible."""
        return self.errors > 0 or self.word.ink is None or self.word.joined


@dataclass(frozen=True)
class WordWriter:
    """Draws words: each up to ``best_of`` times if the recognizer misreads it.

    Without a ``recognizer`` nothing is read, and only joined and missing words are drawn again. Raises
    :class:`InkError` unless ``best_of`` is from 1 to 16.
    """

    synthesizer: Synthesizer
    recognizer: Recognizer | None = None
    best_of: int = DEFAULT_BEST_OF

    def __post_init__(self) -> None:
        if not 1 <= self.best_of <= MAX_CANDIDATES:
            raise InkError(f"best_of is {self.best_of}; give the number of drawings of a word, 1 to {MAX_CANDIDATES}")

    def draw(
        self,
        runs: Sequence[str],
        hand: Hand,
        effort: Effort,
        *,
        run: int = 0,
        word: int = 0,
        whole: bool = False,
        observer: Observer = Observer(),
    ) -> tuple[list[Written], list[list[DrawnWord]]]:
        """Draw ``runs``, which are lines of words; return them as drawn, and the words of each.

        ``run`` and ``word`` are the numbers of the first run and the first word in the text, which choose their random
        streams. A run that loses its way is redrawn only if runs have to be ``whole``; otherwise its words are.
        ``observer.points`` is called with points of the first run.
        """
        watched = replace(observer, progress=effort.first(sum(map(len, runs))))
        lines = self.synthesizer.write(runs, hand, stream=run, observer=watched, hurried=not whole)
        drawn = self._judged(lines)
        effort.read(sum(map(len, runs)))
        flat = [one for words in drawn for one in words]
        done = 1
        while done < self.best_of and (worst := [k for k, one in enumerate(flat) if one.doubtful]):
            each = min(done, self.best_of - done)  # 1, 2, 4 …: each round repairs about half of the words
            done += each
            characters = each * sum(len(flat[k].word.text) for k in worst)
            progress = effort.again(characters, characters * math.ceil(math.log2(self.best_of / done)))
            streams = [REPAIR_STREAM * (done - j) + word + k for k in worst for j in range(each)]
            better = self._redrawn([flat[k] for k in worst], each, hand, streams, Observer(progress))
            for k, one in zip(worst, better, strict=True):
                flat[k] = replace(one, drawings=done)
        if lost := [k for k, one in enumerate(flat) if one.word.ink is None or one.word.joined]:
            progress = effort.again(sum(len(flat[k].word.text) for k in lost), 0)
            streams = [REPAIR_STREAM * MAX_CANDIDATES + word + k for k in lost]
            found = self._redrawn([flat[k] for k in lost], 1, hand, streams, Observer(progress), hurried=False)
            for k, one in zip(lost, found, strict=True):
                flat[k] = replace(one, drawings=one.drawings + 1)
        effort.settled()
        left = iter(flat)
        return lines, [[next(left) for _ in words] for words in drawn]

    def _judged(self, lines: Sequence[Written]) -> list[list[DrawnWord]]:
        """Cut ``lines`` into words and read them."""
        if self.recognizer is None:
            read = [[ReadWord(word, 0) for word in line.text.split(" ")] for line in lines]
        else:
            read = read_words(self.recognizer, lines)
        drawn = []
        for line, reading in zip(lines, read, strict=True):
            words = cut(line)
            last = max((k for k, one in enumerate(words) if one.ink is not None), default=0)
            drawn.append(
                [DrawnWord(one, r.read, r.errors, was_joined=one.joined) for one, r in zip(words, reading, strict=True)]
            )
            if not line.complete:  # the pen lost its way in the last word that has ink
                drawn[-1][last] = replace(drawn[-1][last], word=replace(words[last], ink=None))
        return drawn

    def _redrawn(
        self,
        words: Sequence[DrawnWord],
        each: int,
        hand: Hand,
        streams: Sequence[int],
        observer: Observer,
        hurried: bool = True,
    ) -> list[DrawnWord]:
        """Return each of ``words``, or the best of ``each`` drawings of it by itself if that is better."""
        texts = [one.word.text for one in words for _ in range(each)]
        lines = self.synthesizer.write(texts, hand, streams=streams, observer=observer, hurried=hurried)
        ranks = [(one.word.ink is None or one.word.joined, one.errors) for one in words]
        chosen: list[tuple[Written, ReadWord] | None] = [None] * len(words)
        for k, (line, read) in enumerate(zip(lines, self._read(lines), strict=True)):
            rank = (not line.complete, read.errors)
            if rank < ranks[k // each]:
                ranks[k // each], chosen[k // each] = rank, (line, read)
        return [one if choice is None else _replaced(one, *choice) for one, choice in zip(words, chosen, strict=True)]

    def _read(self, lines: Sequence[Written]) -> list[ReadWord]:
        """Read ``lines`` of one word each; they are set side by side, because the recognizer was trained on lines."""
        if self.recognizer is None:
            return [ReadWord(line.text, 0) for line in lines]
        runs = runs_of([line.text for line in lines])
        starts = np.cumsum([0, *map(len, runs)])
        rows = [beside(lines[a:b]) for a, b in pairwise(starts)]
        return [word for row in read_words(self.recognizer, rows) for word in row]


def _replaced(old: DrawnWord, line: Written, read: ReadWord) -> DrawnWord:
    """Return ``old`` with the ink of another drawing."""
    (piece,) = cut(line)
    if not stands(line.text) and piece.ink is not None and old.word.ink is not None:  # "-": keep its previous height
        above, below = (sum(ink.bounds[1::2]) / 2 for ink in (old.word.ink, piece.ink))
        piece = replace(piece, ink=piece.ink.moved_to(piece.ink.x, piece.ink.y + above - below))
    piece = replace(piece, begin=old.word.begin, gap=old.word.gap)
    enlarged = None
    if piece.ink is not None and old.word.ink is not None and not old.was_joined:
        before = 1.0 if not old.changed else old.enlarged
        enlarged = before and before * writing_height(piece.ink) / writing_height(old.word.ink)
    return replace(old, word=piece, read=read.read, errors=read.errors, changed=True, enlarged=enlarged)


def runs_of(words: Sequence[str], longest: int = RUN_CHARACTERS, first: int | None = None) -> list[list[str]]:
    """Group ``words`` into runs of at most ``longest`` characters, the first run of at most ``first`` if given.

    A longer word forms a run by itself.
    """
    runs: list[list[str]] = []
    length = limit = 0
    for word in words:
        if not runs or length + 1 + len(word) > limit:
            limit = longest if runs or first is None else first
            runs.append([])
            length = -1
        runs[-1].append(word)
        length += 1 + len(word)
    return runs
