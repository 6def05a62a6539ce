"""Draw the words of a text in one hand: draw runs in batches, cut them into words, redraw the worst words.

A run is as long as the lines that the network was trained on. No run is ever redrawn: a recognizer reads every run as a
page will show it, and each word that it misreads or nearly misreads, that joins its neighbour or that has no ink is
redrawn by itself, and the best drawing is kept. Words that stay doubtful are reported.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from handwriting.composition.best_of import MAX_CANDIDATES
from handwriting.composition.drawn import DrawnWord, Measure, letters_of, set_in_line
from handwriting.composition.effort import Effort
from handwriting.composition.reading import read_words
from handwriting.composition.words import WordInk, cut, cut_divided, divided, has_baseline
from handwriting.errors import InkError
from handwriting.geometry.normalise import writing_height
from handwriting.recognition.recognizer import Recognizer
from handwriting.synthesis.hand import Hand
from handwriting.synthesis.observer import Observer
from handwriting.synthesis.synthesizer import Synthesizer, Written

RUN_CHARACTERS = 32
"""Largest number of characters in a run, about that of a line of IAM-OnDB."""

DEFAULT_BEST_OF = 64
"""Maximum number of drawings of a misread word; few words need so many, so they cost little time."""

MAX_CHARACTERS_TIED = 128
"""Largest number of characters in all drawings of a word that is nearly misread: 64 drawings of two characters, 16 of
eight."""

WHOLE_DRAWINGS = 4
"""Number of drawings after which a long word is drawn in parts, such as the names in an e-mail address."""

Rows = list[list[DrawnWord]]
"""The words of each run."""

REPAIR_STREAM = 1_000_000
"""First random stream of redrawn words: no text has as many runs."""


@dataclass(frozen=True)
class WordWriter:
    """Draws words: each up to ``best_of`` times if the recognizer misreads it or nearly does.

    Without a ``recognizer`` nothing is read, and only joined and missing words are drawn again. Raises
    :class:`InkError` unless ``best_of`` is from 1 to 64.
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
        measure: Measure | None = None,
        observer: Observer = Observer(),
    ) -> tuple[list[Written], list[list[DrawnWord]]]:
        """Draw ``runs``, which are lines of words; return them as drawn, and the words of each.

        ``run`` and ``word`` are the numbers of the first run and the first word in the text, which choose their random
        streams. A run that loses its way is redrawn only if runs have to be ``whole``; otherwise its words are.
        Words are read as a page shows them, in a hand of this ``measure``; by default, that of the words themselves.
        ``observer.points`` is called with points of the first run.
        """
        watched = replace(observer, progress=effort.first(sum(map(len, runs))))
        lines = self.synthesizer.write(runs, hand, stream=run, observer=watched, hurried=not whole)
        rows = self._judged([_words(line, self.synthesizer.height) for line in lines], measure)
        effort.read(sum(map(len, runs)))
        done = 1
        while done < self.best_of and (worst := _places(rows, worth_redrawing)):
            each = min(done, self.best_of - done)  # 1, 2, 4 …: each round repairs about half of the words
            done += each
            characters = each * sum(len(rows[k][j].word.text) for k, j in worst)
            progress = effort.redraw(characters, characters * math.ceil(math.log2(self.best_of / done)))
            streams = [REPAIR_STREAM * (done - n) + word + _number(rows, *at) for at in worst for n in range(each)]
            rows = self._redrawn(rows, worst, each, hand, streams, measure, Observer(progress))
        if lost := _places(rows, lambda one: one.lost):
            progress = effort.redraw(sum(len(rows[k][j].word.text) for k, j in lost), 0)
            streams = [REPAIR_STREAM * MAX_CANDIDATES + word + _number(rows, *at) for at in lost]
            rows = self._redrawn(rows, lost, 1, hand, streams, measure, Observer(progress), hurried=False)
        effort.settled()
        return lines, rows

    def _redrawn(
        self,
        rows: Rows,
        places: Sequence[tuple[int, int]],
        each: int,
        hand: Hand,
        streams: Sequence[int],
        measure: Measure | None,
        observer: Observer,
        hurried: bool = True,
    ) -> Rows:
        """Redraw the words at ``places`` ``each`` times, and return ``rows`` with the best drawings.

        Drawings are read between their neighbours, because many signs look different by themselves: a "+" between
        letters is often read as a t.
        """
        asked = [(k, j) for k, j in places for _ in range(each)]
        texts = [_text_to_draw(rows[k][j]) for k, j in asked]
        lines = self.synthesizer.write(texts, hand, streams=streams, observer=observer, hurried=hurried)
        tried = [
            _replaced(rows[k][j], cut_divided(line, self.synthesizer.height))
            for (k, j), line in zip(asked, lines, strict=True)
        ]
        groups = [
            [*rows[k][max(0, j - 1) : j], one, *rows[k][j + 1 : j + 2]]
            for (k, j), one in zip(asked, tried, strict=True)
        ]
        ranks = {(k, j): rows[k][j].rank for k, j in places}
        chosen = [list(row) for row in rows]
        for (k, j), line, group in zip(asked, lines, self._judged(groups, measure, rows), strict=True):
            one = group[min(j, 1)]
            rank = (max(one.rank[0], int(not line.complete)), *one.rank[1:])
            if rank < ranks[k, j]:
                ranks[k, j], chosen[k][j] = rank, one
        better = sorted({k for k, j in places if chosen[k][j] is not rows[k][j]})
        for k, j in places:
            chosen[k][j] = replace(chosen[k][j], drawings=rows[k][j].drawings + each)
        for k, row in zip(better, self._judged([chosen[k] for k in better], measure, chosen), strict=True):
            chosen[k] = row  # the words beside a better drawing may be read differently, too
        return chosen

    def _judged(self, rows: Rows, measure: Measure | None, among: Rows | None = None) -> Rows:
        """Return ``rows`` with their readings, set with this ``measure`` or, by default, that of the rows ``among``."""
        if self.recognizer is None:
            return [[replace(one, read=one.word.text, errors=0, tied=False) for one in row] for row in rows]
        judged = [[replace(one, read="", errors=len(one.word.text), tied=False) for one in row] for row in rows]
        shown = [k for k, row in enumerate(rows) if any(one.word.ink is not None for one in row)]
        if not shown:
            return judged
        if measure is None:
            inked = [one for row in among or rows for one in row if one.word.ink is not None]
            measure = Measure.of(inked or [one for row in rows for one in row], self.synthesizer.height)
        found = read_words(self.recognizer, [set_in_line(rows[k], measure) for k in shown])
        for k, words in zip(shown, found, strict=True):
            places = [j for j, one in enumerate(rows[k]) if one.word.ink is not None]
            for j, word in zip(places, words, strict=True):
                judged[k][j] = replace(rows[k][j], read=word.read, errors=word.errors, tied=word.tied)
        return judged


def worth_redrawing(one: DrawnWord) -> bool:
    """Return whether a word should be redrawn: it is misread, has no ink of its own, or is nearly misread."""
    return one.doubtful or (one.tied and one.drawings * len(one.word.text) < MAX_CHARACTERS_TIED)


def _text_to_draw(one: DrawnWord) -> str:
    """Return the text of a word that is redrawn, divided into parts if several drawings of the whole word failed."""
    return divided(one.word.text) if one.drawings >= WHOLE_DRAWINGS else one.word.text


def _words(line: Written, usual_height: float) -> list[DrawnWord]:
    """Cut ``line`` into words; see :func:`~handwriting.composition.words.cut`."""
    words = cut(line, usual_height)
    if not line.complete:  # the pen lost its way in the last word that has ink
        last = max((k for k, one in enumerate(words) if one.ink is not None), default=0)
        words[last] = replace(words[last], ink=None)
    letters = letters_of(words)
    return [DrawnWord(one, "", 0, was_joined=one.joined, run=letters) for one in words]


def _places(rows: Rows, holds: Callable[[DrawnWord], bool]) -> list[tuple[int, int]]:
    """Return the rows, and the places in them, of the words for which ``holds`` is true."""
    return [(k, j) for k, row in enumerate(rows) for j, one in enumerate(row) if holds(one)]


def _number(rows: Rows, row: int, place: int) -> int:
    """Return the index of a word among the words of all rows."""
    return sum(map(len, rows[:row])) + place


def _replaced(old: DrawnWord, piece: WordInk) -> DrawnWord:
    """Return ``old`` with the ink of another drawing, which has not been read."""
    # A sign such as "-" does not show the baseline; it keeps its previous height.
    if not has_baseline(piece.text) and piece.ink is not None and old.word.ink is not None:
        above, below = (sum(ink.bounds[1::2]) / 2 for ink in (old.word.ink, piece.ink))
        piece = replace(piece, ink=piece.ink.moved_to(piece.ink.x, piece.ink.y + above - below))
    piece = replace(piece, begin=old.word.begin, gap=old.word.gap)
    enlarged = None
    if piece.ink is not None and old.word.ink is not None and not old.was_joined:
        before = 1.0 if not old.changed else old.enlarged
        enlarged = before and before * writing_height(piece.ink) / writing_height(old.word.ink)
    return replace(old, word=piece, changed=True, enlarged=enlarged)


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
