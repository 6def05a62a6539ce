"""Compare two decoders of one network: CTC, and the decoder LSTM over the same encoder."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from handwriting import metrics
from handwriting.corpora import Corpus
from handwriting.evaluation.recognition import RecognitionReport, evaluate
from handwriting.progress import Progress, no_progress, part
from handwriting.recognition.recognizer import Decoder, Recognizer
from handwriting.text import canonical

EDGES = (10, 20, 30, 40)
"""Text lengths, in characters, that divide the lines into groups."""
COMPARED: tuple[Decoder, ...] = ("greedy", "seq2seq")


@dataclass(frozen=True)
class HeadsReport:
    """The recognition reports of both decoders on a split."""

    reports: dict[Decoder, RecognitionReport]

    def figures(self) -> dict[str, object]:
        """Return the figures of each decoder, and its CER by length of the text."""
        return {
            decoder: {**report.figures(), "by_length": by_length(report, EDGES)}
            for decoder, report in self.reports.items()
        }

    def render(self) -> str:
        """Return the figures as text for people; rates are percentages."""
        rows = ["decoder   length     lines   CER      ms a line"]
        for decoder, report in self.reports.items():
            rows.append(
                f"{decoder:8}  all       {len(report.lines):6}  {100 * report.score.cer:5.2f} %  "
                f"{1000 * report.seconds_per_line:8.1f}"
            )
            for name, (lines, cer) in by_length(report, EDGES).items():
                rows.append(f"{'':8}  {name:8}  {lines:6}  {100 * cer:5.2f} %")
        return "\n".join(rows)


def compare(recognizer: Recognizer, corpus: Corpus, split: str, progress: Progress = no_progress) -> HeadsReport:
    """Read every line of ``split`` with the best path of CTC and with the decoder LSTM.

    Raises :class:`InkError` for a recognizer without a decoder LSTM, before anything is read.
    """
    recognizer.seq2seq  # noqa: B018 - refuses a checkpoint without one
    return HeadsReport(
        {
            decoder: evaluate(recognizer, corpus, split, decoder, progress=part(progress, number, len(COMPARED)))
            for number, decoder in enumerate(COMPARED)
        }
    )


def by_length(report: RecognitionReport, edges: Sequence[int]) -> dict[str, tuple[int, float]]:
    """Return the number of lines and their CER by length of the text; empty groups are left out."""
    groups: dict[str, list[tuple[str, str]]] = {_name(number, edges): [] for number in range(len(edges) + 1)}
    for line, found in zip(report.lines, report.transcriptions, strict=True):
        length = len(canonical(line.text))
        groups[_name(sum(length > edge for edge in edges), edges)].append((line.text, found.text))
    return {name: (len(pairs), metrics.score(pairs).cer) for name, pairs in groups.items() if pairs}


def _name(number: int, edges: Sequence[int]) -> str:
    if number == len(edges):
        return f"over {edges[-1]}"
    return f"{edges[number - 1] + 1 if number else 1} to {edges[number]}"
