"""The words of a text, drawn in one hand: all of it side by side in runs, cut into words, the worst drawn again.

A run is as long as the lines that the network was trained on. No run is ever drawn twice: a recognizer reads every run,
and a word that it reads wrongly, that joins its neighbour or that has no ink is drawn again by itself, several
candidates at a time, and the best one is kept. Words that stay doubtful are reported.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from handwriting import metrics
from handwriting.composition.best_of import judge
from handwriting.composition.words import WordInk, cut, word_spans
from handwriting.progress import Progress
from handwriting.recognition.recognizer import Recognizer
from handwriting.synthesis.hand import Hand
from handwriting.synthesis.observer import Observer
from handwriting.synthesis.styles import Sample, Style
from handwriting.synthesis.synthesizer import Synthesizer

RUN_CHARACTERS = 32
"""Characters of a run: about those of a line of IAM-OnDB."""

STYLE_CHARACTERS = 24
"""Characters of the line that shows the hand to a network that is primed with it."""

REPAIR_SHARE = 0.25
"""Share of the work, by characters, that drawing words again is expected to add; the progress counts on it."""

REPAIR_STREAM = 1_000_000
"""Random streams of candidates begin here: no text has as many runs."""


@dataclass(frozen=True)
class DrawnWord:
    """A word of the text with its ink."""

    word: WordInk
    read: str
    """What the recognizer reads, by best path."""
    errors: int
    """Edits between the word and what is read."""
    redrawn: bool = False

    @property
    def doubtful(self) -> bool:
        """Whether it may not be readable."""
        return self.errors > 0 or self.word.ink is None or self.word.joined


@dataclass(frozen=True)
class DrawnText:
    """Paragraphs of words."""

    paragraphs: list[list[DrawnWord]]
    joined: int
    """Words that were joined to a neighbour and therefore drawn again."""
    redrawn: int
    """Words that were drawn again for any reason."""

    @property
    def doubtful(self) -> list[DrawnWord]:
        """The words that stayed doubtful."""
        return [word for paragraph in self.paragraphs for word in paragraph if word.doubtful]


def one_hand(synthesizer: Synthesizer, hand: Hand, text: str) -> Hand:
    """``hand`` with a style, so that all runs are in the same writer's hand: the style of a line drawn freely."""
    if hand.style is not None:
        return hand
    words = text.split()
    sample = words[0]
    for word in words[1:]:
        if len(sample) + 1 + len(word) > STYLE_CHARACTERS:
            break
        sample += f" {word}"
    line = synthesizer.write([sample], hand)[0]
    return replace(hand, style=Style("seeded", (Sample(line.text, line.ink),)))


def runs_of(words: Sequence[str], longest: int = RUN_CHARACTERS) -> list[list[str]]:
    """``words`` in runs of at most ``longest`` characters; a longer word is a run by itself."""
    runs: list[list[str]] = []
    length = longest + 1
    for word in words:
        if length + 1 + len(word) > longest:
            runs.append([])
            length = -1
        runs[-1].append(word)
        length += 1 + len(word)
    return runs


def draw_text(
    synthesizer: Synthesizer,
    recognizer: Recognizer | None,
    paragraphs: Sequence[Sequence[str]],
    hand: Hand,
    *,
    candidates: int = 4,
    rounds: int = 2,
    progress: Progress,
) -> DrawnText:
    """Draw all words of ``paragraphs`` in ``hand``, which has a style.

    Without a ``recognizer`` nothing is read, and only joined and missing words are drawn again. A doubtful word gets up
    to ``candidates`` new drawings in each of ``rounds``.
    """
    runs = [(number, run) for number, words in enumerate(paragraphs) for run in runs_of(words)]
    texts = [" ".join(run) for _, run in runs]
    total = sum(map(len, texts))
    whole = round(total * (1 + REPAIR_SHARE))
    lines = synthesizer.write(texts, hand, observer=Observer(lambda done, _: progress(min(done, total), whole)))
    read = [text for text, _, _ in judge(recognizer, [line.ink for line in lines], texts)] if recognizer else texts
    drawn: list[list[DrawnWord]] = [[] for _ in paragraphs]
    for (number, _), line, text in zip(runs, lines, read, strict=True):
        drawn[number] += judged_words(cut(line), line.text, text)
    joined = sum(word.word.joined for words in drawn for word in words)
    redrawn = 0
    for attempt in range(rounds if candidates else 0):
        worst = [(i, j) for i, words in enumerate(drawn) for j, word in enumerate(words) if word.doubtful]
        if not worst:
            break
        redrawn += len(worst) if attempt == 0 else 0
        better = _redraw(synthesizer, recognizer, [drawn[i][j] for i, j in worst], hand, candidates, attempt)
        for (i, j), word in zip(worst, better, strict=True):
            drawn[i][j] = word
        progress(total + (whole - total) * (attempt + 1) / (rounds + 1), whole)
    progress(whole, whole)
    return DrawnText(drawn, joined, redrawn)


def judged_words(words: Sequence[WordInk], text: str, read: str) -> list[DrawnWord]:
    """Each of the ``words`` of a line that says ``text`` with its share of what was ``read``."""
    owner = np.full(len(text) + 1, -1)
    for number, (begin, end) in enumerate(word_spans(text)):
        owner[begin:end] = number
    pieces, errors = [""] * len(words), [0] * len(words)
    position, current = 0, 0
    for wanted, got in metrics.alignment(text, read):
        number = int(owner[position]) if wanted else -1
        current = number if number >= 0 else current
        at_space = wanted == " "
        if not at_space:
            pieces[current] += got
        if wanted != got:
            errors[current] += 1
            if at_space and current + 1 < len(words):  # two words are read as one
                errors[current + 1] += 1
        position += len(wanted)
    return [DrawnWord(word, pieces[k].strip(), errors[k]) for k, word in enumerate(words)]


def _redraw(
    synthesizer: Synthesizer,
    recognizer: Recognizer | None,
    words: Sequence[DrawnWord],
    hand: Hand,
    candidates: int,
    attempt: int,
) -> list[DrawnWord]:
    """Each of ``words``, or a better drawing of it by itself."""
    texts = [word.word.text for word in words for _ in range(candidates)]
    first = REPAIR_STREAM * (attempt + 1)
    lines = synthesizer.write(texts, hand, stream=first, hurried=True)
    verdicts = judge(recognizer, [line.ink for line in lines], texts) if recognizer else [(t, 0, 0.0) for t in texts]
    best = list(words)
    ranks = [(word.doubtful and (word.word.ink is None or word.word.joined), word.errors, np.inf) for word in words]
    for k, (line, (read, errors, score)) in enumerate(zip(lines, verdicts, strict=True)):
        pieces = cut(line)
        if len(pieces) != 1 or pieces[0].ink is None:
            continue
        number = k // candidates
        rank = (not line.complete, errors, -score)
        if rank < ranks[number]:
            old = words[number].word
            ranks[number] = rank
            best[number] = DrawnWord(replace(pieces[0], begin=old.begin, gap=old.gap), read, errors, redrawn=True)
    return best
