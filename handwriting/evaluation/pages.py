"""Measure how well pages are split into lines, and what splitting costs in error rate.

The pages are the forms of a split; the true line of every stroke is known. Found lines are matched to true
lines one to one and in reading order, so that as many strokes as possible are right; a stroke is right if its found
line is matched to its true line. The CER of pages compares all text of a page at once. It is reported next to
the CER of the same form's line files, read one by one, with their texts joined in the same way.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from handwriting import metrics
from handwriting.corpora import Corpus
from handwriting.corpora.forms import Form, forms
from handwriting.ink import Ink
from handwriting.progress import Progress, no_progress
from handwriting.recognition.pages import split_lines, split_strokes
from handwriting.recognition.pages.marks import Marks
from handwriting.recognition.recognizer import Recognizer

GUTTER_UNITS = 1000.0
"""Gap between the two forms of a page with two columns, in units of IAM-OnDB, whose lines are about 500 units apart."""
MAX_WORST_PAGES = 20
"""Maximum number of worst pages that a report lists."""


@dataclass(frozen=True)
class PageReport:
    """Accuracy of splitting and reading the pages of a split. Rates are fractions."""

    pages: int
    original: int
    """Number of pages read from a form file; the others are assembled from line files."""
    strokes: int
    strokes_right: float
    strokes_right_original: float
    """``strokes_right`` over only the pages from form files."""
    pages_with_all_lines: float
    """Share of pages with the right number of lines."""
    lines_unsplit: float
    """Share of line files that remain one line when they are split like pages."""
    cer: float | None
    """CER of the pages after splitting; None if nothing was read."""
    cer_joined: float | None
    """CER of the pages' line files, read one by one, the texts of a page joined."""
    cer_lines: float | None
    """CER of the pages' line files, line by line."""
    worst: tuple[tuple[str, int, int], ...]
    """The pages with the most strokes on a wrong line: id, number of such strokes, number of all strokes."""

    def figures(self) -> dict[str, Any]:
        """Return the figures as JSON-serialisable values; rates are fractions."""
        return asdict(self)

    def render(self) -> str:
        """Return the figures as text for people; rates are percentages."""
        rows = [
            f"{self.pages} pages, {self.original} of them from form files, {self.strokes:,} strokes",
            f"{100 * self.strokes_right:6.2f} % of the strokes on the right line "
            f"({100 * self.strokes_right_original:.2f} % on pages from form files)",
            f"{100 * self.pages_with_all_lines:6.2f} % of the pages with the right number of lines",
            f"{100 * self.lines_unsplit:6.2f} % of the line files stay one line",
        ]
        if self.cer is not None and self.cer_joined is not None and self.cer_lines is not None:
            rows.append(
                f"{100 * self.cer:6.2f} % CER of the pages; of their line files, joined {100 * self.cer_joined:.2f} %, "
                f"line by line {100 * self.cer_lines:.2f} %"
            )
        rows += [f"{id}: {wrong} of {strokes} strokes" for id, wrong, strokes in self.worst[:10]]
        return "\n".join(rows)


def evaluate(
    recognizer: Recognizer | None,
    corpus: Corpus,
    split: str,
    *,
    timeless: bool = False,
    columns: bool = False,
    progress: Progress = no_progress,
) -> PageReport:
    """Split every form of ``split`` into lines and, with a recognizer, read them.

    ``timeless`` drops the times and shuffles the strokes; ``columns`` puts two forms side by side on every page. Both
    leave the line files as they are. ``progress`` counts forms.
    """
    total = len({line.rsplit("-", 1)[0] for line in corpus.ids(split)})
    pages = _paired(forms(corpus, split)) if columns else forms(corpus, split)
    rows, texts, lines = [], [], []
    unsplit: list[bool] = []
    for number, form in enumerate(pages, 1):
        ink, label = _shuffled(form, number) if timeless else (form.ink, form.line)
        pieces = split_lines(ink)
        found = [line.strokes for line in pieces]
        got = np.full(len(label), -1)
        for k, strokes in enumerate(found):
            got[strokes] = k
        right = int(((match_lines(label, got, len(form.lines)) == label) & (got >= 0)).sum())
        rows.append((form, len(label), right, len(found) == len(form.lines)))
        unsplit += [len(split_strokes(line.ink)) == 1 for line in form.lines]
        if recognizer is not None:
            read = [t.text for t in recognizer.transcribe_all([line.ink for line in pieces])]
            single = [t.text for t in recognizer.transcribe_all([line.ink for line in form.lines])]
            reference = [line.text for line in form.lines]
            texts.append(tuple("\n".join(part) for part in (reference, read, single)))
            lines += list(zip(reference, single, strict=True))
        progress(min(total, number * (2 if columns else 1)), total)
    wrong = sorted(((form.id, n - right, n) for form, n, right, _ in rows if right < n), key=lambda row: -row[1])
    return PageReport(
        len(rows),
        sum(form.original for form, *_ in rows),
        sum(n for _, n, *_ in rows),
        _rate((right, n) for _, n, right, _ in rows),
        _rate((right, n) for form, n, right, _ in rows if form.original),
        _rate((complete, 1) for *_, complete in rows),
        _rate((one, 1) for one in unsplit),
        metrics.cer((reference, read) for reference, read, _ in texts) if texts else None,
        metrics.cer((reference, single) for reference, _, single in texts) if texts else None,
        metrics.cer(lines) if texts else None,
        tuple(wrong[:MAX_WORST_PAGES]),
    )


def match_lines(label: NDArray[np.int64], got: NDArray[np.int64], lines: int) -> NDArray[np.int64]:
    """Return for each stroke the true line that its found line is matched to, or -1; shape (S,).

    ``label`` (S,) are the true lines, 0 to ``lines`` - 1, or -1 for none; ``got`` (S,) are the found lines. The
    matching is monotonic: the longest common subsequence, weighted by common strokes.
    """
    common = np.zeros((lines, int(got.max()) + 1), dtype=np.int64)
    np.add.at(common, (label[label >= 0], got[label >= 0]), 1)
    best = np.zeros(np.add(common.shape, 1), dtype=np.int64)
    for i, j in np.ndindex(common.shape):
        best[i + 1, j + 1] = max(best[i, j] + common[i, j], best[i, j + 1], best[i + 1, j])
    i, j = common.shape
    line_of = np.full(j, -1)
    while i and j:
        if best[i, j] == best[i - 1, j]:
            i -= 1
        elif best[i, j] == best[i, j - 1]:
            j -= 1
        else:
            i, j = i - 1, j - 1
            line_of[j] = i
    return line_of[got]


def _rate(pairs: Iterable[tuple[int, int]]) -> float:
    some = list(pairs)
    return sum(a for a, _ in some) / max(1, sum(b for _, b in some))


def _shuffled(form: Form, seed: int) -> tuple[Ink, NDArray[np.int64]]:
    order = np.random.default_rng(seed).permutation(len(form.line))
    return replace(form.ink.take(order), t=None), form.line[order]


def _paired(pages: Iterator[Form]) -> Iterator[Form]:
    """Put two forms side by side on each page; an odd last form has a page of its own."""
    for left in pages:
        right = next(pages, None)
        yield left if right is None else _beside(left, right)


def _beside(left: Form, right: Form) -> Form:
    boxes = Marks(left.ink).boxes, Marks(right.ink).boxes
    dx = boxes[0][:, 2].max() + GUTTER_UNITS - boxes[1][:, 0].min()
    dy = boxes[0][:, 1].min() - boxes[1][:, 1].min()
    a, b = left.ink, right.ink
    t = None if a.t is None or b.t is None else np.append(a.t, b.t + a.t.max() + 1)
    ink = Ink(np.append(a.x, b.x + dx), np.append(a.y, b.y + dy), np.append(a.starts, b.starts + len(a)), t)
    line = np.append(left.line, np.where(right.line < 0, -1, right.line + len(left.lines)))
    return Form(f"{left.id}+{right.id}", ink, line, left.lines + right.lines, left.original and right.original)
