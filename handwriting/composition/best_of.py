"""No bad samples: several candidates of a line are drawn, a recognizer reads each, and the best is kept.

A sampled line now and then skips a word or loses its way. The recognizer, which has never seen generated ink, tells:
of the candidates that it reads as their text, the one whose text it finds most probable is kept, and when it reads none
so, the one that comes nearest, which is said.

Few lines get all their candidates at once, in one batch, which costs little more than one of them. Where the lines
alone fill the engine's batch, they get their candidates in rounds, and a line that says its text is done.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np

from handwriting import metrics
from handwriting.errors import InkError
from handwriting.features import encode
from handwriting.ink import Ink
from handwriting.recognition.decode import GreedyDecoder, log_probability
from handwriting.recognition.recognizer import Recognizer
from handwriting.synthesis.sampler import Primer, Watch
from handwriting.synthesis.synthesizer import BATCH, BIAS, Synthesizer, Written

MOST = 16
"""Candidates that may be asked for: all fit into one batch."""

STREAMS = 1_000_000
"""Random streams of a line's further candidates lie so far apart: no page has as many lines."""


@dataclass(frozen=True)
class Chosen(Written):
    """A line that was chosen among candidates."""

    read: str
    """What the recognizer read."""
    errors: int
    """Edits from that to the text, as scores count them."""
    log_probability: float
    """Of the text, given the ink, by the recognizer."""
    candidate: int
    """Which of the candidates it is, from 0."""
    drawn: int
    """How many there were."""

    @property
    def says(self) -> bool:
        """Whether the recognizer reads the text, and the line came to its end."""
        return self.errors == 0 and self.complete

    def cut(self, end: int, points: int) -> Self:
        """What was read goes as far as it was read from those characters."""
        kept = super().cut(end, points)
        pairs = metrics.alignment(self.text, self.read)
        within = np.cumsum([len(reference) for reference, _ in pairs]) <= end
        read = "".join(output for (_, output), inside in zip(pairs, within, strict=True) if inside).rstrip()
        edits, _ = metrics.edits([(kept.text, read)])
        return replace(kept, read=read, errors=int(edits[0]))

    @property
    def rank(self) -> tuple[bool, int, float]:
        """The least is the best."""
        return not self.complete, self.errors, -self.log_probability


@dataclass(frozen=True)
class BestOf:
    """Writes as ``synthesizer`` does, the best of ``n`` candidates each time. Raises :class:`InkError` for a bad n."""

    synthesizer: Synthesizer
    recognizer: Recognizer
    n: int = 4

    def __post_init__(self) -> None:
        if not 1 <= self.n <= MOST:
            raise InkError(f"the best of {self.n} candidates: give a number from 1 to {MOST}")

    @property
    def card(self) -> Mapping[str, Any]:
        """The synthesizer's."""
        return self.synthesizer.card

    def write(
        self,
        texts: Sequence[str],
        *,
        bias: float = BIAS,
        seed: int = 0,
        stream: int = 0,
        primer: Primer | None = None,
        progress: Callable[[int, int], object] | None = None,
        watch: Watch | None = None,
    ) -> list[Chosen]:
        """As :meth:`Synthesizer.write`. What is watched is the first line's first candidate, kept if it says the text.

        The first candidates are what the synthesizer alone would write.
        """
        texts = [self.synthesizer.writable(text) for text in texts]
        best: list[Chosen | None] = [None] * len(texts)
        drawn, done, total = 0, 0, sum(map(len, texts))

        def report(part: int, whole: int) -> None:
            if progress is not None:
                progress(max(done, min(done + part, total)), total)

        while drawn < self.n:
            todo = [i for i, one in enumerate(best) if one is None or not one.says]
            if not todo:
                break
            each = min(self.n - drawn, max(1, BATCH // len(todo)))
            for k in range(0, len(todo), BATCH):
                some = todo[k : k + BATCH]
                rows = [(i, drawn + j) for i in some for j in range(each)]
                candidates = self._draw(texts, rows, bias, seed, stream, primer, report, watch if not drawn else None)
                for (i, _), one in zip(rows, candidates, strict=True):
                    best[i] = _better(best[i], one, watch is not None and i == 0)
            drawn += each
            done = sum(len(text) for text, one in zip(texts, best, strict=True) if one is not None and one.says)
        lost = [(i, self.n) for i, one in enumerate(best) if one is not None and not one.complete and self.n > 1]
        if lost:  # every candidate lost its way and was given up
            for (i, _), one in zip(
                lost, self._draw(texts, lost, bias, seed, stream, primer, report, None, patient=True), strict=True
            ):
                best[i] = _better(best[i], one, False)
        if progress is not None:
            progress(total, total)
        return [one for one in best if one is not None]

    def _draw(
        self,
        texts: Sequence[str],
        rows: Sequence[tuple[int, int]],
        bias: float,
        seed: int,
        stream: int,
        primer: Primer | None,
        progress: Callable[[int, int], object],
        watch: Watch | None,
        patient: bool = False,
    ) -> list[Chosen]:
        """A candidate for each of ``rows``: the number of its text, and its own."""
        written = self.synthesizer.write(
            [texts[i] for i, _ in rows],
            bias=bias,
            seed=seed,
            streams=[stream + i + STREAMS * candidate for i, candidate in rows],
            primer=primer,
            progress=progress,
            hurried=self.n > 1 and not patient,
            watch=watch,
        )
        inks = [one.ink for one in written]
        return [
            Chosen(**vars(one), read=read, errors=errors, log_probability=score, candidate=candidate, drawn=self.n)
            for one, (read, errors, score), (_, candidate) in zip(
                written, _judged(self.recognizer, inks, [one.text for one in written]), rows, strict=True
            )
        ]


def _better(best: Chosen | None, one: Chosen, keep: bool) -> Chosen:
    """``keep``: the first candidate stays if it says the text, for someone has seen it."""
    if best is None or (one.rank < best.rank and not (keep and best.candidate == 0 and best.says)):
        return one
    return best


def _judged(recognizer: Recognizer, inks: Sequence[Ink], texts: Sequence[str]) -> list[tuple[str, int, float]]:
    """What each ink is read as by best path, the edits from it to its text, and the text's log-probability."""
    log_probs = recognizer.log_probs([encode(ink, recognizer.features) for ink in inks])
    decoder = GreedyDecoder(recognizer.alphabet)
    read = [decoder.decode(one).text for one in log_probs]
    edits, _ = metrics.edits(list(zip(texts, read, strict=True)))
    unknown = str.maketrans(dict.fromkeys(recognizer.alphabet.unknown("".join(texts))))
    scores = [
        log_probability(one, recognizer.alphabet.encode(text.translate(unknown)))
        for one, text in zip(log_probs, texts, strict=True)
    ]
    return list(zip(read, edits.tolist(), scores, strict=True))
