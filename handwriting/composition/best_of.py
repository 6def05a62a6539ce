"""Best of N: draw several candidates of each line, read them with the recognizer, and keep the best.

A sampled line now and then skips a word or drifts into scribble. The recognizer, which was not trained on generated
ink, notices: among the candidates that it reads as their text it prefers the one whose text is most probable. If it
reads none of them correctly, the closest candidate is kept and flagged.

A few lines get all their candidates in one batch, which costs little more than drawing them once. When the lines alone
fill a batch, candidates are drawn in rounds, and a line that is read correctly takes no part in the next round.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np

from handwriting import metrics
from handwriting.errors import InkError
from handwriting.features import encode
from handwriting.ink import Ink
from handwriting.recognition.decode import GreedyDecoder, log_probability
from handwriting.recognition.recognizer import Recognizer
from handwriting.synthesis.hand import Hand
from handwriting.synthesis.observer import Observer
from handwriting.synthesis.synthesizer import BATCH, Synthesizer, Written

MAX_CANDIDATES = 16
"""They fit into one batch of the synthesizer."""

STREAMS_PER_CANDIDATE = 1_000_000
"""Distance between the random streams of a line's candidates: no text has as many lines."""


@dataclass(frozen=True)
class ChosenLine(Written):
    """A line that was chosen among candidates."""

    read: str
    """Text that the recognizer reads."""
    errors: int
    """Edit distance from ``read`` to the text, in canonical characters."""
    log_probability: float
    """Log-probability of the text given the ink, in nats, from the recognizer."""
    candidate: int
    """Number of the chosen candidate, from 0."""
    candidates: int
    """Number of candidates that were allowed."""

    @property
    def verified(self) -> bool:
        """True if the line is complete and the recognizer reads its text."""
        return self.errors == 0 and self.complete

    def cut(self, end: int, points: int) -> Self:
        """The first ``end`` characters, which are the first ``points`` of the ink; ``read`` is cut where they end."""
        kept = super().cut(end, points)
        pairs = metrics.alignment(self.text, self.read)
        within = np.cumsum([len(reference) for reference, _ in pairs]) <= end
        read = "".join(output for (_, output), inside in zip(pairs, within, strict=True) if inside).rstrip()
        edits, _ = metrics.edits([(kept.text, read)])
        return replace(kept, read=read, errors=int(edits[0]))

    @property
    def rank(self) -> tuple[bool, int, float]:
        """Sort key: the smallest is the best candidate."""
        return not self.complete, self.errors, -self.log_probability


@dataclass(frozen=True)
class BestOf:
    """Writes like ``synthesizer``, but keeps the best of ``n`` candidates of each line.

    Raises :class:`InkError` unless ``n`` is between 1 and :data:`MAX_CANDIDATES`.
    """

    synthesizer: Synthesizer
    recognizer: Recognizer
    n: int = 4

    def __post_init__(self) -> None:
        if not 1 <= self.n <= MAX_CANDIDATES:
            raise InkError(f"the best of {self.n} candidates: give a number from 1 to {MAX_CANDIDATES}")

    @property
    def card(self) -> Mapping[str, Any]:
        """The synthesizer's card."""
        return self.synthesizer.card

    def write(
        self, texts: Sequence[str], hand: Hand = Hand(), *, stream: int = 0, observer: Observer = Observer()
    ) -> list[ChosenLine]:
        """Write ``texts`` as :meth:`Synthesizer.write` does.

        First candidates are what the synthesizer alone would write. ``observer.points`` sees the first line's first
        candidate, which is then kept if it is verified.
        """
        texts = [self.synthesizer.writable(text) for text in texts]
        best: list[ChosenLine | None] = [None] * len(texts)
        drawn, done, total = 0, 0, sum(map(len, texts))

        def report(part: float, whole: float) -> None:
            observer.progress(max(done, min(done + part, total)), total)

        silent = Observer(report)
        first = replace(observer, progress=report)
        while drawn < self.n:
            open_lines = [i for i, line in enumerate(best) if line is None or not line.verified]
            if not open_lines:
                break
            each = min(self.n - drawn, max(1, BATCH // len(open_lines)))
            for k in range(0, len(open_lines), BATCH):
                rows = [(i, drawn + j) for i in open_lines[k : k + BATCH] for j in range(each)]
                lines = self._draw(texts, rows, hand, stream, silent if drawn else first)
                for (i, _), line in zip(rows, lines, strict=True):
                    best[i] = _better(best[i], line, keep_first=observer.points is not None and i == 0)
            drawn += each
            done = sum(len(line.text) for line in best if line is not None and line.verified)
        # Of a line that was given up every time, one more candidate is drawn with all the synthesizer's attempts.
        lost = [(i, self.n) for i, line in enumerate(best) if line is not None and not line.complete and self.n > 1]
        if lost:
            for (i, _), line in zip(lost, self._draw(texts, lost, hand, stream, silent, hurried=False), strict=True):
                best[i] = _better(best[i], line, keep_first=False)
        observer.progress(total, total)
        return [line for line in best if line is not None]

    def _draw(
        self,
        texts: Sequence[str],
        rows: Sequence[tuple[int, int]],
        hand: Hand,
        stream: int,
        observer: Observer,
        hurried: bool = True,
    ) -> list[ChosenLine]:
        """A candidate for each of ``rows``: the index of a text and the number of the candidate."""
        written = self.synthesizer.write(
            [texts[i] for i, _ in rows],
            hand,
            streams=[stream + i + STREAMS_PER_CANDIDATE * candidate for i, candidate in rows],
            observer=observer,
            hurried=hurried and self.n > 1,
        )
        verdicts = judge(self.recognizer, [line.ink for line in written], [line.text for line in written])
        return [
            ChosenLine(**vars(line), read=read, errors=errors, log_probability=score, candidate=k, candidates=self.n)
            for line, (read, errors, score), (_, k) in zip(written, verdicts, rows, strict=True)
        ]


def _better(best: ChosenLine | None, line: ChosenLine, keep_first: bool) -> ChosenLine:
    """The better of two; ``keep_first``: a verified first candidate stays, because someone has watched it."""
    if best is None or (line.rank < best.rank and not (keep_first and best.candidate == 0 and best.verified)):
        return line
    return best


def judge(recognizer: Recognizer, inks: Sequence[Ink], texts: Sequence[str]) -> list[tuple[str, int, float]]:
    """For each ink: the text on the best path, its edit distance to the wanted text, and that text's log-probability.

    Characters that the recognizer does not know are left out of the probability.
    """
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
