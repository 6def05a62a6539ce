"""Read drawn lines back word by word, and compare each word with its text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from handwriting import metrics
from handwriting.composition.words import word_spans
from handwriting.features import encode
from handwriting.recognition.decode import GreedyDecoder, log_probability
from handwriting.recognition.recognizer import Recognizer
from handwriting.synthesis.synthesizer import Written
from handwriting.text import canonical

TIE_NATS = float(np.log(4))
"""A word counts as read correctly when no other reading is more than four times as probable: a reader, who knows the
context, will not take a single "I" for a "1"."""


@dataclass(frozen=True)
class ReadWord:
    """Recognizer output for one word."""

    read: str
    """Best-path text."""
    errors: int
    """Edit distance between the word and its reading; 0 also for a tie."""
    tied: bool = False
    """Whether another reading is more probable, but not clearly."""


def read_words(recognizer: Recognizer, lines: Sequence[Written]) -> list[list[ReadWord]]:
    """Read each word of ``lines``."""
    decoder = GreedyDecoder(recognizer.alphabet)
    read = []
    for line, frames in zip(
        lines, recognizer.log_probs([encode(one.ink, recognizer.features) for one in lines]), strict=True
    ):
        words = split_reading(line.text, decoder.decode(frames).text)
        read.append(_with_ties(recognizer, frames, line.text.split(" "), words))
    return read


def split_reading(text: str, read: str) -> list[ReadWord]:
    """Split the reading ``read`` among the words of ``text``.

    A missing space counts as an error of both words next to it, unless the text is as clear without it, as before a
    quotation mark.
    """
    spans = word_spans(text)
    owner = np.full(len(text) + 1, -1)
    for number, (begin, end) in enumerate(spans):
        owner[begin:end] = number
    pieces, errors = [""] * len(spans), [0] * len(spans)
    merged = []
    position, current = 0, 0
    for wanted, got in metrics.alignment(text, read):
        number = int(owner[position]) if wanted else -1
        current = number if number >= 0 else current
        if wanted != " ":
            pieces[current] += got
            errors[current] += wanted != got
        elif got != " ":
            pieces[current] += got
            merged.append(current)
        position += len(wanted)
    for number in merged:
        before, after = pieces[number], pieces[min(number + 1, len(pieces) - 1)]
        if before and after and canonical(before + after) != canonical(f"{before} {after}"):
            for beside in (number, number + 1):
                errors[beside] += 1
    return [ReadWord(piece.strip(), count) for piece, count in zip(pieces, errors, strict=True)]


def _with_ties(
    recognizer: Recognizer, frames: NDArray[np.float32], texts: Sequence[str], words: Sequence[ReadWord]
) -> list[ReadWord]:
    """Return ``words`` with 0 errors for those whose text is about as probable as the reading."""
    read = _line([word.read for word in words])
    best: float | None = None
    judged = list(words)
    for number, word in enumerate(words):
        if word.errors == 0 or not word.read:
            continue
        best = _score(recognizer, frames, read) if best is None else best
        wanted = [w.read for w in words]
        wanted[number] = texts[number]
        if _score(recognizer, frames, _line(wanted)) >= best - TIE_NATS:
            judged[number] = ReadWord(word.read, 0, tied=True)
    return judged


def _line(words: Sequence[str]) -> str:
    return " ".join(word for word in words if word)


def _score(recognizer: Recognizer, frames: NDArray[np.float32], text: str) -> float:
    """Return the log-probability of ``text`` without the characters that the recognizer does not know."""
    known = "".join(c for c in text if not recognizer.alphabet.unknown(c))
    return log_probability(frames, recognizer.alphabet.encode(known))
