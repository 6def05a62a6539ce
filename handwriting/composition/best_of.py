"""Best of N: draw several candidates of each line, read them with the recognizer, and keep the best.

A sampled line occasionally skips a word or drifts into scribble. The recognizer, which was not trained on generated
ink, detects this. Among the candidates that it reads correctly, the one whose text is most probable is kept. If it
reads none of them correctly, the closest candidate is kept and flagged.

A few lines get all their candidates in one batch, which costs little more than drawing them once. When the lines alone
fill a batch, candidates are drawn in rounds, and a line that is read correctly takes no part in the next round.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from handwriting import metrics
from handwriting.errors import InkError
from handwriting.features import encode
from handwriting.ink import Ink
from handwriting.recognition.decode import GreedyDecoder, log_probability
from handwriting.recognition.recognizer import Recognizer
from handwriting.synthesis.hand import Hand
from handwriting.synthesis.synthesizer import Synthesizer, Written

MAX_CANDIDATES = 64
"""Largest number of candidates: a line that fails this often is not going to succeed."""

BATCH = 16
"""Number of candidates in a batch; with more, lines that are already read correctly would be redrawn."""

STREAMS_PER_CANDIDATE = 1_000_000
"""Offset between the random streams of a line's candidates: no text has as many lines."""


@dataclass(frozen=True)
class ChosenLine(Written):
    """A line chosen from several candidates."""

    read: str
    """The recognizer's reading."""
    errors: int
    """Edit distance from ``read`` to the text, in canonical characters."""
    log_probability: float
    """Log-probability of the text given the ink, in nats, from the recognizer."""
    candidate: int
    """Number of the chosen candidate, from 0."""
    candidates: int
    """Largest number of candidates allowed."""

    @property
    def verified(self) -> bool:
        """Whether the line is complete and the recognizer reads its text."""
        return self.errors == 0 and self.complete

    @property
    def rank(self) -> tuple[bool, int, float]:
        """Sort key; the best candidate has the smallest."""
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

    def write(self, texts: Sequence[str], hand: Hand = Hand(), *, stream: int = 0) -> list[ChosenLine]:
        """Write ``texts`` as :meth:`Synthesizer.write` does.

        The first candidate of a line is what the synthesizer alone would write.
        """
        texts = [self.synthesizer.writable(text) for text in texts]
        best: list[ChosenLine | None] = [None] * len(texts)
        drawn = 0
        while drawn < self.n:
            open_lines = [i for i, line in enumerate(best) if line is None or not line.verified]
            if not open_lines:
                break
            each = min(self.n - drawn, max(1, BATCH // len(open_lines)))
            for k in range(0, len(open_lines), BATCH):
                rows = [(i, drawn + j) for i in open_lines[k : k + BATCH] for j in range(each)]
                for (i, _), line in zip(rows, self._draw(texts, rows, hand, stream), strict=True):
                    best[i] = _better(best[i], line)
            drawn += each
        # For a line that was abandoned every time, one more candidate is drawn with all the synthesizer's attempts.
        lost = [(i, self.n) for i, line in enumerate(best) if line is not None and not line.complete and self.n > 1]
        if lost:
            for (i, _), line in zip(lost, self._draw(texts, lost, hand, stream, hurried=False), strict=True):
                best[i] = _better(best[i], line)
        return [line for line in best if line is not None]

    def _draw(
        self,
        texts: Sequence[str],
        rows: Sequence[tuple[int, int]],
        hand: Hand,
        stream: int,
        hurried: bool = True,
    ) -> list[ChosenLine]:
        """Draw a candidate for each of ``rows``: the index of a text and the number of the candidate."""
        written = self.synthesizer.write(
            [texts[i] for i, _ in rows],
            hand,
            streams=[stream + i + STREAMS_PER_CANDIDATE * candidate for i, candidate in rows],
            hurried=hurried and self.n > 1,
        )
        verdicts = judge(self.recognizer, [line.ink for line in written], [line.text for line in written])
        return [
            ChosenLine(**vars(line), read=read, errors=errors, log_probability=score, candidate=k, candidates=self.n)
            for line, (read, errors, score), (_, k) in zip(written, verdicts, rows, strict=True)
        ]


def _better(best: ChosenLine | None, line: ChosenLine) -> ChosenLine:
    return line if best is None or line.rank < best.rank else best


def judge(recognizer: Recognizer, inks: Sequence[Ink], texts: Sequence[str]) -> list[tuple[str, int, float]]:
    """Return for each ink the best path's text, its edit distance to the wanted text, and that text's log-probability.

    Characters that the recognizer does not know are excluded from the probability.
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
